"""Announced entries and their state, read from the store."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from fivegwatch.extractors.model import Entry, EntryState, Origin, OriginKind
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.read.store import Row, select

FEEDS: tuple[OriginKind, ...] = ("feed",)
LONGEST_WAIT = timedelta(days=30)
"""Longest time that a page waits for its next attempt, unless the settings give another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingEntry:
    """An entry whose page is due to be fetched."""

    entry: Entry
    state: EntryState
    attempts: int
    """Number of attempts since the entry last became pending."""
    feed_id: str
    etag: str | None = None
    """ETag of the last successful fetch. None, like `last_modified`, if the page was never fetched."""
    last_modified: str | None = None
    article_id: str | None = None
    problem: str = ""
    """Short name of what went wrong at the last attempt; empty before the first one and after a success."""
    retrying_since: datetime | None = None
    """Time of the first failed attempt since the last success; None when the last attempt succeeded."""


def pending_entries(
    layout: Layout,
    now: datetime,
    *,
    ignore_backoff: bool = False,
    limit: int | None = None,
    origins: Collection[OriginKind] = FEEDS,
    longest: timedelta = LONGEST_WAIT,
) -> list[PendingEntry]:
    """Entries whose pages are due to be fetched at ``now``: fewest attempts first, then newest first.

    An attempt planned for later than ``now`` plus ``longest`` was planned while the clock was ahead; it counts as due.

    Only entries announced by one of ``origins`` are returned, so that listings of a backfill do not delay the day's
    news. The origin ``feed`` includes entries that were found while the gap of a feed was filled.
    ``ignore_backoff`` skips our own waiting times. It does not skip a server's Retry-After, nor the date at which
    a page found behind a wall is read again.
    """
    rows = select(
        layout,
        """
        select * from base.open_entries
        where (retry_after_at is null or retry_after_at not between $now + interval 1 microsecond and $latest)
            and (
                ($ignore and (state = 'pending' or kind is distinct from 'walled'))
                or next_attempt_at is null
                or next_attempt_at not between $now + interval 1 microsecond and $latest
            )
            and (
                list_has_any(origins, $origins::varchar[])
                or (feed_id <> '' and list_contains($origins::varchar[], 'feed'))
            )
        order by attempts, first_seen_at desc, entry_id
        limit coalesce($limit, 9223372036854775807)
        """,
        {
            "now": now,
            "latest": now + longest,
            "ignore": ignore_backoff,
            "limit": limit,
            "origins": list(origins),
        },
    )
    return [_pending(row) for row in rows]


def entry_of(row: Row) -> Entry:
    """The entry in a row of the table ``base.entries``."""
    return Entry(
        id=row["entry_id"],
        url=row["url"],
        canonical_url=row["canonical_url"],
        title=row["title"],
        summary=row["summary"] or "",
        content=row["content"] or "",
        guid=row["guid"] or "",
        authors=tuple(row["authors"] or ()),
        categories=tuple(row["categories"] or ()),
        published_at=row["published_at"],
        updated_at=row["updated_at"],
        language=row["language"] or "",
        origin=Origin(kind=row["origin_kind"], locator=row["origin_locator"]),
    )


def _pending(row: Row) -> PendingEntry:
    return PendingEntry(
        entry=entry_of(row),
        state=row["state"],
        attempts=row["attempts"],
        feed_id=row["feed_id"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        article_id=row["article_id"],
        problem=row["kind"] or "",
        retrying_since=row["retrying_since"],
    )


def entry_counts(layout: Layout, origins: Collection[OriginKind] | None = None) -> dict[str, int]:
    """The number of entries by state; if ``origins`` are given, only of entries announced by one of them."""
    rows = select(
        layout,
        """
        select state, sum(entries)::bigint as n from base.entry_counts
        where $origins is null or list_has_any(string_split(origins, ' '), $origins::varchar[])
        group by 1
        """,
        {"origins": list(origins) if origins else None},
    )
    return {row["state"]: row["n"] for row in rows}


def known_entries(layout: Layout, ids: Collection[str]) -> frozenset[str]:
    """Those of the entry ``ids`` that the corpus has."""
    found = select(
        layout,
        "select entry_id from base.entries semi join (select unnest(?::varchar[]) as entry_id) using (entry_id)",
        [list(ids)],
    )
    return frozenset(row["entry_id"] for row in found)
