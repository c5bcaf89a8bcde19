"""Three cheap tests that stop a page before extraction, derived from the rules.

A page is stopped only if no text extracted from it could be kept or be a near miss. The judge keeps nothing without a
sentence that is enough for a story (``Rules.tells``) or a title about the subject (``Rules.headlines``). So a gate
stops a page when

``scan``  nothing in it names a subject, in any language whose everyday words it contains;
``text``  no sentence around a subject is enough, by any set of term files that may apply: first ignoring full stops and
          tags, then with full stops and with boxes side by side as ends of sentences;
``tree``  the same test of the pruned page (no hidden boxes, no links to other stories), with the title that will be
  chosen.

An extractor drops elements, and keeps or drops the text between two tags as a whole. So a full stop is certain to end
a sentence if there is no tag between it and the word. Some names count only if a certain word is near; that word is
searched within the reach of a sentence. Boxes side by side (``SEAM``) end sentences too. An extractor may join two of
them in one line (cells of tables, pages without a story); we assume that no page is kept for such a joined sentence
alone.
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
"""Most characters between two words of one sentence, with a margin, because folding changes lengths."""

_UNSURE = 300
_FEW_MARKS = 100
"""How many marks of tags may be within the reach before it is extended."""
# Marks at which the judge is certain to end a passage.
_SURE_END = re.compile(r"[.!?] |[。！？؟।]")
_SEAMS = re.compile(re.escape(SEAM))
_TAGS = re.compile(f"[{GLUE}{BREAK}]")
_NUMBERED = re.compile(f"[\\s.{GLUE}{BREAK}-]*[0-9]")
"""The digits after the letters of an identifier; tags may stand between them."""
_NUMBERED_REACH = 40

Files = frozenset[str]
"""The term files by which one text is judged."""


class Gates:
    """The gates for one set of rules. Automata are built when a script first needs them; nothing else changes."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._files = {code: frozenset(files) for code, files in rules.languages.items() if code != OTHER}
        self._others = frozenset(rules.languages_of(OTHER))
        self._quick = QuickScan(rules)

    def stopped_by(self, page: Page, *, announced: str = "", parsed: ParsedPage | None = None) -> str:
        """The gate that stops ``page`` (``scan``, ``text`` or ``tree``); empty if it must be extracted.

        ``announced`` is the title, summary and content from a feed, which may become part of the article. ``parsed``
        keeps the page's tree and facts for the extraction.
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
        """`stopped_by` for a page that names a subject: the gates ``text`` and ``tree``."""
        titles = _Texts([reading for reading in told if reading.title])
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
            return ""  # extraction raises it again and gives the reason

    def _remains(self, parsed: ParsedPage, apart: list[Reading], titles: _Texts, seen: _Look) -> bool:
        """True if the title that will be chosen and the pruned page may be enough for a story."""
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

    def _tells_by_itself(self, reading: Reading, titles: _Texts, files: tuple[Files, ...]) -> bool:
        """True if a sentence of this text may be enough for a story."""
        # A sentence may contain thousands of invisible characters.
        shown = Reading(strip_invisible(reading.text))
        hits = self._find(shown, "subjects")
        return bool(hits) and self._meet(shown, hits, titles, files)

    def _files_for(self, look: Look) -> tuple[Files, ...]:
        """Each set of term files that may be used to judge a text extracted from the page."""
        shown = languages_shown((look.told,), self._files)
        return tuple({self._others, *(self._files[code] for code in shown)})

    def _is_among(self, hit: tuple[int, int], known: Files) -> bool:
        language = self._rules.terms[hit[1]].language
        return not language or language in known

    def _may_meet(self, seen: _Look, titles: _Texts) -> bool:
        """True if a subject and sufficient evidence are within reach of each other, ignoring full stops and tags."""
        look, reach = seen.look, REACH + _UNSURE
        texts = _Texts.folded(look.folded.text)
        subjects = [
            (place, number)
            for at, number in self._in_company(seen.subjects, texts, titles)
            for place in look.places(at)
        ]
        nearby = (
            hit
            for begin, end in look.around((place for place, _ in subjects), reach)
            for hit in self._quick.hits(look, begin, min(end, len(look.folded.text)), "evidence")
        )
        evidence = self._in_company(list(nearby), texts, titles)
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
        """Term hits in the text, once with tags replaced by a blank and once with tags removed."""
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

    def _in_company(self, hits: Found, around: _Texts, titles: _Texts) -> Found:
        """The hits of terms that need no other word, or have one of the words they need near them or in a title."""
        terms = self._rules.terms
        return [
            hit
            for hit in hits
            if not (needs := terms[hit[1]].needs) or around.has_any(needs) or titles.has_any(needs)
        ]

    def _headed(self, told: list[Reading], titles: _Texts, sets: tuple[Files, ...], subjects: Found) -> bool:
        """True if a title made of one of these texts may be about the subject; the lead may name ``subjects``."""
        rules = self._rules
        for title in told:
            hits = self._in_company(self._find(title, "evidence"), _Texts([title]), titles)
            for files in sets:
                mask = self._mask([number for _, number in hits], files)
                if rules.headlines(mask) and (
                    mask & rules.subject_bits or any(self._is_among(hit, files) for hit in subjects)
                ):
                    return True
        return False

    def _meet(self, reading: Reading, subjects: Found, titles: _Texts, files: tuple[Files, ...]) -> bool:
        """True if a subject and the evidence possibly in one sentence with it are enough, by one set of term files."""
        places = [(_place(at), at, number) for at, number in subjects]
        marks = [found.start() for found in _TAGS.finditer(reading.text)]
        for begin, end in _stretches((place, _reach(marks, place)) for place, _, _ in places):
            text = reading.text[begin:end]
            texts = _Texts([Reading(text)])
            evidence = self._in_company(self._find(Reading(text), "evidence"), texts, titles)
            inside = [
                (at - begin if at >= 0 else at + begin, number)
                for place, at, number in places
                if begin <= place < end
            ]
            inside = self._in_company(inside, texts, titles)
            if not self._tell_together(inside, evidence, files):
                continue
            for numbers, company in _meetings(text, inside, evidence):
                if any(self._tells(number, company, files) for number in numbers):
                    return True
        return False

    def _tell_together(self, subjects: Found, evidence: Found, sets: tuple[Files, ...]) -> bool:
        """True if all evidence together is enough with some subject; if not, no single sentence can be."""
        company = {number for _, number in evidence}
        return any(self._tells(subject, company, sets) for subject in {number for _, number in subjects})

    def _tells(self, subject: int, company: Iterable[int], sets: tuple[Files, ...]) -> bool:
        """True if a subject and the terms ``company`` are enough, by one of the sets of files that contain it."""
        known = self._rules.terms[subject].language
        numbers = {subject, *company}
        return any(
            self._rules.tells(self._mask(numbers, files)) for files in sets if not known or known in files
        )

    def _mask(self, numbers: Iterable[int], files: Files) -> int:
        """Facet bits of the terms ``numbers``, without those of languages that are not among ``files``."""
        terms, masks = self._rules.terms, self._rules.masks
        mask = 0
        for number in numbers:
            language = terms[number].language
            if not language or language in files:
                mask |= masks[number]
        return mask


@dataclass(frozen=True, slots=True)
class _Look:
    """A first look, reduced to the languages that the page supports."""

    look: Look
    subjects: Found
    """Subjects in languages that the page supports."""
    files: tuple[Files, ...]


class _Texts:
    """Some texts of a page, folded when first needed."""

    def __init__(self, told: list[Reading], folded: str = "") -> None:
        self._told, self._folded = told, folded
        self._known: dict[tuple[str, ...], bool] = {}

    @classmethod
    def folded(cls, text: str) -> _Texts:
        """From a text that is already folded."""
        return cls([], text)

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        if self._folded:
            return (self._folded,)
        both = ((spaced(reading.text)[0], glued(reading.text).text) for reading in self._told)
        return tuple(fold_text(text).text for pair in both for text in pair if text)

    def has_any(self, needs: tuple[str, ...]) -> bool:
        """True if one of the (folded) words occurs in any of the texts."""
        known = self._known.get(needs)
        if known is None:
            known = self._known[needs] = any(word in text for word in needs for text in self._texts)
        return known


def _unsure(at: int) -> int:
    """``at`` as a negative number, which marks an offset that is accurate only to within ``_UNSURE`` characters."""
    return -1 - at


def _place(at: int) -> int:
    return at if at >= 0 else -1 - at


def _meetings(text: str, subjects: Found, evidence: Found) -> Iterator[tuple[list[int], set[int]]]:
    """For every offset of subjects: their term numbers, and the numbers of all terms possibly in the same sentence."""
    ends = _Ends(text)
    spans = sorted((_place(at), *ends.sentence(at), number) for at, number in evidence)
    places = [there for there, _, _, _ in spans]
    for at, numbers in _by_place(subjects):
        place = _place(at)
        low, high = ends.sentence(at)
        near = spans[bisect_left(places, low) : bisect_left(places, high)]
        yield numbers, {other for _, begin, end, other in near if begin <= place < end}


def _by_place(hits: Found) -> Iterator[tuple[int, list[int]]]:
    """Each offset with its term numbers, for one word may be a term of a dozen languages."""
    found: dict[int, list[int]] = {}
    for at, number in hits:
        found.setdefault(at, []).append(number)
    yield from found.items()


class _Ends:
    """The certain ends of sentences in a text."""

    def __init__(self, text: str) -> None:
        self._stops = [found.end() for found in _SURE_END.finditer(text)]
        self._tags = [found.start() for found in _TAGS.finditer(text)]
        self._seams = [found.start() for found in _SEAMS.finditer(text)]

    def sentence(self, at: int) -> tuple[int, int]:
        """The widest span that the sentence around ``at`` can have, whatever an extractor drops."""
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
    """How many characters a sentence may extend from ``place``: more if many marks of tags are near."""
    near = bisect_left(marks, place + 2 * REACH) - bisect_left(marks, place - 2 * REACH)
    return REACH + min(REACH, max(0, 2 * near - _FEW_MARKS))


def _stretches(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans within reach of the given places, overlapping ones merged."""
    return merged((max(0, at - reach - _UNSURE), at + reach + _UNSURE) for at, reach in places)
