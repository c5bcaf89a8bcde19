"""Tries a feed before it is added: finds it, polls it once, and judges its items by headline and summary."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urljoin

from fivegwatch.extractors.errors import FeedError, FetchError
from fivegwatch.extractors.feeds.discovery import USUAL_PATHS, feed_links
from fivegwatch.extractors.judging.judgement import judge
from fivegwatch.extractors.model import Article, Entry, Feed, Origin, Page, ParsedFeed
from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.flows.runs.tools import parsed_feed
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.flows.workers.bounded_pool import Pool
from fivegwatch.sources.http.client import Web

MOST_TRIED = 6
"""Most addresses that are tried for a site, besides the given one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A feed that works, and what the trial showed."""

    feed: Feed
    parsed: ParsedFeed
    site_page: bool
    """Whether the given address was that of a page that names the feed."""
    others: tuple[str, ...] = ()
    """Addresses of further feeds that the page names."""


async def try_feed(settings: Settings, url: str) -> Trial:
    """The feed at ``url``; if ``url`` is a page, the first working feed that the page names.

    Raises: FetchError, FeedError about ``url`` if there is no such feed.
    """
    feed = Feed(id="trial", url=url, title="")
    with Pool(1) as pool:
        async with Web(user_agent=settings.user_agent, allow=settings.allow, limits=settings.limits) as web:
            try:
                return await _tried(settings, web, pool, feed)
            except (FetchError, FeedError) as error:
                links = await _links(settings, web, url)
                for number, link in enumerate(links[:MOST_TRIED]):
                    try:
                        trial = await _tried(settings, web, pool, replace(feed, url=link, site_url=url))
                    except (FetchError, FeedError):
                        continue
                    return replace(trial, site_page=True, others=tuple(links[number + 1 :]))
                raise error from None


async def _tried(settings: Settings, web: Web, pool: Pool, feed: Feed) -> Trial:
    page = await web.fetch(feed.url, kind="feed", origin=Origin(kind="feed", locator=feed.id))
    assert isinstance(page, Page)
    parsed = await parsed_feed(pool, page, feed, settings)
    known = replace(
        feed, url=page.moved_to or feed.url, title=parsed.title or feed.url, language=parsed.language
    )
    return Trial(feed=known, parsed=parsed, site_page=False)


async def _links(settings: Settings, web: Web, url: str) -> list[str]:
    """The addresses of feeds that the page at ``url`` names; if it names none, the usual addresses of feeds."""
    try:
        page = await web.fetch(url, kind="page", origin=Origin(kind="feed", locator="trial"))
    except FetchError:
        return []
    assert isinstance(page, Page)
    named = feed_links(page, allow=settings.allow)
    return named or [urljoin(page.final_url, path) for path in USUAL_PATHS]


def would_keep(entries: tuple[Entry, ...], rules: Rules) -> list[Entry]:
    """The entries that would be kept if only headline and summary were judged; with the whole pages it may be more."""
    kept = []
    for entry in entries:
        article = Article(
            id=entry.id, url=entry.url, title=entry.title, text=entry.content or entry.summary,
            language=entry.language,
        )  # fmt: skip
        if judge(article, rules).relevant:
            kept.append(entry)
    return kept
