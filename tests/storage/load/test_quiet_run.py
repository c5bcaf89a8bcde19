"""A run that brought nothing but states of feeds loads them itself; every other load has a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load import loader
from fivegwatch.storage.spool.batches import Batch, pending, put_batch
from fivegwatch.storage.spool.records import Run
from tests.storage.builders import at
from tests.storage.contents import ask


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The arguments of each process that was started for a load; the load itself is done here."""
    seen: list[list[str]] = []

    def start(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        arguments = command[command.index("fivegwatch.storage.load.loader") + 1 :]
        seen.append(arguments)
        return subprocess.CompletedProcess(command, 0, json.dumps(loader.answer_to(arguments)), "")

    monkeypatch.setattr(loader.subprocess, "run", start)  # type: ignore[attr-defined]
    return seen


def _put(layout: Layout, run_id: str) -> None:
    batch = Batch()
    batch.add(Run(run_id=run_id, flow="ingest", started_at=at(0), ended_at=at(1), state="Completed"))
    put_batch(layout, batch)


def test_states_of_feeds_are_loaded_here_once_the_corpus_exists(
    layout: Layout, processes: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, (quiet, limit, started) in enumerate(
        [
            (True, loader.HERE_BATCHES, 1),  # there is no corpus yet
            (True, loader.HERE_BATCHES, 1),
            (False, loader.HERE_BATCHES, 2),
            (True, 0, 3),  # too much waits
        ]
    ):
        monkeypatch.setattr(loader, "HERE_BATCHES", limit)
        _put(layout, f"r{number}")
        report = loader.run_loader(layout.link, quiet_run=quiet)
        assert (report.batches, len(processes)) == (1, started)
        assert report.published
        assert pending(layout) == []
    assert [row[0] for row in ask(layout, "select run_id from runs order by 1")] == [
        "r0",
        "r1",
        "r2",
        "r3",
    ]


def test_a_load_of_a_quiet_run_that_fails_is_reported_as_from_a_process(
    layout: Layout, processes: list[list[str]]
) -> None:
    _put(layout, "r0")
    loader.run_loader(layout.link)
    layout.store.write_bytes(b"no database" * 1000)
    _put(layout, "r1")
    report = loader.run_loader(layout.link, quiet_run=True)
    assert report.recovered  # by the published version, as always
    assert len(processes) == 1


def test_numpy_is_refused_to_one_import_and_to_nobody_else() -> None:
    code = """
import sys
from fivegwatch.storage.no_pandas import block_pandas, without_numpy
with without_numpy():
    import pyarrow.parquet
assert ("numpy" in sys.modules) == (sys.argv[1] == "library"), sys.argv
import numpy
import pyarrow as pa
assert pa.array([1, None]).to_pylist() == [1, None]
"""
    for kind, head in (
        ("library", ""),
        ("program", "from fivegwatch.storage.no_pandas import block_pandas; block_pandas()"),
    ):
        subprocess.run([sys.executable, "-c", head + code, kind], check=True)


def test_pandas_is_refused_to_our_work_in_a_process_of_others_and_to_nobody_else() -> None:
    """pyarrow imports pandas for its first array, and for whoever asks for a frame afterwards."""
    pytest.importorskip("pandas")
    code = """
import sys, threading
from fivegwatch.storage.no_pandas import without_pandas
with without_pandas():
    import pyarrow as pa
    assert pa.array([1, None]).to_pylist() == [1, None]
    assert "pandas" not in sys.modules
    other = threading.Thread(target=lambda: pa.table({"a": [1]}).to_pandas())
    other.start()
    other.join()
    assert "pandas" in sys.modules
assert pa.table({"a": [2]}).to_pandas()["a"].tolist() == [2]
assert not [finder for finder in sys.meta_path if "no_pandas" in getattr(finder, "__module__", "")]
"""
    subprocess.run([sys.executable, "-c", code], check=True)
