"""A client out of file descriptors, as a process of its own: prints the kinds of three fetches of argv[1].

With enough descriptors, with none left, and with enough again.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.web.urls import host_and_port
from fivegwatch.sources.http.client import Web
from tests.sources.asking import AGENT, ORIGIN, QUICK


async def ask(web: Web, url: str) -> str:
    try:
        await web.fetch(url, kind="feed", origin=ORIGIN)
    except FetchError as exc:
        return f"{exc.kind} {exc.transient}"
    return "page"


def hoard() -> list[int]:
    taken: list[int] = []
    while True:
        try:
            taken.append(os.open(os.devnull, os.O_RDONLY))
        except OSError:
            return taken


async def main(url: str) -> None:
    async with Web(user_agent=AGENT, allow=frozenset({host_and_port(url)}), limits=QUICK) as web:
        before = await ask(web, url)
        taken = hoard()
        during = await ask(web, url)
        for one in taken:
            os.close(one)
        print(before, during, await ask(web, url), sep=", ")


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))
    asyncio.run(main(sys.argv[1]))
