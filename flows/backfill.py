"""The backfills as Prefect flows, one for each kind of source, with parameters that make a readable form.

A unit is a task run; the pages themselves never travel through the engine.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from prefect import flow, task
from prefect.artifacts import acreate_progress_artifact, acreate_table_artifact, aupdate_progress_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.states import Completed, Failed
from pydantic import Field

from fivegwatch.extractors.errors import NewsError, SettingsError
from fivegwatch.flows.engine import FlowReporter
from fivegwatch.flows.runs.backfill.account import Account
from fivegwatch.flows.runs.backfill.dry_run import dry_run as look_before
from fivegwatch.flows.runs.backfill.estimate import as_lines
from fivegwatch.flows.runs.backfill.request import (
    Gdelt,
    NewsCrawl,
    Request,
    Resume,
    Sitemaps,
    UrlLists,
    WarcFiles,
    Wayback,
    WordPress,
)
from fivegwatch.flows.runs.backfill.run import RunOptions, run_backfill
from fivegwatch.flows.settings.settings import load_settings
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.locks import RunLockedError, backfill_lock

T = TypeVar("T")
TABLE_ROWS = 200
_31, _30, _29 = "0[1-9]|[12][0-9]|3[01]", "0[1-9]|[12][0-9]|30", "0[1-9]|[12][0-9]"
DAY_PATTERN = rf"^[0-9]{{4}}-((0[13578]|1[02])-({_31})|(0[469]|11)-({_30})|02-({_29}))$"
Day = Annotated[date, Field(json_schema_extra={"pattern": DAY_PATTERN})]
"""A day as a form takes it: the server knows no format ``date``, but a pattern, and refuses 2023-02-30 by it."""


@flow(name="backfill-warc", flow_run_name="backfill-warc", validate_parameters=True, persist_result=False)
async def backfill_warc(
    home: str | None = None,
    files: list[str] | None = None,
    news_crawl_since: Day | None = None,
    news_crawl_until: Day | None = None,
    retry_failed: bool = False,
    max_hours: float | None = None,
    dry_run: bool = False,
    scheduler: str = "",
    spool: str = "",
    max_disk_gb: float = 20.0,
) -> State[Any]:
    """Read WARC files: your own, anyone's, or those of the public news crawl.

    Args:
        home: The working directory; empty means ``FIVEGWATCH_HOME``, else the directory the run starts in.
        files: Paths, folders, patterns, http(s):// (downloaded) or s3:// (read in place).
        news_crawl_since: First day of the public news crawl to read, instead of files.
        news_crawl_until: Its last day.
        retry_failed: Try failed units again, whatever they failed of.
        max_hours: Begin nothing new after so long; the next run goes on.
        dry_run: Say what to expect, and write nothing.
        scheduler: Address of a Dask scheduler whose workers shall read.
        spool: Where those workers deliver: s3://bucket/prefix, or file:/// on a shared disk.
        max_disk_gb: What downloads may take of the disk at a time.
    """

    def request() -> Request:
        if news_crawl_since and news_crawl_until and not files:
            return NewsCrawl(since=news_crawl_since, until=news_crawl_until)
        if not files or news_crawl_since or news_crawl_until:
            raise SettingsError("give files, or both days of the news crawl.", key="files")
        return WarcFiles(places=tuple(files))

    options = RunOptions(
        max_s=_seconds(max_hours),
        retry_failed=retry_failed,
        scheduler=scheduler,
        spool=spool,
        max_disk=round(max_disk_gb * 1e9),
    )
    return await _run(home, request, options, "backfill-warc", dry=dry_run)


@flow(
    name="backfill-sitemap", flow_run_name="backfill-sitemap", validate_parameters=True, persist_result=False
)
async def backfill_sitemap(
    sites: list[str],
    home: str | None = None,
    since: Day | None = None,
    until: Day | None = None,
    contains: str = "",
    regex: str = "",
    retry_failed: bool = False,
    max_hours: float | None = None,
    dry_run: bool = False,
) -> State[Any]:
    """List the articles of sites by their sitemaps, then ask for them.

    Args:
        sites: Sites (their robots.txt is asked) or sitemaps.
        home: The working directory; empty means ``FIVEGWATCH_HOME``, else the directory the run starts in.
        since: First day.
        until: Last day.
        contains: Only addresses that contain this.
        regex: Only addresses in which this is found.
        retry_failed: Try failed units again, whatever they failed of.
        max_hours: Begin nothing new after so long; the next run goes on.
        dry_run: Say what to expect, and write nothing.
    """
    wanted = Sitemaps(sites=tuple(sites), since=since, until=until, contains=contains, regex=regex)
    return await _run(
        home, lambda: wanted, _options(retry_failed, max_hours), "backfill-sitemap", dry=dry_run
    )


@flow(
    name="backfill-wordpress",
    flow_run_name="backfill-wordpress",
    validate_parameters=True,
    persist_result=False,
)
async def backfill_wordpress(
    sites: list[str],
    home: str | None = None,
    since: Day | None = None,
    until: Day | None = None,
    search: str = "",
    retry_failed: bool = False,
    max_hours: float | None = None,
    dry_run: bool = False,
) -> State[Any]:
    """List the articles of WordPress sites by their REST interface or paged feeds, then ask for them.

    Args:
        sites: Addresses of the sites.
        home: The working directory; empty means ``FIVEGWATCH_HOME``, else the directory the run starts in.
        since: First day.
        until: Last day.
        search: Words the site shall look for.
        retry_failed: Try failed units again, whatever they failed of.
        max_hours: Begin nothing new after so long; the next run goes on.
        dry_run: Say what to expect, and write nothing.
    """
    wanted = WordPress(sites=tuple(sites), since=since, until=until, search=search)
    return await _run(
        home, lambda: wanted, _options(retry_failed, max_hours), "backfill-wordpress", dry=dry_run
    )


@flow(
    name="backfill-wayback", flow_run_name="backfill-wayback", validate_parameters=True, persist_result=False
)
async def backfill_wayback(
    since: Day,
    until: Day,
    home: str | None = None,
    pages: list[str] | None = None,
    feeds: list[str] | None = None,
    match: Literal["exact", "prefix", "domain"] = "exact",
    every: Literal["capture", "hour", "day"] = "day",
    retry_failed: bool = False,
    max_hours: float | None = None,
    dry_run: bool = False,
) -> State[Any]:
    """Captures of the Wayback Machine: pages, sites, or feeds whose history is rebuilt.

    Args:
        since: First day.
        until: Last day.
        home: The working directory; empty means ``FIVEGWATCH_HOME``, else the directory the run starts in.
        pages: Pages, or sites with ``match``.
        feeds: Feeds whose captures shall be read.
        match: What an address in ``pages`` stands for.
        every: Captures of a feed to read: all, or one an hour or a day.
        retry_failed: Try failed units again, whatever they failed of.
        max_hours: Begin nothing new after so long; the next run goes on.
        dry_run: Say what to expect, and write nothing.
    """
    wanted = Wayback(
        since=since, until=until, pages=tuple(pages or ()), feeds=tuple(feeds or ()), match=match, every=every
    )
    return await _run(
        home, lambda: wanted, _options(retry_failed, max_hours), "backfill-wayback", dry=dry_run
    )


@flow(name="backfill-gdelt", flow_run_name="backfill-gdelt", validate_parameters=True, persist_result=False)
async def backfill_gdelt(
    since: Day,
    until: Day,
    home: str | None = None,
    queries: list[str] | None = None,
    translated: bool = True,
    retry_failed: bool = False,
    max_hours: float | None = None,
    dry_run: bool = False,
) -> State[Any]:
    """Find addresses in GDELT, then ask for their pages.

    Args:
        since: First day.
        until: Last day.
        home: The working directory; empty means ``FIVEGWATCH_HOME``, else the directory the run starts in.
        queries: For its search (recent months); without any, its files are read and sifted by the watchlist.
        translated: Also the files of texts in other languages than English.
        retry_failed: Try failed units again, whatever they failed of.
        max_hours: Begin nothing new after so long; the next run goes on.
        dry_run: Say what to expect, and write nothing.
    """
    wanted = Gdelt(since=since, until=until, queries=tuple(queries or ()), translated=translated)
    return await _run(home, lambda: wanted, _options(retry_failed, max_hours), "backfill-gdelt", dry=dry_run)


@flow(name="backfill-urls", flow_run_name="backfill-urls", validate_parameters=True, persist_result=False)
async def backfill_urls(
    files: list[str],
    home: str | None = None,
    column: str = "",
    retry_failed: bool = False,
    max_hours: float | None = None,
    dry_run: bool = False,
) -> State[Any]:
    """Ask for the pages of lists of addresses.

    Args:
        files: One address a line, or tables.
        home: The working directory; empty means ``FIVEGWATCH_HOME``, else the directory the run starts in.
        column: The column (CSV, TSV) or key (JSON lines) that holds the addresses.
        retry_failed: Try failed units again, whatever they failed of.
        max_hours: Begin nothing new after so long; the next run goes on.
        dry_run: Say what to expect, and write nothing.
    """
    wanted = UrlLists(files=tuple(files), column=column)
    return await _run(home, lambda: wanted, _options(retry_failed, max_hours), "backfill-urls", dry=dry_run)


@flow(name="backfill-resume", flow_run_name="backfill-resume", validate_parameters=True, persist_result=False)
async def backfill_resume(
    home: str | None = None,
    retry_failed: bool = False,
    max_hours: float | None = None,
    dry_run: bool = False,
) -> State[Any]:
    """Go on with whatever backfill was begun.

    Args:
        home: The working directory; empty means ``FIVEGWATCH_HOME``, else the directory the run starts in.
        retry_failed: Try failed units again, whatever they failed of.
        max_hours: Begin nothing new after so long; the next run goes on.
        dry_run: Say what to expect, and write nothing.
    """
    return await _run(home, Resume, _options(retry_failed, max_hours), "backfill-resume", dry=dry_run)


def _seconds(hours: float | None) -> float:
    return hours * 3600 if hours else float("inf")


def _options(retry_failed: bool, max_hours: float | None) -> RunOptions:
    return RunOptions(max_s=_seconds(max_hours), retry_failed=retry_failed)


async def _run(
    home: str | None, request: Callable[[], Request], options: RunOptions, flow_name: str, *, dry: bool
) -> State[Any]:
    log = get_run_logger()
    try:
        settings = load_settings(os.environ, home)
        wanted = request()
        if dry:
            estimate = await look_before(settings, wanted, retry_failed=options.retry_failed)
            told = "; ".join(as_lines(estimate, settings))
            return Failed(message=told) if estimate.is_hopeless else Completed(name="DryRun", message=told)
        with backfill_lock(Layout.for_database(settings.database)):
            account = await _with_tasks(settings, log, wanted, options, flow_name)
    except RunLockedError as error:
        log.warning("%s", error)
        return Completed(name="Skipped", message=str(error))
    except NewsError as error:
        log.error("%s", error)
        return Failed(message=str(error))
    if account.units_failed and not (account.units_done or account.units_known):
        return Failed(message=account.sentence())
    name = "PartialSuccess" if account.units_failed else "Completed"
    return Completed(name=name, message=account.sentence())


async def _with_tasks(
    settings: Any, log: Any, wanted: Request, options: RunOptions, flow_name: str
) -> Account:
    artifact = await acreate_progress_artifact(
        progress=0.0, key=f"{flow_name}-progress", description="of the units of this run"
    )
    report = FlowReporter(log, artifact)

    async def step(name: str, work: Callable[[], Awaitable[T]]) -> T:
        @task(name=name.partition(":")[0], task_run_name=name, cache_policy=NO_CACHE, persist_result=False)
        async def recorded() -> T:
            return await work()

        result: T = await recorded()
        await report.publish()
        return result

    desk = await run_backfill(settings, report, wanted, flow=flow_name, options=options, step=step)
    account = desk.account
    await aupdate_progress_artifact(artifact_id=artifact, progress=100.0, description=account.sentence())
    rows = sorted(account.by_unit.items(), key=lambda item: -item[1].total())[:TABLE_ROWS]
    table: list[dict[str, Any]] = [{"unit": name, **dict(found)} for name, found in rows]
    table += [{"unit": name, "failed": why} for name, why in sorted(account.problems.items())[:TABLE_ROWS]]
    counts = [{"count": name, "number": number} for name, number in account.flat().items()]
    await acreate_table_artifact(
        key=f"{flow_name}-units", table=table or counts, description=account.sentence()
    )
    return account
