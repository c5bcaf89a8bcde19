"""What the flows ask the corpus: each call opens the store read-only, briefly, and waits for a loader."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from fivegwatch.extractors.model import Entry, EntryState, Feed, FeedState, Origin, OriginKind
from fivegwatch.storage.corpus import Connection, opened
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.schema.migrate import is_current

WAIT_S = 30.0
FEEDS: tuple[OriginKind, ...] = ("feed",)

Values = dict[str, Any]
Parameters = list[Any] | dict[str, Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingEntry:
    """An entry whose page should be asked for now."""

    entry: Entry
    state: EntryState
    attempts: int
    """Tries so far since it last became pending."""
    feed_id: str
    etag: str | None = None
    """Validators of the last success: set only when the page was fetched before."""
    last_modified: str | None = None
    article_id: str | None = None
    problem: str = ""
    """Slug of how the last try ended; empty before the first."""
    retrying_since: datetime | None = None
    """The first try of those in a row that left it waiting."""


def _rows(con: Connection, sql: str, parameters: Parameters = None) -> list[Values]:
    found = con.execute(sql, parameters or [])
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def select(
    layout: Layout, sql: str, parameters: Parameters = None, *, wait_s: float = WAIT_S
) -> list[Values]:
    """Rows of our own ``sql`` as dicts; none when there is no corpus yet, or a loader died creating it.

    Raises: CorpusBusyError, SchemaVersionError, StorageError.
    """
    if not layout.store.exists():
        return []
    with opened(layout.store, read_only=True, wait_s=wait_s) as con:
        return _rows(con, sql, parameters) if is_current(con) else []


def feed_states(layout: Layout) -> dict[str, FeedState]:
    """What is remembered of every feed polled so far, by feed id."""
    names = ", ".join(field.name for field in fields(FeedState))
    rows = select(layout, f"select {names} from base.feed_states")  # noqa: S608  # names of our own fields
    return {row["feed_id"]: FeedState(**row) for row in rows}


def known_feeds(layout: Layout) -> dict[str, Feed]:
    """The subscriptions as last synced, by feed id."""
    rows = select(layout, "select * exclude (synced_at, digest) from base.feeds")
    return {row["feed_id"]: Feed(id=row.pop("feed_id"), **row) for row in rows}


def pending_entries(
    layout: Layout,
    now: datetime,
    *,
    ignore_backoff: bool = False,
    limit: int | None = None,
    origins: Collection[OriginKind] = FEEDS,
) -> list[PendingEntry]:
    """Entries whose pages should be asked for at ``now``: the least tried first, of those the newest.

    Only those announced by one of ``origins``: what a backfill lists must not hold up the news of the day.
    ``ignore_backoff`` skips our own waiting times; a server's Retry-After holds always, and so does the date of a
    page that was read already and waits for its wall to be lifted.
    """
    rows = select(
        layout,
        """
        select * from base.entries
        where state in ('pending', 'retry')
            and (retry_after_at is null or retry_after_at <= $now)
            and (
                ($ignore and (state = 'pending' or kind is distinct from 'walled'))
                or next_attempt_at is null or next_attempt_at <= $now
            )
            and entry_id in (
                select entry_id from base.sightings where list_contains($origins::varchar[], origin_kind)
            )
        order by attempts, first_seen_at desc, entry_id
        limit coalesce($limit, 9223372036854775807)
        """,
        {"now": now, "ignore": ignore_backoff, "limit": limit, "origins": list(origins)},
    )
    return [_pending(row) for row in rows]


def entry_of(row: Values) -> Entry:
    """The entry in a row of ``base.entries``."""
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


def _pending(row: Values) -> PendingEntry:
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
    """How many entries are in each state; only those announced by one of ``origins``, if given."""
    rows = select(
        layout,
        """
        select state, count(*) as n from base.entries
        where $origins is null or entry_id in (
            select entry_id from base.sightings where list_contains($origins::varchar[], origin_kind)
        )
        group by 1
        """,
        {"origins": list(origins) if origins else None},
    )
    return {row["state"]: row["n"] for row in rows}


def latest_time(layout: Layout) -> datetime | None:
    """The latest time any record of a run carries; None for an empty corpus."""
    rows = select(
        layout,
        """
        select greatest(
            (select max(polled_at) from base.feed_states), (select max(synced_at) from base.feeds),
            (select max(attempted_at) from base.attempts), (select max(announced_at) from base.entries),
            (select max(greatest(started_at, ended_at)) from base.runs),
            (select max(updated_at) from base.units)
        ) as latest
        """,
    )
    return rows[0]["latest"] if rows else None


def run_totals(layout: Layout, run_id: str) -> dict[str, int]:
    """What one run brought, counted from the corpus and not from the run's own memory.

    Keys: ``polls_new``, ``polls_unchanged``, ``polls_failed``, ``entries_new``, ``tried``, ``done``,
    ``retry``, ``gone``, ``judged``, ``kept``, ``near_misses``, ``rejected``, ``articles_new``, ``failures``.
    """
    rows = select(
        layout,
        """
        select
            (select count(*) from base.polls where run_id = $run and outcome = 'new') as polls_new,
            (select count(*) from base.polls where run_id = $run and outcome = 'unchanged')
                as polls_unchanged,
            (select count(*) from base.polls where run_id = $run and outcome = 'failed') as polls_failed,
            (select count(*) from base.entries where first_run_id = $run) as entries_new,
            (select count(*) from base.attempts where run_id = $run) as tried,
            (select count(*) from base.attempts where run_id = $run and state = 'done') as done,
            (select count(*) from base.attempts where run_id = $run and state = 'retry') as retry,
            (select count(*) from base.attempts where run_id = $run and state = 'gone') as gone,
            count(*) as judged,
            count(*) filter (where relevant) as kept,
            count(*) filter (where near_miss and not relevant) as near_misses,
            count(*) filter (where not near_miss and not relevant) as rejected,
            count(*) filter (where first) as articles_new,
            (select count(*) from base.failures where run_id = $run) as failures
        from (
            select d.*, not exists (
                select 1 from base.decisions o where o.article_id = d.article_id and o.run_id <> $run
            ) as first
            from (
                select distinct on (article_id) * from base.decisions where run_id = $run
                order by article_id, judged_at desc, digest desc
            ) d
        )
        """,
        {"run": run_id},
    )
    return dict(rows[0]) if rows else {}


def status_rows(layout: Layout) -> Values:
    """The corpus at a glance: counts, the last run, feeds by status, entries by state."""
    rows = select(
        layout,
        """
        select
            (select count(*) from base.articles where relevant) as stories,
            (select count(*) from base.articles) as judged,
            (select count(*) from base.articles where near_miss and not relevant) as near_misses,
            (select count(*) from base.entries) as entries,
            (select count(*) from base.failures) as failures,
            (select max(loaded_at) from base.load_log) as loaded_at
        """,
    )
    if not rows:
        return {}
    return rows[0] | {
        "entry_states": entry_counts(layout),
        "feed_states": {
            row["status"]: row["n"]
            for row in select(layout, "select status, count(*) as n from feed_health group by 1 order by 1")
        },
        "runs": select(layout, "select * from runs order by started_at desc limit 5"),
    }


def explain_rows(layout: Layout, address: str) -> list[Values]:
    """All that is known about pages with this address or id: announced, canonical or as judged.

    Each row holds the ledger's columns with ``body``, ``matches``, ``mentions`` and ``parts``, and beside
    them ``sightings``, ``entries``, ``history`` and ``failures`` (lists of rows). An address announced but
    not judged yet gives one row without ledger columns; an unknown one gives none.
    """
    stories = select(layout, "select * from story(?)", [address])
    known = select(
        layout,
        """select * from entries where id = $a or url = $a or story_id in (select id from story($a))
               or id in (select entry_id from base.entries where canonical_url = $a)""",
        {"a": address},
    )
    for row in stories or ([{"url": address}] if known else []):
        ids = [entry["id"] for entry in known] + [row.get("id") or ""]
        urls = [entry["url"] for entry in known] + [row["url"], address]
        row["entries"] = known
        row["sightings"] = select(
            layout,
            "select * from sightings where list_contains($ids, entry_id) order by first_seen_at",
            {"ids": ids},
        )
        row["history"] = select(
            layout,
            "select * from decisions where story_id = $id order by valid_from",
            {"id": row.get("id") or ""},
        )
        row["failures"] = select(
            layout,
            "select * from failures where list_contains($urls, url) order by failed_at",
            {"urls": urls},
        )
        if not stories:
            return [row]
    return stories
