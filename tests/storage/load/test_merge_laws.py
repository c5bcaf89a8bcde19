"""The corpus is a function of the set of records: order, repetition and partition change nothing."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import fivegwatch.storage.load.merge
from fivegwatch.extractors.model import Failure, Origin, Unit
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.merge import load_batches
from fivegwatch.storage.read.summaries import outdated
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.feed_records import Alert, Gap, Poll, Subscription, Transition
from fivegwatch.storage.spool.records import Attempt, Failed, Progress, Record, Run, Sighting
from tests.conftest import examples
from tests.storage.builders import (
    at,
    id_of,
    make_article,
    make_decision,
    make_entry,
    make_feed,
    make_judged,
    make_state,
)
from tests.storage.contents import contents_of

pytestmark = pytest.mark.slow

URLS = ("https://a.example/1", "https://a.example/2")
FEEDS = ("feed-one", "feed-two")

# Few keys, few times, few texts: so that records of a draw meet, tie and contradict each other.
minutes = st.integers(0, 4)
urls = st.sampled_from(URLS)
feeds = st.sampled_from(FEEDS)
runs = st.sampled_from(("run-1", "run-2"))


@st.composite
def rarer_records(draw: st.DrawFn, run: str, url: str, minute: int) -> Record:
    other = draw(st.sampled_from(("failure", "failure", "run", "transition", "gap", "alert")))
    if other == "transition":
        return Transition(
            run_id=run, feed_id=FEEDS[0], changed_at=at(minute), before="ok", after="failing", trouble="",
            event="begins", problem="", url=url,
        )  # fmt: skip
    if other == "gap":
        gap = Gap.between(FEEDS[0], at(0), at(1), at_most=3)
        return replace(gap, state=draw(st.sampled_from(("open", "filled"))), changed_at=at(minute))
    if other == "alert":
        return Alert(
            alert_id="a", channel="mail", raised_at=at(0), subject=FEEDS[0], kind="failing", title="t", text="",
            url="", state=draw(st.sampled_from(("waiting", "sent"))), changed_at=at(minute),
        )  # fmt: skip
    if other == "failure":
        failure = Failure(
            url=url, stage="fetch", kind="timeout", message="m", transient=True, failed_at=at(minute)
        )
        return Failed.of(run, failure)
    ended = draw(st.sampled_from((None, at(9))))
    return Run(run_id=run, flow="ingest", started_at=at(0), ended_at=ended, counts={"n": minute})


@st.composite
def records(draw: st.DrawFn) -> Record:
    kind = draw(
        st.sampled_from(("feed", "entry", "entry", "attempt", "attempt", "judged", "judged", "unit", "other"))
    )
    run, url, minute = draw(runs), draw(urls), draw(minutes)
    if kind == "feed":
        feed = make_feed(draw(feeds), title=draw(st.sampled_from("AB")))
        state = make_state(feed, etag=draw(st.sampled_from(("x", None))))
        if draw(st.booleans()):
            return Subscription.of(feed, synced_at=at(minute))
        return Poll.of(run, state, outcome="new", polled_at=at(minute))
    if kind == "entry":
        feed_id, title, rank = draw(feeds), draw(st.sampled_from("ABC")), draw(st.integers(0, 1))
        origin = Origin(kind=draw(st.sampled_from(("feed", "wayback"))), locator=feed_id, rank=rank)
        dated = draw(st.sampled_from((None, at(-60), at(-90))))
        entry = make_entry(url, title=title, content=f"Content {title}", origin=origin, published_at=dated)
        return Sighting.of(run, entry, feed_id=feed_id, seen_at=at(minute))
    if kind == "attempt":
        state_after = draw(st.sampled_from(("done", "retry", "gone")))
        etag, article = draw(st.sampled_from(("e", None))), draw(st.sampled_from((id_of(url), None)))
        count, since = draw(st.integers(1, 2)), draw(st.sampled_from((None, at(0))))
        return Attempt(
            run_id=run,
            entry_id=id_of(url),
            attempted_at=at(minute),
            state=state_after,
            attempts=count,
            etag=etag,
            article_id=article,
            retrying_since=since,
        )
    if kind == "judged":
        article = make_article(url, text=draw(st.sampled_from(("One.", "Two.", "Two. "))))
        decision = make_decision(
            article, relevant=draw(st.booleans()), fingerprint=draw(st.sampled_from(("r1", "r2")))
        )
        keep, entry_id = draw(st.booleans()), draw(st.sampled_from((id_of(url), None)))
        judged, ref = draw(minutes), draw(st.sampled_from((None, "2026-05/x@1", "2026-05/x@2")))
        where = Origin(kind=draw(st.sampled_from(("feed", "warc", "archive"))), locator="w")
        return make_judged(
            article,
            decision,
            run=run,
            entry_id=entry_id,
            origin=where,
            captured_at=at(minute),
            raw_ref=ref,
            judged_at=at(5 + judged),
            keep_text=keep,
        )
    if kind == "unit":
        unit = Unit(source="warc", kind="file", locator=url)
        state, step = draw(st.sampled_from(("pending", "running", "failed", "done"))), draw(st.integers(0, 2))
        return replace(Progress.of(run, unit, state=state, at=at(minute)), step=step, counts={"pages": step})
    return draw(rarer_records(run, url, minute))


@st.composite
def deliveries(
    draw: st.DrawFn, of: st.SearchStrategy[Record] | None = None, *, most: int = 50
) -> tuple[list[Record], list[list[list[Record]]]]:
    """Records, and another way to deliver them: loads of batches, shuffled, some twice.

    Many records a draw and few loads, for a load costs about the same however many go into it.
    """
    pool = draw(st.lists(records() if of is None else of, min_size=20, max_size=most))
    again = draw(st.lists(st.sampled_from(pool), max_size=5))
    order = draw(st.permutations(pool + again))
    loads: list[list[list[Record]]] = [[[]]]
    for record in order:
        cut = draw(st.sampled_from(("same", "same", "same", "same", "batch", "batch", "load")))
        if cut == "batch" and loads[-1][-1]:
            loads[-1].append([])
        if cut == "load" and loads[-1][-1]:
            loads.append([[]])
        loads[-1][-1].append(record)
    return pool, loads


def corpus_after(empty: Path, loads: list[list[list[Record]]]) -> dict[str, list[tuple[Any, ...]]]:
    with tempfile.TemporaryDirectory() as folder:
        layout = Layout.for_database(Path(folder, "corpus.duckdb"))
        prepare(layout)
        shutil.copyfile(empty, layout.store)
        with duckdb.connect(str(layout.store)) as con:
            for batches in loads:
                paths = []
                for batch_of in batches:
                    batch = Batch()
                    for record in batch_of:
                        batch.add(record)
                    paths.append(put_batch(layout, batch))
                load_batches(con, paths)
                assert not any(outdated(con).values())
            return contents_of(con)


LAW = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@settings(LAW, max_examples=examples(6))
@given(deliveries())
def test_any_delivery_of_the_same_records_gives_the_same_corpus(
    empty_store: Path, delivery: tuple[list[Record], list[list[list[Record]]]]
) -> None:
    pool, loads = delivery
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fivegwatch.storage.load.merge, "FAILURES_KEPT", 2)
        assert corpus_after(empty_store, loads) == corpus_after(empty_store, [[pool]])


@st.composite
def announcements(draw: st.DrawFn) -> Record:
    title, minute, run = draw(st.sampled_from("ABCDEFGH")), draw(minutes), draw(runs)
    entry = make_entry(URLS[0], title=title, origin=Origin(kind="feed", locator=FEEDS[0], rank=minute))
    return Sighting.of(run, entry, feed_id=FEEDS[0], seen_at=at(minute))


@settings(LAW, max_examples=examples(3, times=20))
@given(deliveries(announcements(), most=40))
def test_any_delivery_gives_the_same_corpus_also_beyond_the_number_of_versions_kept(
    empty_store: Path, delivery: tuple[list[Record], list[list[list[Record]]]]
) -> None:
    pool, loads = delivery
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fivegwatch.storage.load.merge, "VERSIONS_KEPT", 2)
        patch.setattr(fivegwatch.storage.load.merge, "FAILURES_KEPT", 2)
        one, other = corpus_after(empty_store, loads), corpus_after(empty_store, [[pool]])
    assert one == other
    assert len(one["sightings"]) <= 3
