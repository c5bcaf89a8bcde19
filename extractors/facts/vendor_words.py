"""Words that tell whether a country's adjective means a firm's origin (the Chinese company) or the state (the Chinese
government)."""

import re

FIRM = re.compile(
    r"compan|firm|giant|maker|manufactur|vendor|supplier|equipment|telecom|tech|kit|gear|hardware|group"
    r"|conglomerate"
    r"|bedrijf|fabrikant|reus|leverancier|concern|apparatuur|empresa|compañ|gigante|fabricante|proveedor|equipo"
    r"|entreprise|géant|équipement|fabricant|groupe|fournisseur|producent|dostaw|gigant|sprzęt|koncern|výrobc"
    r"|společnost|dodavatel|unternehm|konzern|hersteller|ausrüster|anbieter|ausrüstung|azienda|colosso|fornitor"
    r"|produtt|fornecedor|företag|leverantör|tillverk|jätte|utrustning|компани|производител|поставщик|оборудован"
    r"|гигант|компані|виробник|постачальник|обладнан|şirket|üretici|tedarik|donanım|công ty|hãng|nhà cung|tập đoàn"
    r"|thiết bị|شركة|شركات|معدات|निर्माता|कंपनी|उपकरण|企業|メーカー|製|大手|업체|기업|제조|산 |장비|公司|企业|厂商|廠商|設備|设备|電訊|电信"
    r"|巨頭|巨头|制造|製造|huawei|zte|华为|華為|中兴|中興|ファーウェイ|화웨이|хуавей|хуавэй|هواوي|हुआवे",
    re.IGNORECASE,
)
STATE = re.compile(
    r"govern|regier|regering|state|army|hack|spy|spies|spion|espion|spionage|intellig|milit|overheid|staat"
    r"|ambass|embass"
    r"|ambasciat|botschaft|gobierno|gouvern|governo|rząd|vlád|regim|authorit|autorit|behörde|ministr|minister|leger"
    r"|правительств|власт|разведк|уряд|влад|hükümet|yönetim|chính phủ|chính quyền|tin tặc|حكومة|مخابرات"
    r"|قراصنة|सरकार|हैकर"
    r"|政府|当局|當局|軍|军|黑客|駭客|ハッカー|外交|大使|정부|당국|해커|군",
    re.IGNORECASE,
)
ACCUSED = re.compile(
    r"(?<!was )(?<!were )(?<!been )hack|cyber ?sp[iy]|\bspies\b|\bspy|cyber actor|threat actor|threat group|apt\b|apts\b"
    r"|state[ -](?:sponsored|backed|linked)|[ -]linked"
    r"|[ -]nexus|[ -]backed|suspected of|accused of|spion(?!age)|verdacht van|beschuldigd van|wird verdächtigt"
    r"|pirates? informatique|cyberespion|soupçonn|accusée? d|piratas? informátic|ciberespí|sospechos"
    r"|acusad|sospettat|accusat"
    r"|suspeit|haker|cyberszpieg|podejrzan|oskarżon|kyberšpion|podezřel|misstänk|anklagad|хакер|кибершпион"
    r"|подозрева|обвиня"
    r"|хакерськ|кібершпигун|підозрю|звинувач|bilgisayar korsan|casus|tin tặc|gián điệp|قراصنة|جواسيس|हैकर|जासूस"
    r"|黑客|駭客|间谍|間諜|ハッカー|スパイ|해커|간첩",
    re.IGNORECASE,
)
"""Words after a state's name or adjective that make the state the accused one: Chinese hackers, China-linked, suspected
of."""
DOMESTIC = {
    "nl": r"kabinet|tweede kamer|kamerleden|regering|staatssecretaris|minister|aivd|mivd|ons land|nctv"
    r"|rijksoverheid",
    "de": r"bundes\w+|regierung|hierzulande|minister",
    "fr": r"gouvernement|premier ministre|anssi|dans l.hexagone|notre pays|députés|sénat\w*",
    "it": r"governo|copasir|agcom|nel nostro paese|parlamento|ministro",
    "es": r"el gobierno|nuestro país|congreso|ministerio",
    "pt": r"o governo|nosso país|no país|ministério|anatel|anacom",
    "pl": r"sejm\w*|ustaw\w*|rząd\w*|ministerstw\w*|minister\w*|premier\w*|ksc|w kraju|naszym kraju",
    "cs": r"vlád\w*|ministr\w*|premiér\w*|sněmovn\w*|nukib|u nás|česk\w*",
    "sv": r"staten|hovrätt\w*|myndighet\w*|kammarrätt\w*|regering\w*|försvars\w*|minister\w*|pts|säpo|riksdag\w*"
    r"|förvaltningsrätt\w*",
    "ru": r"минцифры|госдум\w*|роскомнадзор\w*|правительств\w*|фсб|в стране",
    "uk": r"уряд\w*|верховн\w* рад\w*|сбу|держспецзв\w*|міністерств\w*|в країні",
    "tr": r"hükümet\w*|bakanlı\w*|btk|usom|ülkemiz\w*|meclis\w*",
    "vi": r"bộ thông tin|bộ công an|nhà mạng|nước ta|cục an toàn",
    "hi": r"सरकार|दूरसंचार विभाग|ट्राई|देश",
    "ja": r"総務省|国内|政府|経産省|警察庁|携帯大手",
    "ko": r"정부|국회|과기정통부|국내|경찰|국민",
}
"""Words for a state's bodies, by language. Unless a foreign country is named beside them, they mean the bodies of the
reader's country."""
HOMES = {
    "nl": "NL", "de": "DE", "fr": "FR", "it": "IT", "pl": "PL", "cs": "CZ", "sv": "SE", "ru": "RU", "uk": "UA", "tr": "TR",
    "vi": "VN", "hi": "IN", "ja": "JP", "ko": "KR", "da": "DK", "no": "NO", "nb": "NO", "fi": "FI", "hu": "HU", "el": "GR",
    "he": "IL", "th": "TH", "sk": "SK", "bg": "BG", "ro": "RO", "lt": "LT", "lv": "LV", "et": "EE",
}  # fmt: skip
"""Language to the country where most of its press appears; English, Spanish, Portuguese, Chinese and Arabic have no
such country."""
