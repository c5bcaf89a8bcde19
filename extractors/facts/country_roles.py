"""Which of the countries named in a story are its subjects, and in which role: title, lead and share of mentions
decide.

A firm's home country is not a subject for that reason alone: "the Chinese company" is counted apart from "the Chinese
government". If a story of a national outlet names the state's bodies but no country, it is about the outlet's country.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from functools import lru_cache

from babel import Locale

from fivegwatch.extractors.facts.branches import branch_of
from fivegwatch.extractors.facts.countries import CountryHit
from fivegwatch.extractors.facts.reading import BODIES, Reading, Text, new_passage
from fivegwatch.extractors.facts.vendor_words import ACCUSED, DOMESTIC, FIRM, HOMES, STATE
from fivegwatch.extractors.facts.weights import (
    COUNTRY_THRESHOLD,
    COUNTRY_WEIGHTS,
    SETTLED_COUNTRY_THRESHOLD,
    SETTLED_COUNTRY_WEIGHTS,
    likelihood,
)
from fivegwatch.extractors.makers import maker_of
from fivegwatch.extractors.story_facts import Passage, Role
from fivegwatch.extractors.text.language_tags import primary_subtag
from fivegwatch.extractors.watchlist.alternatives import CasedAlternatives

_new_role = maker_of(Role)
_ACCUSED, _FIRM, _STATE = map(CasedAlternatives, (ACCUSED, FIRM, STATE))
_REACH_AFTER, _REACH_BEFORE = 32, 25
"""How many characters after and before a country's adjective are searched for a firm; the adjective then tells where
that firm comes from."""
_REGISTERED = ("籍", "国籍", "國籍")
"""Words, in Chinese and Japanese, after a country's name that make it the nationality of a person or a ship."""
_REACH_ACCUSED = 24
"""How many characters after a country's name are searched for a word for hackers or spies, which makes the country the
accused one."""
_MANY = 3
_LIKELY = 0.12
"""Least confidence of a country that the title names, or whose bodies the lead names, when no country reaches the
threshold."""
_NOWHERE = (3, 0)
_PLACES = ("title", "lead", "text", "")
_SPECIAL = {"CN": "China", "US": "United States"}
"""Countries that most stories name in passing; they have weights of their own."""
_ccTLD = re.compile(r"\.([a-z]{2})$")
_SHARED = {"uk": "GB", "eu": "EU"}
_GENERIC = frozenset(["co", "io", "me", "tv", "ai", "fm", "im", "la", "ly", "cc", "ws", "to", "sh", "gg"])
"""Top-level domains of countries that sites of any country use."""


@dataclass(slots=True)
class CountrySigns:
    """How often a country is named, counted by place (t title, l lead, b body) and by kind of word."""

    counts: Counter[str] = field(default_factory=Counter)
    first: tuple[Text, int, int] | None = None
    first_rank: int = 9
    passage: Passage | None = None
    """The mention ``first`` with its sentence as quotation (the title if there is no mention); None until it is first
    needed."""
    opens: tuple[int, int] = _NOWHERE
    """Place (0 title, 1 lead, 2 body) and offset of the first mention of the state, its bodies or its people."""

    def add(self, text: Text, place: str, kind: str, span: tuple[int, int]) -> None:
        """Count one mention, and keep the best one to quote: sure before weak, title before lead before body."""
        self.counts[place + kind] += 1
        if kind in "swgp":
            self.opens = min(self.opens, ("tlb".index(place), span[0]))
        rank = "tlb".index(place) + 3 * (kind not in "sg")
        if rank < self.first_rank:
            self.first, self.first_rank = (text, *span), rank

    def has(self, *keys: str) -> bool:
        """Whether the country is named in at least one of the ways ``keys``.

        A key is a letter for the place and one for the kind of word: ``ts`` is a sure word in the title.
        """
        return not self.counts.keys().isdisjoint(keys)

    @property
    def weight(self) -> float:
        """How often the country is named; weak signs count half, and words that give a firm's origin do not count."""
        c = self.counts
        return c["ts"] + c["ls"] + c["bs"] + 0.5 * (c["tw"] + c["lw"] + c["bw"])


def home_of(reading: Reading) -> str:
    """Code of the outlet's country, by the domain of its site, else by its language; empty when neither tells."""
    match = _ccTLD.search(reading.article.site)
    if match and match[1] not in _GENERIC:
        return _SHARED.get(match[1], match[1].upper())
    return HOMES.get(primary_subtag(reading.article.language), "")


def country_roles(
    reading: Reading, acting: Set[str] | None = None, weights: Mapping[str, float] | None = None
) -> list[Role]:
    """Every country that the story names or implies, with its role, the likeliest subject first.

    ``acting``: codes of the states whose acts the story reports; None before the acts are read, since reading them
    needs roles. ``weights``: of the features of `country_features`, by default the shipped weights.
    """
    signs = dict(reading.once(collect_signs))
    threshold = COUNTRY_THRESHOLD if acting is None else SETTLED_COUNTRY_THRESHOLD
    weights = weights or (COUNTRY_WEIGHTS if acting is None else SETTLED_COUNTRY_WEIGHTS)
    home = home_of(reading)
    if home:
        signs.setdefault(home, CountrySigns())
    roles: list[Role] = []
    for code, features in country_features(reading, signs, home, acting).items():
        confidence = likelihood(weights, features)
        of = signs[code]
        if of.first is None and confidence < threshold:
            continue
        role = _role(of) if confidence >= threshold else "named"
        roles.append(
            _new_role(
                type="country", entity=code, name=country_name(code), country=code, role=role,
                confidence=round(confidence, 3), count=sum(of.counts[p + k] for p in "tlb" for k in "swv"),
                passage=_passage(reading, of),
            )
        )  # fmt: skip
    roles.sort(key=lambda role: (-role.confidence, role.entity))
    if roles and not any(role.is_subject for role in roles):
        # A story such as "Washington wants ..." or of a regulator is about the state, though it does not name it.
        for i, best in enumerate(roles):
            if best.confidence >= _LIKELY and signs[best.entity].has("ts", "tw", "tg", "lg"):
                roles[i] = replace(best, role=_role(signs[best.entity]))
                break
    return roles


@lru_cache(maxsize=512)
def country_name(code: str) -> str:
    """The English name of a country (CLDR)."""
    return str(Locale("en").territories.get(code, code))


def _passage(reading: Reading, signs: CountrySigns) -> Passage:
    if signs.passage is None:
        text, start, end = signs.first or (reading.title, 0, len(reading.title.value))
        signs.passage = new_passage(field=text.field, start=start, end=end, quote=text.quote(start))
    return signs.passage


def _role(signs: CountrySigns) -> str:
    if signs.has("ta", "la"):
        return "accused"
    if signs.has("tg", "lg", "tp"):
        return "acts"
    return "accused" if signs.has("tz", "lz") else "applies"


def collect_signs(reading: Reading) -> dict[str, CountrySigns]:
    """Country code to the signs of that country: how often, where and how the story names it."""
    signs: dict[str, CountrySigns] = defaultdict(CountrySigns)
    origins = reading.once(firm_origins)
    for text in reading.fields():
        for hit in text.countries:
            kind = "v" if origins[text.field, hit.start] else "w" if hit.weak else "s"
            place = _place(reading, text, hit.start)
            signs[hit.code].add(text, place, kind, (hit.start, hit.end))
            if _ACCUSED.matches(text.value, hit.end, hit.end + _REACH_ACCUSED):
                signs[hit.code].counts[f"{place}z"] += 1
        for named in text.names:
            kind = _KINDS.get(named.entity.type, "")
            country = branch_of(named, text, reading, {}).country if kind else ""
            if len(country) == 2:
                place = _place(reading, text, named.start)
                signs[country].add(text, place, kind, (named.start, named.end))
    return signs


def firm_origins(reading: Reading) -> dict[tuple[str, int], bool]:
    """For each mention of a country (field and offset): whether it only tells where a firm comes from."""
    homes = reading.once(_vendors_homes)
    return {
        (text.field, hit.start): _is_origin(text, hit, firms, homes)
        for text in reading.fields()
        for firms in (_firms(text),)
        for hit in text.countries
    }


def _vendors_homes(reading: Reading) -> frozenset[str]:
    """The countries of the contested vendors that the story names; of all contested vendors if it names none."""
    contested = reading.rules.subject.contested
    named = (n.entity for text in reading.fields() for n in text.names if n.entity.type == "vendor")
    return frozenset(entity.country for entity in named) & contested or contested


def _firms(text: Text) -> list[tuple[int, str]]:
    return [
        (n.end, n.entity.country) for n in text.names if n.entity.type in ("vendor", "company", "operator")
    ]


_KINDS = dict.fromkeys(BODIES, "g") | {"person": "p", "threat_actor": "a", "operator": "o", "law": "r"}


def _place(reading: Reading, text: Text, start: int) -> str:
    return "t" if text is reading.title else "l" if start < reading.lead_end else "b"


def _is_origin(text: Text, hit: CountryHit, firms: list[tuple[int, str]], homes: Set[str]) -> bool:
    """Whether a country's word only says where a firm, person or ship comes from: Chinese company, Huawei from China.

    A company without a name counts only if it is from one of the ``homes`` of contested vendors: "the British
    company" is at home in a British story.
    """
    start, end = text.sentence(hit.start)
    after = text.value[hit.end : min(end, hit.end + _REACH_AFTER)]
    if after.startswith(_REGISTERED):
        return True
    if hit.code in homes and _FIRM.matches(after) and not _STATE.matches(after):
        return True
    return any(
        country == hit.code and start <= firm <= hit.start < firm + _REACH_BEFORE for firm, country in firms
    )


def country_features(
    reading: Reading, signs: Mapping[str, CountrySigns], home: str, acting: Set[str] | None
) -> dict[str, dict[str, float]]:
    """Country code to the features of that country, by name; `weights` has a weight for each feature.

    ``acting``: the states whose acts the story reports, None if they are not known.
    """
    domestic = reading.once(_names_own_bodies)
    total = sum(s.weight for s in signs.values()) or 1.0
    homes = reading.once(_vendors_homes)
    opened = {code for code, s in signs.items() if s.has("ts", "ls", "tw", "lw", "tg", "lg")}
    first = min((s.opens for s in signs.values()), default=_NOWHERE)
    features = {}
    for code, s in signs.items():
        c = s.counts
        own = code == home
        operator = s.has("to", "lo")
        is_first = s.opens == first != _NOWHERE
        values: dict[str, float] = {
            "base": 1,
            "title: named": "ts" in c, "title: capital": "tw" in c, "title: origin of a firm": "tv" in c,
            "title: body": "tg" in c, "title: person": "tp" in c,
            "lead: named": "ls" in c, "lead: capital": "lw" in c, "lead: origin of a firm": "lv" in c,
            "lead: body": "lg" in c, "lead: person": "lp" in c, "lead: named twice": c["ls"] > 1,
            "opening: threat actor": s.has("ta", "la"), "opening: operator": operator,
            "opening: operator at home": own and operator,
            "text: named": math.log1p(s.weight), "text: share": s.weight / total,
            "text: bodies": math.log1p(c["bg"] + c["bp"]),
            "text: origin of a firm": math.log1p(c["bv"]), "text: operator": "bo" in c,
            "home": own, "home: own bodies": own and domestic,
            "home: no other country": own and not opened - homes - {home},
            "many countries": len(opened) > _MANY,
        }  # fmt: skip
        if acting is not None:
            values |= _settling(code, s, acting, opened=bool(opened), first=is_first)
        if code in _SPECIAL:
            values |= {
                f"{code}": 1,
                f"{code} in title": s.has("ts", "tw", "tg"),
                f"{code} in lead": s.has("ls", "lw", "lg"),
                f"{code} twice in lead": c["ls"] + c["lw"] + c["lg"] > 1,
                f"{code} beside others": bool(opened - {code}),
            }
        features[code] = {name: float(value) for name, value in values.items() if value}
    return features


def _names_own_bodies(reading: Reading) -> bool:
    """Whether title or lead have words of a state's own bodies in the story's language."""
    language = primary_subtag(reading.article.language)
    pattern = DOMESTIC.get(language)
    if not pattern:
        return False
    opening = f"{reading.title.value} {reading.text.value[: reading.lead_end]}"
    words = rf"\b(?:{pattern})" if language not in ("ja", "ko", "hi") else pattern
    return re.search(words, opening, re.IGNORECASE) is not None


def _settling(code: str, s: CountrySigns, acting: Set[str], *, opened: bool, first: bool) -> dict[str, float]:
    """Further features once the acts of the story are read.

    ``acting``: the states that act; ``opened``: title or lead name a country; ``first``: this one is named first.
    """
    special = code in _SPECIAL
    others = bool(acting) and code not in acting
    return {
        "acts": code in acting, "another acts": others, f"{code}: another acts": special and others,
        "first": first, f"first in {_PLACES[s.opens[0]]}": first, f"{code}: first": special and first,
        "title: law": s.has("tr"), "lead: law": s.has("lr"), "text: law": s.has("br"),
        "title: operator": s.has("to"), "opening: operator, no country": s.has("to", "lo") and not opened,
    }  # fmt: skip
