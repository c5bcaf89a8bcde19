"""A page read in full: itself first, and where it shows next to nothing, the AMP or print version it names as well.

page -> article, verdict      (too little) -> named version -> fetch -> article of both, verdict
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fivegwatch.extractors.errors import ExtractionError, FetchError, NewsError
from fivegwatch.extractors.limits import Limits
from fivegwatch.extractors.model import Article, Decision, Entry, OtherVersion, Page
from fivegwatch.extractors.web.urls import site_of
from fivegwatch.flows.workers.children import find_versions, read_article
from fivegwatch.flows.workers.pool import Pool
from fivegwatch.sources.http.client import Web

NOTHING_SHOWN = frozenset({"no_text", "too_short", "script_wall"})
"""Refusals of pages that may show their story in another version."""
LITTLE_SHOWN = frozenset({"teaser", "too_short"})
CLOSED = frozenset({"paywall"})
"""What is for subscribers is not asked for by another door."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReader:
    """Reads pages in ``pool`` and asks for other versions through ``web``, as politely as for any page."""

    web: Web
    pool: Pool
    limits: Limits

    async def read(
        self, page: Page, entry: Entry, note: Callable[[NewsError], None]
    ) -> tuple[Article, Decision]:
        """The article and the verdict on it; ``note`` hears why a version that was asked for did not come.

        Raises: ExtractionError: neither the page nor a version of it holds a story.
        """
        first: tuple[Article, Decision] | ExtractionError
        try:
            first = await self._judged(page, entry, None)
        except ExtractionError as error:
            first = error
        version = await self._version(page, entry, note) if _shows_little(first, entry) else None
        if version is not None:
            try:
                return await self._judged(page, entry, version)
            except ExtractionError as error:
                if not isinstance(first, ExtractionError):
                    note(error)
        if isinstance(first, ExtractionError):
            raise first
        return first

    async def _version(
        self, page: Page, entry: Entry, note: Callable[[NewsError], None]
    ) -> OtherVersion | None:
        """The first version the page names, asked for once; None when it names none or it does not come."""
        try:
            links = await self.pool.run(
                find_versions, page,
                timeout_s=self.limits.page_extract_s, url=page.final_url, memory=self.limits.page_extract_memory,
            )  # fmt: skip
            answer = await self.web.fetch(links[0].url, kind="page", origin=entry.origin) if links else None
        except (FetchError, ExtractionError) as error:
            note(error)
            return None
        if not isinstance(answer, Page) or site_of(answer.final_url) != site_of(page.final_url):
            return None
        return OtherVersion(method=links[0].method, page=answer)

    async def _judged(
        self, page: Page, entry: Entry, version: OtherVersion | None
    ) -> tuple[Article, Decision]:
        return await self.pool.run(
            read_article, page, entry, version,
            timeout_s=self.limits.page_extract_s, url=page.final_url, memory=self.limits.page_extract_memory,
        )  # fmt: skip


def _shows_little(found: tuple[Article, Decision] | ExtractionError, entry: Entry) -> bool:
    """Whether to ask for another version. An archive's copy names versions at the archive's own addresses."""
    if entry.origin.kind == "wayback":
        return False
    if isinstance(found, ExtractionError):
        return found.kind in NOTHING_SHOWN
    flags = set(found[0].quality)
    return bool(flags & LITTLE_SHOWN) and not flags & CLOSED
