"""Collecting: fetches and judges the pages of a batch of entries, and writes the results as one batch in the spool.

pending entry -> fetch -> extract, judge -> (too little text) -> fetch the AMP or print version that the page links to
-> extract, judge with its text -> records (the verdict, the attempt)

Expected errors of a page become records here and nowhere else. Errors of our own disk or corpus, and bugs, end the run.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar, TypeVarTuple
from urllib.parse import urlsplit

from fivegwatch.extractors.errors import ExtractionError, FetchError, NewsError
from fivegwatch.extractors.feeds.health import PARTLY_READ, STUBS, WALLS
from fivegwatch.extractors.model import Article, Decision, Entry, OtherVersion, Page
from fivegwatch.extractors.web.urls import site_of
from fivegwatch.flows.runs.due import WALLED, after_attempt, after_judging
from fivegwatch.flows.runs.summary import Summary
from fivegwatch.flows.runs.tools import Tools, failure_of
from fivegwatch.flows.runs.verdicts import record_verdict
from fivegwatch.flows.workers.in_child import find_versions, read_article
from fivegwatch.sources.http.client import NotModified
from fivegwatch.storage.read.entries import PendingEntry
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.records import Attempt, Failed, Provenance

R = TypeVar("R")
Ts = TypeVarTuple("Ts")
PAGES_A_BATCH = 50
UNREADABLE = frozenset({"no_text", "too_short", "script_wall"})
"""Kinds of failures after which another version of the page may still hold the story."""
INCOMPLETE = frozenset({"teaser", "too_short"})
"""Quality flags of an article that may have more text in another version of its page."""
PAID = frozenset({"paywall"})
"""Quality flags of pages for subscribers; no other version of such a page is requested."""


def by_turns(pending: Iterable[PendingEntry]) -> list[PendingEntry]:
    """``pending`` reordered: one entry of each host, then the next one of each, so that no batch waits for one slow
    host.
    """
    hosts: dict[str, list[PendingEntry]] = {}
    for item in pending:
        hosts.setdefault(urlsplit(item.entry.url).netloc, []).append(item)
    turns = itertools.zip_longest(*hosts.values())
    return [item for turn in turns for item in turn if item is not None]


async def collect_pages(tools: Tools, pending: Sequence[PendingEntry]) -> Summary:
    """Fetch and judge the pages of ``pending``, write verdicts and attempts as one batch; returns the counts."""
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
    page: Page | NotModified | None = None
    try:
        page = await _fetch(tools, item)
        if isinstance(page, NotModified):
            return _put_unchanged(tools, item, batch)
        return await _judge_page(tools, item, page, batch)
    except (FetchError, ExtractionError) as error:
        return _put_failure(tools, item, page, error, batch)


async def _fetch(tools: Tools, item: PendingEntry) -> Page | NotModified:
    entry = item.entry
    if entry.origin.kind == "wayback" and tools.playback is not None:
        return await tools.playback(entry)
    return await tools.web.fetch(
        entry.url, kind="page", origin=entry.origin, etag=item.etag, last_modified=item.last_modified
    )


def _put_unchanged(tools: Tools, item: PendingEntry, batch: Batch) -> Summary:
    attempt = Attempt(
        run_id=tools.run_id, entry_id=item.entry.id, attempted_at=tools.now(), state="done",
        attempts=item.attempts + 1, status=304, kind="not_modified",
    )  # fmt: skip
    batch.add(attempt)
    return Summary(pages=1, pages_unchanged=1)


def _put_failure(
    tools: Tools, item: PendingEntry, page: Page | NotModified | None, error: NewsError, batch: Batch
) -> Summary:
    entry, now = item.entry, tools.now()
    following = after_attempt(
        item.attempts + 1,
        now,
        error,
        tools.settings.limits,
        since=item.retrying_since,
        last_kind=item.problem,
    )
    attempt = Attempt(
        run_id=tools.run_id, entry_id=entry.id, attempted_at=now, state=following.state,
        attempts=following.attempts, next_attempt_at=tools.due_at(following.at),
        retry_after_at=tools.due_at(following.retry_after_at),
        retrying_since=following.since, kind=error.kind, message=str(error),
        status=getattr(error, "status", None) or getattr(page, "status", None),
    )  # fmt: skip
    batch.add(attempt)
    stage = "fetch" if page is None else "extract"
    batch.add(Failed.of(tools.run_id, failure_of(error, entry.url, stage, now, entry.origin)))
    return Summary(
        pages=1, pages_retry=int(following.state == "retry"), pages_gone=int(following.state == "gone")
    )


async def _judge_page(tools: Tools, item: PendingEntry, page: Page, batch: Batch) -> Summary:
    entry = item.entry

    def note(error: NewsError) -> None:
        failure = failure_of(error, error.url or page.final_url, "fetch", tools.now(), entry.origin)
        batch.add(Failed.of(tools.run_id, failure))

    article, decision = await _read(tools, page, entry, note)
    provenance, judged_at = Provenance.of(page, entry, tools.archive.append(page)), tools.now()
    record_verdict(batch, tools.run_id, (article, decision), provenance, judged_at)
    # What an archive of the web keeps of a page never grows.
    settled = decision.relevant or entry.origin.kind == "wayback"
    attempt = Attempt(
        run_id=tools.run_id, entry_id=entry.id, attempted_at=judged_at, state="done", attempts=item.attempts + 1,
        article_id=article.id, status=page.status, kind="judged", etag=page.etag, last_modified=page.last_modified,
    )  # fmt: skip
    batch.add(_kept_open(tools, attempt, item, article.quality, settled=settled))
    return Summary(
        pages=1,
        pages_kept=int(decision.verdict == "kept"),
        pages_near_miss=int(decision.verdict == "near_miss"),
        pages_rejected=int(decision.verdict == "rejected"),
    )


def _kept_open(
    tools: Tools, attempt: Attempt, item: PendingEntry, flags: Sequence[str], *, settled: bool
) -> Attempt:
    """``attempt``, with a further visit planned if a wall hides part of the page, or the page holds no story yet.

    Then it has no validators, because after the answer "not modified" the page would not be judged again.
    """
    following = after_judging(
        attempt.attempts, attempt.attempted_at, flags, item.retrying_since, settled=settled
    )
    walls = sorted((WALLS if settled else WALLS | STUBS).intersection(flags))
    if walls:
        attempt = replace(attempt, message=PARTLY_READ + ", ".join(walls))
    if following.state != "retry":
        return attempt
    return replace(
        attempt, state="retry", attempts=following.attempts, next_attempt_at=tools.due_at(following.at),
        retrying_since=following.since, kind=WALLED, etag=None, last_modified=None,
    )  # fmt: skip


async def _read(
    tools: Tools, page: Page, entry: Entry, note: Callable[[NewsError], None]
) -> tuple[Article, Decision]:
    """The article of ``page`` and the verdict on it. If another version of the page cannot be read, ``note`` gets the
    error.

    Raises: ExtractionError if neither the page nor another version of it holds a story.
    """
    first: tuple[Article, Decision] | ExtractionError
    try:
        first = await _in_child(tools, read_article, page, entry, None)
    except ExtractionError as error:
        first = error
    version = await _other_version(tools, page, entry, note) if _is_incomplete(first, entry) else None
    if version is not None:
        try:
            return await _in_child(tools, read_article, page, entry, version)
        except ExtractionError as error:
            if not isinstance(first, ExtractionError):
                note(error)
    if isinstance(first, ExtractionError):
        raise first
    return first


async def _other_version(
    tools: Tools, page: Page, entry: Entry, note: Callable[[NewsError], None]
) -> OtherVersion | None:
    """The first other version that the page links to; None if there is no link, or the request fails."""
    try:
        links = await _in_child(tools, find_versions, page)
        answer = await tools.web.fetch(links[0].url, kind="page", origin=entry.origin) if links else None
    except (FetchError, ExtractionError) as error:
        note(error)
        return None
    if not isinstance(answer, Page) or site_of(answer.final_url) != site_of(page.final_url):
        return None
    return OtherVersion(method=links[0].method, page=answer)


async def _in_child(tools: Tools, function: Callable[[Page, *Ts], R], page: Page, *args: *Ts) -> R:
    """The result of ``function`` for ``page``, computed in a child process within the limits for a page."""
    limits = tools.settings.limits
    return await tools.pool.run(
        function, page, *args,
        timeout_s=limits.page_extract_s, url=page.final_url, memory=limits.page_extract_memory,
    )  # fmt: skip


def _is_incomplete(result: tuple[Article, Decision] | ExtractionError, entry: Entry) -> bool:
    """Whether to fetch another version of the page. Never for a capture of the Wayback Machine, whose links lead to the
    archive instead of the site.
    """
    if entry.origin.kind == "wayback":
        return False
    if isinstance(result, ExtractionError):
        return result.kind in UNREADABLE
    flags = set(result[0].quality)
    return bool(flags & INCOMPLETE) and not flags & PAID
