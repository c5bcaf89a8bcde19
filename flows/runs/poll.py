"""Polling: requests a batch of feeds at once, and writes the results as one batch in the spool.

feed, state -> fetch -> parse -> state after -> records (the poll, its entries, what was unusable)

Expected errors of a feed become records here and nowhere else. Errors of our own disk or corpus, and bugs, end the run.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from fivegwatch.extractors.errors import FeedError, FetchError
from fivegwatch.extractors.model import Failure, Feed, FeedState, Origin, Page, ParsedFeed, PollOutcome
from fivegwatch.extractors.web.urls import host_and_port, site_of
from fivegwatch.flows.printing.lines import counted
from fivegwatch.flows.runs.next_poll import NO_PAGES, Polling, is_dedicated
from fivegwatch.flows.runs.summary import Summary
from fivegwatch.flows.runs.tools import Tools, failure_of, parsed_feed
from fivegwatch.sources.http.client import NotModified
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.feed_records import Poll
from fivegwatch.storage.spool.records import Failed, Sighting

UNREACHED = frozenset({"connect", "dns", "timeout", "tls", "deadline"})
"""Failures in which no answer came."""
OUTAGE_HOSTS, OUTAGE_SHARE = 5, 0.9
"""Our own network is blamed if at least this many hosts, and this share of the feeds in a batch, could not be
reached.
"""
EXAMPLES = 5
"""Most entries that the record of unusable entries names."""


@dataclass(slots=True)
class _Asked:
    """The outcome of one request for a feed: an error, or a document. ``parsed`` is None if the feed did not change."""

    feed: Feed
    polling: Polling
    polled_at: datetime
    answer: Page | NotModified | None = None
    parsed: ParsedFeed | None = None
    error: FetchError | FeedError | None = None
    seconds: float = 0.0


async def poll_feeds(tools: Tools, feeds: Sequence[tuple[Feed, FeedState]]) -> Summary:
    """Poll these feeds at once and write states and entries as one batch; returns the counts."""
    batch, summary = Batch(), Summary()
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_ask(tools, feed, state)) for feed, state in feeds]
    asked = [task.result() for task in tasks]
    _excuse(asked)
    for one in asked:
        summary.add(await _record_failure(tools, one, batch) if one.error else _record(tools, one, batch))
    put_batch(tools.layout, batch)
    return summary


async def _ask(tools: Tools, feed: Feed, state: FeedState) -> _Asked:
    began_s = time.monotonic()
    polling = Polling(
        state=state, now=tools.due_now(), limits=tools.settings.limits, dedicated=is_dedicated(feed),
        pages=tools.watch.pages_of.get(feed.id, NO_PAGES),
    )  # fmt: skip
    asked = _Asked(feed, polling, tools.now())
    origin = Origin(kind="feed", locator=feed.id)
    etag, last_modified = polling.validators()
    try:
        asked.answer = await tools.web.fetch(
            state.url, kind="feed", origin=origin, etag=etag, last_modified=last_modified
        )
        asked.parsed = await _parsed(tools, feed, asked.answer, polling)
    except (FetchError, FeedError) as error:
        asked.error = error
    asked.seconds = time.monotonic() - began_s
    tools.report.advance()
    return asked


def _excuse(asked: Sequence[_Asked]) -> None:
    """If hardly any of several hosts could be reached, replace the feeds' errors by one that blames our own network."""
    lost = [one for one in asked if isinstance(one.error, FetchError) and one.error.kind in UNREACHED]
    hosts = {host_and_port(one.polling.state.url)[0] for one in lost}
    if len(hosts) < OUTAGE_HOSTS or len(lost) < OUTAGE_SHARE * len(asked):
        return
    for one in lost:
        message = f"{one.error}; nor could other hosts be reached, so our own network is taken to be down"
        one.error = FetchError(message, url=one.polling.state.url, kind="own_network", transient=True)


async def _record_failure(tools: Tools, asked: _Asked, batch: Batch) -> Summary:
    error, polling, answer = asked.error, asked.polling, asked.answer
    assert error is not None
    after = await with_proposal(tools, asked.feed, polling, polling.failed(error), error.kind)
    status = getattr(error, "status", None) or getattr(answer, "status", None)
    batch.add(_poll(tools, asked, after, "failed", status=status, message=f"{error.kind}: {error}"))
    _add_transition(batch, tools, polling, after)
    origin = Origin(kind="feed", locator=asked.feed.id)
    failure = failure_of(error, polling.state.url, "poll", asked.polled_at, origin)
    batch.add(Failed.of(tools.run_id, replace(failure, repeats=after.failures or None)))
    return Summary(feeds_failed=1, feeds_unreachable=int(error.kind == "own_network"))


def _record(tools: Tools, asked: _Asked, batch: Batch) -> Summary:
    answer, parsed, polling = asked.answer, asked.parsed, asked.polling
    assert answer is not None
    after = polling.succeeded(answer, parsed)
    status = answer.status if isinstance(answer, Page) else 304
    _add_transition(batch, tools, polling, after)
    if parsed is None:
        batch.add(_poll(tools, asked, after, "unchanged", status=status))
        return Summary(feeds_unchanged=1)
    message = "cut short; read what was whole" if parsed.partial else ""
    counts = {"entries_seen": len(parsed.entries), "skipped": len(parsed.skipped)}
    poll = _poll(tools, asked, after, "new", status=status, message=message, **counts)
    batch.add(poll)
    _add_entries(batch, poll, parsed, Origin(kind="feed", locator=asked.feed.id))
    if gap := polling.gap(parsed):
        batch.add(gap)
        tools.watch.gaps.append((asked.feed, gap, frozenset(entry.id for entry in parsed.entries)))
    return Summary(feeds_new=1, announced=len(parsed.entries), announced_skipped=len(parsed.skipped))


def _add_transition(batch: Batch, tools: Tools, polling: Polling, after: FeedState) -> None:
    if transition := polling.transition(after, tools.run_id):
        batch.add(transition)
        tools.watch.transitions.append(transition)


async def _parsed(
    tools: Tools, feed: Feed, answer: Page | NotModified, polling: Polling
) -> ParsedFeed | None:
    """The parsed feed; None if it did not change since the last poll."""
    if isinstance(answer, NotModified) or polling.knows(answer):
        return None
    return await parsed_feed(tools.pool, answer, feed, tools.settings)


def _poll(tools: Tools, asked: _Asked, after: FeedState, outcome: PollOutcome, **values: Any) -> Poll:
    """The record of this poll; ``values`` are further fields of the record."""
    values["bytes"] = len(asked.answer.body) if isinstance(asked.answer, Page) else 0
    values["seconds"] = asked.seconds
    return Poll.of(tools.run_id, after, polled_at=asked.polled_at, outcome=outcome, **values)


def _add_entries(batch: Batch, poll: Poll, parsed: ParsedFeed, origin: Origin) -> None:
    for entry in parsed.entries:
        batch.add(Sighting.of(poll.run_id, entry, feed_id=poll.feed_id, seen_at=poll.polled_at))
    # One record for each fault: a malformed feed of 2,000 items would else add 2,000 rows at every poll.
    by_reason: dict[str, list[str]] = {}
    for reason, given in parsed.skipped:
        by_reason.setdefault(reason, []).append(given)
    for reason, places in by_reason.items():
        shown, count = (
            "; ".join(places[:EXAMPLES]),
            counted(len(places), "unusable entry", "unusable entries"),
        )
        message = f"feed {poll.feed_id}, {count}: {reason}: {shown}"
        unusable = Failure(
            url=poll.url, stage="parse", kind=reason, message=message, transient=False, failed_at=poll.polled_at,
            origin=origin, repeats=len(places),
        )  # fmt: skip
        batch.add(Failed.of(poll.run_id, unusable))


LOST = frozenset({"http_404", "http_410", "not_a_feed"})
"""Failures after which a site may have its feed at another address."""
TRIES = 4
"""Most addresses that are tried."""


async def with_proposal(tools: Tools, feed: Feed, polling: Polling, after: FeedState, kind: str) -> FeedState:
    """The state ``after``. If the feed has just begun to fail with ``kind``, the address of a feed that its site names
    now is added to it.
    """
    if kind not in LOST or after.health not in ("gone", "failing") or after.health == polling.state.health:
        return after
    proposed = await rediscovered(tools, feed)
    if not proposed:
        return after
    problem = f"{after.problem}; its site names {proposed} now"
    return replace(after, proposed_url=proposed, problem=problem)


async def rediscovered(tools: Tools, feed: Feed) -> str:
    """The address of a working feed that the front page of the feed's site names; empty if there is none."""
    from fivegwatch.extractors.feeds.discovery import feed_links  # needs the parsers; most runs do without

    origin = Origin(kind="feed", locator=feed.id)
    site = feed.site_url or "/".join(feed.url.split("/")[:3]) + "/"
    try:
        page = await tools.web.fetch(site, kind="page", origin=origin)
    except FetchError:
        return ""
    links = feed_links(page, allow=tools.settings.allow) if isinstance(page, Page) else []
    for url in [link for link in links if link != feed.url and site_of(link) == site_of(site)][:TRIES]:
        try:
            answer = await tools.web.fetch(url, kind="feed", origin=origin)
            assert isinstance(answer, Page)
            parsed = await parsed_feed(tools.pool, answer, feed, tools.settings)
        except (FetchError, FeedError):
            continue
        if parsed.entries:
            return url
    return ""
