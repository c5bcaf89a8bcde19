"""Spare the extractor the pages that cannot be kept: two upper bounds of the judge, derived from the rules.

A page may only be stopped when no text drawn from it could reach the near-miss line. So everything a page holds is
looked at (visible text, attributes, scripts, JSON-LD), guards are not asked, and each feature is given the best
value it could take. First bound: no story without a subject (``Rules.subject_bits``). Second: all evidence found
anywhere in the page is thought of as standing in title and lead, and everything that speaks against it as cut away.
"""

from __future__ import annotations

import html
import math
import re
from collections import Counter
from collections.abc import Iterator

from extractors.evidence import best_features
from extractors.folding import fold_text
from extractors.rules import Rules

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# A quoted attribute may hold ">"; when its quotes do not close, the nearest ">" ends the tag after all.
_TAG = re.compile(r"""<(?:[^<>"']|"[^"]*"|'[^']*')*>|<[^<>]*>""")
_ESCAPE = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")


def may_be_relevant(page: str, rules: Rules, *, announced: str = "") -> bool:
    """Whether an article drawn from the decoded ``page`` could be kept or be a near miss.

    ``announced`` is what a feed said of it (title, summary, content), which may become part of the article.
    True for every page the judge would keep; false only when that is impossible.
    """
    counts: Counter[int] = Counter()
    readings = [fold_text(reading) for reading in _readings(page, announced)]
    if not any(rules.scanner("", reading.attached, "subjects").scan(reading.text) for reading in readings):
        return False
    masks = rules.masks
    # Summed over the readings: a text may take one word from this one, another from that.
    for reading in readings:
        hits = rules.scanner("", reading.attached, "evidence").scan(reading.text)
        counts.update(masks[term] for _, _, term in hits)
    return upper_bound(counts, rules) >= rules.threshold - rules.near_miss


def upper_bound(counts: Counter[int], rules: Rules) -> float:
    """The highest score any arrangement of that many hits of each facet mask could reach."""
    weights = rules.weights
    features = best_features(counts, rules)
    return weights.get("base", 0.0) + math.fsum(
        max(0.0, weights.get(name, 0.0)) * value for name, value in features.items()
    )


def _readings(page: str, announced: str) -> Iterator[str]:
    """The page as text in the ways an extractor may read it: tags as breaks, tags as nothing, attributes included."""
    text = f"{announced} \n {page}"
    if "\\u" in text:
        text = _ESCAPE.sub(_decode_escapes, text)
    if "&" in text:
        text = html.unescape(html.unescape(text))
    yield _squeeze(text)
    if "<" in text:
        bare = _COMMENT.sub("", text)
        yield _squeeze(_TAG.sub(" ", bare))
        yield _squeeze(_TAG.sub("", bare))


def _decode_escapes(match: re.Match[str]) -> str:
    units = bytes.fromhex(match.group().replace("\\u", ""))
    return units.decode("utf-16-be", "replace")


def _squeeze(text: str) -> str:
    return " ".join(text.split())
