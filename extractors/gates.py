"""Two gates in front of the extractor, derived from the rules: upper bounds of the judge that cost little to compute.

A page may only be stopped when no text drawn from it could be kept or be a near miss. The judge keeps nothing in which
no sentence (nor the title) joins a sure subject with a reason (``Rules.joins``), so:

``scan``  no sure subject in anything the page says, in any language;
``text``  no reason within a sentence's reach of a subject, in any one set of term files a text can be judged by.

Guards that look at neighbours are not asked: an extractor may take words out in between.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable

from extractors.evidence import PASSAGE_REACH
from extractors.folding import fold_text
from extractors.matching import is_spelt
from extractors.model import Page
from extractors.rule_model import ScanFor
from extractors.rules import Rules
from extractors.visible import Reading, glued, readings

REACH = PASSAGE_REACH + 100
"""Characters between two words of one sentence, at most; some more, for folding changes lengths."""

Found = list[tuple[int, int]]
"""Offsets in a reading and term numbers."""


class Gates:
    """The gates of one set of rules. Immutable after the first page of each script (automata are built when needed)."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        listed = {frozenset(files) for files in rules.languages.values()}
        self._file_sets = {*listed, frozenset(rules.languages_of("und"))}
        """Every set of term files a text can be judged by; an empty one stands for all files."""
        masks, subject, reason = rules.masks, rules.subject_bits, rules.reason_bits
        self._is_subject = [bool(mask & subject) for mask in masks]
        self._is_reason = [bool(mask & reason) for mask in masks]

    def stopped_by(self, page: Page, *, announced: str = "") -> str:
        """``scan`` or ``text``, the gate that stops ``page``; empty when it passes and must be extracted.

        ``announced`` is what a feed said of it (title, summary, content), which may become part of the article.
        """
        found = [
            (reading, hits)
            for reading in readings(page, announced)
            if (hits := self._find(reading, "subjects"))
        ]
        if not found:
            return "scan"
        return "" if any(self._meet(reading, hits) for reading, hits in found) else "text"

    def _find(self, reading: Reading, part: ScanFor) -> Found:
        """Hits of all files' terms, tags read as blanks and as nothing."""
        hits = self._hits(reading.text, part)
        starts, joined = glued(reading.text)
        if starts:
            near = self._hits(joined.text, part)
            hits += [(starts[bisect_right(joined.places, at) - 1], term) for at, term in near]
        return hits

    def _hits(self, text: str, part: ScanFor) -> Found:
        rules = self._rules
        folded = fold_text(text)
        hits: Found = []
        for start, minus_end, number in rules.scanner("", folded.attached, part).scan(folded.text):
            begin, end = folded.original_span(start, -minus_end)
            if rules.guarded[number]:
                term = rules.terms[number]
                if not term.regex and not is_spelt(text[begin:end], term):
                    continue
            hits.append((begin, number))
        return hits

    def _meet(self, reading: Reading, subjects: Found) -> bool:
        """Whether subject and reason stand within reach of each other, in one set of files."""
        if any(self._is_reason[number] for _, number in subjects):
            return True
        for begin, end in _stretches(at for at, _ in subjects):
            near = self._find(Reading(reading.text[begin:end]), "evidence")
            reasons = [(begin + at, number) for at, number in near if self._is_reason[number]]
            inside = [(at, number) for at, number in subjects if begin <= at < end]
            if reasons and any(self._join(files, inside, reasons) for files in self._file_sets):
                return True
        return False

    def _join(self, files: frozenset[str], subjects: Found, reasons: Found) -> bool:
        places = sorted(at for at, number in reasons if self._applies(number, files))
        for at, number in subjects:
            if self._applies(number, files):
                nearest = bisect_left(places, at - REACH)
                if nearest < len(places) and places[nearest] <= at + REACH:
                    return True
        return False

    def _applies(self, number: int, files: frozenset[str]) -> bool:
        language = self._rules.terms[number].language
        return not language or not files or language in files


def _stretches(places: Iterable[int]) -> list[tuple[int, int]]:
    """The text within reach of the places, overlaps joined."""
    found: list[tuple[int, int]] = []
    for at in sorted(places):
        begin, end = max(0, at - REACH - 100), at + REACH + 100
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], end)
        else:
            found.append((begin, end))
    return found
