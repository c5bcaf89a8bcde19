"""Who suffered an incident and by what means, taken from the sentence that reports it, then from title and lead."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from fivegwatch.extractors.facts.act_parts import first_fit
from fivegwatch.extractors.facts.clauses import clause_of
from fivegwatch.extractors.facts.reading import Named
from fivegwatch.extractors.facts.sentences import Sentence
from fivegwatch.extractors.story_facts import Role
from fivegwatch.extractors.text.folding import fold_text
from fivegwatch.extractors.watchlist.alternatives import alternatives_of, words_of

_MOST = 8
_OPENING = 0.8
"""Least confidence of an operator that title or lead name; an operator with less is named only below them."""
_MEANS = ("malware", "attack", "protocol")
"""Types of entities that can be the means of an attack."""
_CVE = re.compile(r"\bCVE-\d{4}-\d{4,7}\b", re.IGNORECASE)
_TECHNIQUES = (
    ("DDoS", re.compile(r"ddos|denial of service|denegacion de servicio|deni de service|dienstverweiger|拒绝服务|拒絕服務|サービス妨害|디도스")),
    ("ransomware", re.compile(r"ransomware|gijzelsoftware|rancongiciel|勒索|ランサム|랜섬")),
    ("phishing", re.compile(r"phishing|hameconnage|smishing|釣魚|钓鱼|フィッシング|피싱")),
    ("zero-day", re.compile(r"zero day|0 day|零日|ゼロデイ|제로데이")),
    ("web shell", re.compile(r"web ?shell")),
    ("stolen credentials", re.compile(r"credential|identifiants voles|inloggegevens|zugangsdaten|credencial|凭据|憑證")),
    ("location tracking", re.compile(r"locali[sz]ation|location track|track\w* (?:the )?location|geolocali|ortung|定位追|위치 추적|位置情報")),
    ("backdoor", re.compile(r"backdoor|porte derobee|achterdeur|hintertur|puerta trasera|бэкдор|后门|後門|バックドア|백도어|cua hau")),
    ("malware", re.compile(r"malware|maliciel|kwaadaardige software|schadsoftware|trojan|rootkit|implant|вредонос|恶意软件|惡意軟件|恶意程序|マルウェア|악성코드|ma doc")),
    ("edge devices", re.compile(r"edge device|peripheriques? reseau|firewall|pare feu|router|routeur")),
)  # fmt: skip
_PRODUCT = (
    r"(?:(?:['’]s?)?\s+|[の的製制])((?:[A-Z\d][A-Za-z\d-]*[A-Z\d][A-Za-z\d-]*|[a-z]+[A-Z][A-Za-z\d]+)"
    r"(?:[ -](?:[A-Z\d][A-Za-z\d-]*[A-Z\d][A-Za-z\d-]*))?)"
)
"""A word with a second capital or a digit after a vendor's name: NetAct, OSS-RC, eUICC, IOS XE."""
_USERS = (
    r"\busers?\b|subscriber|citizens|usuario|utilisateur|abonn|gebruiker|nutzer|teilnehmer|utent"
    r"|uzytkownik|uzivatel"
    r"|anvandare|абонент|пользовател|користувач|kullanici|abone|nguoi dung|thue bao|مستخدم|उपयोगकर्ता"
    r"|用户|用戶|利用者|ユーザ|사용자|가입자"
)
USERS = words_of(_USERS)
"""Words for people whom a weakness of a network exposes."""
WATCHED = words_of(
    rf"{_USERS}|phone|locat|track|\bcalls?\b|\bsms|messag|telefon|telefono|spy|spion|espi|nummer|ortung|standort|locali[sz]|ubicaci"
    r"|llamad|appels?\b|chiamat|chamad|pozyc|poloh|rozmow|hovor|samtal|телефон|слеж|местополож|звонк|стеж|konum|arama|dien thoai|vi tri"
    r"|tin nhan|هاتف|موقع|फोन|लोकेशन|手机|手機|短信|短訊|簡訊|定位|位置|电话|電話|通话|通話|スマホ|携帯|위치|전화|문자|통화"
)
"""Words for people's phones, calls, messages and locations; an abuse of signalling that concerns them is an attack on
subscribers, not on operators."""
_GENERATION = re.compile(r"(?<![a-z0-9.])([2-6]) ?g(?![a-z0-9])|(?<![a-z0-9])(lte)(?![a-z0-9])")
_PARTS = (
    ("standalone core", re.compile(r"stand ?alone|独立组网|獨立組網|スタンドアロ|단독 ?모드")),
    ("network slicing", re.compile(r"\bslic(?:e|es|ing)\b|rebanad\w+ de red|decoupage\w* (?:du |de )?reseau|网络切片|網路切片|網絡切片|スライシング|슬라이싱|слайсинг|нарезк\w+ сет")),
    ("core", re.compile(r"\bcores?\b|kernnet|coeur de reseau|核心[网網]|コア(?:網|ネットワーク)|코어 ?망|ядр\w+ сет")),
)  # fmt: skip
"""Parts of a mobile network that a text calls weak, after the generation: "5G network slicing"."""
_PHONE_PARTS = (
    ("user equipment", re.compile(r"user equipment|equipements? utilisateur|equipos? (?:de|del) usuario|equipamentos? do utilizador|用户设备|用戶設備|ユーザー装置|단말")),
    ("modems", re.compile(r"\bmodems?\b|baseband|basisband|banda base|bande de base|модем|基带|基頻|ベースバンド|베이스밴드|모뎀|モデム")),
)  # fmt: skip
"""Parts of a phone that a text calls weak. They count only where the weakness itself is named: "flaws in 5G modems"."""
_DEVICES = (
    ("base stations", r"base stations?|gnodebs?|basisstation\w*|stations? de base|estacion\w* base|stazion\w radio base|basstation\w*|stacj\w bazow\w+|zakladnov\w+ stani\w+|базов\w+ станц\w+|baz istasyon\w+|基站|基地台|基地局|기지국"),
    ("small cells", r"small cells?|femto ?(?:cell|zell)\w*|小型基站|フェムトセル|펨토셀"),
    ("routers", r"routers?|routeurs?|router\w*|маршрутизатор\w*|yonlendirici\w*|路由器|ルーター?|라우터"),
    ("firewalls", r"firewalls?|pare feux?|cortafuegos|брандмауэр\w*|防火墙|防火牆|ファイアウォール|방화벽"),
    ("switches", r"switch(?:es)?|commutateurs?|коммутатор\w*|交换机|交換器|スイッチ"),
    ("gateways", r"gateways?|passerelles?|шлюз\w*|网关|閘道|ゲートウェイ|게이트웨이"),
    ("modems", r"modems?|модем\w*|调制解调器|数据机|數據機|モデム|모뎀"),
)  # fmt: skip
_DEVICE = re.compile("|".join(rf"(?P<d{i}>(?<![a-z])(?:{words}))" for i, (_, words) in enumerate(_DEVICES)))
_BESIDE = 24
"""Most characters between a vendor and the word for its device: "routers made by Cisco", "Nokia-Basisstationen"."""
_MEANS_BEFORE = re.compile(
    r"\b(?:via|through|using|exploit\w*|abus\w+|flaws? (?:in|of)|bugs? in|door|durch|mittels|uber|grace a|par|a traves de"
    r"|mediante|tramite|atraves de|przez|pomoci|prostrednictvim|genom|через|посредством|qua|loi dung) (?:\w+ ){0,2}$|(?:利用|通过|透過|通過)$"
)
"""Words before a vendor that make it the means of an attack, not its victim."""
_THEIRS = re.compile(
    r"^\W*(?:s )?(?:supplier|contractor|customer|partner|subsidiar|client|leverancier|klant|zulieferer|kunde|fournisseur|sous traitant"
    r"|proveedor|cliente|fornitor|fornecedor|dostawc|klient|dodavatel|zakazni|leverantor|поставщик|подрядчик|клиент|tedarik|的?(?:供应商|供應商|客户|客戶))"
)
"""Words directly after a vendor's name for others, such as its customers: they are the victims, not the vendor."""
_HACKER = re.compile(
    r"hacker|pirate|\bspies\b|spion(?!age|ag)|\besp[ií][aã]o?s?\b|\bspie\b|szpieg|špion|шпион|хакер|haker|tin tặc|黑客|駭客|骇客|间谍(?!活|行|软)|間諜(?!活|行|軟)"
    r"|ハッカー|スパイ(?!活|行|ウ)|해커|간첩",
    re.IGNORECASE,
)
"""Words for attackers: a vendor named beside such a word is not the victim."""
_GOVERNMENT = words_of(
    r"ministr|ministe|government|parliament|embass|regering|bundestag|bundesregierung|gouvernement|gobierno|governo|parlament"
    r"|rzad|vlad[aouy]|правительств|министерств|уряд|міністерств|bakanlig|hukumet|bo ngoai giao|chinh phu|政府|外交部|省庁|정부|وزارة"
)


def means_of(sentences: Sequence[Sentence]) -> str:
    """At most three names of the means: malware, attack, protocol or CVE, then the technique; empty if there is
    none."""
    words: dict[str, None] = {}
    for sentence in sentences:
        words.update((entity.name, None) for kind in _MEANS for entity in sentence.of_type(kind))
        words.update((cve.upper(), None) for cve in _CVE.findall(sentence.value))
        techniques = alternatives_of(_TECHNIQUES).names(sentence.folded)
        words.update((name, None) for name, _ in _TECHNIQUES if name in techniques)
    return ", ".join(list(words)[:3])


def weak_things(sentences: Sequence[Sentence]) -> tuple[str, ...]:
    """The things that have a weakness: a product named after its vendor, else the vendor's equipment, else a part or
    kind of network.

    A headline may have only the vendor's name; the product is then in the lead. Likewise a headline says "5G networks",
    and the lead names the part of them.
    """
    products = _unique(name for sentence in sentences for name in _products(sentence))
    if products:
        return products
    for sentence in sentences:
        vendors = [named for named in sentence.names if named.entity.type == "vendor"]
        if vendors:
            return _unique(f"{named.entity.name} {_device(sentence, named)}" for named in vendors)
    first = sentences[0].facets if sentences else set()
    generation = next((g[-1] for s in sentences if (g := _generations(_clause(s)))), "")
    if generation and "sim" not in first:
        for sentence in sentences:
            part = first_fit(_clause(sentence), _PARTS)
            if sentence.kinds("attack:"):
                part = first_fit(sentence.folded, _PHONE_PARTS) or part
            if part:
                return (f"{generation} {part}",)
    for sentence in sentences:
        kinds = sentence.facets
        generations = _generations(_clause(sentence))
        if "sim" in kinds:
            return ("SIM cards",)
        if "core" in kinds and generations:
            return (f"{generations[-1]} core",)
        if generations:
            return (" and ".join(generations) + " networks",)
        if "signalling" in kinds:
            return ("signalling networks",)
    return ()


def exposes_users(sentences: Sequence[Sentence]) -> bool:
    """Whether one of the ``sentences`` that describe the effects of a weakness or attack names users."""
    return any(s.kinds("attack:") and USERS.matches(s.folded) for s in sentences)


def _device(sentence: Sentence, vendor: Named) -> str:
    """The vendor's device that is named beside it, such as "base stations"; "equipment" if none is."""
    value = sentence.text.value
    after = fold_text(value[vendor.end : min(vendor.end + _BESIDE, sentence.end)]).text
    before = fold_text(value[max(vendor.start - _BESIDE, sentence.start) : vendor.start]).text
    hit = _DEVICE.search(after) or _DEVICE.search(before)
    return _DEVICES[int(hit.lastgroup[1:])][0] if hit and hit.lastgroup else "equipment"


def _clause(sentence: Sentence) -> str:
    """The clause of the sentence that names the weakness, folded; the whole sentence if there is no such clause."""
    weak = next((p for p in sentence.phrases if p.kind == "attack:vulnerability"), None)
    if weak is None:
        return sentence.folded
    start, end = clause_of(sentence, weak.start)
    return fold_text(sentence.text.value[start:end]).text


def _products(sentence: Sentence) -> list[str]:
    names = []
    for named in sentence.names:
        if named.entity.type == "vendor":
            after = re.match(_PRODUCT, sentence.text.value[named.end : min(named.end + 40, sentence.end)])
            if after and not _GENERATION.fullmatch(after[1].lower()):
                names.append(f"{named.entity.name} {after[1]}")
        elif named.entity.type == "product" and not any(
            p.kind == "attack:fake_base_station" and p.start < named.end and named.start < p.end
            for p in sentence.phrases
        ):
            names.append(named.entity.name)
    return names


def _generations(folded: str) -> list[str]:
    return list(dict.fromkeys(f"{digit}G" if digit else "LTE" for digit, _ in _GENERATION.findall(folded)))


def hit_operators(sentence: Sentence, roles: Sequence[Role], attacked: Collection[str]) -> tuple[str, ...]:
    """Names of the operators that an attack hit: subjects of the story that the sentence names.

    If there are none: subjects in ``attacked`` that title or lead name, else all subjects in ``attacked``.
    ``attacked``: ids of operators that title, lead or a report of an attack name.
    """
    about = {role.entity: role for role in roles if role.type == "operator" and role.is_subject}
    here = [about[entity.id] for entity in sentence.of_type("operator") if entity.id in about]
    rest = [role for key, role in about.items() if key in attacked]
    opening = [role for role in rest if role.confidence >= _OPENING]
    return _unique(role.name for role in here or opening or rest)


def hit_vendors(sentence: Sentence, contested: Collection[str]) -> tuple[str, ...]:
    """Names of the vendors that were broken into, if the sentence reports a break-in and names no operator or weakness.

    A vendor that speaks, whose device is the way in, or whose country is ``contested`` is no victim.
    """
    if sentence.of_type("operator") or sentence.kinds("attack:vulnerability"):
        return ()
    value, names = sentence.text.value, []
    for named in sentence.names:
        if named.entity.type == "vendor" and named.entity.country not in contested:
            before = fold_text(value[sentence.start : named.start]).text.lstrip()
            after = fold_text(value[named.end : sentence.end]).text
            means = (
                _MEANS_BEFORE.search(before) or _THEIRS.match(after) or not _is_beside_attack(sentence, named)
            )
            if not means and _device(sentence, named) == "equipment":
                names.append(named.entity.name)
    return _unique(names)


def _is_beside_attack(sentence: Sentence, name: Named) -> bool:
    """Whether a word for an attack is beside the name: "hackers breach Ericsson", "Ericsson was hacked"."""
    return any(
        (0 <= name.start - phrase.end <= _BESIDE or 0 <= phrase.start - name.end <= _BESIDE)
        and not _HACKER.match(sentence.text.value, phrase.start)
        for phrase in sentence.phrases
        if phrase.kind.startswith("attack:")
    )


def is_of_government(sentence: Sentence) -> bool:
    """Whether a sentence names a ministry, government or parliament and no operator."""
    return not sentence.facets & {"operator", "operator_name"} and _GOVERNMENT.matches(sentence.folded)


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))[:_MOST]
