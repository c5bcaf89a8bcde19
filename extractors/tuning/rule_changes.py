"""Differences between two sets of rules, and which of them explain why the verdict on one article changed.

Terms and names are compared by id, weights by name. The changed terms that an article has explain its verdict; if it
has none, the changed combinations, weights and thresholds do, which concern every article.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from fivegwatch.extractors.judging.judgement import terms_language
from fivegwatch.extractors.judging.matching import find_matches
from fivegwatch.extractors.model import Article, Part
from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.extractors.watchlist.model import Combination, Term

_NOISE = 1e-9
_LISTED = 6


@dataclass(frozen=True)
class RuleChanges:
    """The differences from one set of rules to another. Immutable; each property is computed when it is first used."""

    before: Rules
    after: Rules

    @cached_property
    def terms(self) -> Mapping[str, str]:
        """Id of each term or name that differs, mapped to ``+`` (new), ``-`` (gone) or ``~`` (changed)."""
        return _differences(_by_id(self.before.terms), _by_id(self.after.terms))

    @cached_property
    def combinations(self) -> Mapping[str, str]:
        """Id of each combination that differs, mapped to ``+``, ``-`` or ``~``."""
        return _differences(_by_rule(self.before), _by_rule(self.after))

    @cached_property
    def weights(self) -> Mapping[str, float]:
        """Name of each feature whose weight differs, mapped to the difference (new minus old)."""
        old, new = self.before.weights, self.after.weights
        deltas = {name: new.get(name, 0.0) - old.get(name, 0.0) for name in {**old, **new}}
        return {name: delta for name, delta in sorted(deltas.items()) if abs(delta) > _NOISE}

    def met_by(self, article: Article) -> tuple[str, ...]:
        """The differences that concern ``article``, such as ``+ en:threat:SIM farm`` or ``weight lead: policy
        +0.20``."""
        if terms := self._terms_in(article):
            return tuple(terms[:_LISTED])
        lines = [f"{sign} rule {name}" for name, sign in self.combinations.items()]
        lines += [f"weight {name} {delta:+.2f}" for name, delta in self.weights.items()]
        if self.before.threshold != self.after.threshold:
            lines.insert(0, f"threshold {self.before.threshold:.2f} to {self.after.threshold:.2f}")
        if self.before.near_miss != self.after.near_miss:
            lines.insert(0, f"near misses within {self.before.near_miss:.2f}, now {self.after.near_miss:.2f}")
        return tuple(lines[:_LISTED]) or ("facets, contexts or guards",)

    def _terms_in(self, article: Article) -> list[str]:
        if not self.terms:
            return []
        lines: dict[str, None] = {}
        for rules, signs in ((self.after, "+~"), (self.before, "-")):
            for match in find_matches(article.title, article.text, rules, terms_language(article)):
                if self.terms.get(match.rule, "?") in signs:
                    lines[f"{self.terms[match.rule]} {match.rule}"] = None
        return list(lines)


def moved_parts(before: Iterable[Part], after: Iterable[Part], *, most: int = 3) -> tuple[Part, ...]:
    """The parts of a score that changed, each with the difference, the largest first."""
    old = {part.name: part.value for part in before}
    new = {part.name: part.value for part in after}
    deltas = {name: new.get(name, 0.0) - old.get(name, 0.0) for name in {**old, **new}}
    moved = sorted(deltas.items(), key=lambda item: (-abs(item[1]), item[0]))
    return tuple(Part(name=name, value=delta) for name, delta in moved[:most] if abs(delta) > _NOISE)


def _by_id(terms: Iterable[Term]) -> dict[str, object]:
    grouped: dict[str, set[Term]] = {}
    for term in terms:
        grouped.setdefault(term.id, set()).add(term)
    return {name: frozenset(group) for name, group in grouped.items()}


def _by_rule(rules: Rules) -> dict[str, object]:
    return {combination.id: _meaning(combination, rules) for combination in rules.combinations}


def _meaning(combination: Combination, rules: Rules) -> object:
    """A combination with the names of its facets, for comparison: the bits of facets change when a facet is added
    before them."""

    def names(mask: int) -> frozenset[str]:
        plain = {facet.id for facet in rules.facets.values() if mask & facet.bit}
        return frozenset(plain | {f"{facet.id}!" for facet in rules.facets.values() if mask & facet.bit << 1})

    return (
        combination.grade,
        tuple(map(names, combination.masks)),
        names(combination.absent),
        combination.topics,
    )


def _differences(old: Mapping[str, object], new: Mapping[str, object]) -> dict[str, str]:
    return {
        name: "+" if name not in old else "-" if name not in new else "~"
        for name in sorted({**old, **new})
        if old.get(name) != new.get(name)
    }
