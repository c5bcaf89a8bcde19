"""The two clocks of a run, and whether the machine's clock can be trusted.

The system's clock decides what is due. The time of records is the system's too, but never earlier than the latest
record in the corpus, because the later of two records on one thing wins.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

from fivegwatch.extractors.errors import ClockError

NOTED_BEHIND_S = 60.0
"""A clock is reported if it is this many seconds behind the corpus; smaller corrections happen every day."""
DOUBTED = timedelta(days=1)
"""A system's clock that is this far from the time of the last run, or from the time of the servers, is not trusted."""
SWITCHED_OFF = timedelta(days=300)
"""If no server can be asked, a clock up to this far ahead of the last run is trusted: a machine may be switched off for
months. Only the dates of records are at risk, since the system's clock decides what is due.
"""


def utc_now() -> datetime:
    """The system's time, in UTC and with its zone."""
    return datetime.now(UTC)


class Clock:
    """The time for records: that of the system, or that of the corpus's latest record if that is later.

    If the system's clock was set back, new records with its time would be older than those in the corpus, and lose
    against them.
    """

    def __init__(self, latest: datetime | None, *, system: datetime | None = None) -> None:
        self._system = system or utc_now()
        floor = latest + timedelta(microseconds=1) if latest else self._system
        self._start = max(self._system, floor)
        self._began = time.monotonic()

    @property
    def behind_s(self) -> float:
        """How many seconds the system's clock is behind the corpus; 0 if it is not."""
        return (self._start - self._system).total_seconds()

    def now(self) -> datetime:
        """The time for a record that is made now, in UTC and with its zone; within a run it never goes back."""
        return self._start + timedelta(seconds=time.monotonic() - self._began)

    def warning(self) -> str:
        """A line for the operator, for the case that the system's clock is behind the corpus (`behind_s`)."""
        return (
            f"warning: the clock reads {_minute(self._system)}, but the corpus has records of {_minute(self._start)}."
            " Times of records are counted on from there. Set the clock if it is wrong; if it is right, mend the corpus"
            f" with: {REPAIR}"
        )


REPAIR = "fivegwatch doctor --repair"


def is_doubtful(latest: datetime | None, system: datetime) -> bool:
    """Whether the system's clock differs by more than `DOUBTED` from the time of the last run; False for a new
    corpus.
    """
    return latest is not None and abs(system - latest) > DOUBTED


def check_clock(latest: datetime | None, system: datetime, servers: datetime | None) -> None:
    """Raise ClockError if the system's clock cannot be trusted; the message names the remedy.

    ``latest`` is the time of the last run. ``servers`` is the time that servers have just reported, None if none could
    be asked. It is trusted more than ``latest``: an earlier run may have had a wrong clock, and a machine may have been
    switched off for months.
    """
    if latest is None or not is_doubtful(latest, system):
        return
    if servers is not None:
        if abs(system - servers) > DOUBTED:
            raise ClockError(
                f"this machine's clock reads {_minute(system)}, but the servers just asked say {_minute(servers)}."
                " Nothing was done. Set the clock (for example: timedatectl set-ntp true) and run again. If the clock"
                " is right and the servers are wrong, give --trust-clock.",
            )
        return
    days = abs(system - latest).days
    if system < latest:
        raise ClockError(
            f"this machine's clock reads {_minute(system)}, {days} days before the last run ({_minute(latest)}), and no"
            " server could be asked which is right. Nothing was done. If the clock is wrong, set it. If it is right, an"
            f" earlier run had a wrong clock: mend the corpus with `{REPAIR} --trust-clock`, or go on with"
            " --trust-clock.",
        )
    if system - latest > SWITCHED_OFF:
        raise ClockError(
            f"this machine's clock reads {_minute(system)}, {days} days after the last run ({_minute(latest)}), and no"
            " server could be asked whether that is right. Nothing was done. If the clock is wrong, set it. If it is"
            " right, give --trust-clock once.",
        )


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
