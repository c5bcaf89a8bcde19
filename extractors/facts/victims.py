"""Who suffered an incident, and by what means, from its sentence first, then from title and lead."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from fivegwatch.extractors.facts.clauses import clause_of
from fivegwatch.extractors.facts.sentences import Sentence
from fivegwatch.extractors.story_facts import Role
from fivegwatch.extractors.text.folding import fold_text
from fivegwatch.extractors.watchlist.alternatives import alternatives_of

_MOST = 8
_MEANS = ("malware", "attack", "protocol")
"""Types of entities that name the means of an attack."""
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
    r"(?:['’]s?)?\s+((?:[A-Z0-9][\w-]*[A-Z\d][\w-]*|[a-z]+[A-Z]\w+)(?:[ -](?:[A-Z\d][\w-]*[A-Z\d][\w-]*))?)"
)
"""A word with a second capital or a digit after a vendor's name: NetAct, OSS-RC, eUICC, IOS XE."""
USERS = re.compile(
    r"\busers?\b|subscriber|citizens|usuario|utilisateur|abonn|gebruiker|nutzer|teilnehmer|utent"
    r"|uzytkownik|uzivatel"
    r"|anvandare|абонент|пользовател|користувач|kullanici|abone|nguoi dung|thue bao|مستخدم|उपयोगकर्ता"
    r"|用户|用戶|利用者|ユーザ|사용자|가입자"
)
"""Whom a weakness of a network exposes."""
_GENERATION = re.compile(r"(?<![\w.])([2-6]) ?g(?![\w])|(?<![\w])(lte)(?![\w])")


def means_of(sentences: Sequence[Sentence]) -> str:
    """At most three names of the means: malware, attack, protocol or CVE, then the technique; empty if none."""
    words: dict[str, None] = {}
    for sentence in sentences:
        words.update((entity.name, None) for kind in _MEANS for entity in sentence.of_type(kind))
        words.update((cve.upper(), None) for cve in _CVE.findall(sentence.value))
        techniques = alternatives_of(_TECHNIQUES).names(sentence.folded)
        words.update((name, None) for name, _ in _TECHNIQUES if name in techniques)
    return ", ".join(list(words)[:3])


def weak_things(sentences: Sequence[Sentence]) -> tuple[str, ...]:
    """What has a weakness: a product named after its vendor, else the vendor's equipment, else a kind of network.

    The vendor's own name may be all a headline has; the product is then in the lead.
    """
    products = _unique(name for sentence in sentences for name in _products(sentence))
    if products:
        return products
    for sentence in sentences:
        vendors = sentence.of_type("vendor")
        if vendors:
            return _unique(f"{vendor.name} equipment" for vendor in vendors)
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


def _clause(sentence: Sentence) -> str:
    """The part of the sentence that names the weakness, folded; the whole sentence if it has none."""
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
        elif named.entity.type == "product":
            names.append(named.entity.name)
    return names


def _generations(folded: str) -> list[str]:
    return list(dict.fromkeys(f"{digit}G" if digit else "LTE" for digit, _ in _GENERATION.findall(folded)))


def hit_operators(sentence: Sentence, roles: Sequence[Role]) -> tuple[str, ...]:
    """Operators that an attack hit: those that the sentence names and the story is about, else all it is about."""
    about = {role.entity: role.name for role in roles if role.type == "operator" and role.is_subject}
    here = [entity for entity in sentence.of_type("operator") if entity.id in about]
    return _unique(about[entity.id] for entity in here) or _unique(about.values())


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))[:_MOST]
