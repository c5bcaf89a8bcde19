"""Which function reads which unit, each handed what it works with."""

from __future__ import annotations

from collections.abc import AsyncIterator

from fivegwatch.extractors.errors import FeedError
from fivegwatch.extractors.judging.interest import Interest
from fivegwatch.extractors.model import Entry, Feed, Listing, Page, ParsedFeed, Unit
from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.flows.runs.backfill.listing import Reader
from fivegwatch.flows.runs.tools import Tools
from fivegwatch.flows.workers.children import read_feed
from fivegwatch.sources.listings.gdelt import read_doc, read_gkg
from fivegwatch.sources.listings.sitemaps import read_sitemap
from fivegwatch.sources.listings.url_lists import read_url_list
from fivegwatch.sources.listings.wordpress import read_wordpress
from fivegwatch.sources.services.throttle import Throttle
from fivegwatch.sources.wayback.captures import read_captures, read_feed_history
from fivegwatch.sources.wayback.replay import playback


class Readers:
    """The readers of one run; they share one throttle, for a service counts all that comes from us."""

    def __init__(self, tools: Tools, rules: Rules) -> None:
        self._tools = tools
        self._services = tools.settings.services
        self._throttle = Throttle(limits=tools.settings.limits)
        self._wanted = Interest(rules)

    def of(self, unit: Unit) -> Reader:
        """The reader of this unit."""
        readers: dict[tuple[str, str], Reader] = {
            ("wayback", "captures"): self._captures,
            ("wayback", "feed"): self._feed_history,
            ("wayback", "feed-capture"): self._feed_history,
            ("gdelt", "doc"): self._search,
            ("gdelt", "day"): self._day,
        }
        whole: dict[str, Reader] = {
            "sitemap": self._sitemap,
            "wordpress": self._wordpress,
            "url-list": self._url_list,
        }
        return readers.get((unit.source, unit.kind)) or whole[unit.source]

    async def playback(self, entry: Entry) -> Page:
        """The page of an entry that an archive of the web announced, as it was then."""
        return await playback(self._tools.web, entry, self._services, self._throttle)

    async def _parse(self, page: Page, feed: Feed) -> ParsedFeed:
        limits = self._tools.settings.limits
        return await self._tools.pool.run(
            read_feed, page, feed, self._tools.settings.allow,
            timeout_s=limits.feed_parse_s, url=page.final_url, memory=limits.feed_parse_memory, error=FeedError,
        )  # fmt: skip

    def _captures(self, unit: Unit, cursor: str) -> AsyncIterator[Listing]:
        return read_captures(self._tools.web, unit, cursor, self._services, self._throttle)

    def _feed_history(self, unit: Unit, cursor: str) -> AsyncIterator[Listing]:
        return read_feed_history(
            self._tools.web, unit, cursor, self._services, self._throttle, parse=self._parse
        )

    def _search(self, unit: Unit, cursor: str) -> AsyncIterator[Listing]:
        return read_doc(self._tools.web, unit, cursor, self._services, self._throttle)

    def _day(self, unit: Unit, cursor: str) -> AsyncIterator[Listing]:
        return read_gkg(self._tools.web, unit, cursor, self._services, self._throttle, self._wanted)

    def _sitemap(self, unit: Unit, cursor: str) -> AsyncIterator[Listing]:
        return read_sitemap(self._tools.web, unit, cursor)

    def _wordpress(self, unit: Unit, cursor: str) -> AsyncIterator[Listing]:
        return read_wordpress(self._tools.web, unit, cursor, self._parse)

    def _url_list(self, unit: Unit, cursor: str) -> AsyncIterator[Listing]:
        return read_url_list(unit, cursor, allow=self._tools.settings.allow)
