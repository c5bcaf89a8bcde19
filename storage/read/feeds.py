"""Subscriptions and their polling state, read from the store."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta

from fivegwatch.extractors.feeds.health import PARTLY_READ, WALLS, PageTally
from fivegwatch.extractors.model import Feed, FeedState
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.read.store import select


def feed_states(layout: Layout) -> dict[str, FeedState]:
    """The polling state of every feed polled so far, by feed id."""
    names = ", ".join(field.name for field in fields(FeedState))
    rows = select(layout, f"select {names} from base.feed_states")  # noqa: S608  # names of our own fields
    return {row["feed_id"]: FeedState(**row) for row in rows}


def known_feeds(layout: Layout) -> dict[str, Feed]:
    """The subscriptions of the last watchlist that a run used, by feed id."""
    rows = select(layout, "select * exclude (synced_at, digest) from base.feeds")
    return {row["feed_id"]: Feed(id=row.pop("feed_id"), **row) for row in rows}


RECENT = timedelta(days=14)
"""How far back the pages of a feed are counted: a feed of one item in two days has five pages in ten."""
NOT_ITS_FAULT = ["host_paused", "local_resources"]
"""Kinds of attempts that say nothing of the page, which was not requested."""


def recent_pages(layout: Layout, now: datetime) -> dict[str, PageTally]:
    """What became of the last pages of each feed, by its id. Pages are ordered by when they were announced: those of
    the same poll as the last one that was read whole do not count, nor does an old page that is tried again."""
    rows = select(
        layout,
        """
        with pages as (
            select
                feed_id, first_seen_at, coalesce(retrying_since, attempted_at) as refused_at,
                if(article_id is null, kind, coalesce(regexp_extract(message, $walls, 1), '')) as refusal,
                if(article_id is null, state = 'done', refusal = '') as is_read
            from base.entries
            where attempted_at > $since and feed_id <> '' and not list_contains($excused, kind)
        ),
        lasts as (select feed_id, max(first_seen_at) filter (where is_read) as read_at from pages group by feed_id)
        select feed_id, count(*) as refused, min(refused_at) as since, mode(refusal) as kind
        from pages join lasts using (feed_id)
        where not is_read and first_seen_at > coalesce(read_at, '-infinity')
        group by feed_id
        """,
        {
            "since": now - RECENT,
            "excused": NOT_ITS_FAULT,
            "walls": f"^{PARTLY_READ}.*\\b({'|'.join(sorted(WALLS))})\\b",
        },
    )
    return {row.pop("feed_id"): PageTally(**(row | {"kind": row["kind"] or ""})) for row in rows}
