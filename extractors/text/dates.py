"""Parses dates as publishers write them into UTC times; an ambiguous date gives None.

Standard: RFC 822/2822 (with its zone names), ISO 8601 and RFC 3339, Unix time, and further forms on news sites; names
of months from CLDR.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, time, timedelta, timezone
from typing import Literal, NamedTuple

from fivegwatch.extractors.text import solar_hijri
from fivegwatch.extractors.text.month_names import MONTHS

Precision = Literal["minute", "day"]
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD = timedelta(hours=24)


class Dated(NamedTuple):
    """A time, its precision, and whether the text named its zone (if not, UTC is assumed)."""

    at: datetime
    precision: Precision
    zone_known: bool


_HOURS = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "west": 1, "cet": 1, "met": 1, "mez": 1, "wat": 1,
    "cest": 2, "mest": 2, "mesz": 2, "eet": 2, "cat": 2, "sast": 2, "eest": 3, "msk": 3, "trt": 3,
    "eat": 3, "pkt": 5, "ist": 5.5, "wib": 7, "ict": 7, "hkt": 8, "sgt": 8, "pht": 8, "awst": 8, "jst":
    9, "kst": 9, "acst": 9.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13, "brt": -3, "adt": -3,
    "nst": -3.5, "ndt": -2.5, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst":
    -8, "pdt": -7, "akst": -9, "akdt": -8, "hst": -10,
}  # fmt: skip

# Hindi vowel signs are no letters to ``re``.
_WORD = r"(?:[^\W\d_]|[\u0900-\u0963])+"
_TIME = (
    r"(?P<hour>\d{1,2})(?::|h|時|시)\s?(?P<minute>\d{2})(?:分|분)?"
    r"(?::(?P<second>\d{1,2})(?:[.,]\d{1,12})?)?\s?(?P<half>[ap]\.?m\b\.?|[قب]\.?ظ\.?)?(?:\s?uhr\b)?"
)
_ZONE = (
    r"(?P<zone>(?:(?:gmt|utc|ut)\s?)?[+-]\d{1,2}(?::?\d{2})?(?!\d)|[a-z]{1,5}\b)"
    r"(?:\s?\([^()]{0,40}\)|\s?\[[a-z0-9/_+-]{0,40}\]|\s(?:utc|gmt))?"
)
_LEAD = rf"(?:\(?{_WORD}\b\.?\)?\s?,?\s?)?"
_CLOCK = rf"(?:(?:\s?,\s?|\s?[-–|·]\s|\s|t|\s(?:at|um|à|a las|alle)\s){_TIME}(?:\s?{_ZONE})?)?"
_NAMED = (
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|\.|º)?[\s-](?:de\s)?(?P<month>{_WORD})\.?,?[\s-](?:de\s)?"
    r"(?P<year>\d{4}|\d{2}(?!\d))"
)

_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"{_LEAD}{_NAMED}{_CLOCK}",
        rf"{_LEAD}(?P<month>{_WORD})\.?\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s(?P<year>\d{{4}}){_CLOCK}",
        rf"{_LEAD}(?P<month>{_WORD})\s(?P<day>\d{{1,2}})\s{_TIME}(?:\s{_ZONE})?\s(?P<year>\d{{4}})",
        rf"{_LEAD}(?P<year>\d{{4}})(?P<sep>[-/.])(?P<month>\d{{1,2}})(?P=sep)(?P<day>\d{{1,2}}){_CLOCK}",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
        r"(?:t?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?(?:\s?(?P<zone>z|[+-]\d{2}:?\d{2}))?)?",
        rf"(?P<year>\d{{4}})-?w(?P<week>\d{{2}})-?(?P<weekday>\d){_CLOCK}",
        rf"(?P<year>\d{{4}})\s?[年년]\s?(?P<month>\d{{1,2}})\s?[月월]\s?(?P<day>\d{{1,2}})\s?[日일]"
        rf"\s?(?:\({_WORD}\)|{_WORD}曜日|星期\w)?{_CLOCK.replace('(?:(?:', '(?:(?:|', 1)}"
        # "updated", "published": only after a time or a full date.
        r"(?:(?<=[\d分])\s?(?:更新|公開|配信|掲載|发布|發布))?",
        rf"{_LEAD}(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?(?P<year>\d{{4}}){_CLOCK}",
        rf"{_LEAD}(?P<first>\d{{1,2}})(?P<sep>[/-])(?P<other>\d{{1,2}})(?P=sep)(?P<year>\d{{4}}){_CLOCK}",
    )
)
_EPOCH = re.compile(r"(\d{9,10})(?:\.\d{1,9})?|(\d{12,13})")


def parse_date(text: str, *, now: datetime) -> datetime | None:
    """The time in ``text`` in UTC; None if there is none, if it is ambiguous or out of range.

    The range is 1990-01-01 to 24 hours after ``now``. A day without a time is 00:00; a time without a zone is UTC.
    """
    dated = parse_date_precise(text, now=now)
    return dated.at if dated else None


def parse_published(text: str, *, now: datetime) -> Dated | None:
    """The date of publication in ``text``, or None; see `parse_date`.

    The time 00:00 counts as missing, since systems that know only the day write midnight, each in its own zone. The
    result is then the day as written, at 00:00 UTC, with precision ``day``.
    """
    return _within(text, now, midnight="day")


def parse_date_precise(text: str, *, now: datetime) -> Dated | None:
    """The time in ``text`` with its precision, or None; see `parse_date`."""
    return _within(text, now, midnight="minute")


def _within(text: str, now: datetime, *, midnight: Precision) -> Dated | None:
    if len(text) > 200:
        return None
    text = " ".join(unicodedata.normalize("NFKC", text).lower().replace("\u2212", "-").split())
    if not text or len(text) > 100:
        return None
    try:
        dated = _epoch(text) or _first_form(text)
        if dated is None:
            return None
        if midnight == "day" and dated.at.time() == time():
            dated = Dated(dated.at.replace(tzinfo=UTC), "day", dated.zone_known)
        dated = dated._replace(at=dated.at.astimezone(UTC))
        return dated if EARLIEST <= dated.at <= now + AHEAD else None
    except (ValueError, OverflowError):  # 31 February, year 0
        return None


def _epoch(text: str) -> Dated | None:
    match = _EPOCH.fullmatch(text)
    if not match:
        return None
    seconds, millis = match.groups()
    at = datetime.fromtimestamp(int(seconds) if seconds else int(millis) // 1000, UTC)
    return Dated(at, "minute", True)


def _first_form(text: str) -> Dated | None:
    for form in _FORMS:
        match = form.fullmatch(text)
        if match:
            return _read(match.groupdict())
    return None


def _read(part: dict[str, str | None]) -> Dated | None:
    day = _day(part)
    if day is None:
        return None
    if part.get("hour") is None:
        return Dated(day, "day", False)
    moment = _with_time(day, part)
    zone = part.get("zone")
    if zone is None:
        return Dated(moment, "minute", False)
    offset = _offset(zone, moment)
    return None if offset is None else Dated(moment.replace(tzinfo=timezone(offset)), "minute", True)


def _day(part: dict[str, str | None]) -> datetime | None:
    year = int(part["year"] or 0)
    if solar_hijri.FIRST_YEAR <= year <= solar_hijri.LAST_YEAR:
        return _solar_hijri_day(year, part)
    if len(part["year"] or "") == 2:  # as RFC 2822 4.3, but with 1970 as the limit: no feed has older dates
        year += 2000 if year < 70 else 1900
    if part.get("week"):
        return datetime.fromisocalendar(year, int(part["week"] or 0), int(part["weekday"] or 0)).replace(
            tzinfo=UTC
        )
    if part.get("first"):
        first, other = int(part["first"] or 0), int(part["other"] or 0)
        if first <= 12 and other <= 12 and first != other:
            return None  # 03/04/2026 is March in one country and April in the next
        day, month = (first, other) if first > 12 else (other, first)
        return datetime(year, month, day, tzinfo=UTC)
    name = part["month"] or ""
    number = int(name) if name.isdecimal() else MONTHS.get(name)
    return None if number is None else datetime(year, number, int(part["day"] or 0), tzinfo=UTC)


def _solar_hijri_day(year: int, part: dict[str, str | None]) -> datetime | None:
    name = part.get("month") or ""
    number = int(name) if name.isdecimal() else solar_hijri.month_number(name)
    if number is None or not part.get("day"):
        return None
    day = solar_hijri.gregorian(year, number, int(part["day"] or 0))
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _with_time(day: datetime, part: dict[str, str | None]) -> datetime:
    hour, minute = int(part["hour"] or 0), int(part["minute"] or 0)
    second = int(part.get("second") or 0)
    half = part.get("half")
    if half:
        if not 1 <= hour <= 12:
            raise ValueError("no such hour")
        hour = hour % 12 + (12 if half[0] in "pب" else 0)
    if second == 60:  # a leap second: the first moment after it, as in Unix time
        return day.replace(hour=hour, minute=minute, second=59) + timedelta(seconds=1)
    return day.replace(hour=hour, minute=minute, second=min(second, 59))


def _offset(zone: str, moment: datetime) -> timedelta | None:
    """The offset from UTC of the zone named ``zone`` at ``moment``; None if the name is unknown or ambiguous."""
    match = re.fullmatch(r"(?:gmt|utc|ut)?\s?([+-])(\d{1,2}):?(\d{2})?", zone)
    if match:
        sign, hours, minutes = match.groups()
        offset = timedelta(hours=int(hours), minutes=int(minutes or 0))
        if offset > timedelta(hours=14) or int(minutes or 0) > 59:
            return None
        return -offset if sign == "-" else offset
    if zone == "bst":  # British Summer Time, but only in summer; else Bangladesh or Bougainville
        return timedelta(hours=1) if 4 <= moment.month <= 9 else None
    named = _HOURS.get(zone)
    return None if named is None else timedelta(hours=named)
