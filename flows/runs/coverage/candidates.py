"""Finds candidates: addresses in an independent index of the press that the watchlist may want.

GDELT's files -> records whose title, names or address match the rules -> candidates whose pages nobody has read yet
files of the news crawl -> a backfill into a separate corpus -> its stories -> candidates that are stories for certain
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

from fivegwatch.extractors.errors import FetchError, SettingsError
from fivegwatch.extractors.judging.worth_fetching import Interest
from fivegwatch.extractors.model import Unit
from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.extractors.web.urls import site_of
from fivegwatch.flows.printing.lines import counted
from fivegwatch.flows.printing.progress import Reporter, Silent
from fivegwatch.flows.runs.backfill.run import run_backfill
from fivegwatch.flows.runs.backfill.sources import Archives, Request
from fivegwatch.flows.runs.clock import utc_now
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.sources.http.client import Web
from fivegwatch.sources.listings.gdelt import SLOT, plan_gkg, read_gkg
from fivegwatch.sources.services.throttle import Throttle
from fivegwatch.sources.warc.news_crawl import plan_news_crawl
from fivegwatch.storage.read.completeness import Candidate, stories_of

Source = Literal["gdelt", "news-crawl"]
ABSENT = "no_slot"
"""The reason with which the reader of GDELT's files skips a file that the service does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the corpus is compared with: a source, a range of days (UTC, both included), and how much of the source is
    read.
    """

    source: Source
    since: date
    until: date
    every_min: int = 360
    """Number of minutes between two files of GDELT that are read; 15 reads all."""
    files: int = 3
    """Number of files of the news crawl that are read, evenly spread."""
    sample: int = 100
    """Number of unread candidates whose pages are fetched and judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    """What was read of the independent index (GDELT or the news crawl): candidates, and how many files."""

    candidates: tuple[Candidate, ...]
    read: int
    """Number of files that were read."""
    files: int
    """Number of files that the index has for these days."""
    certain: bool
    """Whether all candidates are stories by our rules; if not, a sample shows how many are."""


async def candidates_of(
    settings: Settings, asked: Asked, rules: Rules, aside: Path, report: Reporter
) -> Index:
    """The candidates from the index that ``asked`` names; ``aside`` is an empty folder for downloads.

    Raises: SettingsError if the index has no files for these days; FetchError if none could be read.
    """
    if asked.source == "gdelt":
        return await _of_gdelt(settings, asked, rules, report)
    return await _of_news_crawl(settings, asked, aside, report)


async def _of_gdelt(settings: Settings, asked: Asked, rules: Rules, report: Reporter) -> Index:
    units = plan_gkg(asked.since, asked.until, step=asked.every_min, now=utc_now())
    wanted, read, titles = Interest(rules), 0, dict[str, Candidate]()
    report.stage("days of GDELT's files", len(units))
    async with Web(user_agent=settings.user_agent, allow=settings.allow, limits=settings.limits) as web:
        throttle = Throttle(limits=settings.limits)
        for unit in units:
            read += unit.size
            async for listing in read_gkg(web, unit, "", settings.services, throttle, wanted):
                for entry in listing.entries:
                    one = Candidate(
                        id=entry.id, url=entry.url, title=entry.title, site=site_of(entry.canonical_url)
                    )
                    titles.setdefault(entry.id, one)
                read -= sum(reason in (ABSENT, "bad_zip", "md5_mismatch") for reason, _ in listing.skipped)
            report.advance()
    if not read:
        raise _nothing("GDELT", asked)
    slots = sum(unit.size for unit in units) * asked.every_min // (SLOT.seconds // 60)
    return Index(candidates=tuple(titles.values()), read=read, files=slots, certain=False)


async def _of_news_crawl(settings: Settings, asked: Asked, aside: Path, report: Reporter) -> Index:
    async with Web(user_agent=settings.user_agent, allow=settings.allow, limits=settings.limits) as web:
        units = await plan_news_crawl(web, asked.since, asked.until, base=settings.services.news_crawl)
    if not units:
        raise _nothing("the news crawl", asked)
    chosen = evenly(units, asked.files)
    report.note(f"reads {counted(len(chosen), 'file', 'files')} of {len(units):,} of the news crawl")
    database = await judged_aside(
        settings, Archives(files=tuple(unit.locator for unit in chosen)), aside, report
    )
    return Index(candidates=stories_of(database), read=len(chosen), files=len(units), certain=True)


async def judged_aside(settings: Settings, request: Request, aside: Path, report: Reporter | None) -> Path:
    """The path of a new corpus in the folder ``aside``, filled by a backfill of ``request`` with the same rules.

    Raises: FetchError if nothing was read.
    """
    elsewhere = replace(settings, database=aside / "corpus.duckdb")
    account = await run_backfill(elsewhere, report or Silent(), request, flow="coverage")
    if not elsewhere.database.exists() or account.has_failed():
        problem = next(iter(account.problems.values()), "nothing was read")
        raise FetchError(
            f"the pages to compare with could not be read: {problem}",
            url="",
            kind="nothing_read",
            transient=True,
        )
    return elsewhere.database


def evenly(items: Sequence[Unit], number: int) -> list[Unit]:
    """At most ``number`` of ``items``, evenly spread over them."""
    if len(items) <= number:
        return list(items)
    return [items[(2 * n + 1) * len(items) // (2 * number)] for n in range(number)]


def _nothing(name: str, asked: Asked) -> SettingsError:
    return SettingsError(f"{name} has no files for {asked.since} to {asked.until}.", key="month")
