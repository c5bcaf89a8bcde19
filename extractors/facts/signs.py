"""What topics are learnt from: how much of each facet and kind of entity a story has in title, lead and text.

A sign never names a word, only facets, kinds of entities, the watchlist's `topic_words` and places, so that a weight
learnt from one language holds in the next.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence

from fivegwatch.extractors.facts.reading import Reading
from fivegwatch.extractors.story_facts import Incident, Measure
from fivegwatch.extractors.watchlist.alternatives import alternatives_of

_WEAK = 0.4
"""What a weak term counts beside a strong one."""
_SHORTEST_SCALE = 0.5
"""Thousands of characters added to a text's length, so that a few words make no huge density."""


def signs_of(
    reading: Reading,
    measures: Sequence[Measure] = (),
    incidents: Sequence[Incident] = (),
    pairs: Collection[tuple[str, str]] = (),
) -> dict[str, float]:
    """All signs of a story that are not 0, by name.

    The names are ``title: x``, ``lead: x`` (1 or less), ``text: x`` (logarithm of a density), ``act: x`` (confidence
    of a measure or incident of that kind) and ``opening: x + y`` for the ``pairs``, by default those that the
    watchlist's topics have weights for.
    """
    title: dict[str, float] = {}
    lead: dict[str, float] = {}
    counts: Counter[str] = Counter()
    end = reading.lead_end
    for text in reading.fields():
        for start, name, weight in _named(reading, text is reading.title):
            if text is reading.title:
                title[name] = max(title.get(name, 0.0), weight)
            else:
                counts[name] += weight  # type: ignore[assignment]  # halves
                if start < end:
                    lead[name] = max(lead.get(name, 0.0), weight)
    scale = len(reading.text.value) / 1000 + _SHORTEST_SCALE
    signs = {f"title: {name}": value for name, value in title.items()}
    signs |= {f"lead: {name}": value for name, value in lead.items()}
    signs |= {f"text: {name}": math.log1p(value / scale) for name, value in counts.items()}
    for kind, confidence in (
        *((m.action, m.confidence) for m in measures), *((i.kind, i.confidence) for i in incidents)
    ):  # fmt: skip
        signs[f"act: {kind}"] = max(signs.get(f"act: {kind}", 0.0), confidence)
    opening = {**lead, **title}
    for one, other in pairs or reading.rules.topic_pairs:
        if one in opening and other in opening:
            signs[f"opening: {one} + {other}"] = min(opening[one], opening[other])
    return signs


def _named(reading: Reading, in_title: bool) -> list[tuple[int, str, float]]:
    """Offset, facet or kind of entity, and weight of everything named in title or text."""
    text = reading.title if in_title else reading.text
    terms = reading.rules.terms
    hits = [
        (start, terms[number].facet, 1.0 if terms[number].strong else _WEAK)
        for start, _, number in text.terms
    ]
    hits += [(named.start, named.entity.type, 1.0) for named in text.names]
    words = alternatives_of(reading.rules.subject.topic_words)
    hits += [(text.folded.origin(start), name, 1.0) for name, start in words.starts(text.folded.text)]
    return hits
