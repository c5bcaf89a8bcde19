"""Outlets: what each reported first, and how far it was behind otherwise."""

from __future__ import annotations

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
            and ($site = '' or event_id in (select event_id from event_stories where site = $site))
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
    return Outlets(lines=_lines(corpus, ""), lags=read_lags(corpus))


def read_outlet(corpus: Corpus, asked: Asked) -> Outlet:
    """The outlet with the domain ``site``.

    Raises: QueryError of kind ``not_found`` when it has no story.
    """
    site = asked.text("site").lower()
    lines = _lines(corpus, site) if site else ()
    if not lines:
        raise missing(f"no story is from {site}")
    rows = corpus.sql(
        f"""{_REPORTS}
            select p.event_id, e.title, e.language, p.reported_at as published_at, n.site as second,
                epoch(n.reported_at - p.reported_at)::bigint as lead, p.outlets
            from ranked p
            join ranked n on n.event_id = p.event_id and n.position = 2
            join event_stories e on e.event_id = p.event_id and e.first
            where p.site = $site and p.position = 1
            order by p.reported_at desc, p.event_id limit {MOST_FIRSTS}""",  # noqa: S608 - our own words
        {"site": site},
    )
    return Outlet(
        line=lines[0],
        firsts=tuple(
            First(**row | {"title": row["title"] or "", "lead": timedelta(seconds=row["lead"])})
            for row in rows
        ),
        stories=stories(corpus, "s.site = $site", {"site": site}, limit=MOST_STORIES),
    )


def _lines(corpus: Corpus, site: str) -> tuple[OutletLine, ...]:
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
                from stories where $site = '' or site = $site group by site
            )
            select o.site, name, stories, last_day, coalesce(shared, 0) as shared, coalesce(first, 0) as first, lag
            from outlet o left join shared s on s.site = o.site
            order by stories desc, o.site""",  # noqa: S608 - our own words
        {"site": site},
    )
    return tuple(
        OutletLine(
            median_lag=None if row["lag"] is None else timedelta(seconds=row["lag"]),
            **{name: value for name, value in row.items() if name != "lag"},
        )
        for row in rows
    )
