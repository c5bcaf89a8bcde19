"""Weights for a watchlist without trained ones: points for its rules by grade, and points against a story by role.

A watchlist for a new subject has no labelled texts to learn from, so its rules decide:

- a rule of grade strong in title or lead makes a story, unless something there speaks against it;
- a rule of grade medium makes a story in the title, or in the lead with support in the text;
- weak rules alone make a near miss;
- strong rules in a third of the passages make a near miss, and in most of them a story;
- facets of role negative and rules of grade against subtract as much as a medium rule adds; contrast half as much.

The points are log-odds, as trained weights are. They were chosen for these five sentences and not measured on texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fivegwatch.extractors.watchlist.model import AGAINST, Combination, Facet

KEEP_DISTANCES = {"wide": -1.0, "strict": 1.0}
"""How far `[judgement] keep` moves the threshold where no distance was measured."""
_FOR = {
    "base": -2.0,
    "title: weak rule": 0.3, "title: medium rule": 0.9, "title: strong rule": 0.8,
    "lead: weak rule": 0.2, "lead: medium rule": 0.3, "lead: strong rule": 0.8,
    "opening: weak rule": 0.3, "opening: medium rule": 0.8, "opening: strong rule": 0.6,
    "body: medium passages": 1.2, "body: strong passages": 1.5, "body: strong count": 0.3,
    "title: contrary": -0.5, "body: contrary passages": -0.5, "opening: contrary, no subject": -0.8,
}  # fmt: skip
_AGAINST = {"title": -1.5, "lead": -1.0, "text": -0.7}
_SHARE = {"negative": 1.0, "contrast": 0.5}
"""Role of a facet to the share of the points against a story that its terms subtract."""


def plain_weights(facets: Mapping[str, Facet], combinations: Iterable[Combination]) -> dict[str, float]:
    """The points for each named piece of evidence."""
    weights = dict(_FOR)
    for facet in facets.values():
        for place, points in _AGAINST.items():
            if facet.role in _SHARE:
                weights[f"{place}: {facet.id}"] = points * _SHARE[facet.role]
    for combination in combinations:
        if combination.grade == AGAINST:
            weights |= {f"{place}: against, {combination.id}": points for place, points in _AGAINST.items()}
    return weights
