"""What a run announces: stories that it was the first to keep, and those of killed runs that told nobody."""

from __future__ import annotations

import pytest

from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import load
from fivegwatch.storage.load.publish import publish
from fivegwatch.storage.read.run_results import failing_feeds, feed_transitions, new_stories
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.records import Run
from tests.storage.builders import at, make_article, make_decision, make_judged

pytestmark = pytest.mark.slow
RUNS = ("20261101T000000Z-a", "20261101T001500Z-b", "20261101T003000Z-c")


@pytest.fixture
def told(layout: Layout) -> Layout:
    """Three ingest runs, of which the second was killed; each keeps a story, and the third judges the first's again."""
    batch = Batch()
    for number, run in enumerate(RUNS):
        state = "Running" if number == 1 else "Completed"
        batch.add(Run(run_id=run, flow="ingest", started_at=at(15 * number), state=state))
        for story in {number, 0}:
            article = make_article(f"https://a.example/{story}")
            minute = 15 * number + 1
            batch.add(make_judged(article, run=run, captured_at=at(minute), judged_at=at(minute)))
    rejected = make_article("https://a.example/rejected")
    verdict = make_decision(rejected, relevant=False)
    batch.add(make_judged(rejected, verdict, run=RUNS[2], captured_at=at(31)))
    put_batch(layout, batch)
    load(layout)
    publish(layout)
    return layout


def stories(layout: Layout, run: str, after: str, most: int = 9) -> list[str]:
    return sorted(row["url"][-1] for row in new_stories(layout.link, run, after, most))


def test_a_story_is_new_in_the_run_that_first_kept_it(told: Layout) -> None:
    assert [stories(told, run, run) for run in RUNS] == [["0"], ["1"], ["2"]]


def test_what_a_killed_run_kept_is_told_by_the_next_one(told: Layout) -> None:
    assert stories(told, RUNS[2], RUNS[0]) == ["1", "2"]
    assert len(stories(told, RUNS[2], "", most=2)) == 2


def test_a_corpus_without_polls_has_no_failing_feeds_and_no_transitions(told: Layout) -> None:
    assert failing_feeds(told.link, RUNS[2], 9) == feed_transitions(told.link, RUNS[2], "") == []
