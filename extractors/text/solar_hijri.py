"""Converts dates of the calendar of Iran and Afghanistan into Gregorian dates.

Standard: Solar Hijri calendar, with the 33-year rule for leap years, exact from 1244 to 1501 (1865 to 2122).
"""

from __future__ import annotations

from datetime import date, timedelta

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "فروردین حمل",
            "اردیبهشت ثور",
            "خرداد جوزا",
            "تیر سرطان",
            "مرداد امرداد اسد",
            "شهریور سنبله",
            "مهر میزان",
            "آبان ابان عقرب",
            "آذر اذر قوس",
            "دی جدی",
            "بهمن دلو",
            "اسفند حوت",
        ),
        1,
    )
    for name in names.split()
}
FIRST_YEAR, LAST_YEAR = 1369, 1409
"""The years 1990 to 2031. Years of the Islamic lunar calendar in that time are 1410 and later, so the two calendars
cannot be confused."""
_NEW_YEAR_1369 = date(1990, 3, 21)
_LEAP_REMAINDERS = frozenset((1, 5, 9, 13, 17, 22, 26, 30))


def month_number(name: str) -> int | None:
    """The number of the month ``name`` (lower case, Arabic or Persian letters), or None."""
    return MONTHS.get(name.replace("\u064a", "\u06cc").replace("\u0643", "\u06a9"))


def gregorian(year: int, month: int, day: int) -> date:
    """The Gregorian date of a Solar Hijri date.

    Raises: ValueError when there is no such day, or the year is not in ``FIRST_YEAR..LAST_YEAR``.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR or not 1 <= month <= 12 or not 1 <= day <= _length(year, month):
        raise ValueError("no such day")
    before = sum(366 if _is_leap(earlier) else 365 for earlier in range(FIRST_YEAR, year))
    in_year = sum(_length(year, earlier) for earlier in range(1, month))
    return _NEW_YEAR_1369 + timedelta(days=before + in_year + day - 1)


def _length(year: int, month: int) -> int:
    if month <= 6:
        return 31
    return 30 if month < 12 or _is_leap(year) else 29


def _is_leap(year: int) -> bool:
    return year % 33 in _LEAP_REMAINDERS
