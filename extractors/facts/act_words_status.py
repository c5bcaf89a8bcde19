"""Words for the stage of an act (considered, decided, in force, ...), folded, by language.

Each text has a line for each of `LANGUAGES`, in their order. ``word*`` may have any ending; any other word is whole; ``_`` is a
blank; words of Chinese, Japanese and Korean are found anywhere.
"""

STATUSES = {
    "announced": """
=will announc* =to_be =set_to =plans_to confirm* unveil* =says =said
=gaat =zal kondigt_aan =zullen aangekondigd maakt_bekend
=wird =werden kundig* angekundigt bestatig*
annonc* =va =vont confirm*
anunci* confirm*
annunc* conferm*
anunci* confirm*
zapowied* oglos* potwierdz*
oznam* potvrd*
=ska =kommer meddel* bekraft*
объяв* заяв* сообщ* подтверд*
оголо* заяви* повідом* підтверд*
acikla* duyur*
công_bố thông_báo tuyên_bố
أعلن* تعلن* يعلن*
घोषणा* ऐलान*
宣布 宣佈 公布 公佈 将 將 聲明 声明
発表 方針 表明
발표 밝혔 예정
""",
    "decided": """
decid* =decision approved adopt* signed =orders ordered ordering =issued agreed =passed pass_into =has_banned rul*
besl* besloten getekend =weert keurt_goed aangenomen
beschl* entschi* entscheid* verabschied* unterzeichn*
decid* adopt* sign* vot*
decid* aprob* firm* adopt* resolv*
decis* approv* firmat* adott*
decid* aprov* assin* adot*
zdecyd* decyzj* przyj* podpis* uchwal*
rozhod* schval* podeps* prijal*
beslut* antagit antog skrev_under
реши* решен* принял* подписал* одобр*
виріши* рішен* ухвал* підписа*
karar* imzala* kabul_et*
quyết_định thông_qua ký_ban
قرر* قرار* وقع* أقر*
फैसला* निर्णय* हस्ताक्षर*
決定 决定 簽署 签署 通過 通过 下令 裁定
決定 決め 可決 署名 成立
결정 통과 서명 의결
""",
    "in_force": """
in_force =takes_effect took_effect =effective =already =currently since_20 =has_been has_banned banned_in remains_on placed_on
van_kracht =sinds =reeds =al geldt_
in_kraft =seit =bereits gilt_
en_vigueur =depuis =deja
en_vigor =desde =ya vigente*
in_vigore =dal =gia
em_vigor =desde =ja
obowiaz* =juz wesz*_w_zycie weszl*
v_platnosti ucinn* =jiz =uz plati_
i_kraft trader_i =sedan =redan galler_
вступил*_в_силу действ* =уже
набрал*_чинності =вже діє_
yururlu*
có_hiệu_lực đã_cấm
دخل*_حيز ساري*
लागू*
生效 實施 实施 已经 已經 仍在
施行 発効 既に
시행 발효 이미
""",
    "proposed": """
propos* =draft =drafts tabled =bill =bills =plan =plans planning planned
voorstel* wetsvoorstel =plan =plannen
vorschl* entwurf* plan* geplant*
propos* projet* prevoit
propon* propuesta* proyecto* plane*
propon* propost* disegno* prevede
propoe* propost* projeto* plane*
propon* projekt* planuj* plan_
navrh* navrhuj* planuj* chyst*
forslag* foresla* planer*
предлож* предлаг* планир* проект*
пропон* планує* проєкт* проект*
oneri* tasari* teklif* plan*
đề_xuất dự_thảo kế_hoạch
اقتر* مشروع_قانون* تخطط* يعتزم*
प्रस्ताव* योजना* मसौदा*
提議 提议 草案 擬 拟 計劃 计划 提案
提案 法案 方針案 計画
제안 추진 계획 법안 발의
""",
    "considered": """
consider* =may =might =could weigh* mull* ponder* =likely =expected debat* undecided postpon* delay* =whether =mulls contemplat* =hint* =rethink* looks_at =possible possibly prepar* =if =poised paves_the_way paving_the_way clear_the_way clears_the_way drawn_up =drafting fear* warn* doubt* =faces =would jeopard* no_decision not_decided not_yet unclear awaits awaiting
overweeg* mogelijk* =zou =zouden nog_geen nog_niet uitgesteld schuift nadenk* peinst =wellicht of_huawei lijkt =lijken weg_vrij =als onduidelijk* =kan =wachten geen_besluit nog_te_besl* onbeslist
erwag* =konnte =konnten =moglich* =womoglich prufen pruft diskut* noch_nicht uberleg* =wenn =falls keine_entscheidung offen_ noch_keine unentschieden abwart*
envisag* ouvre_la_voie pourrait pourraient reflech* etudi* =peut possible* =si crain* =serait =aurait pas_encore aucune_decision reporte*
consider* allana podria* estudi* evalua* baraja* posib* sopesa =si =teme temen aun_no todavia_no aplaz*
valut* potrebbe* consider* studia possibil* =se teme non_ancora nessuna_decisione
consider* poderia* =pode estud* avalia* possiv* =caso =se teme ainda_nao adi*_decisao
rozwaz* =moze =moga moglby mialby byc_moze =czy =ewentualn* niewykluczon* =jesli =jezeli nie_zdecydow* jeszcze_nie odracza*
zvazuj* zvaz* =muze =mohla mohl* uvazuj* mozn* =pokud =jestli jeste_ne nerozhod*
overvag* =kan =kunde =kanske mojlig* funderar annu_inte inte_beslut* overvager
рассматрива* =может могут возможн* обсужда* =мог =если пока_не еще_не не_решил*
розгляда* =може можуть можлив* обговор* =якщо поки_не ще_не не_виріши*
degerlendir* dusun* =olabilir muhtemel* planla* =eger henuz_*
cân_nhắc xem_xét =có_thể =nếu chưa_quyết
تدرس* يدرس* تفكر* =قد يمكن* محتمل* =إذا يمهد_الطريق تمهد_الطريق قيد_الدراسة
विचार* =सकता =सकती =संभव* =अगर =यदि
考慮 考虑 或將 或将 可能 會否 会否 研究 商討 商讨 正在研究 尚未 仍未 擬 拟 若 如果 是否 恐 擔心 担心 鋪路 铺路 有意 打算 擬簽 拟签 未決 未决 未決定 未决定
検討 可能性 見通し かもしれ もし 意向 見込み
검토 고려 가능성 전망 만약 경우
""",
    "demanded": """
=urge =urges =urged =urging =demand* =calls_for call_for calling_for =want =wants =wanted lobb* =push* insist* petition* =should =ought
eist* =eisen =wil =willen roept_op roepen opgeroepen dring* verlang* bepleit* pleit* zou_moeten zouden_moeten zou_worden beter_kan
forder* verlang* drang* appell* =sollte =sollten
exig* reclam* appell* demand*_que demandent devrait devraient
exig* =pide =piden =pidio reclam* =insta =instan deberia deberian
chied* esig* invoca* dovrebbe dovrebbero
exig* =pede =pedem =pediu cobra* defend* deveria deveriam
domaga* zada* wzyw* apelu* chc* powinien powinn*
pozaduj* vyzyv* chce_ zada* mel_by mela_by meli_by
krav_ uppmanar kraver =bor =borde
требу* призва* призыва* настаив* должн*
вимага* закл* повинн*
talep* cagri* istiyor* gerek*
yêu_cầu kêu_gọi đòi =nên
طالب* يطالب* دعا* دعت* ينبغي* يجب*
मांग* आग्रह* =चाहिए
要求 呼籲 呼吁 敦促 促請 促请 主張 施壓 應該 应该 應當 应当 希望 需要 有必要
要求 求め 呼びかけ べき
요구 촉구 주장 해야
""",
    "rejected": """
reject* rebuff* refus* =rules_out_ban =no_ban not_ban =wont_ban will_not_ban voted_down votes_down were_defeated was_defeated unsuccessful* dismiss* =declin* votes_against voted_against vote_against turned_down turns_down defeat*
afgewezen wijst_af =niet_uitsluiten niet_weren verwerp* weiger* geen_verbod =niet_geweerd verworpen stemt_tegen stemde*_tegen afwijz* tegengestemd weggestemd wijst_*_af
ablehn* lehnt_ab abgelehnt kein_ausschluss verwirft stimm*_gegen verworfen verwarf weist_*_zuruck zuruckgewiesen
rejet* refus* ecart* ne_bannira pas_d_interdiction vote*_contre repouss*
rechaz* niega* descart* no_vet* no_prohib* vota_contra votan_contra voto_en_contra vota_en_contra
respin* rifiut* esclude_il_bando bocci* vota_contro respint*
rejeit* recus* descart* nao_vai_ban* vota_contra rejeic* derrub*
odrzuc* odmow* nie_wyklucz* nie_zakaz* glosow*_przeciw*
zamit* odmit* nezakaz* nevylouc* neschval* hlasov*_proti zamitn*
avsla* avvisa* neka* nej_till rostar_nej rostade_nej roster_mot rostar_mot avslag*
отклон* отверг* отказ* голосова*_против отверга* отклоня*
відхил* відмов* голосува*_проти не_підтрима*
reddet* geri_cevir* reddedil* reddetti
bác_bỏ từ_chối phủ_quyết
رفض* ترفض* صوت*_ضد
खारिज* इनकार*
拒绝 拒絕 否決 否决 不會禁 不会禁 不排除華為 未禁 不禁 駁回 驳回
拒否 否決 却下
거부 부결 기각
""",
    "lifted": """
=lift lifts lifted lifting rolls_back rolled_back rolling_back roll_back revers* repeal* overturn* =eased reinstat* reprieve
opgeheven opheff* teruggedraaid ingetrokken trekt_in schrapt
aufheb* aufgehoben aufhebung zuruckgenommen zuruckgezogen nimmt_*_zuruck
lev* abrog* annul* revien*_sur
levant* derog* anul* retir*_la_norma
revoca_il abrog* rimuov*_il_divieto annull* revoc*
suspen* revog* anul* revert*
zniesi* uchyl* wycof* cofn*
zrus* zrusen*
havd* upphav* river_upp dra*_tillbaka
отмени* снял* отмен* отозва* отзыва*
скасув* зняв*
kaldir* iptal* geri_ald* geri_cek*
dỡ_bỏ bãi_bỏ rút_lại hủy_bỏ
رفع* ألغ* تراجع* سحب*
हटाया* वापस* रद्द*
解除 取消 撤銷 撤销 廢除 废除 暫緩 暂缓 撤回 收回 推翻
解除 撤廃 撤回 取り消 廃止
해제 철폐 철회 취소
""",
    "in_court": """
=court =courts lawsuit* =sues =sued =suing tribunal* appeal* =judge
rechter* rechtbank* rechtszaak* =hof
gericht* klage* verwaltungsgericht*
tribunal* justice_ conseil_d_etat juge*
tribunal* juez* juicio* demanda_judicial
tribunale giudic* tar_ consiglio_di_stato
tribunal* juiz* justica
=sad sadu sady trybunal*
=soud soudu soudn* zalob*
domstol* =ratt forvaltningsratt* kammarratt*
=суд суда суде судеб* иск*
=суд суду судов* позов*
mahkeme* dava*
tòa_án
محكمة* قضاء*
अदालत* न्यायालय*
法院 法庭 訴訟 诉讼 起訴 起诉 控告
裁判 地裁 提訴
법원 소송
""",
}

NEGATION = """
=not =no =never =nor =without =dont =doesnt =wont =cannot =against_ban =unlikely
=niet =geen =nooit
=nicht =kein =keine =keinen =nie
=pas =jamais =aucun =aucune
=no =nunca =sin =ningun =ninguna
=non =mai =nessun =nessuna
=nao =nunca =sem =nenhum
=nie =bez
=ne =neni =nebude =nikdy =nechce
=inte =ej =aldrig
=не =нет =без
=не =немає =без
=degil =yok
=không =chưa
=لا =لم =لن =ليس =ليست =غير
=नहीं =न
不 未 沒有 没有 無 并非 並非
ない ず しない
않 없 아니 안_된 안_돼 안_될 안_하기로 안_쓰
"""
