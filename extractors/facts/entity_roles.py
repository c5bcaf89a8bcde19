"""The role of each named firm, actor, body and law in a story: title, lead and share of mentions decide.

A brand that operators of several countries share means the operator of the country that the story is about: T-Mobile in
a Dutch story is not T-Mobile US.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from fivegwatch.extractors.facts.branches import branch_of
from fivegwatch.extractors.facts.country_roles import home_of
from fivegwatch.extractors.facts.mention_signs import Seen, find_examples, note_mention
from fivegwatch.extractors.facts.reading import Reading, Text, new_passage
from fivegwatch.extractors.makers import maker_of
from fivegwatch.extractors.story_facts import Role

_new_role = maker_of(Role)
_PARTS = {
    "vendor": "in_question", "operator": "subject", "threat_actor": "accused", "agency": "acts", "regulator": "acts",
    "law": "subject", "standard": "subject", "malware": "subject", "attack": "subject",
}  # fmt: skip
"""Types of entities that can be a subject, each with the role of such a subject."""
_FEWEST = {"vendor": 3, "operator": 4, "threat_actor": 2, "law": 1, "standard": 3}
"""Fewest mentions that make an entity a subject if it is named only below the lead; tuned on the annotated stories."""
_SHARE = 0.2
"""Least number of mentions of such an entity, as a share of the mentions of the most named entity of its type."""
_BYSTANDER = 0.3
_ATTACK = frozenset({"threat", "espionage"})
_TECHNOLOGIES = frozenset({"esim", "rcs", "ntn", "open-ran", "redcap", "tetra", "frmcs", "gdpr"})
"""Standards and laws that most texts name as a technique or a side issue; they are subjects only if the title names
them."""


@dataclass(frozen=True, slots=True)
class _Story:
    """What the role of an entity depends on besides its own mentions."""

    most: Mapping[str, int]
    """Mentions of the most named entity, by type."""
    titled: frozenset[str]
    """Types of the entities that the title names."""
    quarrel: bool
    """Whether title or lead name a vendor: attacks in the text are then feared from that vendor and have not
    happened."""
    near: Set[str]
    """The countries that the story is about."""
    parts: Mapping[str, str]
    """Types that the watchlist adds, each with the role that the watchlist gives it."""


def entity_roles(reading: Reading, countries: Sequence[Role]) -> list[Role]:
    """Every entity that the story names, with its role; within a type the most confident first."""
    seen = seen_entities(reading, countries)
    most: dict[str, int] = {}
    for one in seen.values():
        most[one.entity.type] = max(most.get(one.entity.type, 0), one.count)
    story = _Story(
        most,
        frozenset(one.entity.type for one in seen.values() if one.title),
        any(one.entity.type == "vendor" and (one.title or one.lead) for one in seen.values()),
        {role.entity for role in countries if role.is_subject},
        reading.rules.subject.parts,
    )
    roles = [_role(one, story) for one in seen.values()]
    return sorted(roles, key=lambda role: (role.type, -role.confidence, role.entity))


def seen_entities(reading: Reading, countries: Sequence[Role]) -> dict[str, Seen]:
    """How each firm, actor, body and law is named in the story, by id."""
    near = {role.entity: role.confidence for role in countries if role.is_subject}
    near = near or {home: 0.5 for home in (home_of(reading),) if home}
    seen: dict[str, Seen] = {}
    for text in reading.fields():
        attacked = _attacked_sentences(reading, text)
        entities = [
            (text.sentence(named.start)[0], branch_of(named, text, reading, near), named)
            for named in text.names
        ]
        lists: dict[tuple[int, str], dict[str, int]] = defaultdict(dict)
        for start, entity, named in entities:
            lists[start, entity.type].setdefault(entity.id, named.start)
        contested = reading.rules.subject.contested
        for start, entity, named in entities:
            if entity.type != "country":
                if entity.id not in seen:
                    seen[entity.id] = Seen(entity, text, named.start, named.end)
                example = (
                    start not in attacked
                    and not (entity.type == "vendor" and entity.country in contested)
                    and named.start in find_examples(text, lists[start, entity.type].values())
                )
                note_mention(
                    seen[entity.id], named, text,
                    lead_end=reading.lead_end, example=example, attacked=start in attacked,
                )  # fmt: skip
    return seen


def _attacked_sentences(reading: Reading, text: Text) -> set[int]:
    terms = reading.rules.terms
    return {
        text.sentence(start)[0]
        for start, _, number in text.terms
        if terms[number].strong and terms[number].facet in _ATTACK
    }


def _role(one: Seen, story: _Story) -> Role:
    kind, confidence = one.entity.type, _confidence(one, story)
    part = _PARTS.get(kind) or story.parts.get(kind, "")
    return _new_role(
        type=kind, entity=one.entity.id, name=one.entity.name, country=one.entity.country,
        role=part if part and confidence >= 0.5 else "named", confidence=confidence, count=one.count,
        passage=new_passage(field=one.text.field, start=one.start, end=one.end, quote=one.text.quote(one.start)),
    )  # fmt: skip


def _confidence(one: Seen, story: _Story) -> float:
    """How likely the entity is a subject: by its place, then by its mentions in the text."""
    kind = one.entity.type
    if one.title:
        return 0.95
    if kind == "operator" and kind in story.titled:
        return _BYSTANDER  # a customer, rival or earlier victim
    if one.author or not one.plain:
        return _BYSTANDER
    if one.entity.id in _TECHNOLOGIES:
        return 0.2
    if one.lead:
        return 0.8
    if kind == "vendor" and kind in story.titled:
        return _BYSTANDER
    if one.count >= _FEWEST.get(kind, 3) and one.count >= _SHARE * story.most[kind]:
        return 0.6
    early = one.start < len(one.text.value) / 4
    if kind == "operator" and (
        (one.attacked and not story.quarrel) or (early and one.entity.country in story.near)
    ):
        return 0.55
    return 0.55 if kind == "threat_actor" and early else _BYSTANDER
