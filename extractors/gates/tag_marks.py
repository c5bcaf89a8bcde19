"""Two versions of a text with marks for tags: each run of tags as a blank, or as nothing.

Offsets map back to the original: exactly for the first version, within bounds for the second.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from fivegwatch.extractors.gates.stripping import BREAK, GLUE
from fivegwatch.extractors.native import compiled

_MARKS = re.compile(f"[ ^{GLUE}{BREAK}]*[{GLUE}{BREAK}][ ^{GLUE}{BREAK}]*")
_APART_MARKS = f" {BREAK}"
_AROUND = 100
"""Characters around a joined word; more than any term has."""
_APART = " . "

Spaced = tuple[str, tuple[int, ...], tuple[int, ...]]


def spaced(text: str) -> Spaced:
    """``text`` with one blank for each run of tags; the offsets of its pieces in the result, and in ``text``."""
    return compiled.spaced(text) if compiled else spaced_by_patterns(text)


def spaced_by_patterns(text: str) -> Spaced:
    """Pure-Python twin of ``native.spaced``, used without a compiler."""
    pieces: list[str] = []
    places: list[int] = []
    origins: list[int] = []
    length = at = 0
    for found in _MARKS.finditer(text):
        pieces.append(text[at : found.start()])
        places.append(length)
        origins.append(at)
        length += found.start() - at + 1
        at = found.end()
    pieces.append(text[at:])
    return " ".join(pieces), (*places, length), (*origins, at)


@dataclass(frozen=True, slots=True)
class Glued:
    """The surroundings of all tags inside words, with these tags removed."""

    text: str
    places: tuple[int, ...]
    """The offset of each span in ``text``."""
    spans: tuple[tuple[int, int], ...]
    """Start and end of each span in the original."""

    def origins(self, at: int) -> tuple[int, int]:
        """The least and the greatest offset in the original of the character at ``at``."""
        number = bisect_right(self.places, at) - 1
        begin, end = self.spans[number]
        least = begin + at - self.places[number]
        return least, max(least, end - (self.end(number) - at))

    def end(self, number: int) -> int:
        """The end of a span in ``text``."""
        return self.places[number + 1] - len(_APART) if number + 1 < len(self.places) else len(self.text)


def glued(text: str) -> Glued:
    """The surroundings of every tag inside a word, without that tag."""
    spans: list[tuple[int, int]] = []
    for place, end in _joints(text):
        begin, end = max(0, place - _AROUND), min(len(text), end + _AROUND)
        if spans and begin <= spans[-1][1]:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((begin, end))
    pieces: list[str] = []
    places: list[int] = []
    length = 0
    for begin, end in spans:
        piece = _MARKS.sub(" ", text[begin:end].replace(GLUE, ""))
        pieces.append(piece)
        places.append(length)
        length += len(piece) + len(_APART)
    return Glued(_APART.join(pieces), tuple(places), tuple(spans))


def _joints(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of every run of ``GLUE`` inside a word."""
    place = text.find(GLUE)
    while place >= 0:
        end = place + 1
        while text.startswith(GLUE, end):
            end += 1
        if (
            place
            and text[place - 1] not in _APART_MARKS
            and end < len(text)
            and text[end] not in _APART_MARKS
        ):
            yield place, end
        place = text.find(GLUE, end)
