"""Names of countries that CLDR lacks, in en, nl, de, sv, fr, es: short forms, adjectives, inhabitants, capitals,
governments.

Further languages: `country_words_more`: it, pt, pl, cs, ru, uk, tr; `country_words_other`: da, no, fi, ro, hu, sk, bg,
el, he, fa, id, th; `country_words_east`: vi, ar, hi, ja, ko, zh.

There is one text for each language. Each line is a country code and its words. ``word*`` may continue with up to six
letters. ``word!`` must have exactly these capitals; any other word that begins with a capital must begin with one in
the text too. ``~word`` (a capital, a seat of government) is a weak sign. ``_`` stands for a blank.
"""

WORDS = {
    "en": """
US US! U.S! USA! America American Americans ~Washington ~White_House ~Pentagon ~Trump_administration ~Biden_administration ~Capitol_Hill
GB UK! U.K! Britain Great_Britain British Briton Britons England ~London ~Westminster ~Downing_Street ~Whitehall
CN China Chinese PRC! Mainland_China ~Beijing
EU EU! E.U! European_Union European_Commission ~Brussels
DE German Germans ~Berlin
FR French ~Paris
NL Dutch Holland ~The_Hague
BE Belgian Belgians
CA Canadian Canadians ~Ottawa
AU Australian Australians ~Canberra
NZ New_Zealander New_Zealanders ~Wellington
JP Japanese ~Tokyo
KR South_Korean South_Koreans Korean ~Seoul
KP North_Korean DPRK! ~Pyongyang
IN Indian Indians ~New_Delhi
RU Russian Russians ~Moscow ~Kremlin
UA Ukrainian Ukrainians ~Kyiv ~Kiev
PL Polish Poles ~Warsaw
CZ Czech Czechs Czech_Republic ~Prague
SK Slovak
HU Hungarian ~Budapest
RO Romanian ~Bucharest
BG Bulgarian ~Sofia
GR Greek ~Athens
TR Turkish Turkey ~Ankara
IT Italian Italians ~Rome
ES Spanish ~Madrid
PT Portuguese ~Lisbon
SE Swedish Swedes ~Stockholm
NO Norwegian ~Oslo
DK Danish Danes ~Copenhagen
FI Finnish ~Helsinki
EE Estonian ~Tallinn
LV Latvian ~Riga
LT Lithuanian ~Vilnius
IE Irish ~Dublin
AT Austrian ~Vienna
CH Swiss
IL Israeli Israelis ~Tel_Aviv
IR Iranian Iranians ~Tehran
IQ Iraqi ~Baghdad
SA Saudi Saudis ~Riyadh
AE Emirati UAE! ~Abu_Dhabi
QA Qatari
EG Egyptian ~Cairo
MA Moroccan
ZA South_African
NG Nigerian
KE Kenyan
UG Ugandan
ZM Zambian
BR Brazilian Brazilians ~Brasilia
MX Mexican
AR Argentine Argentinian
CL Chilean
CO Colombian
PE Peruvian
VN Vietnamese ~Hanoi
TH Thai ~Bangkok
MY Malaysian
SG Singaporean Singapore's
ID Indonesian ~Jakarta
PH Philippine Philippines Filipino ~Manila
PK Pakistani ~Islamabad
BD Bangladeshi
LK Sri_Lankan
TW Taiwanese ~Taipei
HK Hong_Kong
MM Myanmar Burma
AF Afghan
SY Syrian
LB Lebanese
PS Palestinian Palestine
JO Jordanian
KZ Kazakh
XK Kosovo
-- South_American Latin_American Central_American North_American South_Americans South_America Latin_America North_America Central_America African_American British_Columbia Indian_Ocean Indiana South_China_Morning_Post South_China_Sea New_England Washington_Post Dutch_auction New_Mexico French_Guiana British_Virgin British_Standard American_Samoa Global_Times Chinese_wall Ukrainian_Catholic
""",
    "nl": """
US VS! V.S! USA! Amerika Amerikaan* ~Washington ~Witte_Huis
GB VK! Groot_Brittannië Brits* Brit Britten Engeland Engelse ~Londen
CN China Chinees Chinese Chinezen ~Peking ~Beijing
EU EU! Europese_Unie Europese_Commissie ~Brussel
NL Nederlander* Nederlands* ~Den_Haag ~Tweede_Kamer ~Rutte
BE Belgisch* Belgen ~Brusselse
DE Duits Duitse* Duitsers ~Berlijn
FR Franse* Fransen ~Parijs
CA Canadees Canadese*
AU Australisch*
NZ Nieuw_Zeelands*
JP Japans* Japanner*
KR Zuid_Koreaans*
KP Noord_Koreaans*
IN Indiaas Indiase
RU Russisch* Russen ~Moskou ~Kremlin
UA Oekraïens*
PL Pools Poolse ~Warschau
CZ Tsjechisch* ~Praag
HU Hongaars*
GR Griekse
TR Turks Turkse ~Ankara
IT Italiaans*
ES Spaans*
PT Portugees Portugese
SE Zweeds*
NO Noors Noorse
DK Deens Deense
FI Fins Finse
EE Ests Estse
LT Litouws*
IL Israëlisch*
IR Iraans*
SA Saoedisch* Saoedi_Arabië
BR Braziliaans*
MX Mexicaans*
TW Taiwanees Taiwanese
AF Afghaans*
-- Latijns_Amerika* Zuid_Amerika* Noord_Amerika* Midden_Amerika* Washington_Post Zuid_Chinese_Zee
""",
    "de": """
US US! USA! U.S! Amerika amerikanisch* Amerikaner* ~Washington ~Weißes_Haus ~Weißen_Haus* ~Pentagon
GB UK! Großbritannien* britisch* Brite Briten England ~London* ~Downing_Street
CN China* chinesisch* Chinese Chinesen ~Peking* ~Beijing
EU EU! Europäische_Union Europäischen_Union EU_Kommission EU_weit* ~Brüssel*
DE deutsch* Deutsche* BRD! ~Berlin* ~Bundesregierung ~Bundestag ~Bundesinnenminister* ~Bundeswirtschaftsminister* ~Ampel
AT österreichisch* Österreicher* ~Wien
CH schweizer* schweizerisch* Schweiz ~Bern
FR französisch* Franzose* ~Paris
NL niederländisch* Niederländer* Holland holländisch*
BE belgisch* Belgier
CA kanadisch* Kanadier
AU australisch* Australier
NZ neuseeländisch*
JP japanisch* Japaner ~Tokio
KR südkoreanisch* Südkorea* ~Seoul
KP nordkoreanisch* Nordkorea*
IN indisch* Indien*
RU russisch* Russen Russland* ~Moskau* ~Kreml
UA ukrainisch* Ukrainer ~Kiew
PL polnisch* ~Warschau*
CZ tschechisch* Tschechien* ~Prag
SK slowakisch*
HU ungarisch*
RO rumänisch*
GR griechisch*
TR türkisch* ~Ankara
IT italienisch* ~Rom
ES spanisch* ~Madrid
PT portugiesisch*
SE schwedisch* ~Stockholm
NO norwegisch*
DK dänisch*
FI finnisch*
EE estnisch*
LV lettisch*
LT litauisch*
IL israelisch* Israeli Israelis
IR iranisch* Iraner ~Teheran
SA saudisch* saudi_arabisch* Saudi_Arabien*
BR brasilianisch*
MX mexikanisch*
VN vietnamesisch*
TW taiwanisch* taiwanesisch*
HK Hongkong*
AE Emirate
-- lateinamerikanisch* südamerikanisch* Lateinamerika Südamerika Nordamerika Mittelamerika Washington_Post Südchinesisch*
""",
    "sv": """
US USA! USAs! Amerika amerikansk* amerikan* ~Washington ~Vita_huset
GB Storbritannien* brittisk* britt* England engelsk* ~London
CN Kina Kinas kinesisk* kines* ~Peking
EU EU! EUs! Europeiska_unionen Europeiska_kommissionen EU_kommissionen ~Bryssel
SE Sverige* svensk* ~Stockholm ~Regeringskansliet ~Rosenbad
NO Norge* norsk* ~Oslo
DK Danmark* dansk* ~Köpenhamn
FI finsk* ~Helsingfors
DE Tyskland* tysk* ~Berlin
FR Frankrike* fransk* ~Paris
NL Nederländerna* Holland nederländsk* holländsk*
BE belgisk*
CA Kanada* kanadensisk*
AU Australien* australisk* australiensisk*
JP japansk*
KR Sydkorea* sydkoreansk*
IN indisk* Indien*
RU Ryssland* rysk* ~Moskva ~Kreml
UA Ukraina* ukrainsk* ~Kiev
PL Polen* polsk* ~Warszawa
CZ Tjeckien* tjeckisk*
EE estnisk* Estland*
LV lettisk* Lettland*
LT litauisk* Litauen*
IL israelisk*
IR iransk* ~Teheran
SA saudisk* Saudiarabien*
TR turkisk* Turkiet*
IT italiensk*
ES spansk*
BR brasiliansk*
TW taiwanesisk*
-- Latinamerika* Sydamerika* Nordamerika* latinamerikansk* sydamerikansk* nordamerikansk* Sydkinesiska
""",
    "fr": """
US États_Unis USA! US! Etats_Unis Amérique américain* étasunien* états_unien* ~Washington ~Maison_Blanche ~Pentagone
GB Royaume_Uni Grande_Bretagne Angleterre britannique* ~Londres ~Downing_Street
CN Chine chinois* ~Pékin
EU UE! Union_européenne Commission_européenne ~Bruxelles
FR français* hexagone Hexagone ~Paris ~Bercy ~Matignon ~Élysée ~Assemblée_nationale
DE allemand* ~Berlin
NL Pays_Bas néerlandais* hollandais*
BE belge*
CH suisse*
CA canadien* québécois* ~Ottawa
AU australien* ~Canberra
NZ néo_zélandais*
JP japonais* ~Tokyo
KR Corée_du_Sud sud_coréen* ~Séoul
KP Corée_du_Nord nord_coréen*
IN Inde indien*
RU russe* Russie ~Moscou ~Kremlin
UA ukrainien* ~Kiev
PL polonais* ~Varsovie
CZ tchèque* ~Prague
HU hongrois*
RO roumain*
GR grec grecs grecque*
TR turc turcs turque* ~Ankara
IT italien* ~Rome
ES espagnol* ~Madrid
PT portugais*
SE suédois* ~Stockholm
NO norvégien*
DK danois*
FI finlandais*
EE estonien*
IL israélien*
IR iranien* ~Téhéran
SA saoudien* Arabie_saoudite
AE Émirats émirati*
EG égyptien*
MA marocain* ~Rabat
DZ algérien* ~Alger
TN tunisien*
SN sénégalais*
CI ivoirien*
CM camerounais*
CD congolais*
BR brésilien*
MX mexicain*
VN vietnamien*
SG singapourien*
TW taïwanais*
UG ougandais*
-- sud_américain* latino_américain* nord_américain* Amérique_latine Amérique_du_Sud Amérique_du_Nord Amérique_centrale anglo_américain* Washington_Post
""",
    "es": """
US EE.UU EE_UU! EEUU! USA! Estados_Unidos estadounidense* norteamerican* Norteamérica ~Washington ~Casa_Blanca ~Pentágono
GB Reino_Unido Gran_Bretaña Inglaterra británic* ingleses ~Londres
CN China chino chinos ~Pekín ~Beijing
EU Unión_Europea Comisión_Europea la_UE de_la_UE ~Bruselas
ES español* españa ~Madrid ~Moncloa
DE alemán alemana* alemanes ~Berlín
FR francés* francesa* ~París
IT italian* ~Roma
PT portugués* portuguesa* ~Lisboa
NL holandés* holandesa* neerlandés* neerlandesa* Holanda
BE belga belgas
CA canadiense*
AU australian*
NZ neozeland*
JP japonés* japonesa* ~Tokio
KR surcorean* Corea_del_Sur ~Seúl
KP norcorean* Corea_del_Norte
IN hindú
RU ruso rusos rusa rusas ~Moscú ~Kremlin
UA ucranian* ~Kiev
PL polac* ~Varsovia
CZ checo checos checa checas
SE suec* ~Estocolmo
NO norueg*
FI finland*
TR turco turcos turca turcas
IL israelí*
IR iraní* ~Teherán
SA saudí* Arabia_Saudita Arabia_Saudí
EG egipci*
MX mexican* ~Ciudad_de_México
AR argentin* ~Buenos_Aires
CL chilen* ~Santiago_de_Chile
CO colombian* ~Bogotá
PE peruan* ~Lima
BR brasileñ* brasiler* ~Brasilia
VE venezolan* ~Caracas
CU cuban*
EC ecuatorian* ~Quito
UY uruguay* ~Montevideo
PY paraguay*
BO bolivian*
CR costarricens*
PA panameñ*
GT guatemaltec*
DO dominican*
SV salvadoreñ*
TW taiwan*
VN vietnamit*
SG singapurens*
IN indio indios
-- Washington_Post Mar_de_China Islas_Vírgenes_Británicas
""",
}
