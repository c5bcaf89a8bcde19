"""The first look at a page: which subjects anything it says may name, and what stands around them. Most end here.

An upper bound of looking closely at ``visible.readings``: the same texts, all of them in one, read by tables and
arrays instead of letter by letter, tags and full stops overlooked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from extractors.folding import Folded, fold_text
from extractors.matching import is_spelt
from extractors.quick_fold import QuickFolded, quick_fold
from extractors.rule_model import ScanFor
from extractors.rules import Rules
from extractors.stripping import GLUE
from extractors.visible import Reading, glued

_APART = " . "
"""Between texts. Terms that straddle it would be found for nothing, not missed."""

Found = list[tuple[int, int]]
"""Offsets in a text and term numbers."""


@dataclass(frozen=True)
class Look:
    """What a page says, in one."""

    told: str
    """As it says it, tags read as blanks and as nothing."""
    folded: QuickFolded | Folded
    subjects: Found
    """Offsets in ``folded.text`` of what may name a subject, in any language."""

    def quote(self, start: int, end: int) -> str:
        """What ``told`` has for a stretch of the folded text."""
        if isinstance(self.folded, Folded):
            begin, stop = self.folded.original_span(start, end)
            return self.told[begin:stop]
        origins = self.folded.origins
        return self.told[int(origins[start]) : int(origins[end - 1]) + 1]


class QuickScan:
    """For one set of rules."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def look(self, told: Iterable[Reading]) -> Look:
        """All that may name a sure subject; what is not among it names none."""
        text = _APART.join(form for reading in told for form in _both(reading.text))
        look = Look(told=text, folded=quick_fold(text) or fold_text(text), subjects=[])
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


def _both(text: str) -> Iterator[str]:
    """A text with its tags read as blanks, and what is glued together where they are nothing."""
    yield text  # its marks fold to blanks
    if GLUE in text:
        yield glued(text)[1].text
