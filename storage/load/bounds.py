"""Bounds on the memory and copying of a loader, and on the polls that it keeps. Must import quickly: the settings need
it.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Bounds on memory, on copying, and on the age of polls that are kept."""

    memory_mb: int = 1_024
    """Memory that DuckDB may use, in MB (2**20 bytes); beyond it, intermediate results go to files beside the store."""
    copy_share: float = 0.05
    """Share of the total time that may be spent on copying the whole corpus, 0 to 1. With 0.05, a copy that took 10 s
    is followed by another after 200 s at the earliest; one of 5 GB took 20 s on a busy disk."""
    poll_days: int = 90
    """Days for which every poll is kept as a row; of older polls only their number by feed and day is kept. 300 feeds
    polled every quarter of an hour take 0.5 MB a day (17 bytes a poll), their counts 0.01 MB."""


BOUNDS = Bounds()
