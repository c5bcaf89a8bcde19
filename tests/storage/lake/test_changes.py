"""Days of rows: which ones changed, and the condition that finds their rows again."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest

from fivegwatch.storage.lake.changes import (
    MOST_RANGES,
    UNDATED,
    changed_days,
    day_of,
    rows_of_days,
    share_of,
)

FIRST = date(1969, 12, 28)  # times before 1970 are negative
EVERY_OTHER = [FIRST + timedelta(days=2 * number) for number in range(MOST_RANGES + 1)]


@pytest.mark.parametrize(
    "days",
    [[], [FIRST], [FIRST, FIRST + timedelta(days=1), FIRST + timedelta(days=3)], EVERY_OTHER],
    ids=["none", "one", "two runs", "more ranges than one condition has"],
)
@pytest.mark.parametrize("undated", [False, True])
@pytest.mark.parametrize("column", ["seen_at", "seen_day"])
def test_the_condition_finds_the_rows_of_these_days_and_no_others(
    days: list[date], undated: bool, column: str
) -> None:
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'")
    con.execute(
        "create table t as select timestamptz '1969-12-25 00:00:00+00' + to_hours(n * 11) as seen_at,"
        " seen_at::date as seen_day from range(600) r(n) union all select null, null"
    )
    chosen = {str(day) for day in days} | ({UNDATED} if undated else set())
    day = f"coalesce({day_of(column)}::varchar, '{UNDATED}')"
    expected = con.execute(
        f"select {day} from t where {day} in (select unnest(?::varchar[])) order by all", [sorted(chosen)]
    ).fetchall()
    rows = con.execute(f"select {day} from t where {rows_of_days(column, chosen)} order by all").fetchall()
    assert rows == expected and {day for (day,) in rows} == chosen


def test_days_that_came_went_or_have_other_rows_are_changed_and_their_share_is_of_all_rows() -> None:
    before = {"a": (1, "1"), "b": (2, "2"), "c": (3, "3")}
    now = {"b": (2, "9"), "c": (3, "3"), "d": (5, "5")}
    assert changed_days(before, now) == {"a", "b", "d"}
    assert share_of({"a", "b", "d"}, now) == 0.7
    assert share_of({"a"}, {}) == 1.0 and share_of((), {}) == 0.0
