"""Outlets: what each reported first, and how far it was behind otherwise."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fivegwatch.desk.charts.lags import OutletLag
from fivegwatch.desk.reads.asked import Asked, missing
from fivegwatch.desk.reads.items import StoryLine
from fivegwatch.desk.reads.lists import stories
from fivegwatch.desk.reads.pictures import read_lags
from fivegwatch.storage.read.corpus import Corpus

MOST_FIRSTS = 100
MOST_STORIES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletLine:
    """One outlet of the list."""

    site: str
    name: str
    stories: int
    shared: int
    """Events that it reported and other outlets, too."""
    first: int
    """Of these, those that it reported first."""
    median_lag: timedelta | None
    """Median time behind the first outlet, of the shared events that it did not report first; None without such."""
    last_day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlets:
    """The list of outlets, those with the most stories first."""

    lines: tuple[OutletLine, ...]
    lags: tuple[OutletLag, ...]
    """Quartiles of each outlet's time behind the first, for a picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """An event that an outlet reported before others."""

    event_id: str
    title: str
    language: str
    published_at: datetime
    second: str
    """The outlet that came next."""
    lead: timedelta
    """How long before it."""
    outlets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """The page of an outlet."""

    line: OutletLine
    firsts: tuple[First, ...]
    """Newest first."""
    stories: tuple[StoryLine, ...]
    """Its stories, newest first."""


_REPORTS = """
    with report as (
        select event_id, site, min(published_at) as reported_at
        from event_stories
        where published_at is not null
            and ($sites is null or event_id in (select event_id from event_stories where list_contains($sites, site)))
        group by all
    ),
    ranked as (
        select *, min(reported_at) over event as first_at, count(*) over event as outlets,
            row_number() over (partition by event_id order by reported_at, site) as position
        from report window event as (partition by event_id)
    )
"""


def read_outlets(corpus: Corpus, asked: Asked) -> Outlets:  # noqa: ARG001 - as every read
    """All outlets with a story."""
    return Outlets(lines=tuple(_lines(corpus, None).values()), lags=read_lags(corpus))


def read_outlet(corpus: Corpus, asked: Asked) -> Outlet:
    """The outlet with the domain ``site``.

    Raises: QueryError of kind ``not_found`` when it has no story.
    """
    site = asked.text("site").lower()
    pages = tuple(read_outlet_pages(corpus, [site])) if site else ()
    if not pages:
        raise missing(f"no story is from {site}")
    return pages[0]


def read_outlet_pages(corpus: Corpus, sites: Sequence[str]) -> Iterator[Outlet]:
    """The pages of the outlets with these domains, in this order; those without a story are left out."""
    lines = _lines(corpus, sites)
    firsts: dict[str, list[First]] = defaultdict(list)
    for row in corpus.sql(
        f"""{_REPORTS}
            select p.site, p.event_id, coalesce(e.title, '') as title, e.language, p.reported_at as published_at,
                n.site as second, epoch(n.reported_at - p.reported_at)::bigint as lead, p.outlets
            from ranked p
            join ranked n on n.event_id = p.event_id and n.position = 2
            join event_stories e on e.event_id = p.event_id and e.first
            where list_contains($sites, p.site) and p.position = 1
            qualify row_number() over (partition by p.site order by p.reported_at desc, p.event_id) <= {MOST_FIRSTS}
            order by p.reported_at desc, p.event_id""",  # noqa: S608 - our own words
        {"sites": list(sites)},
    ):
        firsts[row.pop("site")].append(First(**row | {"lead": timedelta(seconds=row["lead"])}))
    newest: dict[str, list[StoryLine]] = defaultdict(list)
    for story in stories(
        corpus,
        "list_contains($sites, s.site) qualify row_number() over (partition by s.site order by"
        f" coalesce(s.published_at, s.first_seen_at) desc nulls last, s.id) <= {MOST_STORIES}",
        {"sites": list(sites)},
        limit=MOST_STORIES * len(sites),
    ):
        newest[story.site].append(story)
    for site in sites:
        if site in lines:
            yield Outlet(line=lines[site], firsts=tuple(firsts[site]), stories=tuple(newest[site]))


def _lines(corpus: Corpus, sites: Sequence[str] | None) -> dict[str, OutletLine]:
    """The outlets with these domains, or all, by their domain; those with the most stories first."""
    rows = corpus.sql(
        f"""{_REPORTS},
            shared as (
                select site, count(*) as shared, count(*) filter (where position = 1) as first,
                    epoch(median(reported_at - first_at) filter (where position > 1))::bigint as lag
                from ranked where outlets > 1 group by site
            ),
            outlet as (
                select site, coalesce(mode(nullif(site_name, '')), site) as name, count(*) as stories,
                    max(published_day) as last_day
                from stories where $sites is null or list_contains($sites, site) group by site
            )
            select o.site, name, stories, last_day, coalesce(shared, 0) as shared, coalesce(first, 0) as first, lag
            from outlet o left join shared s on s.site = o.site
            order by stories desc, o.site""",  # noqa: S608 - our own words
        {"sites": None if sites is None else list(sites)},
    )
    return {
        row["site"]: OutletLine(
            median_lag=None if row["lag"] is None else timedelta(seconds=row["lag"]),
            **{name: value for name, value in row.items() if name != "lag"},
        )
        for row in rows
    }
