"""Requests to the hostile site with the real client, and the result for each address."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any, Literal

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.limits import LIMITS, Limits
from fivegwatch.extractors.model import Origin, Page
from fivegwatch.sources.http.client import NotModified, Web
from tests.hostile_site import HostileSite

QUICK = replace(LIMITS, retry_base_s=0.02, page_wire=2**20, page_body=2**20)
"""Small bodies, hardly a pause between attempts, and the shipped deadlines, which no busy machine misses."""
HURRIED = replace(QUICK, document_s=4.0, read_s=2.0, dns_s=0.5)
"""For servers that never end: how they are given up does not depend on the speed of the machine."""
ORIGIN = Origin(kind="feed", locator="test")
AGENT = "fivegwatch/0.1 (+mailto:ops@example.org)"


def fetch(
    site: HostileSite,
    *urls: str,
    kind: Literal["feed", "page"] = "page",
    limits: Limits = QUICK,
    resolver: Any = None,
    allow: frozenset[tuple[str, int]] | None = None,
    **asked: Any,
) -> list[Page | NotModified | FetchError]:
    """The page or the error of each URL, requested concurrently."""

    async def one(web: Web, url: str) -> Page | NotModified | FetchError:
        try:
            return await web.fetch(url, kind=kind, origin=ORIGIN, **asked)
        except FetchError as exc:
            return exc

    async def run() -> list[Page | NotModified | FetchError]:
        permitted = site.allow if allow is None else allow
        async with Web(user_agent=AGENT, allow=permitted, limits=limits, resolver=resolver) as web:
            return list(await asyncio.gather(*(one(web, url) for url in urls)))

    return asyncio.run(run())


def page(site: HostileSite, path: str, **asked: Any) -> Page:
    (got,) = fetch(site, site.url(path), **asked)
    assert isinstance(got, Page), got
    return got


def failure(site: HostileSite, path: str, **asked: Any) -> FetchError:
    (got,) = fetch(site, site.url(path) if path.startswith("/") else path, **asked)
    assert isinstance(got, FetchError), got
    return got
