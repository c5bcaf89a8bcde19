"""What the flows ask the corpus: each call opens the store read-only, briefly, and waits for a loader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from extractors.model import Article, Entry, EntryState, Feed, FeedState, Origin, PageDate
from storage.corpus import Connection, opened
from storage.layout import Layout
from storage.migrate import is_current

WAIT_S = 30.0
PAGE_ROWS = 500

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


@dataclass(frozen=True, slots=True, kw_only=True)
class TextToJudge:
    """A stored article with what a new decision on it must carry over."""

    article: Article
    captured_at: datetime
    entry_id: str | None
    origin: Origin
    page_hash: str
    raw_ref: str | None
    relevant: bool
    near_miss: bool
    score: float
    rules_fingerprint: str
    text_kept: bool
    """False: the text is empty here; read the page again through ``raw_ref``, if there is one."""


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
    layout: Layout, now: datetime, *, ignore_backoff: bool = False, limit: int | None = None
) -> list[PendingEntry]:
    """Entries whose pages should be asked for at ``now``: the least tried first, of those the newest.

    ``ignore_backoff`` skips our own waiting times; a server's Retry-After holds always.
    """
    rows = select(
        layout,
        """
        select * from base.entries
        where state in ('pending', 'retry')
            and (retry_after_at is null or retry_after_at <= $now)
            and ($ignore or next_attempt_at is null or next_attempt_at <= $now)
        order by attempts, first_seen_at desc, entry_id
        limit coalesce($limit, 9223372036854775807)
        """,
        {"now": now, "ignore": ignore_backoff, "limit": limit},
    )
    return [_pending(row) for row in rows]


def _pending(row: Values) -> PendingEntry:
    entry = Entry(
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
    return PendingEntry(
        entry=entry,
        state=row["state"],
        attempts=row["attempts"],
        feed_id=row["feed_id"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        article_id=row["article_id"],
    )


def entry_counts(layout: Layout) -> dict[str, int]:
    """How many entries are in each state."""
    return {
        row["state"]: row["n"]
        for row in select(layout, "select state, count(*) as n from base.entries group by 1")
    }


def latest_time(layout: Layout) -> datetime | None:
    """The latest time any record of a run carries; None for an empty corpus."""
    rows = select(
        layout,
        """
        select greatest(
            (select max(polled_at) from base.feed_states), (select max(synced_at) from base.feeds),
            (select max(attempted_at) from base.attempts), (select max(announced_at) from base.entries),
            (select max(greatest(started_at, ended_at)) from base.runs)
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


def texts_to_judge(
    layout: Layout, *, other_than: str = "", since: datetime | None = None, with_text: bool = True
) -> Iterator[TextToJudge]:
    """Every current article, by id, whose rules were not ``other_than``.

    ``since`` limits to articles captured from then on. The rows are read in pages, each with a connection of
    its own, so a loader can work in between; an article judged meanwhile is not given twice.
    """
    after = ""
    while True:
        rows = select(
            layout,
            f"""
            select * {"" if with_text else "exclude (text)"} from base.articles
            where article_id > $after and rules_fingerprint <> $other
                and ($since::timestamptz is null or captured_at >= $since)
            order by article_id limit {PAGE_ROWS}
            """,  # noqa: S608  # two constants of our own
            {"after": after, "other": other_than, "since": since},
        )
        yield from map(_to_judge, rows)
        if len(rows) < PAGE_ROWS:
            return
        after = rows[-1]["article_id"]


def _to_judge(row: Values) -> TextToJudge:
    special = ("id", "text", "site_name", "dates", "lengths")
    values: dict[str, Any] = {
        field.name: tuple(row[field.name]) if isinstance(row[field.name], list) else row[field.name]
        for field in fields(Article)
        if field.name not in special
    }
    article = Article(
        id=row["article_id"],
        text=row.get("text") or "",
        site_name=row["site_name"] or "",
        dates=tuple(PageDate(at=date.pop("claimed_at"), **date) for date in row["dates"] or ()),
        lengths=tuple((length["method"], length["chars"]) for length in row["lengths"] or ()),
        **values,
    )
    return TextToJudge(
        article=article,
        captured_at=row["captured_at"],
        entry_id=row["entry_id"],
        origin=Origin(kind=row["origin_kind"], locator=row["origin_locator"]),
        page_hash=row["page_hash"] or "",
        raw_ref=row["raw_ref"],
        relevant=row["relevant"],
        near_miss=row["near_miss"],
        score=row["score"],
        rules_fingerprint=row["rules_fingerprint"],
        text_kept=row["text_kept"],
    )


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
