"""Units read with the real client: all listings of a reader, and the error it ended with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from fivegwatch.extractors.errors import NewsError
from fivegwatch.extractors.limits import LIMITS, Limits
from fivegwatch.extractors.model import Entry, Listing, Unit
from fivegwatch.sources.http.client import Web
from tests.fakes.serving import Fake
from tests.sources.asking import AGENT

QUICK = replace(LIMITS, retry_base_s=0.01, read_s=60.0)
Read = Callable[[Web, Unit, str], AsyncIterator[Listing]]
_T = TypeVar("_T")


@dataclass
class Outcome:
    """The listings of a unit, and how reading it ended."""

    listings: list[Listing] = field(default_factory=list)
    error: NewsError | None = None

    @property
    def entries(self) -> list[Entry]:
        return [entry for listing in self.listings for entry in listing.entries]

    @property
    def urls(self) -> list[str]:
        return [entry.url for entry in self.entries]

    @property
    def units(self) -> list[Unit]:
        return [unit for listing in self.listings for unit in listing.units]

    @property
    def skipped(self) -> list[tuple[str, str]]:
        return [pair for listing in self.listings for pair in listing.skipped]

    @property
    def outside(self) -> int:
        return sum(listing.outside for listing in self.listings)

    @property
    def done(self) -> bool:
        return bool(self.listings) and self.listings[-1].done


def with_web(fake: Fake, use: Callable[[Web], AsyncIterator[_T]], limits: Limits = QUICK) -> list[_T]:
    """Everything ``use`` yields, with a client that may connect to ``fake``."""

    async def run() -> list[_T]:
        async with Web(user_agent=AGENT, allow=fake.allow, limits=limits) as web:
            return [one async for one in use(web)]

    return asyncio.run(run())


def collect(listings: AsyncIterator[Listing], *, at_most: int = 10**6) -> Outcome:
    """All listings of a reader that needs no client; it is stopped after ``at_most``, as if killed."""

    async def run() -> Outcome:
        return await _collect(listings, at_most)

    return asyncio.run(run())


async def _collect(listings: AsyncIterator[Listing], at_most: int) -> Outcome:
    outcome = Outcome()
    try:
        async for listing in listings:
            outcome.listings.append(listing)
            if len(outcome.listings) >= at_most:
                break
    except NewsError as error:
        outcome.error = error
    return outcome


def go_through(fake: Fake, read: Read, unit: Unit, cursor: str = "", *, at_most: int = 10**6) -> Outcome:
    """All listings of ``unit`` from ``cursor`` on; the reader is stopped after ``at_most``, as if killed."""

    async def use(web: Web) -> AsyncIterator[Outcome]:
        yield await _collect(read(web, unit, cursor), at_most)

    return with_web(fake, use)[0]
