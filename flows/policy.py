"""What happens next to feeds and entries, as pure decisions. No network, no database, no clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from extractors.errors import NewsError
from extractors.limits import LIMITS, Limits
from extractors.model import EntryState, Feed, FeedState

EARLY = timedelta(minutes=2)
"""A feed due this soon is polled now: else a schedule as quick as the pace would miss every second poll."""
MOVES_TO_BELIEVE = 3
"""Polls in a row a redirect to another host must be seen before it replaces the stored address."""
NOT_FOUND_POLLS, NOT_FOUND_TIME = 10, timedelta(days=3)
"""A feed that answers 404 this often over this long is switched off, with a note."""
ATTEMPTS = 8
"""Attempts at one page before it is given up, with a note: with the back-off that is about two days."""

UNASKED_KINDS = frozenset({"host_paused", "robots_unreachable", "local_resources"})
"""The page itself was never asked for: no attempt is counted."""
PATIENT_ATTEMPTS = 3
PATIENT_KINDS = frozenset(
    {"http_401", "http_403", "http_404", "bad_response", "decode", "too_many_redirects", "no_location"}
)
"""Failures that are often temporary though they sound final: feeds run ahead of their sites, guards relax."""
FINAL_KINDS = frozenset(
    {"http_410", "not_html", "too_large", "blocked_address", "scheme", "port", "userinfo", "robots"}
)
"""Failures of a page that asking again will not cure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextAttempt:
    """What becomes of an entry after an attempt at its page."""

    state: EntryState
    attempts: int = 0
    at: datetime | None = None
    retry_after_at: datetime | None = None


def state_for(feed: Feed, stored: FeedState | None) -> FeedState:
    """The state to poll ``feed`` with: the stored one, or a fresh one when it belongs to another address.

    Validators, a pause or an end that concern the old address say nothing about the new one.
    """
    if stored is None or (stored.subscribed_url and stored.subscribed_url != feed.url):
        return FeedState(feed_id=feed.id, url=feed.url, subscribed_url=feed.url)
    return replace(stored, subscribed_url=feed.url)


def is_due(state: FeedState, now: datetime, *, due_only: bool) -> bool:
    """Whether to poll now. A run by hand (``due_only`` False) ignores our own pace, never the server's demand."""
    if state.disabled_reason:
        return False
    if state.retry_after_at and state.retry_after_at > now:
        return False
    return not (due_only and state.next_poll_at and state.next_poll_at > now + EARLY)


def after_success(
    state: FeedState,
    now: datetime,
    *,
    changed: bool,
    etag: str | None,
    last_modified: str | None,
    body_hash: str | None,
    moved_to: str | None = None,
    same_site: bool = False,
    limits: Limits = LIMITS,
) -> FeedState:
    """State of a feed that answered: the pace quickens when it had news and slackens when it had none."""
    shortest, longest = timedelta(seconds=limits.poll_min_s), timedelta(seconds=limits.poll_max_s)
    pace = shortest if changed else min(longest, max(shortest, _last_pace(state) * 1.5))
    state = _after_move(state, moved_to, same_site=same_site)
    return replace(
        state,
        etag=etag,
        last_modified=last_modified,
        body_hash=body_hash or state.body_hash,
        checked_at=now,
        failures=0,
        first_failed_at=None,
        next_poll_at=now + pace,
        retry_after_at=None,
    )


def after_failure(state: FeedState, now: datetime, error: NewsError, limits: Limits = LIMITS) -> FeedState:
    """State of a feed that failed: back-off doubles up to a day; 410 ends it at once, 404 only after days."""
    failures = state.failures + 1
    since = state.first_failed_at or now
    shortest = timedelta(seconds=limits.poll_min_s)
    pause = min(timedelta(seconds=limits.backoff_max_s), shortest * 2 ** min(failures - 1, 16))
    wait = _retry_after(error, now)
    disabled = None
    if error.kind == "http_410":
        disabled = f"410 Gone on {now:%Y-%m-%d}: the publisher ended this feed"
    elif error.kind == "http_404" and failures >= NOT_FOUND_POLLS and now - since >= NOT_FOUND_TIME:
        disabled = f"404 Not Found on {failures} polls since {since:%Y-%m-%d}"
    return replace(
        state,
        checked_at=now,
        failures=failures,
        first_failed_at=since,
        next_poll_at=max(now + pause, wait or now),
        retry_after_at=wait,
        moved_to=None,
        moved_count=0,
        disabled_reason=disabled,
    )


def after_attempt(
    attempts: int, now: datetime, error: NewsError | None, limits: Limits = LIMITS
) -> NextAttempt:
    """What becomes of an entry after its ``attempts``-th attempt; ``error`` None means its page was judged."""
    if error is None:
        return NextAttempt(state="done", attempts=attempts)
    if error.kind in UNASKED_KINDS:
        attempts -= 1
    elif error.kind in PATIENT_KINDS:
        if attempts >= PATIENT_ATTEMPTS:
            return NextAttempt(state="gone", attempts=attempts)
    elif error.kind in FINAL_KINDS or not error.transient or attempts >= ATTEMPTS:
        return NextAttempt(state="gone", attempts=attempts)
    pause = min(
        timedelta(seconds=limits.backoff_max_s), timedelta(minutes=10) * 3 ** min(max(attempts - 1, 0), 8)
    )
    wait = _retry_after(error, now)
    return NextAttempt(
        state="retry", attempts=attempts, at=max(now + pause, wait or now), retry_after_at=wait
    )


def _retry_after(error: NewsError, now: datetime) -> datetime | None:
    seconds = getattr(error, "retry_after_s", None)
    return None if seconds is None else now + timedelta(seconds=seconds)


def _last_pace(state: FeedState) -> timedelta:
    if state.failures or not state.checked_at or not state.next_poll_at:
        return timedelta()
    return max(timedelta(), state.next_poll_at - state.checked_at)


def _after_move(state: FeedState, moved_to: str | None, *, same_site: bool) -> FeedState:
    if moved_to is None or moved_to == state.url:
        return replace(state, moved_to=None, moved_count=0)
    count = state.moved_count + 1 if moved_to == state.moved_to else 1
    if same_site or count >= MOVES_TO_BELIEVE:
        return replace(state, url=moved_to, moved_to=None, moved_count=0)
    return replace(state, moved_to=moved_to, moved_count=count)
