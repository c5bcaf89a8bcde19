"""Subscriptions and their polling state, read from the store."""

from __future__ import annotations

from dataclasses import fields

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
