"""CC-NEWS, the news crawl of Common Crawl: which of its files hold the captures of a range of days.

An article is captured once, hours or days after its publication. To get the stories published in a range of days,
request some days more.
"""

from __future__ import annotations

import logging
from datetime import date

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.listings.news_crawl import CrawlFile, covering, listed_files, listing_path, months
from fivegwatch.extractors.listings.sitemaps import unpack
from fivegwatch.extractors.model import Origin, Page, Unit
from fivegwatch.extractors.web.urls import vet_url
from fivegwatch.sources.http.client import Web

BASE = "https://data.commoncrawl.org/"
FILE_BYTES = 1_072_694_208
"""Typical size of a file; the listings give no sizes."""

_ABSENT = frozenset({403, 404})
_log = logging.getLogger(__name__)


async def plan_news_crawl(web: Web, since: date, until: date, *, base: str) -> tuple[Unit, ...]:
    """One unit for each file with captures from ``since`` to ``until`` (UTC, both inclusive), in the order of the
    crawl.

    A month that is not in the crawl (404, 403) has no files. The listing of the current month grows: plan again to get
    the files added since. Sizes are estimates.

    Raises: FetchError if a listing cannot be fetched for another reason, or is no listing.
    """
    base = base if base.endswith("/") else base + "/"
    files: list[CrawlFile] = []
    wanted = list(months(since, until))
    for year, month in wanted:
        files += await _month(web, base, year, month)
    if wanted and not any(file.opened_at.date() < since for file in files):
        # Captures of the first days may be in a file that was opened in the month before.
        year, month = wanted[0]
        files += await _month(web, base, *((year, month - 1) if month > 1 else (year - 1, 12)))
    return tuple(
        Unit(
            source="warc",
            kind="download",
            locator=vet_url(file.path, base=base, allow=web.allow),
            size=FILE_BYTES,
        )
        for file in covering(files, since, until)
    )


async def _month(web: Web, base: str, year: int, month: int) -> tuple[CrawlFile, ...]:
    url = vet_url(listing_path(year, month), base=base, allow=web.allow)
    try:
        page = await web.fetch(url, kind="listing", origin=Origin(kind="warc", locator=url))
    except FetchError as exc:
        if exc.status not in _ABSENT:
            raise
        _log.info("%s: no such month (%s)", url, exc.status)
        return ()
    assert isinstance(page, Page)  # the request had no condition, so the answer is not 304
    body, whole = unpack(page.body, at_most=LIMITS.listing_body)
    text = body.decode("ascii", "replace")
    files = listed_files(text)
    if not whole or (text.strip() and not files):
        what = "is cut short" if not whole else "is no listing of the crawl's files"
        raise FetchError(f"{url}: {what}", url=url, kind="bad_listing", transient=True)
    return files
