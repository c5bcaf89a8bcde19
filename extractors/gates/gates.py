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

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, reduce
from operator import or_

from lxml.html import tostring

from fivegwatch.extractors.articles.headline import read_headlines
from fivegwatch.extractors.articles.standfirst import possible_standfirsts
from fivegwatch.extractors.errors import ExtractionError
from fivegwatch.extractors.gates.evidence import Evidence, Files, Kinds, Masks
from fivegwatch.extractors.gates.page_text import PageTexts, text_in
from fivegwatch.extractors.gates.sentences import Lines
from fivegwatch.extractors.gates.stripping import silence
from fivegwatch.extractors.judging.everyday_words import languages_shown
from fivegwatch.extractors.judging.matching import is_spelt
from fivegwatch.extractors.model import Page
from fivegwatch.extractors.pages.parsed import ParsedPage
from fivegwatch.extractors.text.folding import Folded, fold_text
from fivegwatch.extractors.watchlist.compile import OTHER, Rules


class Gates:
    """The gates for one set of ``rules``. Automata are built when a script first needs them; nothing else changes
    later."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._files = {code: frozenset(files) for code, files in rules.languages.items() if code != OTHER}
        self._others = frozenset(rules.languages_of(OTHER))

    def build(self) -> None:
        """Build in advance the tables that most pages need. It takes a second, so call it before pages come or children
        are forked.

        The tables are the scanners of the gates, the English scanners (most stories are in English), and the tables of
        terms by which hits become evidence.
        """
        self.rules.build_scanners()
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
        search = Evidence(self.rules, self._kinds, folded.text, self._files_for(everything))
        names = [(line, term) for line, term in names if search.reads(term)]
        if not names:
            return "scan"
        named = _note(everything, names, search)
        facets = reduce(or_, (self.rules.masks[term] for _, term in names))
        titles: list[Masks] = []

        def beside() -> list[Masks]:
            if not titles:
                titles.extend(search.of_texts((text,) for text in (*texts.titles(), announced)))
            return titles

        def apart() -> list[Masks]:
            lines = [*texts.in_scripts(), announced] if named[-1] >= len(shown) else []
            return self._sentences(lines, search, beside)

        sentences = search.sentences(shown, [i for i in named if i < len(shown)], beside)
        # What is certain to be enough is asked first: pages that pass need no more.
        if not search.passes(sentences):
            sentences += apart()
            # Without a sure subject no title is about one; those shown are among the sentences.
            if facets & self.rules.subject_bits or named[-1] >= len(shown):
                beside()
            if not search.may_be_story(titles, sentences):
                return "text"
        parsed = parsed or ParsedPage(page)

        def with_standfirsts() -> list[Masks]:
            return [*titles, *search.of_texts((text,) for text in possible_standfirsts(parsed))]

        try:
            titles = search.of_texts((title,) for title in (read_headlines(parsed, None).chosen, announced))
            left = self._sentences(remaining_lines(parsed), search, with_standfirsts)
            if search.passes(left):
                return ""
            left += [
                *self._sentences(possible_standfirsts(parsed), search, with_standfirsts),
                *apart(),
            ]
        except ExtractionError:
            return ""  # extraction raises it again and gives the reason
        return "" if search.may_be_story(titles, left) else "tree"

    @cached_property
    def _kinds(self) -> Kinds:
        return Kinds(*self.rules.kinds)

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
        self, lines: Sequence[str], search: Evidence, beside: Callable[[], Sequence[Masks]]
    ) -> list[Masks]:
        """The evidence in each possible sentence of ``lines``, for lines that name a subject in a language of the page;
        ``beside`` returns the evidence of its titles and standfirsts."""
        new = Lines([line for line in lines if line not in search.named])
        names = self._names(new, fold_text(new.plain))
        _note(new, [(line, term) for line, term in names if search.reads(term)], search)
        return search.sentences(lines, [i for i, line in enumerate(lines) if search.named[line]], beside)

    def _files_for(self, lines: Lines) -> tuple[Files, ...]:
        """The sets of term files that may judge these lines: one set for each language in which the text may be
        written."""
        codes = languages_shown((lines.plain,), self._files)
        return tuple({self._others, *(self._files[code] for code in codes)})

    def _names(self, lines: Lines, folded: Folded) -> list[tuple[int, int]]:
        """The names of subjects in the lines, in any language, as (number of the line, number of the term).

        ``folded`` is the plain text of the lines.
        """
        rules, begins, terms = self.rules, list[int](), list[int]()
        for start, minus_end, number in rules.scanner("", folded.attached, "subjects").scan(folded.text):
            begin, end = folded.original_span(start, -minus_end)
            if rules.terms[number].regex or is_spelt(lines.plain[begin:end], rules.terms[number]):
                begins.append(begin)
                terms.append(number)
        return list(zip(lines.numbers_at(begins), terms, strict=True))


def _note(lines: Lines, names: Iterable[tuple[int, int]], search: Evidence) -> list[int]:
    """The numbers of the lines that have ``names``; they are also recorded in ``search``."""
    numbers = sorted({line for line, _ in names})
    search.named.update(dict.fromkeys(lines.marked, False))
    search.named.update((lines.marked[number], True) for number in numbers)
    return numbers


def remaining_lines(parsed: ParsedPage) -> list[str]:
    """The lines of the pruned page, with marks: everything that an extractor can return, except titles and scripts.

    Raises: ExtractionError, as extraction itself would.
    """
    return text_in(silence(tostring(parsed.pruned, encoding="utf-8"))[0], seams=True)
