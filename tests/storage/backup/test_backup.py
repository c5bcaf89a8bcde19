"""A backup is whole although loads go on, and is restored from after every kind of damage."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fivegwatch.extractors.errors import CorpusBusyError, StorageError
from fivegwatch.storage.backup.manifest import backups_in, faults_of, read_manifest
from fivegwatch.storage.backup.restore import check_backup, restore_corpus, restore_files
from fivegwatch.storage.backup.save import make_backup, remove_old
from fivegwatch.storage.disk.files import hold
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import load, run_loader
from fivegwatch.storage.load.publish import publish
from fivegwatch.storage.load.published_copies import versions
from fivegwatch.storage.spool.batches import put_batch, sweep
from tests.storage.contents import ask, contents
from tests.storage.workers import batches

pytestmark = pytest.mark.slow
Rows = dict[str, list[tuple[Any, ...]]]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Layout, Rows, Path]:
    """A directory whose corpus has published, loaded and waiting batches; its rows; and a folder with its backup."""
    home = tmp_path_factory.mktemp("home")
    layout = Layout.for_database(home / "corpus.duckdb")
    (home / "fivegwatch.toml").write_text("# mine\n", encoding="utf-8")
    layout.incoming.mkdir(parents=True)
    made = list(batches(1, 5))
    for first, last in ((0, 2), (2, 4)):
        for batch in made[first:last]:
            put_batch(layout, batch)
        load(layout)
        if not first:
            publish(layout)
    put_batch(layout, made[4])
    (layout.raw / "2026-11").mkdir()
    (layout.raw / "2026-11" / "fivegwatch-20261129-7-0123abcd.warc.gz").write_bytes(b"pages")
    target = tmp_path_factory.mktemp("backups")
    make_backup(layout, home, {"fivegwatch.toml": home / "fivegwatch.toml"}, target)
    load(layout)
    return layout, contents(layout), target


def restored(target: Path, home: Path) -> Layout:
    backup = backups_in(target)[-1]
    manifest = read_manifest(backup)
    check_backup(backup, manifest)
    restore_files(backup, manifest, home)
    layout = Layout.for_database(home / "corpus.duckdb")
    restore_corpus(backup, manifest, layout)
    load(layout)
    publish(layout)
    return layout


def lose_store(home: Path) -> None:
    shutil.rmtree(home / "corpus.duckdb.d" / "store")


def cut_store(home: Path) -> None:
    store = home / "corpus.duckdb.d" / "store" / "corpus.duckdb"
    store.write_bytes(store.read_bytes()[:5_000])


def lose_versions(home: Path) -> None:
    shutil.rmtree(home / "corpus.duckdb.d" / "public")


def lose_all_but_settings(home: Path) -> None:
    shutil.rmtree(home / "corpus.duckdb.d")


def lose_everything(home: Path) -> None:
    shutil.rmtree(home)


def put_a_file_in_the_place_of_the_link(home: Path) -> None:
    (home / "corpus.duckdb").unlink()
    (home / "corpus.duckdb").write_bytes(b"something else")


@pytest.mark.parametrize(
    "damage",
    [
        lose_store,
        cut_store,
        lose_versions,
        lose_all_but_settings,
        lose_everything,
        put_a_file_in_the_place_of_the_link,
    ],
)
def test_a_backup_gives_back_every_row_after_any_damage(
    damage: Callable[[Path], None], whole: tuple[Layout, Rows, Path], tmp_path: Path
) -> None:
    layout, rows, target = whole
    home = tmp_path / "home"
    shutil.copytree(layout.link.parent, home, symlinks=True)
    damage(home)
    again = restored(target, home)
    assert contents(again) == rows
    assert (home / "fivegwatch.toml").read_text() == "# mine\n"
    assert [path.read_bytes() for path in again.raw.rglob("*.gz")] == [b"pages"]
    assert again.link.resolve() == versions(again)[-1]


def test_a_corpus_that_is_there_is_moved_aside_and_nothing_of_it_is_lost(
    whole: tuple[Layout, Rows, Path], tmp_path: Path
) -> None:
    layout, rows, target = whole
    home = tmp_path / "home"
    shutil.copytree(layout.link.parent, home, symlinks=True)
    again = restored(target, home)
    aside = next(home.glob("corpus.duckdb.d.before-restore-*"))
    kept = Layout(link=again.link, root=aside)
    assert contents(kept) == rows
    with hold(again.serve_lock, "serve"), pytest.raises(CorpusBusyError, match="serve"):
        restored(target, home)


def test_a_backup_made_while_batches_are_loaded_published_and_swept_lacks_nothing(tmp_path: Path) -> None:
    layout = Layout.for_database(tmp_path / "home" / "corpus.duckdb")
    layout.incoming.mkdir(parents=True)
    made = list(batches(2, 5))
    put_batch(layout, made[0])
    run_loader(layout.link)
    ready = threading.Event()

    def work() -> None:
        for batch in made[1:]:
            put_batch(layout, batch)
            ready.set()
            run_loader(layout.link)  # a process of its own, as always: it loads and publishes
            sweep(layout, 0)

    worker = threading.Thread(target=work)
    worker.start()
    ready.wait()
    backup = make_backup(layout, tmp_path / "home", {}, tmp_path / "backups")
    worker.join()
    assert not list(faults_of(backup, read_manifest(backup)))
    again = restored(tmp_path / "backups", tmp_path / "other")
    log = "select batch from base.load_log order by batch"
    every, saved = ask(layout, log), ask(again, log)
    assert len(every) == 5 and len(saved) >= 2 and saved == every[: len(saved)]


def test_a_damaged_backup_is_refused_before_anything_changes_and_an_unfinished_one_is_none(
    whole: tuple[Layout, Rows, Path], tmp_path: Path
) -> None:
    target = tmp_path / "backups"
    shutil.copytree(whole[2], target)
    corpus = backups_in(target)[0] / "corpus.duckdb"
    data = bytearray(corpus.read_bytes())
    data[len(data) // 2] ^= 1
    corpus.chmod(0o644)
    corpus.write_bytes(data)
    with pytest.raises(StorageError, match=r"corpus\.duckdb: its bytes have changed.*nothing was changed"):
        restored(target, tmp_path / "home")
    assert not (tmp_path / "home").exists()
    (backups_in(target)[0] / "manifest.json").unlink()
    assert backups_in(target) == []


def test_an_unchanged_file_is_linked_to_the_last_backup_and_old_backups_are_removed(
    whole: tuple[Layout, Rows, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    layout, _, target = whole
    shutil.copytree(target, tmp_path / "backups")
    second = make_backup(layout, layout.link.parent, {}, tmp_path / "backups")
    first = backups_in(tmp_path / "backups")[0]
    page = next(first.rglob("*.warc.gz"))
    assert (second / page.relative_to(first)).stat().st_ino == page.stat().st_ino
    (tmp_path / "backups" / ".partial-1").mkdir()
    os.utime(tmp_path / "backups" / ".partial-1", (0, 0))
    assert remove_old(tmp_path / "backups", 1) == [first] and backups_in(tmp_path / "backups") == [second]
    assert list((tmp_path / "backups").iterdir()) == [second] and not list(layout.root.glob(".backup-*"))
    with pytest.raises(StorageError, match="is no backup"):
        make_backup(layout, layout.link.parent, {}, layout.root / "backups")
