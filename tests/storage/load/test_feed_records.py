"""What the corpus keeps of feeds: failures that repeat, and the date that was claimed first."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from fivegwatch.extractors.model import Failure
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import load
from fivegwatch.storage.load.merge import FAILURES_KEPT
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.records import Failed, Sighting
from tests.storage.builders import at, make_entry
from tests.storage.contents import ask

pytestmark = pytest.mark.slow


@pytest.fixture
def layout(layout: Layout, empty_store: Path) -> Layout:
    shutil.copyfile(empty_store, layout.store)
    return layout


def test_a_failure_that_repeats_for_ever_keeps_its_latest_rows_and_its_count(layout: Layout) -> None:
    for start in (0, 100):
        batch = Batch()
        for number in range(start, start + 100):
            failure = Failure(
                url="https://a.example/feed", stage="poll", kind="timeout", message="m", transient=True,
                failed_at=at(number), repeats=number + 1,
            )  # fmt: skip
            batch.add(Failed.of("run", failure))
        put_batch(layout, batch)
        load(layout)
    assert ask(layout, "select count(*), max(repeats), min(repeats) from failures") == [
        (FAILURES_KEPT, 200, 201 - FAILURES_KEPT)
    ]


def test_a_feed_that_moves_the_date_of_an_item_at_every_poll_does_not_move_its_story(layout: Layout) -> None:
    for minute in (2, 3, 4, 1):  # the first claim may be loaded last
        entry = make_entry(published_at=at(minute) - timedelta(days=30), summary=f"Summary {minute}")
        batch = Batch()
        batch.add(Sighting.of("run", entry, feed_id="example-news", seen_at=at(minute)))
        put_batch(layout, batch)
        load(layout)
    assert ask(layout, "select published_at, latest_published_at from entries") == [
        (at(1) - timedelta(days=30), at(4) - timedelta(days=30))
    ]
