"""Which rules fire in which passages: those whose facets occur there, near enough to each other and often enough.

Whether a rule without conditions fires depends on the facets of a passage alone; the answer is remembered for each set
of facets, since few sets occur. Conditions are checked only in passages that have the facets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_

from fivegwatch.extractors.judging.matching import Hit
from fivegwatch.extractors.judging.passages import Passage
from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.extractors.watchlist.inflection import UNBROKEN
from fivegwatch.extractors.watchlist.model import AGAINST, GRADES, Combination, Place

NO_GRADE = len(GRADES)
"""Grade of a passage in which no rule fired; 0 is the strongest grade."""
_MEMORY = 100_000
"""For how many sets of facets the rules that fire are remembered."""
Fields = Mapping[Place, tuple[str, Sequence[Hit]]]
"""For each place (title, lead, body): the title or text that contains it, and the hits in that title or text."""
_WORD = re.compile(r"\w+")
_CHARACTERS_A_WORD = 2
"""In scripts without spaces a word is about two characters long (Chinese news: 1.5 to 2)."""


@dataclass(frozen=True, slots=True)
class Fired:
    """The rules that fired in one passage, and what follows from them."""

    rules: tuple[str, ...]
    grade: int
    """Index into ``GRADES`` of the strongest rule; ``NO_GRADE`` when none fired."""
    names_subject: bool = False
    """Whether a rule with ``subject`` fired."""
    objects: bool = False
    """Whether a rule that speaks against a story fired."""
    possible: tuple[Combination, ...] = ()
    """Rules whose facets are in the passage and whose further conditions are not checked yet."""


def fire_plain(mask: int, rules: Rules) -> Fired:
    """The rules that fire by the facets of ``mask`` alone. Rules that have these facets and further conditions are in
    ``possible``; the caller checks the conditions in the passage."""
    known = rules.fired_masks.get(mask)
    if known is None:
        if len(rules.fired_masks) > _MEMORY:
            rules.fired_masks.clear()
        met = [c for c in rules.combinations if c.fires(mask)]
        possible = tuple(c for c in met if not c.plain)
        known = rules.fired_masks[mask] = replace(_fired([c for c in met if c.plain]), possible=possible)
    return known


def fire(passages: Sequence[Passage], fields: Fields, total: int, rules: Rules) -> list[Fired]:
    """The rules that fire in each passage, in order; ``total`` is the number of all passages of the text."""
    fired = [fire_plain(passage.mask, rules) for passage in passages]
    placed: dict[str, list[int]] = {}
    for number, (passage, plain) in enumerate(zip(passages, fired, strict=True)):
        for combination in plain.possible:
            if combination.opening:
                continue
            if _is_placed(combination, passage, fields, rules):
                placed.setdefault(combination.id, []).append(number)
    if not placed:
        return fired
    met: dict[int, list[Combination]] = {}
    for combination in rules.combinations:
        where = placed.get(combination.id, ())
        inside = sum(passages[number].place != "title" for number in where)
        if len(where) >= combination.count and inside >= combination.share * total:
            for number in where:
                met.setdefault(number, []).append(combination)
    for number, combinations in met.items():
        fired[number] = _both(fired[number], _fired(combinations))
    return fired


def fire_opening(opening: Sequence[Passage], rules: Rules, *, beginning: bool) -> list[Combination]:
    """The rules within the opening (or, with ``beginning``, within the beginning) that fire when it is read as one
    passage.

    ``opening``: its passages, the title included.
    """
    masks = [passage.mask for passage in opening]
    whole = reduce(or_, masks, 0)
    return [
        c
        for c in rules.opening_combinations
        if c.beginning == beginning
        and c.fires(whole)
        and any(all(mask & leg for leg in c.sentence_masks) for mask in masks)
    ]


def _is_placed(combination: Combination, passage: Passage, fields: Fields, rules: Rules) -> bool:
    """Whether the passage is in a place the rule looks at, and its terms are near enough to each other."""
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
    """Length of a stretch of text in words, or with ``characters`` in characters."""
    if characters:
        return len(stretch)
    letters = len(UNBROKEN.findall(stretch))
    words = len(_WORD.findall(UNBROKEN.sub(" ", stretch) if letters else stretch))
    return words + -(-letters // _CHARACTERS_A_WORD)


def _fired(combinations: Sequence[Combination]) -> Fired:
    grades = (GRADES.index(c.grade) for c in combinations if c.grade != AGAINST)
    return Fired(
        tuple(c.id for c in combinations),
        min(grades, default=NO_GRADE),
        names_subject=any(c.subject for c in combinations),
        objects=any(c.grade == AGAINST for c in combinations),
    )


def _both(one: Fired, other: Fired) -> Fired:
    return Fired(
        (*one.rules, *other.rules),
        min(one.grade, other.grade),
        names_subject=one.names_subject or other.names_subject,
        objects=one.objects or other.objects,
    )
