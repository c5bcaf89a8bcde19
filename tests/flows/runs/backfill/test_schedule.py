"""Hours by line and processors: the slower of download and reading decides."""

from __future__ import annotations

import pytest

from fivegwatch.flows.runs.backfill.estimate import LINE_SHARE, Schedule, table_of


def test_the_slower_of_download_and_reading_decides() -> None:
    day = Schedule(download_bytes=round(LINE_SHARE * 100e6 / 8 * 3600 * 10), read_s=40 * 3600)
    assert day.hours(mbit=100, cores=64) == pytest.approx(10)  # the line
    assert day.hours(mbit=100, cores=2) == pytest.approx(20)  # the processors
    assert day.hours(mbit=10_000, cores=64) == pytest.approx(40 / 64)
    assert [row["hours"] for row in day.rows()] == pytest.approx([20, 10, 10, 20, 5, 1, 20, 5, 0.625])


def test_the_table_has_a_line_for_each_speed_and_a_column_for_each_number_of_cores() -> None:
    day = Schedule(download_bytes=0, read_s=40 * 3600)
    assert [row.split() for row in table_of(day.rows())] == [
        ["by", "line:", "line", "2", "cores", "8", "cores", "64", "cores"],
        ["100", "Mbit", "20", "h", "5.0", "h", "38", "min"],
        ["1", "Gbit", "20", "h", "5.0", "h", "38", "min"],
        ["10", "Gbit", "20", "h", "5.0", "h", "38", "min"],
    ]
    assert list(table_of([])) == []
