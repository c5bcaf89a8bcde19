"""The demo, as a newcomer runs it: a Prefect server, the real flow twice, stories, reasons, SQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from fivegwatch.flows.demo.stories import load_stories
from fivegwatch.storage.read.queries import run_query
from tests.flows.cli_runner import fivegwatch_process

pytestmark = pytest.mark.prefect


def test_the_demo_shows_stories_reasons_and_sql_and_leaves_a_corpus(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    ran = fivegwatch_process("demo", "--directory", folder, cwd=tmp_path, timeout_s=300)
    assert ran.code == 0, ran.err
    for words in (
        "First edition",
        "Second edition",
        "Why were these kept?",
        "Why were these rejected?",
        "SQL",
    ):
        assert words in ran.out
    assert ran.out.count("flow run Completed") == 2
    assert ran.out.count("\nKEPT") == 3
    counts = dict(run_query(folder / "corpus.duckdb", "select verdict, count(*) from ledger group by 1").rows)
    assert counts["kept"] > 15 and counts["rejected"] > 20
    assert run_query(folder / "corpus.duckdb", "select count(*) from revisions").rows[0][0] > 0
    wanted = {story.title: story.relevant for story in load_stories(2).values()}
    kept = {row[0] for row in run_query(folder / "corpus.duckdb", "select title from stories").rows}
    assert [title for title in kept if wanted.get(title) is False] == []
    assert sum(title in kept for title, relevant in wanted.items() if relevant) > 0.6 * sum(wanted.values())


def test_the_demo_refuses_a_folder_with_other_contents(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("dear")
    ran = fivegwatch_process("demo", "--directory", tmp_path, cwd=tmp_path)
    assert ran.code == 2 and "no demo" in ran.err
    assert (tmp_path / "thesis.txt").read_text() == "dear"
