"""An event loop whose clock only advances by waiting, and requests to services under it."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.model import Entry, Listing
from fivegwatch.sources.http.client import Web
from fivegwatch.sources.services.throttle import Throttle
from tests.fakes.service import LoopbackService
from tests.sources.asking import AGENT

T = TypeVar("T")


class _Skipping(selectors.DefaultSelector):
    """A selector that never waits and records how long it would have waited."""

    def __init__(self) -> None:
        super().__init__()
        self.skipped_s = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.skipped_s += max(0.0, timeout or 0.0)
        return super().select(0)


class _LeapingLoop(asyncio.SelectorEventLoop):
    """An event loop whose clock advances only by waiting, at once; a busy machine does not change it."""

    def __init__(self) -> None:
        self._skipping = _Skipping()
        super().__init__(self._skipping)

    def time(self) -> float:
        return self._skipping.skipped_s


def run_leaping(work: Coroutine[Any, Any, T]) -> T:
    """``asyncio.run`` in such a loop, for work that waits for nothing but time."""
    with asyncio.Runner(loop_factory=_LeapingLoop) as runner:
        return runner.run(work)


QUICK = replace(LIMITS, listing_s=120.0, service_read_s=60.0, connect_s=30.0)


@dataclass
class FakeTime:
    """The seconds since the start; ``pauses`` are the waits, in order."""

    now: float = 0.0
    pauses: list[float] = field(default_factory=list)

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        until = self.now + seconds
        self.pauses.append(round(seconds, 3))
        await asyncio.sleep(0)
        self.now = max(self.now, until)

    def throttle(self, **options: int) -> Throttle:
        return Throttle(clock=self.clock, sleep=self.sleep, limits=QUICK, **options)


def asking(fake: LoopbackService, job: Callable[[Web], Awaitable[T]]) -> T:
    """The result of ``job``, called with the real client."""

    async def run() -> T:
        async with Web(user_agent=AGENT, allow=fake.allow, limits=QUICK) as web:
            return await job(web)

    return asyncio.run(run())


async def collect(listings: AsyncIterator[Listing]) -> list[Listing]:
    return [listing async for listing in listings]


def entries_of(listings: list[Listing]) -> list[Entry]:
    return [entry for listing in listings for entry in listing.entries]


def skipped_of(listings: list[Listing]) -> list[str]:
    return [reason for listing in listings for reason, _ in listing.skipped]
