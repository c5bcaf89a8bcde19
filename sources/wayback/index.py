"""The index of the Wayback Machine (CDX), read page by page, and the cursor that says how far a unit has been read.

Each page ends with the ``resumeKey`` of the next one, which is sent back exactly as it came.
"""

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
"""Rows of a page; if a request fails, the next smaller number is tried."""
TOO_SLOW = frozenset({"http_413", "http_502", "http_503", "http_504", "timeout", "deadline"})
"""Kinds of errors with which the archive answers a request for too many rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexCursor:
    """How far the index of a unit has been read."""

    key: str = ""
    """The resume key of the page that is being read."""
    urlkey: str = ""
    timestamp: str = ""
    """``urlkey`` and ``timestamp`` are those of the last row that was read."""
    taken: str = ""
    """The ``urlkey`` of the last capture that was used, or for a feed the digest of that capture."""
    rows: int = 0
    """Number of rows read."""

    @classmethod
    def parse(cls, text: str) -> IndexCursor:
        """The cursor that ``str`` wrote as ``text``; the beginning if ``text`` is empty."""
        if not text:
            return cls()
        key, urlkey, timestamp, taken, rows = json.loads(text)
        return cls(key=key, urlkey=urlkey, timestamp=timestamp, taken=taken, rows=rows)

    def __str__(self) -> str:
        return json.dumps([self.key, self.urlkey, self.timestamp, self.taken, self.rows])

    def is_done(self, capture: Capture) -> bool:
        """Whether the row of ``capture`` was read before: the index is sorted, and a page may repeat rows of the page
        before.
        """
        return (capture.urlkey, capture.timestamp) <= (self.urlkey, self.timestamp)

    def after(self, rows: Sequence[Capture], *, taken: str) -> IndexCursor:
        """The cursor with which reading resumes behind ``rows``."""
        if not rows:
            return self
        last = rows[-1]
        return replace(
            self, urlkey=last.urlkey, timestamp=last.timestamp, taken=taken, rows=self.rows + len(rows)
        )


class CdxIndex:
    """Reads the list of a unit's captures from the index of the Wayback Machine (CDX), page by page."""

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
        """The page with the resume key ``key``; the first page if ``key`` is empty.

        Raises: FetchError; ExtractionError of kind ``cdx_circle`` for a key that was used before, or ``bad_cdx``.
        """
        if key in self._keys:
            message = f"{self._asked[0][1]}: the index gave the same resume key a second time"
            raise ExtractionError(message, url=self._asked[0][1], kind="cdx_circle")
        self._keys.add(key)
        while True:
            try:
                return await self._ask(key)
            except FetchError as exc:
                if exc.kind not in TOO_SLOW or len(self._sizes) == 1:
                    raise
                # Large pages of broad queries fail with 504 again and again; small ones come within seconds.
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
