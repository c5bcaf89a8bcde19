"""Three gates in front of the extractor, derived from the rules: upper bounds of the judge that cost little to compute.

A page may only be stopped when no text drawn from it could be kept or be a near miss. The judge keeps nothing without a
sentence that tells a story by itself (``Rules.tells``), or a title about the subject (``Rules.headlines``), so:

``scan``  no sure subject in anything the page says, in any language whose everyday words it shows;
``text``  no such sentence around a subject, in any one set of term files a text can be judged by: first full stops
          and tags are overlooked, then not, and boxes side by side part sentences;
``tree``  the same with the title that extraction will choose, in what is left when links to other stories and hidden
          boxes are taken out, as extraction begins.

Extractors drop elements, and keep or drop the text between two tags as a whole: so a full stop ends a sentence for
sure when no tag stands between it and the word. A word that a name needs beside it is looked for as far as a sentence
goes. Boxes side by side (``SEAM``) part sentences too: an extractor that writes two of them in one line (it happens to
cells of tables, and to pages in which it finds no story) would have to make the only telling sentence of two halves.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from fivegwatch.extractors.articles.headline import read_headlines
from fivegwatch.extractors.errors import ExtractionError
from fivegwatch.extractors.gates.first_look import Found, Look, QuickScan, merged
from fivegwatch.extractors.gates.page_text import Reading, Shown, main_text, readings, shown_of
from fivegwatch.extractors.gates.remaining_text import remaining_texts
from fivegwatch.extractors.gates.stripping import BREAK, GLUE, SEAM
from fivegwatch.extractors.gates.tag_marks import glued, spaced
from fivegwatch.extractors.judging.everyday_words import languages_shown
from fivegwatch.extractors.judging.matching import is_spelt
from fivegwatch.extractors.judging.passages import PASSAGE_REACH
from fivegwatch.extractors.model import Page
from fivegwatch.extractors.pages.parsed import ParsedPage
from fivegwatch.extractors.text.folding import fold_text
from fivegwatch.extractors.text.plain import strip_invisible
from fivegwatch.extractors.watchlist.compile import OTHER, Rules
from fivegwatch.extractors.watchlist.model import ScanFor

REACH = PASSAGE_REACH + 100
"""Characters between two words of one sentence, at most; some more, for folding changes lengths."""

_UNSURE = 300
_FEW_MARKS = 100
"""Letters that as many marks may take without a longer reach."""
# Of the marks that end a passage for the judge, those that no text can lack a reader for.
_SURE_END = re.compile(r"[.!?] |[。！？؟।]")
_SEAMS = re.compile(re.escape(SEAM))
_TAGS = re.compile(f"[{GLUE}{BREAK}]")
_NUMBERED = re.compile(f"[\\s.{GLUE}{BREAK}-]*[0-9]")
"""What follows the letters that begin an identifier, whatever tags stand between."""
_NUMBERED_REACH = 40

Files = frozenset[str]
"""Term files by which one text is judged."""


class Gates:
    """The gates of one set of rules. Immutable after the first page of each script (automata are built when needed)."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._files = {code: frozenset(files) for code, files in rules.languages.items() if code != OTHER}
        self._others = frozenset(rules.languages_of(OTHER))
        self._quick = QuickScan(rules)

    def stopped_by(self, page: Page, *, announced: str = "", parsed: ParsedPage | None = None) -> str:
        """``scan``, ``text`` or ``tree``, the gate that stops ``page``; empty when it passes and must be extracted.

        ``announced`` is what a feed said of it (title, summary, content), which may become part of the article;
        ``parsed`` keeps what is parsed of it for the extraction.
        """
        shown = shown_of(page)
        if shown.tells_elsewhere:
            return ""
        told = list(readings(shown, main_text(shown), announced))
        look = self._quick.look(told)
        if not look.subjects:
            return "scan"
        files = self._files_for(look)
        known = frozenset().union(*files)
        subjects = [hit for hit in look.subjects if self._is_among(hit, known)]
        if not subjects:
            return "scan"
        seen = _Look(look, subjects, files)
        return self._look_closely(parsed or ParsedPage(page), shown, told, seen)

    def _look_closely(self, parsed: ParsedPage, shown: Shown, told: list[Reading], seen: _Look) -> str:
        """As ``stopped_by``, where a subject is named."""
        titles = _Said([reading for reading in told if reading.title])
        headed = self._headed(
            [reading for reading in told if reading.title], titles, seen.files, seen.subjects
        )
        if not headed and not self._may_meet(seen, titles):
            return "text"
        apart = [reading for reading in told if reading.place != "shown"]
        if any(self._tells_by_itself(reading, titles, seen.files) for reading in apart):
            return ""
        shows = self._tells_by_itself(Reading(main_text(shown, seams=True)), titles, seen.files)
        if not headed and not shows:
            return "text"
        try:
            return "" if self._remains(parsed, apart, titles, seen) else "tree"
        except ExtractionError:
            return ""  # extraction has to say why

    def _remains(self, parsed: ParsedPage, apart: list[Reading], titles: _Said, seen: _Look) -> bool:
        """Whether a story may be told by the title that will be chosen and what no extractor takes for surroundings."""
        announced = [reading for reading in apart if reading.place == "feed"]
        chosen = [Reading(read_headlines(parsed, None).chosen), *announced]
        if self._headed(chosen, titles, seen.files, []):
            return True  # it names a subject itself
        left = list(apart)
        for reading in remaining_texts(parsed):
            if self._tells_by_itself(reading, titles, seen.files):
                return True
            left.append(reading)
        named = [hit for reading in left for hit in self._find(reading, "subjects")]
        return self._headed(chosen, titles, seen.files, named)

    def _tells_by_itself(self, reading: Reading, titles: _Said, files: tuple[Files, ...]) -> bool:
        """Whether a sentence drawn from the reading may tell a story."""
        # Thousands of letters that nobody sees may stand in a sentence.
        shown = Reading(strip_invisible(reading.text))
        hits = self._find(shown, "subjects")
        return bool(hits) and self._meet(shown, hits, titles, files)

    def _files_for(self, look: Look) -> tuple[Files, ...]:
        """Every set of term files by which a text drawn from what the page says can be judged."""
        shown = languages_shown((look.told,), self._files)
        return tuple({self._others, *(self._files[code] for code in shown)})

    def _is_among(self, hit: tuple[int, int], known: Files) -> bool:
        language = self._rules.terms[hit[1]].language
        return not language or language in known

    def _may_meet(self, seen: _Look, titles: _Said) -> bool:
        """Whether a subject may meet what tells a story, full stops and tags overlooked."""
        look, reach = seen.look, REACH + _UNSURE
        said = _Said.folded(look.folded.text)
        subjects = [
            (place, number)
            for at, number in self._in_company(seen.subjects, said, titles)
            for place in look.places(at)
        ]
        nearby = (
            hit
            for begin, end in look.around((place for place, _ in subjects), reach)
            for hit in self._quick.hits(look, begin, min(end, len(look.folded.text)), "evidence")
        )
        evidence = self._in_company(list(nearby), said, titles)
        if not self._tell_together(subjects, evidence, seen.files):
            return False
        placed = sorted((place, other) for at, other in evidence for place in look.places(at))
        places = [place for place, _ in placed]
        for place, numbers in _by_place(subjects):
            near = placed[bisect_right(places, place - reach) : bisect_left(places, place + reach)]
            company = {other for _, other in near}
            if any(self._tells(number, company, seen.files) for number in numbers):
                return True
        return False

    def _find(self, reading: Reading, part: ScanFor) -> Found:
        """Hits of all files' terms, tags read as blanks and as nothing."""
        text, places, origins = spaced(reading.text)
        hits: Found = []
        for at, term in self._hits(text, part):
            piece = bisect_right(places, at) - 1
            hits.append((origins[piece] + at - places[piece], term))
        joined = glued(reading.text)
        if joined.text:
            for at, term in self._hits(joined.text, part):
                hits += [(_unsure(origin), term) for origin in set(joined.origins(at))]
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

    def _headed(self, told: list[Reading], titles: _Said, sets: tuple[Files, ...], subjects: Found) -> bool:
        """Whether a title drawn from a reading may be about the subject; ``subjects`` are what a lead may name."""
        rules = self._rules
        for title in told:
            hits = self._in_company(self._find(title, "evidence"), _Said([title]), titles)
            for files in sets:
                mask = self._mask([number for _, number in hits], files)
                if rules.headlines(mask) and (
                    mask & rules.subject_bits or any(self._is_among(hit, files) for hit in subjects)
                ):
                    return True
        return False

    def _meet(self, reading: Reading, subjects: Found, titles: _Said, files: tuple[Files, ...]) -> bool:
        """Whether what may stand in one sentence with a subject tells a story, by the terms of one set of files."""
        places = [(_place(at), at, number) for at, number in subjects]
        marks = [found.start() for found in _TAGS.finditer(reading.text)]
        for begin, end in _stretches((place, _reach(marks, place)) for place, _, _ in places):
            text = reading.text[begin:end]
            said = _Said([Reading(text)])
            evidence = self._in_company(self._find(Reading(text), "evidence"), said, titles)
            inside = [
                (at - begin if at >= 0 else at + begin, number)
                for place, at, number in places
                if begin <= place < end
            ]
            inside = self._in_company(inside, said, titles)
            if not self._tell_together(inside, evidence, files):
                continue
            for numbers, company in _meetings(text, inside, evidence):
                if any(self._tells(number, company, files) for number in numbers):
                    return True
        return False

    def _tell_together(self, subjects: Found, evidence: Found, sets: tuple[Files, ...]) -> bool:
        """Whether there is any use in asking what stands near each subject."""
        company = {number for _, number in evidence}
        return any(self._tells(subject, company, sets) for subject in {number for _, number in subjects})

    def _tells(self, subject: int, company: Iterable[int], sets: tuple[Files, ...]) -> bool:
        """Whether what is said beside a subject makes a story, by the terms of one of the sets that know it."""
        known = self._rules.terms[subject].language
        numbers = {subject, *company}
        return any(
            self._rules.tells(self._mask(numbers, files)) for files in sets if not known or known in files
        )

    def _mask(self, numbers: Iterable[int], files: Files) -> int:
        """Facets of what is said together, by the terms of ``files``."""
        terms, masks = self._rules.terms, self._rules.masks
        mask = 0
        for number in numbers:
            language = terms[number].language
            if not language or language in files:
                mask |= masks[number]
        return mask


@dataclass(frozen=True, slots=True)
class _Look:
    """A first look, and what languages leave of it."""

    look: Look
    subjects: Found
    """Those of languages that the page bears out."""
    files: tuple[Files, ...]


class _Said:
    """Some of what a page says, folded when it is first asked for."""

    def __init__(self, told: list[Reading], folded: str = "") -> None:
        self._told, self._folded = told, folded
        self._known: dict[tuple[str, ...], bool] = {}

    @classmethod
    def folded(cls, text: str) -> _Said:
        """Of a text that is folded already."""
        return cls([], text)

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        if self._folded:
            return (self._folded,)
        both = ((spaced(reading.text)[0], glued(reading.text).text) for reading in self._told)
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


def _meetings(text: str, subjects: Found, evidence: Found) -> Iterator[tuple[list[int], set[int]]]:
    """For every place of subjects, their term numbers and those of all that may stand in one sentence with them."""
    ends = _Ends(text)
    spans = sorted((_place(at), *ends.sentence(at), number) for at, number in evidence)
    places = [there for there, _, _, _ in spans]
    for at, numbers in _by_place(subjects):
        place = _place(at)
        low, high = ends.sentence(at)
        near = spans[bisect_left(places, low) : bisect_left(places, high)]
        yield numbers, {other for _, begin, end, other in near if begin <= place < end}


def _by_place(hits: Found) -> Iterator[tuple[int, list[int]]]:
    """Term numbers by offset: one word may be a dozen languages' term."""
    found: dict[int, list[int]] = {}
    for at, number in hits:
        found.setdefault(at, []).append(number)
    yield from found.items()


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
        reach = _reach(self._tags, place) + doubt
        low, high = place - reach, place + reach
        above = bisect_right(self._seams, place + doubt)
        if above < len(self._seams):
            high = min(high, self._seams[above] + 1)
        below = bisect_left(self._seams, place - doubt)
        if below:
            low = max(low, self._seams[below - 1])
        return low, high


def _reach(marks: list[int], place: int) -> int:
    """How far a sentence may go on from a place in a text with marks, which are no letters of it."""
    near = bisect_left(marks, place + 2 * REACH) - bisect_left(marks, place - 2 * REACH)
    return REACH + min(REACH, max(0, 2 * near - _FEW_MARKS))


def _stretches(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The text within reach of the places, overlaps joined; each with its reach."""
    return merged((max(0, at - reach - _UNSURE), at + reach + _UNSURE) for at, reach in places)
