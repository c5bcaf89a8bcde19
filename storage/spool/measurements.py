"""Records of how complete the corpus is, compared with an independent index of the press."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """The result of one comparison; of several with the same source and days the latest counts."""

    measure_id: str
    source: str
    """``gdelt`` or ``news-crawl``."""
    since: str
    """First day (UTC), as 2026-10-01."""
    until: str
    files_read: int
    files: int
    candidates: int
    """Addresses of the index that the watchlist may want."""
    held: int
    rejected: int
    not_fetched: int
    not_announced: int
    not_watched: int
    sampled: int
    sampled_kept: int
    sampled_unread: int
    share: float | None
    low: float
    high: float
    measured_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedStory:
    """An address that the other index had and the corpus lacks. It must be in the batch of its measurement."""

    measure_id: str
    entry_id: str
    url: str
    title: str
    site: str
    why: str
    """``rejected``, ``not_fetched``, ``not_announced`` or ``not_watched``."""
    detail: str
    is_story: bool | None
    """Whether it is a story by our rules; None if its page was not read."""
    measured_at: datetime


def measure_id(source: str, since: date, until: date) -> str:
    """The id of a measurement, made from source and days, so that a repeated measurement replaces the earlier one."""
    return hashlib.sha256(f"{source} {since} {until}".encode()).hexdigest()[:16]
