"""What a run works with. It is opened when the run starts and closed when the run ends.

watchlist -> rules -> load what waits -> clock -> pool, archive, web
"""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from fivegwatch.extractors.errors import FeedError, NewsError, RequestError, unexpected
from fivegwatch.extractors.feeds.health import PageTally
from fivegwatch.extractors.model import Entry, Failure, Feed, Origin, Page, ParsedFeed
from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.flows.printing.progress import Reporter
from fivegwatch.flows.runs import clock as clocks
from fivegwatch.flows.runs.batching import Step
from fivegwatch.flows.runs.checked_rules import check_parts, checked_rules
from fivegwatch.flows.runs.clock import Clock
from fivegwatch.flows.runs.run_log import LoggedReporter, run_log
from fivegwatch.flows.runs.trusted_clock import trusted_clock
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.flows.workers.bounded_pool import Pool
from fivegwatch.flows.workers.compiled_rules import compiled_rules
from fivegwatch.flows.workers.in_child import read_feed, start_judging
from fivegwatch.sources.http.client import Web
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.page_store import Archive
from fivegwatch.storage.disk.rulebooks import keep_rules
from fivegwatch.storage.lake.publish import update_lake
from fivegwatch.storage.load.loader import LoadReport, is_loaded, run_loader
from fivegwatch.storage.read.run_results import unended_runs
from fivegwatch.storage.spool.batches import put_records
from fivegwatch.storage.spool.feed_records import Gap, Transition
from fivegwatch.storage.spool.records import Run

_log = logging.getLogger(__name__)


class Account(Protocol):
    """The result of a run, as counts and as a sentence."""

    def counts(self) -> dict[str, int]:
        """The counts by name."""

    def sentence(self) -> str:
        """All counts in one line."""


@dataclass(slots=True, kw_only=True)
class Watch:
    """What this run notices about feeds, for the steps after polling."""

    pages_of: Mapping[str, PageTally] = field(default_factory=dict)
    """For each feed, how the pages that it announced lately ended."""
    transitions: list[Transition] = field(default_factory=list)
    gaps: list[tuple[Feed, Gap, frozenset[str]]] = field(default_factory=list)
    """Gaps noticed in this run: the feed, the gap, and the ids of the entries in the document after the gap."""
    filled: list[tuple[Feed, Gap]] = field(default_factory=list)
    """Gaps that the run tried to fill, with the result."""


@dataclass(slots=True, kw_only=True)
class Tools:
    """What polling and collecting work with."""

    run_id: str
    settings: Settings
    layout: Layout
    web: Web
    pool: Pool
    archive: Archive
    report: Reporter
    now: Callable[[], datetime] = clocks.utc_now
    """Returns the time for records."""
    due_now: Callable[[], datetime]
    """Returns the system's time, which decides what is due."""
    watch: Watch = field(default_factory=Watch)
    playback: Callable[[Entry], Awaitable[Page]] | None = None
    """Returns the page of an entry that the Wayback Machine announced; if it is None, the page is requested like any
    other.
    """

    def due_at(self, moment: datetime | None) -> datetime | None:
        """``moment``, a time by the clock for records, as a time by the system's clock, which decides what is due.

        The two clocks differ while the system's clock is behind the corpus.
        """
        ahead = self.now() - self.due_now()
        return moment - ahead if moment and abs(ahead) > timedelta(seconds=1) else moment


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRun:
    """A run that is under way."""

    tools: Tools
    began: Run
    """The record of the run's start; the first batch of the run contains it."""
    files: Mapping[str, str]
    """The texts of the watchlist; its rules have been checked."""
    compiled: Rules | None = None

    @property
    def rules(self) -> Rules:
        """The rules of the run; they are compiled now unless the check has compiled them."""
        return self.compiled or compiled_rules(self.files)

    def put_account(self, account: Account) -> None:
        """Put the record of the run's end into the spool."""
        put_account(self.tools.layout, self.began, account, self.tools.now())


@asynccontextmanager
async def open_run(
    settings: Settings,
    report: Reporter,
    files: dict[str, str],
    *,
    flow: str,
    step: Step,
    run_id: str,
    offline: bool = False,
) -> AsyncIterator[OpenRun]:
    """Yield a run by the watchlist in ``files``; its tools are closed at the end of the block.

    A wrong rule ends the run before any request, and a clock that cannot be trusted before anything is written. At the
    first run, and after an interrupted one, the batches that wait in the spool are loaded first. With ``offline``
    servers are not asked for the time.

    Raises: WatchlistError, ClockError, StorageError.
    """
    layout = Layout.for_database(settings.database)
    checked = checked_rules(layout, files)
    check_parts(layout, settings.watchlist, files)
    run_id = run_id or new_run_id(clocks.utc_now())
    report = LoggedReporter(report)
    with run_log(layout, flow, run_id):
        if not is_loaded(layout):
            await step("load: what waited", lambda: load_batches(settings))
        clock = await trusted_clock(settings, layout, files, report, offline=offline)
        keep_rules(layout, checked.fingerprint, files)
        async with tools_of(settings, layout, files, report, run_id, clock) as tools:
            began = Run(run_id=run_id, flow=flow, started_at=clock.now())
            put_killed_runs(layout, flow)
            try:
                yield OpenRun(tools=tools, began=began, files=files, compiled=checked.rules)
            except RequestError:  # a mistyped name is no failed run, on which monitors would call somebody
                raise
            except BaseException as error:
                put_failure(layout, began, error, clock.now())
                raise


@asynccontextmanager
async def tools_of(
    settings: Settings, layout: Layout, files: dict[str, str], report: Reporter, run_id: str, clock: Clock
) -> AsyncIterator[Tools]:
    """Yield the tools of one run, which are closed at the end of the block."""
    with (
        Pool(settings.workers, initializer=start_judging, initargs=(files,)) as pool,
        Archive(layout) as archive,
    ):
        async with Web(user_agent=settings.user_agent, allow=settings.allow, limits=settings.limits) as web:
            yield Tools(
                run_id=run_id, settings=settings, layout=layout, web=web, pool=pool, archive=archive, report=report,
                now=clock.now, due_now=clocks.utc_now,
            )  # fmt: skip


async def parsed_feed(pool: Pool, page: Page, feed: Feed, settings: Settings) -> ParsedFeed:
    """The feed in the document ``page``, parsed in a child process within the limits for feeds. Raises: FeedError."""
    limits = settings.limits
    return await pool.run(
        read_feed, page, feed, settings.allow, timeout_s=limits.feed_parse_s, url=page.final_url,
        memory=limits.feed_parse_memory, error=FeedError,
    )  # fmt: skip


def failure_of(error: NewsError, url: str, stage: str, at: datetime, origin: Origin) -> Failure:
    """The record of ``error``. ``url`` is the document that was requested; the message names the address at which it
    failed.
    """
    return Failure(
        url=url, stage=stage, kind=error.kind, message=str(error), transient=error.transient, failed_at=at,
        origin=origin,
    )  # fmt: skip


def new_run_id(started_at: datetime) -> str:
    """A new run id; sorted as text, run ids are in the order in which the runs began."""
    return f"{started_at:%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}"


def put_account(layout: Layout, began: Run, account: Account, ended_at: datetime) -> None:
    """Record in the spool that a run has ended, with its counts; ``began`` is the record of its start."""
    message, counts = account.sentence(), account.counts()
    put_records(layout, replace(began, ended_at=ended_at, state="Completed", message=message, counts=counts))


def put_failure(layout: Layout, began: Run, error: BaseException, ended_at: datetime) -> None:
    """Record in the spool that a run has failed, if the spool can be written; ``began`` is the record of its start."""
    if isinstance(error, Exception):
        message = str(error) if isinstance(error, NewsError) else unexpected(error)
    else:
        message = "interrupted; the next run resumes its work"
    with suppress(NewsError):  # a full disk may be what ended the run
        put_records(layout, replace(began, ended_at=ended_at, state="Failed", message=message))


def put_killed_runs(layout: Layout, flow: str) -> None:
    """Record as failed the runs whose process was killed.

    Only runs that need the same lock as ``flow`` are recorded. The caller holds that lock; runs with other locks may be
    at work.
    """
    # Each ends just after its last sign of life, so that this record wins over it.
    ended = [
        replace(
            run, ended_at=(run.ended_at or run.started_at) + timedelta(microseconds=1),
            state="Failed", message="its process was killed",
        )
        for run in unended_runs(layout)
        if run.flow.startswith("backfill") == flow.startswith("backfill")
    ]  # fmt: skip
    if ended:
        put_records(layout, *ended)


async def load_batches(settings: Settings, *, publish: bool = False, quiet_run: bool = False) -> LoadReport:
    """Merge the batches that wait in the spool into the corpus; publish if ``publish`` is set or nothing was published
    before.

    ``quiet_run`` means that the run has only changed states of feeds, which this process may load itself.
    """
    # A run publishes once, at its end, as it may have to copy the store; but a new corpus can be queried at once.
    publish = publish or not settings.database.exists()
    done = await asyncio.to_thread(
        run_loader, settings.database, publish=publish, bounds=settings.loader, quiet_run=quiet_run
    )
    if publish:
        await asyncio.to_thread(update_lake, settings.database, settings.lake, settings.loader)
    counts = {"batches": done.batches, "new_entries": done.new_entries, "new_articles": done.new_articles}
    published = str(done.published or "")
    data = {"event": "loaded", **counts, "published": published, "seconds": done.seconds}
    _log.info("%d batches loaded", done.batches, extra={"data": data})
    return done
