"""Divides a text into paragraphs and pieces, so that the passages that rules matched can be marked; and makes an
excerpt.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from fivegwatch.desk.reads.story import Passage

EXCERPT_CHARS = 600
"""Maximum length of an excerpt in characters: it is a quotation, not the article."""
_AROUND = 110
"""Number of characters that an excerpt shows before and after a passage."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of a text, either matched by rules or between two matches."""

    text: str
    facets: tuple[str, ...] = ()
    """Facets of the watchlist for which the piece is evidence; empty for a piece that no rule matched."""
    rules: tuple[str, ...] = ()


Paragraph = tuple[Piece, ...]


def paragraphs(text: str, passages: Iterable[Passage]) -> tuple[Paragraph, ...]:
    """The paragraphs of ``text`` (one on each line), each divided into pieces at the ``passages`` of the text."""
    marks = _merged(passages, len(text))
    cut: list[Paragraph] = []
    start = 0
    for line in text.split("\n"):
        end = start + len(line)
        if line.strip():
            cut.append(_cut(text, start, end, marks))
        start = end + 1
    return tuple(cut)


def excerpt(text: str, passages: Iterable[Passage]) -> tuple[Paragraph, ...]:
    """An excerpt of at most EXCERPT_CHARS characters: ``text`` around its first ``passages``; without any, its
    beginning.
    """
    marks = _merged(passages, len(text))
    windows: list[tuple[int, int]] = []
    budget = EXCERPT_CHARS
    for mark in marks or (_Mark(0, 0),):
        start, end = max(0, mark.start - _AROUND), min(len(text), mark.end + _AROUND)
        if windows and start <= windows[-1][1]:
            start = windows[-1][1]
        end = min(end, start + budget)
        if end <= start:
            continue
        budget -= end - start
        if windows and windows[-1][1] == start:
            windows[-1] = (windows[-1][0], end)
        else:
            windows.append((start, end))
    return tuple(
        (
            *((Piece(text="… "),) if start else ()),
            *_cut(text, start, end, marks),
            *((Piece(text=" …"),) if end < len(text) else ()),
        )
        for start, end in windows
    )


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    passages: tuple[Passage, ...] = ()


def _merged(passages: Iterable[Passage], length: int) -> list[_Mark]:
    """The passages in order, overlapping ones merged into one; offsets beyond the end of the text are cut off."""
    marks: list[_Mark] = []
    for one in sorted(passages, key=lambda one: (one.start, one.end)):
        start, end = max(0, one.start), min(one.end, length)
        if end <= start:
            continue
        if marks and start < marks[-1].end:
            last = marks[-1]
            marks[-1] = _Mark(last.start, max(end, last.end), (*last.passages, one))
        else:
            marks.append(_Mark(start, end, (one,)))
    return marks


def _cut(text: str, start: int, end: int, marks: Sequence[_Mark]) -> Paragraph:
    pieces: list[Piece] = []
    at = start
    for mark in marks:
        first, last = max(mark.start, start), min(mark.end, end)
        if first >= last:
            continue
        if at < first:
            pieces.append(Piece(text=text[at:first]))
        pieces.append(
            Piece(
                text=text[first:last],
                facets=tuple(dict.fromkeys(one.facet for one in mark.passages)),
                rules=tuple(dict.fromkeys(one.rule for one in mark.passages)),
            )
        )
        at = last
    if at < end:
        pieces.append(Piece(text=text[at:end]))
    return tuple(pieces)
