"""Names of countries that CLDR lacks, in several languages; the notation is that of `country_words`.

Languages: da, no, fi, ro, hu, sk, bg, el, he, fa, id, th.
"""

WORDS = {
    "da": """
US USA! USA's! Amerika amerikansk* amerikaner* ~Washington ~Hvide_Hus
GB Storbritannien* britisk* briterne England ~London
CN Kina Kinas kinesisk* kineser* ~Beijing
EU EU! EU's! EU_Kommissionen ~Bruxelles
DK Danmark* dansk* danske* ~København ~Folketinget ~Center_for_Cybersikkerhed
SE Sverige* svensk* ~Stockholm
NO Norge* norsk* ~Oslo
DE Tyskland* tysk* ~Berlin
FR Frankrig* fransk* ~Paris
RU Rusland* russisk* ~Moskva ~Kreml
NL Holland hollandsk* nederlandsk*
FI finsk* Finland*
PL polsk* Polen*
UA ukrainsk* Ukraine*
JP japansk*
AU australsk*
GL Grønland* grønlandsk*
FO Færøerne* færøsk*
""",
    "no": """
US USA! USAs! Amerika amerikansk* amerikaner* ~Washington ~Det_hvite_hus
GB Storbritannia* britisk* britene England ~London
CN Kina Kinas kinesisk* kineser* ~Beijing
EU EU! EUs! EU_kommisjonen ~Brussel
NO Norge* norsk* ~Oslo ~Stortinget ~Nkom ~NSM ~PST
SE Sverige* svensk* ~Stockholm
DK Danmark* dansk* ~København
DE Tyskland* tysk* ~Berlin
FR Frankrike* fransk* ~Paris
RU Russland* russisk* ~Moskva ~Kreml
NL nederlandsk* Nederland*
FI finsk* Finland*
PL polsk* Polen*
UA ukrainsk* Ukraina*
JP japansk*
AU australsk*
""",
    "fi": """
US USA! USA:n! Yhdysval* amerikkalai* ~Washington ~Valkoinen_talo ~Valkoisen_talon
GB Britannia* brittil* britit englanti* ~Lontoo*
CN Kiina* kiinalai* ~Peking*
EU EU! EU:n! Euroopan_unioni* Euroopan_komissio* ~Bryssel*
FI Suomi Suomen Suomessa Suomeen suomalai* ~Helsin* ~Traficom ~Kyberturvallisuuskesku* ~Supo ~eduskun*
SE Ruotsi Ruotsin Ruotsissa Ruotsiin ruotsalai* ~Tukholma*
NO Norja* norjalai*
DK Tanska* tanskalai*
EE Viro Viron Virossa virolai*
DE Saksa* saksalai* ~Berliini*
FR Ranska* ranskalai*
RU Venäjä* Venäjän venäläi* ~Moskova* ~Kreml*
UA Ukraina* ukrainalai*
PL Puola* puolalai*
NL Hollan* hollantilai* Alankomai*
JP Japani* japanilai*
AU Australia* australialai*
""",
    "ro": """
US SUA! Statele_Unite Statelor_Unite american* ~Washington ~Casa_Albă
GB Marea_Britanie Marii_Britanii Regatul_Unit britanic* Anglia ~Londra
CN China Chinei chinez* ~Beijing
EU UE! Uniunea_Europeană Uniunii_Europene Comisia_Europeană Comisiei_Europene ~Bruxelles
RO România României român* românesc* ~București ~CSAT ~ANCOM ~Guvernul
MD Moldova Moldovei moldovean*
DE Germania Germaniei german* ~Berlin
FR Franța Franței francez* ~Paris
RU Rusia Rusiei rus rusă rusesc* ~Moscova ~Kremlin*
UA Ucraina Ucrainei ucrainean*
PL Polonia Poloniei polonez*
HU Ungaria Ungariei maghiar*
NL Olanda Olandei olandez*
IT Italia italian*
SE Suedia suedez*
""",
    "hu": """
US USA! Egyesült_Államok* amerikai* Amerika* ~Washington ~Fehér_Ház*
GB Nagy_Britannia* Egyesült_Királyság* brit britek angol* ~London*
CN Kína* kínai* ~Peking*
EU EU! Európai_Unió* Európai_Bizottság* uniós ~Brüsszel*
HU Magyarország* magyar* ~Budapest* ~NMHH
DE Németország* német* ~Berlin*
FR Franciaország* francia* ~Párizs*
RU Oroszország* orosz* ~Moszkva* ~Kreml*
UA Ukrajna* ukrán*
PL Lengyelország* lengyel*
CZ Csehország* cseh*
RO Románia* román*
AT Ausztria* osztrák*
SE Svédország* svéd*
NL Hollandia* holland*
JP Japán* japán*
""",
    "sk": """
US USA! Spojené_štáty Spojených_štátov Spojeným_štátom americk* Američan* ~Washington* ~Biely_dom ~Bieleho_domu
GB Británi* Veľk*_Británi* britsk* Angli* ~Londýn*
CN Čína Číny Číne Čínu Čínou čínsk* Číňan* ~Peking*
EU EÚ! Európsk*_úni* Európsk*_komisi* ~Brusel*
SK Slovensk* slovensk* ~Bratislav* ~NBÚ
CZ Česko Česka česk* Česk*_republik* ~Prah*
DE Nemeck* nemeck* ~Berlín*
FR Francúzsk* francúzsk*
PL Poľsk* poľsk* ~Varšav*
HU Maďarsk* maďarsk*
RU Rusko Ruska Rusku Ruskom rusk* ~Moskv* ~Kremľ*
UA Ukrajin* ukrajinsk* ~Kyjev*
AT Rakúsk* rakúsk*
SE Švédsk* švédsk*
""",
    "bg": """
US САЩ! Америка американск* американц* ~Вашингтон ~Белия_дом ~Белият_дом
GB Великобритания Обединеното_кралство британск* Англия ~Лондон
CN Китай китайск* китайц* ~Пекин
EU ЕС! Европейския_съюз Европейският_съюз Европейската_комисия Еврокомисията ~Брюксел
BG България българск* ~София ~КРС
DE Германия германск* немск* ~Берлин
FR Франция френск*
RU Русия руск* ~Москва ~Кремъл
UA Украйна украинск*
PL Полша полск*
RO Румъния румънск*
MK македонск* Северна_Македония
SE Швеция шведск*
""",
    "el": """
US ΗΠΑ! Αμερική αμερικαν* Ηνωμένες_Πολιτείες Ηνωμένων_Πολιτειών ~Ουάσινγκτον ~Λευκός_Οίκος ~Λευκού_Οίκου
GB Βρετανία* βρεταν* Ηνωμένο_Βασίλειο Ηνωμένου_Βασιλείου Αγγλία* ~Λονδίνο
CN Κίνα Κίνας κινεζικ* Κινέζ* ~Πεκίνο
EU ΕΕ! Ευρωπαϊκή_Ένωση Ευρωπαϊκής_Ένωσης Ευρωπαϊκή_Επιτροπή Κομισιόν ~Βρυξέλλες
GR Ελλάδα Ελλάδας ελληνικ* Έλλην* ~Αθήνα ~ΕΕΤΤ ~ΑΔΑΕ
CY Κύπρο* κυπριακ*
DE Γερμανία* γερμανικ* ~Βερολίνο
FR Γαλλία* γαλλικ*
RU Ρωσία* ρωσικ* ~Μόσχα ~Κρεμλίνο
TR Τουρκία* τουρκικ* ~Άγκυρα
SE Σουηδία* σουηδικ*
""",
    "he": """
US ארה"ב ארצות_הברית האמריקאי האמריקני אמריקאי אמריקאית ~וושינגטון ~הבית_הלבן
GB בריטניה הבריטי הבריטית בריטי בריטית ~לונדון
CN סין הסיני הסינית סיני סינית ~בייג'ינג
EU האיחוד_האירופי הנציבות_האירופית
IL ישראל הישראלי הישראלית ישראלי ישראלית ~ירושלים ~משרד_התקשורת
DE גרמניה גרמני גרמנית
RU רוסיה רוסי רוסית ~מוסקבה
IR איראן איראני איראנית ~טהרן
""",
    "fa": """
US آمریکا امریکا آمریکایی ایالات_متحده ~واشنگتن ~کاخ_سفید
GB بریتانیا انگلیس بریتانیایی ~لندن
CN چین چینی ~پکن
EU اتحادیه_اروپا کمیسیون_اروپا
IR ایران ایرانی ~تهران ~وزارت_ارتباطات
RU روسیه روسی ~مسکو
IL اسرائیل اسرائیلی
DE آلمان آلمانی
""",
    "id": """
US AS! Amerika_Serikat Amerika ~Washington ~Gedung_Putih
GB Inggris Britania_Raya ~London
CN Tiongkok China Cina ~Beijing
EU UE! Uni_Eropa Komisi_Eropa
ID Indonesia ~Jakarta ~Kominfo ~Komdigi ~BSSN
DE Jerman
FR Prancis
RU Rusia
NL Belanda
KR Korea_Selatan
KP Korea_Utara
JP Jepang
SG Singapura
IN India
""",
    "th": """
US สหรัฐ สหรัฐฯ อเมริกา ~วอชิงตัน ~ทำเนียบขาว
GB อังกฤษ สหราชอาณาจักร ~ลอนดอน
CN จีน ~ปักกิ่ง
EU สหภาพยุโรป
TH ไทย ~กสทช
KR เกาหลีใต้
KP เกาหลีเหนือ
JP ญี่ปุ่น
RU รัสเซีย
DE เยอรมนี เยอรมัน
""",
}
