"""The reasons for which `status` says that the watch is not in order."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from fivegwatch.flows.runs.condition import REASONS, interval_s, troubles
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.storage.disk.files import hold, prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.read.health import Overview

NOW = datetime(2026, 11, 29, 3, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


def run(
    ended: datetime, *, state: str = "Completed", flow: str = "ingest", message: str = ""
) -> dict[str, Any]:
    started = ended - timedelta(minutes=2)
    return {"run_id": f"{started:%Y%m%dT%H%M%SZ}-0", "flow": flow, "started_at": started, "ended_at": ended,
            "seconds": 120.0, "state": state, "message": message}  # fmt: skip


def feed(
    number: int, failing_since: datetime | None = None, *, worked: bool = True, lost: bool = False
) -> dict[str, Any]:
    outcome = "failed" if failing_since or lost else "unchanged"
    return {"last_outcome": outcome, "feed_id": f"f{number}",
            "status": "failing" if failing_since else "ok", "since": failing_since,
            "failures": int(bool(failing_since)), "problem": "dns: no answer" if failing_since else "",
            "polled_at": NOW, "worked": worked}  # fmt: skip


def seen(runs: list[dict[str, Any]], feeds: list[dict[str, Any]] | None = None) -> Overview:
    return Overview(counts={}, runs=runs, feeds=feeds or [feed(1)])


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    database = tmp_path / "corpus.duckdb"
    prepare(Layout.for_database(database))
    yield Settings(home=tmp_path, database=database, watchlist=None)


def kinds(settings: Settings, overview: Overview, **more: Any) -> list[str]:
    noted = [item.kind for item in troubles(settings, overview, NOW, **more)]
    assert set(noted) <= set(REASONS), "each kind is explained in the reference"
    return noted


def every_quarter(last: datetime) -> list[dict[str, Any]]:
    return [run(last - number * QUARTER) for number in range(6)]


def test_a_schedule_that_runs_is_in_order_and_one_that_stopped_is_not(settings: Settings) -> None:
    assert kinds(settings, seen(every_quarter(NOW - timedelta(minutes=20)))) == []
    assert kinds(settings, seen(every_quarter(NOW - timedelta(minutes=40)))) == ["no_recent_run"]
    hourly = [run(NOW - timedelta(minutes=50 + 60 * number)) for number in range(6)]
    assert interval_s(hourly) == 3600 and kinds(settings, seen(hourly)) == []
    # A run by hand keeps the corpus as fresh; without any schedule only --max-age sets a limit.
    by_hand = run(NOW - timedelta(minutes=5), flow="ingest (by hand)")
    assert kinds(settings, seen([by_hand, *every_quarter(NOW - timedelta(hours=9))])) == []
    old = run(NOW - timedelta(days=30), flow="ingest (by hand)")
    assert kinds(settings, seen([old])) == []
    assert kinds(settings, seen([old]), max_age_s=3600) == ["no_recent_run"]


def test_a_watchlist_with_which_no_run_begins_is_named(settings: Settings) -> None:
    feeds = settings.home / "feeds.toml"
    feeds.write_text("[typed wrongly\n")
    rows = every_quarter(NOW - timedelta(minutes=40))
    (noted,) = troubles(replace(settings, feeds_file=feeds), seen(rows), NOW)
    assert noted.kind == "no_recent_run" and f"The watchlist is wrong: {feeds}" in noted.message


def test_ages_are_counted_by_the_systems_clock_even_if_records_are_stamped_a_year_ahead(
    settings: Settings,
) -> None:
    rows = every_quarter(NOW - timedelta(minutes=20))
    far = [row | {"started_at": row["started_at"] + timedelta(days=365),
                  "ended_at": row["ended_at"] + timedelta(days=365)} for row in rows]  # fmt: skip
    assert kinds(settings, seen(far)) == ["clock"]


def test_a_failed_run_and_a_switched_off_schedule_are_told(settings: Settings) -> None:
    failed = run(NOW, state="Failed", message="disk full")
    noted = troubles(settings, seen([failed, *every_quarter(NOW - QUARTER)]), NOW)
    assert [item.kind for item in noted] == ["failed_run"] and "disk full" in noted[0].message
    off = replace(settings, enabled=False)
    assert kinds(off, seen(every_quarter(NOW))) == ["switched_off"]


def test_a_running_run_is_dead_only_if_nobody_holds_its_lock(settings: Settings) -> None:
    running = [run(NOW, state="Running"), *every_quarter(NOW - QUARTER)]
    layout = Layout.for_database(settings.database)
    assert kinds(settings, seen(running)) == ["dead_run"]
    with hold(layout.run_lock, "a run"):
        assert kinds(settings, seen(running)) == []
    with hold(layout.backfill_lock, "a backfill"):
        assert kinds(settings, seen(running)) == ["dead_run"]
        backfill = [run(NOW, state="Running", flow="backfill warc"), *every_quarter(NOW - QUARTER)]
        assert kinds(settings, seen(backfill)) == []
    (layout.incoming / "1.parquet").write_bytes(b"")
    assert kinds(settings, seen(every_quarter(NOW))) == ["dead_run"]


def test_status_names_a_run_that_was_killed_before_it_recorded_anything(settings: Settings) -> None:
    layout, rows = Layout.for_database(settings.database), every_quarter(NOW)
    layout.run_lock.write_text("4711")  # as earlier releases left it after every run
    assert kinds(settings, seen(rows)) == []
    held = (
        "import os, sys; from pathlib import Path; from fivegwatch.storage.disk.files import hold\n"
        f"with hold(Path({str(layout.run_lock)!r}), 'a run'): os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", held], check=False).returncode == -9
    (noted,) = troubles(settings, seen(rows), NOW)
    assert noted.kind == "dead_run" and "was killed" in noted.message
    with pytest.raises(ValueError, match="ends"), hold(layout.run_lock, "a run"):
        assert kinds(settings, seen(rows)) == []
        raise ValueError("a run that fails ends in order")
    assert kinds(settings, seen(rows)) == []


def test_status_names_a_watch_whose_feeds_are_all_off(settings: Settings) -> None:
    off = [feed(number) | {"status": "off"} for number in range(3)]
    (noted,) = troubles(settings, seen(every_quarter(NOW), off), NOW)
    assert noted.kind == "no_feeds" and "(3 are off)" in noted.message
    assert kinds(settings, seen(every_quarter(NOW), [*off, feed(3)])) == []


def test_batches_that_could_not_be_loaded_are_told(settings: Settings) -> None:
    layout = Layout.for_database(settings.database)
    (layout.bad / "1.parquet").write_bytes(b"")
    (noted,) = troubles(settings, seen(every_quarter(NOW)), NOW)
    assert noted.kind == "bad_batches" and noted.message.startswith("1 batch could not be loaded")


def test_feeds_that_fail_at_once_are_a_trouble_and_those_that_die_one_by_one_are_not(
    settings: Settings,
) -> None:
    runs, hour = every_quarter(NOW), timedelta(hours=1)
    ok = [feed(number) for number in range(40)]
    at_once = [feed(100 + number, NOW - number * hour / 10) for number in range(60)]
    assert kinds(settings, seen(runs, ok + at_once)) == ["feeds_failing"]
    one_by_one = [feed(100 + number, NOW - number * 48 * hour) for number in range(60)]
    assert kinds(settings, seen(runs, ok + one_by_one)) == []
    never_worked = [feed(100 + number, NOW, worked=False) for number in range(60)]
    assert kinds(settings, seen(runs, ok + never_worked)) == []
    assert kinds(settings, seen(runs, never_worked)) == ["feeds_failing"], "all of them"
    assert kinds(settings, seen(runs, [feed(1), feed(2, NOW)])) == [], "two feeds prove nothing"


def test_feeds_that_could_not_be_polled_through_this_machine_are_no_good_watch(settings: Settings) -> None:
    """Their own state stays ok, as nothing is known of them."""
    runs = every_quarter(NOW)
    fine, lost = (
        [feed(number) for number in range(40)],
        [feed(100 + number, lost=True) for number in range(60)],
    )
    assert kinds(settings, seen(runs, fine + lost)) == ["network"]
    assert kinds(settings, seen(runs, fine + lost[:30])) == []
    assert kinds(settings, seen(runs, [feed(1, lost=True), feed(2, lost=True)])) == [], (
        "two feeds prove nothing"
    )
