"""A lake with a SQLite catalogue: readers see the rows of the file, only changes are written, a kill breaks nothing."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from fivegwatch.extractors.errors import SchemaVersionError, StorageError
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.lake import connection, write
from fivegwatch.storage.lake.changes import SLICES
from fivegwatch.storage.lake.definition import Lake
from fivegwatch.storage.lake.publish import Note, lake_problem, publish_into, update_lake
from fivegwatch.storage.read.queries import run_query
from fivegwatch.storage.spool.batches import put_batch
from tests.storage.export.test_export import DAYS, publish_all, put
from tests.storage.lake.readers import ask, differences, opened_lake, rows_of, start_reader, stop
from tests.storage.workers import batches

pytestmark = pytest.mark.slow
KILLED = """
import os, signal, sys, threading, time
from fivegwatch.storage.lake import publish, write

class Killed:
    def __init__(self, con):
        self.con = con
    def execute(self, sql, *parameters):
        if sql.startswith(sys.argv[1]) and "stories" in self.last + sql:
            threading.Timer(float(sys.argv[2]), os.kill, (os.getpid(), signal.SIGKILL)).start()
        self.last = self.last + sql
        return self.con.execute(sql, *parameters)
    last = ""

written = write.write_version
write.write_version = lambda con, *rest, **named: written(Killed(con), *rest, **named)
publish.main(sys.argv[3:])
time.sleep(2)
"""
"""Publishes, and is killed some seconds after it began the statement."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the corpus that each test begins with."""
    folder = tmp_path_factory.mktemp("made") / "corpus"
    layout = Layout.for_database(folder / "corpus.duckdb")
    prepare(layout)
    for batch in batches(1, 2):
        put_batch(layout, batch)
    for number, day in enumerate(DAYS):
        put(layout, number, day)
    publish_all(layout)
    return folder


@pytest.fixture
def layout(made: Path, tmp_path: Path) -> Layout:
    shutil.copytree(made, tmp_path, symlinks=True, dirs_exist_ok=True)
    return Layout.for_database(tmp_path / "corpus.duckdb")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    folder = tmp_path / "it's a lake"
    return Lake(catalogue=str(folder / "catalogue.sqlite"), files=str(folder / "files"))


def publish(layout: Layout, lake: Lake, *, clean_too: bool = False) -> Note:
    return publish_into(layout.link, lake, clean_too=clean_too, memory_mb=512)


def add_story(layout: Layout, number: int, day: str = "2026-05-05T10:00:00+00:00") -> None:
    put(layout, number, day)
    publish_all(layout)


def test_readers_see_every_view_as_in_the_file_and_keep_their_snapshot_across_publications(
    layout: Layout, lake: Lake
) -> None:
    first = publish(layout, lake)
    assert differences(lake, layout.link) == []
    again = publish(layout, lake)
    # A feed's health depends on the time.
    assert set(again["views"]) <= {"feed_health"}
    stories = "select list(id order by id) from stories"
    pinned = start_reader(lake, f"snapshot_version {first['snapshot']}")
    held, newest = start_reader(lake), start_reader(lake)
    ask(held, "begin")
    before = ask(held, stories)
    assert before == ask(pinned, stories) == ask(newest, stories)
    for number in range(10, 14):
        add_story(layout, number)
        # The second one cleans up under the readers.
        last = publish(layout, lake, clean_too=number == 11)
    assert before == ask(held, stories) == ask(pinned, stories) != ask(newest, stories)
    assert last["inserted"] < 40 and last["deleted"] < 30 and "failures" not in last["views"]
    then = f"select list(id order by id) from stories at (version => {first['snapshot']})"
    assert ask(newest, then) == before
    for reader in (pinned, held, newest):
        stop(reader)
    assert differences(lake, layout.link) == []


def test_old_snapshots_and_unused_files_go_and_small_files_are_joined(
    layout: Layout, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "INLINED_ROWS", 0)
    monkeypatch.setattr(write, "UNUSED_HOURS", 0)
    publish(layout, lake)
    for number in (10, 11, 12):
        add_story(layout, number)
        publish(layout, lake)
    files = Path(lake.files)
    orphan = files / "main" / "stories" / "of-a-killed-writer.parquet"
    orphan.write_bytes(b"")
    many = len([*files.rglob("*.parquet")])
    assert len([*files.glob("main/stories/*.parquet")]) >= 3
    publish(layout, lake, clean_too=True)
    assert len([*files.glob("main/stories/*.parquet")]) < 3 and not orphan.exists()
    publish(layout, replace(lake, days=0), clean_too=True)
    assert len([*files.rglob("*.parquet")]) < many / 2
    assert len(opened_lake(lake).execute("from lake.snapshots()").fetchall()) <= 2
    assert differences(lake, layout.link) == []


def test_a_killed_writer_leaves_the_lake_as_it_was_and_the_next_one_completes_it(
    layout: Layout, lake: Lake
) -> None:
    publish(layout, lake)
    before = rows_of(opened_lake(lake), "stories")
    add_story(layout, 10)
    after = _rows(layout, "stories")
    for statement, delay_s in (("insert", 0.0), ("commit", 0.0), ("commit", 0.02), ("commit", 0.1)):
        command = [sys.executable, "-c", KILLED, statement, str(delay_s), str(layout.link)]
        done = subprocess.run([*command, lake.catalogue, lake.files, lake.schema, "7", "512"], check=False)
        assert done.returncode == -signal.SIGKILL
        rows = rows_of(opened_lake(lake), "stories")
        assert rows == before or (delay_s and rows == after)
    publish(layout, lake)
    assert differences(lake, layout.link) == []


def _rows(layout: Layout, view: str) -> list[str]:
    return sorted(repr(row) for row in run_query(layout.link, f"from {view}").rows)


def test_another_corpus_a_newer_schema_and_tables_of_others_are_refused(
    layout: Layout, lake: Lake, tmp_path: Path
) -> None:
    publish(layout, lake)
    other = Layout.for_database(tmp_path / "other.duckdb")
    prepare(other)
    add_story(other, 90)
    with pytest.raises(StorageError, match=r"pages that this corpus has not, such as .*lake_name"):
        publish(other, lake)
    # Under a name of its own it has a place in the same lake.
    named = replace(lake, schema="desk2")
    publish(other, named)
    assert rows_of(opened_lake(lake), "stories") == _rows(layout, "stories")
    assert differences(named, other.link) == []
    with connection.lake_connection(lake, tmp_path, 512) as con:
        con.execute("update lake.main.lake_info set schema_version = 999")
        con.execute("create table lake.main.mine (a int)")
        con.execute("create schema lake.theirs")
        con.execute("create table lake.theirs.stories (a int)")
    with pytest.raises(SchemaVersionError, match=r"newer fivegwatch.*Upgrade"):
        publish(layout, lake)
    with pytest.raises(StorageError, match=r"tables that fivegwatch did not make: stories\. .*lake_name"):
        publish(layout, replace(lake, schema="theirs"))
    folder = tmp_path / "taken"
    folder.mkdir()
    (folder / "thesis.parquet").touch()
    with pytest.raises(StorageError, match=r"lake_files = .* is not empty"):
        publish(layout, Lake(catalogue=str(tmp_path / "new.sqlite"), files=str(folder)))
    with pytest.raises(StorageError, match=r"lake_files = .* write lake_files as it was"):
        publish(layout, replace(lake, files=str(tmp_path / "elsewhere")))
    (tmp_path / "text.sqlite").write_text("no database " * 100)
    with pytest.raises(StorageError, match=r"lake = .*text.sqlite.*Name another file"):
        publish(layout, replace(lake, catalogue=str(tmp_path / "text.sqlite")))


def test_a_lake_that_cannot_be_written_is_noted_and_the_note_goes_once_it_can(
    layout: Layout, lake: Lake, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    Path(lake.catalogue).parent.mkdir()
    Path(lake.files).touch()
    assert "[corpus] lake_files" in update_lake(layout.link, lake)
    assert "readers of the lake see nothing, because: [corpus] lake_files" in lake_problem(layout.link, lake)
    assert lake_problem(layout.link, None) == "" == lake_problem(layout.link, replace(lake, schema="b"))
    Path(lake.files).unlink()
    assert update_lake(layout.link, lake) == "" == lake_problem(layout.link, lake)
    assert differences(lake, layout.link) == []
    # Up to date: no process is started.
    monkeypatch.setattr(sys, "executable", "/nonexistent")
    assert update_lake(layout.link, lake) == ""


def test_without_the_extra_the_error_names_it(
    layout: Layout, lake: Lake, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(connection.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(StorageError, match=r"ducklake of DuckDB.* pip install 'fivegwatch\[lake\]'"):
        publish(layout, lake)


def test_any_order_of_batches_published_by_changed_days_alone_gives_the_rows_of_the_file(
    layout: Layout, lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(layout, lake)
    # In a small corpus a day is a large share of all rows.
    monkeypatch.setattr(write, "MOST_CHANGED", 1.0)
    compared: list[str] = []
    rows_in = write.SmallCorpus.rows_in
    monkeypatch.setattr(
        write.SmallCorpus, "rows_in", lambda self, view: compared.append(view) or rows_in(self, view)
    )
    for batch in reversed([*batches(7, 4)]):
        put_batch(layout, batch)
        publish_all(layout)
        publish(layout, lake)
        assert rows_of(opened_lake(lake), "ledger") == _rows(layout, "ledger")
    assert differences(lake, layout.link) == []
    assert set(SLICES) - set(compared) == {"failures"}  # there were none
    con = opened_lake(lake)
    for sql in (
        "from timeline()",
        "select id, excerpt from search('story') order by id",
        "select id from coverage('CN') order by id",
        "select id from known_on(date '2030-01-01') order by id",
        "select count(*) from developing(timestamptz '2020-01-01 00:00:00+00')",
    ):
        assert con.execute(sql).fetchall() == run_query(layout.link, sql).rows
