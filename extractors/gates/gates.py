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
from dataclasses import dataclass
from functools import cache, lru_cache, partial, reduce
from itertools import accumulate, chain
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
from fivegwatch.extractors.native import compiled
from fivegwatch.extractors.pages.parsed import ParsedPage
from fivegwatch.extractors.text.folding import Folded, fold_text
from fivegwatch.extractors.watchlist.compile import OTHER, Rules
from fivegwatch.extractors.watchlist.model import ScanFor, Term

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
        self.wanted = lru_cache(256)(self._wanted)

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
        search = _Search(self, folded.text, self._files_for(everything))
        names = [(line, term) for line, term in names if search.reads(term)]
        if not names:
            return "scan"
        named = sorted({line for line, _ in names})
        facets = reduce(or_, (self.rules.masks[term] for _, term in names))
        titles: list[_Spot] = []

        def beside() -> list[_Spot]:
            if not titles:
                titles.extend(search.spots((text,) for text in (*texts.titles(), announced)))
            return titles

        def apart() -> list[_Spot]:
            lines = [*texts.in_scripts(), announced] if named[-1] >= len(shown) else []
            return self._sentences(Lines(lines), search, beside)

        sentences = search.sentences(shown, [i for i in named if i < len(shown)], beside)
        # What is certain to be enough is asked first: pages that pass need no more.
        if not search.suffices(sentences):
            sentences += apart()
            # Without a sure subject no title is about one; those shown are among the sentences.
            if facets & self.rules.subject_bits or named[-1] >= len(shown):
                beside()
            if not search.may_be_story(titles, sentences):
                return "text"
        parsed = parsed or ParsedPage(page)

        def with_standfirsts() -> list[_Spot]:
            return [*titles, *search.spots((text,) for text in possible_standfirsts(parsed))]

        try:
            titles = search.spots((title,) for title in (read_headlines(parsed, None).chosen, announced))
            left = self._sentences(Lines(remaining_lines(parsed)), search, with_standfirsts)
            if search.suffices(left):
                return ""
            left += [
                *self._sentences(Lines([*possible_standfirsts(parsed)]), search, with_standfirsts),
                *apart(),
            ]
        except ExtractionError:
            return ""  # extraction raises it again and gives the reason
        return "" if search.may_be_story(titles, left) else "tree"

    def _wanted(self, languages: Files) -> bytes:
        """For each of the pairs of ``rules.kinds``, 1 if its language is one of ``languages``."""
        return bytes(language in languages for language, _ in self.rules.kinds[0])

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

    def _sentences(self, lines: Lines, search: _Search, beside: Callable[[], Sequence[_Spot]]) -> list[_Spot]:
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


def remaining_lines(parsed: ParsedPage) -> list[str]:
    """The lines of the pruned page, with marks: the most that any extractor can return, titles and scripts aside.

    Raises: ExtractionError, as extraction itself would.
    """
    return text_in(silence(tostring(parsed.pruned, encoding="utf-8"))[0], seams=True)


@dataclass(slots=True)
class _Spot:
    """Texts of a page whose terms count together, as those of one sentence."""

    texts: tuple[str, ...]
    """Once with the marks of tags."""
    possible: Evidence
    """Also of hits that have not the spelling, the syntax or the context that their terms ask for."""
    sure: Evidence | None = None
    """Without them, once it was asked for."""


_ENOUGH = _Spot((), (("", -1),), (("", -1),))
"""Evidence of all facets, which makes any page a possible story."""


class _Search:
    """Searches sentences of one page for evidence.

    All are searched at once for what is possible; hits are checked only in those where this would be enough.
    """

    def __init__(self, gates: Gates, everything: str, sets: tuple[Files, ...]) -> None:
        self._rules = gates.rules
        self._kinds, self._numbers = gates.rules.kinds
        self._everything = everything
        """All texts of the page, folded: a word that a term needs beside it may be anywhere in them."""
        self._sets = sets
        self._languages = {"", *chain.from_iterable(sets)}
        """The term files that count, by whatever choice."""
        self._wanted = gates.wanted(frozenset(self._languages))
        self._nearby: dict[tuple[str, ...], bool] = {(): True}
        self._known: dict[str, set[tuple[str, int]]] = {}

    def reads(self, term: int) -> bool:
        """Whether term number ``term`` belongs to a language in which this page may be written."""
        return self._wanted[self._numbers[term]] > 0

    def spots(self, parts: Iterable[tuple[str, ...]]) -> list[_Spot]:
        """The possible evidence in each of ``parts``, the texts of which have their marks of tags."""
        rules, parts = self._rules, list(parts)
        plain = ["\n\n".join(spelt for text in part for spelt in spellings(text)) for part in parts]
        if compiled is None:
            scans = map(self._hits, map(fold_text, plain))
            possible = [[self._kinds[self._numbers[hit[2]]] for hit in hits] for hits in scans]
            possible = [[kind for kind in kinds if kind[0] in self._languages] for kinds in possible]
        else:
            # No term reaches over two blanks.
            folded = fold_text("\n\n".join(plain))
            bounds = list(accumulate(len(text) + 2 for text in plain))
            trie, kinds = (
                rules.scanner("", folded.attached, "evidence").trie,
                (self._numbers, self._kinds, self._wanted),
            )
            possible = compiled.kinds(folded.text, trie, kinds, bounds, folded.breaks, folded.origins)
        return [_Spot(part, tuple(kinds)) for part, kinds in zip(parts, possible, strict=True)]

    def sentences(
        self, lines: Sequence[str], named: Sequence[int], beside: Callable[[], Sequence[_Spot]]
    ) -> list[_Spot]:
        """The evidence in each possible sentence of the lines that are ``named``.

        A line whose whole evidence is not enough for a story is not cut: its evidence is given as one. A sentence that
        suffices only in an opening is followed by `_ENOUGH` if what is near it and ``beside`` may be that opening's.
        Lines after a sentence that is enough are left out.
        """
        spots: list[_Spot] = []
        parted = [Parted(lines[number]) for number in named]
        for number, line, whole in zip(
            named, parted, self.spots(tuple(line.texts()) for line in parted), strict=True
        ):
            if not self._holds(self._rules.suffices, whole):
                spots.append(whole)
                continue
            near = cache(partial(self._near, whole, lines, number, beside))
            if not self.suffices([whole]) and not self._may_open(whole, near):
                spots.append(whole)
                continue
            sentences = self.spots((text,) for text in line.sentences())
            spots += sentences
            if self.suffices(sentences):
                break
            if any(self._may_open(sentence, near) for sentence in sentences):
                return [*spots, _ENOUGH]
        return spots

    def _near(
        self, line: _Spot, lines: Sequence[str], number: int, beside: Callable[[], Sequence[_Spot]]
    ) -> list[_Spot]:
        """The evidence that may be in one opening with ``line``, number ``number`` of the ``lines``."""
        return [line, *self.spots((text,) for text in around(lines, number)), *beside()]

    def suffices(self, sentences: Iterable[_Spot]) -> bool:
        """True if a sentence is enough for a story by one of the sets of term files."""
        return any(self._holds(self._rules.suffices_anywhere, sentence) for sentence in sentences)

    def may_be_story(self, titles: Sequence[_Spot], sentences: Sequence[_Spot]) -> bool:
        """True if a sentence is enough, or a title is about the subject, by one of the sets of term files."""
        if self.suffices(sentences) or any(self._holds(self._rules.suffices, title) for title in titles):
            return True
        rules = self._rules

        def headlined(evidence: Callable[[_Spot], Evidence]) -> bool:
            for files in self._sets:
                about = [mask for title in titles if rules.headlines(mask := _mask(evidence(title), files))]
                if about and any(
                    mask & rules.subject_bits
                    for mask in chain(about, (_mask(evidence(sentence), files) for sentence in sentences))
                ):
                    return True
            return False

        return all(map(headlined, (_possible, self._sure)))

    def _holds(self, question: Callable[[int], bool], spot: _Spot) -> bool:
        """Whether the answer for the facets of a spot is true by one of the sets of term files.

        More facets never make a true answer false.
        """
        return all(
            any(question(_mask(evidence(spot), files)) for files in self._sets)
            for evidence in (_possible, self._sure)
        )

    def _may_open(self, sentence: _Spot, near: Callable[[], Sequence[_Spot]]) -> bool:
        """Whether a sentence may make a story if it is in an opening with what is ``near`` it."""
        rules = self._rules

        def opens(evidence: Callable[[_Spot], Evidence]) -> bool:
            everything = tuple({hit for spot in near() for hit in evidence(spot)})
            return any(
                rules.suffices(mask := _mask(evidence(sentence), files))
                and rules.may_open(mask, _mask(everything, files))
                for files in self._sets
            )

        return self._holds(rules.suffices, sentence) and all(map(opens, (_possible, self._sure)))

    def _sure(self, spot: _Spot) -> Evidence:
        """The evidence in the texts of a spot, each once with its marks of tags replaced by blanks and once with the
        marks removed."""
        if spot.sure is None:
            for text in spot.texts:
                if text not in self._known:
                    self._known[text] = set[tuple[str, int]]().union(*map(self._seen, spellings(text)))
            seen = set[tuple[str, int]]().union(*map(self._known.__getitem__, spot.texts))
            spot.sure = tuple(kind for kind in seen if kind[0] in self._languages)
        return spot.sure

    def _hits(self, folded: Folded) -> list[tuple[int, int, int]]:
        return self._rules.scanner("", folded.attached, "evidence").scan(folded.text)

    def _seen(self, text: str) -> set[tuple[str, int]]:
        """Language and facet bits of the terms in a text without marks."""
        rules, folded = self._rules, fold_text(text)
        hits, kinds, numbers, guarded = self._hits(folded), self._kinds, self._numbers, self._rules.guarded
        seen = {kinds[numbers[number]] for _, _, number in hits if not guarded[number]}
        for start, minus_end, number in hits:
            if guarded[number] and (kind := kinds[numbers[number]]) not in seen and self.reads(number):
                begin, end = folded.original_span(start, -minus_end)
                if self._is_right(rules.terms[number], text, begin, end):
                    seen.add(kind)
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


def _possible(spot: _Spot) -> Evidence:
    return spot.possible


def _mask(evidence: Evidence, files: Files) -> int:
    """Facet bits of the evidence, without that of languages that are not among ``files``."""
    mask = 0
    for language, bits in evidence:
        if not language or language in files:
            mask |= bits
    return mask
