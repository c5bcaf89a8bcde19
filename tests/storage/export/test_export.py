"""Exports hold what the views hold, write only what changed, and have right checksums; citations are well formed."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from fivegwatch.extractors.errors import QueryError, StorageError
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.export.citations import bibtex, citations, csl_json
from fivegwatch.storage.export.files import export_view
from fivegwatch.storage.export.release import make_release
from fivegwatch.storage.load.loader import load
from fivegwatch.storage.load.publish import publish
from fivegwatch.storage.read.queries import run_query
from fivegwatch.storage.spool.batches import Batch, put_batch
from tests.storage.builders import at, make_article, make_decision, make_judged

pytestmark = pytest.mark.slow
NOW = datetime(2026, 6, 2, tzinfo=UTC)
DAYS = ("2026-03-31T23:30:00+00:00", "2026-03-02T10:00:00+00:00", "2026-04-01T00:30:00+00:00", None)


def put(layout: Layout, number: int, published: str | None, **changes: object) -> str:
    article = make_article(
        f"https://news{number}.example/story", text=f"Text {number} & more.\nA second line; \"quoted\".",
        title="100 % of {5G} cores & more", authors=("Ann O'Neil", "Łukasz Żak"),
        published_at=published and datetime.fromisoformat(published), **changes,
    )  # fmt: skip
    batch = Batch()
    batch.add(make_judged(article, make_decision(article), captured_at=at(number)))
    put_batch(layout, batch)
    return article.id


def publish_all(layout: Layout) -> None:
    load(layout)
    publish(layout)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout.for_database(tmp_path / "corpus.duckdb")
    prepare(layout)
    for number, day in enumerate(DAYS):
        put(layout, number, day)
    publish_all(layout)
    return layout


def read(path: Path) -> list[dict[str, object]]:
    if path.suffix == ".parquet":
        return pq.read_table(path).to_pylist()
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return [dict(row) for row in csv.DictReader(file)]
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_an_export_holds_every_story_once_in_each_format_and_its_checksums_are_right(
    layout: Layout, tmp_path: Path
) -> None:
    stories = run_query(layout.link, "select id, body from stories").rows
    for kind in ("parquet", "csv", "jsonl"):
        folder = tmp_path / kind
        files = export_view(layout.link, folder, "stories", kind, text=True)
        months = {"2026-03": 2, "2026-04": 1, "undated": 1}
        assert {Path(file.path).stem: file.rows for file in files} == months
        rows = [row for file in files for row in read(folder / file.path)]
        assert sorted((row["id"], row["body"]) for row in rows) == sorted(stories)
        package = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        for one in package["resources"]:
            content = (folder / one["path"]).read_bytes()
            assert one["hash"] == "sha256:" + hashlib.sha256(content).hexdigest() and one["bytes"] == len(
                content
            )
            assert [field["name"] for field in one["schema"]["fields"]] == list(rows[0])
            assert all(field["type"] != "any" and field["description"] for field in one["schema"]["fields"])


def test_only_months_that_changed_or_were_damaged_are_written_again(layout: Layout, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    export_view(layout.link, folder, "stories", "parquet")
    described = (folder / "datapackage.json").read_bytes()
    again = export_view(layout.link, folder, "stories", "parquet")
    assert not any(file.changed for file in again) and (folder / "datapackage.json").read_bytes() == described
    put(layout, 9, "2026-04-20T00:00:00+00:00")
    publish_all(layout)
    (folder / "stories" / "undated.parquet").write_bytes(b"damaged")
    changed = [file for file in export_view(layout.link, folder, "stories", "parquet") if file.changed]
    assert [(file.path, file.rows_before, file.rows) for file in changed] == [
        ("stories/2026-04.parquet", 1, 2), ("stories/undated.parquet", 1, 1),
    ]  # fmt: skip


def test_an_export_of_another_kind_or_with_fewer_columns_is_refused(layout: Layout, tmp_path: Path) -> None:
    export_view(layout.link, tmp_path / "a", "stories", "csv", text=True)
    with pytest.raises(StorageError, match="--text as before"):
        export_view(layout.link, tmp_path / "a", "stories", "csv")
    with pytest.raises(StorageError, match="in format csv"):
        export_view(layout.link, tmp_path / "a", "stories", "jsonl", text=True)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "datapackage.json").write_text('{"resources": [{"path": "x"}]}')
    with pytest.raises(StorageError, match="not written by fivegwatch"):
        export_view(layout.link, tmp_path / "b", "stories", "csv")


def test_a_release_is_whole_and_never_made_twice(layout: Layout, tmp_path: Path) -> None:
    made, files = make_release(layout.link, "2026-03", tmp_path / "releases", author='The "Desk"', now=NOW)
    assert {file.path for file in files if file.rows} >= {"stories/2026-03.parquet", "ledger/2026-03.parquet"}
    assert "body" not in pq.read_schema(made / "stories" / "2026-03.parquet").names
    assert "name: \"The 'Desk'\"" in (made / "CITATION.cff").read_text()
    for month, words in (
        ("2026-03", "released before"),
        ("2026-06", "not over"),
        ("2025-01", "no story"),
        ("March", "no month"),
    ):
        with pytest.raises(StorageError, match=words):
            make_release(layout.link, month, tmp_path / "releases", author="x", now=NOW)
    assert [path.name for path in (tmp_path / "releases").iterdir()] == ["fivegwatch-2026-03"]


def test_citations_name_the_story_and_an_archived_copy(layout: Layout) -> None:
    ids = [id_ for (id_,) in run_query(layout.link, "select id from stories order by url").rows]
    items = citations(layout.link, [*ids, "https://news3.example/story"])
    text = bibtex(items)
    assert text.count("@online{") == 5 and text.count("{") == text.count("}")
    assert r"title = {{100 \% of \{5G\} cores \& more}}" in text
    assert "author = {{Ann O'Neil} and {Łukasz Żak}}" in text
    assert re.search(r"https://web\.archive\.org/web/2026\d{10}/https://news0\.example/story", text)
    first, *_, undated = json.loads(csl_json(items))
    assert first["issued"] == {"date-parts": [[2026, 3, 31]]} and first["author"][0] == {
        "literal": "Ann O'Neil"
    }
    assert "issued" not in undated and len({one.key for one in items}) == 4
    with pytest.raises(QueryError, match="never judged"):
        citations(layout.link, ["https://nowhere.example"])
