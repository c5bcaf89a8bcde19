"""States of entries, articles and verdicts that follow from given records."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from fivegwatch.extractors.model import Failure, Origin, PageDate
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import load
from fivegwatch.storage.read.entries import entry_counts, pending_entries
from fivegwatch.storage.read.feeds import feed_states, known_feeds
from fivegwatch.storage.read.texts import Selection, stored_texts
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.feed_records import Poll, Subscription
from fivegwatch.storage.spool.records import Attempt, Failed, Run, Sighting
from tests.storage.builders import (
    at,
    make_article,
    make_decision,
    make_entry,
    make_feed,
    make_judged,
    make_state,
)
from tests.storage.contents import ask

pytestmark = pytest.mark.slow

URL = "https://a.example/story"


@pytest.fixture
def layout(layout: Layout, empty_store: Path) -> Layout:
    shutil.copyfile(empty_store, layout.store)
    return layout


ALL_ROWS = (0, 1_000_000)


def store(layout: Layout, batch: Batch) -> None:
    put_batch(layout, batch)
    load(layout)


def see(layout: Layout, minute: float, *, feed: str = "example-news", **changes: object) -> None:
    batch = Batch()
    batch.add(Sighting.of("run", make_entry(URL, feed=feed, **changes), feed_id=feed, seen_at=at(minute)))
    store(layout, batch)


def attempt(layout: Layout, minute: float, state: str, **changes: object) -> None:
    batch = Batch()
    given = {"attempts": 1, **changes}
    batch.add(
        Attempt(run_id="run", entry_id=make_entry(URL).id, attempted_at=at(minute), state=state, **given)
    )  # type: ignore[arg-type]
    store(layout, batch)


def judge(layout: Layout, captured: float, judged: float, *, run: str = "run", **changes: object) -> None:
    article = make_article(URL, **{k: v for k, v in changes.items() if k in ("text", "title", "quality")})
    decision = make_decision(
        article, **{k: v for k, v in changes.items() if k in ("relevant", "fingerprint", "reason")}
    )
    batch = Batch()
    batch.add(
        make_judged(
            article,
            decision,
            run=run,
            entry_id=make_entry(URL).id,
            origin=Origin(kind="feed", locator="example-news"),
            captured_at=at(captured),
            raw_ref=changes.get("raw_ref"),
            judged_at=at(judged),
            keep_text=bool(changes.get("keep", True)),
        )
    )
    store(layout, batch)


def test_a_new_entry_is_pending_with_all_values_its_feed_gave(layout: Layout) -> None:
    entry = make_entry(URL, content="All of it.", guid="g", authors=("Ann",), categories=("5G",))
    batch = Batch()
    batch.add(Sighting.of("run", entry, feed_id="example-news", seen_at=at(0)))
    store(layout, batch)
    (row,) = pending_entries(layout, at(1))
    assert (row.state, row.attempts, row.feed_id) == ("pending", 0, "example-news")
    assert row.entry == make_entry(
        URL, content="All of it.", guid="g", authors=("Ann",), categories=("5G",),
        origin=Origin(kind="feed", locator="example-news"),
    )  # fmt: skip


def test_an_entry_done_and_announced_unchanged_stays_done(layout: Layout) -> None:
    see(layout, 0)
    attempt(layout, 1, "done")
    see(layout, 2)
    assert pending_entries(layout, at(3)) == []


def test_an_entry_done_and_announced_changed_by_the_same_feed_is_pending_with_its_validators(
    layout: Layout,
) -> None:
    see(layout, 0)
    attempt(layout, 1, "done", etag='"v1"', attempts=2)
    see(layout, 2, title="Corrected title")
    (row,) = pending_entries(layout, at(2))
    assert (row.state, row.attempts, row.etag) == ("pending", 0, '"v1"')
    assert row.entry.title == "Corrected title"
    attempt(layout, 3, "done", etag='"v2"')
    assert pending_entries(layout, at(4)) == []


def test_two_feeds_with_different_titles_for_one_address_do_not_cause_repeated_fetches(
    layout: Layout,
) -> None:
    see(layout, 0, title="One title")
    see(layout, 1, title="Another title", feed="other-feed")
    attempt(layout, 2, "done")
    for minute in (3, 5):
        see(layout, minute, title="One title")
        see(layout, minute + 1, title="Another title", feed="other-feed")
    assert pending_entries(layout, at(10)) == []


def test_pages_of_a_feed_that_changes_every_announcement_are_fetched_at_growing_intervals(
    layout: Layout,
) -> None:
    see(layout, 0)
    for number in range(1, 7):
        minute = 10.0 * number
        attempt(layout, minute, "done")
        see(layout, minute + 1, title=f"Version {number}")
    assert pending_entries(layout, at(61 + 3 * 60)) == []
    assert len(pending_entries(layout, at(61 + 4 * 60))) == 1
    assert len(pending_entries(layout, at(62), ignore_backoff=True)) == 1


def test_a_feed_that_changes_an_entry_at_every_poll_does_not_delay_its_page_forever(
    layout: Layout,
) -> None:
    see(layout, 0)
    attempt(layout, 1, "done")
    for minute in range(15, 4 * 60, 15):
        see(layout, minute, title=f"Stamped {minute}")
    assert len(pending_entries(layout, at(24 * 60 + 1))) == 1


def test_a_page_behind_a_wall_waits_for_its_date_also_when_waiting_times_are_ignored(layout: Layout) -> None:
    see(layout, 0)
    walled = {"kind": "walled", "article_id": "a1", "next_attempt_at": at(1441), "retrying_since": at(1)}
    attempt(layout, 1, "retry", **walled)
    assert pending_entries(layout, at(1440), ignore_backoff=True) == []
    (row,) = pending_entries(layout, at(1441))
    assert (row.state, row.problem, row.retrying_since) == ("retry", "walled", at(1))
    attempt(layout, 1441, "done", attempts=2, article_id="a1")
    assert pending_entries(layout, at(99_999)) == []


def test_a_page_behind_a_wall_whose_feed_announces_a_change_is_read_at_once(layout: Layout) -> None:
    see(layout, 0)
    attempt(
        layout, 1, "retry", kind="walled", article_id="a1", next_attempt_at=at(1441), retrying_since=at(1)
    )
    see(layout, 2, title="Corrected title")
    (row,) = pending_entries(layout, at(2))
    assert (row.state, row.attempts, row.retrying_since) == ("pending", 0, None)


def test_the_versions_kept_of_one_entry_and_origin_are_bounded(layout: Layout) -> None:
    for start in (0, 40):
        batch = Batch()
        for minute in range(start, start + 60):
            entry = make_entry(URL, title=f"Stamped {minute}")
            batch.add(Sighting.of("run", entry, feed_id="example-news", seen_at=at(minute)))
        store(layout, batch)
    assert ask(layout, "select count(*) from base.sightings") == [(33,)]
    assert ask(layout, "select first_seen_at, last_seen_at, versions from sightings") == [(at(0), at(99), 33)]
    assert ask(layout, "select changed_at, first_seen_at from entries") == [(at(99), at(0))]


def test_a_failed_attempt_waits_for_our_time_unless_ignored_and_always_for_the_servers(
    layout: Layout,
) -> None:
    see(layout, 0)
    attempt(layout, 1, "retry", next_attempt_at=at(30))
    assert pending_entries(layout, at(29)) == []
    assert len(pending_entries(layout, at(29), ignore_backoff=True)) == 1
    assert len(pending_entries(layout, at(30))) == 1
    attempt(layout, 31, "retry", retry_after_at=at(60), attempts=2)
    assert pending_entries(layout, at(59), ignore_backoff=True) == []
    (row,) = pending_entries(layout, at(60))
    assert (row.state, row.attempts) == ("retry", 2)


def test_an_entry_given_up_is_not_asked_for_again(layout: Layout) -> None:
    see(layout, 0)
    attempt(layout, 1, "gone", kind="http_410", message="410 Gone")
    see(layout, 2, title="Changed")
    assert pending_entries(layout, at(3), ignore_backoff=True) == []
    assert ask(layout, "select state, problem from entries") == [("gone", "http_410")]


def test_validators_and_article_of_a_success_are_kept_after_a_later_failure(layout: Layout) -> None:
    see(layout, 0)
    attempt(layout, 1, "done", etag='"v1"', last_modified="then", article_id="a1")
    attempt(layout, 2, "retry", status=503)
    (row,) = pending_entries(layout, at(3))
    assert (row.etag, row.last_modified, row.article_id) == ('"v1"', "then", "a1")


def test_an_attempt_may_be_loaded_before_its_entry(layout: Layout) -> None:
    attempt(layout, 1, "done")
    see(layout, 0)
    assert pending_entries(layout, at(2)) == []
    assert ask(layout, "select state from entries") == [("done",)]


def test_pending_entries_are_ordered_by_attempts_then_newest_first_up_to_the_limit(layout: Layout) -> None:
    batch = Batch()
    for number in range(4):
        batch.add(Sighting.of("run", make_entry(f"https://a.example/{number}"), seen_at=at(number)))
    tried = make_entry("https://a.example/3")
    batch.add(Attempt(run_id="run", entry_id=tried.id, attempted_at=at(5), state="retry", attempts=1))
    store(layout, batch)
    urls = [row.entry.url[-1] for row in pending_entries(layout, at(6), limit=3)]
    assert urls == ["2", "1", "0"]


def test_a_feed_remembers_its_latest_poll_and_the_watchlist_its_latest_text(layout: Layout) -> None:
    feed, batch = make_feed(), Batch()
    late = make_state(feed, etag="new", failures=0, checked_at=at(9))
    batch.add(Poll.of("run", late, outcome="new", polled_at=at(9)))
    batch.add(Subscription.of(make_feed(title="Renamed"), synced_at=at(9)))
    store(layout, batch)
    batch = Batch()
    batch.add(Poll.of("run", make_state(feed, etag="old", failures=3), outcome="failed", polled_at=at(1)))
    batch.add(Subscription.of(feed, synced_at=at(1)))
    store(layout, batch)
    assert feed_states(layout) == {feed.id: late}
    assert known_feeds(layout) == {feed.id: make_feed(title="Renamed")}
    assert ask(layout, "select status, last_outcome from feed_health") == [("ok", "new")]
    assert ask(layout, "select count(*) from polls") == [(2,)]


def test_a_rejection_under_new_rules_keeps_text_and_archive_reference(layout: Layout) -> None:
    judge(layout, 1, 1, raw_ref="2026-05/x@1")
    judge(layout, 1, 5, relevant=False, fingerprint="rules-2", keep=False)
    assert ask(layout, "select verdict, raw_ref from ledger") == [("rejected", "2026-05/x@1")]
    (row,) = stored_texts(layout.store, ALL_ROWS, Selection())
    assert (row.article.text, row.rules_fingerprint) == ("Core network attacked.", "rules-2")
    assert stored_texts(layout.store, ALL_ROWS, Selection(other_than="rules-2")) == []


def test_an_article_read_back_to_be_judged_again_is_the_article_that_was_stored(layout: Layout) -> None:
    article = make_article(
        URL, authors=("Ann",), tags=("5G",), quality=("paywall",), section="Tech", site_name="The Example",
        page_chars=4_321,
        dates=(PageDate(source="meta", at=at(-60), precision="day", zone_known=False),), lengths=(("feed", 9),),
    )  # fmt: skip
    batch = Batch()
    batch.add(make_judged(article, captured_at=at(1), page_hash="p", judged_at=at(2)))
    store(layout, batch)
    (row,) = stored_texts(layout.store, ALL_ROWS, Selection())
    assert row.article == article
    assert (row.captured_at, row.page_hash, row.origin.locator) == (at(1), "p", "f")


def test_as_of_gives_the_verdict_of_a_moment_and_of_given_rules(layout: Layout) -> None:
    judge(layout, 1, 1, relevant=True, fingerprint="rules-1")
    judge(layout, 1, 10, relevant=False, fingerprint="rules-2")
    judge(layout, 1, 15, relevant=False, fingerprint="rules-2")
    judge(layout, 1, 20, relevant=True, fingerprint="rules-1")
    history = ask(layout, "select verdict, valid_from, valid_to from decisions order by valid_from")
    assert [(verdict, until) for verdict, _, until in history] == [
        ("kept", at(10)), ("rejected", at(20)), ("kept", None),
    ]  # fmt: skip
    for minute, expected in ((0, []), (5, [(True,)]), (12, [(False,)]), (30, [(True,)])):
        moment = at(minute).isoformat()
        assert ask(layout, f"select relevant from as_of(timestamptz '{moment}')") == expected
    moment = at(30).isoformat()
    under = f"select relevant from as_of(timestamptz '{moment}', rules := 'rules-2')"
    assert ask(layout, under) == [(False,)]


def test_a_page_without_an_entry_has_its_capture_as_its_sighting(layout: Layout) -> None:
    article = make_article(URL)
    batch = Batch()
    origin = Origin(kind="warc", locator="crawl.warc.gz@17")
    batch.add(make_judged(article, origin=origin, captured_at=at(-9000), judged_at=at(0)))
    store(layout, batch)
    assert ask(layout, "select origin_kind, origin_locator, url from sightings") == [
        ("warc", "crawl.warc.gz@17", URL)
    ]
    assert ask(layout, "select sightings, first_seen_at from stories") == [(1, at(-9000))]


def test_a_story_reached_from_two_addresses_counts_the_sightings_of_both(layout: Layout) -> None:
    article, batch = make_article(URL), Batch()
    for number, address in enumerate((URL, "https://short.example/x")):
        entry = make_entry(address, feed=f"feed-{number}")
        batch.add(Sighting.of("run", entry, feed_id=f"feed-{number}", seen_at=at(number)))
        batch.add(
            Attempt(
                run_id="run",
                entry_id=entry.id,
                attempted_at=at(5),
                state="done",
                attempts=1,
                article_id=article.id,
            )
        )
    batch.add(make_judged(article, origin=Origin(kind="archive", locator="x@1"), captured_at=at(5)))
    store(layout, batch)
    assert ask(layout, "select sightings, feeds from stories") == [(2, ["feed-0", "feed-1"])]
    for address in (URL, "https://short.example/x", article.id):
        assert ask(layout, f"select verdict, body from story('{address}')") == [
            ("kept", "Core network attacked.")
        ]
    assert ask(layout, "from story('https://unknown.example/')") == []


def test_what_a_run_did_is_counted_in_the_views(layout: Layout) -> None:
    feed, batch = make_feed(), Batch()
    batch.add(replace(Poll.of("run-1", make_state(feed), outcome="new", polled_at=at(0)), entries_seen=3))
    for number, state in enumerate(("done", "retry", "gone")):
        entry = make_entry(f"https://a.example/{number}")
        batch.add(Sighting.of("run-1", entry, feed_id=feed.id, seen_at=at(0)))
        batch.add(Attempt(run_id="run-1", entry_id=entry.id, attempted_at=at(1), state=state, attempts=1))  # type: ignore[arg-type]
    batch.add(
        Failed.of(
            "run-1",
            Failure(url="u", stage="fetch", kind="timeout", message="m", transient=True, failed_at=at(1)),
        )
    )
    batch.add(Run(run_id="run-1", flow="ingest", started_at=at(0)))
    store(layout, batch)
    judge(layout, 1, 1, run="run-1")
    batch = Batch()
    batch.add(
        Run(
            run_id="run-1",
            flow="ingest",
            started_at=at(0),
            ended_at=at(2),
            state="Completed",
            counts={"new": 3},
        )
    )
    store(layout, batch)
    assert ask(layout, "select outcome, count(*) from polls where run_id = 'run-1' group by 1") == [
        ("new", 1)
    ]
    assert ask(layout, "select verdict, count(*) from decisions where run_id = 'run-1' group by 1") == [
        ("kept", 1)
    ]
    assert ask(layout, "select count(*) from failures where run_id = 'run-1'") == [(1,)]
    assert ask(layout, "select state, seconds, counts from runs") == [("Completed", 120.0, {"new": 3})]
    assert entry_counts(layout) == {"done": 1, "retry": 1, "gone": 1}


def test_a_corpus_that_does_not_exist_yet_answers_with_nothing(tmp_path: Path) -> None:
    layout = Layout.for_database(tmp_path / "none.duckdb")
    for _ in ("no file", "a file without a schema, as a loader killed at once leaves it"):
        assert pending_entries(layout, at(0)) == []
        assert (feed_states(layout), known_feeds(layout), entry_counts(layout)) == ({}, {}, {})
        layout.store.parent.mkdir(parents=True, exist_ok=True)
        duckdb.connect(str(layout.store)).close()
