"""Words of attacks and weaknesses, folded, by kind of incident and language; the notation is that of `act_words`."""

ATTACKS = {
    "espionage": """
espionage spy* spied =spies cyberespionage surveil* eavesdrop* wiretap* snoop* intelligence_gathering backdoor*
spion* spionage* afluister* meelezen achterdeur* bespioneer*
spion* ausspah* abhor* hintertur* uberwach*
espion* ecoute* porte_derobee portes_derobees surveill*
espi* ciberespi* escuch* puerta_trasera puertas_traseras
spi* spionagg* cyberspionag* intercett* backdoor
espi* ciberespi* escuta* porta_dos_fundos backdoor*
szpieg* inwigil* podsluch* cyberszpieg* tylne_wejsc*
spion* spehov* odposlech* zadni_vratka kyberspion*
spion* avlyssn* cyberspion* bakdorr*
шпион* кибершпион* слежк* прослуш* бэкдор*
шпигун* кібершпигун* стежен* прослух* бекдор*
casus* siber_casus* dinle* arka_kapi*
gián_điệp nghe_lén do_thám cửa_hậu
تجسس* تنصت* التجسس
जासूस* निगरानी* बैकडोर*
间谍 間諜 监听 監聽 窃听 竊聽 后门 後門 监控 監控 窃密 竊密 刺探
スパイ 諜報 盗聴 バックドア
스파이 첩보 도청 감청 백도어
""",
    "intrusion": """
hack* breach* intru* compromis* infiltrat* cyberattack* cyber_attack* ransomware malware penetrat* unauthori* attack* target* backdoored broke_into broken_into breaks_into breaking_into break_in break_ins gained_access gain_access had_access
hack* gehackt* inbraak ingebroken binnengedrong* cyberaanval* gijzelsoftware aanval* gecompromitteerd toegang_verschaf* verschaf*_toegang ongeoorloofd*
hack* gehackt* eindring* eingedrungen cyberangriff* hackerangriff* angriff* kompromitt* angegriffen angreifer* drangen_in drang_in zugang_verschaff* eingebrochen unbefugt*
pirat* hack* intrusion* cyberattaque* compromis* infiltr* attaqu* rancongiciel* acces_non_autorise introduit_dans introduits_dans
hack* intrus* ciberataque* comprometi* infiltr* ataqu* ransomware vulner* acceso_no_autorizado accedieron irrump*
hacker* intrus* attacc* cyberattac* comprom* violaz* infiltr* accesso_abusivo accessi_abusivi
hack* invas* ataqu* ciberataque* comprometi* infiltr* acesso_nao_autorizado acesso_indevido acederam
haker* wlama* atak* cyberatak* naruszen* zlamal* przenik* uzyskal_dostep uzyskali_dostep nieuprawnion*
hacker* napade* utok* kyberutok* prunik* pronik* kompromit* ziskali_pristup neopravnen*
hack* intrang* cyberattack* attack* angrip* dataintrang* obehorig* tagit_sig_in
взлом* хакер* кибератак* атак* вторж* проник* скомпромет* получил_доступ получили_доступ несанкционирован*
злам* хакер* кібератак* атак* вторгн* проник* скомпромет* отримали_доступ несанкціонован*
hack* siber_saldiri* saldiri* sizdi* sizma* ihlal* yetkisiz siber_korsan*
tấn_công xâm_nhập xâm_phạm vi_phạm tin_tặc mã_độc hacker malware truy_cập_trái_phép
اختراق* اخترق* هجوم* قرصن* هجمات* وصول_غير_مصرح
हैक* साइबर_हमल* हमल* सेंध* घुसपैठ* अनधिकृत
入侵 攻击 攻擊 黑客 駭客 渗透 滲透 攻陷 勒索 骇入 駭入 未经授权 未經授權 非法访问 非法存取 遭駭 被駭 遭黑
侵入 侵害し 侵害され を侵害 攻撃 ハッキング 不正アクセス ハッカー 不正に侵入
해킹 침입 침해 공격 해커 악성코드 무단
""",
    "data_theft": """
data_breach* data_leak* stolen steal* leak* exposed exfiltrat* stole theft
datalek* gestolen gelekt buitgemaakt gestole*
datenleck* gestohlen entwend* abgeflossen geleakt datendiebstahl
fuite_de_donnees vol_de_donnees derob* donnees_volees exfiltr*
robo_de_datos filtr* robad* fuga_de_datos exfiltr*
furto_di_dati dati_rubati rubat* trafug* esfiltr*
vazamento* roubo_de_dados dados_roubados vazou exfiltr*
wyciek* skradzion* kradziez* wykrad*
unik* ukraden* odcizen* krad*
dataläck* stulna stold* lackt*
утеч* похищ* украд* слив*
витік* виток* викрад* украден*
veri_sizinti* calindi calinan sizdiril*
rò_rỉ làm_lộ bị_lộ đánh_cắp dữ_liệu_bị vi_phạm_dữ_liệu
تسريب* سرقة* مسروق*
लीक* चोरी* डेटा_चोरी
泄露 泄漏 外洩 洩露 竊取 窃取 盗取 盜取 外泄
漏えい 漏洩 流出 窃取 盗まれ
유출 탈취 도난
""",
    "disruption": """
outage* disrupt* knocked_out knocks_out took_down take_down sabotag* shut_down paraly* offline ddos denial_of_service wiper without_service lost_service went_dark
storing* platgelegd plat_ ontwricht* sabotage* zonder_bereik onbereikbaar*
ausfall* lahmgelegt lahmleg* storung* sabotage* ausgefallen ohne_netz nicht_erreichbar
panne* perturb* interrup* sabotage* paralys* hors_service sans_reseau
interrup* caida* apagon* sabotaj* dejo_sin_servicio sin_servicio fuera_de_servicio
interruz* disserviz* sabotag* blackout paralizz* senza_linea irraggiungibil* fuori_uso
interrup* apagao fora_do_ar sabotag* derrub* sem_servico em_baixo
awari* zaklocen* sabotaz* przerw* paraliz* bez_zasiegu nie_dzial*
vypad* narusen* sabotaz* ochrom* vyrad* bez_signalu nedostupn*
avbrott* storning* sabotage* slog_ut utan_tackning
сбой* отключ* вывел*_из_строя саботаж* парализ* нарушил*_работу без_связи вывели_из_строя
збій* відключ* вивел*_з_ладу саботаж* паралізу* без_зв_язку вивели_з_ладу зв_язок_зник
kesinti* coktu cokertti sabotaj* felc hizmet_vereme* hizmet_disi
gián_đoạn mất_kết_nối tê_liệt sự_cố_kéo_dài mất_sóng mất_dịch_vụ
انقطاع* تعطل* تعطيل* تخريب* بلا_خدمة
ठप* बाधित* आउटेज* सेवाएं_बंद
中断 中斷 瘫痪 癱瘓 断网 斷網 故障 破坏 破壞 无法通话 無法通話
障害 停止 不通 サボタージュ つながら
장애 마비 먹통 중단 불통
""",
    "signalling_abuse": """
=ss7 diameter signalling signaling global_title*
=ss7 diameter signalering*
=ss7 diameter signalisier*
=ss7 diameter signalisation
=ss7 diameter senalizacion
=ss7 diameter segnalazione
=ss7 diameter sinalizacao
=ss7 diameter sygnalizac*
=ss7 diameter signaliz*
=ss7 diameter signalering*
=ss7 diameter сигнальн*
=ss7 diameter сигнальн*
=ss7 diameter sinyallesme
=ss7 diameter báo_hiệu
ss7 الإشارات
=ss7 सिग्नलिंग
ss7 信令
ss7 シグナリング
ss7 시그널링
""",
    "fake_base_station": """
fake_base_station* imsi_catcher* stingray* false_base_station* rogue_base_station* sms_blaster* cell_site_simulator* imsi_catching
nepzendmast* imsi_catcher* nep_zendmast* sms_blaster*
imsi_catcher* falsche_funkzell* gefalschte_basisstation* sms_blaster*
imsi_catcher* fausse_antenne* fausses_antennes imsi_catchers sms_blaster*
imsi_catcher* antena_falsa antenas_falsas estacion_base_falsa sms_blaster*
imsi_catcher* falsa_stazione sms_blaster*
imsi_catcher* antena_falsa antenas_falsas erb_falsa sms_blaster*
falszyw*_stacj* imsi_catcher* sms_blaster*
imsi_catcher* falesn*_zakladnov* sms_blaster*
imsi_catcher* falsk*_basstation* falska_basstationer sms_blaster*
imsi_catcher* ложн*_базов* поддельн*_базов* sms_blaster*
imsi_catcher* підробл*_базов* фальшив*_базов* sms_blaster*
sahte_baz* imsi_catcher* sms_blaster*
trạm_phát_sóng_giả bts_giả sms_blaster* trạm_bts_giả
محطات_وهمية sms_blaster*
फर्जी_बेस sms_blaster*
伪基站 偽基站 假基站 sms_blaster*
偽基地局 不正基地局 sms_blaster*
가짜_기지국 불법_기지국 펨토셀 sms_blaster*
""",
    "vulnerability": """
vulnerab* flaw* weakness* =cve exploit* zero_day bug bugs proof_of_concept =cves
kwetsba* lek_ lekken beveiligingslek* zwakke* vatbaar* =cve =cves
schwachstell* sicherheitsluck* lucke* =cve =cves
vulnerab* faille* faiblesse* =cve =cves
vulnerab* susceptib* fallo* debilidad* brecha_de_seguridad =cve =cves
vulnerab* falla falle debolezz* =cve =cves
vulnerab* falha* brecha* fraqueza* =cve =cves
podatno* luka luki luk_ slabo* =cve =cves
zraniteln* chyb* slabin* =cve =cves
sarbar* sakerhetsbrist* brist* =cve =cves
уязвим* брешь дыра* =cve =cves
вразлив* уразлив* прогалин* =cve =cves
guvenlik_acig* zafiyet* acik_ =cve =cves
lỗ_hổng điểm_yếu lỗi_bảo_mật vá_lỗi =cve =cves
ثغر* ضعف* =cve =cves
कमजोर* खामी* भेद्यता* =cve =cves
漏洞 弱點 弱点 缺陷 cve-
脆弱性 欠陥 cve-
취약점 취약성 결함 cve-
""",
    "interception_abuse": """
wiretap_system* lawful_intercept* wiretapping_system* =calea interception_system*
tapsysteem tapsystemen aftapsysteem*
abhorsystem* uberwachungsschnittstell*
systeme_d_interception ecoutes_legales interceptions_legales
interceptacion_legal sistema_de_escuchas
intercettazioni_legali
interceptacao_legal
podsluchow_sluzb system_podsluch*
zakonne_odposlech*
laglig_avlyssning
сорм законн*_перехват*
законн*_перехоплен*
yasal_dinleme
nghe_lén_hợp_pháp
الاعتراض_القانوني
वैध_इंटरसेप्ट*
合法监听 合法監聽 窃听系统 監聽系統
合法的傍受 通信傍受
합법_감청
""",
    "insider": """
insider* rogue_employee* employee_arrest* employee_sold bribed_employee*
insider* medewerker_verkocht
innentat* insider*
employe_corrompu delit_d_initie
empleado_infiltrado
dipendente_infedele
funcionario_vend*
pracownik_sprzedaw*
zamestnanec_prodav*
insider*
инсайдер* сотрудник*_продавал*
інсайдер*
calisan_satti
nhân_viên_bán
موظف_خائن
कर्मचारी_गिरफ्तार
内鬼 內鬼
内部犯行
내부자
""",
    "fraud_on_operator": """
toll_fraud subscription_fraud sim_box* simbox* bypass_fraud irsf
sim_box*
sim_box*
sim_box* simbox
sim_box*
sim_box*
sim_box*
sim_box*
sim_box*
sim_box*
sim_бокс* сим_бокс*
sim_бокс* сім_бокс*
sim_box*
sim_box*
شرائح_احتيال
सिम_बॉक्स
sim卡池 猫池 貓池
simボックス
sim박스 심박스
""",
}

STAGES = {
    "alleged": """
alleg* suspect* =accuses accused accusation* =claims =claimed =reportedly =purported* =appears potential* rumour* rumor* =claim =claiming boast*
vermoed* verdacht* beschuldig* =zou zouden =mogelijk mogelijke naar_verluidt beweer* claim*
verdacht* mutmasslich* beschuldig* vorwurf* vorwurfe =soll =sollen =angeblich* vermut* behaupte* reklamier*
presum* soupcon* accus* allegu* pretend* =serait =aurait =auraient suspect* affirme_avoir affirment_avoir revendiqu*
presunt* sospech* acus* supuest* =habria =habrian afirma_haber afirman_haber asegura_haber aseguran_haber dice_haber dicen_haber
presunt* sospett* accus* =avrebbe =avrebbero sostiene_di sostengono_di rivendic* afferma_di affermano_di
suspeit* acus* suposta* suposto* alegad* =teria =teriam afirma_ter afirmam_ter diz_ter dizem_ter reivindic*
podejrz* oskarz* rzekom* domniem* twierdz*
podezr* obvin* udajn* domnel* tvrdi
misstank* misstank* anklag* pasta* =uppges havdar
подозр* обвин* якобы предположит* утвержда*
підозр* звинувач* нібито ймовірн* стверджу*
suphe* suclam* iddia* sozde
nghi_ngờ cáo_buộc bị_nghi được_cho_là
مزعوم* يشتبه* اتهم* تتهم* يزعم*
संदिग्ध* आरोप* कथित* दाव*
涉嫌 疑似 指控 被指 據稱 据称 懷疑 怀疑 指責 指责 声称 聲稱 宣称 宣稱
疑い 疑惑 とみられ 容疑 指摘 可能性 恐れ
의혹 혐의 의심 주장
""",
    "denied": """
deni* =deny refut* =false =hoax no_evidence no_breach no_sign_of =untrue =dismisses =dismissed =unfounded was_not_hacked were_not_hacked not_been_hacked retract* =debunked
ontken* weerleg* geen_bewijs geen_aanwijzing* onwaar =vals spreekt_tegen tegengesproken geen_hack geen_datalek
dementier* bestreit* bestritt* widerleg* keine_hinweise keine_belege unwahr falschmeldung weist_zuruck
dement* =nie nient refut* aucune_preuve aucun_element infond* canular
desmient* desminti* nieg* nego refut* ninguna_prueba sin_evidencia infundad* =bulo
smenti* =nega negat* nessuna_prova infondat* bufala
desment* nega_ negou refut* nenhuma_evidencia nao_ha_evidencia infundad*
zaprzecz* dementuj* zdementow* brak_dowodow nieprawdziw* falszyw*
popir* poprel* vyvrac* vyvrat* zadne_dukazy nepravdiv*
forneka* dementer* tillbakavis* inga_bevis inget_intrang
опроверг* отрица* нет_доказательств недостоверн* =фейк
спростов* запереч* немає_доказів недостовірн* =фейк
yalanla* reddetti reddediyor kanit_yok asilsiz
bác_bỏ phủ_nhận không_có_bằng_chứng thất_thiệt
نفى* تنفي* ينفي* لا_دليل
खंडन* इनकार* कोई_सबूत_नहीं अफवाह
否認 否认 闢謠 辟谣 澄清 不實 不实 沒有證據 没有证据 未遭
否定 事実ではない 確認されていない
부인* 사실무근 사실이_아니 증거가_없 정황은_없
""",
    "acknowledged": """
=confirms =confirmed confirmation acknowledg* =admits =admitted =discloses =disclosed
bevestig* erkent erkende erkend
bestatigt* bestatigung raumt*_ein raumte_ein eingeraumt
confirm* reconnai* =avoue
confirm* reconoc* admiti* =admite
conferm* ammett* ammess* riconosc*
confirm* reconhec* admiti* =admite
potwierdz* przyznal* przyznaj*
potvrd* priznal* priznav*
bekraft* medger erkann*
подтверд* признал* признает
підтверд* визнал* визнає
dogrula* teyit_et* kabul_etti itiraf*
xác_nhận thừa_nhận
أكد* تؤكد* يؤكد* اعترف*
पुष्टि* स्वीकार*
证实 證實 确认 確認 承认 承認
認め 確認 公表
확인 인정 시인
""",
    "inquired": """
investigat* =probe =probes probing arrest* =detain* =charged indict* =implicated =involved =involvement =discovered =uncovered on_suspicion
onderzoek* opgepakt gearresteerd* aangehouden betrokken* aangetroffen ontdekt* verdenking
ermittl* ermittel* festgenommen* verhaftet* verwickelt* beteiligt entdeckt* verdacht
enquet* arret* interpell* implique* inculp* decouvert* soupcon
investig* deten* arrest* implicad* imputad* descubier* involucrad*
indag* arrest* coinvolt* scopert* inchiest*
investig* detid* preso* presa* envolvid* descobert* indiciad*
sledztw* aresztow* zatrzyman* zamieszan* wykryt* odkryt*
vysetr* zatcen* zadrzen* zapleten* odhalen*
utred* grip* anhall* inblandad* upptack*
рассле* арест* задержан* причаст* обнаруж*
розслід* арешт* затриман* причет* виявл*
sorustur* tutukla* gozalti* karis* tespit_edil*
điều_tra bắt_giữ liên_quan phát_hiện
تحقيق* اعتقال* اعتقل* تورط*
जांच* गिरफ्तार* शामिल
調查 调查 被捕 逮捕 拘捕 涉及 發現 发现
捜査 逮捕 調査 関与 発見
수사 조사 체포 연루 발견
""",
    "guarded": """
protect* prevent* =block =stop mitigat* defend* safeguard* harden* bug_bounty bug_bounties patent* guidance awareness best_practices =resist =thwart* enhance_security =exercise =drill =drills simulated simulation tabletop hypothetical
bescherm* voorkom* =voorkomen beveiligen verdedig* octrooi* =patent richtlijn* =oefening oefenen simulatie gesimuleerd*
schutz* schutzen verhinder* vorbeug* abwehr* =patent leitfaden =ubung planspiel simulier* simulation
proteg* protection empech* preven* defen* brevet* atténu* attenu* recommandation* =exercice simulation simul*
proteg* proteccion prevenir prevencion evitar defend* defens* patente* mitigar simulacro* ejercicio_de simulacion
protegg* protezion* preveni* prevenzion* difend* difes* brevett* mitiga* esercitazion* simulazion*
proteg* protecao prevenir prevencao evitar defend* defes* patente* mitigar simulado simulacao exercicio_de
chron* ochron* zapobie* obron* patent* cwiczen* symulac*
chran* ochran* predchaz* zabran* obran* patent* cviceni simulac*
skydda* skydd* forebygg* forhindra* forsvara* patent* ovning* simuler*
защит* предотвращ* предотврат* оборон* патент* учени* симуляц*
захист* запобіг* патент* навчанн* симуляц*
koru* onle* savun* patent* tatbikat* simulasyon*
bảo_vệ ngăn_chặn phòng_chống bằng_sáng_chế diễn_tập mô_phỏng
حماية لحماية منع* براءة تمرين* محاكاة*
सुरक्षा_के रोकथाम* बचाव* पेटेंट* अभ्यास मॉक_ड्रिल
保護 保护 防止 阻止 防範 防范 抵禦 抵御 專利 专利 預防 预防 演習 演练 演練 模擬 模拟
防ぐ 防止 保護 対策 特許 演習 訓練 模擬
방지 보호 예방 방어 특허 훈련 모의
""",
    "patched": """
patch* =fixes =fixed =fix updates_released remediat*
gepatcht patch* verholpen gedicht
patch* behoben geschlossen sicherheitsupdate* update_liegt_vor update_verfugbar updates_bereit
corrig* correctif* patch*
parch* corrig* correccion*
patch* corrett* correzion*
correc* corrig* patch*
zalat* lat_ poprawk* naprawi*
zaplat* oprav* zaplatov*
patch* atgard* ratta*
исправл* устран* патч*
виправл* усун* патч*
yama* duzelt* giderildi
bản_vá vá_lỗi khắc_phục
تصحيح* إصلاح*
पैच* ठीक_कर*
修補 修补 修復 修复 補丁 补丁
修正 パッチ
패치 수정
""",
}
"""Words that say how certain an attack is: alleged, denied, confirmed (acknowledged by those concerned), or under
inquiry. Words for guarding against attacks and for repaired weaknesses belong here too."""
