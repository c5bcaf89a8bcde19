"""The soak sees what grows; its short form: days of runs in one process, until each retention was reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks import soak_prefect
from benchmarks.soak import POLL_DAYS, Sizes, grown, server, soak

ROWS = {"polls": 100, "runs": 10}
CALM = Sizes(
    memory_kb=100_000, open_files=20, batches=50, archive_files=3, archive_bytes=9_000, log_bytes=1, versions=2,
    store_bytes=1, rows=ROWS,
)  # fmt: skip


def test_what_grows_is_named() -> None:
    leaking = [replace(CALM, open_files=20 + n, memory_kb=100_000 + 500 * n) for n in range(20)]
    assert set(grown(leaking)) == {"open_files", "memory_kb"}
    assert grown([CALM] * 20) == {}
    assert grown([replace(CALM, memory_kb=90_000)] * 3 + [replace(CALM, memory_kb=104_000)] * 17) == {}


def test_a_table_may_grow_by_the_same_number_of_rows_a_run_but_that_of_polls_not_at_all() -> None:
    steady = [replace(CALM, rows={"polls": 100, "runs": 3 * n}) for n in range(20)]
    assert grown(steady) == {}
    faster = [replace(CALM, rows={"polls": 100 + n, "runs": n * n}) for n in range(20)]
    assert set(grown(faster)) == {"polls", "runs"}


def test_rows_of_prefect_that_are_never_removed_are_named() -> None:
    full = {"flow_run": 14, "log": 40}
    assert soak_prefect.grown([full] * 30, 8) == {}
    assert set(soak_prefect.grown([full | {"log": 40 * n} for n in range(30)], 8)) == {"log"}


@pytest.mark.slow
def test_nothing_grows_in_days_of_runs(tmp_path: Path) -> None:
    every = 2
    with server() as host:
        sizes = soak(tmp_path, host, 20, 8, timedelta(days=every), quiet=True)
    kept = POLL_DAYS // every + 1  # runs of which each poll is a row
    assert grown(sizes, kept) == {}
    assert sizes[-1].rows["polls"] == 20 * kept
