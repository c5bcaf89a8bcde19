"""Collects everything that a verdict rests on: fold -> look for a subject -> find all hits -> cut passages -> fire
rules -> features.

After each stage, reading ends for a text that cannot become a story any more. Nearly all the world's news ends at the
second stage, so the scan for subjects decides the speed.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from fivegwatch.extractors.judging.features import (
    NO_SUBJECT,
    PASSING_NAMES,
    Firings,
    make_features,
    share_of_passages,
)
from fivegwatch.extractors.judging.matching import Hit, find_hits
from fivegwatch.extractors.judging.passages import (
    BEGINNING_CHARS,
    PASSAGE_CHARS,
    Passage,
    beginning_of,
    cut_passages,
    sentence_ends,
)
from fivegwatch.extractors.judging.rules_fired import Fields, fire, fire_opening
from fivegwatch.extractors.makers import maker_of
from fivegwatch.extractors.text.folding import Folded, fold_text
from fivegwatch.extractors.text.scripts import UNBROKEN
from fivegwatch.extractors.watchlist.compile import Rules

_PASSING_SHOWN = 20
"""Most hits listed for a text that names its subject only in passing."""
_UNBROKEN = re.compile(f"[{UNBROKEN}]+")
_MORE_LETTERS = 1.5
"""Letters added for each Korean syllable or character of a script without spaces, because it says as much as 2 or 3
letters."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything that a verdict rests on. ``features`` is empty if the text names no subject together with a reason to
    report on it."""

    folded: tuple[Folded, Folded]
    """Title and text, folded."""
    title_hits: list[Hit]
    text_hits: list[Hit]
    features: dict[str, float] = field(default_factory=dict)
    fired: dict[str, int] = field(default_factory=dict)
    """Rule to the number of passages it fired in, title included."""
    title_fired: tuple[str, ...] = ()
    lead_fired: tuple[str, ...] = ()
    first_fired: dict[str, Passage] = field(default_factory=dict)
    """Rule to the first passage it fired in."""
    has_all_hits: bool = True
    """False for a text that was searched for its subject only; it then has few hits or none."""


_evidence = maker_of(Evidence)


def collect_evidence(
    title: str, text: str, language: str, rules: Rules, *, thorough: bool = False
) -> Evidence:
    """Hits, fired rules and features of one article.

    Reading stops early if the text never names a subject for certain, or names it only in passing and so seldom that it
    can be neither a story nor a near miss. With ``thorough`` it never stops, because weights are learnt from whole
    texts.
    """
    folded = fold_text(title), fold_text(text)
    short = None if thorough else _without_subject(title, text, folded, language, rules)
    if short is not None:
        return short
    title_hits = find_hits(title, folded[0], rules, language, "evidence")
    text_hits = find_hits(text, folded[1], rules, language, "evidence", context=title)
    title_mask, text_mask = _mask(title_hits, rules), _mask(text_hits, rules)
    named = title_mask | text_mask
    if not (rules.joins(named) or (thorough and named & rules.named_bits)):
        return Evidence(folded, title_hits, text_hits)
    passages, total = cut_passages(text, text_hits, rules.masks)
    if not (thorough or _may_be_story(text, title_mask, passages, rules)):
        return Evidence(folded, title_hits, text_hits)
    firings = Firings(total)
    passages = [Passage("title", 0, title_mask, 0, len(title_hits)), *passages]
    fields: Fields = {"title": (title, title_hits), "lead": (text, text_hits), "body": (text, text_hits)}
    for passage, fired in zip(passages, fire(passages, fields, total, rules), strict=True):
        firings.add(passage, fired, rules)
    if rules.opening_combinations:
        opening = [passage for passage in passages if passage.place != "body"]
        firings.add_opening(opening, fire_opening(opening, rules, beginning=False))
        opening = beginning_of(text, passages)
        firings.add_opening(opening, fire_opening(opening, rules, beginning=True))
    unbroken = len("".join(_UNBROKEN.findall(text))) if folded[1].attached else 0
    letters = len(text) + _MORE_LETTERS * unbroken
    features = make_features(title_mask, firings, title_hits, text_hits, (len(text), letters), rules)
    return Evidence(
        folded,
        title_hits,
        text_hits,
        features,
        firings.fired,
        firings.title_fired,
        tuple(firings.lead_fired),
        firings.first_fired,
    )


def _mask(hits: Sequence[Hit], rules: Rules) -> int:
    """Facet bits of all hits."""
    masks, mask = rules.masks, 0
    for _, _, term in hits:
        mask |= masks[term]
    return mask


def _may_be_story(text: str, title_mask: int, passages: Sequence[Passage], rules: Rules) -> bool:
    """Whether one sentence may make a story by itself, or title and lead together under a title about the subject.

    Otherwise neither headline nor lead nor much of the text can be about the subject. The gates in front of the
    extractor rely on this rule too (`fivegwatch.extractors.gates.gates`).
    """
    if any(rules.suffices_anywhere(passage.mask) for passage in passages) or rules.suffices(title_mask):
        return True
    if any(rules.suffices(passage.mask) for passage in passages):
        beginning = beginning_of(text, passages)
        whole = title_mask | reduce(or_, (passage.mask for passage in beginning), 0)
        if any(rules.suffices(p.mask) and rules.may_open(p.mask, whole) for p in beginning):
            return True
    opening = title_mask
    for passage in passages:
        if passage.place == "lead":
            opening |= passage.mask
    return rules.headlines(title_mask) and rules.joins(opening)


def _without_subject(
    title: str, text: str, folded: tuple[Folded, Folded], language: str, rules: Rules
) -> Evidence | None:
    """The evidence for an article that never names a subject for certain, or only in passing; None for any other
    article."""
    if rules.scanner(language, folded[0].attached, "subjects").scan(folded[0].text):
        return None
    subjects = rules.scanner(language, folded[1].attached, "subjects").scan(folded[1].text)
    if not subjects:
        return _evidence(folded, [], [], {}, {}, (), (), {}, False)
    if not _is_passing(text, folded, subjects, language, rules):
        return None
    mentions = find_hits(
        text, folded[1], rules, language, "subjects", context=title, raw=subjects[:_PASSING_SHOWN]
    )
    return Evidence(folded, [], mentions, {NO_SUBJECT: 1.0}, has_all_hits=False)


def _is_passing(
    text: str,
    folded: tuple[Folded, Folded],
    subjects: Sequence[Hit],
    language: str,
    rules: Rules,
) -> bool:
    """Whether the text names subjects only after its beginning, and so few that its score cannot come near the
    threshold, whatever other terms it has. ``subjects`` are raw hits of the scanner."""
    ends = sentence_ends(text[: 3 * BEGINNING_CHARS])
    after = bisect_right(ends, BEGINNING_CHARS)
    first = subjects[0][0]
    if after == len(ends) or folded[1].original_span(first, first + 1)[0] < ends[after]:
        return False
    # The opening must not name a subject weakly either, or rules could fire there.
    for opening in (folded[0], fold_text(text[: ends[after]])):
        hits = rules.scanner(language, opening.attached, "evidence").scan(opening.text)
        if _mask(hits, rules) & rules.named_bits:
            return False
    count, reached = 0, 0
    for start, minus_end, _ in subjects:
        if start >= reached:
            count += 1
            reached = -minus_end
    if count > PASSING_NAMES:
        return False
    weights = rules.weights
    share = min(1.0, share_of_passages(count, len(text) // PASSAGE_CHARS))
    most = (
        weights.get("base", 0.0)
        + weights.get(NO_SUBJECT, 0.0)
        + weights.get("body: strong count", 0.0) * math.log1p(count)
        + (weights.get("body: strong passages", 0.0) + weights.get("body: medium passages", 0.0)) * share
    )
    return most < rules.threshold - rules.near_miss
