"""The sentences that may report an act or attack, each with the phrases, firms, countries and facets in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from fivegwatch.extractors.facts.branches import branch_of
from fivegwatch.extractors.facts.phrases import Phrase, find_phrases
from fivegwatch.extractors.facts.reading import (
    LONGEST_SENTENCE,
    Named,
    Reading,
    Text,
    new_name,
    new_passage,
)
from fivegwatch.extractors.story_facts import Passage
from fivegwatch.extractors.text.folding import fold_text
from fivegwatch.extractors.text.language_tags import primary_subtag
from fivegwatch.extractors.watchlist.model import Entity

T = TypeVar("T")
READ_CHARS = 2_500
"""How many first characters of a text are searched for acts: news is at the beginning, background below."""


@dataclass(slots=True)
class Sentence:
    """One sentence of a story; offsets are str indices into ``text.value``."""

    text: Text
    start: int
    end: int
    place: str
    """``title``, ``lead`` or ``body``."""
    language: str
    """Primary subtag, such as ``zh``."""
    phrases: list[Phrase] = field(default_factory=list)
    names: list[Named] = field(default_factory=list)
    states: list[tuple[int, str]] = field(default_factory=list)
    """Offset and code of each country named, in order, without countries that are only a firm's origin."""
    origins: list[str] = field(default_factory=list)
    facets: frozenset[str] = frozenset()
    """Facets of the terms in the sentence; ``x!`` too if it has a strong term of facet x."""
    _folded: str | None = None
    _results: dict[object, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def countries(self) -> list[str]:
        """Codes of the countries that the sentence names, in order, without countries that are only a firm's origin."""
        return [code for _, code in self.states]

    @property
    def value(self) -> str:
        """The sentence as written."""
        return self.text.value[self.start : self.end]

    @property
    def folded(self) -> str:
        """The sentence folded, with a blank at either end."""
        if self._folded is None:
            self._folded = fold_text(self.value).text
        return self._folded

    def once(self, work: Callable[[Sentence], T]) -> T:
        """The result of ``work`` for this sentence, computed at the first call and then remembered; it must not be
        changed."""
        if work not in self._results:
            self._results[work] = work(self)
        result: T = self._results[work]
        return result

    def kinds(self, prefix: str) -> tuple[str, ...]:
        """The kinds of the sentence's phrases that begin with ``prefix``, in order, without the prefix."""
        known: tuple[str, ...] | None = self._results.get(prefix)
        if known is None:
            kinds = (p.kind for p in self.phrases)
            known = tuple(kind[len(prefix) :] for kind in kinds if kind.startswith(prefix))
            self._results[prefix] = known
        return known

    def of_type(self, *types: str) -> tuple[Entity, ...]:
        """The entities of the given types that the sentence names, in order, each once."""
        if not self.names:
            return ()
        known: tuple[Entity, ...] | None = self._results.get(types)
        if known is None:
            known = tuple(dict.fromkeys(n.entity for n in self.names if n.entity.type in types))
            self._results[types] = known
        return known

    def passage(self) -> Passage:
        """The sentence as a `Passage`, the quotation that supports a fact."""
        return self.once(_passage)


def _passage(sentence: Sentence) -> Passage:
    quote = " ".join(sentence.value.split())
    return new_passage(field=sentence.text.field, start=sentence.start, end=sentence.end, quote=quote)


def sentences_of(
    reading: Reading, origins: Mapping[tuple[str, int], bool], near: Mapping[str, float]
) -> Sequence[Sentence]:
    """The title and the first sentences of a story, each with everything named in it.

    ``origins``: for each mention of a country (field, start), whether it is only a firm's origin. ``near``: the
    countries that the story is about, which decide the national branch that an operator's name means.
    """
    sentences: list[Sentence] = []
    for text in reading.fields():
        cut = _Cut(reading, text)
        for phrase in find_phrases(text, reading.article.language):
            if phrase.start < READ_CHARS:
                cut.at(phrase.start).phrases.append(phrase)
        for named in text.names:
            if named.start < READ_CHARS:
                entity = branch_of(named, text, reading, near)
                branch = named if entity is named.entity else new_name(entity, named.start, named.end)
                cut.at(named.start).names.append(branch)
        for hit in text.countries:
            if hit.start < READ_CHARS:
                sentence = cut.at(hit.start)
                if origins.get((text.field, hit.start), False):
                    sentence.origins.append(hit.code)
                else:
                    sentence.states.append((hit.start, hit.code))
        sentences += cut.with_facets()
    return sentences


class _Cut:
    """The sentences of one field in which something is named."""

    def __init__(self, reading: Reading, text: Text) -> None:
        self._reading, self._text = reading, text
        self._language = primary_subtag(reading.article.language)
        self._known: dict[int, Sentence] = {}
        self._last: Sentence | None = None

    def at(self, offset: int) -> Sentence:
        """The sentence that contains the offset; the title is one sentence."""
        if self._last is not None and self._last.start <= offset < self._last.end:
            return self._last
        in_title = self._text is self._reading.title
        start, end = (0, len(self._text.value)) if in_title else self._text.sentence(offset)
        if start not in self._known:
            place = "title" if in_title else "lead" if start < self._reading.lead_end else "body"
            self._known[start] = Sentence(self._text, start, end, place, self._language)
        sentence = self._known[start]
        # Pieces of long sentences are half as long as the longest or longer, and another may hold the next offset.
        is_whole = in_title or end - start < LONGEST_SENTENCE // 2
        self._last = sentence if is_whole else None
        return sentence

    def with_facets(self) -> list[Sentence]:
        """All sentences in the order of the text, with the facets of the terms in them."""
        rules = self._reading.rules
        masks: defaultdict[int, int] = defaultdict(int)
        for start, _, number in self._text.terms:
            if start >= READ_CHARS:
                break
            masks[self.at(start).start] |= rules.masks[number]
        for start, mask in masks.items():
            self._known[start].facets = rules.facets_of(mask)
        return [self._known[start] for start in sorted(self._known)]
