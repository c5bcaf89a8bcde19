"""The soak sees what grows."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.soak import Sizes, grown

CALM = Sizes(
    memory_kb=100_000, open_files=20, batches=50, archive_files=3, archive_bytes=9_000, log_bytes=1, versions=2,
    store_bytes=1, entries=1,
)  # fmt: skip


def test_what_grows_is_named() -> None:
    leaking = [replace(CALM, open_files=20 + n, memory_kb=100_000 + 500 * n) for n in range(20)]
    assert set(grown(leaking)) == {"open_files", "memory_kb"}
    assert grown([CALM] * 20) == {}
    assert grown([replace(CALM, memory_kb=90_000)] * 3 + [replace(CALM, memory_kb=104_000)] * 17) == {}
