"""Subscriptions and their polling state, read from the store."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta

from fivegwatch.extractors.feeds.health import PARTLY_READ, STUBS, WALLS, PageTally
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
"""Only pages attempted in this time are counted. In two weeks, a feed with one item every two days announces seven
pages."""
USUAL_PAGES = 3
"""Number of longer pages of a feed that must be known before its very short pages count as a change."""
NOT_ITS_FAULT = ["host_paused", "local_resources"]
"""Kinds of failures in which the page was not even requested, so that they tell nothing about it."""


def recent_pages(layout: Layout, now: datetime) -> dict[str, PageTally]:
    """For each feed, by its id: how many of its newest pages in a row were not read in full, since when, and why.

    Counted are pages announced after the last page that was read in full; not those announced in the same poll as that
    page, nor older pages that are tried again.

    A page of one or two lines counts as not read in full only if most earlier pages of that feed were longer.
    """
    rows = select(
        layout,
        """
        with pages as (
            select
                feed_id, first_seen_at, coalesce(retrying_since, attempted_at) as refused_at,
                if(article_id is null, kind, coalesce(regexp_extract(message, $walls, 1), '')) as refusal,
                if(article_id is null, state = 'done', refusal = '') as is_answered,
                article_id is not null and regexp_matches(coalesce(message, ''), $stubs) as is_stub
            from base.entries
            where attempted_at > $since and feed_id <> '' and not list_contains($excused, kind)
        ),
        long as (
            select feed_id, max(first_seen_at) as read_at, count(*) as pages
            from pages where is_answered and not is_stub group by feed_id
        ),
        known as (
            select feed_id, first_seen_at, refused_at, read_at,
                if(is_stub and refusal = '', 'too_short', refusal) as refusal,
                is_answered and not coalesce(is_stub and pages >= $usual and first_seen_at > read_at and pages >= 3 * (
                    count(*) filter (where is_stub and first_seen_at <= read_at) over (partition by feed_id)
                ), false) as is_read
            from pages left join long using (feed_id)
        ),
        lasts as (select feed_id, max(first_seen_at) filter (where is_read) as read_at from known group by feed_id)
        select known.feed_id, count(*) as refused, min(refused_at) as since, mode(refusal) as kind
        from known join lasts on lasts.feed_id = known.feed_id
        where not is_read and first_seen_at > coalesce(lasts.read_at, '-infinity')
        group by known.feed_id
        """,
        {
            "since": now - RECENT,
            "excused": NOT_ITS_FAULT,
            "usual": USUAL_PAGES,
            "stubs": f"^{PARTLY_READ}.*\\b({'|'.join(sorted(STUBS))})\\b",
            "walls": f"^{PARTLY_READ}.*\\b({'|'.join(sorted(WALLS))})\\b",
        },
    )
    return {row.pop("feed_id"): PageTally(**(row | {"kind": row["kind"] or ""})) for row in rows}
