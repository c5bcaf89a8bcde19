"""Decides whether a feed is due now, when a page is requested next, and when it is given up.

It uses no network, no database and no clock. When a feed is polled next is decided in `next_poll`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fivegwatch.extractors.errors import NewsError
from fivegwatch.extractors.feeds.health import STUBS, WALLS
from fivegwatch.extractors.limits import LIMITS, Limits
from fivegwatch.extractors.model import EntryState, Feed, FeedState
from fivegwatch.flows.runs.next_poll import GONE_PAUSE, JITTER, retry_after

EARLY = timedelta(minutes=2)
"""A feed that is due within this time is polled now. Otherwise a schedule as frequent as the polls of a feed would miss
every second one.
"""
ATTEMPTS = 8
"""Number of attempts after which a page is given up; with the growing pauses they take about two days."""

UNASKED_KINDS = frozenset({"host_paused", "robots_unreachable", "local_resources"})
"""Failures before the page itself was requested. They do not count as attempts; `Limits.unasked_s` limits the wait."""
UNASKED_PAUSE = 4
"""A page that was not requested waits again for the time it has waited, divided by this number. So a page of a host
that is down for weeks is tried some fifty times, not three thousand.
"""
PATIENT_ATTEMPTS = 3
PATIENT_KINDS = frozenset(
    {"soft_404", "no_text", "bad_response", "decode", "too_many_redirects", "no_location"}
) | {f"http_{status}" for status in range(400, 500) if status not in {408, 410, 421, 425, 429, 451}}
"""Failures that sound final but are often temporary: a feed may announce a page before the site serves it, and
firewalls refuse with 400, 403, 405, 406, 409 or 418 for a while. Only 410 and 451 are final. 408, 421, 425 and 429 ask
for another request later, so they have all `ATTEMPTS`."""
FINAL_KINDS = frozenset(
    {"http_410", "not_html", "too_large", "blocked_address", "scheme", "port", "userinfo", "robots"}
)
"""Failures of a page that another request cannot cure."""
STUB_VISITS = (timedelta(hours=6), timedelta(days=1, hours=6), timedelta(days=4, hours=6))
"""When a page of only a line or two is requested again, counted from the first attempt: some are headlines that grow
into stories. The pauses are 6 hours, 1 day and 3 days.
"""
WALL_VISITS = (timedelta(days=1), timedelta(days=7))
"""When a page behind a wall (paywall, consent, bot check) is requested again, counted from the first attempt."""
REVISITS = {
    "too_short": STUB_VISITS,
    # The check may be over in an hour, and nothing of the story is known yet.
    **dict.fromkeys(("bot_wall", "consent_wall", "script_wall"), (timedelta(hours=1), *WALL_VISITS)),
}
"""When a page that holds no story yet is requested again, by kind of failure; after the last time it is given up."""
WALLED = "walled"
"""Kind of an attempt whose article was judged, although a wall or a notice hides part of it."""

UNIT_ATTEMPTS = 6
UNIT_FIRST_PAUSE, UNIT_LONGEST_PAUSE = timedelta(minutes=10), timedelta(days=1)
"""The pause after the first failure of a unit of a backfill, and the longest; the pause triples each time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextAttempt:
    """The state of an entry after an attempt to fetch its page."""

    state: EntryState
    attempts: int = 0
    at: datetime | None = None
    retry_after_at: datetime | None = None
    since: datetime | None = None
    """When the first of the attempts in a row was made that left the entry waiting; None if it does not wait."""


def state_for(feed: Feed, stored: FeedState | None) -> FeedState:
    """The state with which to poll ``feed``: the ``stored`` one, or a new one if the watchlist has another address now.

    Validators, pauses and the end of the old address do not apply to the new address.
    """
    if stored is None or (stored.subscribed_url and stored.subscribed_url != feed.url):
        return FeedState(feed_id=feed.id, url=feed.url, subscribed_url=feed.url)
    return replace(stored, subscribed_url=feed.url)


def is_due(state: FeedState, now: datetime, *, due_only: bool, limits: Limits = LIMITS) -> bool:
    """Whether to poll a feed at ``now``, by the system's clock.

    A run by hand (``due_only`` False) ignores our own pauses, but never a server's Retry-After. Times set by a clock
    that was ahead are ignored: if the last poll is in the future, or the next poll is further off than any limit
    allows, the feed is due.
    """
    if state.checked_at and state.checked_at > now + EARLY:
        return True
    if _waits(state.retry_after_at, now, limits.retry_after_max_s):
        return False
    longest_s = max(limits.poll_max_s, limits.backoff_max_s, GONE_PAUSE.total_seconds()) * (1 + JITTER)
    return not (due_only and _waits(state.next_poll_at, now + EARLY, longest_s))


def _waits(until: datetime | None, now: datetime, longest_s: float) -> bool:
    """Whether ``until`` is in the future, but at most ``longest_s`` seconds."""
    return until is not None and now < until <= now + timedelta(seconds=longest_s) + EARLY


def longest_wait(limits: Limits) -> timedelta:
    """The longest time that a page waits for its next attempt; a longer one was set by a clock that was ahead."""
    seconds = max(limits.backoff_max_s, limits.retry_after_max_s, limits.unasked_s)
    return max(timedelta(seconds=seconds), *WALL_VISITS, *STUB_VISITS)


def after_judging(
    attempts: int,
    now: datetime,
    flags: Collection[str],
    since: datetime | None = None,
    *,
    settled: bool = False,
) -> NextAttempt:
    """The state of an entry whose page was judged at its ``attempts``-th attempt.

    If the quality ``flags`` of the article name a wall, the page is requested again at `WALL_VISITS` after ``since``.
    If they say that it holds no story yet, it is requested again at `STUB_VISITS`, unless it is ``settled``: the page
    was judged a story, or it cannot change.
    """
    since = since or now
    visits: Sequence[timedelta] = ()
    if WALLS.intersection(flags):
        visits = WALL_VISITS
    elif STUBS.intersection(flags) and not settled:
        visits = STUB_VISITS
    at = _next_visit(visits, since, now)
    if at is None:
        return NextAttempt(state="done", attempts=attempts)
    return NextAttempt(state="retry", attempts=attempts, at=at, since=since)


def after_attempt(
    attempts: int,
    now: datetime,
    error: NewsError,
    limits: Limits = LIMITS,
    *,
    since: datetime | None = None,
    last_kind: str = "",
) -> NextAttempt:
    """The state of an entry whose ``attempts``-th attempt failed.

    ``since`` is the time of the first of the failed attempts in a row; ``last_kind`` is how the attempt before this
    ended.
    """
    since = since or now
    if error.kind in UNASKED_KINDS:
        attempts -= 1
    wait = retry_after(error, now)
    at = _retry_at(attempts, now, error, limits, since, last_kind)
    if at is None:
        return NextAttempt(state="gone", attempts=attempts)
    return NextAttempt(
        state="retry", attempts=attempts, at=max(at, wait or now), retry_after_at=wait, since=since
    )


def unit_due_again_at(attempts: int, now: datetime, error: NewsError) -> datetime | None:
    """When a unit of a backfill is due again after its ``attempts``-th attempt failed; None if it is given up."""
    if not error.transient or attempts >= UNIT_ATTEMPTS:
        return None
    pause: timedelta = min(UNIT_LONGEST_PAUSE, UNIT_FIRST_PAUSE * 3 ** (attempts - 1))
    return max(now + pause, retry_after(error, now) or now)


def _retry_at(
    attempts: int, now: datetime, error: NewsError, limits: Limits, since: datetime, last_kind: str
) -> datetime | None:
    """The time of the next attempt by our own pauses; None if the page is given up."""
    longest, shortest = timedelta(seconds=limits.backoff_max_s), timedelta(minutes=10)
    if error.kind in UNASKED_KINDS:
        waited = now - since
        if waited >= timedelta(seconds=limits.unasked_s):
            return None
        return now + min(longest, max(shortest, waited / UNASKED_PAUSE))
    if error.kind in REVISITS:
        return _next_visit(REVISITS[error.kind], since, now)
    if error.kind in PATIENT_KINDS:
        over = attempts >= PATIENT_ATTEMPTS
    elif error.kind == "parse_timeout" and last_kind == "parse_timeout":
        over = True  # one timeout may be due to a busy machine, a second one to the page
    else:
        over = error.kind in FINAL_KINDS or not error.transient or attempts >= ATTEMPTS
    return None if over else now + min(longest, shortest * 3 ** min(max(attempts - 1, 0), 8))


def _next_visit(visits: Sequence[timedelta], since: datetime, now: datetime) -> datetime | None:
    return next((since + after for after in visits if since + after > now), None)
