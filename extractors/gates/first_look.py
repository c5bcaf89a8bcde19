"""The first test of a page: the subjects that its texts may name, and the terms around them. Most pages end here.

An upper bound of the closer tests: all texts of the page as one, folded by tables, ignoring tags and full stops.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter

from fivegwatch.extractors.gates.page_text import Reading
from fivegwatch.extractors.gates.quick_fold import QuickFolded, quick_fold
from fivegwatch.extractors.gates.stripping import GLUE
from fivegwatch.extractors.gates.tag_marks import Glued, glued
from fivegwatch.extractors.judging.matching import is_spelt
from fivegwatch.extractors.text.folding import Folded, fold_text
from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.extractors.watchlist.model import ScanFor

_APART = " . "
"""Separator of two texts. A term that spans it is a false hit, which is harmless."""

Found = list[tuple[int, int]]
"""Hits as pairs: an offset in a text, and the number of the term."""


@dataclass(frozen=True)
class Look:
    """All texts of a page as one text, with the subjects in it."""

    told: str
    """The texts with tags as marks; after each, the words around tags inside words, with those tags removed."""
    folded: QuickFolded | Folded
    subjects: Found
    """Hits of subjects of any language; offsets in ``folded.text``."""
    joined: tuple[tuple[int, int, Glued], ...] = ()
    """For each text of joined words: its offset in ``told``, and the offset of the text it is made of."""

    def quote(self, start: int, end: int) -> str:
        """The part of ``told`` for a span of the folded text."""
        if isinstance(self.folded, Folded):
            begin, stop = self.folded.original_span(start, end)
            return self.told[begin:stop]
        origins = self.folded.origins
        return self.told[int(origins[start]) : int(origins[end - 1]) + 1]

    def places(self, at: int) -> tuple[int, ...]:
        """The offsets in the folded text of the page for ``at``, which may be an offset in joined words."""
        origin = self.folded.origin(at)
        number = bisect_right(self.joined, origin, key=itemgetter(0)) - 1
        if number < 0:
            return (at,)
        begin, base, glued = self.joined[number]
        if origin - begin >= len(glued.text):
            return (at,)
        least, most = glued.origins(origin - begin)
        return self.folded.offset_of(base + least), self.folded.offset_of(base + most)

    def around(self, places: Iterable[int], reach: int) -> list[tuple[int, int]]:
        """Spans of the folded text within ``reach`` of ``places``, and the joined words made of them."""
        folded, size = self.folded, len(self.folded.text)
        near = merged((max(0, place - reach), min(size, place + reach)) for place in places)
        told = [(folded.origin(begin), folded.origin(end - 1)) for begin, end in near]
        for start, base, pieces in self.joined:
            for number, (low, high) in enumerate(pieces.spans):
                if any(base + low <= end and begin <= base + high for begin, end in told):
                    begin, end = start + pieces.places[number], start + pieces.end(number)
                    near.append((folded.offset_of(begin), folded.offset_of(end) + 1))
        return merged(near)


def merged(stretches: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans, sorted, overlapping ones merged."""
    found: list[tuple[int, int]] = []
    for begin, end in sorted(stretches):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


class QuickScan:
    """The first test for one set of rules."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def look(self, told: Iterable[Reading]) -> Look:
        """The texts ``told`` as one text, and every hit in it that may name a subject."""
        forms: list[str] = []
        joined: list[tuple[int, int, Glued]] = []
        length = 0
        for reading in told:
            base, length = length, length + len(reading.text) + len(_APART)
            forms.append(reading.text)  # marks of tags fold to blanks
            if GLUE in reading.text and (together := glued(reading.text)).text:
                joined.append((length, base, together))
                forms.append(together.text)
                length += len(together.text) + len(_APART)
        text = _APART.join(forms)
        look = Look(told=text, folded=quick_fold(text) or fold_text(text), subjects=[], joined=tuple(joined))
        look.subjects.extend(self.hits(look, 0, len(look.folded.text), "subjects"))
        return look

    def hits(self, look: Look, begin: int, end: int, part: ScanFor) -> Iterator[tuple[int, int]]:
        """(offset, term number) of the terms of all languages in a span of the folded text."""
        rules, text = self._rules, look.folded.text
        whole = begin == 0 and end == len(text)
        shift = 0 if whole else begin - 1
        stretch = text if whole else f" {text[begin:end]} "
        for start, minus_end, number in rules.scanner("", look.folded.attached, part).scan(stretch):
            if not rules.guarded[number] or self._is_spelt(look, start + shift, shift - minus_end, number):
                yield start + shift, number

    def _is_spelt(self, look: Look, start: int, end: int, number: int) -> bool:
        term = self._rules.terms[number]
        return bool(term.regex) or is_spelt(look.quote(start, min(end, len(look.folded.text) - 1)), term)
