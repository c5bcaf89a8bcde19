"""Words of acts (who does what to a vendor, an operator, a law), folded, by language.

Each text has a line for each of `LANGUAGES`, in their order. ``word*`` may have any ending; any other word is whole; ``_`` is a
blank; words of Chinese, Japanese and Korean are found anywhere.
"""

_ORDER = "en nl de fr es it pt pl cs sv ru uk tr vi ar hi zh ja ko"
LANGUAGES = tuple(_ORDER.split())
ACTIONS = {
    "ban": """
=ban =bans =banned =banning block* =bar =bars barred barring exclu* prohibit* blacklist* outlaw* =shut_out ruled_out kick_out keep_out cut_out shut_out ditch* oust* strip* freeze_out =veto vetoes vetoed =axed
=ban verbied* verbod* =weren =weert geweerd* uitsluit* uitgesloten bannen =buiten_de_deur =deur_wijzen deur_te_wijzen =verbant
verbiet* verbot* ausschl* ausgeschlossen sperr* untersag* =verbannt verbannen bann*
interdi* bannir banni* exclure exclu* bloqu* ecarter evinc*
prohib* vet* excluir excluid* bloque* vedar =veda
vieta* bandir* bando* esclud* esclus* blocc* =stop
proib* bani* exclu* bloque* veta*
zakaz* =ban =bana =banu zbanow* zbanuj* banow* wyklucz* zablok* blokad* wykluczen* =zakaze =lex_huawei
zakaz* vylouc* vyloucen* zablok* vyrad*
forbj* forbud* utesl* stang* portforb* uteslut*
запре* исключ* заблокир* блокир* отстран*
заборон* виключ* заблок* усун*
yasak* engelle* disla* men_et*
cam_ =loai_bo loai_huawei chan_ tay_chay
حظر* يحظر* تحظر* منع* تمنع* استبعاد* تستبعد* يستبعد*
प्रतिबंध* बैन* रोक* बाहर_कर*
禁止 禁用 封杀 封殺 排除 禁令 剔除 踢出 弃用華為 拒绝 杜絕 禁售 列入黑名单 列入黑名單 禁售
排除 禁止 締め出 使用禁止 禁輸
배제 금지 퇴출 차단 축출
""",
    "restrict": """
restrict* limit* curb* =cap =caps capped non_core reduc* scal* =tighten* clamp* =smaller_role minority
beperk* inperk* niet_essenti* aan_banden =kern
einschrank* beschrank* eingeschrankt* begrenz*
restrein* restrict* limit* encadr*
restring* limitar limita* restriccion*
limit* restrizion* restring*
restring* limitar limita* restrico*
ogranicz* =limit
omez* =omezit
begrans* inskrank*
ограничи* ограничен*
обмеж*
kisitla* sinirla*
han_che gioi_han
تقييد* قيود تقيد*
सीमित* पाबंदी*
限制 限縮 收紧 收緊 限于非核心 有限參與 有限角色
制限 規制
제한 규제
""",
    "phase_out": """
phase* =rip_out ripping_out ripped_out rips_out rip_and_replace remov* replac* strip_out =stripped dismantl* tear_out =purge =swap_out =by_2027
uitfaser* verwijder* vervang* ontmantel*
ausbau* ausmuster* ersetz* austausch* entfern* auslaufen ruckbau*
demantel* retir* remplac* supprim*
retir* sustitu* reemplaz* desmantel* eliminar elimina_
rimuov* rimozion* sostitu* smantell*
retir* substitu* remov* desmantel*
wymian* usun* wycof* wymien* usuwa*
odstran* vymen* nahrad*
fasa_ut utfas* avveckl* byta_ut ta_bort
замен* демонтир* вывод_из вывести
замін* демонт* вивед*
sok* degistir* kaldir*
thay_the go_bo loai_dan
إزالة* استبدال* تفكيك*
हटा* बदल*
拆除 移除 更換 更换 替換 替换 淘汰 逐步
撤去 交換 段階的
철거 교체 제거
""",
    "allow": """
allow* permit* approv* =green_light greenlight* =let =lets =go_ahead reprieve =ease =eases easing exempt* =limited_role invit* =given_role
toestaan toelat* toegestaan toegelaten =mag =mogen groen_licht goedkeur* versoepel* vrijstell* gunt
erlaub* zulass* zugelassen genehmig* grunes_licht lasst_zu darf_ lockern gelockert
autoris* permett* feu_vert accept* assoupl* laisser
permit* autoriz* luz_verde acept* aprueb* flexibiliz*
consent* permett* via_libera autorizz* ammett*
permit* autoriz* sinal_verde liber* libera_
dopusz* zezwol* zgod* pozwol* zielone_swiatlo
povol* dovol* umozn* pripust*
tillat* godkann* gront_ljus slapp*
разреш* допуст* позвол* одобр*
дозвол* допуст* схвал*
izin_ver* izin* onayla*
cho_phep chap_thuan
السماح* تسمح* يسمح* وافق*
अनुमति* इजाजत* मंजूरी*
允许 允許 批准 准許 准许 放行 鬆綁 松绑 豁免 放寬 放宽 有限度使用 接纳 接納
許可 容認 認め 承認 緩和
허용 승인 허가 완화
""",
    "review": """
review* investigat* assess* =probe =probes probing examin* scrutin* inquir* =audit* =looking_into taskforce task_force
onderzoek* beoordel* doorlicht* evaluer* toets*
pruf* untersuch* uberpruf* bewert*
enquet* examin* evalu* audit*
investig* revis* evalu* examin* analiz*
indagin* indaga* verific* esamin* valut*
investig* avali* analis* revis*
spraw* zbada* badan* analiz* przeglad*
prover* presetr* vysetr* zkoum* posoud*
gransk* utred* undersok* prov*
провер* рассле* изуч* оцен*
перевір* розслід* вивч* оцін*
incele* sorustur* degerlendir*
dieu_tra danh_gia ra_soat
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
canh_bao khuyen_cao khuyen_nghi
تحذ* يحذر* توصي* نصح*
चेतावनी* सलाह*
警告 建議 建议 敦促 呼籲 呼吁 提醒 施壓 施压 指引 勸
警告 勧告 注意喚起 要請 圧力
경고 권고 촉구 압박 주의
""",
    "sanction": """
sanction* =entity_list export_ban export_control* export_restrict* trade_blacklist trade_ban trade_restrict* direct_product chip_ban embargo*
sancti* exportverbod* handelsverbod* zwarte_lijst handelsban
sanktion* exportkontroll* exportverbot* schwarze_liste handelsembargo
sanction* liste_noire embargo*
sancion* lista_negra embargo*
sanzion* lista_nera black_list embargo*
sanco* sancion* lista_negra embargo*
sankcj* czarn*_list*
sankc* cern*_listin* embarg*
sanktion* svart*_list* exportforbud*
санкци* черн*_спис* эмбарго
санкці* чорн*_спис*
yaptirim* kara_liste* ambargo*
trung_phat danh_sach_den cam_van
عقوبات* القائمة_السوداء
प्रतिबंधात्मक ब्लैकलिस्ट*
制裁 实体清单 實體清單 貿易黑名單 贸易黑名单 出口管制 管制名單 管制名单 断供 斷供 禁售芯片 芯片禁令
制裁 輸出規制 エンティティ
제재 수출통제 거래제한
""",
    "law": """
legislat* =bill =bills =law =laws =act =decree regulation* rulemaking =rules =code_of_practice ordinance =directive
=wet wetsvoorstel wetgeving regelgeving =amvb
gesetz* verordnung* rechtsakt katalog
=loi =lois decret* projet_de_loi reglement* arrete_
=ley =leyes decreto* proyecto_de_ley reglament* norma_ normativa
=legge decreto* disegno_di_legge normativa
=lei =leis decreto* projeto_de_lei regulament* =norma
ustaw* nowelizac* rozporzadz* projekt_ustawy
=zakon =zakona zakonu novel* vyhlask*
=lag =lagen lagforslag forordning* foreskrift*
закон* законопро* постановлен* указ*
закон* законопро* постанов*
kanun* yasa_tasari* yonetmeli*
=luat nghi_dinh thong_tu quy_dinh du_luat
قانون* مرسوم* تشريع*
कानून* विधेयक* नियम*
法案 立法 法律 條例 条例 行政命令 法規 法规
法案 立法 法律 省令 政令 改正
법안 입법 법률 개정
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
giay_phep dau_gia
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
thu_hoi huy_bo
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
tro_cap boi_thuong
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
phat_tien xu_phat
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
kien_ toa_an
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
chung_nhan
شهادة_اعتماد اعتماد_أمني
प्रमाण*
認證 认证 檢測 检测
認証
인증
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
su_dung tham_gia vai_tro cung_cap hop_dong
استخدام* مشاركة* دور* توريد* عقد*
उपयोग* इस्तेमाल* भागीदारी* भूमिका* आपूर्ति* अनुबंध*
使用 采用 採用 參與 参与 角色 合作 供應 供应 合約 合同 采购 採購
使用 採用 参加 参入 役割 供給 契約
사용 참여 역할 도입 공급 계약
"""
"""Words for having a vendor's equipment at all: a decision about it allows it unless a word says otherwise."""
