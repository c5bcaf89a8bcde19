"""Three gates in front of the extractor, derived from the rules: upper bounds of the judge that cost little to compute.

A page may only be stopped when no text drawn from it could be kept or be a near miss. The judge keeps nothing in which
no sentence (nor the title) joins a sure subject with a reason (``Rules.joins``), so:

``scan``  no sure subject in anything the page says, in any language;
``text``  no reason in what may be a subject's sentence, in any one set of term files a text can be judged by;
``tree``  the same in what is left when links to other stories and hidden boxes are taken out, as extraction begins.

Extractors drop elements, and keep or drop the text between two tags as a whole: so a full stop ends a sentence for sure
when no tag stands between it and the word. Guards that look at neighbours are not asked for the same reason.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from extractors.errors import ExtractionError
from extractors.evidence import PASSAGE_REACH
from extractors.folding import fold_text
from extractors.matching import is_spelt
from extractors.model import Page
from extractors.quick_scan import QuickScan
from extractors.remains import remaining_texts
from extractors.rule_model import ScanFor
from extractors.rules import Rules
from extractors.visible import BREAK, GLUE, Reading, glued, main_text, readings, shown_of, spaced

REACH = PASSAGE_REACH + 100
"""Characters between two words of one sentence, at most; some more, for folding changes lengths."""

_UNSURE = 300
# Of the marks that end a passage for the judge, those that no text can lack a reader for.
_SURE_END = re.compile(r"[.!?] |[。！？؟।]")
_TAGS = re.compile(f"[{GLUE}{BREAK}]")

Found = list[tuple[int, int]]
"""Offsets in a reading (see ``_unsure``) and term numbers."""


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
        self._quick = QuickScan(rules)

    def stopped_by(self, page: Page, *, announced: str = "") -> str:
        """``scan``, ``text`` or ``tree``, the gate that stops ``page``; empty when it passes and must be extracted.

        ``announced`` is what a feed said of it (title, summary, content), which may become part of the article.
        """
        shown = shown_of(page)
        if shown.tells_elsewhere:
            return ""
        main = main_text(shown)
        if not self._quick.may_name_subject(shown, main, announced):
            return "scan"
        found = [
            (reading, hits)
            for reading in readings(shown, main, announced)
            if (hits := self._find(reading, "subjects"))
        ]
        if not found:
            return "scan"
        met = [reading for reading, hits in found if self._meet(reading, hits)]
        if not met:
            return "text"
        # What is no title, told to machines or announced stands or falls with its surroundings.
        if any(not reading.whole for reading in met) or self._remains(page):
            return ""
        return "tree"

    def _remains(self, page: Page) -> bool:
        """Whether subject and reason still meet in what no extractor takes for surroundings."""
        try:
            left = list(remaining_texts(page))
        except ExtractionError:
            return True  # extraction has to say why
        return any(self._meet(reading, hits) for reading in left if (hits := self._find(reading, "subjects")))

    def _find(self, reading: Reading, part: ScanFor) -> Found:
        """Hits of all files' terms, tags read as blanks and as nothing."""
        text, places, origins = spaced(reading.text)
        hits: Found = []
        for at, term in self._hits(text, part):
            piece = bisect_right(places, at) - 1
            hits.append((origins[piece] + at - places[piece], term))
        starts, joined = glued(reading.text)
        if starts:
            near = self._hits(joined.text, part)
            hits += [(_unsure(starts[bisect_right(joined.places, at) - 1]), term) for at, term in near]
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
        places = [(_place(at), at, number) for at, number in subjects]
        for begin, end in _stretches(place for place, _, _ in places):
            text = reading.text[begin:end]
            near = self._find(Reading(text), "evidence")
            reasons = [(at, number) for at, number in near if self._is_reason[number]]
            inside = [
                (at - begin if at >= 0 else at + begin, number)
                for place, at, number in places
                if begin <= place < end
            ]
            pairs = list(_meetings(text, inside, reasons, title=reading.title))
            if pairs and any(self._join(files, pairs) for files in self._file_sets):
                return True
        return False

    def _join(self, files: frozenset[str], pairs: list[tuple[int, int]]) -> bool:
        return any(
            self._applies(subject, files) and self._applies(reason, files) for subject, reason in pairs
        )

    def _applies(self, number: int, files: frozenset[str]) -> bool:
        language = self._rules.terms[number].language
        return not language or not files or language in files


def _unsure(at: int) -> int:
    """An offset that is right to a hundred characters or so."""
    return -1 - at


def _place(at: int) -> int:
    return at if at >= 0 else -1 - at


def _meetings(text: str, subjects: Found, reasons: Found, *, title: bool) -> Iterator[tuple[int, int]]:
    """Term numbers of every subject and reason that may stand in one sentence. A title is one, full stops or not."""
    if title:
        yield from ((subject, reason) for _, subject in subjects for _, reason in reasons)
        return
    ends = [found.end() for found in _SURE_END.finditer(text)]
    tags = [found.start() for found in _TAGS.finditer(text)]
    spans = [(_place(at), *_sentence(at, ends, tags), number) for at, number in reasons]
    for at, number in subjects:
        place = _place(at)
        low, high = _sentence(at, ends, tags)
        for other, other_low, other_high, reason in spans:
            if low <= other < high and other_low <= place < other_high:
                yield number, reason


def _sentence(at: int, ends: list[int], tags: list[int]) -> tuple[int, int]:
    """The farthest the sentence around ``at`` may reach, whatever an extractor drops."""
    place = _place(at)
    low, high = place - REACH, place + REACH
    if at < 0:
        return low - _UNSURE, high + _UNSURE
    after = bisect_right(ends, place)
    tag = bisect_left(tags, place)
    if after < len(ends) and (tag == len(tags) or ends[after] <= tags[tag]):
        high = min(high, ends[after])
    if after and (tag == 0 or ends[after - 1] > tags[tag - 1]):
        low = max(low, ends[after - 1])
    return low, high


def _stretches(places: Iterable[int]) -> list[tuple[int, int]]:
    """The text within reach of the places, overlaps joined."""
    found: list[tuple[int, int]] = []
    for at in sorted(places):
        begin, end = max(0, at - REACH - _UNSURE), at + REACH + _UNSURE
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], end)
        else:
            found.append((begin, end))
    return found
