"""What happens to people's machines: full disks, closed folders, busy files, broken files, clocks that go wrong."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from fivegwatch.flows.demo.newsroom import Newsroom, subscriptions
from fivegwatch.storage.disk.layout import Layout
from tests.conftest import ROOT
from tests.flows.cli_runner import Ran, fivegwatch
from tests.flows.corpora import ask, differences, says, unaccounted

pytestmark = pytest.mark.slow

OUTLETS = ("harbour-ledger", "switchyard")
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(slow_s=0.1) as room:
        yield room


@pytest.fixture(scope="module")
def tables(newsroom: Newsroom) -> dict[str, str]:
    """The subscriptions, each by its name."""
    found = (table for table in subscriptions(newsroom.url).strip().split("\n\n"))
    return {table.partition("]")[0].removeprefix("["): table for table in found}


@pytest.fixture(scope="module")
def feeds(tables: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("feeds") / "feeds.toml"
    file.write_text("\n\n".join(tables[name] for name in OUTLETS), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def calm(newsroom: Newsroom, feeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus after one good run."""
    database = tmp_path_factory.mktemp("calm") / "c.duckdb"
    assert ingest(newsroom, feeds, database).code == 0
    return database


@pytest.fixture
def corpus(calm: Path, tmp_path: Path) -> Path:
    """A copy of it, to spoil."""
    shutil.copytree(calm.parent, tmp_path / "copy", symlinks=True)
    return tmp_path / "copy" / calm.name


def ingest(newsroom: Newsroom, feeds: Path, database: Path, *more: str) -> Ran:
    return fivegwatch("ingest", "--new", "--feeds", feeds, "--db", database, "--allow-address",
                      f"127.0.0.1:{newsroom.port}", *more, cwd=feeds.parent)  # fmt: skip


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """A file system of ``size`` bytes, where this user may mount one."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode != 0:
        pytest.skip("cannot mount a small file system here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.parametrize("room_mib", [1, 3.5, 6], ids=["at the start", "within the run", "at its end"])
def test_a_full_disk_ends_the_run_with_a_message_and_a_freed_one_completes_it(
    newsroom: Newsroom, feeds: Path, calm: Path, tmp_path: Path, room_mib: float
) -> None:
    with small_disk(tmp_path / "disk", 64 * MIB) as disk:
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(64 * MIB - int(room_mib * MIB)))
        ran = ingest(newsroom, feeds, disk / "c.duckdb", "--quiet")
        assert ran.code == 1 and "Free some space and run again; nothing is lost" in ran.err
        ballast.unlink()
        assert ingest(newsroom, feeds, disk / "c.duckdb", "--quiet").code == 0
        assert differences(disk / "c.duckdb", says(calm)) == {}
        assert unaccounted(disk / "c.duckdb") == {}


def test_the_error_names_a_folder_that_cannot_be_written(tmp_path: Path, feeds: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0o555)
    command = [
        sys.executable,
        "-m",
        "fivegwatch.flows.cli.start",
        "ingest",
        "--new",
        "--feeds",
        feeds,
        "--db",
        closed / "c.duckdb",
    ]
    if os.geteuid() == 0:  # root may write anywhere, unless it gives that right up
        if shutil.which("setpriv") is None:
            pytest.skip("root may write anywhere")
        command = ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override", *command]
    root = ROOT
    done = subprocess.run(
        command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(root)}, capture_output=True, text=True
    )
    assert done.returncode == 1 and f"{closed} is not writable" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_run_waits_for_a_store_that_another_program_holds(
    newsroom: Newsroom, feeds: Path, corpus: Path
) -> None:
    store = Layout.for_database(corpus).store
    hold = (
        f"import duckdb, time; c = duckdb.connect({str(store)!r}); print('held', flush=True); time.sleep(3)"
    )
    with subprocess.Popen([sys.executable, "-c", hold], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == b"held\n"
        ran = ingest(newsroom, feeds, corpus, "--quiet")
    assert ran.code == 0 and "2 unchanged" in ran.out


def test_a_broken_file_in_the_spool_is_moved_to_bad_and_the_run_continues(
    newsroom: Newsroom, feeds: Path, corpus: Path
) -> None:
    layout = Layout.for_database(corpus)
    (layout.incoming / "00000000000000000001-x.parquet").write_bytes(b"PAR1 and then nothing")
    assert ingest(newsroom, feeds, corpus, "--quiet").code == 0
    assert sorted(path.suffix for path in layout.bad.iterdir()) == [".parquet", ".txt"]
    assert not list(layout.incoming.glob("*.parquet"))


@pytest.mark.parametrize("damage", [b"\xff" * 4096, b"not a database at all"], ids=["damaged", "replaced"])
def test_an_unreadable_store_is_replaced_from_what_was_published_and_kept_aside(
    newsroom: Newsroom, feeds: Path, calm: Path, corpus: Path, damage: bytes
) -> None:
    store = Layout.for_database(corpus).store
    whole = store.read_bytes()
    store.write_bytes(whole[:4096] + damage + whole[8192:] if len(damage) == 4096 else damage)
    ran = ingest(newsroom, feeds, corpus, "--quiet")
    why = "cannot be read" if len(damage) == 4096 else "is not a DuckDB database"
    assert ran.code == 0 and f"{store} {why}: it is replaced by the published" in ran.err
    (aside,) = store.parent.glob("*.replaced-*")
    assert damage in aside.read_bytes()
    assert differences(corpus, says(calm)) == {}


def test_an_edited_watchlist_applies_from_the_next_run(
    newsroom: Newsroom, tables: dict[str, str], corpus: Path, tmp_path: Path
) -> None:
    """A feed removed is off; an address edited starts afresh: no validators, failures or pauses of the old one."""
    feeds = tmp_path / "edited.toml"
    other = tables["netzblatt"].partition('url = "')[2].partition('"')[0]
    edited = tables["switchyard"].splitlines()
    edited[1] = f'url = "{other}"'
    feeds.write_text("\n".join(edited), encoding="utf-8")
    ran = ingest(newsroom, feeds, corpus, "--quiet")
    assert ran.code == 0 and ran.out.startswith("1 feed: 1 new; 4 entries: 4 new")
    rows = ask(corpus, "select feed_id, url, status, problem from feed_health order by 1")
    assert [row[2:] for row in rows] == [("off", "not in this watchlist"), ("ok", "")]
    assert rows[1][1] == other
    again = ingest(newsroom, feeds, corpus, "--quiet")
    assert again.out.startswith("1 feed: 1 unchanged")


def test_after_the_clock_was_set_back_a_run_counts_time_from_the_latest_record(
    newsroom: Newsroom, feeds: Path, tables: dict[str, str], corpus: Path, tmp_path: Path
) -> None:
    """As if the last run had been 400 days ahead: what is learned now must still win."""
    ahead = {
        "feed_states": ("polled_at", "checked_at", "next_poll_at"),
        "feeds": ("synced_at",),
        "entries": ("first_seen_at", "announced_at", "attempted_at"),
        "attempts": ("attempted_at", "done_at", "article_at"),
        "sightings": ("first_seen_at", "last_seen_at"),
    }
    with duckdb.connect(str(Layout.for_database(corpus).store)) as con:
        for table, columns in ahead.items():
            moved = ", ".join(f"{column} = {column} + interval 400 day" for column in columns)
            con.execute(f"update base.{table} set {moved}")
    more = tmp_path / "more.toml"
    more.write_text("\n\n".join(tables[name] for name in (*OUTLETS, "old-mast")), encoding="utf-8")
    ran = ingest(newsroom, more, corpus)
    assert ran.code == 0 and "warning: the clock reads" in ran.err
    latest = ask(corpus, "select max(polled_at) > now() + interval 399 day, count(*) from base.feed_states")
    assert latest == [(True, 3)]
    stale = "select count(*) from feed_health where polled_at < now() + interval 399 day"
    assert ask(corpus, stale) == [(0,)], "every feed's state is that of this run"
