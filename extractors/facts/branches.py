"""Which operator or law is meant by a name that several share: "T-Mobile" in a Dutch story is not T-Mobile US."""

from __future__ import annotations

from collections.abc import Mapping

from fivegwatch.extractors.facts.reading import Named, Reading, Text
from fivegwatch.extractors.text.folding import fold_term
from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.extractors.watchlist.model import Entity

_SHARING = ("operator", "law")
"""Types of entities of which several can share a brand or a nickname."""


def branch_of(named: Named, text: Text, reading: Reading, near: Mapping[str, float]) -> Entity:
    """The operator or law that a shared name means in this story: T-Mobile is T-Mobile NL in a Dutch one.

    ``near``: confidence of each country that the story is about. Candidates are the entities of the same type with a
    name that is or begins with the brand. The one whose home country has the highest confidence is chosen. If none is
    at home in such a country, the only one that the story also calls by an unshared name is chosen, else the entity in
    ``named``.
    """
    entity = named.entity
    if entity.type not in _SHARING:
        return entity
    least = near.get(entity.country, 0.0)
    brand = fold_term(text.value[named.start : named.end])
    sharing = [reading.rules.entities[key] for key in _branches(reading.rules).get(brand, ())]
    sharing = [e for e in sharing if e.type == entity.type]
    candidates = [e for e in sharing if near.get(e.country, 0.0) > least]
    if not candidates and not least:
        outright = [e for e in sharing if e.id in reading.once(_named_outright)]
        return outright[0] if len(outright) == 1 else entity
    return max(candidates, key=lambda e: (near[e.country], e.id), default=entity)


def _named_outright(reading: Reading) -> frozenset[str]:
    """Ids of operators and laws that the story calls by a name which no other operator or law shares."""
    shared = _branches(reading.rules)
    return frozenset(
        n.entity.id
        for text in reading.fields()
        for n in text.names
        if n.entity.type in _SHARING and fold_term(text.value[n.start : n.end]) not in shared
    )


_known: dict[str, dict[str, tuple[str, ...]]] = {}


def _branches(rules: Rules) -> Mapping[str, tuple[str, ...]]:
    """For each brand, the ids of entities with a name that is the brand or begins with it."""
    known = _known.get(rules.fingerprint)
    if known is None:
        names: dict[str, set[str]] = {}
        for number, entity in enumerate(rules.terms.column("entity")):
            if entity and rules.entities[entity].type in _SHARING:
                words = fold_term(rules.terms[number].text).split()
                for count in {len(words), *range(1, min(len(words), 3))}:
                    names.setdefault(" ".join(words[:count]), set()).add(entity)
        known = {name: tuple(sorted(ids)) for name, ids in names.items() if len(ids) > 1}
        _known.clear()
        _known[rules.fingerprint] = known
    return known
