"""The soak in short, and that it sees what grows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.soak import Sizes, grown, server, soak

CALM = Sizes(
    memory_kb=100_000, open_files=20, batches=50, archive_files=3, archive_bytes=9_000, log_bytes=1, versions=2,
    store_bytes=1, entries=1,
)  # fmt: skip


@pytest.mark.slow
def test_nothing_grows_over_many_polls(tmp_path: Path) -> None:
    with server() as host:
        sizes = soak(tmp_path, host, feeds=10, polls=9, every=timedelta(hours=24), quiet=True)
    assert "open_files" not in grown(sizes)
    assert sizes[-1].entries > sizes[0].entries  # it did work
    assert sizes[-1].batches <= max(one.batches for one in sizes[3:6])  # swept after three days
    assert sizes[-1].archive_files <= max(one.archive_files for one in sizes[3:6])


def test_what_grows_is_named() -> None:
    leaking = [replace(CALM, open_files=20 + n, memory_kb=100_000 + 500 * n) for n in range(20)]
    assert set(grown(leaking)) == {"open_files", "memory_kb"}
    assert grown([CALM] * 20) == {}
    assert grown([replace(CALM, memory_kb=90_000)] * 3 + [replace(CALM, memory_kb=104_000)] * 17) == {}
