"""`status` on a real corpus: what monitors and people read."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fivegwatch.flows.runs.tools import put_killed_runs
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import load
from fivegwatch.storage.load.publish import publish
from fivegwatch.storage.read.run_results import unended_runs
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.records import Poll, Run
from tests.conftest import ROOT
from tests.flows.cli_runner import fivegwatch
from tests.storage.builders import make_feed, make_state


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """After a run that was killed: 20 of 30 feeds fail for various days."""
    now = datetime.now(UTC)
    layout = Layout.for_database(tmp_path_factory.mktemp("status") / "c.duckdb")
    prepare(layout)
    batch = Batch()
    for number in range(30):
        state = make_state(make_feed(f"feed-{number:02}"), checked_at=now)
        poll = Poll.of("r", state, polled_at=now, outcome="unchanged")
        if number < 20:
            state = replace(
                state,
                failures=3,
                first_failed_at=now - timedelta(days=2 * number),
                health="failing",
                problem="dns: " + "the name of this outlet is not known " * 5,
            )
            poll = Poll.of("r", state, polled_at=now, outcome="failed")
        batch.add(poll)
    batch.add(Run(run_id=f"{now:%Y%m%dT%H%M%SZ}-dead", flow="ingest (by hand)", started_at=now))
    put_batch(layout, batch)
    load(layout)
    publish(layout)
    return layout.link


def test_a_killed_run_is_told_with_exit_code_1_until_the_next_one_records_its_end(corpus: Path) -> None:
    status = fivegwatch("status", "--db", corpus, cwd=corpus.parent)
    assert (
        status.code == 1
        and status.out.startswith("NOT IN ORDER: run ")
        and "its process has ended" in status.out
    )
    layout = Layout.for_database(corpus)
    put_killed_runs(layout, "backfill warc")
    load(layout)
    assert len(unended_runs(layout)) == 1, "a backfill knows nothing of other runs"
    put_killed_runs(layout, "ingest")
    load(layout)
    publish(layout)
    assert unended_runs(layout) == []
    again = json.loads(fivegwatch("status", "--db", corpus, "--json", cwd=corpus.parent).out)
    assert not again["ok"] and again["reasons"][0]["kind"] == "failed_run"
    assert again["runs"][0]["state"] == "Failed" and "killed" in again["runs"][0]["message"]


def test_lists_are_whole_or_say_how_many_there_are_and_no_reason_is_cut(corpus: Path) -> None:
    status = fivegwatch("status", "--db", corpus, cwd=corpus.parent)
    assert "feeds in trouble (15 of 20; --all or --json lists all)" in status.out
    assert status.out.count("  failing  3 failed polls since") == 15
    assert "dns: " + "the name of this outlet is not known " * 4 + "the name" in status.out
    whole = fivegwatch("status", "--db", corpus, "--all", cwd=corpus.parent)
    assert whole.out.count("  failing  3 failed polls since") == 20 and "15 of 20" not in whole.out
    assert (
        len(json.loads(fivegwatch("status", "--db", corpus, "--json", cwd=corpus.parent).out)["troubled"])
        == 20
    )


def test_a_wrong_max_age_is_wrong_usage(corpus: Path) -> None:
    ran = fivegwatch("status", "--db", corpus, "--max-age", "soon", cwd=corpus.parent)
    assert ran.code == 2 and "45m, 2h or 1d" in ran.err


@pytest.mark.slow
@pytest.mark.parametrize("more", [[], ["--json"]])
def test_the_exit_code_stays_when_the_reader_of_the_output_goes_away(corpus: Path, more: list[str]) -> None:
    command = [
        sys.executable,
        "-m",
        "fivegwatch.flows.cli.start",
        "status",
        "--all",
        "--db",
        str(corpus),
        *more,
    ]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout and process.stderr
    process.stdout.close()
    assert (process.stderr.read(), process.wait(600)) == (b"", 1)
    process.stderr.close()
