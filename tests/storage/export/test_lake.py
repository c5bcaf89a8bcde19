"""A lake is read with plain DuckDB, a snapshot stays as it was while ten more are published, nothing is lost unseen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from fivegwatch.extractors.errors import StorageError
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.export.lake import publish_lake
from fivegwatch.storage.load.loader import load
from fivegwatch.storage.load.publish import publish
from fivegwatch.storage.read.queries import run_query
from fivegwatch.storage.spool.batches import put_batch
from tests.storage.export.test_export import DAYS, publish_all, put
from tests.storage.workers import batches

pytestmark = pytest.mark.slow
READER = """
import sys, duckdb
con = duckdb.connect()
con.execute("set TimeZone = 'UTC'")
con.execute("set variable lake = '" + sys.argv[1] + "/'")
con.execute(open(sys.argv[1] + "/latest.sql").read())
print(con.execute(sys.argv[2]).fetchall())
"""


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout.for_database(tmp_path / "corpus.duckdb")
    prepare(layout)
    for batch in batches(1, 2):
        put_batch(layout, batch)
    for number, day in enumerate(DAYS):
        put(layout, number, day)
    publish_all(layout)
    return layout


def opened_lake(lake: Path) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("set TimeZone = 'UTC'")
    con.execute("set variable lake = ?", [f"{lake}/"])
    con.execute((lake / "latest.sql").read_text())
    return con


def test_every_view_of_the_lake_has_the_rows_and_comments_of_the_corpus(
    layout: Layout, tmp_path: Path
) -> None:
    made = publish_lake(layout.link, tmp_path / "it's a lake", text=True)
    con = opened_lake(tmp_path / "it's a lake")
    assert made.new and made.rows["stories"] >= len(DAYS) and made.rows["sightings"] > 10
    for view, rows in made.rows.items():
        of_lake = con.execute(f"select * from {view}").fetchall()
        of_corpus = run_query(layout.link, f"select * from {view}").rows
        assert sorted(map(repr, of_lake)) == sorted(map(repr, of_corpus)), view
        assert len(of_lake) == rows
    missing = "select count(*) from duckdb_columns() where schema_name = 'main' and not internal and comment is null"
    assert con.execute(missing).fetchone() == (0,)


def test_a_snapshot_holds_across_ten_publications_which_write_only_what_changed(
    layout: Layout, tmp_path: Path
) -> None:
    lake = tmp_path / "lake"
    first = publish_lake(layout.link, lake)
    assert not publish_lake(layout.link, lake).new
    reader = opened_lake(lake)
    before = reader.execute("select id from stories order by id").fetchall()
    for number in range(10, 20):
        put(layout, number, "2026-05-05T10:00:00+00:00")
        publish_all(layout)
        made = publish_lake(layout.link, lake)
    assert (made.number, made.rows["stories"]) == (first.number + 10, first.rows["stories"] + 10)
    assert len([*lake.glob("stories/2026-03*")]) == 1 < len([*lake.glob("stories/2026-05*")])
    assert reader.execute("select id from stories order by id").fetchall() == before
    done = subprocess.run(
        [sys.executable, "-c", READER, str(lake), "select count(*) from stories"],
        capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    assert done.stdout.strip() == f"[({made.rows['stories']},)]"
    put(layout, 30, None)
    publish_all(layout)
    made = publish_lake(layout.link, lake, keep=2)
    names = {path.name for path in lake.glob("snapshots/*.sql")}
    assert names == {f"{made.number:06d}.sql", f"{made.number - 1:06d}.sql"}
    assert opened_lake(lake).execute("select count(*) from stories").fetchone() == (made.rows["stories"],)


def test_the_lake_of_another_corpus_and_texts_that_would_go_are_refused(
    layout: Layout, tmp_path: Path
) -> None:
    lake, other = tmp_path / "lake", Layout.for_database(tmp_path / "other.duckdb")
    publish_lake(layout.link, lake, text=True)
    with pytest.raises(StorageError, match="texts of stories, which would go"):
        publish_lake(layout.link, lake)
    with pytest.raises(StorageError, match=r"cannot write the lake: .* is a file"):
        publish_lake(layout.link, layout.link / "lake")
    prepare(other)
    put(other, 1, DAYS[0])
    load(other)
    publish(other)
    with pytest.raises(StorageError, match="pages in its ledger, the corpus 1"):
        publish_lake(other.link, lake, text=True)
    assert opened_lake(lake).execute("select count(body) from stories").fetchone() != (0,)
