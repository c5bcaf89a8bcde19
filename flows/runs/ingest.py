"""One ingest run, without Prefect. The command line calls it directly; the Prefect flow also records its steps.

    subscriptions | due feeds | poll | load | pending entries | collect | load and publish

Polling and collecting work on batches, a few at a time. Each batch ends as one file in the spool, so a run that is
killed at any point loses only the batches it was working on.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from fivegwatch.extractors.model import Feed, FeedState
from fivegwatch.flows.printing.lines import counted
from fivegwatch.flows.printing.progress import Reporter
from fivegwatch.flows.runs.batching import Step, in_batches, plain_step
from fivegwatch.flows.runs.collect import PAGES_A_BATCH, by_turns, collect_pages
from fivegwatch.flows.runs.due import is_due, longest_wait, state_for
from fivegwatch.flows.runs.poll import poll_feeds
from fivegwatch.flows.runs.subscriptions import read_subscriptions
from fivegwatch.flows.runs.summary import Summary
from fivegwatch.flows.runs.tools import OpenRun, Tools, load_batches, open_run
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.sources.files.watchlist import read_watchlist
from fivegwatch.storage.connections import opened
from fivegwatch.storage.read.entries import PendingEntry, entry_counts, pending_entries
from fivegwatch.storage.read.feeds import feed_states, known_feeds, recent_pages
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.feed_records import Subscription

FEEDS_A_BATCH = 100
PENDING_A_RUN = 20_000


async def run_ingest(
    settings: Settings,
    report: Reporter,
    *,
    due_only: bool,
    flow: str,
    step: Step = plain_step,
    run_id: str = "",
) -> Summary:
    """Poll the feeds, judge the pages, load and publish the corpus; returns the counts.

    Raises:
        WatchlistError, SettingsError, StorageError: the run could not do its job. What was done until then is kept.
    """
    deadline = time.monotonic() + settings.run_s
    files = read_watchlist(settings.watchlist, settings.keep)
    feeds = read_subscriptions(settings, files)
    async with open_run(settings, report, files, flow=flow, step=step, run_id=run_id) as run:
        tools = run.tools
        with opened(
            tools.layout.store, read_only=True
        ):  # opens the file once for all that is asked of it now
            if removed := _put_subscriptions(run, feeds):
                report.warn(_no_longer_polled(removed))
            tools.watch.pages_of = recent_pages(tools.layout, tools.due_now())
            summary, due = _choose(run, feeds, due_only=due_only)
        report.stage("feeds", len(due))
        for part in await in_batches("poll", due, FEEDS_A_BATCH, partial(poll_feeds, tools), step):
            summary.add(part)
        if tools.watch.gaps:
            from fivegwatch.flows.runs.gaps import fill_gaps  # needs the parsers, which most runs do without

            summary.announced += await step("fill gaps", lambda: fill_gaps(tools))
        if summary.announced:  # else the states of the feeds can wait for the next load
            loaded = await step("load: entries", lambda: load_batches(settings))
            summary.entries_new = loaded.new_entries
        summary.entries_known = summary.announced - summary.entries_new
        waiting, pending = _pending(tools, due_only=due_only)
        report.stage("pages", len(pending))
        collect = partial(collect_pages, tools)
        for part in await in_batches("collect", pending, PAGES_A_BATCH, collect, step, deadline=deadline):
            summary.add(part)
        summary.pages_left = waiting.get("pending", 0) + waiting.get("retry", 0) - summary.pages
        summary.check()
        run.put_account(summary)
    quiet = not (summary.announced or summary.pages)
    await step("load: verdicts", lambda: load_batches(settings, publish=True, quiet_run=quiet))
    if outage := summary.outage():
        report.warn(outage)
    return summary


def _pending(tools: Tools, *, due_only: bool) -> tuple[dict[str, int], list[PendingEntry]]:
    """The number of entries by state, and the entries whose pages may be requested now, alternating between hosts."""
    with opened(tools.layout.store, read_only=True):
        pending = pending_entries(
            tools.layout,
            tools.due_now(),
            ignore_backoff=not due_only,
            limit=PENDING_A_RUN,
            longest=longest_wait(tools.settings.limits),
        )
        return entry_counts(tools.layout), by_turns(pending)


def _put_subscriptions(run: OpenRun, feeds: Iterable[Feed]) -> list[str]:
    """Record that the run began, and which subscriptions are new or changed since the last run.

    Returns the ids of feeds that were polled before and are not in the watchlist any more.
    """
    batch, known, synced_at = Batch(), known_feeds(run.tools.layout), run.began.started_at
    batch.add(run.began)
    for feed in feeds:
        if known.pop(feed.id, None) != feed:
            batch.add(Subscription.of(feed, synced_at=synced_at))
    removed = [feed for feed in known.values() if feed.active]
    for feed in removed:
        off = replace(feed, active=False, inactive_reason="not in this watchlist")
        batch.add(Subscription.of(off, synced_at=synced_at))
    put_batch(run.tools.layout, batch)
    return sorted(feed.id for feed in removed)


def _no_longer_polled(removed: list[str]) -> str:
    """A warning that names up to five feeds that are not in the watchlist any more."""
    names = ", ".join(removed[:5]) + (", .." if len(removed) > 5 else "")
    number = counted(len(removed), "feed that was polled is", "feeds that were polled are")
    return f"{number} no longer in the watchlist: {names}. If that was not meant, restore `feeds.toml`."


def _choose(
    run: OpenRun, feeds: tuple[Feed, ...], *, due_only: bool
) -> tuple[Summary, list[tuple[Feed, FeedState]]]:
    """A summary that counts the feeds that are not polled now, and the feeds to poll, each with its state."""
    states, summary = feed_states(run.tools.layout), Summary(feeds=len(feeds))
    now, limits = run.tools.due_now(), run.tools.settings.limits
    due = []
    for feed in feeds:
        state = state_for(feed, states.get(feed.id))
        if not feed.active:
            summary.feeds_off += 1
        elif not is_due(state, now, due_only=due_only, limits=limits):
            summary.feeds_resting += 1
        else:
            due.append((feed, state))
    return summary, due
