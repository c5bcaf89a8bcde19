"""The older pages of a feed: archive documents (RFC 5005), ``next`` links, WordPress's ``?paged=N``.

page -> parse -> new entries -> inside the days -> address of the next older page, until the feed ends

A unit has the kind ``feed`` and the options ``since`` and ``until``. Pages are read from the newest on. New entries
that appear meanwhile move others to later pages, so some entries are read twice and none is lost.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace

from fivegwatch.extractors.errors import FeedError, FetchError
from fivegwatch.extractors.feeds.paging import Further, numbered_page, older_document
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.listings.days import Range
from fivegwatch.extractors.model import Entry, Feed, Listing, Origin, Page, ParsedFeed, Unit
from fivegwatch.extractors.web.urls import site_of, vet_url
from fivegwatch.sources.http.client import Web

Parse = Callable[[Page, Feed], Awaitable[ParsedFeed]]

_PAST_THE_END = frozenset({400, 404, 410})
_KEPT_KEYS = 500


@dataclass(slots=True)
class _Walk:
    """How far the pages of a feed have been read; as JSON it is the cursor of the unit."""

    url: str
    number: int = 1
    way: str = ""
    """The kind of link that led to ``url``: ``archive``, ``next`` or ``paged``; empty for the feed itself."""
    read: int = 0
    keys: list[str] = field(default_factory=list)
    """Keys of the entries on the pages that were read, in order of reading; the cursor keeps the last `_KEPT_KEYS`."""

    @classmethod
    def at(cls, unit: Unit, cursor: str) -> _Walk:
        return cls(**json.loads(cursor)) if cursor else cls(unit.locator)

    def cursor(self) -> str:
        kept = self.keys[-_KEPT_KEYS:]
        return json.dumps(
            {"url": self.url, "number": self.number, "way": self.way, "read": self.read, "keys": kept}
        )


async def read_paged_feed(web: Web, unit: Unit, cursor: str = "", *, parse: Parse) -> AsyncIterator[Listing]:
    """Yield the entries of a feed and of its older pages that lie inside the requested days, one listing for each page.

    If a page names no older page, ``?paged=N`` is tried. Reading ends if that page does not exist, and after a page
    that has only entries from before the requested days or no new entry (some caches always send the first page). A
    page without new entries does not end it, however, if the page names an older one and was not itself found by
    ``?paged=N``. Reading also ends before a page of another site, one that was read, or one that may not be requested.
    ``parse`` parses a document.
    ``Listing.position`` counts entries.

    Raises: FetchError, FeedError.
    """

    walk = _Walk.at(unit, cursor)
    known = set(walk.keys)
    visited = {walk.url}
    while walk.number <= LIMITS.listing_pages:
        answer = await _page(web, unit, walk, parse)
        if answer is None:
            yield Listing(position=walk.read, done=True)
            return
        page, parsed = answer
        fresh = [entry for entry in parsed.entries if _key(entry) not in known]
        walk.read += len(parsed.entries)
        walk.keys += [_key(entry) for entry in fresh]
        known |= set(walk.keys)
        further = await asyncio.to_thread(older_document, page)
        wanted, before = _sorted(fresh, Range.of(dict(unit.options)), page.requested_url)
        listing = Listing(
            entries=tuple(wanted),
            skipped=parsed.skipped,
            outside=len(fresh) - len(wanted),
            position=walk.read,
        )
        more = fresh or (further.url and walk.way != "paged")
        target = _target(web, walk, page, further) if more and not before else ""
        if target and site_of(target) != site_of(unit.locator):
            listing = replace(listing, skipped=(*listing.skipped, ("other_site", target)))
            target = ""
        if not target or target in visited:
            yield replace(listing, done=True)
            return
        visited.add(target)
        walk.url = target
        walk.number += 1
        yield replace(listing, cursor=walk.cursor())
    message = f"{unit.locator}: not at its end after {LIMITS.listing_pages:,} pages; ask for fewer days"
    raise FetchError(message, url=unit.locator, kind="too_many_pages", transient=False)


async def _page(web: Web, unit: Unit, walk: _Walk, parse: Parse) -> tuple[Page, ParsedFeed] | None:
    """One page of the feed; None if the feed has no such page any more."""
    origin = Origin(kind="wordpress", locator=walk.url)
    try:
        page = await web.fetch(walk.url, kind="feed", origin=origin, check_robots=True)
        assert isinstance(page, Page)  # the request had no condition, so the answer is not 304
        return page, await parse(page, Feed(id=unit.id[:16], url=unit.locator, title=""))
    except FetchError as exc:
        if walk.way == "paged" and exc.status in _PAST_THE_END:
            return None
        raise _with_remedy(exc, unit, walk) from exc
    except FeedError as exc:
        raise _with_remedy(exc, unit, walk) from exc


def _with_remedy(exc: FetchError | FeedError, unit: Unit, walk: _Walk) -> FetchError | FeedError:
    if exc.transient or walk.number > 1:
        return exc
    tried = "posts interface is closed, and its feed" if unit.option("instead") else "feed"
    message = f"{exc}. The site's {tried} cannot be read: try its sitemaps, or name the address of its feed"
    if isinstance(exc, FetchError):
        return FetchError(message, url=exc.url, kind=exc.kind, transient=False, status=exc.status)
    return FeedError(message, url=exc.url, kind=exc.kind)


def _target(web: Web, walk: _Walk, page: Page, further: Further) -> str:
    """The address of the next older page; empty if that address may not be requested."""
    if not further.url:
        walk.way = "paged"
        return numbered_page(walk.url, walk.number + 1)
    walk.way = further.way
    try:
        return vet_url(further.url, base=page.final_url, allow=web.allow)
    except FetchError:
        return ""


def _key(entry: Entry) -> str:
    return hashlib.blake2b((entry.guid or entry.id).encode("utf-8", "replace"), digest_size=6).hexdigest()


def _sorted(entries: list[Entry], wanted: Range, locator: str) -> tuple[list[Entry], bool]:
    """The entries inside the requested days or without a date, and whether all dates are before these days (False if no
    entry has a date).
    """
    inside = [entry for entry in entries if entry.published_at is None or wanted.holds(entry.published_at)]
    dates = [entry.published_at for entry in entries if entry.published_at is not None]
    before = bool(dates) and wanted.since is not None and max(dates).date() < wanted.since
    origin = Origin(kind="wordpress", locator=locator)
    return [replace(entry, origin=replace(origin, rank=entry.origin.rank)) for entry in inside], before
