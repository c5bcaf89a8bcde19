"""Features of an article: named numbers that say which facets occur together, where, and how often.

A feature never names a word, only facets, grades of rules and places (title, lead, body; the opening is title and
lead), so a weight learnt from one language is valid in others.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from fivegwatch.extractors.judging.matching import Hit
from fivegwatch.extractors.judging.passages import Passage
from fivegwatch.extractors.judging.rules_fired import NO_GRADE, Fired, fire_plain
from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.extractors.watchlist.model import GRADES, Combination

_SHORTEST_SCALE = 0.5
"""Thousands of characters that are added to a text's length before densities are computed, so that a lead's few words
do not make a high density."""
_FEWEST_PASSAGES = 3
"""A text with fewer passages is treated as if it had this many, so that one sentence is not all of it."""
NO_SUBJECT = "opening: contrary, no subject"
NO_NETWORK = "opening: contrary, no network"
SHORT_TEXT = "opening: little text after it"
"""Feature of an article whose title and lead fire a rule of medium grade or better, and whose text is too short for
evidence in its body: 1 for no text, 0 for 1,000 letters or more. Without it a headline with its lead would score less
than the same story told in full."""
RETOLD = "opening: told in everyday words"
"""Feature of an article in which a rule within the opening fires, and either no other rule of medium grade or better
fires in title and lead, or they name no network or vendor plainly. The last case exists because a story of a false mast
has everyday words too."""
RETOLD_TOO = "opening: told in everyday words too"
"""Feature of an article in which a rule within the opening fires, and title and lead, which name a network or vendor
plainly, fire another rule of medium grade or better."""
RETOLD_MANY = "opening: told in everyday words of many kinds"
"""Like `RETOLD_TOO`, where the rule within the opening counts kinds of words (``least``)."""
_WHOLE_TEXT = 1000
"""A text of this many letters is more than a lead; 500 to 2,000 give equal results in the folds."""
PASSING_NAMES = 6
"""A text names its subject in passing if it names it for certain at most this often, and never in title and lead."""


@dataclass(slots=True)
class Firings:
    """The rules that fired in the passages of an article, and their grades."""

    total: int
    """Number of the text's passages, with hits or without."""
    title_fired: tuple[str, ...] = ()
    title_grade: int = NO_GRADE
    lead_mask: int = 0
    """Facet bits of the whole lead."""
    lead_grade: int = NO_GRADE
    lead_fired: dict[str, None] = field(default_factory=dict)
    fired: dict[str, int] = field(default_factory=dict)
    """Rule to the number of passages it fired in, title included."""
    first_fired: dict[str, Passage] = field(default_factory=dict)
    """Rule to the first passage it fired in."""
    strong: int = 0
    medium: int = 0
    contrary: int = 0
    """Number of the text's passages about something that is easily mistaken for the subject, without an angle."""
    dangers: list[tuple[Passage, int]] = field(default_factory=list)
    """For passages with words of danger: the bits of the facets that are dangers there."""
    retold: tuple[str, ...] = ()
    """The rules that fired in the opening or the beginning, each read as one passage."""
    many_kinds: bool = False
    """Whether a rule in ``retold`` counts kinds of words."""

    def add(self, passage: Passage, fired: Fired, rules: Rules) -> None:
        """Count the rules that fired in one passage."""
        for name in fired.rules:
            self.fired[name] = self.fired.get(name, 0) + 1
            self.first_fired.setdefault(name, passage)
        mask = passage.mask
        dangers = 0 if fired.objects and not fired.names_subject else rules.danger_bits
        if fired.names_subject:
            dangers |= rules.deed_bits
        if mask & dangers:
            self.dangers.append((passage, dangers))
        if passage.place == "title":
            self.title_fired, self.title_grade = fired.rules, fired.grade
            return
        self.strong += fired.grade == 0
        self.medium += fired.grade == 1
        self.contrary += bool(mask & rules.negative_bits and not mask & rules.angle_bits)
        if passage.place == "lead":
            self.lead_mask |= mask
            self.lead_fired.update(dict.fromkeys(fired.rules))
            self.lead_grade = min(self.lead_grade, fired.grade)

    def add_opening(self, opening: Sequence[Passage], fired: Sequence[Combination]) -> None:
        """Count the rules that fired in the opening or the beginning, whose passages ``opening`` are read as one."""
        if not fired:
            return
        mask = reduce(or_, (passage.mask for passage in opening))
        self.retold += tuple(combination.id for combination in fired)
        self.many_kinds |= any(combination.least and not combination.against for combination in fired)
        # The last passage of the opening, from its field's first hit.
        whole = Passage(opening[-1].place, opening[-1].number, mask, 0, opening[-1].stop)
        for combination in fired:
            self.fired[combination.id] = self.fired.get(combination.id, 0) + 1
            self.first_fired.setdefault(combination.id, whole)
            self.lead_fired[combination.id] = None


def make_features(
    title_mask: int,
    firings: Firings,
    title_hits: Sequence[Hit],
    text_hits: Sequence[Hit],
    sizes: tuple[int, float],
    rules: Rules,
) -> dict[str, float]:
    """All features that are not 0, by name. ``sizes``: length of the text in characters, and in letters of an
    alphabet."""
    opening = title_mask | firings.lead_mask
    opening_grade = min(fire_plain(opening, rules).grade, firings.title_grade, firings.lead_grade)
    features = _body_features(firings)
    grades = ("title", firings.title_grade), ("lead", firings.lead_grade), ("opening", opening_grade)
    for place, grade in grades:
        features |= {f"{place}: {name} rule": 1.0 for name in GRADES[grade:]}
    if opening_grade <= GRADES.index("medium") and sizes[1] < _WHOLE_TEXT:
        features[SHORT_TEXT] = 1 - sizes[1] / _WHOLE_TEXT
    if title_mask & rules.negative_bits and not title_mask & rules.angle_bits:
        features["title: contrary"] = 1.0
    if title_mask & rules.subject_bits and title_mask & rules.danger_bits:
        features["title: subject and danger"] = 1.0
    if firings.retold:
        alone = opening_grade > GRADES.index("medium") or not opening & rules.plain_bits
        features[RETOLD if alone else RETOLD_MANY if firings.many_kinds else RETOLD_TOO] = 1.0
    if not (rules.names_subject(opening) or firings.retold):
        features[NO_SUBJECT] = 1.0
    elif not opening & rules.network_bits:
        features[NO_NETWORK] = 1.0
    # A subject counts where the opening joins it with an angle: news of 5G alone is no story, however often it says 5G.
    # An angle counts where the opening names a subject. Facets that speak against a story count always.
    counted = rules.negative_bits | rules.contrast_bits
    if opening & rules.named_bits:
        counted |= rules.leaning_bits
    if opening_grade <= GRADES.index("medium"):
        counted |= rules.subject_bits
    _add_objections(features, firings, rules)
    _add_facets(features, rules, counted, (title_mask, firings.lead_mask), text_hits, sizes[0])
    if opening & rules.named_bits or _times_named(text_hits, rules) > PASSING_NAMES:
        _add_variety(features, rules, (title_hits, text_hits), sizes[1], firings)
    excused = _excused(firings, rules, () if RETOLD in features else firings.retold)
    return _without(features, excused) if excused else features


def _excused(firings: Firings, rules: Rules, but: Collection[str]) -> frozenset[str]:
    """Facets and rules that are ignored although they speak against the article, because a rule that fired in its title
    or lead excuses them.

    Rules in ``but`` excuse nothing.
    """
    fired = [name for name in (*firings.title_fired, *firings.lead_fired) if name not in but]
    return frozenset[str]().union(*(rules.excuses[name] for name in fired if name in rules.excuses))


def _without(features: dict[str, float], names: frozenset[str]) -> dict[str, float]:
    """``features`` without those of the facets and rules in ``names``, which speak against a story."""
    return {
        name: value
        for name, value in features.items()
        if name.partition(": ")[2].removeprefix("against, ") not in names
    }


def share_of_passages(count: int, total: int) -> float:
    """``count`` as a share of the ``total`` passages of a text; fewer than three count as three."""
    return count / max(total, _FEWEST_PASSAGES)


def _body_features(firings: Firings) -> dict[str, float]:
    total = firings.total
    return {
        "body: strong passages": share_of_passages(firings.strong, total),
        "body: medium passages": share_of_passages(firings.strong + firings.medium, total),
        "body: strong count": math.log1p(firings.strong),
        "body: contrary passages": share_of_passages(firings.contrary, total),
    }


def _add_objections(features: dict[str, float], firings: Firings, rules: Rules) -> None:
    """Add the rules that speak against a story: whether each fired in title and lead, and in what share of passages."""
    for name in rules.objections & firings.fired.keys():
        in_title = name in firings.title_fired
        if in_title:
            features[f"title: against, {name}"] = 1.0
        if name in firings.lead_fired:
            features[f"lead: against, {name}"] = 1.0
        if count := firings.fired[name] - in_title:
            features[f"text: against, {name}"] = share_of_passages(count, firings.total)


def _add_facets(
    features: dict[str, float],
    rules: Rules,
    counted: int,
    opening: tuple[int, int],
    hits: Sequence[Hit],
    length: int,
) -> None:
    """Add the presence of each counted facet in title and lead, and its density in the text: the logarithm of its
    strong hits per 1,000 characters."""
    title_mask, lead_mask = opening
    masks = rules.masks
    scale = length / 1000 + _SHORTEST_SCALE
    counts = Counter([masks[term] for _, _, term in hits])
    counted &= reduce(or_, counts, title_mask | lead_mask)
    for bit, name in rules.scored_bits:
        strong = bit << 1
        if not strong & counted:
            continue
        if title_mask & strong:
            features[f"title: {name}"] = 1.0
        if lead_mask & strong:
            features[f"lead: {name}"] = 1.0
        number = counts.get(bit | strong, 0)
        if number:
            features[f"text: {name}"] = math.log1p(number / scale)


def _times_named(hits: Sequence[Hit], rules: Rules) -> int:
    """How often a subject is named for certain; of names inside one another only one counts."""
    masks, sure = rules.masks, rules.subject_bits
    count, reached = 0, 0
    for start, end, term in hits:
        if start >= reached and masks[term] & sure:
            count += 1
            reached = end
    return count


def _add_variety(
    features: dict[str, float],
    rules: Rules,
    hits: tuple[Sequence[Hit], Sequence[Hit]],
    letters: float,
    firings: Firings,
) -> None:
    """Add how many different terms of subjects and of dangers the article has, weak ones included: the logarithm of
    terms per 1,000 letters. The feature finds stories in which no single sentence is enough, but many words point one
    way.

    Words of danger do not count where a rule against a story fired in their sentence. Terms that a rule with
    ``subject`` joins with its subject (a pretence with a mast) count as dangers.
    """
    masks = rules.masks
    scale = letters / 1000 + _SHORTEST_SCALE
    subjects = {term for hit_list in hits for _, _, term in hit_list if masks[term] & rules.named_bits}
    dangers = {
        term
        for passage, bits in firings.dangers
        for _, _, term in hits[passage.place != "title"][passage.first : passage.stop]
        if masks[term] & bits
    }
    features["body: different subjects"] = math.log1p(len(subjects) / scale)
    features["body: different dangers"] = math.log1p(len(dangers) / scale)
