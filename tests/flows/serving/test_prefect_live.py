"""Prefect for real: a server, `prefect deploy`, a worker, runs that the schedule starts by itself, and kill -9."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from fivegwatch.flows.demo.newsroom import Newsroom, subscriptions
from fivegwatch.flows.serving.deployments import directory_mark
from fivegwatch.flows.working_directory import make_directory
from fivegwatch.storage.disk.files import lock_holder
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.read.queries import run_query
from tests.flows.prefect_stack import BIN, Stack, background, prefect_stack, wait_for
from tests.flows.press import old_pages, write_warc
from tests.flows.stored import write_small_watchlist

pytestmark = pytest.mark.prefect
EVERY_S = 45


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom() as room:
        yield room


def make_home(folder: Path, newsroom: Newsroom) -> Path:
    """A working directory with a small watchlist, whose only feeds are the newsroom's."""
    make_directory(folder, "tests@example.org")
    write_small_watchlist(folder / "watchlist")
    (folder / "watchlist" / "feeds.toml").write_text(subscriptions(newsroom.url), encoding="utf-8")
    with (folder / "fivegwatch.toml").open("a", encoding="utf-8") as file:
        file.write(
            f'\nallow_addresses = ["127.0.0.1:{newsroom.port}"]\n[limits]\npoll_min_s = 1\npoll_max_s = 5\n'
            "read_s = 60\ndocument_s = 120\n"  # a busy machine may take half a minute to answer itself
        )
    return folder


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, newsroom: Newsroom) -> Iterator[Stack]:
    home = make_home(tmp_path_factory.mktemp("home"), newsroom)
    # Prefect imports first from where a run starts; this folder of the user's must not be taken for our package.
    (home / "fivegwatch").mkdir()
    (home / "fivegwatch" / "__init__.py").write_text("raise RuntimeError('not ours')", encoding="utf-8")
    with prefect_stack(tmp_path_factory.mktemp("prefect"), {"FIVEGWATCH_HOME": str(home)}) as stack:
        stack.run("prefect", "work-pool", "create", "fivegwatch", "--type", "process")
        quick = re.sub(
            r'cron: "\*/15[^\n]*\n\s+timezone: UTC',
            f"interval: {EVERY_S}",
            (home / "prefect.yaml").read_text(encoding="utf-8"),
        ).replace(f".{directory_mark(home)}", "")
        assert f"interval: {EVERY_S}" in quick and "FIVEGWATCH_HOME" in quick
        file = home / "quick.yaml"
        file.write_text(quick, encoding="utf-8")
        stack.run(
            "prefect", "--no-prompt", "deploy", "--all", "--prefect-file", str(file), cwd=home / "watchlist"
        )
        command = [BIN / "prefect", "worker", "start", "--pool", "fivegwatch"]
        with background(command, stack.environment, stack.home / "worker.log", home):
            yield stack


def corpus_of(stack: Stack) -> Path:
    return Path(stack.environment["FIVEGWATCH_HOME"]) / "corpus.duckdb"


def ended(stack: Stack, state: str, after: int = 0) -> list[dict]:
    return [run for run in stack.runs("ingest")[after:] if run["state"]["name"] == state]


def test_a_scheduled_run_fires_by_itself_completes_and_its_rows_are_in_the_file(stack: Stack) -> None:
    run = wait_for("completed run", 600, lambda: ended(stack, "Completed"))[0]
    assert run["auto_scheduled"]
    assert re.search(r"\d+ feeds: .*; \d+ entries: .*; \d+ pages: ", run["state"]["message"])
    (stories,), (judged,) = (
        run_query(corpus_of(stack), f"select count(*) from {view}").rows[0] for view in ("stories", "ledger")
    )
    assert stories > 5 and judged > stories
    keys = {item["key"] for item in stack.ask("/artifacts/filter", {})}
    assert {"ingest-progress", "ingest-summary"} <= keys


def test_after_a_run_was_killed_the_next_scheduled_run_starts(stack: Stack, newsroom: Newsroom) -> None:
    before = len(stack.runs("ingest"))
    newsroom.advance()
    newsroom.slow_s = 5.0  # so that there is a middle
    lock = Layout.for_database(corpus_of(stack)).run_lock
    wait_for(
        "new run", 300, lambda: [r for r in stack.runs("ingest")[before:] if r["state"]["name"] == "Running"]
    )
    newsroom.requests.clear()
    wait_for("request", 300, lambda: len(newsroom.requests) > 0)
    pid = int(lock_holder(lock))  # whoever asks holds the lock
    os.kill(pid, signal.SIGKILL)
    newsroom.slow_s = 0.5
    assert wait_for("crashed run", 300, lambda: ended(stack, "Crashed", before))
    wait_for("completed run after it", 600, lambda: ended(stack, "Completed", before))
    rows = run_query(corpus_of(stack), "select count(*), count(distinct id) from stories").rows
    assert rows[0][0] == rows[0][1] > 5
    # The tests below need no scheduled run, and each costs as much as they do.
    deployment = stack.ask("/deployments/name/ingest/every-15-minutes")
    stack.ask(f"/deployments/{deployment['id']}/pause_deployment", {})


def test_wrong_parameters_are_refused_when_the_run_is_made(stack: Stack) -> None:
    deployment = stack.ask("/deployments/name/ingest/now")
    with pytest.raises(OSError, match=r"409|422"):
        stack.ask(f"/deployments/{deployment['id']}/create_flow_run", {"parameters": {"due_only": "perhaps"}})


def test_a_backfill_started_by_a_form_shows_its_progress_and_its_account(
    stack: Stack, tmp_path: Path
) -> None:
    archive = write_warc(tmp_path / "old.warc.gz", old_pages()[:12])
    deployment = stack.ask("/deployments/name/backfill-warc/backfill-warc")
    form = {"parameters": {"files": [str(archive)]}}
    made = stack.ask(f"/deployments/{deployment['id']}/create_flow_run", form)
    run = wait_for(
        "ended backfill",
        600,
        lambda: [r for r in stack.runs("backfill-warc") if r["id"] == made["id"] and r["end_time"]],
    )[0]
    assert run["state"]["name"] == "Completed", run["state"]
    assert run["state"]["message"].startswith("1 unit: 1 done; 12 archived pages")
    artifacts = {item["key"]: item for item in stack.ask("/artifacts/filter", {})}
    assert artifacts["backfill-warc-progress"]["data"] == 100
    assert artifacts["backfill-warc-progress"]["description"] == run["state"]["message"]
    assert str(archive) in str(artifacts["backfill-warc-units"]["data"])
    seen = run_query(corpus_of(stack), "select count(*) from sightings where origin_kind = 'warc'").rows
    assert seen[0][0] > 3


@pytest.mark.parametrize(
    ("flow", "parameters"),
    [
        ("backfill-gdelt", {"since": "2023-02-30", "until": "2023-03-01"}),
        ("backfill-wayback", {"since": "2023-01-01"}),
        ("backfill-sitemap", {"sites": "https://press.example/"}),
        ("backfill-sitemap", {"sites": ["https://press.example/"], "until": "yesterday"}),
    ],
)
def test_a_backfill_with_wrong_values_in_its_form_is_not_started(
    stack: Stack, flow: str, parameters: dict[str, object]
) -> None:
    deployment = stack.ask(f"/deployments/name/{flow}/{flow}")
    with pytest.raises(OSError, match=r"409|422"):
        stack.ask(f"/deployments/{deployment['id']}/create_flow_run", {"parameters": parameters})
    assert not stack.runs(flow)
