"""Polls older than the setting poll_days: counted by feed and day, whatever the order of loads."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.bounds import Bounds
from fivegwatch.storage.load.loader import load_locked
from fivegwatch.storage.read.checks import check_corpus
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.records import Poll
from tests.storage.builders import at, make_feed, make_state
from tests.storage.contents import ask

pytestmark = pytest.mark.slow
OUTCOMES = ("new", "unchanged", "failed")
COUNTS = "select * from poll_days order by polled_on, feed_id"


def polls_of(day: int) -> Batch:
    """Three polls of each of two feeds on a day."""
    batch = Batch()
    for feed in ("one", "two"):
        for hour, outcome in enumerate(OUTCOMES):
            poll = Poll.of(
                f"run-{day}-{hour}", make_state(make_feed(feed)), outcome=outcome,
                polled_at=at(0) + timedelta(days=day, hours=hour),
            )  # fmt: skip
            batch.add(replace(poll, entries_seen=hour, bytes=100, seconds=0.1))
    return batch


@pytest.mark.parametrize("days", [[0, 1, 10, 11], [11, 10, 1, 0], [10, 0, 11, 1]])
def test_old_polls_become_counts_of_their_day_in_any_order(
    layout: Layout, empty_store: Path, days: list[int]
) -> None:
    shutil.copyfile(empty_store, layout.store)
    for day in days:
        put_batch(layout, polls_of(day))
        load_locked(layout, bounds=Bounds(poll_days=5))
    # Of twelve days the last five and the day of the latest poll are kept whole.
    assert ask(layout, "select count(*), min(polled_at) from polls") == [(12, at(0) + timedelta(days=10))]
    assert ask(layout, "select count(*), sum(polls) from base.poll_days") == [(4, 12)]
    assert ask(layout, COUNTS)[0] == ("one", at(0).date(), 3, 1, 1, 1, 3, 0, 300, pytest.approx(0.3))
    assert [row[2] for row in ask(layout, COUNTS)] == [3] * 8
    assert ask(layout, "select feed_id, polls from feed_health order by all") == [("one", 12), ("two", 12)]
    assert [check.name for check in check_corpus(layout) if not check.ok] == ["published link"]


def test_a_poll_stamped_far_in_the_future_does_not_count_those_of_today(
    layout: Layout, empty_store: Path
) -> None:
    shutil.copyfile(empty_store, layout.store)
    for day in (0, 100_000):
        put_batch(layout, polls_of(day))
    load_locked(layout, bounds=Bounds(poll_days=36_500))
    assert ask(layout, "select count(*) from polls") == [(12,)]
