"""Three cheap tests that stop a page before extraction, derived from the rules.

A page is stopped only if no text extracted from it could be kept or be a near miss. The judge keeps nothing without a
sentence that is enough for a story (``Rules.suffices``) or a title about the subject (``Rules.headlines``). So a gate
stops a page when

``scan``  nothing in it names a subject, in any language whose everyday words it contains;
``text``  none of its possible sentences is enough for a story, and none of its titles is about the subject;
``tree``  the same test of the pruned page (no hidden boxes, no links to other stories), with the title that will be
          chosen.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, reduce
from operator import or_

from lxml.html import tostring

from fivegwatch.extractors.articles.headline import read_headlines
from fivegwatch.extractors.articles.standfirst import possible_standfirsts
from fivegwatch.extractors.errors import ExtractionError
from fivegwatch.extractors.gates.page_text import PageTexts, text_in
from fivegwatch.extractors.gates.sentences import Lines, Parted, around, spellings
from fivegwatch.extractors.gates.stripping import silence
from fivegwatch.extractors.judging.everyday_words import languages_shown
from fivegwatch.extractors.judging.matching import is_spelt
from fivegwatch.extractors.model import Page
from fivegwatch.extractors.pages.parsed import ParsedPage
from fivegwatch.extractors.text.folding import Folded, fold_text
from fivegwatch.extractors.watchlist.compile import OTHER, Rules
from fivegwatch.extractors.watchlist.model import ScanFor, Term

Files = frozenset[str]
"""The term files by which one text is judged."""
Evidence = tuple[tuple[str, int], ...]
"""Language and facet bits of each term in a text."""


ENOUGH: Evidence = (("", -1),)
"""Evidence of all facets, which makes any page a possible story."""


class Gates:
    """The gates for one set of ``rules``. Automata are built when a script first needs them; nothing else changes."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._files = {code: frozenset(files) for code, files in rules.languages.items() if code != OTHER}
        self._others = frozenset(rules.languages_of(OTHER))

    def build(self) -> None:
        """Build what most pages need, which takes a second: before pages come, or children are forked.

        These are the scanners of the gates, those of English, in which most stories are, and the tables of terms by
        which hits become evidence.
        """
        parts: tuple[ScanFor, ...] = ("subjects", "evidence", "names")
        for part in parts[:2]:
            self.rules.scanner("", False, part)
        for part in parts:
            self.rules.scanner("en", False, part)
        self.rules.build()

    def stopped_by(self, page: Page, *, announced: str = "", parsed: ParsedPage | None = None) -> str:
        """The gate that stops ``page`` (``scan``, ``text`` or ``tree``); empty if it must be extracted.

        ``announced`` is the title, summary and content from a feed, which may become part of the article. ``parsed``
        keeps the page's tree and facts for the extraction.
        """
        texts = PageTexts(page)
        if texts.in_attributes:
            return ""
        announced = " ".join(announced.split())
        shown = texts.shown()
        everything = Lines([*shown, *texts.beside(), announced])
        folded = fold_text(everything.plain)
        names = self._names(everything, folded)
        if not names:
            return "scan"
        files = self._files_for(everything)
        search = _Search(self.rules, self._kinds, folded.text, files)
        names = [(line, term) for line, term in names if search.reads(term)]
        if not names:
            return "scan"
        named = sorted({line for line, _ in names})
        facets = reduce(or_, (self.rules.masks[term] for _, term in names))
        titles: list[Evidence] = []

        def beside() -> list[Evidence]:
            if not titles:
                titles.extend(map(search.evidence, (*texts.titles(), announced)))
            return titles

        def apart() -> list[Evidence]:
            lines = [*texts.in_scripts(), announced] if named[-1] >= len(shown) else []
            return self._sentences(Lines(lines), search, beside)

        sentences = search.sentences(shown, (i for i in named if i < len(shown)), beside)
        # What is certain to be enough is asked first: pages that pass need no more.
        if not self._suffices(sentences, files):
            sentences += apart()
            # Without a sure subject no title is about one; those shown are among the sentences.
            if facets & self.rules.subject_bits or named[-1] >= len(shown):
                beside()
            if not self._may_be_story(titles, sentences, files):
                return "text"
        parsed = parsed or ParsedPage(page)

        def with_standfirsts() -> list[Evidence]:
            return [*titles, *map(search.evidence, possible_standfirsts(parsed))]

        try:
            titles = [search.evidence(title) for title in (read_headlines(parsed, None).chosen, announced)]
            left = self._sentences(Lines(remaining_lines(parsed)), search, with_standfirsts)
            if self._suffices(left, files):
                return ""
            left += [
                *self._sentences(Lines([*possible_standfirsts(parsed)]), search, with_standfirsts),
                *apart(),
            ]
        except ExtractionError:
            return ""  # extraction raises it again and gives the reason
        return "" if self._may_be_story(titles, left, files) else "tree"

    @cached_property
    def _kinds(self) -> tuple[tuple[str, int], ...]:
        """Language and facet bits of each term."""
        return tuple(
            (term.language, mask) for term, mask in zip(self.rules.terms, self.rules.masks, strict=True)
        )

    def subjects_named(self, page: Page, language: str) -> Counter[str]:
        """The names of subjects in the visible text of ``page``, as written, and how often each occurs.

        Only terms that apply to texts of ``language`` (BCP 47) count.
        """
        text = Lines(PageTexts(page).shown()).plain
        folded, names, reached = fold_text(text), Counter[str](), 0
        scanner = self.rules.scanner(language, folded.attached, "subjects")
        for start, minus_end, number in scanner.scan(folded.text):
            begin, end = folded.original_span(start, -minus_end)
            if begin >= reached and is_spelt(text[begin:end], self.rules.terms[number]):
                names[text[begin:end]] += 1
                reached = end
        return names

    def _sentences(
        self, lines: Lines, search: _Search, beside: Callable[[], Sequence[Evidence]]
    ) -> list[Evidence]:
        """The evidence in each possible sentence of ``lines``, for lines that name a subject in a language of the
        page; ``beside`` gives that of its titles and standfirsts."""
        names = self._names(lines, fold_text(lines.plain))
        named = sorted({line for line, term in names if search.reads(term)})
        return search.sentences(lines.marked, named, beside)

    def _files_for(self, lines: Lines) -> tuple[Files, ...]:
        """The sets of term files that may judge these lines: one for each language in which their text may be."""
        codes = languages_shown((lines.plain,), self._files)
        return tuple({self._others, *(self._files[code] for code in codes)})

    def _names(self, lines: Lines, folded: Folded) -> list[tuple[int, int]]:
        """The names of subjects in the lines, in whatever language: number of the line, number of the term.

        ``folded`` is the plain text of the lines.
        """
        rules, names = self.rules, list[tuple[int, int]]()
        for start, minus_end, number in rules.scanner("", folded.attached, "subjects").scan(folded.text):
            begin, end = folded.original_span(start, -minus_end)
            if rules.terms[number].regex or is_spelt(lines.plain[begin:end], rules.terms[number]):
                names.append((lines.number_at(begin), number))
        return names

    def _suffices(self, sentences: Iterable[Evidence], sets: Sequence[Files]) -> bool:
        """True if a sentence is enough for a story by one of the ``sets`` of term files."""
        return any(_holds(self.rules.suffices_anywhere, sentence, sets) for sentence in sentences)

    def _may_be_story(
        self, titles: Sequence[Evidence], sentences: Sequence[Evidence], sets: Sequence[Files]
    ) -> bool:
        """True if a sentence is enough, or a title is about the subject, by one of the ``sets`` of term files."""
        rules = self.rules
        if self._suffices(sentences, sets) or any(_holds(rules.suffices, title, sets) for title in titles):
            return True
        for files in sets:
            named = any(_mask(sentence, files) & rules.subject_bits for sentence in sentences)
            for mask in (_mask(title, files) for title in titles):
                if rules.headlines(mask) and (named or mask & rules.subject_bits):
                    return True
        return False


def remaining_lines(parsed: ParsedPage) -> list[str]:
    """The lines of the pruned page, with marks: the most that any extractor can return, titles and scripts aside.

    Raises: ExtractionError, as extraction itself would.
    """
    return text_in(silence(tostring(parsed.pruned, encoding="utf-8"))[0], seams=True)


class _Search:
    """Searches sentences of one page for evidence."""

    def __init__(
        self, rules: Rules, kinds: Sequence[tuple[str, int]], everything: str, sets: tuple[Files, ...]
    ) -> None:
        self._rules = rules
        self._kinds = kinds
        """Language and facet bits of each term."""
        self._everything = everything
        """All texts of the page, folded: a word that a term needs beside it may be anywhere in them."""
        self._sets = sets
        self.languages = Files().union(*sets)
        """All term files by which the page may be judged: those of all ``sets`` together."""
        self._nearby: dict[tuple[str, ...], bool] = {(): True}
        self._known: dict[str, Evidence] = {}

    def reads(self, term: int) -> bool:
        """Whether term number ``term`` belongs to a language in which this page may be written."""
        language = self._kinds[term][0]
        return not language or language in self.languages

    def sentences(
        self, lines: Sequence[str], named: Iterable[int], beside: Callable[[], Sequence[Evidence]]
    ) -> list[Evidence]:
        """The evidence in each possible sentence of the lines that are ``named``; sentences without are left out.

        A line whose whole evidence is not enough for a story is not cut: its evidence is given as one. A sentence that
        suffices only in an opening is followed by `ENOUGH` if what is near it and ``beside`` may be that opening's.
        """
        evidence: list[Evidence] = []
        for number in named:
            parted = Parted(lines[number])
            whole = tuple(hit for text in parted.texts() for hit in self.evidence(text))
            near = list[Evidence]()
            if _holds(self._rules.suffices, whole, self._sets):
                near = [whole, *map(self.evidence, around(lines, number)), *beside()]
            surely = _holds(self._rules.suffices_anywhere, whole, self._sets)
            if not surely and not (near and self._may_open(whole, near)):
                evidence.append(whole)
                continue
            sentences = [*map(self.evidence, parted.sentences())]
            evidence += sentences
            if any(self._may_open(sentence, near) for sentence in sentences):
                evidence.append(ENOUGH)
        return [hits for hits in evidence if hits]

    def _may_open(self, sentence: Evidence, near: Sequence[Evidence]) -> bool:
        """Whether a sentence may make a story if it is in an opening with what is ``near`` it."""
        rules = self._rules
        if not _holds(rules.suffices, sentence, self._sets):
            return False
        everything = tuple({hit for text in near for hit in text})
        for files in self._sets:
            mask = _mask(sentence, files)
            if rules.suffices(mask) and rules.may_open(mask, _mask(everything, files)):
                return True
        return False

    def evidence(self, text: str) -> Evidence:
        """The evidence in a text, once with its marks of tags replaced by blanks and once with the marks removed."""
        known = self._known.get(text)
        if known is None:
            seen = set[tuple[str, int]]().union(*map(self._seen, spellings(text)))
            known = self._known[text] = tuple(
                (language, bits) for language, bits in seen if not language or language in self.languages
            )
        return known

    def _seen(self, text: str) -> set[tuple[str, int]]:
        """Language and facet bits of the terms in a text without marks."""
        rules, folded = self._rules, fold_text(text)
        hits = rules.scanner("", folded.attached, "evidence").scan(folded.text)
        evidence, guarded = self._kinds, rules.guarded
        seen = {evidence[number] for _, _, number in hits if not guarded[number]}
        for start, minus_end, number in hits:
            if guarded[number] and evidence[number] not in seen:
                begin, end = folded.original_span(start, -minus_end)
                if self._is_right(rules.terms[number], text, begin, end):
                    seen.add(evidence[number])
        return seen

    def _is_right(self, term: Term, text: str, begin: int, end: int) -> bool:
        """Whether a hit has the spelling, the syntax and, anywhere on the page, the context that its term asks for."""
        if term.regex:
            return re.compile(term.regex, re.IGNORECASE).match(text, begin) is not None
        return is_spelt(text[begin:end], term) and self._is_near(term.needs)

    def _is_near(self, needs: tuple[str, ...]) -> bool:
        """True if one of the (folded) words occurs on the page."""
        if needs not in self._nearby:
            self._nearby[needs] = any(word in self._everything for word in needs)
        return self._nearby[needs]


def _mask(evidence: Evidence, files: Files) -> int:
    """Facet bits of the evidence, without that of languages that are not among ``files``."""
    mask = 0
    for language, bits in evidence:
        if not language or language in files:
            mask |= bits
    return mask


def _holds(question: Callable[[int], bool], evidence: Evidence, sets: Iterable[Files]) -> bool:
    """Whether the answer for the facets of the evidence is true by one of the ``sets`` of term files.

    More facets never make a true answer false, so all of them are asked about first.
    """
    everything = reduce(or_, (bits for _, bits in evidence), 0)
    return question(everything) and any(question(_mask(evidence, files)) for files in sets)
