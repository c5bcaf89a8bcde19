"""The Wayback Machine's index, asked page by page: the query, the resume key, and how far one has read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from fivegwatch.extractors.errors import ExtractionError, FetchError
from fivegwatch.extractors.listings.cdx import FIELDS, Capture, CdxPage, parse_cdx
from fivegwatch.extractors.model import Unit
from fivegwatch.sources.http.client import Web
from fivegwatch.sources.services.throttle import Services, Throttle
from fivegwatch.sources.wayback.replay import blocked_by_archive

PAGE_SIZES = (5_000, 1_000, 200)
"""Rows asked for at once: fewer when the index gives up on more."""
TOO_SLOW = frozenset({"http_413", "http_502", "http_503", "http_504", "timeout", "deadline"})
"""How the archive fails at what is too much for it, now or for ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """How far a unit's index is read; the cursor is its JSON."""

    key: str = ""
    """Resume key the current page was asked for with."""
    urlkey: str = ""
    timestamp: str = ""
    """Last row that is done."""
    taken: str = ""
    """The ``urlkey`` whose page, or the digest whose feed, was taken last."""
    rows: int = 0

    @classmethod
    def read(cls, cursor: str) -> Place:
        """The place a cursor names; the beginning when it is empty."""
        if not cursor:
            return cls()
        key, urlkey, timestamp, taken, rows = json.loads(cursor)
        return cls(key=key, urlkey=urlkey, timestamp=timestamp, taken=taken, rows=rows)

    def write(self) -> str:
        """The cursor."""
        return json.dumps([self.key, self.urlkey, self.timestamp, self.taken, self.rows])

    def is_done(self, capture: Capture) -> bool:
        """True for a row read before: the index is sorted, and a page may begin with rows of the last one."""
        return (capture.urlkey, capture.timestamp) <= (self.urlkey, self.timestamp)

    def behind(self, rows: Sequence[Capture], *, taken: str) -> Place:
        """The place behind ``rows``."""
        if not rows:
            return self
        last = rows[-1]
        return replace(
            self, urlkey=last.urlkey, timestamp=last.timestamp, taken=taken, rows=self.rows + len(rows)
        )


class CdxIndex:
    """The index of one unit's captures, page by page."""

    def __init__(
        self, web: Web, unit: Unit, services: Services, throttle: Throttle, asked: list[tuple[str, str]]
    ) -> None:
        self._web, self._throttle = web, throttle
        self._base = f"{services.wayback.rstrip('/')}/cdx/search/cdx?"
        self._asked = [
            ("url", unit.locator),
            ("from", unit.option("from")),
            ("to", unit.option("to")),
            ("output", "json"),
            ("fl", ",".join(FIELDS)),
            ("showResumeKey", "true"),
            *asked,
        ]
        self._sizes = list(PAGE_SIZES)
        self._keys: set[str] = set()

    async def page(self, key: str) -> CdxPage:
        """The page that ``key`` leads to, the first one when it is empty."""
        if key in self._keys:
            message = f"{self._asked[0][1]}: the index leads in a circle"
            raise ExtractionError(message, url=self._asked[0][1], kind="cdx_circle")
        self._keys.add(key)
        while True:
            try:
                return await self._ask(key)
            except FetchError as exc:
                if exc.kind not in TOO_SLOW or len(self._sizes) == 1:
                    raise
                # Broad questions are answered by 504 again and again, narrower ones in seconds.
                self._sizes.pop(0)

    async def _ask(self, key: str) -> CdxPage:
        asked = [*self._asked, ("limit", str(self._sizes[0]))]
        if key:
            asked.append(("resumeKey", key))
        url = self._base + urlencode(asked)
        reply = await self._throttle.ask(self._web, "cdx", url)
        if reply.head.status != 200:
            status = reply.head.status
            raise blocked_by_archive(reply) or reply.head.error(
                f"http_{status}", f"the index answered {status}"
            )
        return parse_cdx(reply.body, url=url)
