"""Reading a page: its article and verdict, if need be with the text of the AMP or print version it links to.

page -> article, verdict -> (too little text) -> link to a version -> fetch -> article of both, verdict
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fivegwatch.extractors.errors import ExtractionError, FetchError, NewsError
from fivegwatch.extractors.limits import Limits
from fivegwatch.extractors.model import Article, Decision, Entry, OtherVersion, Page
from fivegwatch.extractors.web.urls import site_of
from fivegwatch.flows.workers.bounded_pool import Pool
from fivegwatch.flows.workers.in_child import find_versions, read_article
from fivegwatch.sources.http.client import Web

UNREADABLE = frozenset({"no_text", "too_short", "script_wall"})
"""Kinds of failure where another version of the page may hold the story."""
INCOMPLETE = frozenset({"teaser", "too_short"})
"""Quality flags of an article whose text may be longer in another version."""
PAID = frozenset({"paywall"})
"""Quality flags of pages for subscribers: no other version of those is requested."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReader:
    """Reads pages in ``pool`` and fetches other versions through ``web``, by the rules for any page."""

    web: Web
    pool: Pool
    limits: Limits

    async def read(
        self, page: Page, entry: Entry, note: Callable[[NewsError], None]
    ) -> tuple[Article, Decision]:
        """The article of ``page`` and the verdict on it; ``note`` gets the error of a version that was not readable.

        Raises: ExtractionError: neither the page nor a version of it holds a story.
        """
        first: tuple[Article, Decision] | ExtractionError
        try:
            first = await self._judged(page, entry, None)
        except ExtractionError as error:
            first = error
        version = await self._version(page, entry, note) if _is_incomplete(first, entry) else None
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
        """The first other version that the page links to; None if there is no link or its request fails."""
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


def _is_incomplete(result: tuple[Article, Decision] | ExtractionError, entry: Entry) -> bool:
    """Whether to fetch another version. Links in a capture of the Wayback Machine lead to the archive, not the site."""
    if entry.origin.kind == "wayback":
        return False
    if isinstance(result, ExtractionError):
        return result.kind in UNREADABLE
    flags = set(result[0].quality)
    return bool(flags & INCOMPLETE) and not flags & PAID
