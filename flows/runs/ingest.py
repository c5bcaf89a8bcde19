"""One ingest run, free of any engine: the command line calls it plainly, the Prefect flow wraps each step in a task.

subscriptions -> due feeds -> poll -> load -> pending entries -> collect -> load -> publish
"""

from __future__ import annotations

import asyncio
import itertools
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from fivegwatch.extractors.errors import NewsError, WatchlistError
from fivegwatch.extractors.model import Feed, FeedState
from fivegwatch.extractors.watchlist.compile import compile_rules
from fivegwatch.extractors.watchlist.subscriptions import parse_subscriptions
from fivegwatch.flows.printing.progress import Reporter
from fivegwatch.flows.runs.clock import TOLD_BEHIND_S, Clock, utc_now
from fivegwatch.flows.runs.policy import is_due, state_for
from fivegwatch.flows.runs.steps import Tools, collect_pages, poll_feeds
from fivegwatch.flows.runs.summary import Summary
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.flows.workers.children import start_judging
from fivegwatch.flows.workers.pool import Pool
from fivegwatch.sources.files.given import UnusableFileError, given_text
from fivegwatch.sources.files.watchlist import feeds_text, read_watchlist
from fivegwatch.sources.http.client import Web
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.page_store import Archive
from fivegwatch.storage.disk.rulebooks import keep_rules
from fivegwatch.storage.load.loader import LoadReport, is_loaded, run_loader
from fivegwatch.storage.read.entries import PendingEntry, entry_counts, pending_entries
from fivegwatch.storage.read.feeds import feed_states, known_feeds
from fivegwatch.storage.read.store import latest_time
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.records import Run, Subscription

FEEDS_A_BATCH, PAGES_A_BATCH, BATCHES_AT_ONCE = 50, 50, 3
PENDING_A_RUN = 20_000

T = TypeVar("T")


class Step(Protocol):
    """Runs one step of a run; an engine records it, the plain one just awaits it."""

    async def __call__(self, name: str, work: Callable[[], Awaitable[T]]) -> T:
        """The result of ``work``, run under the name ``name``."""


async def plain_step(name: str, work: Callable[[], Awaitable[T]]) -> T:
    """The step without an engine."""
    del name  # only an engine records it
    return await work()


def read_subscriptions(settings: Settings, files: dict[str, str]) -> tuple[Feed, ...]:
    """The feeds of the watchlist, or of the file named for this run.

    Raises:
        WatchlistError: the file is missing or wrong.
    """
    if settings.feeds_file is None:
        return parse_subscriptions(feeds_text(files, settings.watchlist), file=_place(settings, "feeds.toml"))
    file = settings.feeds_file
    try:
        return parse_subscriptions(given_text(file), file=str(file))
    except UnusableFileError as exc:
        raise WatchlistError(
            f"cannot be read: {exc}.", file=str(file), remedy="Name a readable TOML file."
        ) from exc


async def run_ingest(
    settings: Settings,
    report: Reporter,
    *,
    due_only: bool,
    flow: str,
    step: Step = plain_step,
    run_id: str = "",
) -> Summary:
    """Poll the feeds, judge the pages, load the corpus, publish it; returns the account of the run.

    Raises:
        WatchlistError, SettingsError, StorageError: the run itself could not do its job. What was done is kept.
    """
    run_id = run_id or f"{utc_now():%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:8]}"
    deadline = time.monotonic() + settings.run_s
    files = read_watchlist(settings.watchlist)
    feeds = read_subscriptions(settings, files)
    rules = compile_rules(files)  # a bad rule ends the run here, before any request
    layout = Layout.for_database(settings.database)
    if not is_loaded(layout):  # a first run, or one that makes up for an interrupted one
        await step("load: what waited", lambda: load_batches(settings))
    keep_rules(layout, rules.fingerprint, files)
    clock = Clock(latest_time(layout))
    if clock.behind_s > TOLD_BEHIND_S:
        report.note(clock.warning())
    started_at = clock.now()
    _put_subscriptions(layout, feeds, run_id, flow, started_at)
    async with tools_of(settings, layout, files, report, run_id, clock) as tools:
        summary, due = _choose(feeds, feed_states(layout), started_at, due_only=due_only)
        report.stage("feeds", len(due))
        for part in await _batches("poll", due, FEEDS_A_BATCH, poll_feeds, tools, step):
            summary.add(part)
        if summary.announced:  # else the states of the feeds can wait for the next load
            loaded = await step("load: entries", lambda: load_batches(settings))
            summary.entries_new = loaded.new_entries
        summary.entries_known = summary.announced - summary.entries_new
        waiting = entry_counts(layout)
        pending = pending_entries(layout, clock.now(), ignore_backoff=not due_only, limit=PENDING_A_RUN)
        report.stage("pages", len(pending))
        for part in await in_batches(pending, collect_pages, tools, step, deadline):
            summary.add(part)
        summary.pages_left = waiting.get("pending", 0) + waiting.get("retry", 0) - summary.pages
        summary.check()
        _put_account(layout, summary, run_id, flow, started_at, clock.now())
    await step("load: verdicts", lambda: load_batches(settings, publish=True))
    return summary


def _place(settings: Settings, name: str) -> str:
    return str(settings.watchlist / name) if settings.watchlist else f"watchlist/{name}"


@asynccontextmanager
async def tools_of(
    settings: Settings, layout: Layout, files: dict[str, str], report: Reporter, run_id: str, clock: Clock
) -> AsyncIterator[Tools]:
    """What the stages of one run work with, closed at the end of the block."""
    with (
        Pool(settings.workers, initializer=start_judging, initargs=(files,)) as pool,
        Archive(layout) as archive,
    ):
        async with Web(user_agent=settings.user_agent, allow=settings.allow, limits=settings.limits) as web:
            yield Tools(
                run_id=run_id,
                settings=settings,
                layout=layout,
                web=web,
                pool=pool,
                archive=archive,
                report=report,
                now=clock.now,
            )


def _choose(
    feeds: Sequence[Feed], states: dict[str, FeedState], now: datetime, *, due_only: bool
) -> tuple[Summary, list[tuple[Feed, FeedState]]]:
    summary = Summary(feeds=len(feeds))
    due = []
    for feed in feeds:
        state = state_for(feed, states.get(feed.id))
        if not feed.active or state.disabled_reason:
            summary.feeds_off += 1
        elif not is_due(state, now, due_only=due_only):
            summary.feeds_resting += 1
        else:
            due.append((feed, state))
    return summary, due


async def _batches(
    name: str,
    items: Sequence[T],
    size: int,
    stage: Callable[[Tools, Sequence[T]], Awaitable[Summary]],
    tools: Tools,
    step: Step,
    deadline: float = float("inf"),
) -> list[Summary]:
    """The summaries of all batches, a few at a time; after the deadline no new one is begun."""
    slots = asyncio.Semaphore(BATCHES_AT_ONCE)
    parts: list[Summary] = []

    async def one(number: int, batch: Sequence[T]) -> None:
        async with slots:
            if time.monotonic() < deadline:
                parts.append(await step(f"{name}: {number} ({len(batch)})", lambda: stage(tools, batch)))

    try:
        async with asyncio.TaskGroup() as group:
            for number, start in enumerate(range(0, len(items), size), 1):
                group.create_task(one(number, items[start : start + size]))
    except ExceptionGroup as errors:
        raise the_error(errors) from None
    return parts


async def in_batches(
    pending: Sequence[PendingEntry],
    stage: Callable[[Tools, Sequence[PendingEntry]], Awaitable[Summary]],
    tools: Tools,
    step: Step,
    deadline: float,
) -> list[Summary]:
    """The summaries of all batches of pages, hosts by turns; after the deadline no new batch is begun."""
    return await _batches("collect", _by_turns(pending), PAGES_A_BATCH, stage, tools, step, deadline)


def the_error(errors: ExceptionGroup[Exception]) -> Exception:
    """What ended the batches: a bug if there is one among ``errors``, else the first of our own errors."""
    expected, bugs = errors.split(NewsError)
    error: Exception = bugs or expected or errors
    while bugs is None and isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


def _by_turns(pending: Iterable[PendingEntry]) -> list[PendingEntry]:
    """One entry of each host in turn, so that a batch never waits for a single slow or spaced-out host."""
    hosts: dict[str, list[PendingEntry]] = {}
    for item in pending:
        hosts.setdefault(urlsplit(item.entry.url).netloc, []).append(item)
    turns = itertools.zip_longest(*hosts.values())
    return [item for turn in turns for item in turn if item is not None]


async def load_batches(settings: Settings, *, publish: bool = False) -> LoadReport:
    """Merge what waits in the spool; ``publish`` hands a copy to the readers, as the first load does anyway."""
    # Publishing copies the whole store: once a run, at its end; but there shall be something to ask at once.
    publish = publish or not settings.database.exists()
    return await asyncio.to_thread(run_loader, settings.database, publish=publish)


def _put_subscriptions(
    layout: Layout, feeds: Sequence[Feed], run_id: str, flow: str, started_at: datetime
) -> None:
    """Tell the corpus that a run began, and which subscriptions are new or changed since the last one."""
    batch, known, named = Batch(), known_feeds(layout), {feed.id for feed in feeds}
    batch.add(Run(run_id=run_id, flow=flow, started_at=started_at))
    for feed in feeds:
        if known.get(feed.id) != feed:
            batch.add(Subscription.of(feed, synced_at=started_at))
    for feed in known.values():
        if feed.id not in named and feed.active:
            gone = replace(feed, active=False, inactive_reason="not in this watchlist")
            batch.add(Subscription.of(gone, synced_at=started_at))
    put_batch(layout, batch)


def _put_account(
    layout: Layout, summary: Summary, run_id: str, flow: str, started_at: datetime, ended_at: datetime
) -> None:
    batch = Batch()
    batch.add(
        Run(
            run_id=run_id,
            flow=flow,
            started_at=started_at,
            ended_at=ended_at,
            state="Completed",
            message=summary.sentence(),
            counts=summary.counts(),
        )
    )
    put_batch(layout, batch)
