"""A store that is missing, older, smaller or damaged never empties the corpus: it is completed, or refused aloud."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from fivegwatch.extractors.errors import StorageError
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import is_loaded, load, run_loader
from fivegwatch.storage.load.publish import publish
from fivegwatch.storage.load.published_copies import versions
from fivegwatch.storage.spool.batches import put_batch
from tests.conftest import CAMPAIGN, ROOT
from tests.storage.contents import ask, contents
from tests.storage.workers import batches

pytestmark = pytest.mark.slow

Rows = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Rows]:
    """A corpus published after 2, 4 and 6 batches, then 2 loaded unpublished, 1 waiting; and all its rows."""
    layout = Layout.for_database(tmp_path_factory.mktemp("whole") / "corpus.duckdb")
    made = list(batches(1, 9))
    for first in (0, 2, 4):
        add(layout, made[first : first + 2])
        publish(layout)
        shutil.copyfile(layout.store, layout.root / f"backup-{first + 2}")
    add(layout, made[6:8])
    put_batch(layout, made[8])
    other = Layout.for_database(tmp_path_factory.mktemp("other") / "corpus.duckdb")
    add(other, made)
    return layout.link.parent, contents(other)


def add(layout: Layout, made: list[Any]) -> None:
    layout.incoming.mkdir(parents=True, exist_ok=True)
    for batch in made:
        put_batch(layout, batch)
    load(layout)


@pytest.fixture
def layout(whole: tuple[Path, Rows], tmp_path: Path) -> Layout:
    shutil.copytree(whole[0], tmp_path / "home", symlinks=True)
    return Layout.for_database(tmp_path / "home" / "corpus.duckdb")


def remove_store(layout: Layout) -> None:
    shutil.rmtree(layout.store.parent)


def remove_file(layout: Layout) -> None:
    layout.store.unlink()
    layout.store_wal.write_bytes(b"the log of the lost store")


def restore_older(layout: Layout) -> None:
    shutil.copyfile(layout.root / "backup-2", layout.store)


def restore_older_without_batches(layout: Layout) -> None:
    """Half of a backup: an old store, and a spool whose batches were removed after the newest publication."""
    restore_older(layout)
    for path in sorted(layout.done.iterdir())[:6]:
        path.unlink()


def start_from_nothing(layout: Layout) -> None:
    layout.store.unlink()
    fresh = Layout.for_database(layout.link.parent / "fresh" / "corpus.duckdb")
    load(fresh)
    shutil.move(fresh.store, layout.store)


def cut_short(layout: Layout) -> None:
    content = layout.store.read_bytes()
    layout.store.write_bytes(content[: len(content) - 100_000])


def overwrite(layout: Layout) -> None:
    layout.store.write_bytes(b"something else")


def empty_file(layout: Layout) -> None:
    layout.store.write_bytes(b"")


LOSSES = [
    remove_store,
    remove_file,
    restore_older,
    restore_older_without_batches,
    start_from_nothing,
    cut_short,
    overwrite,
    empty_file,
]


@pytest.mark.parametrize("lose", LOSSES, ids=lambda lose: lose.__name__)
def test_a_lost_store_is_completed_and_said(
    layout: Layout, whole: tuple[Path, Rows], lose: Any, caplog: pytest.LogCaptureFixture
) -> None:
    lose(layout)
    try:
        assert not is_loaded(layout)
    except StorageError:
        assert lose in (cut_short, overwrite, empty_file)
    with caplog.at_level(logging.WARNING):
        for _ in range(2):
            report = run_loader(layout.link)
    assert len(caplog.records) == 1 and str(layout.store) in caplog.text
    assert not report.recovered and is_loaded(layout)
    assert contents(layout) == whole[1]
    assert len(versions(layout)) == 2
    assert ask(layout, "select count(*) from base.load_log") == [(9,)]


def test_a_store_with_unreadable_log_is_set_aside_with_it(layout: Layout, whole: tuple[Path, Rows]) -> None:
    layout.store_wal.write_bytes(b"\xff" * 5_000)
    report = run_loader(layout.link)
    assert contents(layout) == whole[1]
    if report.recovered:
        assert len(list(layout.store.parent.glob("*.replaced-*.wal"))) == 1


@pytest.mark.parametrize("left", [0.9, 0.75, 0.6])
def test_a_store_that_is_cut_short_beside_the_log_of_a_killed_loader_is_completed(
    layout: Layout, whole: tuple[Path, Rows], left: float
) -> None:
    """DuckDB's own look at the file cannot tell then, and it fails only where a lost block is read."""
    killed = """if True:
        import duckdb, os, sys
        con = duckdb.connect(sys.argv[1])
        con.execute("set checkpoint_threshold = '1GB'")
        con.execute("create schema left_behind")
        os._exit(9)"""
    assert subprocess.run([sys.executable, "-c", killed, str(layout.store)], check=False).returncode == 9
    assert layout.store_wal.exists()
    with layout.store.open("r+b") as file:
        file.truncate(int(left * layout.store.stat().st_size))
    run_loader(layout.link)
    assert contents(layout) == whole[1]
    assert is_loaded(layout)


def test_an_earlier_loss_that_was_published_is_made_good(layout: Layout, whole: tuple[Path, Rows]) -> None:
    """Version 0.1 published the emptied store once; the good version before it is still there."""
    good = versions(layout)[-1]
    versions(layout)[0].unlink()
    start_from_nothing(layout)
    lossy = good.with_name("corpus-0000000009-1-1.duckdb")
    shutil.copyfile(layout.store, lossy)
    run_loader(layout.link)
    assert contents(layout) == whole[1]


def test_a_store_that_cannot_be_completed_is_refused_and_nothing_is_changed(layout: Layout) -> None:
    """The store and the published versions each have batches that the other lacks and that are gone from done."""
    for path in versions(layout):
        path.unlink()
    stranger = Layout.for_database(layout.link.parent / "other" / "corpus.duckdb")
    add(stranger, list(batches(2, 3)))
    version = publish(stranger)
    assert version is not None
    shutil.copyfile(version, layout.public / version.name)
    shutil.rmtree(layout.done)
    before = files(layout)
    for _ in range(2):
        with pytest.raises(StorageError, match=r"Restore .* from a backup") as caught:
            run_loader(layout.link)
        assert caught.value.kind == "incomplete"
    assert files(layout) == before


@pytest.mark.parametrize("left", [0, 5_000, 300_000])
def test_a_store_cut_short_without_any_published_version_is_refused_and_a_backup_is_the_remedy(
    layout: Layout, left: int
) -> None:
    for path in versions(layout):
        path.unlink()
    layout.store.write_bytes(layout.store.read_bytes()[:left] or b"no database")
    before = files(layout)
    with pytest.raises(StorageError, match=r"Restore .* from a backup as a whole") as caught:
        run_loader(layout.link)
    assert caught.value.kind == "incomplete"
    assert files(layout) == before


def files(layout: Layout) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in layout.root.rglob("*.[dp]*") if path.is_file()}


def test_publishing_a_store_that_lacks_a_published_batch_is_refused(layout: Layout) -> None:
    restore_older(layout)
    present = versions(layout)
    with pytest.raises(StorageError, match="lacks 4 batches"):
        publish(layout)
    assert versions(layout) == present


def test_a_missing_store_is_never_begun_again_beside_versions_that_cannot_be_read(layout: Layout) -> None:
    remove_store(layout)
    for version in versions(layout):
        version.chmod(0o644)
        version.write_bytes(b"damaged")
    with pytest.raises(StorageError, match=r"no published version in .* can be read"):
        run_loader(layout.link)
    assert not layout.store.exists()


KILLED = """
import os, signal, sys
from fivegwatch.storage.load.loader import main
left = int(sys.argv[2])
def count(event, arguments):
    global left
    if event in ("os.rename", "os.remove", "shutil.copyfile", "os.symlink"):
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(count)
main([sys.argv[1]])
"""


@pytest.mark.parametrize(("lose", "stride"), [(remove_file, 5), (restore_older_without_batches, 11)])
def test_a_kill_before_any_change_of_a_file_loses_nothing(
    layout: Layout, whole: tuple[Path, Rows], lose: Any, stride: int, tmp_path: Path
) -> None:
    lose(layout)
    shutil.copytree(layout.link.parent, tmp_path / "lost", symlinks=True)
    for step in range(0, 100, 1 if CAMPAIGN else stride):
        done = subprocess.run(
            [sys.executable, "-c", KILLED, str(layout.link), str(step)],
            cwd=ROOT,
            check=False,
            capture_output=True,
        )
        killed = done.returncode != 0
        if killed:
            load(layout)
            publish(layout)
        assert contents(layout) == whole[1], step
        # A kill while the older version is patched costs that one, never the one that is read.
        assert layout.link.resolve() in versions(layout)
        if not killed:
            break
        shutil.rmtree(layout.link.parent)
        shutil.copytree(tmp_path / "lost", layout.link.parent, symlinks=True)
    assert step > 8


def test_a_store_noted_as_complete_is_compared_again_once_any_file_changed(
    layout: Layout, whole: tuple[Path, Rows]
) -> None:
    run_loader(layout.link)
    note = layout.store.parent / "complete"
    noted = note.read_bytes()
    assert is_loaded(layout)
    restore_older(layout)
    assert not is_loaded(layout)
    assert "loaded again" in run_loader(layout.link).recovered
    assert contents(layout) == whole[1]
    assert note.read_bytes() != noted  # the time of the store
    lost = next(path for path in layout.done.iterdir())
    shutil.copyfile(lost, layout.done / f"{'0' * 20}-{'a' * 32}.parquet")
    assert not is_loaded(layout)  # a batch that the store lacks
