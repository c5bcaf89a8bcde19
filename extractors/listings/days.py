"""Decides whether a listed page is outside the requested days.

A date of publication decides. Any other date gives a span of days in which the page may have been published; the page
is left out only if the whole span is outside. A day without a zone may be the day before or after in UTC.
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
# The date must be a folder or begin a segment: "/why-2027-12-31-matters" is about that day.
_IN_PATH = re.compile(
    r"/((?:19|20)\d\d)(?:/(0?[1-9]|1[0-2])(?:/(0?[1-9]|[12]\d|3[01]))?/|-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[-/]"
    r"|/([A-Za-z]{3})/(0?[1-9]|[12]\d|3[01])/)"
)


class Span(NamedTuple):
    """The first and last day, both inclusive, on which a page may have been published."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """The requested days in UTC, both inclusive; None means no bound."""

    since: date | None = None
    until: date | None = None

    @classmethod
    def of(cls, options: dict[str, str]) -> Range:
        """The range that the options ``since`` and ``until`` of a unit give. Raises: ValueError."""
        since, until = options.get("since", ""), options.get("until", "")
        return cls(
            since=date.fromisoformat(since) if since else None,
            until=date.fromisoformat(until) if until else None,
        )

    def options(self) -> tuple[tuple[str, str], ...]:
        """The range as the options ``since`` and ``until`` of a unit."""
        bounds = (("since", self.since), ("until", self.until))
        return tuple((name, day.isoformat()) for name, day in bounds if day is not None)

    def holds(self, at: datetime) -> bool:
        """True when ``at`` is inside the range."""
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
    """The days that a written year, month, day or time may mean; None if ``text`` is no date.

    Standard: W3C-DTF, and all forms that `parse_date_precise` reads.
    """
    text = text.strip()
    match = re.fullmatch(r"((?:19|20)\d\d)(?:-(0[1-9]|1[0-2]))?", text)
    if match:
        year, month = int(match[1]), int(match[2] or 0)
        last = month or 12
        return _around(date(year, month or 1, 1), date(year, last, calendar.monthrange(year, last)[1]))
    dated = parse_date_precise(text, now=now)
    if dated is None:
        return None
    day = dated.at.date()
    return Span(day, day) if dated.zone_known else _around(day, day)


def path_span(path: str) -> Span | None:
    """The days that a date in the ``path`` of an address may mean (``/2023/10/05/``, ``/2023/10/``); None without a
    date."""
    match = _IN_PATH.search(path)
    if not match:
        return None
    year = int(match[1])
    name = match[6]
    if name and name.lower() not in _MONTHS:
        return None
    month = _MONTHS[name.lower()] if name else int(match[2] or match[4])
    day = int(match[3] or match[5] or match[7] or 0)
    days = calendar.monthrange(year, month)[1]
    if day > days:
        return None
    return _around(date(year, month, day or 1), date(year, month, day or days))


def _around(first: date, last: date) -> Span:
    return Span(first - _DAY, last + _DAY)
