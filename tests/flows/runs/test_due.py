"""What happens next to feeds and entries, as pure decisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.model import Feed, FeedState, Origin, Page, ParsedFeed
from fivegwatch.flows.runs.due import (
    ATTEMPTS,
    EARLY,
    NextAttempt,
    after_attempt,
    after_judging,
    is_due,
    state_for,
)
from fivegwatch.flows.runs.next_poll import JITTER, Polling
from fivegwatch.sources.http.client import NotModified

SHORTEST, LONGEST = timedelta(seconds=LIMITS.poll_min_s), timedelta(seconds=LIMITS.poll_max_s)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FEED = FeedState(feed_id="f", url="https://a.example/feed")


def trouble(kind: str, *, transient: bool = True, retry_after_s: float | None = None) -> FetchError:
    return FetchError(kind, url=FEED.url, kind=kind, transient=transient, retry_after_s=retry_after_s)


def answer(body: bytes, moved_to: str | None = None) -> Page:
    return Page(
        requested_url=FEED.url, final_url=moved_to or FEED.url, status=200, content_type="", body=body, captured_at=NOW,
        origin=Origin(kind="feed", locator="f"), etag='"1"', moved_to=moved_to,
    )  # fmt: skip


def success(state: FeedState, now: datetime, *, changed: bool, moved_to: str | None = None) -> FeedState:
    parsed = ParsedFeed(format="rss20") if changed else None
    return Polling(state=state, now=now).succeeded(answer(b"news", moved_to), parsed)


def failure(state: FeedState, now: datetime, kind: str) -> FeedState:
    return Polling(state=state, now=now).failed(trouble(kind, transient=kind == "timeout"))


def test_validators_and_hash_of_a_feed_that_was_cut_short_are_not_kept() -> None:
    """They would hide the other half: the next poll must ask for the whole document again."""
    whole = success(FEED, NOW, changed=True)
    partial = ParsedFeed(format="rss20", partial=True)
    state = Polling(state=whole, now=NOW).succeeded(answer(b"half"), partial)
    assert (state.etag, state.body_hash) == (None, whole.body_hash)
    assert Polling(state=state, now=NOW).knows(answer(b"news"))


def test_a_feed_that_says_it_did_not_change_keeps_its_validators_unless_it_sends_new_ones() -> None:
    state = Polling(state=success(FEED, NOW, changed=True), now=NOW)
    assert state.succeeded(NotModified(url=FEED.url), None).etag == '"1"'
    assert state.succeeded(NotModified(url=FEED.url, etag='"2"'), None).etag == '"2"'


def test_a_feed_never_polled_is_due() -> None:
    assert is_due(FeedState(feed_id="f", url="u"), NOW, due_only=True)


def test_a_run_by_hand_ignores_our_own_pace_but_not_the_servers_demand() -> None:
    resting = FeedState(feed_id="f", url="u", next_poll_at=NOW + timedelta(hours=1))
    told = FeedState(feed_id="f", url="u", retry_after_at=NOW + timedelta(hours=1))
    assert not is_due(resting, NOW, due_only=True)
    assert is_due(resting, NOW, due_only=False)
    assert not is_due(told, NOW, due_only=False)


def test_a_schedule_as_frequent_as_the_pace_misses_no_poll() -> None:
    """Run at 12:00, polled at 12:00:05, due at 12:15:05: the run of 12:15 must take it."""
    state = replace(FEED, next_poll_at=NOW + timedelta(minutes=15, seconds=5))
    assert is_due(state, NOW + timedelta(minutes=15), due_only=True)
    assert not is_due(state, NOW + timedelta(minutes=15) - 2 * EARLY, due_only=True)


def test_a_feed_without_news_is_polled_less_and_less_often_down_to_once_a_day() -> None:
    state, now, pauses = FEED, NOW, []
    for _ in range(40):
        state = success(state, now, changed=False)
        assert state.next_poll_at
        pauses.append(state.next_poll_at - now)
        now = state.next_poll_at
    assert SHORTEST <= pauses[0] <= timedelta(hours=1)
    assert LONGEST <= pauses[-1] <= LONGEST * (1 + JITTER)


def test_back_off_doubles_up_to_a_day_and_ends_with_a_success() -> None:
    state, now, pauses = FEED, NOW, []
    for _ in range(12):
        state = failure(state, now, "timeout")
        assert state.next_poll_at
        pauses.append(state.next_poll_at - now)
        now = state.next_poll_at
    for pause, plain in zip(pauses, (1, 2, 4), strict=False):
        assert SHORTEST * plain <= pause <= SHORTEST * plain * (1 + JITTER)
    assert timedelta(days=1) <= pauses[-1] <= timedelta(days=1) * (1 + JITTER)
    assert success(state, now, changed=False).failures == 0


def test_a_feed_that_is_gone_is_tried_daily_for_two_weeks_and_then_weekly_for_ever() -> None:
    state = failure(FEED, NOW, "http_410")
    assert (state.health, bool(state.disabled_reason)) == ("gone", True)
    now, pauses = NOW, []
    for _ in range(60):
        assert state.next_poll_at and is_due(state, state.next_poll_at, due_only=True)
        pauses.append(state.next_poll_at - now)
        now = state.next_poll_at
        state = failure(state, now, "http_410")
    assert pauses[12] < timedelta(days=2)
    assert timedelta(days=7) <= pauses[-1] <= timedelta(days=7) * (1 + JITTER)
    back = success(state, now, changed=True)
    assert back.disabled_reason is None and back.failures == 0


def test_a_permanent_redirect_is_followed_at_once_on_the_same_site_and_at_the_third_poll_to_another_host() -> (
    None
):
    here = success(FEED, NOW, changed=True, moved_to="https://a.example/new")
    assert here.url == "https://a.example/new"
    state = FEED
    for poll in range(3):
        assert state.url == FEED.url, poll
        state = success(state, NOW, changed=True, moved_to="https://b.example/feed")
    assert state.url == "https://b.example/feed"


def test_a_redirect_to_another_target_starts_the_count_again() -> None:
    state = success(FEED, NOW, changed=True, moved_to="https://b.example/")
    state = success(state, NOW, changed=True, moved_to="https://c.example/")
    assert (state.moved_to, state.moved_count) == ("https://c.example/", 1)


@pytest.mark.parametrize("kind", ["http_410", "not_html", "too_large", "blocked_address", "robots"])
def test_a_page_with_a_final_failure_is_given_up_at_once(kind: str) -> None:
    assert after_attempt(1, NOW, trouble(kind, transient=True)).state == "gone"


def test_a_missing_page_is_retried_because_feeds_may_announce_pages_before_they_exist() -> None:
    assert after_attempt(1, NOW, trouble("http_404", transient=False)).state == "retry"


def test_an_attempt_is_not_counted_if_the_page_itself_was_not_requested() -> None:
    following = after_attempt(ATTEMPTS, NOW, trouble("host_paused"))
    assert (following.state, following.attempts) == ("retry", ATTEMPTS - 1)


@pytest.mark.parametrize(
    "kind",
    [
        "http_403",
        "http_400",
        "http_405",
        "http_406",
        "http_418",
        "http_499",
        "soft_404",
        "no_text",
        "too_many_redirects",
        "no_location",
    ],
)
def test_a_failure_that_a_site_may_correct_ends_the_page_after_three_attempts(kind: str) -> None:
    states = [after_attempt(n, NOW, trouble(kind, transient=False)).state for n in (1, 2, 3)]
    assert states == ["retry", "retry", "gone"]


@pytest.mark.parametrize("kind", ["http_408", "http_421", "http_425", "http_429"])
def test_a_page_whose_server_asks_for_patience_has_all_attempts(kind: str) -> None:
    """A publisher that limits requests for hours must not lose its stories for good."""
    pauses, end = walk(kind)
    assert (end.state, end.attempts) == ("gone", ATTEMPTS)
    assert sum(pauses, timedelta()) > timedelta(days=2)


def walk(kind: str, *, start: int = 1, transient: bool = True) -> tuple[list[timedelta], NextAttempt]:
    """The pauses between tries that all end as ``kind``, each made when it is due, and how it ends."""
    now, since, last_kind, attempts, pauses = NOW, None, "", start, []
    while True:
        following = after_attempt(
            attempts, now, trouble(kind, transient=transient), since=since, last_kind=last_kind
        )
        if following.state != "retry":
            return pauses, following
        assert following.at
        pauses.append(following.at - now)
        now, since, last_kind, attempts = following.at, following.since, kind, following.attempts + 1


@pytest.mark.parametrize("kind", ["host_paused", "robots_unreachable", "local_resources"])
def test_a_page_that_could_not_be_requested_for_a_month_is_given_up_after_ever_rarer_attempts(
    kind: str,
) -> None:
    pauses, end = walk(kind)
    assert end.state == "gone" and end.attempts == 0
    assert timedelta(days=30) <= sum(pauses, timedelta()) <= timedelta(days=31)
    assert pauses == sorted(pauses) and pauses[0] == timedelta(minutes=10) and len(pauses) < 60


def test_the_time_a_page_waits_for_its_host_is_a_limit() -> None:
    week = replace(LIMITS, unasked_s=7 * 86_400)
    since = NOW - timedelta(days=8)
    assert after_attempt(1, NOW, trouble("host_paused"), week, since=since).state == "gone"
    assert after_attempt(1, NOW, trouble("host_paused"), since=since).state == "retry"


def test_a_page_of_a_line_or_two_is_visited_for_four_days_because_some_grow_into_stories() -> None:
    pauses, end = walk("too_short", transient=False)
    assert pauses == [timedelta(hours=6), timedelta(days=1), timedelta(days=3)]
    assert (end.state, end.attempts) == ("gone", 4)


def test_a_failure_between_two_visits_does_not_use_up_a_visit() -> None:
    """Tries count for what fails by chance; visits go by the time since the first."""
    at_three = after_attempt(3, NOW + timedelta(hours=7), trouble("too_short", transient=False), since=NOW)
    assert at_three.at == NOW + timedelta(hours=30)


@pytest.mark.parametrize("wall", ["bot_wall", "consent_wall", "script_wall"])
def test_a_wall_without_a_story_is_visited_after_an_hour_a_day_and_a_week(wall: str) -> None:
    pauses, end = walk(wall)
    assert [sum(pauses[: n + 1], timedelta()) for n in range(len(pauses))] == [
        timedelta(hours=1), timedelta(days=1), timedelta(days=7),
    ]  # fmt: skip
    assert end.state == "gone"


@pytest.mark.parametrize("wall", ["paywall", "consent_wall", "bot_wall"])
def test_an_article_behind_a_wall_is_read_again_after_a_day_and_a_week_and_then_done(wall: str) -> None:
    first = after_judging(1, NOW, ("teaser", wall))
    assert (first.state, first.at, first.since) == ("retry", NOW + timedelta(days=1), NOW)
    second = after_judging(2, NOW + timedelta(days=1), (wall,), first.since)
    assert (second.state, second.at) == ("retry", NOW + timedelta(days=7))
    assert after_judging(3, NOW + timedelta(days=7), (wall,), second.since).state == "done"


@pytest.mark.parametrize("flags", [(), ("teaser",), ("live_blog",)])
def test_an_article_without_a_wall_or_with_its_wall_lifted_is_done(flags: tuple[str, ...]) -> None:
    assert after_judging(2, NOW, flags, NOW - timedelta(days=1)).state == "done"


@pytest.mark.parametrize("flag", ["too_short", "no_story"])
def test_an_article_without_a_story_is_visited_like_a_page_of_a_line_or_two_and_then_done(flag: str) -> None:
    """Walls in words nobody listed end as articles; so does a headline that will grow."""
    pauses, now, since = [], NOW, None
    while (following := after_judging(len(pauses) + 1, now, (flag,), since)).state == "retry":
        assert following.at
        pauses.append(following.at - now)
        now, since = following.at, following.since
    assert pauses == [timedelta(hours=6), timedelta(days=1), timedelta(days=3)]
    assert following.state == "done"
    assert after_judging(1, NOW, (flag,), settled=True).state == "done"


def test_a_second_consecutive_parse_timeout_ends_a_page_and_one_after_another_failure_does_not() -> None:
    assert walk("parse_timeout")[1].attempts == 2
    assert after_attempt(2, NOW, trouble("parse_timeout"), last_kind="http_503").state == "retry"


@given(st.integers(1, ATTEMPTS + 5), st.one_of(st.none(), st.floats(0, 86_400)))
def test_a_transient_failure_is_retried_until_no_attempt_is_left(
    attempts: int, retry_after_s: float | None
) -> None:
    """Never before the server's time, never in the past, never for ever."""
    following = after_attempt(attempts, NOW, trouble("timeout", retry_after_s=retry_after_s))
    if attempts >= ATTEMPTS:
        assert following.state == "gone"
        return
    assert following.state == "retry" and following.at and following.at > NOW
    if retry_after_s is not None:
        assert following.retry_after_at == NOW + timedelta(seconds=retry_after_s)
        assert following.at >= following.retry_after_at


def test_a_feed_with_another_address_in_the_watchlist_gets_a_new_state() -> None:
    stored = success(replace(FEED, subscribed_url=FEED.url), NOW, changed=True)
    stopped = replace(stored, disabled_reason="410", retry_after_at=NOW + timedelta(days=1))
    feed = Feed(id="f", url=FEED.url, title="F")
    assert state_for(feed, stored) == stored
    assert state_for(feed, None) == FeedState(feed_id="f", url=FEED.url, subscribed_url=FEED.url)
    moved = replace(feed, url="https://b.example/feed")
    fresh = FeedState(feed_id="f", url=moved.url, subscribed_url=moved.url)
    assert state_for(moved, stored) == state_for(moved, stopped) == fresh


def test_a_permanent_move_is_kept_while_the_watchlist_names_the_old_address() -> None:
    moved = replace(FEED, url="https://b.example/feed", subscribed_url=FEED.url)
    assert state_for(Feed(id="f", url=FEED.url, title="F"), moved).url == "https://b.example/feed"
