"""What an article's matches say, as named numbers between languages: which facets meet, where, and how often.

Features never name a word, only facets, places and combinations, so what is learnt from one language holds in
the next. Places: the title, the lead (the first sentences), the body. A passage is one sentence.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from fivegwatch.extractors.judging.matching import Hit, find_hits
from fivegwatch.extractors.judging.rules_fired import NO_GRADE, Passage, fire, fire_plain
from fivegwatch.extractors.text.folding import Folded, fold_text
from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.extractors.watchlist.inflection import UNBROKEN
from fivegwatch.extractors.watchlist.model import GRADES

LEAD_CHARS = 300
"""About the two or three sentences an editor reads first."""
_PASSAGE_CHARS = 400
_PASSING_SHOWN = 20
PASSAGE_REACH = 2 * _PASSAGE_CHARS
"""No passage is longer than this."""
_SHORTEST_SCALE = 0.5
"""Thousands of characters added to a text's length, so that a lead's few words make no huge density."""
# Sentence ends, each replaced by as many characters, the last a mark. Replacing and splitting whole texts is
# five times faster than a regex: this runs over every character judged.
_MARK = "\x00"
_ENDS = (("\n", _MARK), (". ", " " + _MARK), ("! ", " " + _MARK), ("? ", " " + _MARK), ('." ', "  " + _MARK))
_FOREIGN_ENDS = (
    (".\u201d ", "  " + _MARK), (".\u00bb ", "  " + _MARK), ("\u2026 ", " " + _MARK),
    ("\u3002", _MARK), ("\uff01", _MARK), ("\uff1f", _MARK), ("\u061f", _MARK), ("\u0964", _MARK),
)  # fmt: skip
_MORE_LETTERS = 1.5
"""A character of a script without spaces, or a Korean syllable, says what two or three letters say."""
_NO_SUBJECT = "opening: contrary, no subject"
_PASSING_NAMES = 6
"""A text that names its subject surely no more often, and not at all in title and lead, names it in passing."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything a verdict rests on."""

    features: dict[str, float]
    title_hits: list[Hit]
    """(start, end, term number), as all hits."""
    text_hits: list[Hit]
    fired: dict[str, int]
    """Combination to the number of passages it fired in, title included."""
    title_fired: tuple[str, ...]
    lead_fired: tuple[str, ...]
    folded: tuple[Folded, Folded]
    """Title and text, folded."""
    first_fired: dict[str, Passage] = field(default_factory=dict)
    """Combination to the passage it fired in first."""


def collect_evidence(
    title: str, text: str, language: str, rules: Rules, *, thorough: bool = False
) -> Evidence:
    """Hits, combinations and features of one article.

    A text that never names its subject surely, or only in passing, too seldom ever to become a story or a near miss
    by the weights, is not read further, unless ``thorough``: weights are learnt from whole texts.
    """
    folded = fold_text(title), fold_text(text)
    spared = None if thorough else _spare(title, text, folded, language, rules)
    if spared is not None:
        return spared
    title_hits = find_hits(title, folded[0], rules, language, "evidence")
    text_hits = find_hits(text, folded[1], rules, language, "evidence", context=title)
    masks = rules.masks
    title_mask = text_mask = 0
    for _, _, term in title_hits:
        title_mask |= masks[term]
    for _, _, term in text_hits:
        text_mask |= masks[term]
    told = title_mask | text_mask
    if not (told & rules.named_bits if thorough else rules.joins(told)):
        return Evidence({}, title_hits, text_hits, {}, (), (), folded)
    passages, total = _passages(text, text_hits, rules.masks)
    if not (thorough or _may_tell(title_mask, passages, rules)):
        return Evidence({}, title_hits, text_hits, {}, (), (), folded)
    reading = _read((title, title_hits, title_mask), (text, text_hits), passages, total, rules)
    opening = title_mask | reading.lead_mask
    opening_grade = min(fire_plain(opening, rules).grade, reading.title_grade, reading.lead_grade)
    features: dict[str, float] = {}
    _grade_feature(features, "title", reading.title_grade)
    _grade_feature(features, "lead", reading.lead_grade)
    _grade_feature(features, "opening", opening_grade)
    weight = max(reading.total, 3)
    features["body: strong passages"] = reading.strong / weight
    features["body: medium passages"] = (reading.strong + reading.medium) / weight
    features["body: strong count"] = math.log1p(reading.strong)
    features["body: contrary passages"] = reading.contrary / weight
    if title_mask & rules.negative_bits and not title_mask & rules.angle_bits:
        features["title: contrary"] = 1.0
    if not opening & rules.subject_bits:
        features[_NO_SUBJECT] = 1.0
    elif not opening & rules.network_bits:
        features["opening: contrary, no network"] = 1.0
    # Two legs: a subject is evidence where the opening joins it with an angle (news of 5G alone is none, however
    # often it says 5G), an angle where the opening names a subject; what looks alike counts always.
    counted = rules.negative_bits
    if opening & rules.named_bits:
        counted |= rules.leaning_bits
    if opening_grade <= GRADES.index("medium"):
        counted |= rules.subject_bits
    _facet_features(features, rules, counted, (title_mask, reading.lead_mask), text_hits, len(text))
    if opening & rules.named_bits or _times_named(text_hits, rules) > _PASSING_NAMES:
        letters = len(text) + (_MORE_LETTERS * len(UNBROKEN.findall(text)) if folded[1].attached else 0)
        _variety_features(features, rules, (title_hits, text_hits), letters)
    return Evidence(
        features,
        title_hits,
        text_hits,
        reading.fired,
        reading.title_fired,
        tuple(reading.lead_fired),
        folded,
        reading.first_fired,
    )


def _may_tell(title_mask: int, passages: Sequence[Passage], rules: Rules) -> bool:
    """Whether one sentence tells a story by itself, or title and lead do together under a title about the subject.

    The headline, the lead or much of the text is about it, or there is no story: what this asks for is the least of it.
    It is also what the gates in front of the extractor bound (`fivegwatch.extractors.gates.gates`).
    """
    if any(rules.tells(passage.mask) for passage in passages):
        return True
    opening = title_mask
    for passage in passages:
        if passage.place == "lead":
            opening |= passage.mask
    return rules.headlines(title_mask) and rules.joins(opening)


def _spare(
    title: str, text: str, folded: tuple[Folded, Folded], language: str, rules: Rules
) -> Evidence | None:
    """The evidence of a text that need not be read further, or None.

    Two-legged rule: a sure subject and a reason to tell of it meet in one sentence, or there is no story. Nearly all
    the world's news ends here for want of a subject, so the scan for subjects decides the speed.
    """
    if rules.scanner(language, folded[0].attached, "subjects").scan(folded[0].text):
        return None
    subjects = rules.scanner(language, folded[1].attached, "subjects").scan(folded[1].text)
    if not subjects:
        return Evidence({}, [], [], {}, (), (), folded)
    if not _is_passing(text, folded, subjects, language, rules):
        return None
    shown = subjects[:_PASSING_SHOWN]
    mentions = find_hits(text, folded[1], rules, language, "subjects", context=title, raw=shown)
    return Evidence({_NO_SUBJECT: 1.0}, [], mentions, {}, (), (), folded)


def _is_passing(
    text: str,
    folded: tuple[Folded, Folded],
    subjects: Sequence[Hit],
    language: str,
    rules: Rules,
) -> bool:
    """Whether so few subjects, all behind the lead, cannot bring the text near the threshold whatever joins them."""
    ends = _sentence_ends(text[: 4 * LEAD_CHARS])
    behind = bisect_right(ends, LEAD_CHARS)
    if behind == len(ends) or folded[1].original_span(subjects[0][0], subjects[0][0] + 1)[0] < ends[behind]:
        return False
    # Nor may the opening name one weakly, or rules could fire there.
    for opening in (folded[0], fold_text(text[: ends[behind]])):
        hits = rules.scanner(language, opening.attached, "evidence").scan(opening.text)
        if any(rules.masks[term] & rules.named_bits for _, _, term in hits):
            return False
    count, reached = 0, 0
    for start, minus_end, _ in subjects:
        if start >= reached:
            count += 1
            reached = -minus_end
    if count > _PASSING_NAMES:
        return False
    weights = rules.weights
    share = min(1.0, count / max(len(text) // _PASSAGE_CHARS, 3))
    most = (
        weights.get("base", 0.0)
        + weights.get(_NO_SUBJECT, 0.0)
        + weights.get("body: strong count", 0.0) * math.log1p(count)
        + (weights.get("body: strong passages", 0.0) + weights.get("body: medium passages", 0.0)) * share
    )
    return most < rules.threshold - rules.near_miss


@dataclass(slots=True)
class _Reading:
    """What the passages of an article say."""

    total: int
    """Passages of the text, with evidence or without."""
    title_fired: tuple[str, ...] = ()
    title_grade: int = NO_GRADE
    lead_mask: int = 0
    lead_grade: int = NO_GRADE
    lead_fired: dict[str, None] = field(default_factory=dict)
    fired: dict[str, int] = field(default_factory=dict)
    """Passages each combination fired in, title included."""
    first_fired: dict[str, Passage] = field(default_factory=dict)
    strong: int = 0
    medium: int = 0
    contrary: int = 0
    """Passages of what looks alike, without an angle."""


def _read(
    title: tuple[str, Sequence[Hit], int],
    text: tuple[str, Sequence[Hit]],
    passages: list[Passage],
    total: int,
    rules: Rules,
) -> _Reading:
    reading = _Reading(total)
    against, on_topic = rules.negative_bits, rules.angle_bits
    everything = [Passage("title", 0, title[2], 0, len(title[1])), *passages]
    places = fire(everything, {"title": title[:2], "lead": text, "body": text}, total, rules)
    for passage, fired in zip(everything, places, strict=True):
        for name in fired.rules:
            reading.fired[name] = reading.fired.get(name, 0) + 1
            reading.first_fired.setdefault(name, passage)
        if passage.place == "title":
            reading.title_fired, reading.title_grade = fired.rules, fired.grade
            continue
        mask = passage.mask
        reading.strong += fired.grade == 0
        reading.medium += fired.grade == 1
        reading.contrary += bool(mask & against and not mask & on_topic)
        if passage.place == "lead":
            reading.lead_mask |= mask
            reading.lead_fired.update(dict.fromkeys(fired.rules))
            reading.lead_grade = min(reading.lead_grade, fired.grade)
    return reading


def _grade_feature(features: dict[str, float], place: str, grade: int) -> None:
    for name in GRADES[grade:]:
        features[f"{place}: {name} rule"] = 1.0


def _passages(text: str, hits: Sequence[Hit], masks: tuple[int, ...]) -> tuple[list[Passage], int]:
    """Passages with hits, and how many passages there are."""
    ends = _sentence_ends(text)
    lead = bisect_right(ends, LEAD_CHARS) + 1
    passages: list[Passage] = []
    position, limit, mask, number, first = 0, -1, 0, -1, 0
    count = len(ends)
    for i, (start, _, term) in enumerate(hits):
        bits = masks[term]
        if not bits:
            continue
        if start >= limit:
            if mask:
                passages.append(Passage("lead" if number < lead else "body", number, mask, first, i))
            mask, first = 0, i
            position = bisect_right(ends, start, position)
            begin = ends[position - 1] if position else 0
            stop = ends[position] if position < count else len(text)
            # A text without full stops must not become one passage.
            limit = stop if stop - begin <= 2 * _PASSAGE_CHARS else min(stop, start + _PASSAGE_CHARS)
            number = position
        mask |= bits
    if mask:
        passages.append(Passage("lead" if number < lead else "body", number, mask, first, len(hits)))
    return passages, max(count + 1, len(text) // _PASSAGE_CHARS)


def _sentence_ends(text: str) -> list[int]:
    """Offsets where the next sentence begins."""
    for end, marked in _ENDS if text.isascii() else (*_ENDS, *_FOREIGN_ENDS):
        text = text.replace(end, marked)
    ends = list(accumulate(len(sentence) + 1 for sentence in text.split(_MARK)))
    ends.pop()
    return ends


def _facet_features(
    features: dict[str, float],
    rules: Rules,
    counted: int,
    opening: tuple[int, int],
    hits: Sequence[Hit],
    length: int,
) -> None:
    """Presence of each counted facet in title and lead; its density in the text: log of strong hits a 1,000 chars."""
    title_mask, lead_mask = opening
    masks = rules.masks
    scale = length / 1000 + _SHORTEST_SCALE
    counts = Counter([masks[term] for _, _, term in hits])
    seen = 0
    for mask in (title_mask, lead_mask, *counts):
        seen |= mask
    for bit, name in rules.scored_bits:
        strong = bit << 1
        if not strong & counted & seen:
            continue
        if title_mask & strong:
            features[f"title: {name}"] = 1.0
        if lead_mask & strong:
            features[f"lead: {name}"] = 1.0
        found = counts.get(bit | strong, 0)
        if found:
            features[f"text: {name}"] = math.log1p(found / scale)


def _times_named(hits: Sequence[Hit], rules: Rules) -> int:
    """How often the subject is named surely; names inside one another count once."""
    masks, sure = rules.masks, rules.subject_bits
    count, reached = 0, 0
    for start, end, term in hits:
        if start >= reached and masks[term] & sure:
            count += 1
            reached = end
    return count


def _variety_features(
    features: dict[str, float], rules: Rules, hits: tuple[Sequence[Hit], Sequence[Hit]], letters: float
) -> None:
    """How many different terms of subjects and of dangers there are, weak ones too: log of terms a 1,000 letters.

    A story told in words of its own has no sentence that says it all, but many words that lean one way.
    """
    masks = [rules.masks[term] for term in {term for field in hits for _, _, term in field}]
    scale = letters / 1000 + _SHORTEST_SCALE
    for name, bits in (("subjects", rules.named_bits), ("dangers", rules.danger_bits)):
        features[f"body: different {name}"] = math.log1p(len([1 for mask in masks if mask & bits]) / scale)
