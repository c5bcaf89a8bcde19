"""Spare the extractor the pages that cannot be kept: two upper bounds of the judge, derived from the rules.

A page may only be stopped when no text drawn from it could reach the near-miss line. So everything a page holds is
looked at (visible text, attributes, scripts, JSON-LD), guards are not asked, and each feature is given the best
value it could take. First bound: no story without a subject (``Rules.gate_bits``). Second: all evidence found
anywhere in the page is thought of as standing in title and lead, and everything that speaks against it as cut away.
"""

from __future__ import annotations

import html
import math
import re
from collections import Counter
from collections.abc import Iterator

from extractors.evidence import best_features
from extractors.folding import Folded, fold_text
from extractors.rule_model import ScanFor
from extractors.rules import Rules
from extractors.scanning import Scanner

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
# A quoted attribute may hold ">"; when its quotes do not close, the nearest ">" ends the tag after all.
_TAG = re.compile(r"""<(?:[^<>"']|"[^"]*"|'[^']*')*>|<[^<>]*>""")
_TELLING_TAG = re.compile(r"<[mM][eE][tT][aA]\b[^>]*>?|<[^<>]{200,}>?")
_ESCAPE = re.compile(r"(?:\\u[0-9a-fA-F]{4})+")


def may_be_relevant(page: str, rules: Rules, *, announced: str = "") -> bool:
    """Whether an article drawn from the decoded ``page`` could be kept or be a near miss.

    ``announced`` is what a feed said of it (title, summary, content), which may become part of the article.
    True for every page the judge would keep; false only when that is impossible.
    """
    readings = [fold_text(reading) for reading in _readings(page, announced)]
    if not any(_scanner(rules, reading, "subjects").scan(reading.text) for reading in readings):
        return False
    line = rules.threshold - rules.near_miss
    rough: Counter[int] = Counter()
    for reading in readings:
        rough.update(_scanner(rules, reading, "evidence").count_at_most(reading.text))
    if upper_bound(_by_mask(rough, rules), rules) < line:
        return False
    # Summed over the readings: a text may take one word from this one, another from that.
    counts: Counter[int] = Counter()
    for reading in readings:
        counts.update(term for _, _, term in _scanner(rules, reading, "evidence").scan(reading.text))
    return upper_bound(_by_mask(counts, rules), rules) >= line


def _scanner(rules: Rules, reading: Folded, part: ScanFor) -> Scanner:
    """All languages' terms: which one the article will be judged in is not known yet."""
    return rules.scanner("", reading.attached, part)


def _by_mask(terms: Counter[int], rules: Rules) -> Counter[int]:
    counts: Counter[int] = Counter()
    for term, count in terms.items():
        counts[rules.masks[term]] += count
    return counts


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
    if "<" not in text:
        yield _squeeze(text)
        return
    # Attributes an extractor may read: those of meta elements, and data embedded in long tags.
    yield _squeeze(" ".join(_TELLING_TAG.findall(text)))
    bare = _COMMENT.sub("", text)
    pieces = _TAG.split(bare)
    yield _squeeze(" ".join(pieces))
    yield _squeeze("".join(pieces))


def _decode_escapes(match: re.Match[str]) -> str:
    units = bytes.fromhex(match.group().replace("\\u", ""))
    return units.decode("utf-16-be", "replace")


def _squeeze(text: str) -> str:
    return " ".join(text.split())
