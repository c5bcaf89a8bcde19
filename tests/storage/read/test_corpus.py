"""The Python interface: typed answers, versions that stay, and a notebook whose cells all run."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from fivegwatch import Corpus, Rows
from fivegwatch.extractors.errors import QueryError, StorageError
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import load
from fivegwatch.storage.load.publish import publish
from fivegwatch.storage.spool.batches import put_batch
from tests.conftest import ROOT
from tests.storage.workers import batches

pytestmark = pytest.mark.slow
NOTEBOOK = ROOT / "docs" / "notebooks" / "corpus.ipynb"


def published(folder: Path, seed: int, count: int) -> Layout:
    layout = Layout.for_database(folder / "corpus.duckdb")
    prepare(layout)
    for batch in batches(seed, count):
        put_batch(layout, batch)
    load(layout)
    publish(layout)
    return layout


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    return published(tmp_path_factory.mktemp("corpus"), 1, 5)


@pytest.fixture
def corpus(layout: Layout) -> Iterator[Corpus]:
    with Corpus(layout.link.parent) as opened:
        yield opened


def test_importing_the_package_imports_nothing_heavy() -> None:
    script = "import sys, fivegwatch; print([m for m in ('duckdb', 'pyarrow', 'numpy') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_stories_come_as_arrow_pandas_and_polars(corpus: Corpus) -> None:
    stories = corpus.stories(language="en")
    assert isinstance(stories, Rows) and len(stories) > 3 and "body" not in stories.columns
    assert str(stories.arrow.schema.field("published_at").type) == "timestamp[us, tz=UTC]"
    frame, polar = stories.to_pandas(), stories.to_polars()
    assert list(frame["id"]) == polar["id"].to_list() == [row["id"] for row in stories]
    assert str(frame["published_at"].dtype).endswith("UTC]")
    assert "<table>" in stories._repr_html_() and repr(stories).startswith(f"<{len(stories)} rows: id, url")


def test_filters_narrow_and_wrong_ones_are_named(corpus: Corpus) -> None:
    everything = len(corpus.stories(["id"]))
    assert len(corpus.stories(["id"], topic="nothing")) == 0
    assert len(corpus.stories(["id"], since=date(2026, 5, 4), until="2026-05-04")) == everything
    assert len(corpus.stories(["id"], since="2026-05-05")) == 0
    with pytest.raises(QueryError, match="no filter 'color'"):
        corpus.stories(color="red")
    with pytest.raises(QueryError, match="no_such"):
        corpus.stories(["no_such"])


def test_search_story_events_and_named_queries_answer(corpus: Corpus) -> None:
    (hit, *_) = corpus.search("title:title text", limit=3)
    story = corpus.story(hit.match.id)
    assert (
        story["verdict"] == "kept" and story["matches"] and corpus.story(story["url"])["id"] == hit.match.id
    )
    assert len(corpus.query("what-is-new", rows=2)) == 2
    assert {"event_id", "title", "stories"} <= set(corpus.events(since="2020-01-01").columns)
    assert {"stories", "queries"} <= {row["name"] for row in corpus.views()}
    with pytest.raises(QueryError, match="never judged"):
        corpus.story("https://nowhere.example")


def test_the_users_own_connection_beside_an_open_corpus_is_not_locked(corpus: Corpus, tmp_path: Path) -> None:
    with duckdb.connect(str(corpus.version), read_only=True) as own:
        own.execute(f"copy (select 1 as x) to '{tmp_path}/x.csv'")
    assert (tmp_path / "x.csv").exists()


def test_an_open_corpus_keeps_its_version_until_it_is_refreshed(tmp_path: Path) -> None:
    layout = published(tmp_path, 5, 2)
    with Corpus(layout.link) as corpus, duckdb.connect(str(layout.link), read_only=True) as other:
        before = [row["id"] for row in corpus.stories(["id"])]
        for batch in batches(6, 3):
            put_batch(layout, batch)
            load(layout)
            publish(layout)
            assert [row["id"] for row in corpus.stories(["id"])] == before
        assert other.execute("select count(*) from stories").fetchall() == [(len(before),)]
        assert corpus.refresh() and not corpus.refresh()
        assert len(corpus.stories(["id"])) > len(before) and corpus.search("text")
    with pytest.raises(StorageError, match="fivegwatch init"):
        Corpus(tmp_path / "none.duckdb")


def test_a_version_cannot_be_patched_under_a_corpus_that_read_the_file_by_other_means(corpus: Corpus) -> None:
    # Any handle that a process closes ends its DuckDB locks on the file; a search reads the file's first bytes.
    assert corpus.search("text")
    script = f"""
from pathlib import Path
from fivegwatch.storage.load.transfer import _unused
with _unused(Path({str(corpus.version)!r})) as handle:
    print(handle)
"""
    asked = [sys.executable, "-c", script]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "None"


def test_every_cell_of_the_notebook_runs(layout: Layout) -> None:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    names: dict[str, object] = {}
    with contextlib.chdir(layout.link.parent):
        for cell in cells:
            if cell["cell_type"] == "code":
                *_, last = lines = "".join(cell["source"]).split("\n")
                exec(compile("\n".join(lines), str(NOTEBOOK), "exec"), names)
                assert last and cell["outputs"] == []
