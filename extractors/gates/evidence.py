"""Finds the facets in texts of one page, separately for each set of term files that may judge the page.

Texts with marks -> spellings -> folded and searched at once -> a mask for each set of term files
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, lru_cache, partial, reduce
from itertools import accumulate
from operator import or_

from fivegwatch.extractors.gates.sentences import Parted, around, spellings
from fivegwatch.extractors.judging.matching import is_spelt
from fivegwatch.extractors.native import compiled
from fivegwatch.extractors.text.folding import fold_text
from fivegwatch.extractors.watchlist.compile import Rules

Files = frozenset[str]
"""A set of term files by which one text is judged."""
PORTION = 4
"""How many lines are searched at once in the first portion."""
Masks = tuple[int, ...]
"""The facets in one text as masks: one mask for each set of term files, in the same order for all texts of a page."""


class Kinds:
    """The kinds of terms: pairs of language and mask. Terms of one kind are the same evidence."""

    def __init__(self, kinds: Sequence[tuple[str, int]], looks: array[int]) -> None:
        """For ``kinds`` and ``looks`` see `Rules.kinds`."""
        self.languages = [language for language, _ in kinds]
        self.masks = [mask for _, mask in kinds]
        self.looks = looks
        self.words = max(self.masks).bit_length() // 64 + 1
        """How many words of 64 bits a mask takes in ``packed``."""
        self.packed = b"".join(mask.to_bytes(8 * self.words, "little") for mask in self.masks)
        self.of = lru_cache(256)(self._of)

    def _of(self, files: Files) -> bytes:
        """For each kind, 1 if its terms count in texts that ``files`` judge, else 0."""
        return bytes(not language or language in files for language in self.languages)


class Evidence:
    """Finds evidence in texts of one page."""

    def __init__(self, rules: Rules, kinds: Kinds, everything: str, sets: Iterable[Files]) -> None:
        self._rules, self._kinds = rules, kinds
        self._everything = everything
        """All texts of the page, folded; a word that a term needs nearby may be anywhere in them."""
        self._sets = tuple(map(kinds.of, sets))
        self._all_facets: Masks = (-1,) * len(self._sets)
        self._is_near = cache(lambda needs: any(word in everything for word in needs))
        self.named: dict[str, bool] = {}
        """Line that was searched for names, to whether it names a subject."""
        self._known: dict[tuple[str, ...], Masks] = {}

    def reads(self, term: int) -> bool:
        """Whether term number ``term`` belongs to a language in which this page may be written."""
        look = self._kinds.looks[term]
        return any(kinds[max(look, ~look)] for kinds in self._sets)

    def of_texts(self, parts: Iterable[tuple[str, ...]]) -> list[Masks]:
        """The masks of each of ``parts``, which are groups of texts with marks of tags."""
        parts = list(parts)
        # Most lines and sentences of the pruned page are those that the whole page has.
        new = list(dict.fromkeys(part for part in parts if part not in self._known))
        self._known.update(zip(new, self._search(new), strict=True))
        return [self._known[part] for part in parts]

    def _search(self, parts: Sequence[tuple[str, ...]]) -> list[Masks]:
        """The masks of each of ``parts``.

        A hit does not count if it lacks the spelling or the syntax that its term requires, or if its term needs a
        nearby word that is nowhere on the page.
        """
        plains = ["\n\n".join(spelt for text in part for spelt in spellings(text)) for part in parts]
        # No term reaches over two blanks.
        plain = "\n\n".join(plains)
        folded, terms = fold_text(plain), self._rules.terms

        def accepts(start: int, end: int, number: int) -> bool:
            begin, stop = folded.original_span(start, end)
            if (term := terms[number]).regex:
                # A text of its own, which begins behind two blanks.
                before = plain[:begin].rpartition("\n\n")[2]
                found = re.compile(term.regex, re.IGNORECASE).match(before + plain[begin:], len(before))
                return found is not None
            return is_spelt(plain[begin:stop], term) and (not term.needs or self._is_near(term.needs))

        scanner = self._rules.scanner("", folded.attached, "evidence")
        kinds, bounds = self._kinds, list(accumulate(len(text) + 2 for text in plains))
        if compiled is None:
            hits = scanner.scan(folded.text)
            placed = [(bisect_right(bounds, folded.origin(hit[0])), hit) for hit in hits]
            return masks_of_hits(placed, kinds, self._sets, len(plains), accepts)
        looks = kinds.looks, kinds.packed, self._sets, kinds.words
        packed = compiled.masks(
            folded.text, scanner.trie, looks, bounds, folded.breaks, folded.origins, accepts
        )
        width = 8 * kinds.words
        each = [int.from_bytes(packed[at : at + width], "little") for at in range(0, len(packed), width)]
        return list(zip(*[iter(each)] * len(self._sets), strict=True))

    def sentences(
        self, lines: Sequence[str], named: Sequence[int], beside: Callable[[], Sequence[Masks]]
    ) -> list[Masks]:
        """The evidence in each possible sentence of the lines with the numbers ``named``.

        A line that as a whole has too little evidence for a story is not cut into sentences: its evidence is returned
        as one. When a sentence is enough for a story, alone or in an opening with the lines near it and ``beside``, all
        facets are returned after it (see `passes`), and reading stops.
        """
        made: list[Masks] = []
        for number, line, whole in self._parted(lines, named):
            opening = cache(partial(self._opening, whole, lines, number, beside))
            if not self._suffices(whole) and not self._may_open(whole, opening):
                made.append(whole)
                continue
            made += (sentences := self.of_texts((text,) for text in line.sentences()))
            if any(map(self._suffices, sentences)) or any(self._may_open(one, opening) for one in sentences):
                return [*made, self._all_facets]
        return made

    def passes(self, sentences: Sequence[Masks]) -> bool:
        """Whether one of ``sentences``, the result of `sentences`, is enough for a story."""
        return self._all_facets in sentences

    def _parted(self, lines: Sequence[str], named: Sequence[int]) -> Iterator[tuple[int, Parted, Masks]]:
        """Number, sentences and whole evidence of each line with a number in ``named``.

        Lines are searched in portions that grow, because the caller may stop before the last ones.
        """
        size = PORTION
        while named:
            portion, named = [(number, Parted(lines[number])) for number in named[:size]], named[size:]
            wholes = self.of_texts(tuple(line.texts()) for _, line in portion)
            yield from ((number, line, whole) for (number, line), whole in zip(portion, wholes, strict=True))
            size *= 4

    def _opening(
        self, line: Masks, lines: Sequence[str], number: int, beside: Callable[[], Sequence[Masks]]
    ) -> Masks:
        """The evidence that may be in one opening with ``line``, number ``number`` of the ``lines``."""
        near = [line, *self.of_texts((text,) for text in around(lines, number)), *beside()]
        return tuple(reduce(or_, masks) for masks in zip(*near, strict=True))

    def _suffices(self, sentence: Masks) -> bool:
        """Whether a sentence, in any place, is enough for a story by one of the sets of term files."""
        return any(map(self._rules.suffices_anywhere, set(sentence)))

    def _may_open(self, sentence: Masks, opening: Callable[[], Masks]) -> bool:
        """Whether a sentence may be enough for a story in the ``opening``."""
        rules = self._rules
        return any(map(rules.suffices, set(sentence))) and any(
            rules.suffices(mask) and rules.may_open(mask, whole)
            for mask, whole in zip(sentence, opening(), strict=True)
        )

    def may_be_story(self, titles: Sequence[Masks], sentences: Sequence[Masks]) -> bool:
        """True if, by one of the sets of term files, a sentence or a title is enough for a story; or if a title is
        about the subject, and such a title or a sentence names one by a strong term."""
        rules = self._rules
        if self.passes(sentences) or any(any(map(rules.suffices, set(title))) for title in titles):
            return True
        for number in range(len(self._sets)):
            about = [title[number] for title in titles if rules.headlines(title[number])]
            texts = (*about, *(sentence[number] for sentence in sentences))
            if about and any(mask & rules.subject_bits for mask in texts):
                return True
        return False


def masks_of_hits(
    hits: Iterable[tuple[int, tuple[int, int, int]]],
    kinds: Kinds,
    sets: Sequence[bytes],
    parts: int,
    accepts: Callable[[int, int, int], bool],
) -> list[Masks]:
    """The masks of ``parts`` texts. Pure-Python twin of ``native.masks``.

    ``hits``: each with the number of its text in front. ``sets``: for each set of term files, the kinds of terms that
    count (`Kinds.of`). ``accepts``: whether a guarded hit counts.
    """
    masks = [[0] * len(sets) for _ in range(parts)]
    for part, (start, minus_end, term) in hits:
        look = kinds.looks[term]
        kind = max(look, ~look)
        having = [number for number, own in enumerate(sets) if own[kind]]
        new = any(kinds.masks[kind] & ~masks[part][number] for number in having)
        if new and (look >= 0 or accepts(start, -minus_end, term)):
            for number in having:
                masks[part][number] |= kinds.masks[kind]
    return [tuple(each) for each in masks]
