"""Looks for the feed that a site has now, after the one polled failed with 404, 410 or an HTML page."""

from __future__ import annotations

from dataclasses import replace

from fivegwatch.extractors.errors import FeedError, FetchError
from fivegwatch.extractors.model import Feed, FeedState, Origin, Page
from fivegwatch.extractors.web.urls import site_of
from fivegwatch.flows.runs.next_poll import Polling
from fivegwatch.flows.runs.tools import Tools
from fivegwatch.flows.workers.in_child import read_feed

LOST = frozenset({"http_404", "http_410", "not_a_feed"})
"""Failures after which a site may have its feed elsewhere."""
TRIES = 4
"""Addresses that are tried at most."""


async def with_proposal(tools: Tools, feed: Feed, polling: Polling, after: FeedState, kind: str) -> FeedState:
    """``after``, with the feed that the site names now if the one polled has just begun to fail with ``kind``."""
    if kind not in LOST or after.health not in ("gone", "failing") or after.health == polling.state.health:
        return after
    proposed = await rediscovered(tools, feed)
    if not proposed:
        return after
    problem = f"{after.problem}; its site names {proposed} now"
    return replace(after, proposed_url=proposed, problem=problem)


async def rediscovered(tools: Tools, feed: Feed) -> str:
    """The address of a feed that works, named by the front page of the feed's site; empty if there is none."""
    from fivegwatch.extractors.feeds.discovery import feed_links  # needs the parsers; most runs do without

    origin = Origin(kind="feed", locator=feed.id)
    site = feed.site_url or "/".join(feed.url.split("/")[:3]) + "/"
    try:
        page = await tools.web.fetch(site, kind="page", origin=origin)
    except FetchError:
        return ""
    links = feed_links(page, allow=tools.settings.allow) if isinstance(page, Page) else []
    for url in [link for link in links if link != feed.url and site_of(link) == site_of(site)][:TRIES]:
        try:
            answer = await tools.web.fetch(url, kind="feed", origin=origin)
            assert isinstance(answer, Page)
            parsed = await tools.pool.run(
                read_feed, answer, feed, tools.settings.allow,
                timeout_s=tools.settings.limits.feed_parse_s, url=url, error=FeedError,
            )  # fmt: skip
        except (FetchError, FeedError):
            continue
        if parsed.entries:
            return url
    return ""
