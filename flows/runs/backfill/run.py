"""One backfill run, without Prefect.

request -> plan of units -> scan archives, read lists -> load -> fetch listed pages -> load -> account -> publish

Results are also loaded from time to time in between. The results and the cursor of a unit are in one batch of the
spool, so however a run ends, the next one resumes after the last batch.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial

from fivegwatch.extractors.errors import RequestError, SettingsError
from fivegwatch.extractors.model import Unit, UnitSource
from fivegwatch.flows.printing.progress import Reporter
from fivegwatch.flows.runs.backfill.account import Account
from fivegwatch.flows.runs.backfill.changes import in_a_line
from fivegwatch.flows.runs.backfill.cluster import cluster_reader
from fivegwatch.flows.runs.backfill.listing import list_unit
from fivegwatch.flows.runs.backfill.loading import load, loading_now_and_then
from fivegwatch.flows.runs.backfill.options import RunOptions
from fivegwatch.flows.runs.backfill.planning import Plan, plan_units
from fivegwatch.flows.runs.backfill.scanning import LocalReader, SliceReader, scan_file
from fivegwatch.flows.runs.backfill.slices import start_scanning
from fivegwatch.flows.runs.backfill.sources import Request
from fivegwatch.flows.runs.backfill.state import BackfillRun
from fivegwatch.flows.runs.batching import Step, in_batches, plain_step, the_error
from fivegwatch.flows.runs.clock import utc_now
from fivegwatch.flows.runs.collect import PAGES_A_BATCH, by_turns, collect_pages
from fivegwatch.flows.runs.summary import Summary
from fivegwatch.flows.runs.tools import new_run_id, open_run
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.flows.workers.bounded_pool import Pool
from fivegwatch.sources.files.watchlist import read_watchlist
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import is_loaded
from fivegwatch.storage.read.entries import PendingEntry, entry_counts, pending_entries
from fivegwatch.storage.read.units import UnitProgress, stories_of_run
from fivegwatch.storage.spool.deliveries import check_target, gather
from fivegwatch.storage.spool.records import Progress, Record

LISTED_AT_ONCE = 8
PAGES_A_ROUND = 2_000

Work = Callable[[UnitProgress], Awaitable[Sequence[Unit]]]
"""Works on one unit; returns the further units it named."""


async def run_backfill(
    settings: Settings,
    report: Reporter,
    request: Request,
    *,
    flow: str,
    options: RunOptions | None = None,
    step: Step = plain_step,
) -> Account:
    """Work on the units that ``request`` stands for until all are finished or time is up; returns the counts.

    Raises:
        WatchlistError, SettingsError, StorageError: the run could not do its job. What was done until then is kept.
        FetchError: the source could not be asked for its units.
    """
    options = options or RunOptions()
    run_id = f"backfill-{new_run_id(utc_now())}"
    files = read_watchlist(settings.watchlist, settings.keep)
    layout = Layout.for_database(settings.database)
    if options.spool:  # what an interrupted run left there
        await asyncio.to_thread(check_target, options.spool)
        await asyncio.to_thread(gather, options.spool, layout)
    async with open_run(
        settings, report, files, flow=flow, step=step, run_id=run_id, offline=request.offline
    ) as opened:
        run = BackfillRun(
            tools=opened.tools, rules=opened.rules, watchlist=files, began=opened.began,
            lists=layout.root / "lists", options=options, step=step,
        )  # fmt: skip
        run.tools.playback = run.playback
        await _work(run, request)
    if not is_loaded(layout):
        await load(run, "the rest", publish=True)
    return run.account


async def _work(run: BackfillRun, request: Request) -> None:
    """Plan, scan archives, read lists and fetch pages: all that a run does between its first and its last load."""
    try:
        plan = await plan_units(run, request)
    except SettingsError as error:
        raise RequestError(str(error), key=error.key) from error
    if run.account.changed:
        run.tools.report.warn(f"{in_a_line(run.account.changed)}; read from the start")
    archives = [item for item in plan.open if item.unit.source == "warc"]
    lists = [item for item in plan.open if item.unit.source != "warc"]
    origins: list[UnitSource] = sorted({unit.source for unit in plan.units} - {"warc"})
    if not (plan.new or plan.open or _due_pages(run, origins, 1)):
        run.account.stories = 0
        return  # a run that has nothing to do leaves no trace
    _record_start(run, plan)
    await load(run, "units", publish=True)  # so that `status` knows of them from now on
    async with loading_now_and_then(run, lambda: _record_run(run, "Running")):
        if archives:
            await _scan_archives(run, archives)
        if lists:
            await _read_lists(run, lists)
        if origins:
            await _fetch_pages(run, origins)
    await _count_stories(run)
    run.account.pages.check()
    _record_run(run, "Completed")


def _record_start(run: BackfillRun, plan: Plan) -> None:
    run_id, at = run.tools.run_id, run.started_at
    records: list[Record] = [run.began]
    records += (Progress.of(run_id, unit, state="pending", at=at) for unit in plan.new)
    # Not "pending", which loses against the records of the file before it changed.
    records += (
        Progress.of(run_id, item.unit, state="running", at=at)
        for item in plan.open
        if item.unit.source == "warc" and item.unit.locator in run.account.changed
    )
    run.put(*records)


def _record_run(run: BackfillRun, state: str) -> None:
    """Write the counts so far into the spool; while the run is at work, only if they have changed."""
    counts = run.account.flat()
    if state == "Running" and counts == run.reported:
        return
    run.reported = counts
    now, message = run.tools.now(), run.account.sentence()
    run.put(replace(run.began, ended_at=now, state=state, message=message, counts=counts))


async def _scan_archives(run: BackfillRun, items: Sequence[UnitProgress]) -> None:
    total = sum(max(0, item.unit.size - item.position) for item in items)
    run.tools.report.stage("archive MB", max(1, round(total / 1e6)))
    async with _slice_reader(run) as reader:

        async def scan(progress: UnitProgress) -> Sequence[Unit]:
            await scan_file(run, progress, reader)
            return ()

        await _work_on(run, items, scan, at_once=reader.at_once)
    if run.options.spool:
        await load(run, "deliveries")


@asynccontextmanager
async def _slice_reader(run: BackfillRun) -> AsyncIterator[SliceReader]:
    if run.options.scheduler:
        async with cluster_reader(run.options.scheduler, run.watchlist) as reader:
            yield reader
    else:
        workers = run.tools.settings.workers
        with Pool(workers, initializer=start_scanning, initargs=(run.watchlist,)) as pool:
            yield LocalReader(pool)


async def _read_lists(run: BackfillRun, items: Sequence[UnitProgress]) -> None:
    run.tools.report.stage("lists", len(items))

    async def read(progress: UnitProgress) -> Sequence[Unit]:
        further = await list_unit(run, progress)
        run.tools.report.advance()
        return further

    await _work_on(run, items, read, at_once=LISTED_AT_ONCE)


async def _work_on(run: BackfillRun, items: Sequence[UnitProgress], work: Work, *, at_once: int) -> None:
    """Work on all ``items``, a few at a time, and on the further units that they name."""
    slots, seen = asyncio.Semaphore(at_once), {item.unit.id for item in items}

    async def one(progress: UnitProgress) -> None:
        async with slots:
            run.account.units += 1
            if run.is_over():
                run.account.units_left += 1
                return
            named = await run.step(f"unit: {progress.unit.locator}", lambda: work(progress))
        new = [UnitProgress(unit=unit) for unit in named if unit.id not in seen]
        if new:
            run.tools.report.grow(len(new))
            add(new)

    def add(more: Sequence[UnitProgress]) -> None:
        for item in more:
            seen.add(item.unit.id)
            group.create_task(one(item))

    try:
        async with asyncio.TaskGroup() as group:
            add(items)
    except ExceptionGroup as errors:
        raise the_error(errors) from None


async def _fetch_pages(run: BackfillRun, origins: Sequence[UnitSource]) -> None:
    """Fetch the listed pages, in rounds, until none is due or time is up; count the pages that still wait."""
    account = run.account
    await load(run, "lists")
    if not run.options.list_only:
        run.tools.report.stage("pages", _waiting_pages(run, origins))
    while not run.is_over() and (due := _due_pages(run, origins, PAGES_A_ROUND)):
        summary = Summary()
        deadline = run.began_s + run.options.max_s
        collect = partial(collect_pages, run.tools)
        for part in await in_batches(
            "collect", by_turns(due), PAGES_A_BATCH, collect, run.step, deadline=deadline
        ):
            summary.add(part)
        account.pages.add(summary)
        await load(run, "verdicts")
    account.pages.pages_left = _waiting_pages(run, origins)


def _due_pages(run: BackfillRun, origins: Sequence[UnitSource], limit: int) -> list[PendingEntry]:
    """Up to ``limit`` listed pages that may be fetched now."""
    if not origins or run.options.list_only:
        return []
    return pending_entries(run.tools.layout, run.tools.due_now(), limit=limit, origins=origins)


def _waiting_pages(run: BackfillRun, origins: Sequence[UnitSource]) -> int:
    """Number of listed pages that wait, whether they may be fetched now or only later."""
    counts = entry_counts(run.tools.layout, origins)
    return counts.get("pending", 0) + counts.get("retry", 0)


async def _count_stories(run: BackfillRun) -> None:
    """Count the run's stories in the corpus, where alone it is known which captures show the same story."""
    layout = run.tools.layout
    if not is_loaded(layout):
        await load(run, "results")
    run.account.stories, run.account.near_misses = stories_of_run(layout, run.tools.run_id)
