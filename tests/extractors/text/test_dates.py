"""Dates: right, or missing; never wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from fivegwatch.extractors.text.dates import (
    AHEAD,
    EARLIEST,
    parse_date,
    parse_date_precise,
    parse_published,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TEN = "2026-11-23T10:00:00"

READS = {
    # RFC 822 and what is made of it
    "Mon, 23 Nov 2026 10:00:00 GMT": TEN,
    "Mon, 23 Nov 2026 05:00:00 EST": TEN,
    "Mon,23 Nov 2026 3:00:0 PDT": TEN,
    "Mon, 23 Nov 2026 15:30:00 +05:30": TEN,
    "Mon, 23 Nov 2026 15:30:00 IST": TEN,
    "Mon, 23 Nov 2026 19:00:00 KST": TEN,
    "Mon, 23 Nov 2026 13:00:00 MSK": TEN,
    "Mon, 23 Nov 2026 11:00:00 MEZ": TEN,
    "Mon, 23 Nov 2026 10:00:00 -0000": TEN,
    "23 Nov 26 10:00 UT": TEN,
    "Mon, 20 Jul 2026 11:00:00 BST": "2026-07-20T10:00:00",
    "Mon Nov 23 10:00:00 2026": TEN,
    "Mon Nov 23 10:00:00 UTC 2026": TEN,
    "Mon Nov 23 2026 11:00:00 GMT+0100 (Central European Standard Time)": TEN,
    # ISO 8601
    "2026-11-23T10:00:00Z": TEN,
    "2026-11-23T10:00Z": TEN,
    "2026-11-23T11:00:00.123456789+01:00": TEN,
    "2026-11-23 10:00:00 UTC": TEN,
    "2026-11-23 10:00:00": TEN,
    "2026-11-23 10:00:00 +0000 UTC": TEN,
    "2026-11-23T11:00:00+01:00[Europe/Berlin]": TEN,
    "20261123T100000Z": TEN,
    "2026-W48-1": "2026-11-23T00:00:00",
    "2026-11-23": "2026-11-23T00:00:00",
    "1795428000": TEN,
    "1795428000000": TEN,
    # as sites and other languages write
    "November 23, 2026 5:00 a.m. EST": TEN,
    "Nov. 23rd, 2026": "2026-11-23T00:00:00",
    "Monday 23 November 2026 - 10:00": TEN,
    "Mo, 23 Nov 2026 11:00:00 +0100": TEN,
    "23. März 2026, 10:00 Uhr": "2026-03-23T10:00:00",
    "lun., 23 nov. 2026 11:00:00 +0100": TEN,
    "23 de noviembre de 2026": "2026-11-23T00:00:00",
    "23 листопада 2026, 10:00": TEN,
    "23 نوفمبر 2026": "2026-11-23T00:00:00",
    "23 नवंबर 2026": "2026-11-23T00:00:00",
    "23 noiembrie 2026": "2026-11-23T00:00:00",
    "Пн, 23 ноя 2026 13:00:00 +0300": TEN,
    "2026年11月23日 10時00分": TEN,
    "２０２６年１１月２３日": "2026-11-23T00:00:00",
    "2026년 11월 23일": "2026-11-23T00:00:00",
    "23.11.2026 10:00": TEN,
    "23/11/2026 10:00": TEN,
    "11/23/2026 10:00 AM": TEN,
    # Solar Hijri: a day before and after the new year of a leap year, a common year, and how sites write them
    "30 اسفند 1399": "2021-03-20T00:00:00",
    "1 فروردین 1400": "2021-03-21T00:00:00",
    "29 اسفند 1402": "2024-03-19T00:00:00",
    "1 فروردین 1403": "2024-03-20T00:00:00",
    "۲ آذر ۱۴۰۵": "2026-11-23T00:00:00",
    "2 تير 1399 - 12:09:08 ب.ظ": "2020-06-22T12:09:08",
    "1405/09/02 10:00": TEN,
}
MISSING = (
    "",
    "yesterday",
    "0000-00-00 00:00:00",
    "0001-01-01T00:00:00Z",
    "Mon, 01 Jan 0001 00:00:00 GMT",
    "9999-12-31T23:59:59Z",
    "-0001-11-30T00:00:00+00:00",
    "Thu, 31 Feb 2026 10:00:00 GMT",
    "2026-02-30T00:00:00Z",
    "Mon, 23 Nov 2026 10:00:00 +9999",
    "Mon, 23 Nov 2026 10:00:00 +25:00",
    "Mon, 23 Nov 2026 24:30:00 GMT",
    "Mon, 23 Nov 2026 10:61:00 GMT",
    "Mon, 23 Nov 2026 13:00:00 PM",
    "Mon, 23 Nov 2026 10:00:00 XYZ",
    "Mon, 23 Nov 2026 10:00:00 BST",
    "03/04/2026",
    "23.11.26",
    "23 listopad 2026",
    "30 اسفند 1400",
    "31 مهر 1400",
    "12 آذر 1368",
    "12 رمضان 1441",
    "2026-W54-1",
    "99999999999",
    "Mon, 23 Nov 1989 10:00:00 GMT",
    "Wed, 23 Jan 2036 10:00:00 GMT",
    "9" * 5000,
    "2026-11-23T10:00:00Z and more",
    "12 5G sites opened in 2026",
)


@pytest.mark.parametrize("text", READS)
def test_a_date_is_read_in_utc(text: str) -> None:
    assert parse_date(text, now=NOW) == datetime.fromisoformat(READS[text]).replace(tzinfo=UTC)


@pytest.mark.parametrize("text", MISSING, ids=lambda text: text[:40])
def test_what_is_impossible_ambiguous_or_no_date_is_missing(text: str) -> None:
    assert parse_date(text, now=NOW) is None


def test_precision_and_zone_are_as_written() -> None:
    day = parse_date_precise("2026-11-23", now=NOW)
    naive = parse_date_precise("2026-11-23 10:00", now=NOW)
    exact = parse_date_precise("2026-11-23T10:00Z", now=NOW)
    assert [(d.precision, d.zone_known) for d in (day, naive, exact) if d] == [
        ("day", False),
        ("minute", False),
        ("minute", True),
    ]


@given(st.datetimes(datetime(1990, 1, 2), datetime(2026, 11, 22)), st.integers(-14 * 4, 14 * 4))
def test_any_moment_written_by_the_standards_is_read_back(moment: datetime, quarters: int) -> None:
    moment = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=15 * quarters)))
    for text in (format_datetime(moment), moment.isoformat(), moment.isoformat(" ").upper()):
        assert parse_date(text, now=NOW) == moment


@pytest.mark.slow
@given(
    st.text(max_size=60)
    | st.from_regex(r"[0-9]{1,4}[-./ T:]{0,2}[0-9A-Za-z]{1,9}[-./ T:]{0,2}[0-9]{1,14}.{0,20}")
)
@example("1-1-1 1:1 +14")
@example("20261124T115959-1400")
def test_no_text_gives_a_date_outside_the_window(text: str) -> None:
    found = parse_date(text, now=NOW)
    assert found is None or (found.tzinfo is UTC and EARLIEST <= found <= NOW + AHEAD)


@given(st.dates(date(1990, 1, 2), date(2026, 11, 22)), st.integers(-14 * 4, 14 * 4))
def test_midnight_in_any_zone_is_the_day_as_written_without_a_time(day: date, quarters: int) -> None:
    midnight = datetime(day.year, day.month, day.day, tzinfo=timezone(timedelta(minutes=15 * quarters)))
    for text in (format_datetime(midnight), midnight.isoformat(), f"{day:%d.%m.%Y} 00:00"):
        found = parse_published(text, now=NOW)
        assert found is not None
        assert (found.at.isoformat(), found.precision) == (f"{day}T00:00:00+00:00", "day")


@given(st.datetimes(datetime(1990, 1, 2), datetime(2026, 11, 22)), st.integers(-14 * 4, 14 * 4))
def test_any_other_moment_of_publication_is_kept_to_the_second(moment: datetime, quarters: int) -> None:
    moment = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=15 * quarters)))
    assume((moment.hour, moment.minute, moment.second) != (0, 0, 0))
    found = parse_published(moment.isoformat(), now=NOW)
    assert found is not None and (found.at, found.precision) == (moment, "minute")


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("2019年04月21日 12時00分更新", "minute"),
        ("2019年4月21日 12:00 公開", "minute"),
        ("2019年4月21日", "day"),
        ("2019年4月21日更新", None),
    ],
)
def test_a_day_with_a_clock_time_may_be_called_an_update_but_a_bare_day_may_not(
    text: str, precision: str | None
) -> None:
    parsed = parse_date_precise(text, now=datetime(2026, 1, 1, tzinfo=UTC))
    assert (parsed.precision if parsed else None) == precision


def test_a_leap_second_is_the_first_moment_after_it() -> None:
    """As in Unix time; 23:59:59 would be another second."""
    for text in ("2016-12-31T23:59:60Z", "Sat, 31 Dec 2016 23:59:60 +0000", "2017-01-01T00:59:60+01:00"):
        assert parse_date(text, now=NOW) == datetime(2017, 1, 1, tzinfo=UTC), text
