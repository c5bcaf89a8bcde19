"""The sentences that may report an act or attack, each with the phrases, firms, countries and facets in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from fivegwatch.extractors.facts.entity_roles import branch_of
from fivegwatch.extractors.facts.phrases import Phrase, find_phrases
from fivegwatch.extractors.facts.reading import Named, Reading, Text
from fivegwatch.extractors.story_facts import Passage
from fivegwatch.extractors.text.folding import fold_text
from fivegwatch.extractors.watchlist.model import Entity

READ_CHARS = 2_500
"""How far into a text acts are looked for: news is at its beginning, background below."""


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
    """Offset and code of each country named, those of firms' origins left out, in order."""
    origins: list[str] = field(default_factory=list)
    facets: set[str] = field(default_factory=set)
    """Facets of its terms; ``x!`` if a strong term of x is among them."""
    _folded: str | None = None

    @property
    def countries(self) -> list[str]:
        """Codes of the countries that the sentence names, in order; origins of firms are left out."""
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

    def kinds(self, prefix: str) -> list[str]:
        """The kinds of the phrases whose kind begins with ``prefix``, in order, without that prefix."""
        return [p.kind.removeprefix(prefix) for p in self.phrases if p.kind.startswith(prefix)]

    def of_type(self, *types: str) -> list[Entity]:
        """The entities of the given types that the sentence names, in order, each once."""
        return list(dict.fromkeys(n.entity for n in self.names if n.entity.type in types))

    def passage(self) -> Passage:
        """The sentence as a passage, on which a fact can rest."""
        quote = " ".join(self.value.split())
        return Passage(field=self.text.field, start=self.start, end=self.end, quote=quote)


def sentences_of(
    reading: Reading, origins: Mapping[tuple[str, int], bool], near: Mapping[str, float]
) -> Sequence[Sentence]:
    """The title and the first sentences of a story, each with everything named in it.

    ``origins`` says of each country hit (field, start) whether it is only a firm's origin; ``near`` holds the
    countries that the story is about, to tell an operator's national branches apart.
    """
    found: dict[tuple[str, int], Sentence] = {}
    language = reading.article.language.replace("_", "-").split("-")[0].lower()

    def at(text: Text, offset: int) -> Sentence:
        start, end = (0, len(text.value)) if text is reading.title else text.sentence(offset)
        key = (text.field, start)
        if key not in found:
            place = "title" if text is reading.title else "lead" if start < reading.lead_end else "body"
            found[key] = Sentence(text, start, end, place, language)
        return found[key]

    for text in reading.fields():
        for phrase in find_phrases(text, reading.article.language):
            if phrase.start < READ_CHARS:
                at(text, phrase.start).phrases.append(phrase)
        for named in text.names:
            if named.start < READ_CHARS:
                entity = branch_of(named, text, reading.rules, near)
                at(text, named.start).names.append(replace(named, entity=entity))
        for hit in text.countries:
            if hit.start < READ_CHARS:
                sentence = at(text, hit.start)
                origin = origins.get((text.field, hit.start), False)
                if origin:
                    sentence.origins.append(hit.code)
                else:
                    sentence.states.append((hit.start, hit.code))
        for start, _, number in text.terms:
            if start < READ_CHARS:
                term = reading.rules.terms[number]
                at(text, start).facets.update(
                    (term.facet, f"{term.facet}!") if term.strong else (term.facet,)
                )
    return sorted(found.values(), key=lambda s: (s.text.field != "title", s.start))
