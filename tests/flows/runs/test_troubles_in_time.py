"""Troubles of feeds in simulated weeks: an operator who reads nothing but alerts learns of each within a day, once.

The real decisions, on a made clock: a run every 15 minutes polls what is due. A scenario says what the server answers.
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from fivegwatch.extractors.announce import entry_at
from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.feeds.health import PageTally
from fivegwatch.extractors.model import Entry, FeedState, Origin, Page, ParsedFeed
from fivegwatch.flows.alerts.raising import of_gaps, of_transition
from fivegwatch.flows.runs.due import is_due
from fivegwatch.flows.runs.next_poll import Polling
from fivegwatch.sources.http.client import NotModified

pytestmark = pytest.mark.slow

URL = "https://a.example/feed"
START = datetime(2026, 8, 31, tzinfo=UTC)  # a Monday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TROUBLE = START + timedelta(days=21, hours=10, minutes=7)
END = START + timedelta(days=42)

Rate = Callable[[datetime], float]


@dataclass
class Answer:
    """What the server does at a moment."""

    kind: str = ""
    """Kind of failure; empty: it answers."""
    empty: bool = False
    moved_to: str | None = None
    pages: PageTally = PageTally()  # noqa: RUF009
    retry_after_s: float | None = None
    says_unchanged: bool = False
    """To everyone who sends a validator, whatever the document is."""
    shows: int | None = None
    """Items of the document; None: as many as usual."""


@dataclass
class Scenario:
    """A feed, what happens to it, and what is to be told of it."""

    name: str
    rate: Rate
    answer: Callable[[datetime], Answer]
    told: tuple[str, ...]
    """Statuses told, in order, ``ok`` for the end of a trouble; ``gap`` for gaps."""
    within: timedelta = DAY
    since: datetime = TROUBLE
    window: int = 25
    shown: Callable[[Entry], Entry] = lambda entry: entry
    """What the document has of an item."""
    age: timedelta = timedelta()
    """How long before the simulated weeks everything came."""


def undated(entry: Entry) -> Entry:
    return replace(entry, published_at=None)


def busy(at: datetime) -> float:
    return 1.5 if at.weekday() < 5 and 6 <= at.hour < 20 else 0.4


def office(at: datetime) -> float:
    return 1.2 if at.weekday() < 5 and 7 <= at.hour < 17 else 0.0


def weekly(at: datetime) -> float:
    return 3.0 if at.weekday() == 2 and at.hour == 9 else 0.0


def until(stop: datetime, rate: Rate, again: datetime = END) -> Rate:
    return lambda at: 0.0 if stop <= at < again else rate(at)


def fails(
    kind: str, begin: datetime = TROUBLE, end: datetime = END, **more: float
) -> Callable[[datetime], Answer]:
    return lambda at: Answer(kind=kind, **more) if begin <= at < end else Answer()  # type: ignore[arg-type]


def nightly(kind: str, hours: int) -> Callable[[datetime], Answer]:
    return lambda at: Answer(kind=kind) if at >= TROUBLE and at.hour < hours else Answer()


def blocked(at: datetime) -> Answer:
    return Answer(
        pages=PageTally(refused=12, since=TROUBLE, kind="http_403") if at >= TROUBLE else PageTally()
    )


def walls(at: datetime) -> Answer:
    """A site that walls itself: first its pages, two days later its feed too."""
    return Answer(kind="http_403") if at >= TROUBLE + 2 * DAY else blocked(at)


def calm(_: datetime) -> Answer:
    return Answer()


def in_turn(*kinds: str) -> Callable[[datetime], Answer]:
    return lambda at: Answer(kind=kinds[at.hour % len(kinds)]) if at >= TROUBLE else Answer()


def summer_ends(at: datetime) -> float:
    """Office hours by a clock that is set back."""
    return office(at - HOUR if at >= TROUBLE else at)


def night_dump(at: datetime) -> float:
    return 120.0 if at.hour == 2 and at >= TROUBLE else 0.4


def doubled(at: datetime) -> float:
    return busy(at) * (2 if at >= TROUBLE else 1)


def shows_one(at: datetime) -> Answer:
    return Answer(shows=1 if at >= TROUBLE else None)


def loops_at_night(hours: int) -> Callable[[datetime], Answer]:
    return nightly("too_many_redirects", hours)


MOVED = "https://b.example/feed"
SCENARIOS = [
    Scenario("a busy feed stops", until(TROUBLE, busy), calm, ("overdue",)),
    Scenario("an office feed stops on a Monday morning", until(TROUBLE, office), calm, ("overdue",),
             within=DAY + 6 * HOUR),  # its office is closed for fourteen hours of these
    Scenario("a feed stops for ten days and revives", until(TROUBLE, busy, TROUBLE + 10 * DAY), calm,
             ("overdue", "ok")),
    Scenario("a document without items", busy, lambda at: Answer(empty=at >= TROUBLE), ("silent",)),
    Scenario("a server that is down", busy, fails("connect"), ("failing",)),
    Scenario("a server that is down for three days", busy, fails("timeout", end=TROUBLE + 3 * DAY),
             ("failing", "gap", "ok")),
    Scenario("a name that is gone", busy, fails("dns"), ("failing",)),
    Scenario("a certificate that has run out", busy, fails("tls"), ("failing",)),
    Scenario("malformed for ever", busy, fails("parse_failed"), ("failing",)),
    Scenario("404", busy, fails("http_404"), ("gone",)),
    Scenario("410", busy, fails("http_410"), ("gone",)),
    Scenario("404 for a week", busy, fails("http_404", end=TROUBLE + 7 * DAY), ("gone", "gap", "ok")),
    Scenario("a wall at the feed", busy, fails("http_403"), ("walled",)),
    Scenario("a limit for ever", busy, fails("http_429", retry_after_s=6 * 3_600), ("walled",)),
    Scenario("pages that are refused", busy, blocked, ("blocked",)),
    Scenario("a site that walls itself step by step", busy, walls, ("blocked",)),
    Scenario("errors first, then a wall", busy,
             lambda at: fails("http_503")(at) if at < TROUBLE + 2 * DAY else fails("http_403")(at), ("failing",)),
    Scenario("a move to another host", busy,
             lambda at: Answer(moved_to=MOVED if at >= TROUBLE else None), ("moved",)),
    Scenario("down every night for eight hours", busy, nightly("connect", 8), ("failing", "gap")),
    Scenario("its window rolls over in a night", night_dump, calm, ("gap",)),
    Scenario("a weekly feed stops", until(TROUBLE, weekly), calm, ("overdue",),
             within=5 * DAY, since=TROUBLE + 2 * DAY),
    Scenario("a feed without dates stops", until(TROUBLE, busy), calm, ("overdue",), shown=undated),
    Scenario("dead for 70 days before it was watched", busy, calm, ("overdue",), since=START, age=70 * DAY),
    Scenario("404 and 503 in turn", busy, in_turn("http_503", "http_404"), ("failing", "gone")),
    Scenario("redirects in a circle, at night for ten hours", busy, loops_at_night(10), ("failing", "gap")),
    Scenario("a document of one item, not of 25", busy, shows_one, ("gap",)),
    Scenario("a domain that was sold: a page in place of the feed", busy, fails("not_a_feed"), ("failing",)),
    Scenario("an address inside our network", busy, fails("blocked_address"), ("failing",)),
    Scenario("a bomb", busy, fails("too_large"), ("failing",)),
    Scenario("another failure each hour", busy, in_turn("http_503", "timeout", "http_403", "decode"), ("failing",)),
]  # fmt: skip
NORMAL = [
    Scenario("a busy feed", busy, calm, ()),
    Scenario("office hours, quiet nights and weekends", office, calm, ()),
    Scenario("once a week", weekly, calm, ()),
    Scenario("one item in two days", lambda _: 1 / 48, calm, ()),
    Scenario("maintenance of an hour every night", busy, nightly("http_503", 1), ()),
    Scenario("one failed poll in ten", busy,
             lambda at: Answer(kind="timeout" if at.minute % 40 == 15 and at.hour % 3 == 0 else ""), ()),
    Scenario("empty for an hour at midnight", busy, lambda at: Answer(empty=at.hour == 0), ()),
    Scenario("busy, without dates", busy, calm, (), shown=undated),
    Scenario("office hours, without dates", office, calm, (), shown=undated),
    Scenario("summer time ends", summer_ends, calm, ()),
    Scenario("redirects in a circle, at night for three hours", busy, loops_at_night(3), ()),
    Scenario("its rate doubles", doubled, calm, ()),
    Scenario("says not modified for ever", busy, lambda at: Answer(says_unchanged=at >= TROUBLE), (), window=60),
    Scenario("says not modified from the first day on", office, lambda _: Answer(says_unchanged=True), (), window=60),
    Scenario("a limit for two hours", busy,
             fails("http_429", end=TROUBLE + 2 * HOUR, retry_after_s=1_800.0), ()),
]  # fmt: skip


@pytest.mark.parametrize("scenario", [*SCENARIOS, *NORMAL], ids=lambda scenario: scenario.name)
def test_each_trouble_is_told_within_a_day_and_once_and_what_is_normal_is_not(scenario: Scenario) -> None:
    told = play(scenario)
    assert tuple(kind for _, kind in told) == scenario.told, told
    if told:
        assert scenario.since <= told[0][0] <= scenario.since + scenario.within, told


def play(scenario: Scenario) -> list[tuple[datetime, str]]:
    """What an alert says, and when it is sent."""
    rng = random.Random(scenario.name)
    items = arrivals(rng, scenario.rate)
    if scenario.age:
        came = [(entry, entry.published_at) for entry in items]
        items = [replace(entry, published_at=at - scenario.age) for entry, at in came if at and at < START]
    dates = [entry.published_at for entry in items]
    state = FeedState(feed_id="f", url=URL, subscribed_url=URL)
    told: list[tuple[datetime, str]] = []
    gaps = []
    now = START + timedelta(minutes=rng.randrange(15))
    while now < END:
        if is_due(state, now, due_only=True):
            answer = scenario.answer(now)
            shown = bisect_right(dates, now)  # type: ignore[type-var]
            window = scenario.window if answer.shows is None else answer.shows
            document = tuple(map(scenario.shown, reversed(items[max(0, shown - window) : shown])))
            polling = Polling(state=state, now=now, pages=answer.pages)
            after, parsed = poll(polling, answer, document)
            transition = polling.transition(after, "run")
            if transition and (item := of_transition(transition)):
                told.append((now, item.kind))
            if gap := polling.gap(parsed):
                gaps.append(
                    {
                        "feed_id": "f",
                        "from_at": gap.from_at,
                        "to_at": now,
                        "at_most": gap.at_most,
                        "message": "",
                    }
                )
                if len(of_gaps(gaps)) > len(of_gaps(gaps[:-1])):
                    told.append((now, "gap"))
            state = after
        # The next run in which the feed may be due.
        wait = (state.next_poll_at or now) - now - timedelta(minutes=15)
        now += timedelta(minutes=15) * max(1, int(wait / timedelta(minutes=15)))
    return told


def poll(
    polling: Polling, answer: Answer, document: tuple[Entry, ...]
) -> tuple[FeedState, ParsedFeed | None]:
    if answer.kind:
        error = FetchError(
            answer.kind, url=URL, kind=answer.kind, transient=True, retry_after_s=answer.retry_after_s
        )
        return polling.failed(error), None
    if answer.says_unchanged and polling.validators()[0]:
        return polling.succeeded(NotModified(url=URL, etag="same"), None), None
    shown = () if answer.empty else document
    body = repr([entry.id for entry in shown]).encode()
    page = Page(
        requested_url=polling.state.url, final_url=answer.moved_to or polling.state.url, status=200, content_type="",
        body=body, captured_at=polling.now, origin=Origin(kind="feed", locator="f"), moved_to=answer.moved_to,
        etag="same" if answer.says_unchanged else None,
    )  # fmt: skip
    if polling.knows(page) and answer.moved_to is None:
        return polling.succeeded(NotModified(url=URL), None), None
    parsed = ParsedFeed(format="rss20", entries=shown)
    return polling.succeeded(page, parsed), parsed


def arrivals(rng: random.Random, rate: Rate) -> list[Entry]:
    at, items = START - 30 * DAY, []
    most = max(rate(START + hour * HOUR) for hour in range(42 * 24))
    while at < END:
        at += HOUR * rng.expovariate(most)
        if rng.random() * most < rate(at):
            origin = Origin(kind="feed", locator="f")
            items.append(replace(entry_at(f"https://a.example/{len(items)}", origin), published_at=at))
    return items
