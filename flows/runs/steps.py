"""The shared steps: poll a batch of feeds, collect a batch of pages. Each ends as one batch in the spool.

    feeds -> poll_feeds -> spool (states + entries)      pending entries -> collect_pages -> spool (verdicts + attempts)

Only here does expected trouble with a feed or a page become data. Trouble with our own disk or corpus ends the
run, and so does a bug.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from fivegwatch.extractors.errors import ExtractionError, FeedError, FetchError, NewsError
from fivegwatch.extractors.model import Article, Entry, Failure, Feed, FeedState, Origin, Page, ParsedFeed
from fivegwatch.extractors.web.urls import site_of
from fivegwatch.flows.printing.progress import Reporter
from fivegwatch.flows.runs.clock import utc_now
from fivegwatch.flows.runs.policy import (
    EMPTY_FLAGS,
    WALL_FLAGS,
    WALLED,
    after_attempt,
    after_failure,
    after_judging,
    after_success,
)
from fivegwatch.flows.runs.reading import PageReader
from fivegwatch.flows.runs.summary import Summary
from fivegwatch.flows.runs.verdicts import record_verdict
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.flows.workers.children import read_feed
from fivegwatch.flows.workers.pool import Pool
from fivegwatch.sources.http.client import NotModified, Web
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.page_store import Archive
from fivegwatch.storage.read.entries import PendingEntry
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.records import Attempt, Failed, Poll, Provenance, Sighting


@dataclass(slots=True, kw_only=True)
class Tools:
    """What the stages of one run work with."""

    run_id: str
    settings: Settings
    layout: Layout
    web: Web
    pool: Pool
    archive: Archive
    report: Reporter
    now: Callable[[], datetime] = utc_now
    playback: Callable[[Entry], Awaitable[Page]] | None = None
    """Has the pages of entries that an archive of the web announced; without it they are asked for where they were."""


async def poll_feeds(tools: Tools, feeds: Sequence[tuple[Feed, FeedState]]) -> Summary:
    """Poll these feeds at once and put their states and entries into one batch of the spool."""
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
    started, now = time.monotonic(), tools.now()
    origin = Origin(kind="feed", locator=feed.id)
    page: Page | NotModified | None = None
    try:
        page = await tools.web.fetch(
            state.url, kind="feed", origin=origin, etag=state.etag, last_modified=state.last_modified
        )
        parsed, after = await _read_poll(tools, feed, state, page, now)
    except (FetchError, FeedError) as error:
        batch.add(
            replace(
                Poll.of(
                    tools.run_id,
                    after_failure(state, now, error, tools.settings.limits),
                    outcome="failed",
                    polled_at=now,
                ),
                status=getattr(error, "status", None) or getattr(page, "status", None),
                bytes=len(page.body) if isinstance(page, Page) else 0,
                seconds=time.monotonic() - started,
                message=f"{error.kind}: {error}",
            )
        )
        batch.add(Failed.of(tools.run_id, _failure(error, state.url, "poll", now, origin)))
        return Summary(feeds_failed=1)
    _record_poll(tools.run_id, batch, feed, after, parsed, page, now, time.monotonic() - started)
    if parsed is None:
        return Summary(feeds_unchanged=1)
    return Summary(feeds_new=1, announced=len(parsed.entries), announced_skipped=len(parsed.skipped))


async def _read_poll(
    tools: Tools, feed: Feed, state: FeedState, page: Page | NotModified, now: datetime
) -> tuple[ParsedFeed | None, FeedState]:
    """The parsed feed, None when it did not change, and the state to store with it."""
    limits = tools.settings.limits
    if isinstance(page, NotModified):
        etag, modified = page.etag or state.etag, page.last_modified or state.last_modified
        return None, after_success(
            state, now, changed=False, limits=limits, etag=etag, last_modified=modified, body_hash=None
        )
    body_hash = hashlib.sha256(page.body).hexdigest()
    same_site = page.moved_to is not None and site_of(page.moved_to) == site_of(state.url)
    if body_hash == state.body_hash:
        return None, after_success(
            state, now, changed=False, limits=limits,
            etag=page.etag, last_modified=page.last_modified, body_hash=body_hash,
            moved_to=page.moved_to, same_site=same_site,
        )  # fmt: skip
    parsed: ParsedFeed = await tools.pool.run(
        read_feed, page, feed, tools.settings.allow,
        timeout_s=limits.feed_parse_s, url=page.final_url, memory=limits.feed_parse_memory, error=FeedError,
    )  # fmt: skip
    whole = not parsed.partial  # validators of half a document would hide the other half for ever
    return parsed, after_success(
        state,
        now,
        changed=True,
        limits=limits,
        etag=page.etag if whole else None,
        last_modified=page.last_modified if whole else None,
        body_hash=body_hash if whole else None,
        moved_to=page.moved_to,
        same_site=same_site,
    )


def _record_poll(
    run_id: str,
    batch: Batch,
    feed: Feed,
    state: FeedState,
    parsed: ParsedFeed | None,
    page: Page | NotModified,
    now: datetime,
    seconds: float,
) -> None:
    batch.add(
        replace(
            Poll.of(run_id, state, outcome="unchanged" if parsed is None else "new", polled_at=now),
            status=page.status if isinstance(page, Page) else 304,
            entries_seen=len(parsed.entries) if parsed else 0,
            skipped=len(parsed.skipped) if parsed else 0,
            bytes=len(page.body) if isinstance(page, Page) else 0,
            seconds=seconds,
            message="cut short; read what was whole" if parsed and parsed.partial else "",
        )
    )
    for entry in parsed.entries if parsed else ():
        batch.add(Sighting.of(run_id, entry, feed_id=feed.id, seen_at=now))
    origin = Origin(kind="feed", locator=feed.id)
    for number, (reason, given) in enumerate(parsed.skipped if parsed else (), 1):
        # Numbered: two that look alike are two, and the account must find both.
        message = f"feed {feed.id}, unusable entry {number}: {reason}"
        unusable = Failure(
            url=given,
            stage="parse",
            kind=reason,
            message=message,
            transient=False,
            failed_at=now,
            origin=origin,
        )
        batch.add(Failed.of(run_id, unusable))


async def collect_pages(tools: Tools, pending: Sequence[PendingEntry]) -> Summary:
    """Fetch, extract and judge these entries' pages and put the verdicts into one batch of the spool."""
    batch, summary = Batch(), Summary()

    async def collect(item: PendingEntry) -> None:
        summary.add(await _collect_page(tools, item, batch))
        tools.report.advance()

    async with asyncio.TaskGroup() as group:
        for item in pending:
            group.create_task(collect(item))
    tools.archive.flush()  # before the batch that refers to these pages
    put_batch(tools.layout, batch)
    return summary


async def _collect_page(tools: Tools, item: PendingEntry, batch: Batch) -> Summary:
    entry, attempts = item.entry, item.attempts + 1
    page: Page | NotModified | None = None
    try:
        page = await _fetch(tools, item)
        if isinstance(page, NotModified):
            now = tools.now()
            batch.add(
                Attempt(
                    run_id=tools.run_id,
                    entry_id=entry.id,
                    attempted_at=now,
                    state="done",
                    attempts=attempts,
                    status=304,
                    kind="not_modified",
                )
            )
            return Summary(pages=1, pages_unchanged=1)
        return await _judge_page(tools, item, page, batch)
    except (FetchError, ExtractionError) as error:
        now = tools.now()
        following = after_attempt(
            attempts, now, error, tools.settings.limits, since=item.retrying_since, last_kind=item.problem
        )
        batch.add(
            Attempt(
                run_id=tools.run_id,
                entry_id=entry.id,
                attempted_at=now,
                state=following.state,
                attempts=following.attempts,
                next_attempt_at=following.at,
                retry_after_at=following.retry_after_at,
                retrying_since=following.since,
                status=getattr(error, "status", None) or getattr(page, "status", None),
                kind=error.kind,
                message=str(error),
            )
        )
        stage = "fetch" if page is None else "extract"
        batch.add(Failed.of(tools.run_id, _failure(error, entry.url, stage, now, entry.origin)))
        return Summary(
            pages=1, pages_retry=int(following.state == "retry"), pages_gone=int(following.state == "gone")
        )


async def _fetch(tools: Tools, item: PendingEntry) -> Page | NotModified:
    entry = item.entry
    if entry.origin.kind == "wayback" and tools.playback is not None:
        return await tools.playback(entry)
    return await tools.web.fetch(
        entry.url, kind="page", origin=entry.origin, etag=item.etag, last_modified=item.last_modified
    )


async def _judge_page(tools: Tools, item: PendingEntry, page: Page, batch: Batch) -> Summary:
    entry = item.entry
    reader = PageReader(web=tools.web, pool=tools.pool, limits=tools.settings.limits)

    def note(error: NewsError) -> None:
        failure = _failure(error, error.url or page.final_url, "fetch", tools.now(), entry.origin)
        batch.add(Failed.of(tools.run_id, failure))

    article, decision = await reader.read(page, entry, note)
    now, provenance = tools.now(), Provenance.of(page, entry, tools.archive.append(page))
    record_verdict(batch, tools.run_id, (article, decision), provenance, now)
    # What an archive keeps of a page never grows.
    settled = decision.relevant or entry.origin.kind == "wayback"
    _record_reading(tools.run_id, batch, item, page, article, now, settled=settled)
    return Summary(
        pages=1,
        pages_kept=int(decision.verdict == "kept"),
        pages_near_miss=int(decision.verdict == "near_miss"),
        pages_rejected=int(decision.verdict == "rejected"),
    )


def _record_reading(
    run_id: str,
    batch: Batch,
    item: PendingEntry,
    page: Page,
    article: Article,
    now: datetime,
    *,
    settled: bool,
) -> None:
    """The attempt that brought ``article``. While a wall holds, or nothing shows a story yet, it stays open, and
    without validators: a page that says it did not change would end the waiting."""
    following = after_judging(item.attempts + 1, now, article.quality, item.retrying_since, settled=settled)
    walls = sorted((WALL_FLAGS if settled else WALL_FLAGS | EMPTY_FLAGS).intersection(article.quality))
    open_, behind = following.state == "retry", f"judged on what there is: {', '.join(walls)}"
    batch.add(
        Attempt(
            run_id=run_id,
            entry_id=item.entry.id,
            attempted_at=now,
            state=following.state,
            attempts=following.attempts,
            next_attempt_at=following.at,
            retrying_since=following.since,
            article_id=article.id,
            status=page.status,
            kind=WALLED if open_ else "judged",
            message=behind if walls else "",
            etag=None if open_ else page.etag,
            last_modified=None if open_ else page.last_modified,
        )
    )


def _failure(error: NewsError, url: str, stage: str, now: datetime, origin: Origin) -> Failure:
    return Failure(
        url=url,  # the document we asked for; where on the way it failed is in the message
        stage=stage,
        kind=error.kind,
        message=str(error),
        transient=error.transient,
        failed_at=now,
        origin=origin,
    )
