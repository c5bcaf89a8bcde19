"""A month's checksum changes with any row, also with one that stands there already."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import duckdb

from fivegwatch.storage.export.months import checksums, month_of
from fivegwatch.storage.read.queries import QuerySession

COLUMNS = {"day": ("DATE", "a day"), "name": ("VARCHAR", "a name")}


def test_equal_rows_count_each_and_an_undated_row_has_a_month_of_its_own() -> None:
    with duckdb.connect() as con:
        con.execute("create table rows_by_day (published_day date, day date, name varchar)")

        def now() -> dict[str, tuple[int, str]]:
            session = SimpleNamespace(ask=lambda sql: SimpleNamespace(rows=con.execute(sql).fetchall()))
            return checksums(
                cast(QuerySession, cast(Any, session)), "rows_by_day", COLUMNS, month_of("published_day")
            )

        add = "insert into rows_by_day select d, d, 'Huawei' from (select {} as d)"
        con.execute(add.format("date '2026-03-31'"))
        once = now()
        assert list(once) == ["2026-03"] and once["2026-03"][0] == 1
        con.execute(add.format("date '2026-03-31'"))
        con.execute(add.format("date '2026-03-31'"))
        thrice = now()
        assert thrice["2026-03"][0] == 3 and thrice["2026-03"][1] != once["2026-03"][1]
        con.execute(add.format("null::date"))
        assert now() == {**thrice, "undated": now()["undated"]}
