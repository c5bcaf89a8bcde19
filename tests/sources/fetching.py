"""A process that downloads one file, to be killed while it does: URL and folder are its arguments."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from fivegwatch.extractors.web.urls import host_and_port
from fivegwatch.sources.http.client import Web
from fivegwatch.sources.http.large_files import Downloads
from tests.sources.asking import AGENT


async def _fetch(url: str, folder: Path) -> None:
    web = Web(user_agent=AGENT, allow=frozenset({host_and_port(url)}))
    async with web, Downloads(web, folder).file(url):
        pass


if __name__ == "__main__":
    asyncio.run(_fetch(sys.argv[1], Path(sys.argv[2])))
