"""When a feed is polled next: its rhythm, and what server and document ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fivegwatch.extractors.announce import entry_at
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.model import Entry, FeedState, Origin, Page, ParsedFeed
from fivegwatch.flows.runs.next_poll import JITTER, Polling
from fivegwatch.sources.http.client import NotModified

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "https://a.example/feed"
HOUR = timedelta(hours=1)


def items(count: int, apart: timedelta, newest: datetime = NOW) -> tuple[Entry, ...]:
    origin = Origin(kind="feed", locator="f")
    return tuple(
        replace(entry_at(f"https://a.example/{newest:%j%H%M}-{n}", origin), published_at=newest - n * apart)
        for n in range(count)
    )


def pause(entries: tuple[Entry, ...], *, fresh_s: float = 0.0, feed: str = "f", **asks: object) -> timedelta:
    """The pause after the first poll of a feed with these items."""
    page = Page(requested_url=URL, final_url=URL, status=200, content_type="", body=b"x", captured_at=NOW,
                origin=Origin(kind="feed", locator="f"), fresh_s=fresh_s)  # fmt: skip
    parsed = ParsedFeed(format="rss20", entries=entries, **asks)  # type: ignore[arg-type]
    state = Polling(state=FeedState(feed_id=feed, url=URL), now=NOW).succeeded(page, parsed)
    assert state.next_poll_at
    return state.next_poll_at - NOW


def test_a_busy_feed_is_polled_often_and_a_rare_one_once_a_day() -> None:
    shortest, longest = timedelta(seconds=LIMITS.poll_min_s), timedelta(seconds=LIMITS.poll_max_s)
    assert shortest <= pause(items(30, timedelta(minutes=2))) <= shortest * (1 + JITTER)
    assert longest <= pause(items(20, timedelta(days=2.5))) <= longest * (1 + JITTER)


@pytest.mark.parametrize("asks", [{"fresh_s": 7_200.0}, {"pause_s": 7_200.0}])
def test_what_server_and_document_ask_is_honoured_unless_the_document_would_roll_over(
    asks: dict[str, float],
) -> None:
    assert pause(items(40, timedelta(minutes=30)), **asks) >= 2 * HOUR  # type: ignore[arg-type]
    assert pause(items(20, timedelta(minutes=2)), **asks) < HOUR  # type: ignore[arg-type]


def test_no_poll_falls_into_hours_or_days_to_skip() -> None:
    entries = items(40, timedelta(minutes=30))
    assert 3 * HOUR <= pause(entries, skip_hours=(12, 13, 14)) <= 3 * HOUR + timedelta(minutes=1)
    assert pause(entries, skip_days=(0,)) >= 12 * HOUR
    assert pause(entries, skip_days=(0, 1)) >= 36 * HOUR  # longer than our own longest pause
    assert pause(entries, skip_days=tuple(range(7))) == pause(entries)


def test_pauses_of_feeds_of_one_server_differ() -> None:
    assert len({pause(items(40, HOUR), feed=name) for name in "abcdefgh"}) == 8


def test_two_documents_that_share_no_item_are_a_gap_and_the_next_poll_is_sooner() -> None:
    state = FeedState(feed_id="f", url=URL)
    page = Page(requested_url=URL, final_url=URL, status=200, content_type="", body=b"x", captured_at=NOW,
                origin=Origin(kind="feed", locator="f"))  # fmt: skip
    first = ParsedFeed(format="rss20", entries=items(20, HOUR))
    assert Polling(state=state, now=NOW).gap(first) is None
    state = Polling(state=state, now=NOW).succeeded(page, first)
    later = NOW + 8 * HOUR
    second = ParsedFeed(format="rss20", entries=items(20, timedelta(minutes=12), later))
    gap = Polling(state=state, now=later).gap(second)
    assert gap is not None and (gap.from_at, gap.to_at) == (NOW, later) and gap.at_most >= 20
    after = Polling(state=state, now=later).succeeded(page, second)
    assert after.next_poll_at and after.next_poll_at - later <= HOUR
    # A server that gives the old and the new document in turn drops nothing.
    assert Polling(state=after, now=later + HOUR).gap(first) is None
    unchanged = Polling(state=after, now=later + HOUR).succeeded(NotModified(url=URL), None)
    assert unchanged.memory == after.memory or unchanged.health == "ok"
