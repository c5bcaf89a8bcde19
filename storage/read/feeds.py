"""Subscriptions and their polling state, read from the store."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta

from fivegwatch.extractors.feeds.health import PageTally
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


RECENT = timedelta(days=3)
"""How far back the pages of a feed are counted."""


def recent_pages(layout: Layout, now: datetime) -> dict[str, PageTally]:
    """What became of the pages requested in the last three days, by the feed that announced them."""
    found = select(
        layout,
        """
        select
            feed_id,
            count(*) filter (where state = 'done' or article_id is not null) as judged,
            count(*) filter (where state <> 'done' and article_id is null) as refused,
            min(attempted_at) filter (where state <> 'done' and article_id is null) as since,
            mode(kind) filter (where state <> 'done' and article_id is null) as kind
        from base.entries
        where attempted_at > $since and feed_id <> '' and kind not in ('host_paused', 'local_resources', 'robots')
        group by feed_id
        """,
        {"since": now - RECENT},
    )
    return {row.pop("feed_id"): PageTally(**(row | {"kind": row["kind"] or ""})) for row in found}
