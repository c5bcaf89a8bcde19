"""The first look at a page: which subjects anything it says may name, and what stands around them. Most end here.

An upper bound of looking closely at ``visible.readings``: the same texts, all of them in one, read by tables and
arrays instead of letter by letter, tags and full stops overlooked.
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
"""Between texts. Terms that straddle it would be found for nothing, not missed."""

Found = list[tuple[int, int]]
"""Offsets in a text and term numbers."""


@dataclass(frozen=True)
class Look:
    """What a page says, in one."""

    told: str
    """As it says it, tags read as blanks; behind each text what is glued together where they are nothing."""
    folded: QuickFolded | Folded
    subjects: Found
    """Offsets in ``folded.text`` of what may name a subject, in any language."""
    joined: tuple[tuple[int, int, Glued], ...] = ()
    """What was glued together: where it begins in ``told``, and where the text does that it is made of."""

    def quote(self, start: int, end: int) -> str:
        """What ``told`` has for a stretch of the folded text."""
        if isinstance(self.folded, Folded):
            begin, stop = self.folded.original_span(start, end)
            return self.told[begin:stop]
        origins = self.folded.origins
        return self.told[int(origins[start]) : int(origins[end - 1]) + 1]

    def places(self, at: int) -> tuple[int, ...]:
        """Where in the folded text an offset may stand when what was glued together is put back into its place."""
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
        """Stretches of the folded text: within ``reach`` of ``places``, and what was glued together of words there."""
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
    """Sorted, those that overlap joined."""
    found: list[tuple[int, int]] = []
    for begin, end in sorted(stretches):
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found


class QuickScan:
    """For one set of rules."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def look(self, told: Iterable[Reading]) -> Look:
        """All that may name a sure subject; what is not among it names none."""
        forms: list[str] = []
        joined: list[tuple[int, int, Glued]] = []
        length = 0
        for reading in told:
            base, length = length, length + len(reading.text) + len(_APART)
            forms.append(reading.text)  # its marks fold to blanks
            if GLUE in reading.text and (together := glued(reading.text)).text:
                joined.append((length, base, together))
                forms.append(together.text)
                length += len(together.text) + len(_APART)
        text = _APART.join(forms)
        look = Look(told=text, folded=quick_fold(text) or fold_text(text), subjects=[], joined=tuple(joined))
        look.subjects.extend(self.hits(look, 0, len(look.folded.text), "subjects"))
        return look

    def hits(self, look: Look, begin: int, end: int, part: ScanFor) -> Iterator[tuple[int, int]]:
        """Terms of all languages in a stretch of the folded text, and offsets there."""
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
