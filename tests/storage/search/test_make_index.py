"""The index follows the published versions: after loads, publications and kills it answers as a scan of the file."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fivegwatch.storage.disk.files import hold, prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import load, main
from fivegwatch.storage.load.publish import publish
from fivegwatch.storage.load.published_copies import versions
from fivegwatch.storage.read.queries import run_query
from fivegwatch.storage.search import make_index
from fivegwatch.storage.search.index import connect, index_path, meta_of
from fivegwatch.storage.search.make_index import WORK, update_indexes
from fivegwatch.storage.search.search import ensure_index, search, search_ids
from fivegwatch.storage.spool.batches import put_batch
from tests.conftest import ROOT
from tests.storage.workers import batches

pytestmark = pytest.mark.slow

NOW = datetime(2026, 6, 1, tzinfo=UTC)
KILLED = """
import os, signal, sys
from pathlib import Path
from fivegwatch.storage.search import index, make_index

add, left = index.Writer.add, int(sys.argv[2])
def killed(self, pages):
    global left
    add(self, pages)
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
index.Writer.add = killed
make_index.update_indexes([Path(name) for name in sys.argv[3:]])
"""


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout.for_database(tmp_path / "corpus.duckdb")
    prepare(layout)
    return layout


def scanned(layout: Layout, word: str, *, kept: bool = True) -> set[str]:
    view = "stories" if kept else "(from ledger where not relevant)"
    text = "title || ' ' || body" if kept else "title"
    sql = f"select id from {view} where regexp_matches({text}, ?)"
    return {id_ for (id_,) in run_query(layout.link, sql, [rf"\b{word}\b"]).rows}


def assert_as_scanned(layout: Layout) -> None:
    for word in ("1", "39"):
        assert set(search_ids(layout.link, word, now=NOW)) == scanned(layout, word)
        assert set(search_ids(layout.link, word, now=NOW, ledger=True)) == scanned(layout, word, kept=False)


def test_after_every_publication_the_index_answers_as_the_file(layout: Layout) -> None:
    for batch in batches(1, 4):
        put_batch(layout, batch)
        load(layout)
        publish(layout)
        assert index_path(layout.link.resolve()).exists()
        assert_as_scanned(layout)
    assert sorted(layout.public.glob("*.search")) == [index_path(version) for version in versions(layout)]
    con = connect(index_path(layout.link.resolve()), write=False)
    stored = con.execute("select count(*) from docs").fetchone()[0]
    assert stored == run_query(layout.link, "select count(*) from ledger").rows[0][0]
    con.close()


def test_the_first_index_of_a_large_corpus_is_not_made_while_loads_wait(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(make_index, "FIRST_BYTES", 0)
    first, second = batches(5, 2)
    for batch, made in ((first, False), (second, True)):
        put_batch(layout, batch)
        load(layout)
        publish(layout)
        assert index_path(layout.link.resolve()).exists() is made, "only what there is, is brought up to date"
        ensure_index(layout.link)
        assert_as_scanned(layout)


def test_the_loader_makes_the_first_index_of_a_large_corpus_when_others_can_load_again(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unlocked(version: Path) -> Path:
        with hold(layout.load_lock, "a load"):
            return make(version)

    make = make_index.make_index
    monkeypatch.setattr(make_index, "FIRST_BYTES", 0)
    monkeypatch.setattr(make_index, "make_index", unlocked)
    for batch in batches(3, 2):
        put_batch(layout, batch)
    assert main([str(layout.link)]) == 0
    (version,) = versions(layout)
    assert index_path(version).exists()
    assert_as_scanned(layout)


def test_an_index_of_another_format_is_left_for_one_made_since(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    started = make_index.create
    monkeypatch.setattr(make_index, "create", lambda con: (made.append(1), started(con)))
    for number, batch in enumerate(batches(7, 4)):
        put_batch(layout, batch)
        load(layout)
        publish(layout)
        if number == 1:
            for version in versions(layout):
                index_path(version).chmod(0o644)
                con = connect(index_path(version), write=True)
                con.execute("update meta set value = 'older' where name = 'format'")
                con.close()
    assert len(made) == 2, "at first, and after the change of the format"
    assert_as_scanned(layout)


@pytest.mark.parametrize("killed_at", [1, 2])
def test_a_kill_while_the_index_is_written_costs_no_answer(layout: Layout, killed_at: int) -> None:
    for seed in (2, 3):
        for batch in batches(seed, 3):
            put_batch(layout, batch)
        load(layout)
        publish(layout)
    index_path(layout.link.resolve()).unlink()
    names = [str(path) for path in versions(layout)]
    done = subprocess.run([sys.executable, "-c", KILLED, "-", str(killed_at), *names], cwd=ROOT, check=False)
    assert done.returncode == -9 and (layout.public / WORK).exists() | bool(
        list(layout.public.glob(".*.work"))
    )
    assert_as_scanned(layout)
    update_indexes(versions(layout))
    assert_as_scanned(layout)


CLAIMED = """
import os, sys
from pathlib import Path
from fivegwatch.storage.search.index import connect

con = connect(Path(sys.argv[1]), write=True)
con.execute("pragma synchronous = off")  # the journal counts from its first page on
con.execute("begin immediate")
con.execute("update meta set value = hex(randomblob(9)) where name = 'identity'")
os._exit(9)  # before the commit: a journal is left
"""


def test_a_kill_while_a_copy_is_claimed_as_the_start_of_an_index_stops_no_later_one(layout: Layout) -> None:
    for batch in batches(2, 3):
        put_batch(layout, batch)
        load(layout)
        publish(layout)
    newest = index_path(layout.link.resolve())
    copy = layout.public / "corpus-copy.search"
    copy.write_bytes(newest.read_bytes())
    done = subprocess.run([sys.executable, "-c", CLAIMED, str(copy)], cwd=ROOT, check=False)
    journal = copy.with_name(f"{copy.name}-journal")
    assert done.returncode == 9 and journal.stat().st_size
    newest.unlink()
    update_indexes(versions(layout))
    assert newest.exists() and not journal.exists() and not copy.exists()
    assert_as_scanned(layout)


def test_threads_that_search_at_once_where_there_is_no_index_get_the_same_answer(layout: Layout) -> None:
    """A page of the desk asks for hits and counts side by side; both made the index, in the same hidden file."""
    for batch in batches(5, 2):
        put_batch(layout, batch)
    load(layout)
    publish(layout)
    for _ in range(3):
        index_path(layout.link.resolve()).unlink()
        with ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(lambda _: search_ids(layout.link, "after:1900", now=NOW), range(6)))
        assert answers[0] and answers == [answers[0]] * 6
        assert not list(layout.public.glob(".*.work"))


def test_an_index_of_another_file_or_a_damaged_one_is_made_again(layout: Layout) -> None:
    put_batch(layout, next(iter(batches(1, 1))))
    load(layout)
    publish(layout)
    index = index_path(layout.link.resolve())
    for damage in (b"not an index" * 1000, index.read_bytes()[:4096]):
        index.chmod(0o644)
        index.write_bytes(damage)
        assert_as_scanned(layout)
    index.chmod(0o644)
    con = connect(index, write=True)
    con.execute("update meta set value = 'another file' where name = 'identity'")
    con.execute("delete from docs where 0")
    con.close()
    assert_as_scanned(layout)
    con = connect(index, write=False)
    assert meta_of(con)["identity"] != "another file"
    con.close()


def test_a_corpus_in_a_folder_that_cannot_be_written_is_searched_by_an_index_in_the_cache(
    layout: Layout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_batch(layout, next(iter(batches(1, 1))))
    load(layout)
    publish(layout)
    index_path(layout.link.resolve()).unlink()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("os.access", lambda *_: False)  # root may write everywhere
    assert_as_scanned(layout)
    assert len(list((tmp_path / "cache" / "fivegwatch").glob("*.search"))) == 1
    assert not index_path(layout.link.resolve()).exists()


def test_a_value_that_no_page_has_is_answered_with_those_there_are(layout: Layout) -> None:
    for batch in batches(1, 2):
        put_batch(layout, batch)
    load(layout)
    publish(layout)
    answer = search(layout.link, "topic:T99", now=NOW)
    assert answer.total == 0 and answer.notes == ("No page has topic:t99. There are: attack, core.",)
    (hit, *_) = search(layout.link, "title:title text", now=NOW).hits
    assert hit.as_dict()["title_hits"] == ((0, 5),) and "**Text**" in hit.snippet.marked("**", "**")
