"""Records of what happens to feeds: subscriptions, polls, changes of health, gaps, and the alerts that follow."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fivegwatch.extractors.model import Feed, FeedState, PollOutcome
from fivegwatch.storage.spool.column_types import shared_fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A feed as the watchlist had it at ``synced_at``. A feed that was removed from the watchlist is recorded as not
    ``active``.
    """

    feed_id: str
    url: str
    title: str
    site_url: str
    publisher: str
    language: str
    country: str
    category: str
    active: bool
    inactive_reason: str
    synced_at: datetime

    @classmethod
    def of(cls, feed: Feed, *, synced_at: datetime) -> Subscription:
        """The record of ``feed``."""
        return cls(**shared_fields(feed, cls), feed_id=feed.id, synced_at=synced_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One poll of a feed, and the state of the feed after it. The feed's entries must be in the same batch."""

    run_id: str
    feed_id: str
    polled_at: datetime
    outcome: PollOutcome
    status: int | None = None
    entries_seen: int = 0
    skipped: int = 0
    bytes: int = 0
    seconds: float = 0.0
    message: str = ""
    url: str
    etag: str | None
    last_modified: str | None
    body_hash: str | None
    checked_at: datetime | None
    failures: int
    first_failed_at: datetime | None
    next_poll_at: datetime | None
    retry_after_at: datetime | None
    moved_to: str | None
    moved_count: int
    disabled_reason: str | None
    subscribed_url: str | None
    health: str | None = None
    health_since: datetime | None = None
    problem: str | None = None
    proposed_url: str | None = None
    newest_at: datetime | None = None
    memory: str | None = None

    @classmethod
    def of(
        cls, run_id: str, state: FeedState, *, polled_at: datetime, outcome: PollOutcome, **values: Any
    ) -> Poll:
        """The record of a poll that left the feed in ``state``; ``values`` are further fields of the record."""
        shared = shared_fields(state, cls)
        return cls(**shared, run_id=run_id, polled_at=polled_at, outcome=outcome, **values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A change of the health of a feed, of the installation itself (``feed_id`` ``~network``, ``~runs``), or of an
    outlet's pages (``~drift SITE``)."""

    run_id: str
    feed_id: str
    changed_at: datetime
    before: str
    after: str
    trouble: str
    """The trouble before this change for which an alert was raised; empty if there was none."""
    event: str
    """``begins``, ``changes`` or ``ends`` (of a trouble) if this change is worth an alert; else empty."""
    problem: str
    url: str
    proposed_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Two polls of a feed whose documents share no item, and the result of the attempt to fill the gap."""

    gap_id: str
    feed_id: str
    from_at: datetime
    to_at: datetime
    at_most: int
    """Upper bound of the number of items that may have been missed."""
    state: str = "open"
    """``open``; ``filled``; or ``failed``, if no item of that time was found in the feed's older pages or sitemaps."""
    filled: int = 0
    """Number of addresses that were found while filling the gap and that no feed had announced."""
    method: str = ""
    message: str = ""
    changed_at: datetime

    @classmethod
    def between(cls, feed_id: str, begin: datetime, end: datetime, *, at_most: int) -> Gap:
        """The record of a gap from ``begin`` to ``end``, before any attempt to fill it."""
        gap_id = hashlib.sha256(f"{feed_id} {end.isoformat()}".encode()).hexdigest()[:16]
        return cls(gap_id=gap_id, feed_id=feed_id, from_at=begin, to_at=end, at_most=at_most, changed_at=end)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A message for one channel, and whether it was delivered; the later of two records of one alert wins."""

    alert_id: str
    channel: str
    raised_at: datetime
    subject: str
    """What the alert is about: a feed's id, ``~network``, ``~runs``, an outlet's site, or the name of a saved
    condition."""
    kind: str
    """Either the status of a feed, or one of ``failed``, ``offline``, ``gap``, ``drift`` and ``story``."""
    title: str
    text: str
    url: str
    state: str
    """``waiting``, ``sent`` or ``given up``."""
    attempts: int = 0
    next_attempt_at: datetime | None = None
    problem: str = ""
    changed_at: datetime
