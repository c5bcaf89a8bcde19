"""Records of how complete the corpus is, compared with an independent index of the press."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """The result of one comparison with an index. Of several with the same source and days, the latest counts."""

    measure_id: str
    source: str
    """``gdelt`` or ``news-crawl``."""
    since: str
    """First day compared (UTC), such as 2026-10-01."""
    until: str
    files_read: int
    files: int
    candidates: int
    """Number of addresses in the index that the watchlist may want."""
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
    """An address that an independent index of the press (GDELT or the news crawl) has and the corpus lacks. Its record
    must be in the same batch as the `Completeness`.
    """

    measure_id: str
    entry_id: str
    url: str
    title: str
    site: str
    why: str
    """``rejected``, ``not_fetched``, ``not_announced`` or ``not_watched``."""
    detail: str
    is_story: bool | None
    """Whether the watchlist's rules would keep the page; None if the page was not read."""
    measured_at: datetime


def measure_id(source: str, since: date, until: date) -> str:
    """The id of a measurement, computed from source and days, so that a repeated measurement replaces the earlier
    one.
    """
    return hashlib.sha256(f"{source} {since} {until}".encode()).hexdigest()[:16]
