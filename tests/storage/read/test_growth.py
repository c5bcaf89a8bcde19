"""Questions cost what they answer: `status` reads summaries, whatever the corpus holds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fivegwatch.storage.connections import opened
from fivegwatch.storage.read import health

SMALL = {
    "feeds", "feed_states", "feed_counts", "gaps", "drift", "runs", "open_entries", "entry_counts", "completeness",
}  # fmt: skip
"""Tables with a row a feed, outlet, run, waiting page or measurement."""


def scans(node: dict[str, Any]) -> Iterator[tuple[str, set[str]]]:
    """Every table that a plan reads, with the columns that it reads."""
    more = node.get("extra_info", {})
    if "Table" in more:
        columns = more.get("Projections", [])
        yield more["Table"].rpartition(".")[2], {columns} if isinstance(columns, str) else set(columns)
    for child in node.get("children", []):
        yield from scans(child)


@pytest.fixture
def plan_of(empty_store: Path) -> Iterator[Any]:
    with opened(empty_store, read_only=True) as con:
        # Else an empty table is left out of the plan.
        con.execute("set disabled_optimizers = 'statistics_propagation,empty_result_pullup'")

        def tables(sql: str) -> dict[str, set[str]]:
            row = con.execute(f"explain (format json) {sql}").fetchone()
            assert row is not None
            return dict(scans(json.loads(row[1])[0]))

        yield tables


def test_status_reads_no_table_that_grows_with_the_stories(plan_of: Any) -> None:
    for sql, table in ((health._FEEDS, "feed_states"), (health._DRIFTING, "drift"), (health._RUNS, "runs")):
        assert table in plan_of(sql) and not plan_of(sql).keys() - SMALL
    assert "articles" in plan_of("from feed_health"), "what each feed is worth is counted in stories"
    assert plan_of(health._ENTRIES).keys() <= SMALL
    # Three numbers of all verdicts: two columns of a bit a page.
    assert plan_of(health._COUNTS) == {"articles": {"relevant", "near_miss"}}
