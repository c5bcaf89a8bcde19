"""How often each service may be asked, and what happens after a refusal.

A lane is a service, or a part of a service, with limits of its own. The Wayback Machine blocks an address for an hour
after more than 30 requests a minute to its index or 600 to its replay, so we send four fifths of that. GDELT's search
wants five seconds between two requests. An answer of 429, or a fault with ``Retry-After``, closes the lane for all
requests of this process; another fault delays one request.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Literal

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.limits import LIMITS, Limits
from fivegwatch.extractors.web.urls import host_and_port
from fivegwatch.sources.http.client import Reply, Web
from fivegwatch.sources.http.failures import LATER_STATUSES
from fivegwatch.sources.http.responses import retry_after
from fivegwatch.sources.services.addresses import (
    Services as Services,  # callers import it from here, together with the throttle
)

Lane = Literal["cdx", "replay", "gdelt_doc", "gdelt_files", "news_crawl"]
Kind = Literal["feed", "page", "listing"]

SPACING_S: dict[Lane, float] = {
    "cdx": 60 / 24,
    "replay": 1 / 8,
    "gdelt_doc": 5.0,
    "gdelt_files": 0.5,  # no limit is documented; files of some MB, one after the other
    "news_crawl": 1.0,
}
"""Least number of seconds between the starts of two requests, for each lane."""
REFUSED_S = 60.0
"""Seconds of pause after a 429 without ``Retry-After``. The pause doubles with each further 429 in a row."""
PATIENCE_S = 900.0
"""Longest pause, in seconds, for which a request waits. A longer one fails the unit, which is tried again after the
pause.
"""
BACK_OFF_S = 2.0
TRIES = 6
FAULTS = LATER_STATUSES | {413}
"""Statuses that the service itself sends when another try may succeed."""


@dataclass(slots=True)
class _LaneState:
    spacing_s: float
    next_start: float = 0.0
    closed_until: float = 0.0
    refusals: int = 0
    """Number of answers of 429 in a row."""
    epoch: int = 0
    """How often the lane was closed. A turn given before the last closure is void; its request waits for a new turn."""


class Throttle:
    """Spaces the requests to each service. There is one per process, shared by all tasks, threads and event loops.

    Tests inject ``clock`` (seconds that never decrease) and ``sleep``.
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        tries: int = TRIES,
        limits: Limits = LIMITS,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._tries = tries
        self._limits = limits
        self._lock = threading.Lock()
        self._lanes = {lane: _LaneState(spacing) for lane, spacing in SPACING_S.items()}

    async def turn(self, lane: Lane, url: str = "") -> int:
        """Wait until the next request of ``lane`` may start; returns the number of the turn, which `refused` needs.

        Raises: FetchError of kind ``service_closed`` (transient, with ``retry_after_s``) if the service asked for a
        pause longer than `PATIENCE_S`.
        """
        state = self._lanes[lane]
        while True:
            with self._lock:
                now = self._clock()
                self._refuse_closed(state, now, lane, url)
                start = max(now, state.next_start, state.closed_until)
                state.next_start = start + state.spacing_s
                epoch = state.epoch
            if start > now:
                await self._sleep(start - now)
            with self._lock:
                if epoch == state.epoch:
                    return epoch

    def _refuse_closed(self, state: _LaneState, now: float, lane: Lane, url: str) -> None:
        wait = state.closed_until - now
        if wait > PATIENCE_S:
            raise FetchError(
                f"{url or lane}: the service asked for a pause of {wait:,.0f} s",
                url=url,
                kind="service_closed",
                transient=True,
                retry_after_s=wait,
            )

    def refused(self, lane: Lane, turn: int, retry_after_s: float | None = None) -> None:
        """Close ``lane``, because a request of ``turn`` was answered 429; ``retry_after_s`` is the pause that the
        answer asked for, if any.

        Requests that were under way when the lane closed are refused for the same reason; together they count as one
        refusal.
        """
        state = self._lanes[lane]
        with self._lock:
            first = turn == state.epoch
            if first:
                state.refusals += 1
            elif retry_after_s is None:
                return
            if retry_after_s is None:
                retry_after_s = min(REFUSED_S * 2 ** min(state.refusals - 1, 8), PATIENCE_S)
            state.closed_until = max(state.closed_until, self._clock() + retry_after_s)
            state.next_start = state.closed_until
            state.epoch += 1

    def accepted(self, lane: Lane) -> None:
        """Record an answer other than 429: the next refusal counts as the first one."""
        with self._lock:
            self._lanes[lane].refusals = 0

    async def ask(
        self,
        web: Web,
        lane: Lane,
        url: str,
        *,
        kind: Kind = "listing",
        raw: bool = False,
        busy: Callable[[Reply], bool] = lambda _: False,
    ) -> Reply:
        """The final answer of a service, of any status that another try would not change.

        After a 429, a fault with ``Retry-After``, or an answer for which ``busy`` is true, the lane is closed and the
        request repeated after a pause. After another fault of the service or the network, the request is repeated after
        2, 4, 8, ... seconds. An answer with ``Memento-Datetime`` is a capture and never a fault, whatever its status.

        Raises: FetchError, which is transient if the last try failed in a way that may pass.
        """
        pause = BACK_OFF_S
        for attempt in range(1, self._tries + 1):
            turn = await self.turn(lane, url)
            try:
                reply = await web.ask(url, kind=kind, raw=raw)
                fault = self._fault(web, reply, busy(reply))
            except FetchError as exc:
                fault = exc
            if fault is None:
                self.accepted(lane)
                return reply
            if not fault.transient:
                raise fault
            closed = fault.kind == "http_429" or fault.retry_after_s is not None
            if closed:
                self.refused(lane, turn, fault.retry_after_s)
            if attempt == self._tries:
                raise fault
            if not closed:
                await self._sleep(pause)
                pause *= 2
        raise AssertionError("the last attempt returns or raises")

    def _fault(self, web: Web, reply: Reply, busy: bool) -> FetchError | None:
        """The error to raise for an answer if another try may succeed; None if not."""
        head = reply.head
        if is_archived(reply) or (head.status not in FAULTS and not busy):
            return None
        status = 429 if busy else head.status
        own = host_and_port(head.url) in web.allow
        wait = retry_after(head.get("retry-after"), self._limits, own=own)
        return head.error(
            f"http_{status}", f"the service answered {status}", transient=True, retry_after_s=wait
        )


def is_archived(reply: Reply) -> bool:
    """Whether an answer, with its status, is a capture, and not a message of the archive itself."""
    return any(reply.head.get(name) for name in ("memento-datetime", "x-archive-src"))
