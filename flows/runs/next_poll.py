"""Decides what follows from a poll of a feed: its state, its health, the time of the next poll. Nothing is fetched.

state before, answer or error -> memory, health -> state after; what changed -> a transition, a gap
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from fivegwatch.extractors.errors import NewsError
from fivegwatch.extractors.feeds.health import (
    GONE_KINDS,
    TELL_AFTER,
    PageTally,
    Vitals,
    diagnose,
    event_between,
    follow,
    is_recorded,
)
from fivegwatch.extractors.feeds.memory import FeedMemory
from fivegwatch.extractors.feeds.rhythm import Bounds, learn, most_missed, next_pause, unchanged
from fivegwatch.extractors.limits import LIMITS, Limits
from fivegwatch.extractors.model import Feed, FeedState, Page, ParsedFeed
from fivegwatch.extractors.web.urls import site_of
from fivegwatch.storage.spool.feed_records import Gap, Transition

if TYPE_CHECKING:
    from fivegwatch.sources.http.client import NotModified

MOVES_TO_BELIEVE = 3
"""Number of polls in a row that must be redirected to another host before the new address replaces the stored one."""
DEDICATED = frozenset({"telecom-trade", "security-news", "vendor-psirt"})
"""Categories of feeds for which half as many new items are waited for: most of our stories come from them."""
GONE_DAILY, GONE_PAUSE = timedelta(days=14), timedelta(days=7)
"""A feed that is gone is polled daily for GONE_DAILY, then every GONE_PAUSE: some feeds come back after months."""
EMPTY_PAUSE = timedelta(hours=2)
"""Pause after a document without items; most such documents are faults of a few hours."""
NOT_ITS_FAULT = frozenset({"host_paused", "local_resources", "own_network"})
"""Failures that say nothing about the feed: it was not requested, or our own network was down."""
DOUBT_AFTER, QUIET = timedelta(hours=6), 0.5
"""A feed is polled without validators if its server has sent no document for DOUBT_AFTER, and the pause since its
newest item is at least the share QUIET of its longest usual pause. Some servers and caches answer "not modified" for
ever. For other feeds this costs one document in six hours.
"""
READ_STEP = timedelta(hours=1)
"""The time of the last document is stored to the hour, so that the memory of most unchanged feeds stays as it is."""
NO_PAGES = PageTally()
SCHEDULE = timedelta(minutes=15)
"""Time between two scheduled runs; a poll may come this much later than it is due."""
JITTER = 0.1
"""Most that is added to a pause, as a share of the pause. How much is added depends on the feed and the time, so that
the feeds of one server are not polled together.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Polling:
    """One poll at ``now`` of a feed in ``state``; its methods give the state after each kind of answer."""

    state: FeedState
    now: datetime
    limits: Limits = LIMITS
    dedicated: bool = False
    pages: PageTally = NO_PAGES
    """How the pages that the feed announced lately ended."""

    def validators(self) -> tuple[str | None, str | None]:
        """The ETag and Last-Modified to send; none if an answer "not modified" could not be trusted.

        It is not trusted if the server was wrong before, or if the feed is late for its rhythm and its server has sent
        no document for ``DOUBT_AFTER``.
        """
        memory = FeedMemory.decoded(self.state.memory)
        since = memory.read_at
        long = bool(since) and self.now - since >= DOUBT_AFTER  # type: ignore[operator]
        if memory.validators_lie or (long and memory.rhythm.lateness(self.now) >= QUIET):
            return None, None
        return self.state.etag, self.state.last_modified

    def knows(self, page: Page) -> bool:
        """Whether ``page`` has the same bytes as the last document that was read in full."""
        return hash_of(page) == self.state.body_hash

    def succeeded(self, answer: Page | NotModified, parsed: ParsedFeed | None) -> FeedState:
        """The state of the feed after an answer; ``parsed`` is None if the feed did not change."""
        state, etag, last_modified = self.state, answer.etag, answer.last_modified
        body_hash = state.body_hash
        if not isinstance(answer, Page):
            etag, last_modified = etag or state.etag, last_modified or state.last_modified
        elif parsed and parsed.partial:  # validators of half a document would hide the other half for ever
            etag = last_modified = None
        else:
            body_hash = hash_of(answer)
        memory, seen = self._learnt(parsed)
        if isinstance(answer, Page):
            lies = memory.validators_lie or self._has_lied(answer, parsed)
            if lies != memory.validators_lie or not memory.read_at or self.now - memory.read_at >= READ_STEP:
                memory = replace(memory, read_at=self.now, validators_lie=lies)
        after = replace(
            _after_move(state, answer.moved_to if isinstance(answer, Page) else None),
            etag=etag,
            last_modified=last_modified,
            body_hash=body_hash,
            checked_at=self.now,
            failures=0,
            first_failed_at=None,
            next_poll_at=self.now + self._pause(memory, seen, answer.fresh_s),
            retry_after_at=None,
            disabled_reason=None,
            proposed_url=None,
        )
        newest = memory.rhythm.newest
        vitals = Vitals(
            empty_polls=memory.empty_polls,
            empty_since=memory.empty_since,
            lateness=memory.rhythm.lateness(self.now),
            newest_at=datetime.fromtimestamp(newest, self.now.tzinfo) if newest else None,
            unusable=parsed.skipped[0][0] if parsed and parsed.skipped and not parsed.entries else "",
            moved_to=after.url if after.url != (after.subscribed_url or after.url) else "",
            pages=self.pages,
        )
        return self._with_health(after, memory, vitals)

    def failed(self, error: NewsError) -> FeedState:
        """The state of the feed after a failure. The pauses double, up to a day; a feed that is gone is polled ever
        more rarely.
        """
        state, now = self.state, self.now
        wait = retry_after(error, now)
        if error.kind in NOT_ITS_FAULT:
            pause = max(self._shortest, min(self._longest, _last_pause(state)))
            return replace(state, next_poll_at=max(now + pause, wait or now), retry_after_at=wait)
        failures, since = state.failures + 1, state.first_failed_at or now
        pause = min(timedelta(seconds=self.limits.backoff_max_s), self._shortest * 2 ** min(failures - 1, 16))
        if timedelta() < TELL_AFTER - (now - since) < pause:
            pause = max(self._shortest, TELL_AFTER - (now - since))  # so that the alert comes on time
        if error.kind in GONE_KINDS and now - since > GONE_DAILY:
            pause = GONE_PAUSE
        after = replace(
            state,
            checked_at=now,
            failures=failures,
            first_failed_at=since,
            next_poll_at=max(now + pause * self._jitter(), wait or now),
            retry_after_at=wait,
            moved_to=None,
            moved_count=0,
            disabled_reason=None,
        )
        vitals = Vitals(
            kind=error.kind, message=str(error), failures=failures, failing_since=since, pages=self.pages
        )
        return self._with_health(after, FeedMemory.decoded(state.memory), vitals)

    def gap(self, parsed: ParsedFeed | None) -> Gap | None:
        """A gap, if the last document and this one share no item, so that items between them may have been missed; else
        None.

        Items with the same titles at other addresses count as shared, for a site may have a new system. If the newest
        item is older than that of the last document, the server has sent an older document again, and no item was
        missed.
        """
        since, memory = self.state.checked_at, FeedMemory.decoded(self.state.memory)
        if parsed is None or not parsed.entries or not memory.keys or since is None:
            return None
        if any(memory.knows(entry) for entry in parsed.entries) or memory.knows_titles(parsed.entries):
            return None
        dates = [entry.published_at for entry in parsed.entries if entry.published_at]
        if memory.newest_date and len(dates) == len(parsed.entries) and max(dates) < memory.newest_date:
            return None
        oldest = min(dates, default=None)
        return Gap.between(
            self.state.feed_id, since, self.now, at_most=most_missed(memory.rhythm, since, self.now, oldest)
        )

    def transition(self, after: FeedState, run_id: str) -> Transition | None:
        """The change of health from the state before to ``after``; None if it need not be recorded."""
        before = self.state.health or ""
        memory, later = FeedMemory.decoded(self.state.memory), FeedMemory.decoded(after.memory)
        event = event_between(memory.trouble, later.trouble)
        if not is_recorded(before, after.health or "ok", event):
            return None
        return Transition(
            run_id=run_id, feed_id=after.feed_id, changed_at=self.now, before=before, after=after.health or "ok",
            trouble=memory.trouble.name, event=event, problem=after.problem or "", url=after.url,
            proposed_url=after.proposed_url,
        )  # fmt: skip

    @property
    def _shortest(self) -> timedelta:
        return timedelta(seconds=self.limits.poll_min_s)

    @property
    def _longest(self) -> timedelta:
        return timedelta(seconds=self.limits.poll_max_s)

    def _learnt(self, parsed: ParsedFeed | None) -> tuple[FeedMemory, float | None]:
        """The feed's memory after this document, and the share of the document's items that were known before (None if
        nobody knows).
        """
        memory = FeedMemory.decoded(self.state.memory)
        if parsed is None and memory.empty_polls:  # the document without items, once more
            return replace(memory, empty_polls=memory.empty_polls + 1), None
        if parsed is None:
            rhythm = unchanged(memory.rhythm, self.now)
            return (memory if rhythm is memory.rhythm else replace(memory, rhythm=rhythm)), None
        asks = {"asked_s": parsed.pause_s, "skip_hours": parsed.skip_hours, "skip_days": parsed.skip_days}
        if not parsed.entries:
            empty = {"empty_polls": memory.empty_polls + 1, "empty_since": memory.empty_since or self.now}
            return replace(memory, **asks, **empty), None  # type: ignore[arg-type]
        new = [entry for entry in parsed.entries if not memory.knows(entry)]
        count = len(parsed.entries)
        rhythm = learn(memory.rhythm, [entry.published_at for entry in new], count, self.now)
        seen = 1 - len(new) / count if memory.keys else None
        learnt = replace(memory.with_document(parsed.entries), rhythm=rhythm, empty_polls=0, empty_since=None)
        return replace(learnt, **asks), seen  # type: ignore[arg-type]

    def _has_lied(self, page: Page, parsed: ParsedFeed | None) -> bool:
        """Whether the server sent the same validator again, although the document has new items."""
        repeated = (page.etag, page.last_modified) == (self.state.etag, self.state.last_modified)
        if not repeated or page.etag == page.last_modified or parsed is None:
            return False
        memory = FeedMemory.decoded(self.state.memory)
        return bool(memory.keys) and not all(memory.knows(entry) for entry in parsed.entries)

    def _pause(self, memory: FeedMemory, seen: float | None, fresh_s: float) -> timedelta:
        """The pause before the next poll: by the feed's rhythm, but no shorter than the server and the document ask.

        If they ask for more than the time in which all items of the document are replaced, it is cut to that time, so
        that no item is missed.
        """
        rhythm, now = memory.rhythm, self.now
        bounds = Bounds(shortest=self._shortest, longest=self._longest, dedicated=self.dedicated)
        if memory.empty_polls:
            return min(self._longest, max(self._shortest, EMPTY_PAUSE)) * self._jitter()
        elapsed = now - self.state.checked_at if self.state.checked_at else timedelta()
        pause = next_pause(rhythm, now, bounds, seen=seen, elapsed=elapsed)
        asked = min(max(fresh_s, memory.asked_s), self._longest.total_seconds())
        if asked > pause.total_seconds():
            _, full = rhythm.expected(now, now + self._longest, most=max(1.0, rhythm.window))
            pause = max(pause, min(timedelta(seconds=asked), full - now))
        pause = min(max(pause * self._jitter(), self._shortest), self._longest * (1 + JITTER))
        return _outside_skipped(now + pause, memory) - now

    def _jitter(self) -> float:
        """A factor from 1 to 1.1, which depends only on the feed and the time."""
        seed = f"{self.state.feed_id} {self.now.timestamp()}".encode()
        return 1 + JITTER * (zlib.crc32(seed) / 2**32)

    def _with_health(self, after: FeedState, memory: FeedMemory, vitals: Vitals) -> FeedState:
        diagnosis = diagnose(vitals, self.now)
        status, problem = diagnosis.status, diagnosis.problem
        trouble = follow(memory.trouble, diagnosis, self.now)
        since = after.health_since if status == after.health else self.now
        # By this column, readers of the corpus recognise a feed that its server reports as gone.
        ended = problem if status == "gone" else None
        return replace(
            after, disabled_reason=ended, health=status, health_since=since, problem=problem,
            newest_at=vitals.newest_at or after.newest_at,
            memory=_encoded(memory if trouble == memory.trouble else replace(memory, trouble=trouble), after.memory),
        )  # fmt: skip


def _encoded(memory: FeedMemory, before: str | None) -> str:
    """``memory`` as text; if it did not change, as after most polls, the text it was read from."""
    return before if before and memory is FeedMemory.decoded(before) else memory.encoded()


def is_dedicated(feed: Feed) -> bool:
    """Whether the feed's category says that most of it is about our subject."""
    return feed.category in DEDICATED


def hash_of(page: Page) -> str:
    """SHA-256 (hex) of the page's body."""
    return hashlib.sha256(page.body).hexdigest()


def retry_after(error: NewsError, now: datetime) -> datetime | None:
    """The time before which the server wants no further request; None if it did not give one."""
    seconds = getattr(error, "retry_after_s", None)
    return None if seconds is None else now + timedelta(seconds=seconds)


def _outside_skipped(at: datetime, memory: FeedMemory) -> datetime:
    """The first time from ``at`` on that is not in the hours and days that the document asks to skip; ``at`` if it asks
    to skip all.
    """
    if len(memory.skip_hours) == 24 or len(memory.skip_days) == 7:
        return at
    for _ in range(7 * 24):  # a weekend is longer than the longest pause of ours
        moments = (at, at + SCHEDULE)
        if not any(one.hour in memory.skip_hours or one.weekday() in memory.skip_days for one in moments):
            return at
        at = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    return at


def _last_pause(state: FeedState) -> timedelta:
    if not state.checked_at or not state.next_poll_at:
        return timedelta()
    return max(timedelta(), state.next_poll_at - state.checked_at)


def _after_move(state: FeedState, moved_to: str | None) -> FeedState:
    if moved_to is None and state.moved_to is None and not state.moved_count:
        return state
    if moved_to is None or moved_to == state.url:
        return replace(state, moved_to=None, moved_count=0)
    count = state.moved_count + 1 if moved_to == state.moved_to else 1
    if site_of(moved_to) == site_of(state.url) or count >= MOVES_TO_BELIEVE:
        return replace(state, url=moved_to, moved_to=None, moved_count=0)
    return replace(state, moved_to=moved_to, moved_count=count)
