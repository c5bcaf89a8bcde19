"""Expressions that set one body of texts apart from another: log-odds with an informative Dirichlet prior.

For expression w with counts a and b in the two bodies (sizes A and B) and prior counts p (their sum P), taken from
both bodies together:

    delta = log((a + p) / (A + P - a - p)) - log((b + p) / (B + P - b - p))
    z     = delta / sqrt(1 / (a + p) + 1 / (b + p))

The prior pulls rare expressions towards no difference, so neither rare nor common ones crowd the top.

Standard: Monroe, Colaresi and Quinn (2008), "Fightin' Words: Lexical Feature Selection and Evaluation for Identifying
the Content of Political Conflict", Political Analysis 16(4), 372-403, equations 15, 16, 20 and 22.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from fivegwatch.extractors.text.folding import fold_text
from fivegwatch.extractors.text.scripts import UNSPACED

LONGEST_WORDS = 3
UNBROKEN_CHARS = (2, 3, 4)
"""Lengths in characters of expressions in scripts without spaces."""
PRIOR_SHARE = 0.1
"""The prior counts as much as this share of both bodies; the greater it is, the more texts an expression must be in."""
# Korean is left out: its particles are attached, but whole words and pairs of words are good expressions.
_UNSPACED = re.compile(f"[{UNSPACED}]+")
_COMMON_SHARE = 0.15
"""A word in more than this share of the second body's texts is a function word: no expression begins or ends with
it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyness:
    """One expression, and how much it sets the first body of texts apart from the second."""

    expression: str
    """The expression, folded."""
    z: float
    """How many standard deviations the difference is from zero; positive if the expression is more frequent in the
    first body."""
    first: int
    """Number of texts in the first body that have the expression."""
    second: int
    """Number of texts in the second body that have the expression."""


def expressions(text: str) -> frozenset[str]:
    """The word n-grams of a text (1 to 3 words), and 2 to 4 characters in scripts without spaces; folded."""
    grams: set[str] = set()
    # No expression reaches over the end of a clause.
    for clause in re.split(
        r"[.!?;:,()\"\u201c\u201d\u00ab\u00bb\n\u3001\u3002\uff0c\uff01\uff1f\uff1b]+", text
    ):
        words: list[str] = []
        for word in fold_text(clause).text.split():
            pieces = _UNSPACED.findall(word)
            if pieces:
                grams.update(_windows(words))
                words = []
                for piece in pieces:
                    grams.update(piece[i : i + n] for n in UNBROKEN_CHARS for i in range(len(piece) - n + 1))
            else:
                words.append(word)
        grams.update(_windows(words))
    return frozenset(grams)


def _windows(words: list[str]) -> Iterator[str]:
    for size in range(1, LONGEST_WORDS + 1):
        for start in range(len(words) - size + 1):
            window = words[start : start + size]
            if len(window[0]) > 1 and len(window[-1]) > 1 and not all(word.isdigit() for word in window):
                yield " ".join(window)


def count_texts(texts: Iterable[str]) -> tuple[Counter[str], int]:
    """Expression to the number of ``texts`` that have it; and the number of all texts. A text counts an expression
    once."""
    counts: Counter[str] = Counter()
    number = 0
    for text in texts:
        counts.update(expressions(text))
        number += 1
    return counts, number


def log_odds(first: Mapping[str, int], second: Mapping[str, int], *, least: int = 3) -> list[Keyness]:
    """The expressions of the first body of texts, those that mark it most against the second (highest ``z``) first.

    ``first`` and ``second`` map each expression to the number of texts that have it (`count_texts`). Expressions in
    fewer than ``least`` texts of the first body are left out. ``z`` is the log odds ratio in units of its standard
    error (Monroe et al. 2008).
    """
    total_first, total_second = sum(first.values()), sum(second.values())
    both = total_first + total_second
    prior_total = PRIOR_SHARE * both
    ranked = []
    for expression, a in first.items():
        if a < least:
            continue
        b = second.get(expression, 0)
        prior = prior_total * (a + b) / both
        delta = math.log((a + prior) / (total_first + prior_total - a - prior))
        delta -= math.log((b + prior) / (total_second + prior_total - b - prior))
        z = delta / math.sqrt(1 / (a + prior) + 1 / (b + prior))
        ranked.append(Keyness(expression=expression, z=z, first=a, second=b))
    ranked.sort(key=lambda item: (-item.z, -len(item.expression), item.expression))
    return ranked


def without_function_words(ranked: Iterable[Keyness], common: frozenset[str]) -> Iterator[Keyness]:
    """The expressions that neither begin nor end with a function word."""
    for item in ranked:
        words = item.expression.split()
        if words[0] not in common and words[-1] not in common:
            yield item


def function_words(second: Mapping[str, int], texts: int) -> frozenset[str]:
    """Words in so many of the ``texts`` that they distinguish none; ``second`` maps each expression to the number of
    texts that have it."""
    return frozenset(w for w, n in second.items() if " " not in w and n > max(2, _COMMON_SHARE * texts))


def without_parts(ranked: Iterable[Keyness]) -> list[Keyness]:
    """``ranked`` without expressions that are nearly always part of a longer one, as "salt" is of "salt typhoon"."""
    items = list(ranked)
    longer: dict[str, int] = {}
    for item in items:
        for part in _parts(item.expression):
            longer[part] = max(longer.get(part, 0), item.first)
    return [item for item in items if longer.get(item.expression, 0) < 0.8 * item.first]


def _parts(expression: str) -> Iterator[str]:
    words = expression.split()
    if len(words) > 1:
        for size in range(1, len(words)):
            for start in range(len(words) - size + 1):
                yield " ".join(words[start : start + size])
    elif _UNSPACED.search(expression):
        for size in range(1, len(expression)):
            for start in range(len(expression) - size + 1):
                yield expression[start : start + size]
