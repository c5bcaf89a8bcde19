"""Bounds on what a loader uses and keeps. Importing this module must stay quick, as the settings need it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Bounds on memory, on copying, and on what is kept of polls."""

    memory_mb: int = 1_024
    """Memory that DuckDB may use, in MB (2**20 bytes); beyond it, intermediate results go to files beside the store."""
    copy_share: float = 0.05
    """Share of the time that copies of the whole corpus may take. With 0.05, a copy that took 10 s is followed by
    another after 200 s at the earliest; one of 5 GB took 20 s on a busy disk."""
    poll_days: int = 90
    """Days for which every poll is kept; older ones are counted by feed and day. 300 feeds polled every quarter of an
    hour take 0.5 MB a day (17 bytes a poll), their counts 0.01 MB."""


BOUNDS = Bounds()
