"""A lake is read with plain DuckDB, a snapshot stays as it was while ten more are published, nothing is lost unseen."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import duckdb
import fsspec
import pytest

from fivegwatch.extractors.errors import StorageError
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.export.lake import publish_lake
from fivegwatch.storage.load.loader import load
from fivegwatch.storage.load.publish import publish
from fivegwatch.storage.read.queries import run_query
from fivegwatch.storage.spool.batches import put_batch
from tests.fakes.s3 import s3_server
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

READER_OF_S3 = """
import sys, duckdb, fsspec
bucket = fsspec.filesystem("s3", endpoint_url=sys.argv[1], skip_instance_cache=True, use_listings_cache=False)
con = duckdb.connect()
con.register_filesystem(bucket)
con.execute("set TimeZone = 'UTC'")
con.execute("set variable lake = 's3://desk/lake/'")
def newest():
    con.execute(bucket.cat("desk/lake/latest.sql").decode())
def count():
    print(con.execute("select count(*) from stories").fetchone()[0], flush=True)
newest(); count()
sys.stdin.readline()
count(); newest(); count()
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


def test_another_machine_reads_the_lake_in_a_bucket_and_keeps_its_snapshot_while_more_are_published(
    layout: Layout, tmp_path: Path
) -> None:
    lake = tmp_path / "lake"
    with s3_server(tmp_path, "desk") as address:
        bucket = fsspec.filesystem("s3", endpoint_url=address)
        first = publish_lake(layout.link, lake)
        bucket.put(f"{lake}/", "desk/lake/", recursive=True)
        reader = subprocess.Popen(
            [sys.executable, "-c", READER_OF_S3, address], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            cwd=tmp_path,
        )  # fmt: skip
        assert reader.stdin is not None and reader.stdout is not None
        assert reader.stdout.readline().strip() == str(first.rows["stories"])
        for number in range(10, 13):
            put(layout, number, "2026-05-05T10:00:00+00:00")
            publish_all(layout)
            made = publish_lake(layout.link, lake)
        bucket.put(f"{lake}/", "desk/lake/", recursive=True)
        answers, _ = reader.communicate("\n", timeout=600)
    # The snapshot it holds, then the newest one.
    assert answers.split() == [str(first.rows["stories"]), str(made.rows["stories"])]
    assert made.rows["stories"] == first.rows["stories"] + 3


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
