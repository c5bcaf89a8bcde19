"""Everything from which the facts of a story are made: its sentences, with the terms, entities and countries in them.

fold -> terms of all facets -> names of entities -> countries (none inside a longer name) -> sentences
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from fivegwatch.extractors.facts.countries import CountryHit, find_countries
from fivegwatch.extractors.judging.evidence import Evidence
from fivegwatch.extractors.judging.judgement import terms_language
from fivegwatch.extractors.judging.matching import Hit, find_hits
from fivegwatch.extractors.judging.passages import LEAD_CHARS, sentence_ends
from fivegwatch.extractors.makers import maker_of
from fivegwatch.extractors.model import Article, Field
from fivegwatch.extractors.story_facts import Passage
from fivegwatch.extractors.text.folding import Folded, fold_text
from fivegwatch.extractors.watchlist.compile import OTHER, Rules
from fivegwatch.extractors.watchlist.model import Entity

T = TypeVar("T")
HIDING = frozenset(
    {"operator", "vendor", "company", "agency", "regulator", "law", "product", "research_group", "event",
     "standard_body", "person"}
)  # fmt: skip
"""Types of entities whose names may contain a country without meaning it, such as China Mobile and Bank of China. For
the types in `BODIES` this holds only of countries that are not their own."""
BODIES = frozenset({"agency", "regulator"})
"""Types of entities that act for a country; the country's name inside their name counts as a mention of the country."""
_DESCRIPTION = re.compile(
    r"(?:(?:电信|電信)(?:网络|網[絡路])|(?:电信|電信|移动|移動|联通|聯通)\s*(?:[巨大][头頭]|大手|[业業][者界]|企[业業]|[运運營营][营營]商|[设設][备備]|行[业業]"
    r"|[产產][业業]|部[门門]|供[应應]商|市[场場]|[监監]管|服[务務]商|[机機][构構]|事業者|(?:公司|集[团團]|商)\s*[「“\"]?[A-Za-z]))"
)
"""A line of business with a word that makes it a description: "the Chinese telecoms giant Huawei", "British telecoms
firm X". In Chinese such descriptions are written like the names China Telecom and British Telecom."""
_ONE_OF = re.compile(r"(?:[这這那一每][家间間]|[类類]的)$")
LONGEST_SENTENCE = 600
"""A longer sentence is cut to at most this many characters, half of them before the offset that is looked up."""


@dataclass(frozen=True, slots=True)
class Named:
    """One mention of an entity."""

    entity: Entity
    start: int
    end: int


new_name, new_passage = maker_of(Named), maker_of(Passage)


@dataclass(frozen=True, slots=True)
class Text:
    """One field of a story (title or text) with everything named in it; all offsets are str indices into ``value``."""

    field: Field
    value: str
    folded: Folded
    terms: tuple[Hit, ...]
    """Hits of the terms of all facets, ordered by start."""
    names: tuple[Named, ...]
    countries: tuple[CountryHit, ...]
    sentences: tuple[int, ...]
    """The offsets where sentences begin."""

    def sentence(self, at: int) -> tuple[int, int]:
        """Start and end of the sentence that contains the offset ``at``."""
        i = bisect_right(self.sentences, at) - 1
        end = self.sentences[i + 1] if i + 1 < len(self.sentences) else len(self.value)
        start = self.sentences[i]
        if end - start > LONGEST_SENTENCE:
            start, end = max(start, at - LONGEST_SENTENCE // 2), min(end, at + LONGEST_SENTENCE // 2)
        return start, end

    def quote(self, at: int) -> str:
        """The sentence that contains the offset ``at``, with single blanks."""
        start, end = self.sentence(at)
        return " ".join(self.value[start:end].split())


@dataclass(frozen=True)
class Reading:
    """A story with everything from which its facts are made."""

    article: Article
    rules: Rules
    title: Text
    text: Text
    _results: dict[Callable[[Reading], Any], Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, work: Callable[[Reading], T]) -> T:
        """The result of ``work`` for this story, computed at the first call and then remembered; it must not be
        changed."""
        if work not in self._results:
            self._results[work] = work(self)
        result: T = self._results[work]
        return result

    @cached_property
    def lead_end(self) -> int:
        """The offset in the text where the lead ends: the sentences that begin in its first 300 characters."""
        later = [start for start in self.text.sentences if start > LEAD_CHARS]
        return min(later[0] if later else len(self.text.value), 2 * LEAD_CHARS)

    def fields(self) -> Iterator[Text]:
        """The title, then the text."""
        yield self.title
        yield self.text

    def facet(self, hit: Hit) -> str:
        """The facet of the term that was hit."""
        return self.rules.terms[hit[2]].facet


def read_story(article: Article, rules: Rules, evidence: Evidence | None = None) -> Reading:
    """The reading of an article: what it names, and where. ``evidence``: what `collect_evidence` found in it, if that
    was called already."""
    language = terms_language(article)
    if evidence is None or not evidence.has_all_hits:
        folded = fold_text(article.title), fold_text(article.text)
        evidence = Evidence(
            folded,
            find_hits(article.title, folded[0], rules, language, "evidence"),
            find_hits(article.text, folded[1], rules, language, "evidence", context=article.title),
        )
    title, text = evidence.folded
    return Reading(
        article,
        rules,
        _read_field("title", article, title, evidence.title_hits, language, rules),
        _read_field("text", article, text, evidence.text_hits, language, rules),
    )


def _read_field(
    field: Field, article: Article, folded: Folded, terms: Sequence[Hit], language: str, rules: Rules
) -> Text:
    value, context = (article.title, "") if field == "title" else (article.text, article.title)
    names = tuple(
        new_name(rules.entities[rules.terms[number].entity], start, end)
        for start, end, number in find_hits(value, folded, rules, language, "names", context=context)
    )
    if folded.attached:
        names = tuple(n for n in names if not _describes(value, n))
    hiding = [(n.start, n.end, n.entity) for n in names if n.entity.type in HIDING]
    countries = find_countries(value, folded, "" if language == OTHER else article.language)
    return Text(
        field,
        value,
        folded,
        tuple(terms),
        names,
        tuple(_unhidden(countries, hiding)),
        (0, *sentence_ends(value)),
    )


def _describes(value: str, named: Named) -> bool:
    """Whether the words of an operator's name only describe another firm or a line of business."""
    if named.entity.type != "operator":
        return False
    one_of = value.startswith("公司", named.end) and _ONE_OF.search(value, named.start - 2, named.start)
    return bool(one_of) or _DESCRIPTION.match(value, named.end - 2) is not None


def _unhidden(hits: Iterable[CountryHit], hiding: Sequence[tuple[int, int, Entity]]) -> Iterator[CountryHit]:
    """The countries that are not part of a longer name; both arguments are sorted by start."""
    begun: list[tuple[int, Entity]] = []
    number = 0
    for hit in hits:
        while number < len(hiding) and hiding[number][0] <= hit.start:
            begun.append(hiding[number][1:])
            number += 1
        begun = [name for name in begun if name[0] > hit.start]
        if not any(
            hit.end <= end and not (entity.type in BODIES and entity.country == hit.code)
            for end, entity in begun
        ):
            yield hit
