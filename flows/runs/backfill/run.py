"""One backfill run, free of any engine: units -> listed or scanned -> load -> pages asked for -> load -> publish.

Whatever it is cut short by, the next run goes on where the last batch in the spool says: batches hold results and
cursor together.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from fivegwatch.extractors.model import OriginKind, Unit
from fivegwatch.extractors.watchlist.compile import compile_rules
from fivegwatch.flows.printing.progress import Reporter
from fivegwatch.flows.runs.backfill.account import ORIGINS, Desk
from fivegwatch.flows.runs.backfill.changes import in_a_line, is_open, standing
from fivegwatch.flows.runs.backfill.cluster import cluster_reader
from fivegwatch.flows.runs.backfill.listing import list_unit
from fivegwatch.flows.runs.backfill.loading import Loading
from fivegwatch.flows.runs.backfill.places import Places
from fivegwatch.flows.runs.backfill.readers import Readers
from fivegwatch.flows.runs.backfill.request import Request, units_of_request
from fivegwatch.flows.runs.backfill.scanning import LocalReader, Reader, Scanner, scan_file
from fivegwatch.flows.runs.backfill.slices import start_scanning
from fivegwatch.flows.runs.clock import NOTED_BEHIND_S, Clock, utc_now
from fivegwatch.flows.runs.collect import PAGES_A_BATCH, by_turns, collect_pages
from fivegwatch.flows.runs.steps import Step, in_batches, plain_step, the_error
from fivegwatch.flows.runs.summary import Summary
from fivegwatch.flows.runs.tools import tools_of
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.flows.workers.pool import Pool
from fivegwatch.sources.files.watchlist import read_watchlist
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.rulebooks import keep_rules
from fivegwatch.storage.load.loader import is_loaded
from fivegwatch.storage.read.entries import PendingEntry, entry_counts, pending_entries
from fivegwatch.storage.read.store import latest_time
from fivegwatch.storage.read.units import UnitProgress, known_units, stories_of_run
from fivegwatch.storage.spool.batches import Batch
from fivegwatch.storage.spool.deliveries import check_target
from fivegwatch.storage.spool.records import Progress, Run

LISTED_AT_ONCE = 8
ASKED_A_ROUND = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How a backfill is run, whatever it reads."""

    max_s: float = float("inf")
    """No new unit or page is begun after so many seconds; the next run goes on."""
    retry_failed: bool = False
    """Try failed units again now, whatever they failed of."""
    list_only: bool = False
    """List addresses, but do not ask for their pages yet."""
    scheduler: str = ""
    """Address of a Dask scheduler whose workers read the archives; empty: this machine does."""
    spool: str = ""
    """Address of the shared spool its workers deliver to (``s3://bucket/prefix``); empty: the corpus's own."""
    max_disk: int = 20_000_000_000
    """Bytes that downloads may take at a time."""


@dataclass(slots=True, kw_only=True)
class _Run:
    """The parts of one run."""

    desk: Desk
    options: RunOptions
    step: Step
    readers: Readers
    places: Places
    loading: Loading
    files: dict[str, str]
    """The watchlist."""
    deadline: float
    told: dict[str, int] = field(default_factory=dict)
    """The account as the corpus was last told."""

    def is_over(self) -> bool:
        return time.monotonic() > self.deadline


Work = Callable[[UnitProgress], Awaitable[Sequence[Unit]]]


async def run_backfill(
    settings: Settings,
    report: Reporter,
    request: Request,
    *,
    flow: str,
    options: RunOptions | None = None,
    step: Step = plain_step,
    run_id: str = "",
) -> Desk:
    """Work on the units that ``request`` means until none is open; returns the desk with the account.

    Raises:
        WatchlistError, SettingsError, StorageError: the run itself could not do its job. What was done is kept.
        FetchError: what there is to read could not be found out.
    """
    options = options or RunOptions()
    run_id = run_id or f"backfill-{utc_now():%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}"
    files = read_watchlist(settings.watchlist)
    rules = compile_rules(files)
    layout = Layout.for_database(settings.database)
    loading = Loading(settings, layout, step, report, spool=options.spool)
    if options.spool:
        await asyncio.to_thread(check_target, options.spool)
    if options.spool or not is_loaded(layout):  # what an interrupted run left, there or here
        await loading.now("what waited")
    keep_rules(layout, rules.fingerprint, files)
    clock = Clock(latest_time(layout))
    if clock.behind_s > NOTED_BEHIND_S:
        report.note(clock.warning())
    async with tools_of(settings, layout, files, report, run_id, clock) as tools:
        desk = Desk(tools=tools, at=clock.now(), target=options.spool or str(settings.database))
        readers = Readers(tools, rules)
        tools.playback = readers.playback
        run = _Run(
            desk=desk,
            options=options,
            step=step,
            readers=readers,
            places=Places(tools.web, layout, options.max_disk),
            loading=loading,
            files=files,
            deadline=time.monotonic() + options.max_s,
        )
        await _whole_run(run, request, flow)
    if not is_loaded(layout):
        await loading.now("the rest", publish=True)
    return desk


@asynccontextmanager
async def _reader(run: _Run) -> AsyncIterator[Reader]:
    if run.options.scheduler:
        async with cluster_reader(run.options.scheduler, run.files) as reader:
            yield reader
    else:
        workers = run.desk.tools.settings.workers
        with Pool(workers, initializer=start_scanning, initargs=(run.files,)) as pool:
            yield LocalReader(pool)


async def _whole_run(run: _Run, request: Request, flow: str) -> None:
    desk, tools = run.desk, run.desk.tools
    units = await units_of_request(request, tools)
    known = known_units(tools.layout, units)
    fresh = [unit for unit in units if unit.id not in known]
    stand = standing(units, known)
    items = stand.progress.values()
    chosen = [item for item in items if _is_open(item, run)]
    desk.account.units_known = sum(item.state == "done" for item in items)
    desk.account.units_given_up = sum(item.state == "failed" and not _is_open(item, run) for item in items)
    desk.account.changed = stand.changed
    if stand.changed:
        tools.report.note(f"{in_a_line(stand.changed)}; read from the start")
    origins = sorted({ORIGINS[unit.source] for unit in units} - {"warc"})
    if not (fresh or chosen or _due(run, origins, 1)):
        desk.account.stories = 0
        return  # a run that finds nothing to do leaves no trace
    _announce(desk, flow, fresh, stand.anew())
    await run.loading.now("units", publish=True)  # so that `status` knows of them from now on
    async with run.loading.now_and_then(lambda: _tell_so_far(run, flow)):
        if scanned := [item for item in chosen if item.unit.source == "warc"]:
            await _scan_all(run, scanned)
        if listed := [item for item in chosen if item.unit.source != "warc"]:
            await _list_all(run, listed)
        if origins:
            await _ask_for_pages(run, origins)
    await _count_stories(run)
    _give_account(run, flow)


def _tell_so_far(run: _Run, flow: str) -> None:
    """A sign of life: what the run did until now."""
    if run.desk.account.flat() != run.told:
        _put_run(run, flow, "Running")


async def _count_stories(run: _Run) -> None:
    """A story is met in several captures: how many there are only the corpus knows."""
    layout, account = run.desk.tools.layout, run.desk.account
    if not is_loaded(layout):
        await run.loading.now("results")
    account.stories, account.near_misses = stories_of_run(layout, run.desk.run_id)


def _give_account(run: _Run, flow: str) -> None:
    run.desk.account.pages.check()
    _put_run(run, flow, "Completed")


def _put_run(run: _Run, flow: str, state: str) -> None:
    desk, batch = run.desk, Batch()
    run.told = desk.account.flat()
    batch.add(
        Run(
            run_id=desk.run_id,
            flow=flow,
            started_at=desk.at,
            ended_at=desk.tools.now(),
            state=state,
            message=desk.account.sentence(),
            counts=run.told,
        )
    )
    desk.put(batch)


def _due(run: _Run, origins: Sequence[OriginKind], limit: int) -> list[PendingEntry]:
    """Pages of the lists that may be asked for now."""
    if not origins or run.options.list_only:
        return []
    tools = run.desk.tools
    return pending_entries(tools.layout, tools.now(), limit=limit, origins=origins)


def _is_open(item: UnitProgress, run: _Run) -> bool:
    return is_open(item, run.desk.tools.now(), retry_failed=run.options.retry_failed)


def _announce(desk: Desk, flow: str, fresh: Sequence[Unit], anew: Sequence[Unit]) -> None:
    batch = Batch()
    batch.add(Run(run_id=desk.run_id, flow=flow, started_at=desk.at))
    for unit in fresh:
        batch.add(Progress.of(desk.run_id, unit, state="pending", at=desk.at))
    for unit in anew:
        # Not "pending", which gives way to what was said of the file as it was.
        batch.add(Progress.of(desk.run_id, unit, state="running", at=desk.at))
    desk.put(batch)


async def _scan_all(run: _Run, chosen: Sequence[UnitProgress]) -> None:
    desk, report = run.desk, run.desk.tools.report
    total = sum(max(0, item.unit.size - item.position) for item in chosen)
    report.stage("archive MB", max(1, round(total / 1e6)))
    async with _reader(run) as reader:
        scanner = Scanner(reader, run.is_over)

        async def scan(progress: UnitProgress) -> Sequence[Unit]:
            await scan_file(desk, progress, scanner, run.places.of)
            return ()

        await _all_units(run, chosen, scan, at_once=reader.at_once)
    if run.options.spool:
        await run.loading.now("deliveries")


async def _list_all(run: _Run, chosen: Sequence[UnitProgress]) -> None:
    desk = run.desk
    desk.tools.report.stage("lists", len(chosen))

    async def read(progress: UnitProgress) -> Sequence[Unit]:
        found = await list_unit(desk, progress, run.readers.of(progress.unit))
        desk.tools.report.advance()
        return found

    await _all_units(run, chosen, read, at_once=LISTED_AT_ONCE)


async def _all_units(run: _Run, chosen: Sequence[UnitProgress], work: Work, *, at_once: int) -> None:
    """Work on all of them, a few at a time, and on the further units they name."""
    slots, seen = asyncio.Semaphore(at_once), {item.unit.id for item in chosen}
    account = run.desk.account

    async def one(progress: UnitProgress) -> None:
        async with slots:
            account.units += 1
            if run.is_over():
                account.units_left += 1
                return
            found = await run.step(f"unit: {progress.unit.locator}", lambda: work(progress))
        fresh = [UnitProgress(unit=unit) for unit in found if unit.id not in seen]
        if fresh:
            run.desk.tools.report.grow(len(fresh))
            add(fresh)

    def add(items: Sequence[UnitProgress]) -> None:
        for item in items:
            seen.add(item.unit.id)
            group.create_task(one(item))

    try:
        async with asyncio.TaskGroup() as group:
            add(chosen)
    except ExceptionGroup as errors:
        raise the_error(errors) from None


async def _ask_for_pages(run: _Run, origins: Sequence[OriginKind]) -> None:
    """Ask for the pages listed, in rounds, until none is due; count those that wait then."""
    tools, account = run.desk.tools, run.desk.account
    await run.loading.now("lists")
    if not run.options.list_only:
        tools.report.stage("pages", _waiting(run, origins))
    while not run.is_over():
        due = _due(run, origins, ASKED_A_ROUND)
        if not due:
            break
        summary = Summary()
        pages, collect = by_turns(due), partial(collect_pages, tools)
        for part in await in_batches(
            "collect", pages, PAGES_A_BATCH, collect, run.step, deadline=run.deadline
        ):
            summary.add(part)
        account.pages.add(summary)
        await run.loading.now("verdicts")
    account.pages.pages_left = _waiting(run, origins)


def _waiting(run: _Run, origins: Sequence[OriginKind]) -> int:
    """Pages of the lists that wait, whether they may be asked for now or later."""
    counts = entry_counts(run.desk.tools.layout, origins)
    return counts.get("pending", 0) + counts.get("retry", 0)
