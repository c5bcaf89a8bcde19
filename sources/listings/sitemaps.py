"""Sitemaps: finding those of a site, and reading them portion by portion.

site -> robots.txt, else usual paths -> sitemaps; sitemap -> addresses inside days and filters, or further sitemaps

A unit is one sitemap document (kind ``sitemap``), or a site whose sitemaps could not be found yet (``site``). Its
options: ``since``, ``until`` (ISO days, inclusive), ``contains``, ``regex`` (filters on addresses), ``site``
(registrable domains whose pages are wanted, in addition to the sitemap's own domain), ``depth``.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date

import ada_url

from fivegwatch.extractors.errors import FetchError, SettingsError
from fivegwatch.extractors.listings.days import Range
from fivegwatch.extractors.listings.sitemaps import SitemapReader, is_sitemap, robots_sitemaps
from fivegwatch.extractors.model import Listing, Origin, Page, Unit
from fivegwatch.extractors.web.urls import site_of, vet_url
from fivegwatch.sources.http.client import Web
from fivegwatch.sources.listings.portions import in_thread

USUAL_PATHS = (
    "/sitemap.xml",
    "/sitemap_index.xml",
    "/wp-sitemap.xml",
    "/sitemap-index.xml",
    "/sitemap.xml.gz",
    "/sitemap_news.xml",
    "/news-sitemap.xml",
    "/sitemap.txt",
    "/sitemaps.xml",
)
"""If robots.txt names no sitemap, these paths are tried in order until one is a sitemap."""


async def plan_sitemaps(
    web: Web,
    sites_or_urls: Sequence[str],
    since: date | None = None,
    until: date | None = None,
    *,
    contains: str = "",
    regex: str = "",
) -> tuple[Unit, ...]:
    """One unit for each sitemap to read. For a site (``https://outlet.example/``) these are the sitemaps in its
    robots.txt, else one at a usual path; any other address is taken to be a sitemap.

    A site whose sitemaps cannot be found now becomes a unit of kind ``site``: reading it tries again, and reports why
    it fails. The days are inclusive; ``contains`` and ``regex`` filter the addresses of pages.

    Raises: FetchError for an address that may not be requested; SettingsError for an invalid ``regex``.
    """
    _check_regex(regex)
    filters = (("contains", contains), ("regex", regex))
    wanted = (*Range(since=since, until=until).options(), *((k, v) for k, v in filters if v))
    urls = [
        vet_url(given if "://" in given else f"https://{given}", allow=web.allow) for given in sites_or_urls
    ]
    plans = await asyncio.gather(*(_plan_one(web, url, (("site", site_of(url)), *wanted)) for url in urls))
    return tuple({unit.id: unit for units in plans for unit in units}.values())


def _check_regex(regex: str) -> None:
    try:
        re.compile(regex)
    except re.error as exc:
        message = f"{regex!r} is no regular expression: {exc}. To search for plain text use `contains`."
        raise SettingsError(message, key="regex") from exc


async def _plan_one(web: Web, url: str, options: tuple[tuple[str, str], ...]) -> tuple[Unit, ...]:
    parsed = ada_url.URL(url)
    if parsed.pathname not in ("", "/") or parsed.search:
        return (Unit(source="sitemap", kind="sitemap", locator=url, options=options),)
    site = Unit(source="sitemap", kind="site", locator=url, options=options)
    try:
        return await _sitemaps_of(web, site)
    except FetchError:
        return (site,)


async def _sitemaps_of(web: Web, site: Unit) -> tuple[Unit, ...]:
    named = await _named_by_robots(web, site.locator)
    urls = named or (await _at_usual_path(web, site.locator),)
    return tuple(replace(site, kind="sitemap", locator=url) for url in urls)


async def _named_by_robots(web: Web, site: str) -> tuple[str, ...]:
    try:
        text = await web.robots_txt(site)
    except FetchError as exc:
        if exc.transient:
            raise
        return ()
    return tuple(_vetted(robots_sitemaps(text), site, web.allow))


def _vetted(given: Iterable[str], base: str, allow: frozenset[tuple[str, int]]) -> Iterator[str]:
    for url in given:
        try:
            yield vet_url(url, base=base, allow=allow)
        except FetchError:
            continue


async def _at_usual_path(web: Web, site: str) -> str:
    trouble: FetchError | None = None
    for path in USUAL_PATHS:
        try:
            page = await _fetch(web, vet_url(path, base=site, allow=web.allow))
        except FetchError as exc:
            trouble = exc if exc.transient else trouble
            continue
        if await asyncio.to_thread(is_sitemap, page):
            return page.requested_url
    if trouble is not None:
        raise trouble
    raise FetchError(
        f"{site}: robots.txt names no sitemap and there is none at the usual places; name the address of one, or"
        " try the site's WordPress posts or feed pages",
        url=site,
        kind="no_sitemap",
        transient=False,
    )


async def _fetch(web: Web, url: str) -> Page:
    origin = Origin(kind="sitemap", locator=url)
    page = await web.fetch(url, kind="sitemap", origin=origin, check_robots=True)
    assert isinstance(page, Page)  # the request had no condition, so the answer is not 304
    return page


async def read_sitemap(web: Web, unit: Unit, cursor: str = "") -> AsyncIterator[Listing]:
    """Yield the addresses in a sitemap that are within the days and filters of ``unit``, portion by portion; for an
    index, the sitemaps it names.

    Reading resumes after the portion that came with ``cursor``. If the document has changed since, it is read again
    from its start. robots.txt is obeyed. ``Listing.position`` counts addresses.

    Raises: FetchError; FeedError of kind ``empty_body``, ``not_a_sitemap``, ``too_large`` or ``truncated`` (transient;
    raised after all complete entries have been yielded).
    """
    if unit.kind == "site":
        yield Listing(units=await _sitemaps_of(web, unit), position=1, done=True)
        return
    page = await _fetch(web, unit.locator)
    digest = hashlib.blake2b(page.body, digest_size=8).hexdigest()
    known, _, number = cursor.partition(":")
    skip = int(number) if known == digest else 0
    reader = SitemapReader(page, unit, skip=skip, allow=web.allow)
    async for listing in in_thread(reader):
        yield listing if listing.done else replace(listing, cursor=f"{digest}:{listing.position}")
