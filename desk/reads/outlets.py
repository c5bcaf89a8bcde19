"""The list of outlets and the page of one outlet: what it reported first, and its lag behind other outlets."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from fivegwatch.desk.charts.lags import OutletLag
from fivegwatch.desk.reads.asked import Asked, missing
from fivegwatch.desk.reads.glosses import read_glosses
from fivegwatch.desk.reads.items import StoryLine
from fivegwatch.desk.reads.lists import stories
from fivegwatch.desk.reads.pictures import read_lags
from fivegwatch.extractors.web.urls import site_of
from fivegwatch.storage.read.corpus import Corpus

MOST_FIRSTS = 100
_DOMAIN = re.compile(r"(?!-)[\w-]+(?:\.[\w-]+)+")
MOST_STORIES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletLine:
    """One outlet as a line of the list of outlets."""

    site: str
    name: str
    stories: int
    shared: int
    """Number of events that both this outlet and others reported."""
    first: int
    """Number of shared events that no other outlet reported earlier."""
    median_lag: timedelta | None
    """Median, over all shared events, of the time between the first report and this outlet's report (0 if it was
    first). None without shared events."""
    last_day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlets:
    """The data of the list of outlets; outlets with the most stories come first."""

    lines: tuple[OutletLine, ...]
    lags: tuple[OutletLag, ...]
    """The lags of each outlet behind the first report, for a picture."""
    asked: str
    """Text that the name or domain of a listed outlet contains; empty for all outlets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """An event that an outlet reported before others."""

    event_id: str
    title: str
    language: str
    published_at: datetime
    second: str
    """The outlet that reported the event next."""
    lead: timedelta
    """Time between the report of this outlet and that of the next one."""
    outlets: int
    gloss: str
    """The event in one English line; empty if its title is in English."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlet:
    """What the page of one outlet shows."""

    line: OutletLine
    feeds: tuple[str, ...]
    """Ids of the watchlist's feeds on the outlet's site; empty if the outlet is not watched."""
    judged: Mapping[str, int]
    """Number of the outlet's pages by verdict: kept, near_miss, rejected."""
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
            lead(reported_at) over times as next_at, lead(site) over times as next_site
        from report
        window event as (partition by event_id), times as (partition by event_id order by reported_at, site)
    )
"""


def read_outlets(corpus: Corpus, asked: Asked) -> Outlets:
    """All outlets with a story, or those whose name or domain contains the parameter ``q``."""
    part = _letters(asked.text("q"))
    lines = _lines(corpus, None).values()
    return Outlets(
        lines=tuple(line for line in lines if part in _letters(line.name) or part in _letters(line.site)),
        lags=read_lags(corpus),
        asked=asked.text("q"),
    )


def _letters(name: str) -> str:
    """The letters and digits of a name, so that "Le Monde" and "lemonde" are equal."""
    return "".join(filter(str.isalnum, name.lower()))


def read_outlet(corpus: Corpus, asked: Asked) -> Outlet:
    """The outlet with the domain ``site``. For an outlet without stories, it still says whether the outlet is watched,
    and what was judged.

    Raises: QueryError of kind ``not_found`` when the name is no domain.
    """
    site = asked.text("site").lower().removeprefix("www.")
    if not _DOMAIN.fullmatch(site):
        raise missing(f"{site} is no domain such as lemonde.fr")
    return next(read_outlet_pages(corpus, [site]))


def read_outlet_pages(corpus: Corpus, sites: Sequence[str]) -> Iterator[Outlet]:
    """The data of the pages of the outlets with the domains ``sites``, in the same order."""
    lines = _lines(corpus, sites)
    firsts: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    for row in corpus.sql(
        f"""{_REPORTS}
            select p.site, p.event_id, e.story_id, coalesce(e.title, '') as title, e.language,
                p.reported_at as published_at, p.next_site as second,
                epoch(p.next_at - p.reported_at)::bigint as lead, p.outlets
            from ranked p
            join event_stories e on e.event_id = p.event_id and e.first
            where list_contains($sites, p.site) and p.reported_at = p.first_at and p.next_at > p.reported_at
            qualify row_number() over (partition by p.site order by p.reported_at desc, p.event_id) <= {MOST_FIRSTS}
            order by p.reported_at desc, p.event_id""",  # noqa: S608 - our own words
        {"sites": list(sites)},
    ):
        firsts[row.pop("site")].append((row.pop("story_id"), row | {"lead": timedelta(seconds=row["lead"])}))
    newest: dict[str, list[StoryLine]] = defaultdict(list)
    for story in stories(
        corpus,
        "list_contains($sites, s.site) qualify row_number() over (partition by s.site order by"
        f" coalesce(s.published_at, s.first_seen_at) desc nulls last, s.id) <= {MOST_STORIES}",
        {"sites": list(sites)},
        limit=MOST_STORIES * len(sites),
    ):
        newest[story.site].append(story)
    reported = {story for rows in firsts.values() for story, _ in rows}
    glosses = read_glosses(
        corpus, [*reported, *(story.id for of_site in newest.values() for story in of_site)]
    )
    feeds, judged = _feeds(corpus), _judged(corpus, sites)
    for site in sites:
        yield Outlet(
            line=lines.get(site)
            or OutletLine(site=site, name=site, stories=0, shared=0, first=0, median_lag=None, last_day=None),
            feeds=tuple(feeds[site]),
            judged=judged[site],
            firsts=tuple(First(**row, gloss=glosses.get(story, "")) for story, row in firsts[site]),
            stories=tuple(replace(story, gloss=glosses.get(story.id, "")) for story in newest[site]),
        )


def _feeds(corpus: Corpus) -> Mapping[str, list[str]]:
    """Ids of the watched feeds by the domain that they are on."""
    feeds: dict[str, list[str]] = defaultdict(list)
    for row in corpus.sql("select feed_id, url from feed_health where url is not null order by feed_id"):
        feeds[site_of(row["url"])].append(row["feed_id"])
    return feeds


def _judged(corpus: Corpus, sites: Sequence[str]) -> Mapping[str, dict[str, int]]:
    """For each domain, the number of its pages by verdict."""
    judged: dict[str, dict[str, int]] = defaultdict(dict)
    for row in corpus.sql(
        """select site, verdict, count(*) as pages from ledger where list_contains($sites, site)
           group by all order by all""",
        {"sites": list(sites)},
    ):
        judged[row["site"]][row["verdict"]] = row["pages"]
    return judged


def _lines(corpus: Corpus, sites: Sequence[str] | None) -> dict[str, OutletLine]:
    """The outlets with these domains, or all, by their domain; those with the most stories first."""
    rows = corpus.sql(
        f"""{_REPORTS},
            shared as (
                select site, count(*) as shared, count(*) filter (where reported_at = first_at) as first,
                    median(epoch(reported_at - first_at))::bigint as lag
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
