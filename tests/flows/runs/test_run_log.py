"""The log of runs, and what is printed with --quiet and --verbose."""

from __future__ import annotations

import json
import logging
from collections import Counter
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from fivegwatch.flows.demo.newsroom import Newsroom, subscriptions
from fivegwatch.flows.printing.progress import Silent
from fivegwatch.flows.runs.run_log import LoggedReporter, run_log
from fivegwatch.storage.disk.layout import Layout
from tests.flows.cli_runner import fivegwatch
from tests.flows.corpora import ask

LOG = logging.getLogger("fivegwatch.tests")


def lines_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


@pytest.mark.slow
def test_a_run_logs_every_request_with_its_answer_under_its_id(tmp_path: Path) -> None:
    with Newsroom(slow_s=0.1) as newsroom:
        tables = {
            text.partition("]")[0].strip("["): text for text in subscriptions(newsroom.url).split("\n\n")
        }
        (tmp_path / "feeds.toml").write_text(tables["harbour-ledger"], encoding="utf-8")
        ran = fivegwatch("ingest", "--new", "--verbose", "--feeds", "feeds.toml", "--db", "c.duckdb",
                         "--allow-address", f"127.0.0.1:{newsroom.port}", cwd=tmp_path)  # fmt: skip
        asked = Counter((newsroom.url + request.path, request.status) for request in newsroom.requests)
    assert ran.code == 0
    layout = Layout.for_database(tmp_path / "c.duckdb")
    lines = lines_of(layout.logs / "runs.jsonl")
    assert {line["run"] for line in lines} == {run for (run,) in ask(layout.link, "select run_id from runs")}
    assert Counter((line["url"], line["status"]) for line in lines if line["event"] == "request") == asked
    assert lines[0]["event"] == "began" and lines[-1]["event"] == "ended"
    assert all(line["at"].endswith("Z") and line["level"] for line in lines)
    assert any(line["event"] == "loaded" and line["new_entries"] for line in lines)
    # --verbose prints the same requests.
    assert all(url in ran.err for url, _ in asked)


def test_the_log_is_replaced_before_it_grows_large(tmp_path: Path) -> None:
    layout = Layout.for_database(tmp_path / "c.duckdb")
    with mock.patch.multiple("fivegwatch.flows.runs.run_log", FILE_BYTES=2_000, FILES_KEPT=2):
        for _ in range(3):
            with run_log(layout, "ingest", "r1"):
                for number in range(30):
                    LOG.info("line %d", number)
    sizes = {path.name: path.stat().st_size for path in layout.logs.iterdir()}
    assert sorted(sizes) == ["runs.jsonl", "runs.jsonl.1", "runs.jsonl.2"] and max(sizes.values()) <= 2_000


def test_a_log_that_cannot_be_written_does_not_end_the_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    layout = Layout.for_database(tmp_path / "c.duckdb")
    (layout.logs / "runs.jsonl").mkdir(parents=True)
    with run_log(layout, "ingest", "r1"):
        LOG.info("goes on")
    assert "the run goes on without it" in capsys.readouterr().err


def test_a_failed_run_and_its_warnings_are_logged_and_a_silent_reporter_shows_warnings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    layout = Layout.for_database(tmp_path / "c.duckdb")
    with pytest.raises(ValueError, match="broken"), run_log(layout, "backfill warc", "b1"):
        report = LoggedReporter(Silent())
        report.note("a note")
        report.warn("a warning")
        raise ValueError("broken")
    events = [(line["event"], line["level"]) for line in lines_of(layout.logs / "backfill.jsonl")]
    assert events == [("began", "info"), ("note", "info"), ("warning", "warning"), ("failed", "error")]
    assert capsys.readouterr().err == "a warning\n"
