"""Spool, locks and publishing: the files on disk, and the messages when something is wrong."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from fivegwatch.extractors.errors import CorpusBusyError, SchemaVersionError, StorageError
from fivegwatch.storage.disk.files import disk_errors, hold, need_space, prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import load, run_loader
from fivegwatch.storage.load.publish import publish
from fivegwatch.storage.load.published_copies import versions
from fivegwatch.storage.read.feeds import feed_states
from fivegwatch.storage.spool.batches import Batch, pending, put_batch, sweep
from fivegwatch.storage.spool.records import Sighting
from tests.conftest import ROOT
from tests.storage.builders import at, make_article, make_entry, make_judged
from tests.storage.contents import ask

pytestmark = pytest.mark.slow


@pytest.fixture
def layout(layout: Layout, empty_store: Path) -> Layout:
    shutil.copyfile(empty_store, layout.store)
    return layout


def some_batch(url: str = "https://a.example/1", **changes: object) -> Batch:
    batch = Batch()
    batch.add(Sighting.of("run", make_entry(url, **changes), feed_id="f", seen_at=at(0)))
    return batch


def test_all_files_are_beside_the_database_users_open(tmp_path: Path) -> None:
    layout = Layout.for_database(tmp_path / "my.duckdb")
    assert layout.root == tmp_path / "my.duckdb.d"
    prepare(layout)
    put_batch(layout, some_batch())
    load(layout)
    publish(layout)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["my.duckdb", "my.duckdb.d"]


def test_an_unreadable_file_is_put_aside_with_the_reason_and_the_others_are_loaded(layout: Layout) -> None:
    put_batch(layout, some_batch("https://a.example/1"))
    good = put_batch(layout, some_batch("https://a.example/2"))
    whole = good.read_bytes()
    (layout.incoming / "00000000000000000001-torn.parquet").write_bytes(whole[: len(whole) // 2])
    (layout.incoming / "00000000000000000002-empty.parquet").write_bytes(b"")
    damaged = bytearray(whole)
    damaged[8:200] = b"\xff" * 192
    (layout.incoming / "00000000000000000003-damaged.parquet").write_bytes(damaged)
    pq.write_table(pa.table({"x": [1]}), layout.incoming / "00000000000000000004-foreign.parquet")
    shape = pa.struct([("run_id", pa.string())])
    lacking = {"kind": ["run"], "digest": ["d"], "run": pa.array([{"run_id": None}], shape)}
    pq.write_table(pa.table(lacking), layout.incoming / "00000000000000000005-lacking.parquet")
    report = load(layout)
    names = {name.split("-")[1].removesuffix(".parquet") for name in report.quarantined}
    assert names == {"torn", "empty", "damaged", "foreign", "lacking"}
    assert report.batches == 2
    assert ask(layout, "select count(*) from entries") == [(2,)]
    assert all((layout.bad / f"{name}.reason.txt").read_text().strip() for name in report.quarantined)


def test_characters_that_a_database_cannot_store_are_replaced(layout: Layout) -> None:
    put_batch(layout, some_batch(title="A\x00B \ud800 C \U0001f4e1 \u202e"))
    load(layout)
    assert ask(layout, "select title from entries") == [("AB ? C \U0001f4e1 \u202e",)]


def test_a_time_without_a_zone_is_refused(layout: Layout) -> None:
    with pytest.raises(ValueError, match="aware"):
        Batch().add(Sighting.of("run", make_entry(), seen_at=at(0).replace(tzinfo=None)))


def test_a_batch_of_an_earlier_version_without_newer_fields_is_loaded(layout: Layout) -> None:
    path = put_batch(layout, some_batch())
    rows = pq.read_table(path).to_pylist()
    for row in rows:
        del row["entry"]["language"]
    pq.write_table(pa.Table.from_pylist(rows), path)
    assert load(layout).quarantined == []
    assert ask(layout, "select language from base.entries") == [(None,)]


def test_loaded_batches_rebuild_a_lost_store(layout: Layout) -> None:
    put_batch(layout, some_batch())
    load(layout)
    layout.store.unlink()
    assert load(layout).recovered
    assert ask(layout, "select count(*) from entries") == [(1,)]


def test_old_batches_and_stale_leftovers_are_swept_and_younger_ones_kept(layout: Layout) -> None:
    kept = put_batch(layout, some_batch())
    written = int(kept.name[:20]) / 1e9
    load(layout)
    leftover = layout.incoming / ".x.parquet.tmp"
    leftover.write_bytes(b"half")
    assert sweep(layout, 30, now=written + 29 * 86_400) == 1
    assert not leftover.exists()
    assert sweep(layout, 30, now=written + 31 * 86_400) == 1
    assert list(layout.done.iterdir()) == []


def test_publishing_gives_a_readonly_copy_keeps_two_and_does_nothing_when_nothing_changed(
    layout: Layout,
) -> None:
    for number in range(4):
        put_batch(layout, some_batch(f"https://a.example/{number}"))
        load(layout)
        assert publish(layout) is not None
        assert publish(layout) is None
    assert len(versions(layout)) == 2
    assert stat.S_IMODE(layout.link.stat().st_mode) == 0o444
    assert layout.link.is_symlink()


def test_a_reader_keeps_its_version_while_newer_ones_are_published(layout: Layout) -> None:
    put_batch(layout, some_batch())
    load(layout)
    publish(layout)
    with duckdb.connect(str(layout.link), read_only=True) as reader:
        for number in range(3):
            put_batch(layout, some_batch(f"https://b.example/{number}"))
            run_loader(layout.link)
        assert reader.execute("select count(*) from entries").fetchall() == [(1,)]
    with duckdb.connect(str(layout.link), read_only=True) as reader:
        assert reader.execute("select count(*) from entries").fetchall() == [(4,)]


def test_a_corpus_may_be_moved_as_a_whole(layout: Layout, tmp_path: Path) -> None:
    put_batch(layout, some_batch())
    run_loader(layout.link)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for path in (layout.root, layout.link):
        shutil.move(path, elsewhere / path.name)
    with duckdb.connect(str(elsewhere / layout.link.name), read_only=True) as reader:
        assert reader.execute("select count(*) from entries").fetchall() == [(1,)]


@pytest.mark.parametrize("kind", ["file", "folder", "link"])
def test_a_name_taken_by_something_else_is_never_overwritten(
    layout: Layout, kind: str, tmp_path: Path
) -> None:
    if kind == "file":
        layout.link.write_text("precious")
    elif kind == "folder":
        layout.link.mkdir()
    else:
        layout.link.symlink_to(tmp_path / "precious")
    put_batch(layout, some_batch())
    with pytest.raises(StorageError, match="Move it away") as caught:
        run_loader(layout.link)
    assert caught.value.kind == "link_taken"
    assert layout.link.is_dir() if kind == "folder" else not layout.link.is_dir()


def test_a_store_held_by_another_program_is_reported_with_its_process(layout: Layout) -> None:
    put_batch(layout, some_batch())
    load(layout)
    script = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(layout.store)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "open\n"
    put_batch(layout, some_batch("https://b.example/"))
    try:
        for action in (lambda: load(layout, wait_s=0.2), lambda: run_loader(layout.link, wait_s=0.2)):
            with pytest.raises(CorpusBusyError, match=str(holder.pid)):
                action()
    finally:
        holder.communicate("")
    assert load(layout).batches == 1


def test_a_second_loader_names_the_process_at_work(layout: Layout) -> None:
    with (
        hold(layout.load_lock, "a load"),
        pytest.raises(CorpusBusyError, match=f"process {os.getpid()} holds"),
    ):
        load(layout, wait_s=0)
    load(layout, wait_s=0)


def test_a_file_that_is_no_database_is_reported_and_left_alone(layout: Layout) -> None:
    layout.store.write_bytes(b"not a database, but somebody wants it" * 1000)
    put_batch(layout, some_batch())
    with pytest.raises(StorageError, match="not a DuckDB database"):
        load(layout)
    with pytest.raises(StorageError, match="not a DuckDB database"):
        feed_states(layout)
    assert layout.store.read_bytes().startswith(b"not a database")
    assert len(pending(layout)) == 1


def test_a_database_of_something_else_is_reported_and_left_alone(layout: Layout) -> None:
    layout.store.unlink()
    with duckdb.connect(str(layout.store)) as con:
        con.execute("create table theirs as select 1 as x")
    with pytest.raises(SchemaVersionError, match=r"main\.theirs"):
        load(layout)
    with duckdb.connect(str(layout.store), read_only=True) as con:
        assert con.execute("select table_name from duckdb_tables()").fetchall() == [("theirs",)]


def test_a_corpus_of_a_newer_version_is_refused(layout: Layout) -> None:
    load(layout)
    with duckdb.connect(str(layout.store)) as con:
        con.execute("insert into base.schema_migrations values (9999, 'future', '', now())")
    for action in (lambda: load(layout), lambda: feed_states(layout)):
        with pytest.raises(SchemaVersionError, match="Upgrade fivegwatch"):
            action()


def test_a_folder_path_that_is_a_file_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=r"file.*Move it away or name another"):
        prepare(Layout.for_database(tmp_path / "file" / "corpus.duckdb"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_write_permission_is_reported(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    with pytest.raises(StorageError, match="not writable"):
        prepare(Layout.for_database(tmp_path / "corpus.duckdb"))


@pytest.mark.parametrize(
    ("number", "kind"),
    [(errno.ENOSPC, "disk_full"), (errno.EDQUOT, "disk_full"), (errno.EROFS, "unwritable"),
     (errno.EACCES, "unwritable"), (errno.EIO, "io")],
)  # fmt: skip
def test_disk_errors_name_path_and_remedy(tmp_path: Path, number: int, kind: str) -> None:
    with pytest.raises(StorageError, match=str(tmp_path)) as caught, disk_errors(tmp_path, "write"):
        raise OSError(number, os.strerror(number))
    assert caught.value.kind == kind


def test_a_disk_without_inodes_is_not_said_to_lack_space(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = SimpleNamespace(f_files=100, f_favail=0, f_bavail=1000)
    monkeypatch.setattr(os, "statvfs", lambda _: full)
    with (
        pytest.raises(StorageError, match=r"no inodes left .*df -i") as caught,
        disk_errors(tmp_path, "write"),
    ):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert caught.value.kind == "disk_full"


def test_too_little_space_is_reported_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="MB free") as caught:
        need_space(tmp_path, 1 << 60, "publish")
    assert caught.value.transient


def test_a_full_disk_in_mid_batch_leaves_nothing_visible(layout: Layout) -> None:
    # A file-size limit of 4 kB stands in for a full disk: the batch cannot be written whole.
    script = (
        "import resource, signal, sys; from pathlib import Path; from fivegwatch.storage.disk.layout import Layout;"
        "from fivegwatch.storage.spool.batches import put_batch;"
        "from tests.storage.spool.test_batches import some_batch;"
        "from fivegwatch.extractors.errors import StorageError; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "layout = Layout.for_database(Path(sys.argv[1])); batch = some_batch();"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "try: put_batch(layout, batch)\nexcept StorageError as exc: print(exc.path)"
    )
    root = ROOT
    done = subprocess.run(
        [sys.executable, "-c", script, str(layout.link)],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == str(layout.incoming), done.stderr
    assert list(layout.incoming.iterdir()) == []


def test_the_loader_process_reports_what_it_did(layout: Layout) -> None:
    layout.store.unlink()  # its first migration is part of the report
    article, batch = make_article(), some_batch("https://a.example/story")
    batch.add(make_judged(article, captured_at=at(1)))
    put_batch(layout, batch)
    report = run_loader(layout.link)
    assert (report.batches, report.new_entries, report.new_articles, report.migrated[:1]) == (1, 1, 1, [1])
    assert (report.rows["entry"], report.rows["judged"]) == (1, 1)
    assert report.published == str(layout.link.resolve())


def test_a_folder_named_like_our_package_in_the_current_directory_is_not_imported(
    layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "storage").mkdir()
    (tmp_path / "storage" / "__init__.py").write_text("raise SystemExit('not ours')")
    monkeypatch.chdir(tmp_path)
    put_batch(layout, some_batch())
    assert run_loader(layout.link).batches == 1
