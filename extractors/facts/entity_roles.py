"""The part that each named firm, actor, body and law has in a story: title, lead and share of mentions decide.

A brand that operators of several countries share means the operator of the country that the story is about: T-Mobile in
a Dutch story is not T-Mobile US.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from fivegwatch.extractors.facts.reading import Named, Reading, Text
from fivegwatch.extractors.story_facts import Passage, Role
from fivegwatch.extractors.text.folding import fold_term
from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.extractors.watchlist.model import Entity

_PARTS = {
    "vendor": "in_question", "operator": "subject", "threat_actor": "accused", "agency": "acts", "regulator": "acts",
    "law": "subject", "standard": "subject", "malware": "subject", "attack": "subject",
}  # fmt: skip
"""Types that can be a subject, and the part of those that are."""
_FEWEST = {"vendor": 3, "operator": 4, "threat_actor": 2, "law": 1, "standard": 3}
"""Mentions that make a subject of an entity named only below the lead, tuned on the annotated stories."""
_SHARE = 0.2
"""Least share of such mentions in those of the most named entity of its type."""
_ATTACK = frozenset({"threat", "espionage"})
_TECHNOLOGIES = frozenset({"esim", "rcs", "ntn", "open-ran", "redcap", "tetra", "frmcs", "gdpr"})
"""Standards and laws that name a technique or a side issue in most texts; subjects only in the title."""


@dataclass(slots=True)
class _Seen:
    entity: Entity
    text: Text
    start: int
    end: int
    count: int = 0
    title: bool = False
    lead: bool = False
    attacked: bool = False
    """Named in a sentence that reports an attack."""


def entity_roles(reading: Reading, countries: Sequence[Role]) -> list[Role]:
    """Every entity that the story names, with its role; within a type the most confident first."""
    near = {role.entity: role.confidence for role in countries if role.is_subject}
    seen: dict[str, _Seen] = {}
    for text in reading.fields():
        attacks = _attacked_sentences(reading, text)
        for named in text.names:
            if named.entity.type == "country":
                continue
            entity = branch_of(named, text, reading.rules, near)
            one = seen.setdefault(entity.id, _Seen(entity, text, named.start, named.end))
            one.count += 1
            one.title |= text is reading.title
            one.lead |= text is reading.text and named.start < reading.lead_end
            one.attacked |= text.sentence(named.start)[0] in attacks
    most: dict[str, int] = {}
    for one in seen.values():
        most[one.entity.type] = max(most.get(one.entity.type, 0), one.count)
    quarrel = any(one.entity.type == "vendor" and (one.title or one.lead) for one in seen.values())
    parts = reading.rules.subject.parts
    titled = any(one.title and one.entity.type == "operator" for one in seen.values())
    roles = [
        _role(one, most[one.entity.type], parts, quarrel=quarrel)
        if one.title or not titled or one.entity.type != "operator"
        else _bystander(one)
        for one in seen.values()
    ]
    return sorted(roles, key=lambda role: (role.type, -role.confidence, role.entity))


def _attacked_sentences(reading: Reading, text: Text) -> set[int]:
    terms = reading.rules.terms
    return {
        text.sentence(start)[0]
        for start, _, number in text.terms
        if terms[number].strong and terms[number].facet in _ATTACK
    }


def _role(one: _Seen, most: int, parts: Mapping[str, str], *, quarrel: bool) -> Role:
    """The role of one entity in the story, with its confidence.

    ``most`` is the highest weight of any entity, ``parts`` the roles that the watchlist gives to types of its own.
    ``quarrel``: title or lead name a vendor, so an attack in the text is feared from that vendor and has not
    happened.
    """
    kind = one.entity.type
    fewest = _FEWEST.get(kind, 3)
    confidence = 0.3
    if one.title:
        confidence = 0.95
    elif one.entity.id in _TECHNOLOGIES:
        confidence = 0.2
    elif one.lead:
        confidence = 0.8
    elif one.count >= fewest and one.count >= _SHARE * most:
        confidence = 0.6
    elif kind == "operator" and one.attacked and not quarrel:
        confidence = 0.55
    part = _PARTS.get(kind) or parts.get(kind, "")
    return Role(
        type=kind, entity=one.entity.id, name=one.entity.name, country=one.entity.country,
        role=part if part and confidence >= 0.5 else "named", confidence=confidence, count=one.count,
        passage=Passage(field=one.text.field, start=one.start, end=one.end, quote=one.text.quote(one.start)),
    )  # fmt: skip


def _bystander(one: _Seen) -> Role:
    """The role of an operator in a story whose title names another one: a customer, rival or earlier victim."""
    return replace(_role(one, one.count, {}, quarrel=True), role="named", confidence=0.3)


def branch_of(named: Named, text: Text, rules: Rules, near: Mapping[str, float]) -> Entity:
    """The operator that a brand means in this story: T-Mobile is T-Mobile NL in a Dutch one.

    Of the operators whose name begins with the brand, it is the one whose home is a country that the story is about;
    without one, the entity that the text names. ``near`` has the countries that the story is about.
    """
    entity = named.entity
    if entity.type not in ("operator", "law") or entity.country in near or not near:
        return entity
    brand = fold_term(text.value[named.start : named.end])
    candidates = [
        rules.entities[key]
        for key in _branches(rules).get(brand, ())
        if rules.entities[key].country in near and rules.entities[key].type == entity.type
    ]
    return max(candidates, key=lambda e: (near[e.country], e.id), default=entity)


_known: dict[str, dict[str, tuple[str, ...]]] = {}


def _branches(rules: Rules) -> Mapping[str, tuple[str, ...]]:
    """For each brand, the ids of entities with a name that is the brand or begins with it."""
    known = _known.get(rules.fingerprint)
    if known is None:
        names: dict[str, set[str]] = {}
        for term in rules.terms:
            if term.entity and rules.entities[term.entity].type in ("operator", "law"):
                words = fold_term(term.text).split()
                for count in {len(words), *range(1, min(len(words), 3))}:
                    names.setdefault(" ".join(words[:count]), set()).add(term.entity)
        known = {name: tuple(sorted(ids)) for name, ids in names.items() if len(ids) > 1}
        _known.clear()
        _known[rules.fingerprint] = known
    return known
