"""Determines the days that a brief covers from what a user writes."""

from __future__ import annotations

import re
from datetime import date, timedelta

from fivegwatch.desk.reads.week import Period
from fivegwatch.extractors.errors import SettingsError

_WEEK = re.compile(r"(\d{4})-?W(\d{1,2})", re.IGNORECASE)
LONGEST = 366


def week_of(text: str, today: date) -> Period:
    """The ISO week that ``text`` names (``2026-W48``). If ``text`` is empty or ``last``, the last week that ended
    before ``today``.

    Raises: SettingsError for anything else.
    """
    last = text.strip().lower() in ("", "last")
    monday = today - timedelta(days=today.weekday() + 7) if last else _monday(text.strip())
    if monday is None:
        raise SettingsError(f"{text!r} is no week. Write it as 2026-W48.", key="--week")
    year, week, _ = monday.isocalendar()
    return Period(first=monday, last=monday + timedelta(days=6), name=f"{year}-W{week:02}")


def _monday(text: str) -> date | None:
    written = _WEEK.fullmatch(text)
    try:
        return date.fromisocalendar(int(written[1]), int(written[2]), 1) if written else None
    except ValueError:
        return None


def days_between(first: str, last: str) -> Period:
    """The days from ``first`` to ``last`` (``2026-11-01``), both included.

    Raises: SettingsError when a day is malformed, or when the days are in the wrong order or over a year apart.
    """
    try:
        since, until = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        raise SettingsError("Write days as 2026-11-01, both --from and --to.", key="--from") from None
    if not 0 <= (until - since).days < LONGEST:
        raise SettingsError(
            f"--to must be the same day as --from or later, and at most {LONGEST} days.", key="--to"
        )
    return Period(first=since, last=until, name="")
