"""Downloads from a fake of the news crawl with the real client: the bytes, the pauses, the files left behind."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.sources.http.client import Web
from fivegwatch.sources.http.large_files import Downloads
from tests.fakes.news_crawl import NewsCrawlFake
from tests.sources.asking import AGENT

T = TypeVar("T")
OPENED = datetime(2023, 10, 23, 15, 36, 50, tzinfo=UTC)
BODY = b"\x1f\x8b" + random.Random(4).randbytes(200_000)


class Pauses:
    """A replacement for ``asyncio.sleep`` that returns at once and records the seconds asked for."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0)


def run(fake: NewsCrawlFake, use: Callable[[Web], Awaitable[T]]) -> T:
    """What ``use`` returns, given a client that may contact the fake."""

    async def main() -> T:
        limits = replace(LIMITS, download_read_s=2.0, connect_s=1.0)
        async with Web(user_agent=AGENT, allow=fake.allow, limits=limits) as web:
            return await use(web)

    return asyncio.run(main())


def fetch(
    fake: NewsCrawlFake, folder: Path, url: str, *, digest: str = "", **options: Any
) -> tuple[bytes, list[float]]:
    """The downloaded bytes, and the pauses between the requests in seconds."""
    pauses = Pauses()

    async def use(web: Web) -> bytes:
        async with Downloads(web, folder, sleep=pauses, **options).file(url, digest=digest) as path:
            assert path.name == url.rpartition("/")[2]
            return path.read_bytes()

    return run(fake, use), pauses.seconds


def refused(fake: NewsCrawlFake, folder: Path, url: str, **options: Any) -> FetchError:
    """The error a download ends with; fails if it succeeds."""
    with pytest.raises(FetchError) as caught:
        fetch(fake, folder, url, **options)
    return caught.value


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())
