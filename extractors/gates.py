"""Three gates in front of the extractor, derived from the rules: upper bounds of the judge that cost little to compute.

A page may only be stopped when no text drawn from it could be kept or be a near miss. The judge keeps nothing without a
sentence that tells a story by itself (``Rules.tells``), or a title about the subject (``Rules.headlines``), so:

``scan``  no sure subject in anything the page says, in any language;
``text``  no such sentence around a subject, in any one set of term files a text can be judged by;
``tree``  the same in what is left when links to other stories and hidden boxes are taken out, as extraction begins.

Extractors drop elements, and keep or drop the text between two tags as a whole: so a full stop ends a sentence for
sure when no tag stands between it and the word. A word that a name needs beside it is looked for as far as a sentence
goes. On the pruned page boxes side by side (``SEAM``) part sentences too: an extractor that writes two of them in one
line (it happens to cells of tables, and to pages in which it finds no story) would have to make the only telling
sentence out of two halves.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property

from extractors.errors import ExtractionError
from extractors.evidence import PASSAGE_REACH
from extractors.folding import fold_text
from extractors.matching import is_spelt
from extractors.model import Page
from extractors.quick_scan import QuickScan
from extractors.remains import remaining_texts
from extractors.rule_model import ScanFor
from extractors.rules import Rules
from extractors.visible import BREAK, GLUE, SEAM, Reading, glued, main_text, readings, shown_of, spaced

REACH = PASSAGE_REACH + 100
"""Characters between two words of one sentence, at most; some more, for folding changes lengths."""

_UNSURE = 300
# Of the marks that end a passage for the judge, those that no text can lack a reader for.
_SURE_END = re.compile(r"[.!?] |[。！？؟।]")
_SEAMS = re.compile(re.escape(SEAM))
_TAGS = re.compile(f"[{GLUE}{BREAK}]")
_NUMBERED = re.compile(f"[\\s.{GLUE}{BREAK}-]*[0-9]")
"""What follows the letters that begin an identifier, whatever tags stand between."""
_NUMBERED_REACH = 40

Found = list[tuple[int, int]]
"""Offsets in a reading (see ``_unsure``) and term numbers."""


class Gates:
    """The gates of one set of rules. Immutable after the first page of each script (automata are built when needed)."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        listed = {frozenset(files) for files in rules.languages.values()}
        self._file_sets = {*listed, frozenset(rules.languages_of("und"))}
        """Every set of term files a text can be judged by; an empty one stands for all files."""
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
        told = list(readings(shown, main, announced))
        titles = _Said([reading for reading in told if reading.title])
        found = [(reading, hits) for reading in told if (hits := self._find(reading, "subjects"))]
        if not found:
            return "scan"
        if any(self._headlines(reading, titles) for reading in told if reading.title):
            return ""
        met = [reading for reading, hits in found if self._meet(reading, hits, titles)]
        if not met:
            return "text"
        # What is no title, told to machines or announced stands or falls with its surroundings.
        return "" if any(not reading.whole for reading in met) or self._remains(page, titles) else "tree"

    def _remains(self, page: Page, titles: _Said) -> bool:
        """Whether such a sentence is still there in what no extractor takes for surroundings."""
        try:
            left = list(remaining_texts(page))
        except ExtractionError:
            return True  # extraction has to say why
        return any(self._meet(reading, self._find(reading, "subjects"), titles) for reading in left)

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
                if term.regex:
                    if not _NUMBERED.match(text, end, end + _NUMBERED_REACH):
                        continue
                elif not is_spelt(text[begin:end], term):
                    continue
            hits.append((begin, number))
        return hits

    def _in_company(self, hits: Found, around: _Said, titles: _Said) -> Found:
        """Hits whose terms stand for themselves, or with one of the words they need near them or in a title."""
        terms = self._rules.terms
        return [
            hit
            for hit in hits
            if not (needs := terms[hit[1]].needs) or around.has_any(needs) or titles.has_any(needs)
        ]

    def _headlines(self, title: Reading, titles: _Said) -> bool:
        """Whether a title drawn from the reading may be about the subject."""
        hits = self._in_company(self._find(title, "evidence"), _Said([title]), titles)
        numbers = [number for _, number in hits]
        return any(map(self._rules.headlines, self._masks(numbers)))

    def _meet(self, reading: Reading, subjects: Found, titles: _Said) -> bool:
        """Whether what may stand in one sentence with a subject tells a story, by the terms of one set of files."""
        places = [(_place(at), at, number) for at, number in subjects]
        for begin, end in _stretches(place for place, _, _ in places):
            text = reading.text[begin:end]
            said = _Said([Reading(text)])
            evidence = self._in_company(self._find(Reading(text), "evidence"), said, titles)
            inside = [
                (at - begin if at >= 0 else at + begin, number)
                for place, at, number in places
                if begin <= place < end
            ]
            for number, company in _meetings(text, self._in_company(inside, said, titles), evidence):
                known = self._rules.terms[number].language
                if any(map(self._rules.tells, self._masks([number, *company], known))):
                    return True
        return False

    def _masks(self, numbers: Iterable[int], known: str = "") -> set[int]:
        """Facets of what is said together, for each set of files that knows the language ``known``."""
        terms, masks = self._rules.terms, self._rules.masks
        by_language: dict[str, int] = {}
        for number in numbers:
            language = terms[number].language
            by_language[language] = by_language.get(language, 0) | masks[number]
        found: set[int] = set()
        for files in self._file_sets:
            if known and files and known not in files:
                continue
            mask = 0
            for language, bits in by_language.items():
                if not language or not files or language in files:
                    mask |= bits
            found.add(mask)
        return found


class _Said:
    """Some of what a page says, folded when it is first asked for."""

    def __init__(self, told: list[Reading]) -> None:
        self._told = told
        self._known: dict[tuple[str, ...], bool] = {}

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        both = ((spaced(reading.text)[0], glued(reading.text)[1].text) for reading in self._told)
        return tuple(fold_text(text).text for pair in both for text in pair if text)

    def has_any(self, needs: tuple[str, ...]) -> bool:
        """Whether one of the (folded) words is said anywhere."""
        known = self._known.get(needs)
        if known is None:
            known = self._known[needs] = any(word in text for word in needs for text in self._texts)
        return known


def _unsure(at: int) -> int:
    """An offset that is right to a hundred characters or so."""
    return -1 - at


def _place(at: int) -> int:
    return at if at >= 0 else -1 - at


def _meetings(text: str, subjects: Found, evidence: Found) -> Iterator[tuple[int, list[int]]]:
    """For every subject, the term numbers of all that may stand in one sentence with it."""
    ends = _Ends(text)
    spans = [(_place(at), *ends.sentence(at), number) for at, number in evidence]
    for at, number in subjects:
        place = _place(at)
        low, high = ends.sentence(at)
        yield (
            number,
            [
                other
                for there, other_low, other_high, other in spans
                if low <= there < high and other_low <= place < other_high
            ],
        )


class _Ends:
    """Where sentences of a text end for sure."""

    def __init__(self, text: str) -> None:
        self._stops = [found.end() for found in _SURE_END.finditer(text)]
        self._tags = [found.start() for found in _TAGS.finditer(text)]
        self._seams = [found.start() for found in _SEAMS.finditer(text)]

    def sentence(self, at: int) -> tuple[int, int]:
        """The farthest the sentence around ``at`` may reach, whatever an extractor drops."""
        place = _place(at)
        if at < 0:
            return self._between_seams(place, _UNSURE)
        low, high = self._between_seams(place, 0)
        stops, tags = self._stops, self._tags
        after = bisect_right(stops, place)
        tag = bisect_left(tags, place)
        if after < len(stops) and (tag == len(tags) or stops[after] <= tags[tag]):
            high = min(high, stops[after])
        if after and (tag == 0 or stops[after - 1] > tags[tag - 1]):
            low = max(low, stops[after - 1])
        return low, high

    def _between_seams(self, place: int, doubt: int) -> tuple[int, int]:
        low, high = place - REACH - doubt, place + REACH + doubt
        above = bisect_right(self._seams, place + doubt)
        if above < len(self._seams):
            high = min(high, self._seams[above] + 1)
        below = bisect_left(self._seams, place - doubt)
        if below:
            low = max(low, self._seams[below - 1])
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
