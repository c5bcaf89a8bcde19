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
from fivegwatch.extractors.model import Failure, Origin, OriginKind, Unit, UnitState
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.merge import load_batches
from fivegwatch.storage.read.summaries import outdated
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.corrections import Correction
from fivegwatch.storage.spool.feed_records import Alert, Gap, Poll, Subscription, Transition
from fivegwatch.storage.spool.measurements import Completeness, MissedStory
from fivegwatch.storage.spool.records import Attempt, Failed, Progress, Record, Run, Sighting
from tests.conftest import examples
from tests.storage.builders import (
    at,
    id_of,
    make_article,
    make_decision,
    make_entry,
    make_facts,
    make_feed,
    make_judged,
    make_state,
)
from tests.storage.contents import contents_of

pytestmark = pytest.mark.slow

URLS = ("https://a.example/1", "https://a.example/2")
FEEDS = ("feed-one", "feed-two")

# Few keys, instants and contents, so that records of a draw meet, tie and contradict each other.
runs = st.sampled_from(("run-1", "run-2"))
letters = st.sampled_from("ABC")
# A date that a feed claims comes before all others, so one entry is announced by feeds, and one is not.
ORIGINS: tuple[tuple[OriginKind, ...], ...] = (("feed", "feed", "wayback"), ("wayback", "sitemap"))
STATES: tuple[UnitState, ...] = ("pending", "running", "failed", "done")
SINCE, UNTIL = "2026-05-01", "2026-05-02"


def subscription(draw: st.DrawFn, place: int, minute: int) -> Record:
    feed = make_feed(FEEDS[place], title=draw(letters), language=draw(st.sampled_from(("en", "de"))))
    return Subscription.of(feed, synced_at=at(minute))


def poll(draw: st.DrawFn, place: int, minute: int) -> Record:
    state = make_state(make_feed(FEEDS[place]), etag=draw(st.sampled_from(("x", "y", None))))
    return Poll.of(draw(runs), state, outcome=draw(st.sampled_from(("new", "failed"))), polled_at=at(minute))


def sighting(draw: st.DrawFn, place: int, minute: int) -> Record:
    origin = Origin(
        kind=draw(st.sampled_from(ORIGINS[place])), locator=FEEDS[0], rank=draw(st.integers(0, 1))
    )
    dated = draw(st.sampled_from((None, at(-60), at(-90))))
    title, seen = draw(letters), at(minute + draw(st.sampled_from((0, 0, 1))))
    entry = make_entry(
        URLS[place], title=title, content=f"Content {title}", origin=origin, published_at=dated
    )
    return Sighting.of(draw(runs), entry, feed_id=draw(st.sampled_from(FEEDS)), seen_at=seen)


def attempt(draw: st.DrawFn, place: int, minute: int) -> Record:
    return Attempt(
        run_id=draw(runs),
        entry_id=id_of(URLS[place]),
        attempted_at=at(minute),
        state=draw(st.sampled_from(("done", "done", "retry", "gone"))),
        attempts=draw(st.integers(1, 2)),
        etag=draw(st.sampled_from(("e", "f", None))),
        article_id=draw(st.sampled_from((id_of(URLS[place]), id_of(URLS[1 - place]), None))),
        retrying_since=draw(st.sampled_from((None, at(0)))),
    )


def judged(draw: st.DrawFn, place: int, minute: int) -> Record:
    article = make_article(
        URLS[place],
        title="A story told here",
        text=draw(st.sampled_from(("One.", "Two.", "Two. "))),
        quality=draw(st.sampled_from(((), (), (), ("paywall",)))),
    )
    relevant, facts = draw(st.booleans()), draw(st.sampled_from((None, make_facts())))
    fingerprint = draw(st.sampled_from(("r1", "r2")))
    return make_judged(
        article,
        make_decision(article, relevant=relevant, fingerprint=fingerprint, facts=facts if relevant else None),
        run=draw(runs),
        entry_id=draw(st.sampled_from((None, None, id_of(URLS[place]), id_of(URLS[1 - place])))),
        origin=Origin(kind=draw(st.sampled_from(("feed", "warc", "archive"))), locator="w"),
        captured_at=at(minute),
        raw_ref=draw(st.sampled_from((None, "2026-05/x@1", "2026-05/x@2"))),
        judged_at=at(draw(st.sampled_from((6, 6, 5)))),
        keep_text=draw(st.booleans()),
    )


def failure(draw: st.DrawFn, place: int, minute: int) -> Record:
    message = draw(letters)
    failed = Failure(
        url=URLS[place], stage="fetch", kind="timeout", message=message, transient=True, failed_at=at(minute)
    )
    return Failed.of(draw(runs), failed)


def run(draw: st.DrawFn, place: int, minute: int) -> Record:
    ended, counts = draw(st.sampled_from((None, at(9), at(9)))), {"n": draw(st.integers(0, 3))}
    return Run(run_id=f"run-{place + 1}", flow="ingest", started_at=at(minute), ended_at=ended, counts=counts)


def unit(draw: st.DrawFn, place: int, minute: int) -> Record:
    state, step = draw(st.sampled_from(STATES)), draw(st.integers(0, 1))
    progress = Progress.of(
        draw(runs), Unit(source="warc", kind="file", locator=URLS[place]), state=state, at=at(minute)
    )
    return replace(progress, step=step, counts={"pages": draw(st.integers(0, 3))})


def correction(draw: st.DrawFn, place: int, minute: int) -> Record:
    field, action, value = draw(
        st.sampled_from(
            (
                ("topic", "add", "T01"),
                ("topic", "remove", "T01"),
                ("country", "add", "DE"),
                ("country", "remove", "DE"),
                ("relevant", "set", "true"),
                ("relevant", "set", "false"),
                ("relevant", "undo", ""),
            )
        )
    )
    return Correction(
        story_id=id_of(URLS[place]), field=field, action=action, value=value, made_by="a", reason=draw(letters),
        made_at=at(minute),
    )  # fmt: skip


def transition(draw: st.DrawFn, place: int, minute: int) -> Record:
    return Transition(
        run_id=draw(runs), feed_id=FEEDS[place], changed_at=at(minute), before="ok", after="failing", trouble="",
        event="begins", problem=draw(letters), url=URLS[place],
    )  # fmt: skip


def gap(draw: st.DrawFn, place: int, minute: int) -> Record:
    state, method = draw(st.sampled_from(("open", "filled"))), draw(letters)
    return replace(
        Gap.between(FEEDS[place], at(0), at(1), at_most=3), state=state, method=method, changed_at=at(minute)
    )


def alert(draw: st.DrawFn, place: int, minute: int) -> Record:
    return Alert(
        alert_id="a", channel=FEEDS[place], raised_at=at(0), subject="s", kind="failing", title="t",
        text=draw(letters), url="", state=draw(st.sampled_from(("waiting", "sent"))), changed_at=at(minute),
    )  # fmt: skip


def completeness(draw: st.DrawFn, place: int, minute: int) -> Record:
    numbers = dict.fromkeys(
        (
            "files_read", "files", "candidates", "held", "rejected", "not_fetched", "not_announced", "not_watched",
            "sampled", "sampled_kept", "sampled_unread",
        ),
        draw(st.integers(0, 5)),
    )  # fmt: skip
    return Completeness(
        measure_id=f"m{place}", source="gdelt", since=SINCE, until=UNTIL, share=None, low=0.0, high=1.0,
        measured_at=at(minute), **numbers,
    )  # fmt: skip


def missed(draw: st.DrawFn, place: int, minute: int) -> Record:
    url = draw(st.sampled_from(URLS))
    return MissedStory(
        measure_id=f"m{place}", entry_id=id_of(url), url=url, title=draw(letters), site="a.example",
        why=draw(st.sampled_from(("rejected", "not_fetched"))), detail="", is_story=None, measured_at=at(minute),
    )  # fmt: skip


def first_claim(kind: OriginKind) -> Record:
    """The earliest date claimed for an entry, with nothing but the kind of origin to decide whose it is."""
    origin = Origin(kind=kind, locator=FEEDS[0], rank=0)
    entry = make_entry(URLS[1], origin=origin, published_at=at(-90))
    return Sighting.of("run-1", entry, feed_id=FEEDS[0], seen_at=at(0))


MAKERS = (
    subscription, poll, sighting, attempt, judged, failure, run, unit, correction, transition, gap, alert,
    completeness, missed,
)  # fmt: skip
# A merge compares more of these than the time, so more are needed until two tie.
OFTEN = (sighting, attempt, judged, judged, unit, correction, alert)


@st.composite
def records(draw: st.DrawFn) -> list[Record]:
    """Of each kind, two sets of records about one thing and of one instant that differ in content; and some more.

    Left to chance alone, records hardly ever tie for the first place, and a merge that lets the order of arrival decide
    between them would go unnoticed.
    """
    made: list[Record] = [first_claim(kind) for kind in ORIGINS[1]]
    for maker in (*MAKERS, *OFTEN):
        for place in (0, 1):
            same_time = st.composite(lambda draw, maker=maker, place=place: maker(draw, place, 1))()
            made += draw(st.lists(same_time, min_size=3, max_size=3, unique_by=repr))
    anything = st.composite(
        lambda draw: draw(st.sampled_from(MAKERS))(draw, draw(st.integers(0, 1)), draw(st.integers(0, 2)))
    )()
    return made + draw(st.lists(anything, max_size=10))


Loads = list[list[list[Record]]]


@st.composite
def deliveries(draw: st.DrawFn, of: st.SearchStrategy[list[Record]]) -> tuple[list[Record], Loads]:
    """Records, and another way to deliver them: three loads of two batches each, with some records twice.

    Many records a draw and few loads, for a load costs about the same however many go into it.
    """
    pool = draw(of)
    again = draw(st.lists(st.sampled_from(pool), max_size=5))
    loads: Loads = [[[], []], [[], []], [[], []]]
    for number, record in enumerate(pool + again):
        # The number is added so that also the first draw, which is all zeros, spreads the records.
        part = (number + draw(st.integers(0, 5))) % 6
        loads[part % 3][part // 3].append(record)
    return pool, loads


def corpus_after(empty: Path, loads: list[list[list[Record]]]) -> dict[str, list[tuple[Any, ...]]]:
    with tempfile.TemporaryDirectory() as folder:
        layout = Layout.for_database(Path(folder, "corpus.duckdb"))
        prepare(layout)
        shutil.copyfile(empty, layout.store)
        with duckdb.connect(str(layout.store)) as con:
            for batches in loads:
                paths = []
                for batch_of in filter(None, batches):
                    batch = Batch()
                    for record in batch_of:
                        batch.add(record)
                    paths.append(put_batch(layout, batch))
                load_batches(con, paths)
                assert not any(outdated(con).values())
            return contents_of(con)


LAW = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def check(empty: Path, pool: list[Record], loads: Loads) -> dict[str, list[tuple[Any, ...]]]:
    """The corpus after ``loads``; fails if it is another one after the last load first, or after one load of all."""
    corpus = corpus_after(empty, loads)
    assert corpus_after(empty, loads[::-1]) == corpus
    assert corpus_after(empty, [[pool]]) == corpus
    return corpus


@settings(LAW, max_examples=examples(4))
@given(deliveries(records()))
def test_any_delivery_of_the_same_records_gives_the_same_corpus(
    empty_store: Path, delivery: tuple[list[Record], Loads]
) -> None:
    pool, loads = delivery
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fivegwatch.storage.load.merge, "FAILURES_KEPT", 2)
        check(empty_store, pool, loads)


@st.composite
def announcements(draw: st.DrawFn) -> Record:
    title, minute, rank = draw(st.sampled_from("ABCDEFGH")), draw(st.integers(0, 1)), draw(st.integers(0, 4))
    entry = make_entry(URLS[0], title=title, origin=Origin(kind="feed", locator=FEEDS[0], rank=rank))
    return Sighting.of(draw(runs), entry, feed_id=FEEDS[0], seen_at=at(minute))


@settings(LAW, max_examples=examples(2, times=20))
@given(deliveries(st.lists(announcements(), min_size=20, max_size=40)))
def test_any_delivery_gives_the_same_corpus_also_beyond_the_number_of_versions_kept(
    empty_store: Path, delivery: tuple[list[Record], Loads]
) -> None:
    pool, loads = delivery
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fivegwatch.storage.load.merge, "VERSIONS_KEPT", 2)
        assert len(check(empty_store, pool, loads)["sightings"]) <= 3


def test_which_pages_are_the_newest_of_a_site_does_not_depend_on_the_order_of_captures_at_one_instant(
    empty_store: Path,
) -> None:
    articles = [make_article(f"https://a.example/{n}") for n in range(230)]
    pages: list[Record] = [make_judged(article, captured_at=at(0), keep_text=False) for article in articles]
    corpus = check(empty_store, pages, [[pages[:115]], [pages[115:]]])
    assert len(corpus["newest_pages"]) == 220
