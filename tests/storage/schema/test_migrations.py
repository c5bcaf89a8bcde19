"""A corpus of every shipped schema walks to the newest, with the summaries that its rows call for."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from benchmarks.corpus import SCHEMA, make_tables
from fivegwatch.storage.connections import STORAGE_VERSION, opened
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import load
from fivegwatch.storage.load.migration import backups, migration_plan
from fivegwatch.storage.read.summaries import outdated
from fivegwatch.storage.schema.migrate import apply, check_version, is_migrated, migrations
from fivegwatch.storage.spool.batches import put_batch
from tests.conftest import ROOT
from tests.storage.contents import contents
from tests.storage.workers import batches, kill_after, start

pytestmark = pytest.mark.slow

FEW = {
    "kept": 30,
    "articles": 400,
    "entries": 900,
    "sites": 3,
    "days": 9,
    "polls": 900,
    "runs": 20,
    "open": 40,
}


@pytest.fixture(scope="module")
def old_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the schema of version 0.1.0 with a few hundred rows in every table."""
    store = tmp_path_factory.mktemp("old") / "corpus.duckdb"
    make_tables(store, FEW)
    return store


@pytest.fixture
def old(layout: Layout, old_store: Path) -> Layout:
    layout.store.write_bytes(old_store.read_bytes())
    return layout


def version(layout: Layout) -> int:
    with opened(layout.store, read_only=True) as con:
        return check_version(con)


def test_an_old_corpus_is_migrated_by_a_load_which_keeps_a_backup_and_goes_on(old: Layout) -> None:
    plan = migration_plan(old)
    names = plan["migrations"]
    assert isinstance(names, list)
    assert (plan["schema"], names[0]) == (SCHEMA, f"{SCHEMA + 1:03d}_facts")
    for batch in batches(1, 3):
        put_batch(old, batch)
    report = load(old)
    assert report.migrated == list(range(SCHEMA + 1, len(migrations()) + 1))
    assert (report.batches, migration_plan(old)["migrations"]) == (3, [])
    with opened(old.store, read_only=True) as con:
        assert is_migrated(con)
        assert not any(outdated(con).values())
        stories, sightings = con.execute(
            "select count(*), count(*) filter (where sightings > 0 and feeds <> []) from stories"
        ).fetchall()[0]
    assert stories > 20 and sightings >= stories - 8
    (backup,) = backups(old)
    with opened(backup, read_only=True) as con:
        assert check_version(con) == SCHEMA
    assert backup.stat().st_mode & 0o222 == 0


def test_check_says_what_would_be_migrated_and_changes_nothing(old: Layout) -> None:
    before = old.store.read_bytes()
    command = [sys.executable, "-m", "fivegwatch.storage.load.loader", str(old.link), "--check"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    plan = json.loads(done.stdout)
    assert plan["schema"] == SCHEMA and plan["bytes_needed"] > 0 and plan["bytes_free"] > 0
    assert (old.store.read_bytes(), backups(old)) == (before, [])


def test_a_migration_killed_between_two_steps_goes_on_at_the_next_load(old: Layout) -> None:
    with duckdb.connect(str(old.store)) as con:
        apply(con, migrations()[: SCHEMA + 2])
    assert version(old) == SCHEMA + 2
    report = load(old)
    assert report.migrated == list(range(SCHEMA + 3, len(migrations()) + 1))
    with opened(old.store, read_only=True) as con:
        assert not any(outdated(con).values())


@pytest.mark.slow
def test_a_migration_killed_at_any_instant_leaves_the_old_store_or_the_new_one(
    old: Layout, tmp_path: Path
) -> None:
    chance, kills = random.Random(5), 0
    for batch in batches(1, 3):
        put_batch(old, batch)
    calm = Layout.for_database(tmp_path / "calm" / "corpus.duckdb")
    shutil.copytree(old.root, calm.root)
    load(calm)
    part = old.store.with_name(old.store.name + ".part")
    unmigrated, longest_s = tmp_path / "unmigrated", 0.3
    shutil.copytree(old.root, unmigrated)
    while kills < 4:
        loader = start("fivegwatch.storage.load.loader", str(old.link))
        while loader.poll() is None and not part.exists():
            time.sleep(0.001)
        kills += kill_after(loader, chance.uniform(0, longest_s) * chance.random())
        assert version(old) in (SCHEMA, len(migrations()))
        if version(old) != SCHEMA:  # too late: again, and sooner
            longest_s /= 2
            shutil.rmtree(old.root)
            shutil.copytree(unmigrated, old.root)
    load(old)
    assert contents(old) == contents(calm)
    assert not list(old.store.parent.glob("*.part*"))
    (backup,) = backups(old)
    with opened(backup, read_only=True) as con:
        assert check_version(con) == SCHEMA


def test_a_migration_killed_before_the_last_rename_leaves_the_store_as_it_was(
    old: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = old.store.read_bytes()
    replace = Path.replace

    def killed(path: Path, target: Path) -> Path:
        if path.suffix == ".part":
            raise KeyboardInterrupt
        return replace(path, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            load(old)
    assert old.store.read_bytes() == before
    assert load(old).migrated and [path.read_bytes() == before for path in backups(old)] == [True]


@pytest.mark.parametrize("first", range(1, len(migrations())))
def test_a_new_store_of_any_schema_migrates_to_the_newest(tmp_path: Path, first: int) -> None:
    layout = Layout.for_database(tmp_path / "corpus.duckdb")
    prepare(layout)
    with duckdb.connect(str(layout.store), config={"storage_compatibility_version": STORAGE_VERSION}) as con:
        apply(con, migrations()[:first])
    load(layout)
    assert version(layout) == len(migrations())
