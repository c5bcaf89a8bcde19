"""Fills gaps: looks once for items that a feed dropped between two polls, in its older pages and in the site's
sitemaps.

gap -> paged feed, else sitemaps -> addresses dated inside it that no feed announced -> entries, as from any listing
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, time, timedelta

from fivegwatch.extractors.errors import FeedError, FetchError, NewsError
from fivegwatch.extractors.model import Entry, Feed, Listing, Page, ParsedFeed, Unit
from fivegwatch.flows.runs.tools import Tools, parsed_feed
from fivegwatch.sources.listings.paged_feeds import read_paged_feed
from fivegwatch.sources.listings.sitemaps import plan_sitemaps, read_sitemap
from fivegwatch.storage.read.entries import known_entries
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.feed_records import Gap
from fivegwatch.storage.spool.records import Sighting

GAPS_A_RUN = 20
SECONDS_A_GAP = 120.0
PORTIONS = 6
"""Most pages of a feed, or sitemaps, that are read for one gap."""
MOST_FOUND = 500
EARLIER = timedelta(hours=1)
"""An item may be dated this much earlier than it appeared."""


async def fill_gaps(tools: Tools) -> int:
    """Try once to fill the first ``GAPS_A_RUN`` gaps that this run noticed; returns the number of addresses added.

    Any other gaps stay in ``gaps`` as not filled.
    """
    added = 0
    for feed, gap, shown in tools.watch.gaps[:GAPS_A_RUN]:
        batch = Batch()
        method, problem = "", ""
        found: list[Entry] = []
        try:
            async with asyncio.timeout(SECONDS_A_GAP):
                method, found = await _items_of(tools, feed, gap, shown)
        except TimeoutError:
            problem = f"not done within {SECONDS_A_GAP:g} seconds"
        except NewsError as error:
            problem = f"{error.kind}: {error}"
        known = known_entries(tools.layout, [entry.id for entry in found])
        new = {entry.id: entry for entry in found if entry.id not in known}
        for entry in list(new.values())[:MOST_FOUND]:
            batch.add(Sighting.of(tools.run_id, entry, feed_id=feed.id, seen_at=tools.now()))
        added += min(len(new), MOST_FOUND)
        if found:
            message = f"{len(found)} addresses of that time in the {method}, {len(new)} of them not announced by a feed"
        else:
            message = f"nothing of that time in the feed's older pages or the sitemaps{'; ' * bool(problem)}{problem}"
        state = "filled" if found else "failed"
        filled = replace(
            gap, state=state, filled=min(len(new), MOST_FOUND), at_most=max(gap.at_most, len(new)), method=method,
            message=message, changed_at=tools.now(),
        )  # fmt: skip
        batch.add(filled)
        tools.watch.filled.append((feed, filled))
        put_batch(tools.layout, batch)
    return added


async def _items_of(tools: Tools, feed: Feed, gap: Gap, shown: frozenset[str]) -> tuple[str, list[Entry]]:
    """Where items of the gap were found (empty if nowhere), and the items found there that the feed itself does not
    show.
    """
    days = (("since", f"{gap.from_at - EARLIER:%Y-%m-%d}"), ("until", f"{gap.to_at:%Y-%m-%d}"))

    async def parse(page: Page, of: Feed) -> ParsedFeed:
        return await parsed_feed(tools.pool, page, of, tools.settings)

    unit = Unit(source="wordpress", kind="feed", locator=feed.url, options=days)
    found = await _inside(read_paged_feed(tools.web, unit, parse=parse), gap, shown)
    if found:
        return "paged feed", found
    site = "/".join((feed.site_url or feed.url).split("/")[:3]) + "/"
    since, until = (gap.from_at - EARLIER).date(), gap.to_at.date()
    units: Sequence[Unit] = await plan_sitemaps(tools.web, [site], since, until)
    read = 0
    # Sitemaps of news first: they hold the last two days and are small.
    waiting = sorted(units, key=lambda unit: "news" not in unit.locator)
    while waiting and read < PORTIONS:
        further: list[Unit] = []
        found += await _inside(read_sitemap(tools.web, waiting.pop(0)), gap, shown, further)
        waiting += sorted(further, key=lambda unit: "news" not in unit.locator)
        read += 1
        if found:
            return "sitemap", found
    return "", []


async def _inside(
    listings: AsyncIterator[Listing], gap: Gap, shown: frozenset[str], further: list[Unit] | None = None
) -> list[Entry]:
    """The entries that are dated inside the gap and are not in ``shown``; further units of the listings are added to
    ``further``. Only the first portions are read.
    """
    found: list[Entry] = []
    read = 0
    try:
        async for listing in listings:
            found += [entry for entry in listing.entries if entry.id not in shown and _is_inside(entry, gap)]
            if further is not None:
                further += listing.units
            read += 1
            if read >= PORTIONS:
                break
    except (FetchError, FeedError):
        if not found and further is None:
            return []
        if not found:
            raise
    return found


def _is_inside(entry: Entry, gap: Gap) -> bool:
    """Whether the entry is dated inside the gap. Midnight stands for the whole day, because many sitemaps give only
    days.
    """
    at = entry.published_at or entry.updated_at
    if at is None:
        return False
    at = at.astimezone(UTC)
    is_day = at.time() == time()
    return at <= gap.to_at and gap.from_at - EARLIER <= (at + timedelta(days=1) if is_day else at)
