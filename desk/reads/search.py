"""The search page: a query and filters in, a page of hits with counts by facet (topic, country, ..) out.

The address of the page contains the query, the filters and the page number.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fivegwatch.desk.reads.asked import Asked
from fivegwatch.desk.reads.glosses import read_glosses
from fivegwatch.extractors.errors import QueryError
from fivegwatch.storage.read.corpus import Corpus
from fivegwatch.storage.search.ask import MOST_COUNTED
from fivegwatch.storage.search.search import Hit, search, search_ids

HITS = 20
"""Number of hits on a page."""
MOST_PAGES = 50
FACETS = ("topic", "country", "lang", "site", "year")
"""The facets with counts. Each is also a field of the query syntax, except ``year``, which stands for ``after`` and
``before``."""
_FACET_VALUES = 12
_COLUMNS = {
    "topic": "unnest(topics)",
    "country": "unnest(countries)",
    "lang": "split_part(language, '-', 1)",
    "site": "site",
    "year": "coalesce(year(published_day)::varchar, '')",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetValue:
    """One value of a facet of the search, with the number of hits that have it."""

    value: str
    stories: int
    """Number of hits that have the value."""
    chosen: bool
    """Whether the reader chose this value as a filter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HitLine:
    """One hit of a search, as the page shows it."""

    id: str
    title: str
    title_hits: tuple[tuple[int, int], ...]
    """Matched words of the title: start and end (exclusive) in characters."""
    snippet: str
    snippet_hits: tuple[tuple[int, int], ...]
    url: str
    site: str
    language: str
    verdict: str
    appeared_at: datetime | None
    gloss: str
    """The story in one English line; empty for a story in English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage:
    """The data of the search page."""

    text: str
    """The query as the reader wrote it."""
    filters: Mapping[str, str]
    """The chosen values of facets, by field."""
    after: str
    before: str
    newest: bool
    """Whether the hits are sorted by time, not by relevance."""
    ledger: bool
    """Whether the headlines of pages that were not kept are searched, instead of stories."""
    query: str
    """Query and filters as one query in the syntax of `fivegwatch search`, which finds the same hits."""
    total: int
    """Number of all hits; 100,001 means more than 100,000."""
    hits: tuple[HitLine, ...]
    number: int
    """Number of this page, counted from 1."""
    pages: int
    facets: Mapping[str, tuple[FacetValue, ...]]
    notes: tuple[str, ...]
    fault: str
    """What is wrong with the query; empty when nothing is."""

    def state(self, **changes: object) -> dict[str, object]:
        """The parameters of this page's address, with ``changes``. The page number is left out unless ``changes`` has
        one.
        """
        state: dict[str, object] = {
            "q": self.text, **self.filters, "after": self.after, "before": self.before,
            "order": "newest" if self.newest else "", "ledger": "1" if self.ledger else "", "page": "",
        }  # fmt: skip
        return state | changes


_STORY_FACETS = """create temp table if not exists story_facets as
    select id, topics, countries, language, site, published_day from stories"""


def read_search(corpus: Corpus, asked: Asked) -> SearchPage:
    """The hits for the parameters q, topic, country, lang, site, year, after, before, order, ledger and page.

    A malformed query is no error of the page: ``fault`` says what is wrong with it.
    """
    text = asked.text("q")
    filters = {name: asked.text(name) for name in FACETS if asked.text(name)}
    after, before = (
        moment.date().isoformat() if (moment := asked.moment(name)) else "" for name in ("after", "before")
    )
    newest, ledger = asked.text("order") == "newest", asked.text("ledger") == "1"
    number = asked.number("page", 1, most=MOST_PAGES)
    query = query_of(text, filters, after, before)
    plain: dict[str, Any] = {
        "text": text,
        "filters": filters,
        "after": after,
        "before": before,
        "newest": newest,
        "ledger": ledger,
    }
    try:
        # Side by side: the hits come from the search index and their texts, the counts from the stories.
        with ThreadPoolExecutor(1) as pool:
            answering = pool.submit(
                search, corpus.version, query or "after:1900", now=asked.now, limit=number * HITS,
                newest=newest or not text, ledger=ledger,
            )  # fmt: skip
            facets = {} if ledger else facets_of(corpus, query, asked.now, filters)
            answer = answering.result()
    except QueryError as error:
        return SearchPage(
            **plain, query=query, total=0, hits=(), number=1, pages=0, facets={}, notes=(), fault=str(error)
        )
    hits = answer.hits[(number - 1) * HITS :]
    foreign = [hit.match.id for hit in hits if not ledger and not hit.match.language.startswith("en")]
    glosses = read_glosses(corpus, foreign, kept=True) if foreign else {}
    return SearchPage(
        **plain,
        query=query,
        total=answer.total,
        hits=tuple(_hit(hit, glosses.get(hit.match.id, "")) for hit in hits),
        number=number,
        pages=min(MOST_PAGES, -(-answer.total // HITS)),
        facets=facets,
        notes=answer.notes,
        fault="",
    )


def query_of(text: str, filters: Mapping[str, str], after: str, before: str) -> str:
    """Query and filters as one query in the search syntax."""
    parts = [f"({text})" if " " in text and (filters or after or before) else text]
    for name, value in filters.items():
        if name == "year" and value.isdigit():
            parts += [f"after:{value}", f"before:{int(value) + 1}"]
        elif name != "year":
            # A value with a blank or a bracket is no value of a facet; it must not become other conditions.
            parts.append(f"{name}:{''.join(char for char in value if char.isalnum() or char in '.-_')}")
    parts += [f"{name}:{value}" for name, value in (("after", after), ("before", before)) if value]
    return " ".join(part for part in parts if part)


def facets_of(
    corpus: Corpus, query: str, now: datetime, chosen: Mapping[str, str]
) -> dict[str, tuple[FacetValue, ...]]:
    """For each facet, its most frequent values among all hits of ``query``, with the number of hits for each."""
    if query:
        where = "where id in (select unnest($ids))"
        values = {"ids": search_ids(corpus.version, query, now=now)[:MOST_COUNTED]}
    else:
        where, values = "", None
    hits = f"(select * exclude (id) from story_facets {where})"  # noqa: S608 - our words
    counts = " union all ".join(
        f"(select '{name}' as facet, value, count(*) as stories from (select {column} as value from hit)"  # noqa: S608
        f" where value <> '' group by value order by stories desc, value limit {_FACET_VALUES})"
        for name, column in _COLUMNS.items()
    )
    facets: dict[str, list[FacetValue]] = {name: [] for name in FACETS}
    # The view is dear (half of the page's CPU time at 10,000 stories): its columns are copied once for every version.
    for row in corpus.sql(f"{_STORY_FACETS}; with hit as materialized {hits} {counts}", values):
        name, value = row["facet"], row["value"]
        facets[name].append(
            FacetValue(
                value=value, stories=row["stories"], chosen=chosen.get(name, "").lower() == value.lower()
            )
        )
    facets["year"].sort(key=lambda year: year.value, reverse=True)
    return {name: tuple(values) for name, values in facets.items()}


def _hit(hit: Hit, gloss: str) -> HitLine:
    return HitLine(
        id=hit.match.id,
        title=hit.title.text,
        title_hits=hit.title.hits,
        snippet=hit.snippet.text,
        snippet_hits=hit.snippet.hits,
        url=hit.match.url,
        site=hit.match.site,
        language=hit.match.language,
        verdict=hit.match.verdict,
        appeared_at=hit.match.appeared_at,
        gloss=gloss,
    )
