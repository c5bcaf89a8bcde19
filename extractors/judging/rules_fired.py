"""Which rules fire in which passages: facets that meet, and how near, where, how often and in how much of the text.

A passage is the title or one sentence. Rules without conditions are decided by the facets of a passage alone, and
the answer is remembered per set of facets, for rules are few and sets recur. Conditions are asked only where those
facets are there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.extractors.watchlist.inflection import UNBROKEN
from fivegwatch.extractors.watchlist.model import GRADES, Combination, Place

Hit = tuple[int, int, int]
NO_GRADE = len(GRADES)
"""Grade of a passage in which nothing fired; 0 is the strongest."""
_MEMORY = 100_000
_WORD = re.compile(r"\w+")
_CHARACTERS_A_WORD = 2
"""In scripts without spaces a word is about two characters long (Chinese news: 1.5 to 2)."""


class Passage(NamedTuple):
    """One sentence of the text, or the title, that holds evidence. A tuple: cheap to make, and a text has dozens."""

    place: Place
    number: int
    """Number of the sentence in the text, from 0."""
    mask: int
    """Bits of its facets."""
    first: int
    """Number of its first hit among the field's hits, and of the one after its last."""
    stop: int


@dataclass(frozen=True, slots=True)
class Fired:
    """What fired in one passage."""

    rules: tuple[str, ...]
    grade: int
    """Index into ``GRADES`` of the strongest; ``NO_GRADE`` when none fired."""


_NOTHING = Fired((), NO_GRADE)


def fire_plain(mask: int, rules: Rules) -> Fired:
    """What facets that meet fire by themselves, conditions aside."""
    known = rules.fired_masks.get(mask)
    if known is None:
        if len(rules.fired_masks) > _MEMORY:
            rules.fired_masks.clear()
        known = rules.fired_masks[mask] = _fired([c for c in rules.plain_combinations if _meets(c, mask)])
    return known


def fire(
    passages: Sequence[Passage], fields: dict[Place, tuple[str, Sequence[Hit]]], total: int, rules: Rules
) -> list[Fired]:
    """What fires in each passage, in order.

    ``fields`` gives the stored text and its hits for each place, ``total`` the number of the text's passages.
    """
    fired = [fire_plain(passage.mask, rules) for passage in passages]
    if not rules.conditional_combinations:
        return fired
    met: dict[int, list[Combination]] = {}
    for combination in rules.conditional_combinations:
        where = [
            number
            for number, passage in enumerate(passages)
            if _meets(combination, passage.mask) and _stands(combination, passage, fields, rules)
        ]
        inside = sum(passages[number].place != "title" for number in where)
        if len(where) >= combination.count and inside >= combination.share * total:
            for number in where:
                met.setdefault(number, []).append(combination)
    for number, combinations in met.items():
        fired[number] = _joined(fired[number], _fired(combinations))
    return fired


def _meets(combination: Combination, mask: int) -> bool:
    return not mask & combination.absent and all(mask & leg for leg in combination.masks)


def _stands(
    combination: Combination,
    passage: Passage,
    fields: dict[Place, tuple[str, Sequence[Hit]]],
    rules: Rules,
) -> bool:
    """Whether the passage stands where the rule looks, and its terms near enough to each other."""
    if passage.place not in combination.fields:
        return False
    if not combination.within:
        return True
    value, hits = fields[passage.place]
    return _is_near(combination, value, hits[passage.first : passage.stop], rules.masks)


def _is_near(combination: Combination, value: str, hits: Sequence[Hit], masks: Sequence[int]) -> bool:
    """Whether some stretch of at most ``within`` words or characters holds a term for every leg."""
    for i, (start, _, _) in enumerate(hits):
        missing = [leg for leg in combination.masks if not masks[hits[i][2]] & leg]
        if len(missing) == len(combination.masks):
            continue
        end = hits[i][1]
        for other in hits[i + 1 :]:
            if not missing:
                break
            left = [leg for leg in missing if not masks[other[2]] & leg]
            if len(left) < len(missing):
                missing, end = left, max(end, other[1])
        if not missing and _extent(value[start:end], characters=combination.characters) <= combination.within:
            return True
    return False


def _extent(stretch: str, *, characters: bool) -> int:
    """Length of a stretch of text in characters or words."""
    if characters:
        return len(stretch)
    letters = len(UNBROKEN.findall(stretch))
    words = len(_WORD.findall(UNBROKEN.sub(" ", stretch) if letters else stretch))
    return words + -(-letters // _CHARACTERS_A_WORD)


def _fired(combinations: Sequence[Combination]) -> Fired:
    if not combinations:
        return _NOTHING
    return Fired(tuple(c.id for c in combinations), min(GRADES.index(c.grade) for c in combinations))


def _joined(one: Fired, other: Fired) -> Fired:
    return Fired((*one.rules, *other.rules), min(one.grade, other.grade))
