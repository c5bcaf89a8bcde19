"""Passages of a text (its sentences) and of its title, each with the facets of the terms in it.

The lead is the sentences that begin in the first 300 characters; all other sentences are the body.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from fivegwatch.extractors.judging.matching import Hit
from fivegwatch.extractors.native import compiled
from fivegwatch.extractors.watchlist.model import Place

LEAD_CHARS = 300
"""A sentence that begins within this many first characters belongs to the lead: about the two or three sentences that
an editor reads first."""
BEGINNING_CHARS = 500
"""A sentence that begins within this many first characters belongs to the beginning, for rules within it: a story told
in everyday words takes longer to come to the point (300 characters: fewer such stories; 800: more of other news)."""
PASSAGE_CHARS = 400
"""Text without full stops is cut into passages of this length."""
PASSAGE_REACH = 2 * PASSAGE_CHARS
"""Most characters of a passage."""
# Ends of sentences; each is replaced by as many characters, of which the last is a mark. Replacing and splitting
# whole texts is five times faster than a regex, and this runs over every character judged.
_MARK = "\x00"
_ENDS = (("\n", _MARK), (". ", " " + _MARK), ("! ", " " + _MARK), ("? ", " " + _MARK), ('." ', "  " + _MARK))
_FOREIGN_ENDS = (
    (".\u201d ", "  " + _MARK), (".\u00bb ", "  " + _MARK), ("\u2026 ", " " + _MARK),
    ("\u3002", _MARK), ("\uff01", _MARK), ("\uff1f", _MARK), ("\u061f", _MARK), ("\u0964", _MARK),
)  # fmt: skip


class Passage(NamedTuple):
    """One sentence, or the title, that has hits. It is a tuple because a text has dozens and tuples are cheap to
    make."""

    place: Place
    number: int
    """Number of the sentence in the text, from 0."""
    mask: int
    """Facet bits of its hits."""
    first: int
    """Index of its first hit among the hits of its field."""
    stop: int
    """Index after its last hit."""


def cut_passages(text: str, hits: Sequence[Hit], masks: tuple[int, ...]) -> tuple[list[Passage], int]:
    """The passages with hits, in order, and the number of all passages of the text, those without hits included."""
    ends = sentence_ends(text)
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
            limit = stop if stop - begin <= PASSAGE_REACH else min(stop, start + PASSAGE_CHARS)
            number = position
        mask |= bits
    if mask:
        passages.append(Passage("lead" if number < lead else "body", number, mask, first, len(hits)))
    return passages, max(count + 1, len(text) // PASSAGE_CHARS)


def beginning_of(text: str, passages: Sequence[Passage]) -> list[Passage]:
    """Those of ``passages`` (all of an article) that belong to its title or beginning."""
    last = bisect_right(sentence_ends(text[: 2 * BEGINNING_CHARS]), BEGINNING_CHARS)
    return [passage for passage in passages if passage.number <= last]


def sentence_ends(text: str) -> list[int]:
    """Offsets (str indices) at which each sentence except the first begins."""
    return list(compiled.sentence_ends(text)) if compiled else ends_by_patterns(text)


def ends_by_patterns(text: str) -> list[int]:
    """Pure-Python twin of ``native.sentence_ends``."""
    for end, marked in _ENDS if text.isascii() else (*_ENDS, *_FOREIGN_ENDS):
        text = text.replace(end, marked)
    ends = list(accumulate(len(sentence) + 1 for sentence in text.split(_MARK)))
    ends.pop()
    return ends
