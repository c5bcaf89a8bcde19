"""Bounds on what a loader uses. Importing this module must stay quick, as the settings need it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Bounds on memory and on copying."""

    memory_mb: int = 1_024
    """Memory that DuckDB may use, in MB (2**20 bytes); beyond it, intermediate results go to files beside the store."""
    copy_share: float = 0.05
    """Share of the time that copies of the whole corpus may take. At this one, a copy of 10 s is followed by another
    after 200 s at the earliest; one of 5 GB took 20 s on a busy disk."""


BOUNDS = Bounds()
