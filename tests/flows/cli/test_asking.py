"""`sql` and `search`: every shape of an answer, the prompt, named queries, the hits of a search."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from fivegwatch.flows.cli.sql_prompt import Prompt, completions
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import load
from fivegwatch.storage.load.publish import publish
from fivegwatch.storage.read.queries import QueryLimits, QuerySession
from fivegwatch.storage.spool.batches import put_batch
from tests.flows.cli_runner import fivegwatch
from tests.storage.workers import batches

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small published corpus."""
    layout = Layout.for_database(tmp_path_factory.mktemp("asked") / "corpus.duckdb")
    prepare(layout)
    for batch in batches(1, 5):
        put_batch(layout, batch)
    load(layout)
    publish(layout)
    return layout.link


def test_a_named_query_runs_with_its_parameters_and_is_listed(corpus: Path, tmp_path: Path) -> None:
    listed = fivegwatch("sql", "--list", "--json", cwd=tmp_path)
    assert "who-bans-whom" in [json.loads(line)["query"] for line in listed.out.splitlines()]
    named = ("sql", "--db", corpus, "--query", "what-is-new")
    rows = fivegwatch(*named, "--param", "rows=3", "--json", cwd=tmp_path)
    assert len([json.loads(line)["title"] for line in rows.out.splitlines()]) == 3
    for wrong, code in (("land=DE", 1), ("rows", 2)):
        ran = fivegwatch(*named, "--param", wrong, cwd=tmp_path)
        assert ran.code == code and wrong.partition("=")[0] in ran.err


def test_search_prints_hits_with_their_passage_or_one_line_of_what_is_wrong(
    corpus: Path, tmp_path: Path
) -> None:
    shown = fivegwatch("search", "--db", corpus, '"title of"', "OR", "伪基站", "--limit", "2", cwd=tmp_path)
    assert shown.code == 0 and "**Title of** " in shown.out and shown.out.endswith(" hits)\n")
    rows = fivegwatch("search", "--db", corpus, "--json", "--ledger", "lang:en", cwd=tmp_path)
    assert {json.loads(line)["language"] for line in rows.out.splitlines()} == {"en"}
    ids = fivegwatch("search", "--db", corpus, "--ids", "lang:en", cwd=tmp_path).out.splitlines()
    count = fivegwatch(
        "sql", "--db", corpus, "--csv", "select count(*) from stories where language = 'en'", cwd=tmp_path
    )
    assert len(ids) == int(count.out.splitlines()[1]) > 0
    without = fivegwatch("search", "--db", corpus, "--ids", "-handset", "lang:en", "-zzz", cwd=tmp_path)
    assert without.out.splitlines() == ids, without.err
    nothing = fivegwatch("search", "--db", corpus, "кибератака", cwd=tmp_path)
    assert (nothing.code, nothing.out) == (0, "(0 hits)\n") and nothing.err.endswith(": кибератак*\n")
    wrong = fivegwatch("search", "--db", corpus, "colour:red", cwd=tmp_path)
    assert wrong.code == 1 and "Fields are title:" in wrong.err


def test_a_query_is_printed_in_every_shape(corpus: Path, tmp_path: Path) -> None:
    query = "select 'a|b' as word, ['x', 'y'] as list, 'one' || chr(10) || 'two' as lines, 1.5 as number"

    def printed(*arguments: str) -> str:
        return fivegwatch("sql", "--db", corpus, query, *arguments, cwd=tmp_path).out

    assert printed("--markdown").splitlines()[2] == "| a\\|b | x, y | one<br>two | 1.5 |"
    assert "lines   one\n        two\n" in printed("--line")
    assert printed("--csv").splitlines()[1].startswith("a|b,")
    assert json.loads(printed("--json"))["list"] == ["x", "y"]
    assert printed("--parquet", "rows.parquet") == "rows.parquet: 1 rows\n"
    table = pq.read_table(tmp_path / "rows.parquet")
    assert table.to_pylist()[0]["list"] == ["x", "y"] and [path.name for path in tmp_path.iterdir()] == [
        "rows.parquet"
    ]


def test_the_hits_of_a_search_are_a_table_for_a_query(corpus: Path, tmp_path: Path) -> None:
    query = "select distinct language from hits join stories using (id) order by 1"
    rows = fivegwatch("sql", "--db", corpus, "--search", "text", "--csv", query, cwd=tmp_path)
    assert rows.out.split() == ["language", "en"]
    alone = fivegwatch("sql", "--db", corpus, "--search", "huawei", cwd=tmp_path)
    assert alone.code == 2 and "fivegwatch search" in alone.err


def test_the_prompt_answers_statements_and_commands_and_goes_on_after_errors(
    corpus: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    lines = [
        "select 1 +", "1 as two;", "selec;", ".run country country=DE", ".schema polls", ".markdown",
        "create temp table t as select 7 as x; select x from t;", ".nothing", ".quit", "select 'never';",
    ]  # fmt: skip
    feed = iter(lines)
    Prompt(corpus, QueryLimits(), read=lambda _: next(feed), pager=False).run()
    out = capsys.readouterr().out
    for part in ("two\n---\n  2", "syntax error", "entities", "polled_at", "| 7 |", ".help lists them"):
        assert part in out
    assert "never" not in out
    with QuerySession(corpus) as session:
        assert {"stories", "search(", "published_at", "who-bans-whom", ".views"} <= set(completions(session))
