"""Polling: a batch of feeds at once, one batch in the spool.

feed, state -> fetch -> parse -> state after -> records (the poll, its entries, what was unusable)

Expected errors of a feed become records here and nowhere else. Errors of our own disk or corpus, and bugs, end the
run.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace

from fivegwatch.extractors.errors import FeedError, FetchError
from fivegwatch.extractors.model import Failure, Feed, FeedState, Origin, Page, ParsedFeed, PollOutcome
from fivegwatch.flows.runs.policy import Polling
from fivegwatch.flows.runs.summary import Summary
from fivegwatch.flows.runs.tools import Tools, failure_of
from fivegwatch.flows.workers.in_child import read_feed
from fivegwatch.sources.http.client import NotModified
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.records import Failed, Poll, Sighting


async def poll_feeds(tools: Tools, feeds: Sequence[tuple[Feed, FeedState]]) -> Summary:
    """Poll these feeds at once and write states and entries as one batch; returns the account."""
    batch, summary = Batch(), Summary()

    async def poll(feed: Feed, state: FeedState) -> None:
        summary.add(await _poll_feed(tools, feed, state, batch))
        tools.report.advance()

    async with asyncio.TaskGroup() as group:
        for feed, state in feeds:
            group.create_task(poll(feed, state))
    put_batch(tools.layout, batch)
    return summary


async def _poll_feed(tools: Tools, feed: Feed, state: FeedState, batch: Batch) -> Summary:
    began_s, polled_at = time.monotonic(), tools.now()
    polling = Polling(state=state, now=tools.due_now(), limits=tools.settings.limits)
    origin = Origin(kind="feed", locator=feed.id)
    answer: Page | NotModified | None = None
    try:
        answer = await tools.web.fetch(
            state.url, kind="feed", origin=origin, etag=state.etag, last_modified=state.last_modified
        )
        parsed = await _parsed(tools, feed, answer, polling)
    except (FetchError, FeedError) as error:
        poll = Poll.of(tools.run_id, polling.failed(error), polled_at=polled_at, outcome="failed")
        status = getattr(error, "status", None) or getattr(answer, "status", None)
        poll = replace(poll, status=status, message=f"{error.kind}: {error}")
        batch.add(_measured(poll, answer, began_s))
        batch.add(Failed.of(tools.run_id, failure_of(error, state.url, "poll", polled_at, origin)))
        return Summary(feeds_failed=1)
    outcome: PollOutcome = "unchanged" if parsed is None else "new"
    poll = Poll.of(tools.run_id, polling.succeeded(answer, parsed), polled_at=polled_at, outcome=outcome)
    poll = replace(poll, status=answer.status if isinstance(answer, Page) else 304)
    if parsed is None:
        batch.add(_measured(poll, answer, began_s))
        return Summary(feeds_unchanged=1)
    message = "cut short; read what was whole" if parsed.partial else ""
    poll = replace(poll, entries_seen=len(parsed.entries), skipped=len(parsed.skipped), message=message)
    batch.add(_measured(poll, answer, began_s))
    _add_entries(batch, poll, parsed, origin)
    return Summary(feeds_new=1, announced=len(parsed.entries), announced_skipped=len(parsed.skipped))


async def _parsed(
    tools: Tools, feed: Feed, answer: Page | NotModified, polling: Polling
) -> ParsedFeed | None:
    """The feed's entries; None when it did not change since the last poll."""
    if isinstance(answer, NotModified) or polling.knows(answer):
        return None
    limits = tools.settings.limits
    return await tools.pool.run(
        read_feed, answer, feed, tools.settings.allow,
        timeout_s=limits.feed_parse_s, url=answer.final_url, memory=limits.feed_parse_memory, error=FeedError,
    )  # fmt: skip


def _measured(poll: Poll, answer: Page | NotModified | None, began_s: float) -> Poll:
    size = len(answer.body) if isinstance(answer, Page) else 0
    return replace(poll, bytes=size, seconds=time.monotonic() - began_s)


def _add_entries(batch: Batch, poll: Poll, parsed: ParsedFeed, origin: Origin) -> None:
    for entry in parsed.entries:
        batch.add(Sighting.of(poll.run_id, entry, feed_id=poll.feed_id, seen_at=poll.polled_at))
    for number, (reason, given) in enumerate(parsed.skipped, 1):
        # Numbered: two that look alike are two records, and the account counts both.
        message = f"feed {poll.feed_id}, unusable entry {number}: {reason}"
        unusable = Failure(
            url=given, stage="parse", kind=reason, message=message, transient=False, failed_at=poll.polled_at,
            origin=origin,
        )  # fmt: skip
        batch.add(Failed.of(poll.run_id, unusable))
