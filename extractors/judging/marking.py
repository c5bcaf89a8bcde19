"""Cuts a text into pieces, each with the rules that matched it; `explain` highlights them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fivegwatch.extractors.model import Field, Match


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a text; ``rules`` is empty where nothing matched."""

    text: str
    rules: tuple[str, ...] = ()


def cut(text: str, matches: Iterable[Match], field: Field) -> tuple[Piece, ...]:
    """The whole field as pieces, in order; where matches overlap, a piece names every rule that matched it.

    The texts of the pieces joined are ``text``. Matches outside it are left out.
    """
    fitting = [m for m in matches if m.field == field and 0 <= m.start < m.end <= len(text)]
    borders = sorted({0, len(text), *(m.start for m in fitting), *(m.end for m in fitting)})
    pieces = []
    for start, end in itertools.pairwise(borders):
        rules = tuple(sorted({m.rule for m in fitting if m.start <= start and end <= m.end}))
        pieces.append(Piece(text=text[start:end], rules=rules))
    return tuple(pieces)


def excerpts(pieces: Iterable[Piece], *, around: int = 90) -> Iterator[tuple[Piece, ...]]:
    """Runs of matched pieces, with at most ``around`` characters of the text before and after."""
    current: list[Piece] = []
    before = Piece(text="")
    for piece in pieces:
        if piece.rules:
            if not current and before.text:
                current.append(Piece(text=_tail(before.text, around)))
            current.append(piece)
        elif current and len(piece.text) > 2 * around:
            yield (*current, Piece(text=_head(piece.text, around)))
            current, before = [], piece
        elif current:
            current.append(piece)
        else:
            before = piece
    if current:
        yield tuple(current)


def _head(text: str, around: int) -> str:
    return text if len(text) <= around else text[:around] + "…"


def _tail(text: str, around: int) -> str:
    return text if len(text) <= around else "…" + text[-around:]
