"""Days asked for, and days a listing hints at: what may be left out without losing a story.

A publication date decides by itself. Everything else is a hint, a span of days the publication may have been
in, and leaves something out only when the whole span is outside. A day written without a zone was that day
somewhere between UTC-12 and UTC+14, so it may be the day before or after.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from fivegwatch.extractors.text.dates import parse_date_precise

_DAY = timedelta(days=1)
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
# Only where the date is a folder or opens a segment: "/why-2027-12-31-matters" is about a date.
_IN_PATH = re.compile(
    r"/((?:19|20)\d\d)(?:/(0?[1-9]|1[0-2])(?:/(0?[1-9]|[12]\d|3[01]))?/|-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[-/]"
    r"|/([A-Za-z]{3})/(0?[1-9]|[12]\d|3[01])/)"
)


class Span(NamedTuple):
    """Days, both inclusive, that a hint allows."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """The days asked for, UTC, both inclusive; None where there is no bound."""

    since: date | None = None
    until: date | None = None

    @classmethod
    def of(cls, options: dict[str, str]) -> Range:
        """The range that a unit's options ``since`` and ``until`` name. Raises: ValueError."""
        since, until = options.get("since", ""), options.get("until", "")
        return cls(
            since=date.fromisoformat(since) if since else None,
            until=date.fromisoformat(until) if until else None,
        )

    def options(self) -> tuple[tuple[str, str], ...]:
        """The bounds as options of a unit."""
        bounds = (("since", self.since), ("until", self.until))
        return tuple((name, day.isoformat()) for name, day in bounds if day is not None)

    def holds(self, at: datetime) -> bool:
        """True when the moment is inside."""
        return not (self.ends_before(_only(at)) or self.starts_after(_only(at)))

    def starts_after(self, span: Span) -> bool:
        """True when all of ``span`` is before the range."""
        return self.since is not None and span.last < self.since

    def ends_before(self, span: Span) -> bool:
        """True when all of ``span`` is after the range."""
        return self.until is not None and span.first > self.until


def _only(at: datetime) -> Span:
    day = at.astimezone(UTC).date()
    return Span(day, day)


def written_span(text: str, *, now: datetime) -> Span | None:
    """The days a date as written may mean: a year, a month, a day or a moment; None when it is no date.

    Standard: W3C-DTF, and what else `parse_date_precise` reads.
    """
    text = text.strip()
    found = re.fullmatch(r"((?:19|20)\d\d)(?:-(0[1-9]|1[0-2]))?", text)
    if found:
        year, month = int(found[1]), int(found[2] or 0)
        last = month or 12
        return _around(date(year, month or 1, 1), date(year, last, calendar.monthrange(year, last)[1]))
    dated = parse_date_precise(text, now=now)
    if dated is None:
        return None
    day = dated.at.date()
    return Span(day, day) if dated.zone_known else _around(day, day)


def path_span(path: str) -> Span | None:
    """The days the date in the path of an address may mean (``/2023/10/05/``, ``/2023/10/``), else None."""
    found = _IN_PATH.search(path)
    if not found:
        return None
    year = int(found[1])
    name = found[6]
    if name and name.lower() not in _MONTHS:
        return None
    month = _MONTHS[name.lower()] if name else int(found[2] or found[4])
    day = int(found[3] or found[5] or found[7] or 0)
    days = calendar.monthrange(year, month)[1]
    if day > days:
        return None
    return _around(date(year, month, day or 1), date(year, month, day or days))


def _around(first: date, last: date) -> Span:
    return Span(first - _DAY, last + _DAY)
