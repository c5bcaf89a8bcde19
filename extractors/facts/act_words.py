"""Words of acts (who does what to a vendor, an operator, a law), folded, by language.

Each text has a line for each of `LANGUAGES`, in their order. ``word*`` may have any ending; any other word is whole; ``_`` is a
blank; words of Chinese, Japanese and Korean are found anywhere.
"""

_ORDER = "en nl de fr es it pt pl cs sv ru uk tr vi ar hi zh ja ko"
LANGUAGES = tuple(_ORDER.split())
ACTIONS = {
    "ban": """
=ban =bans =banned =banning block* =bar =bars barred barring exclu* prohibit* blacklist* outlaw* =shut_out ruled_out kick_out keep_out cut_out shut_out ditch* oust* strip* freeze_out =veto vetoes vetoed =axed keep*_out kept_out locked_out lock_out shuts_out keeps_out shutting_out keeping_out away_from_government =forbid =forbids forbidd* squeez*_out
=ban verbied* verbod* =weren =weert geweerd* uitsluit* uitgesloten bannen =buiten_de_deur =deur_wijzen deur_te_wijzen =verbant uitgeslot* sluit_uit verboden geblokkeerd blokkeer* buitensluit* buitengesloten
verbiet* verbot* ausschl* ausgeschlossen sperr* untersag* =verbannt verbannen bann* ausgesperrt aussperr* verbann* =blockiert blockier* =raus drangt_aus verdrang*
interdi* bannir banni* exclure exclu* bloqu* ecarter evinc* prohib* =exclus ecart* proscri* =veto
prohib* vet* excluir excluid* bloque* vedar =veda expuls* =fuera
vieta* bandir* bando* esclud* esclus* blocc* =stop =veto =vieti proib* estromett* estromess*
proib* bani* exclu* bloque* veta* vedar =veda vedad* =veto banid* banimento
zakaz* =ban =bana =banu zbanow* zbanuj* banow* wyklucz* zablok* blokad* wykluczen* =zakaze =lex_huawei zabron* zabran* wyelimin* =weto
zakaz* vylouc* vyloucen* zablok* vyrad* =zakaz zabran* =veto blokuj*
forbj* forbud* utesl* stang* portforb* uteslut* blocker* bannlys* =veto
запре* исключ* заблокир* блокир* отстран* блокиро* недопу* =вето не_допуска* изгна*
заборон* виключ* заблок* усун* блокув* недопу* =вето вилуч*
yasak* engelle* disla* men_et* veto_ dislan* men_edil* engellen*
=cấm loại_bỏ loại_trừ loại_huawei tẩy_chay chặn_huawei
حظر* يحظر* تحظر* منع* تمنع* استبعاد* تستبعد* يستبعد* يمنع* استبعد*
प्रतिबंध* बैन* रोक* बाहर_कर* प्रतिबंधित* मना
禁止 禁用 封杀 封殺 排除 禁令 剔除 踢出 弃用華為 拒绝 杜絕 禁售 列入黑名单 列入黑名單 禁售 禁購 禁购 禁買 禁买 禁美 禁企 禁運營 禁运营 禁華 禁华 禁中 禁國 禁国 禁裝 禁装 拆除華 停用 除名 踢走 趕出 赶出 撤出
排除 禁止 締め出 使用禁止 禁輸 除外 排斥 禁じ 使用停止
배제 금지 퇴출 차단 축출 배척 사용_중단
""",
    "restrict": """
restrict* limit* curb* =cap =caps capped non_core reduc* scal* =tighten* clamp* =smaller_role minority
beperk* inperk* niet_essenti* aan_banden =kern beperkt*
einschrank* beschrank* eingeschrankt* begrenz* eindamm*
restrein* restrict* limit* encadr* plafonn* resserr* durci*
restring* limitar limita* restriccion* acotar limite* endurec*
limit* restrizion* restring* stretta_
restring* limitar limita* restrico* endurec*
ogranicz* =limit zaostrz*
omez* =omezit zprisn*
begrans* inskrank* skarp*
ограничи* ограничен* ужесточ*
обмеж* посил*_обмеж*
kisitla* sinirla* kisitlan*
hạn_chế giới_hạn siết_chặt
تقييد* قيود تقيد*
सीमित* पाबंदी*
限制 限縮 收紧 收緊 限于非核心 有限參與 有限角色
制限
제한 규제
""",
    "phase_out": """
phase* =rip_out ripping_out ripped_out rips_out rip_and_replace remov* replac* strip_out =stripped dismantl* tear_out =purge =swap_out =by_2027
uitfaser* verwijder* vervang* ontmantel* =eruit uit_het_netwerk_halen
ausbau* ausmuster* ersetz* austausch* entfern* auslaufen ruckbau* auszubau* austauschen =raus
demantel* retir* remplac* supprim* demont* debarras*
retir* sustitu* reemplaz* desmantel* eliminar elimina_ desmont* retirar* =retirada
rimuov* rimozion* sostitu* smantell*
retir* substitu* remov* desmantel*
wymian* usun* wycof* wymien* usuwa* demont* usuniec* pozby*
odstran* vymen* nahrad* vymenit vyradit stahn*
fasa_ut utfas* avveckl* byta_ut ta_bort rensa* byt*_ut mont*_ned plock*_bort
замен* демонтир* вывод_из вывести вывод*_из убра* убира* замещ* избав*
замін* демонт* вивед* позбу* вилуч*
sok* degistir* kaldir* cikar* =sokum
thay_thế gỡ_bỏ loại_dần tháo_dỡ
إزالة* استبدال* تفكيك*
हटा* बदल*
拆除 移除 更換 更换 替換 替换 淘汰 逐步 剔除 逐步淘汰 更替 汰換 汰换
撤去 交換 段階的 廃止 段階排除 置き換え
철거 교체 제거 단계적
""",
    "allow": """
allow* permit* approv* =green_light greenlight* =let =lets =go_ahead reprieve =ease =eases easing exempt* =limited_role invit* =given_role
toestaan toelat* toegestaan toegelaten =mag =mogen groen_licht goedkeur* versoepel* vrijstell* gunt goedgekeurd* keurt_goed toestemming* staat_toe laat_toe
erlaub* zulass* zugelassen genehmig* grunes_licht lasst_zu darf_ lockern gelockert =darf_mitbauen zustimm* gestatt* freigab* freigegeben
autoris* permett* feu_vert accept* assoupl* laisser approuv* donne_son_accord
permit* autoriz* luz_verde acept* aprueb* flexibiliz* aprob* dejar_ deja_
consent* permett* via_libera autorizz* ammett* approv* consentir*
permit* autoriz* sinal_verde liber* libera_ aprov* aceit*
dopusz* zezwol* pozwol* zielone_swiatlo zatwierdz* przyzwol* =zgoda =zgode =zgody zgodzi* zgadza*
povol* dovol* umozn* pripust* schval* umoznuj*
tillat* godkann* gront_ljus slapp* ger_klartecken
разреш* допуст* позвол* одобр* разреша* одобря* =добро
дозвол* допуст* схвал* погод*
izin_ver* izin* onayla* onay* izin_veril*
cho_phép chấp_thuận phê_duyệt đồng_ý
السماح* تسمح* يسمح* وافق* سمح* موافقة*
अनुमति* इजाजत* मंजूरी*
允许 允許 批准 准許 准许 放行 鬆綁 松绑 豁免 放寬 放宽 有限度使用 接纳 接納 採納 通過使用
許可 容認 認め 承認 緩和 認可 受け入れ
허용 승인 허가 완화
""",
    "review": """
review* investigat* assess* =probe =probes probing examin* scrutin* inquir* =audit* =looking_into taskforce task_force
onderzoek* beoordel* doorlicht* evaluer* toets* nagaan doorgelicht =audit
pruf* untersuch* uberpruf* bewert* ermittl* =audit
enquet* examin* evalu* audit* verifi* =audit
investig* revis* evalu* examin* analiz* auditor* indag*
indagin* indaga* verific* esamin* valut* inchiesta =audit
investig* avali* analis* revis* apur* auditor*
zbada* badan* analiz* przeglad* sledztw* sprawdz* sprawdza*
prover* presetr* vysetr* zkoum* posoud* audit*
gransk* utred* undersok* prov* utreder* =tillsyn
провер* рассле* изуч* оцен* =аудит ревизи*
перевір* розслід* вивч* оцін* =аудит ревізі*
incele* sorustur* degerlendir* denetle* =denetim
điều_tra đánh_giá rà_soát kiểm_tra
تحقيق* مراجعة* تقييم* تدرس
जांच* समीक्षा*
調查 调查 審查 审查 評估 评估 檢討 检讨 審議 审议
調査 審査 検証 検討
조사 검토 점검 심사
""",
    "advise": """
warn* =urge =urges =urged =urging advis* =caution* recommend* guidance guideline* pressur* lobb* told_to tells_to convinc* persuad* calls_on called_on alert*
waarschu* advis* advies* aanbevel* raadt =aanraden roept_op roepen opgeroepen oproep*
warn* empfehl* empfiehl* rat_ =mahnt mahnung druck
avert* recommand* conseil* alert* pression* mise_en_garde
advert* advierte* recomiend* recomend* alert* presion* insta_
avvert* raccomand* consigl* pression* mette_in_guardia
advert* alert* recomend* pression* aconselh*
ostrzeg* ostrzez* zalec* rekomend* nacisk*
varov* varuj* doporuc* natlak* apel*
varn* rekommend* avrad* =uppmanar
предупре* предостер* рекоменд* призв* давлен*
поперед* застер* рекоменд* закл*
uyar* tavsiye* oner*
cảnh_báo khuyến_cáo khuyến_nghị kêu_gọi thúc_giục gây_sức_ép
تحذ* يحذر* توصي* نصح*
चेतावनी* सलाह*
警告 建議 建议 敦促 呼籲 呼吁 提醒 施壓 施压 指引 勸
警告 勧告 注意喚起 要請 圧力
경고 권고 촉구 압박 주의
""",
    "sanction": """
sanction* =entity_list export_ban export_control* export_restrict* trade_blacklist trade_ban trade_restrict* direct_product chip_ban embargo*
sancti* exportverbod* handelsverbod* zwarte_lijst handelsban exportbeperk* exportcontrole*
sanktion* exportkontroll* exportverbot* schwarze_liste handelsembargo exportbeschrank* handelssperr*
sanction* liste_noire embargo* restrictions_a_l_export* controle*_des_export*
sancion* lista_negra embargo* control*_de_export* restricc*_a_la_export*
sanzion* lista_nera black_list embargo* controll*_export* restrizion*_export*
sanco* sancion* lista_negra embargo* control*_de_export* restric*_a_export*
sankcj* czarn*_list* kontrol*_eksport* embarg*
sankc* cern*_listin* embarg* kontrol*_vyvoz*
sanktion* svart*_list* exportforbud* exportkontroll* handelsforbud*
санкци* черн*_спис* эмбарго экспортн*_контрол* экспортн*_огранич*
санкці* чорн*_спис*
yaptirim* kara_liste* ambargo* ihracat_kisit* ihracat_yasa*
trừng_phạt danh_sách_đen cấm_vận hạn_chế_xuất_khẩu kiểm_soát_xuất_khẩu
عقوبات* القائمة_السوداء
प्रतिबंधात्मक ब्लैकलिस्ट*
制裁 实体清单 實體清單 貿易黑名單 贸易黑名单 出口管制 管制名單 管制名单 断供 斷供 禁售芯片 芯片禁令
制裁 輸出規制 エンティティ
제재 수출통제 거래제한
""",
    "law": """
legislat* =bill =bills =law =laws =act =decree regulation* rulemaking =rules =code_of_practice ordinance =directive
=wet wetsvoorstel wetgeving regelgeving =amvb =wetten =regels =maatregel =regeling
gesetz* verordnung* rechtsakt katalog =regeln =vorschrift* richtlinie* novelle*
=loi =lois decret* projet_de_loi reglement* arrete_ directive* =regles ordonnance* legislat*
=ley =leyes decreto* proyecto_de_ley reglament* norma_ normativa legislacion* directiva* =reglas =orden
=legge decreto* disegno_di_legge normativa direttiva* =regole regolament* legislaz*
=lei =leis decreto* projeto_de_lei regulament* =norma legislac* diretiva* =regras portaria* resolucao*
ustaw* nowelizac* rozporzadz* projekt_ustawy dyrektyw* przepis*
=zakon =zakona zakonu novel* vyhlask* smernic* pravidl*
=lag =lagen lagforslag forordning* foreskrift* lagstift* =regler direktiv* proposition*
закон* законопро* постановлен* указ* =норм* директив* регламент*
закон* законопро* постанов* директив* норм_*
kanun* yasa_tasari* yonetmeli* duzenleme* yasa_ =yasa
=luật nghị_định thông_tư quy_định dự_luật quy_chuẩn chỉ_thị phán_quyết
قانون* مرسوم* تشريع*
कानून* विधेयक* नियम* नियमन*
法案 立法 法律 條例 条例 行政命令 法規 法规 規則 规则 規定 规定
法案 立法 法律 省令 政令 改正 規制 規則 規定 命令
법안 입법 법률 개정 규정 규칙 규제 명령
""",
    "licence": """
licen* authoris* authoriz* =spectrum_auction =auction_condition* certificat* temporary_general
vergunning* licent* veiling*
lizenz* genehmigungspflicht* frequenzauktion*
licence* autorisation_prealable agrement*
licencia* autorizacion_previa subasta*
licenz* asta_5g
licenca* licenc* leilao edital
licencj* koncesj* aukcj*
licenc* aukc*
licens* tillstand* auktion*
лицензи* аукцион*
ліценз* аукціон*
lisans* ihale*
giấy_phép đấu_giá
ترخيص* رخص* مزاد*
लाइसेंस* नीलामी*
牌照 許可證 许可证 執照 拍賣 拍卖
免許 電波割当 認可
면허 주파수_경매 할당
""",
    "revoke": """
revok* rescind* withdraw* =cancel* strip_licen* =terminat* decertif*
intrek* ingetrokken schrap*
widerruf* entzieh* entzogen zuruckzieh*
revoqu* retrait_de retire_la annul*
revoc* anul* cancel* rescind*
revoc* annull* ritir*
revog* cassa* anul* cancel*
cofn* uniewazn* odebr*
zrus* odebr* odejm*
aterkall* upphav* dra_in
отозва* аннулир* отмен*
відклик* скасув* анул*
iptal_et* geri_al* iptal*
thu_hồi hủy_bỏ huỷ_bỏ
إلغاء* سحب*
रद्द* वापस_ले*
撤銷 撤销 吊銷 吊销 取消 撤回
取り消 剥奪 撤回
취소 박탈 철회
""",
    "remove_fund": """
reimburs* subsid* universal_service_fund rip_and_replace_program* replacement_fund federal_fund* =funding
subsidie* vergoeding*
forderung* subvention* entschadig*
subvention* indemnis* rembours*
subsidi* reembols* fondo_de_servicio compensac*
sussidi* rimbors* fondi
subsidi* reembols* fundo_de
dofinans* rekompens* odszkodowan*
dotac* nahrad*_skod
bidrag* ersattning*
субсиди* компенсац*
субсиді* компенсац*
tazminat* subvansiyon*
trợ_cấp bồi_thường
تعويض* دعم_مالي
सब्सिडी* मुआवज*
補貼 补贴 補助 拨款 撥款 普遍服務基金 普遍服务基金
補助金 助成
보조금 보상
""",
    "fine": """
=fine =fines =fined fining penalt* =penalized
=boete =boetes beboet*
bussgeld* geldstraf* strafzahlung*
amende* penalit*
multa* sancion_economica
multa* sanzione_pecuniaria
multa* coima*
grzywn* kara_pieniezn* kary_pieniezn*
pokut* pokutov*
boter* vite* sanktionsavgift*
штраф* оштраф*
штраф* оштраф*
para_ceza* =ceza cezasi
phạt_tiền xử_phạt
غرام*
जुर्माना*
罰款 罚款 課徵金 罰金
罰金 課徴金
과징금 벌금 과태료
""",
    "sue": """
=sue =sues =sued suing lawsuit* =legal_challenge appeal* =summary_judgment summary_judgement court_challenge
aanklag* klaagt_aan rechtszaak sleept_voor =kort_geding tussentijds_oordeel rechter
klag* verklag* =klage gericht*
poursuit* porte_plainte recours_devant tribunal
demand* juicio_sumario querella tribunal*
causa_contro ricors* denunci* tribunale
process* acao_judicial recorre tribunal
pozew pozwa* sad_ skarg*
zalob* zaluj* soud*
stamm* overklag* domstol*
подал*_в_суд иск_ иски суд_
позов* суд_ подал*_до_суду
dava_ac* dava mahkeme*
=kiện tòa_án khởi_kiện
دعوى* قضائ* محكمة*
मुकदम* अदालत*
起訴 起诉 控告 訴訟 诉讼 提告 上訴
提訴 訴訟
소송 제소
""",
    "certify": """
certif* accredit* conform* security_label
keurmerk certific*
zertifizier* zertifikat*
certifi*
certific*
certific*
certific*
certyfik*
certifik*
certifier*
сертифи*
сертифі*
sertifika*
chứng_nhận
شهادة_اعتماد اعتماد_أمني
प्रमाण*
安全認證 安全认证 認證計劃 認證計畫 认证计划 認證制度 认证制度 認證機構 认证机构 通過認證 通过认证 資安認證 檢測機構 检测机构 檢測實驗室 检测实验室 安全檢測 安全检测 入網檢測 入网检测
認証取得 認証を取得 認証制度 認証機関 認証を受け 認証を義務 セキュリティ認証 認証スキーム 認証基準
보안_인증 보안인증 인증_제도 인증제 인증을_받 인증_획득 인증_의무
""",
}

USE = """
=use =used =using =uses =role involv* participat* inclu* =access =supply =supplies =supplying =chooses =chose =selects =deal =contract go_forward go_ahead =works_with work_with buy buying =place huawei_free
=gebruik* =rol betrokken* deelnam* inzet* =kiest =gekozen =contract meedoen meebouwen bouwen =in_zee =aanleg inhuren apparatuur_van
nutz* einsatz* einsetz* beteilig* =rolle teilnahm* aufbau* mitbau* =vertrag einbau* verwend* setzt_auf
utilis* =role particip* =acces fourni* =contrat =recours deploi* choisi* equip*
=uso =usar utiliz* particip* =papel =acceso suministr* =contrato eleg* despleg* trabajar_con trabajando
=uso utilizz* partecip* =ruolo coinvolg* =accesso fornitur* =contratto scegli*
=uso =usar utiliz* particip* =papel =acesso fornec* =contrato escolh*
uzyci* uzyw* wykorzyst* udzial* =rola roli dostarcz* wspolprac* kontrakt* budow*
vyuzi* pouzi* ucast* =role roli dodav* spoluprac* kontrakt*
anvand* delta* =roll medverk* leverera* =avtal bygga utbyggnad
использ* участ* =роль роли постав* сотруднич* контракт*
використ* участ* =роль ролі постач* співпрац* контракт*
kullan* katil* =rol rolu tedarik* sozlesme*
sử_dụng tham_gia vai_trò cung_cấp hợp_đồng
استخدام* مشاركة* دور* توريد* عقد*
उपयोग* इस्तेमाल* भागीदारी* भूमिका* आपूर्ति* अनुबंध*
使用 采用 採用 參與 参与 角色 合作 供應 供应 合約 合同 采购 採購
使用 採用 参加 参入 役割 供給 契約
사용 참여 역할 도입 공급 계약
"""
"""Words for having a vendor's equipment at all. A decision about having it allows it, unless another word says
otherwise."""
