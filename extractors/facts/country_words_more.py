"""Names of countries that CLDR lacks, in several languages; the notation is that of `country_words`.

Languages: it, pt, pl, cs, ru, uk, tr.
"""

WORDS = {
    "it": """
US USA! U.S.A! Stati_Uniti americano americana americani americane statunitens* America ~Washington ~Casa_Bianca ~Pentagono
GB Regno_Unito Gran_Bretagna Inghilterra britannic* ~Londra ~Downing_Street
CN Cina cinese cinesi ~Pechino
EU UE! Ue! Unione_europea Commissione_europea Commissione_Ue ~Bruxelles
IT italian* Italia ~Roma ~Palazzo_Chigi ~Copasir ~Viminale ~Farnesina
DE tedesc* ~Berlino
FR frances* ~Parigi
ES spagnol*
NL olandes* Olanda Paesi_Bassi
BE belga belgi
CH svizzer*
CA canades*
AU australian*
JP giappones* ~Tokyo
KR sudcorean* Corea_del_Sud
KP nordcorean*
IN indian*
RU russo russi russa russe ~Mosca ~Cremlino
UA ucrain* ~Kiev
PL polacc* ~Varsavia
CZ ceco cechi ceca
SE svedes* ~Stoccolma
NO norveges*
FI finlandes*
TR turco turchi turca
GR greco greci greca
IL israelian*
IR iranian* ~Teheran
SA saudit*
BR brasilian*
TW taiwanes*
-- sudamerican* latinoamerican* nordamerican* America_Latina America_latina Sud_America Sudamerica Nord_America America_del_Sud Washington_Post
""",
    "pt": """
US EUA! E.U.A! Estados_Unidos norte_american* american* estadunidense* ~Washington ~Casa_Branca ~Pentágono
GB Reino_Unido Grã_Bretanha Inglaterra britânic* ~Londres
CN China chinês chinesa* chineses ~Pequim
EU UE! União_Europeia Comissão_Europeia ~Bruxelas
BR brasileir* ~Brasília ~Planalto ~Anatel
PT portugues* português* ~Lisboa
ES espanh*
DE alemã* alemães ~Berlim
FR francês francesa* franceses ~Paris
IT italian*
NL holandês holandesa* Holanda Países_Baixos neerland*
CA canadens*
AU australian*
JP japonês japonesa* japoneses ~Tóquio
KR sul_corean* Coreia_do_Sul
IN indian*
RU russo russos russa russas ~Moscou ~Moscovo ~Kremlin
UA ucranian* ~Kiev
PL polonês polones* polac*
SE suec*
TR turco turcos turca
IL israelens* israelit*
IR iranian*
SA saudit*
MX mexican*
AR argentin*
CL chilen*
CO colombian*
AO angolan*
MZ moçambican*
TW taiwan*
VN vietnamit*
-- América_Latina América_do_Sul América_do_Norte latino_american* sul_american* Washington_Post Mar_da_China
""",
    "pl": """
US USA! Stany_Zjednoczone Stanów_Zjednoczonych Stanach_Zjednoczonych Stanom_Zjednoczonym Ameryk* amerykań* Amerykan* ~Waszyngton* ~Biały_Dom ~Białego_Domu ~Pentagon*
GB Wielka_Brytania Wielkiej_Brytanii Wielką_Brytanię Wielką_Brytanią brytyj* Brytyjczy* Anglia Anglii ~Londyn*
CN Chiny Chin Chinom Chinach Chinami chińsk* Chińczy* ChRL! ~Pekin*
EU UE! Unia_Europejska Unii_Europejskiej Unię_Europejską Komisja_Europejska Komisji_Europejskiej unijn* ~Bruksel*
PL Polska Polski Polsce Polskę Polską polski polska polskie* polskim* polskich Polak* Polacy ~Warszaw* ~Sejm* ~Ministerstwo_Cyfryzacji
DE Niemcy Niemiec Niemczech Niemcom Niemcami niemieck* ~Berlin*
FR Francja Francji Francję francus* ~Paryż*
NL Holandi* holenders* Niderland*
CZ Czechy Czech Czechach czesk* ~Prag*
SK słowack* Słowacj* ~Bratysław*
RU Rosja Rosji Rosję Rosją rosyj* ~Moskw* ~Kreml*
UA Ukrain* ukraińsk* ~Kijów ~Kijow*
SE Szwecj* szwedz* ~Sztokholm*
NO Norwegi* norwes* ~Oslo
DK Dani* duńsk* ~Kopenha*
FI Finlandi* fińsk* ~Helsin*
EE Estoni* estońsk* ~Tallin*
LV Łotw* łotews* ~Ryga ~Rygi ~Rydze ~Rygę
LT Litwa Litwy Litwie litews* Litwin* ~Wilno ~Wilna ~Wilnie ~Wilnem
IT Włochy Włoch Włoszech włosk* ~Rzym*
ES Hiszpani* hiszpańsk* ~Madry*
JP Japoni* japońsk* ~Tokio
KR Korea_Południowa Korei_Południowej południowokoreańsk*
IN Indie Indii Indiach Indiami indyjs*
CA Kanad* kanadyj* ~Ottaw*
AU Australi* australij* ~Canberr*
NZ Nowa_Zelandia Nowej_Zelandii nowozeland*
IL Izrael* izraels*
IR irańsk* Iran Iranu Iranem
SA saudyjs* Arabia_Saudyjska Arabii_Saudyjskiej
TR turec* Turcj* ~Ankar*
RO rumuńsk* Rumuni* ~Bukareszt*
HU węgiers* Węgry Węgier ~Budapeszt*
BR brazylij* Brazyli*
TW tajwańsk* Tajwan* ~Tajpej
BY białoru* Białoru*
BE Belgi* belgijsk*
AT Austri* austriack*
CH Szwajcari* szwajcars*
PT Portugali* portugals* ~Lizbon*
GR Grecj* greck* ~Ateny ~Aten
BG Bułgari* bułgars*
RS Serbi* serbsk*
HR Chorwacj* chorwac*
-- Ameryk*_Łacińsk* Ameryk*_Południow* Ameryk*_Północn* południowoamerykańsk* latynoamerykańsk* Washington_Post
""",
    "cs": """
US USA! Spojené_státy Spojených_států Spojeným_státům Spojenými_státy Spojených_státech americk* Američan* Ameri* ~Washington* ~Bílý_dům ~Bílého_domu ~Pentagon
GB Británi* Velká_Británie Velké_Británii Spojené_království britsk* Brit* Angli* ~Londýn*
CN Čína Číny Číně Čínu Čínou čínsk* Číňan* ČLR! ~Peking*
EU EU! Evropská_unie Evropské_unie Evropskou_unii Evropská_komise Evropské_komise unijn* ~Brusel*
CZ Česko Česka Česku České_republi* Česká_republi* Českou_republi* ČR! český česká české českého českých českým českou Češi ~Prah* ~NÚKIB ~Babiš* ~Hrad
SK Slovensk* slovensk* ~Bratislav*
DE Německ* německ* Němc* ~Berlín*
FR Franci* francouz* ~Paříž*
PL Polsk* polsk* Polák* ~Varšav*
RU Rusko Ruska Rusku Ruskem ruský ruská ruské ruského ruských Rusové ~Moskv* ~Kreml*
UA Ukrajin* ukrajinsk* ~Kyjev*
NL Nizozem* nizozem* holandsk*
SE Švédsk* švédsk*
NO Norsko norsk*
FI finsk* Finsk*
EE Estonsk* estonsk*
LT Litv* litevsk*
AT Rakousk* rakousk*
HU Maďarsk* maďarsk*
IT Itáli* italsk*
ES Španělsk* španělsk*
JP Japonsk* japonsk*
KR Jižní_Korea Jižní_Koreje jihokorejsk*
IN Indie Indii Indií indick*
CA Kanad* kanadsk*
AU Austráli* australsk*
NZ Nový_Zéland novozéland*
IL Izrael* izraelsk*
IR íránsk* Írán*
TR tureck* Tureck*
TW tchajwansk* tchajwan*
BR brazilsk* Brazíli*
-- Latinsk*_Ameri* Jižn*_Ameri* Severn*_Ameri* latinskoamerick* jihoamerick* Washington_Post Jihočínsk*
""",
    "ru": """
US США! Америк* американск* американц* ~Вашингтон* ~Белый_дом ~Белого_дома ~Пентагон*
GB Великобритани* Британи* британск* британц* Англи* ~Лондон*
CN Китай Китая Китаю Китаем Китае китайск* китайц* КНР! ~Пекин*
EU ЕС! Евросоюз* Европейск*_союз* Еврокомисси* ~Брюссел*
RU Россия России Россию Россией российск* россиян* РФ! ~Москв* ~Кремл* ~Минцифры ~Роскомнадзор*
UA Украин* украинск* украинц* ~Киев*
BY белорусск* Белорусси* Беларус* ~Минск*
KZ казахстанск* Казахстан*
DE Германи* германск* немецк* ФРГ! ~Берлин*
FR Франци* французск* ~Париж*
PL Польш* польск* ~Варшав*
NL Нидерланд* нидерландск* Голланди* голландск*
SE Швеци* шведск*
NO Норвеги* норвежск*
FI Финлянди* финск*
EE эстонск* Эстони*
LV латвийск* Латви*
LT литовск* Литв*
CZ чешск* Чехи*
IT итальянск* Итали*
ES испанск* Испани*
JP Япони* японск*
KR Южн*_Коре* южнокорейск* Коре*
KP КНДР! северокорейск*
IN Индия Индии Индию Индией индийск*
CA Канад* канадск*
AU Австрали* австралийск*
NZ новозеландск* Новая_Зеландия Новой_Зеландии
IL Израил* израильск*
IR Иран Ирана Ирану Ираном иранск*
TR Турц* турецк*
SA Саудовск*_Арави* саудовск*
AE ОАЭ!
BR Бразили* бразильск*
TW Тайван* тайваньск*
-- Латинск*_Америк* Южн*_Америк* Северн*_Америк* латиноамериканск* южноамериканск* североамериканск* китайгород*
""",
    "uk": """
US США! Америк* американськ* американц* ~Вашингтон* ~Білий_дім ~Білого_дому ~Пентагон*
GB Великобритані* Велик*_Британі* Британі* британськ* британц* Англі* ~Лондон*
CN Китай Китаю Китаєм Китаї китайськ* КНР! ~Пекін*
EU ЄС! Євросоюз* Європейськ*_Союз* Єврокомісі* ~Брюссел*
UA Україн* українськ* українц* ~Київ ~Києв* ~Держспецзв* ~Верховна_Рада
RU Росія Росії Росію Росією російськ* росіян* РФ! ~Москв* ~Кремл*
BY білорусь* білоруськ*
DE Німеччин* німецьк* ~Берлін*
FR Франці* французьк*
PL Польщ* польськ* ~Варшав*
NL Нідерланд* нідерландськ* голландськ*
SE Швеці* шведськ*
NO Норвегі* норвезьк*
FI Фінлянді* фінськ*
EE Естоні* естонськ*
LV Латві* латвійськ*
LT Литв* литовськ*
CZ Чехі* чеськ*
IT Італі* італійськ*
ES Іспані* іспанськ*
JP Японі* японськ*
KR Південн*_Коре* південнокорейськ*
IN Індія Індії Індію Індією індійськ*
CA Канад* канадськ*
AU Австралі* австралійськ*
IL Ізраїл* ізраїльськ*
IR Іран Ірану Іраном іранськ*
TR Туреччин* турецьк*
TW Тайван* тайванськ*
-- Латинськ*_Америк* Південн*_Америк* Північн*_Америк* латиноамериканськ* південноамериканськ*
""",
    "tr": """
US ABD! Amerika Amerikan Amerikalı* ~Washington ~Beyaz_Saray ~Pentagon
GB İngiltere* İngiliz* Britanya* Birleşik_Krallık ~Londra
CN Çin Çinli* Çinin Çine ~Pekin
EU AB! Avrupa_Birliği* Avrupa_Komisyonu* ~Brüksel
TR Türkiye* Türk Türkler ~Ankara ~BTK! ~USOM!
DE Almanya* Alman Almanlar ~Berlin
FR Fransa* Fransız*
NL Hollanda* Hollandalı
RU Rusya* Rus Ruslar ~Moskova ~Kremlin
UA Ukrayna* Ukraynalı
PL Polonya*
SE İsveç* İsveçli
JP Japonya* Japon
KR Güney_Kore*
IN Hindistan* Hint Hindistanlı
CA Kanada*
AU Avustralya*
IL İsrail* İsrailli
IR İran İranlı
SA Suudi
GR Yunan*
IT İtalya* İtalyan
ES İspanya*
BR Brezilya*
AZ Azerbaycan*
TW Tayvan*
-- Güney_Amerika* Latin_Amerika* Kuzey_Amerika*
""",
}
