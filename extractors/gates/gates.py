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
from collections.abc import Iterable, Sequence
from functools import cached_property, reduce
from operator import or_

from lxml.html import tostring

from fivegwatch.extractors.articles.headline import read_headlines
from fivegwatch.extractors.articles.standfirst import possible_standfirsts
from fivegwatch.extractors.errors import ExtractionError
from fivegwatch.extractors.gates.page_text import PageTexts, text_in
from fivegwatch.extractors.gates.sentences import Lines, Parted, spellings
from fivegwatch.extractors.gates.stripping import silence
from fivegwatch.extractors.judging.everyday_words import languages_shown
from fivegwatch.extractors.judging.matching import is_spelt
from fivegwatch.extractors.model import Page
from fivegwatch.extractors.pages.parsed import ParsedPage
from fivegwatch.extractors.text.folding import Folded, fold_text
from fivegwatch.extractors.watchlist.compile import OTHER, Rules
from fivegwatch.extractors.watchlist.model import Term

Files = frozenset[str]
"""The term files by which one text is judged."""
Evidence = tuple[tuple[str, int], ...]
"""Language and facet bits of each term in a text."""


class Gates:
    """The gates for one set of ``rules``. Automata are built when a script first needs them; nothing else changes."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._files = {code: frozenset(files) for code, files in rules.languages.items() if code != OTHER}
        self._others = frozenset(rules.languages_of(OTHER))

    def build(self) -> None:
        """Build the automata that most pages need, which takes a second: before pages come, or children are forked."""
        for facets in ("subjects", "evidence"):
            self.rules.scanner("", False, facets)

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

        def apart() -> list[Evidence]:
            beside = named[-1] >= len(shown)
            return self._sentences(Lines([*texts.in_scripts(), announced]), search) if beside else []

        sentences = search.sentences(shown[i] for i in named if i < len(shown))
        # What is certain to be enough is asked first: pages that pass need no more.
        if not self._suffices(sentences, files):
            # Without a sure subject anywhere no title is about one.
            possible = (*texts.titles(), announced) if facets & self.rules.subject_bits else ()
            titles = [search.evidence(title) for title in possible]
            if not self._may_be_story(titles, [*sentences, *apart()], files):
                return "text"
        parsed = parsed or ParsedPage(page)
        try:
            left = self._sentences(Lines(remaining_lines(parsed)), search)
            if self._suffices(left, files):
                return ""
            titles = [search.evidence(title) for title in (read_headlines(parsed, None).chosen, announced)]
            standfirsts = self._sentences(Lines([*possible_standfirsts(parsed)]), search)
        except ExtractionError:
            return ""  # extraction raises it again and gives the reason
        return "" if self._may_be_story(titles, [*left, *standfirsts, *apart()], files) else "tree"

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

    def _sentences(self, lines: Lines, search: _Search) -> list[Evidence]:
        """The evidence in each possible sentence of ``lines``, for lines that name a subject in a language of the
        page."""
        names = self._names(lines, fold_text(lines.plain))
        named = sorted({line for line, term in names if search.reads(term)})
        return search.sentences(lines.marked[line] for line in named)

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

    def _suffices(self, sentences: Sequence[Evidence], sets: Iterable[Files]) -> bool:
        """True if a sentence is enough for a story by one of the ``sets`` of term files."""
        suffices = self.rules.suffices
        return any(suffices(_mask(sentence, files)) for files in sets for sentence in sentences)

    def _may_be_story(
        self, titles: Sequence[Evidence], sentences: Sequence[Evidence], sets: Iterable[Files]
    ) -> bool:
        """True if a sentence is enough, or a title is about the subject, by one of the ``sets`` of term files."""
        rules, sets = self.rules, tuple(sets)
        if self._suffices(sentences, sets):
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
        """The term files that count, by whatever choice."""
        self._nearby: dict[tuple[str, ...], bool] = {(): True}
        self._known: dict[str, Evidence] = {}

    def reads(self, term: int) -> bool:
        """Whether term number ``term`` belongs to a language in which this page may be written."""
        language = self._kinds[term][0]
        return not language or language in self.languages

    def sentences(self, lines: Iterable[str]) -> list[Evidence]:
        """The evidence in each possible sentence of ``lines``; sentences without evidence are left out.

        A line whose whole evidence is not enough for a story is not cut: its evidence is given as one.
        """
        evidence: list[Evidence] = []
        for line in lines:
            parted = Parted(line)
            whole = tuple(hit for text in parted.texts() for hit in self.evidence(text))
            if any(self._rules.suffices(_mask(whole, files)) for files in self._sets):
                evidence += map(self.evidence, parted.sentences())
            else:
                evidence.append(whole)
        return [hits for hits in evidence if hits]

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
