"""What publishing costs, and that no reader ever meets a version that is not whole."""

from __future__ import annotations

import filecmp
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from fivegwatch.storage.connections import opened
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load import publish as publishing
from fivegwatch.storage.load import transfer
from fivegwatch.storage.load.loader import load
from fivegwatch.storage.load.publish import Publication, publish, publish_locked
from fivegwatch.storage.load.published_copies import versions
from fivegwatch.storage.spool.batches import put_batch
from tests.conftest import ROOT
from tests.storage.workers import batches

pytestmark = pytest.mark.slow


@pytest.fixture
def stored(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> Layout:
    """A corpus with two published versions and a table of 30 MB, on a file system that cannot clone."""
    monkeypatch.setattr(publishing, "clone", lambda *_: False)
    for batch in batches(1, 4):
        put_batch(layout, batch)
    load(layout)
    change(
        layout,
        "create table base.big as select hash(i) as n, hash(i + 1) as m from range(2000000) t(i)",
    )
    publish(layout)
    change(layout, "insert into base.meta values ('turn', '1')")
    publish(layout)
    return layout


def change(layout: Layout, sql: str) -> None:
    with opened(layout.store, read_only=False) as con:
        con.execute(sql)


def publish_change(layout: Layout, turn: str, *, copy_share: float = 1) -> Publication:
    change(layout, f"insert into base.meta values ('turn', '{turn}')")
    return publish_locked(layout, copy_share=copy_share)


def turns(path: Path) -> int:
    with opened(path, read_only=True) as con:
        row = con.execute(
            "select count(*), (select count(m) from base.big) from base.meta where name = 'turn'"
        ).fetchone()
    assert row is not None and row[1] == 2_000_000
    return int(row[0])


def test_an_unused_version_is_patched_and_becomes_the_store_byte_by_byte(stored: Layout) -> None:
    size = stored.store.stat().st_size
    assert size > 25_000_000
    for turn in "234":
        done = publish_change(stored, turn)
        assert (done.way, done.put_off) == ("patch", "")
        assert done.written < 2_000_000
        assert done.version is not None and filecmp.cmp(done.version, stored.store, shallow=False)
        assert (turns(stored.link), stored.link.resolve()) == (int(turn), done.version.resolve())
        assert done.version.stat().st_mode & 0o777 == 0o444
    assert publish_locked(stored) == Publication()
    assert len(versions(stored)) == 2


def test_a_store_that_shrank_or_grew_is_patched_to_its_size(stored: Layout) -> None:
    change(stored, "create table base.more as select hash(i) as n from range(1000000) t(i)")
    grown = publish_change(stored, "2")
    change(stored, "drop table base.more")
    for turn in "34":
        shrunk = publish_change(stored, turn)
        assert shrunk.way == "patch" and shrunk.version is not None
        assert filecmp.cmp(shrunk.version, stored.store, shallow=False)
    assert grown.way == "patch" and 8_000_000 < grown.written < 12_000_000


def test_blocks_with_equal_checksums_are_compared_by_their_bytes(tmp_path: Path) -> None:
    # DuckDB's checksum is an exclusive or of words: it is the same for words in another order and for pairs of words.
    words = [number.to_bytes(8, "little") for number in range(1, transfer.BLOCK_BYTES // 8)]
    checksum, header = (5381).to_bytes(8, "little"), bytes(transfer.HEADER_BYTES)
    blocks = [checksum + b"".join(order) for order in (words, words[::-1], words)]
    store, older, target = (tmp_path / name for name in ("store", "older", "target"))
    store.write_bytes(header + b"".join(blocks) + b"part of a block")
    older.write_bytes(header + blocks[0] * 3)
    assert transfer.patch(store, older, target) == transfer.HEADER_BYTES + transfer.BLOCK_BYTES + 15
    assert filecmp.cmp(store, target, shallow=False)


@pytest.mark.parametrize("reader", ["other process", "same process", "second name"])
def test_a_version_in_use_stays_as_its_reader_has_it(stored: Layout, reader: str) -> None:
    older = versions(stored)[0]
    before = turns(older)
    child = connection = None
    if reader == "other process":
        script = "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); print(1, flush=True); input();"
        script += "print(c.execute(\"select count(*) from base.meta where name = 'turn'\").fetchone()[0], flush=True)"
        child = subprocess.Popen(
            [sys.executable, "-c", script, older], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None and child.stdout.readline() == "1\n"
    elif reader == "same process":
        connection = duckdb.connect(str(older), read_only=True)
    else:
        os.link(older, stored.public / ".reading-x.tmp")
    assert publish_change(stored, "2").way == "copy"
    assert turns(stored.link) == 2
    if child is not None:
        answer, _ = child.communicate("\n", timeout=600)
        assert answer.strip() == str(before)
    if connection is not None:
        assert connection.execute("select count(m) from base.big").fetchone() == (2_000_000,)
        connection.close()
    if reader == "second name":
        assert turns(stored.public / ".reading-x.tmp") == before
    assert publish_change(stored, "3").way == "patch", "the version that nobody reads is patched again"


def test_copies_take_their_share_of_the_time_and_no_more(
    stored: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "patch", lambda *_: None)
    assert publish_change(stored, "2", copy_share=0.05).way == "copy", "quick copies are always made"
    note = stored.store.parent / "last-copy.json"
    note.write_text(json.dumps({"ended_at": time.time() - 100, "seconds": 60}))
    put_off = publish_change(stored, "3", copy_share=0.05)
    assert put_off.version is None and "s from now" in put_off.put_off and "copy_percent" in put_off.put_off
    assert turns(stored.link) == 2
    assert publish_locked(stored, copy_share=0.7).way == "copy"
    assert turns(stored.link) == 3


def test_a_clone_costs_nothing_and_a_file_system_that_has_none_says_so(
    stored: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real call: on a file system with shared blocks it makes the version, on another one it leaves no file."""
    target = stored.public / "corpus-0000000009-1-1.duckdb"
    made = transfer.clone(stored.store, target)
    assert made == target.exists()
    assert not list(stored.public.glob(".*"))
    if made:
        assert filecmp.cmp(target, stored.store, shallow=False)
        monkeypatch.undo()
        assert publish_change(stored, "2").way == "clone"


def test_a_publication_killed_while_it_patches_leaves_the_link_on_a_whole_version(stored: Layout) -> None:
    script = (
        "import os, signal, sys; from pathlib import Path; from fivegwatch.storage.load import publish, transfer;"
        "from fivegwatch.storage.disk.layout import Layout; publish.clone = lambda *_: False; write = transfer._write\n"
        "def die(handle, content, offset):\n"
        "    if offset: write(handle, content[:1000], offset); os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return write(handle, content, offset)\n"
        "transfer._write = die; publish.publish_locked(Layout.for_database(Path(sys.argv[1])))"
    )
    change(stored, "insert into base.meta values ('turn', '2')")
    child = subprocess.run([sys.executable, "-c", script, stored.link], cwd=ROOT, check=False)
    assert child.returncode == -9
    assert list(stored.public.glob(".corpus-*.tmp")), "killed with a block half written"
    assert [turns(version) for version in versions(stored)] == [1]
    assert turns(stored.link) == 1
    assert publish_locked(stored).way == "copy"
    assert turns(stored.link) == 2
    assert not list(stored.public.glob(".*"))


def test_a_version_that_someone_wrote_to_is_replaced_at_the_next_publish(layout: Layout) -> None:
    for batch in batches(1, 4):
        put_batch(layout, batch)
    load(layout)
    first = publish(layout)
    assert first is not None and publish(layout) is None
    first.chmod(0o644)  # root in a container needs no such step
    with duckdb.connect(str(first)) as con:
        con.execute("drop view stories")
        con.execute("create table mine as select 1")
    first.chmod(0o444)
    healed = publish(layout)
    assert healed is not None and layout.link.resolve() == healed and not first.exists()
    assert filecmp.cmp(healed, layout.store, shallow=False)
    assert publish(layout) is None
