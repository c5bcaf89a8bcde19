"""The clock of a run. It never reads earlier than what the corpus has already been told."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

NOTED_BEHIND_S = 60.0
"""A clock this far behind the corpus, in seconds, is worth a word; small corrections are everyday."""


def utc_now() -> datetime:
    """The time, aware and in UTC."""
    return datetime.now(UTC)


class Clock:
    """Counts on from the system's time, or from the corpus's latest record where that is later.

    In the corpus the later claim wins. Were a run after the clock was set back to stamp its records with the
    earlier time, all it learned would lose against the older records until the clock caught up.
    """

    def __init__(self, latest: datetime | None, *, system: datetime | None = None) -> None:
        self._system = system or utc_now()
        floor = latest + timedelta(microseconds=1) if latest else self._system
        self._start = max(self._system, floor)
        self._began = time.monotonic()

    @property
    def behind_s(self) -> float:
        """How far the system's clock is behind the corpus, in seconds; 0 when all is well."""
        return (self._start - self._system).total_seconds()

    def now(self) -> datetime:
        """The time, aware and in UTC; never runs backwards within a run."""
        return self._start + timedelta(seconds=time.monotonic() - self._began)

    def warning(self) -> str:
        """What to tell the operator when the clock is behind."""
        return (
            f"warning: the clock reads {self._system:%Y-%m-%d %H:%M} UTC, but the corpus has records of"
            f" {self._start:%Y-%m-%d %H:%M}. Times are counted on from there; set the clock if it is wrong."
        )
