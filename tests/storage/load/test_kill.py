"""SIGKILL at any instant loses no record and stores none twice. More rounds: ``benchmarks.kill_loader``."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fivegwatch.storage.connections import Connection
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import load, run_loader
from fivegwatch.storage.load.publish import publish
from fivegwatch.storage.load.published_copies import versions
from fivegwatch.storage.read.checks import check_corpus
from fivegwatch.storage.schema.migrate import migrate
from fivegwatch.storage.spool.batches import pending, put_batch
from tests.storage.contents import ask, contents
from tests.storage.workers import ROOT, batches, kill_after, start

pytestmark = pytest.mark.slow

BATCHES = 30


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    layout = Layout.for_database(tmp_path_factory.mktemp("calm") / "corpus.duckdb")
    prepare(layout)
    for batch in batches(1, BATCHES):
        put_batch(layout, batch)
    load(layout)
    return layout


def test_a_loader_killed_at_any_instant_and_run_again_gives_the_undisturbed_corpus(
    layout: Layout, undisturbed: Layout
) -> None:
    chance = random.Random(7)
    kills, latest_s = 0, 0.6  # from the start of the interpreter to past the publishing
    for batch in batches(1, BATCHES):
        put_batch(layout, batch)
        if chance.random() < 0.3:
            loader = start("fivegwatch.storage.load.loader", str(layout.link))
            struck = kill_after(loader, chance.uniform(0.15, 1) * latest_s)
            kills += struck
            latest_s *= 1 if struck else 0.5  # a quick machine was done: sooner
    report = run_loader(layout.link)
    assert not report.quarantined
    assert kills >= 3
    assert contents(layout) == contents(undisturbed)
    assert [check for check in check_corpus(layout) if not check.ok] == []


@pytest.mark.usefixtures("stores_are_made")
def test_a_store_has_its_name_only_once_it_is_whole(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    """DuckDB cannot replay every log of migrations: a store killed while it was made could never be opened again."""

    def killed(con: Connection) -> list[int]:
        migrate(con)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("fivegwatch.storage.load.loader.migrate", killed)
        with pytest.raises(KeyboardInterrupt):
            load(layout)
        assert not layout.store.exists()
        layout.store.with_name(layout.store.name + ".part").write_bytes(b"cut in the middle")
    assert load(layout).migrated
    assert not list(layout.store.parent.glob("*.part*"))


def test_batches_left_behind_after_the_commit_are_recognised_and_change_nothing(
    layout: Layout, undisturbed: Layout
) -> None:
    for batch in batches(1, BATCHES):
        put_batch(layout, batch)
    load(layout)
    # As if killed between the commit and the move.
    for path in list(layout.done.iterdir())[:10]:
        shutil.move(path, layout.incoming / path.name)
    report = load(layout)
    assert (report.batches, report.new_entries, sum(report.rows.values())) == (10, 0, 0)
    assert contents(layout) == contents(undisturbed)
    assert not pending(layout)


def test_a_worker_killed_while_writing_leaves_every_reported_batch_whole(layout: Layout) -> None:
    chance = random.Random(3)
    reported: list[str] = []
    for seed in range(4):
        worker = start("tests.storage.workers", str(layout.link), str(seed), "1000000")
        assert worker.stdout is not None
        reported.append(worker.stdout.readline().decode().strip())
        assert kill_after(worker, chance.uniform(0.05, 0.2))
    present = [path.name for path in pending(layout)]
    assert set(reported) <= set(present)
    report = load(layout)
    assert (report.quarantined, report.batches) == ([], len(present))


def test_after_a_loader_killed_before_publishing_the_next_one_publishes(layout: Layout) -> None:
    for batch in batches(1, 2):
        put_batch(layout, batch)
    load(layout)
    assert not layout.link.exists()
    # A copy cut short by the kill is never taken for a version.
    (layout.public / ".corpus-0000000001-1-1.duckdb.tmp").write_bytes(b"half")
    report = run_loader(layout.link)
    assert report.batches == 0
    assert report.published == str(versions(layout)[-1])
    assert layout.link.resolve() == versions(layout)[-1].resolve()


def test_a_log_left_by_a_loader_killed_while_closing_is_applied_before_publishing(
    layout: Layout, tmp_path: Path
) -> None:
    for batch in batches(1, 3):
        put_batch(layout, batch)
    script = (
        "import os, sys, signal; from pathlib import Path; from fivegwatch.storage.disk.layout import Layout;"
        "from fivegwatch.storage.spool.batches import pending;"
        "from fivegwatch.storage.load.merge import load_batches; from fivegwatch.storage.schema.migrate import migrate;"
        "import duckdb; layout = Layout.for_database(Path(sys.argv[1]));"
        "con = duckdb.connect(str(layout.store), config={'storage_compatibility_version': 'v1.5.0'});"
        "migrate(con); con.execute('checkpoint'); load_batches(con, pending(layout));"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", script, str(layout.link)], cwd=ROOT, check=False)
    assert layout.store_wal.exists()
    version = publish(layout)
    assert version is not None
    assert not layout.store_wal.exists()
    rows = ask(layout, "select count(*) from base.entries")
    assert rows[0][0] > 0
