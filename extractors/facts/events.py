"""Which stories report one event: the likeness of two stories, and groups of stories.

The pair with the greatest likeness is joined first. Two groups are joined only if even their least alike pair reaches a
lower bound, so that A and C are not one event merely because both resemble B. The result depends on the set of stories
alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fivegwatch.extractors.facts.weights import EVENT_WEIGHTS, likelihood

DAYS = 14
"""Stories that are more days apart than this never report one event."""
LINK = 0.45
"""Least likeness of a pair of stories that joins their groups; tuned in folds by event."""
WEAKEST = 0.3
"""Least likeness that any two stories of one event must have."""


@dataclass(frozen=True, slots=True)
class EventStory:
    """The features by which a story is compared with others; ``day`` is the UTC day of publication."""

    id: str
    day: date
    language: str
    countries: frozenset[str]
    topic: str
    names: frozenset[str]
    rare_names: frozenset[str]
    """The ``names`` without those that the watchlist calls common."""
    words: frozenset[str]
    numbers: frozenset[str]
    acts: frozenset[str]
    reports_event: bool


def likeness(one: EventStory, other: EventStory) -> float:
    """How likely two stories report one event, 0 to 1; 0 if they are too far apart."""
    if not comparable(one, other):
        return 0.0
    return likelihood(EVENT_WEIGHTS, pair_features(one, other))


def comparable(one: EventStory, other: EventStory) -> bool:
    """Whether two stories can report one event: they are near in time, and neither is a column published on a day
    before the news."""
    first, last = sorted((one, other), key=lambda story: story.day)
    early = first.day < last.day and last.reports_event and not first.reports_event
    return not early and (last.day - first.day).days <= DAYS


def pair_features(one: EventStory, other: EventStory) -> dict[str, float]:
    """The features of a pair of stories, by name; shared words count only if both stories are in one language."""
    apart = abs((one.day - other.day).days)
    same = one.language == other.language
    words = _containment(one.words, other.words)
    acts_one, acts_other = (frozenset(a for a in s.acts if not a.startswith("T")) for s in (one, other))
    return {
        "base": 1.0,
        "days: none": float(apart == 0),
        "days: one": float(apart == 1),
        "days: log": math.log1p(apart),
        "countries: shared": _overlap(one.countries, other.countries),
        "countries: clash": float(
            bool(one.countries and other.countries and not one.countries & other.countries)
        ),
        "topic: same": float(one.topic == other.topic),
        "names: shared": _overlap(one.names, other.names),
        "names: rare shared": math.log1p(len(one.rare_names & other.rare_names)),
        "acts: shared": _overlap(acts_one, acts_other),
        "numbers: shared": math.log1p(len(one.numbers & other.numbers)),
        "same language": float(same),
        "words: shared": words if same else 0.0,
        "words: many shared": max(0.0, words - 0.3) if same else 0.0,
        "other language: numbers": float(not same and bool(one.numbers & other.numbers)),
        "no event": float(not (one.reports_event and other.reports_event)),
    }


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0


def _containment(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / min(len(one), len(other)) if one and other else 0.0


def group_stories(ids: Iterable[str], links: Mapping[tuple[str, str], float]) -> list[list[str]]:
    """Groups of the stories ``ids`` that report one event, each sorted by id.

    ``links`` holds the likeness of every pair (smaller id first) that reaches ``WEAKEST``; a missing pair is below it.
    """
    group = {story: [story] for story in ids}
    for (one, other), value in sorted(links.items(), key=lambda item: (-item[1], item[0])):
        if value < LINK:
            break
        mine, theirs = group[one], group[other]
        if mine is theirs or not _all_linked(mine, theirs, links):
            continue
        joined = sorted([*mine, *theirs])
        for story in joined:
            group[story] = joined
    return sorted({id(members): members for members in group.values()}.values())


def _all_linked(mine: Sequence[str], theirs: Sequence[str], links: Mapping[tuple[str, str], float]) -> bool:
    return all((min(a, b), max(a, b)) in links for a in mine for b in theirs)
