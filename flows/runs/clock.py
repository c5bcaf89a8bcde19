"""The clock of a run. It never reads earlier than the latest record in the corpus."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

NOTED_BEHIND_S = 60.0
"""A clock this many seconds behind the corpus is reported; smaller corrections happen every day."""


def utc_now() -> datetime:
    """The system's time, aware and in UTC."""
    return datetime.now(UTC)


class Clock:
    """The time, counted from the system's clock or from the corpus's latest record, whichever is later.

    In the corpus the later claim wins. If the system's clock was set back, records with its time would lose
    against the older ones until it caught up.
    """

    def __init__(self, latest: datetime | None, *, system: datetime | None = None) -> None:
        self._system = system or utc_now()
        floor = latest + timedelta(microseconds=1) if latest else self._system
        self._start = max(self._system, floor)
        self._began = time.monotonic()

    @property
    def behind_s(self) -> float:
        """Seconds by which the system's clock is behind the corpus; 0 if it is not."""
        return (self._start - self._system).total_seconds()

    def now(self) -> datetime:
        """The time, aware and in UTC; it never runs backwards within a run."""
        return self._start + timedelta(seconds=time.monotonic() - self._began)

    def warning(self) -> str:
        """A line for the operator of a machine whose clock is behind."""
        return (
            f"warning: the clock reads {self._system:%Y-%m-%d %H:%M} UTC, but the corpus has records of"
            f" {self._start:%Y-%m-%d %H:%M}. Times are counted on from there; set the clock if it is wrong."
        )
