"""The Wayback Machine as a source: captured pages of a site, and what a feed announced over the years.

unit -> index, page by page (`index`) -> captures -> entries; of a feed: captures -> replay -> parse -> entries

A capture time says when a page existed, not when it was published. So it becomes the entry's locator, never its date.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import dropwhile
from typing import Literal

from fivegwatch.extractors.announce import announce
from fivegwatch.extractors.errors import ExtractionError, FeedError, FetchError
from fivegwatch.extractors.listings.cdx import Capture, CdxPage, earliest_pages, first_second, last_second
from fivegwatch.extractors.model import Entry, Feed, Listing, Origin, Unit
from fivegwatch.extractors.text.plain import clean_line
from fivegwatch.sources.http.client import Web
from fivegwatch.sources.listings.paged_feeds import Parse
from fivegwatch.sources.services.throttle import Services, Throttle
from fivegwatch.sources.wayback.index import TOO_SLOW, CdxIndex, IndexCursor
from fivegwatch.sources.wayback.replay import replay

Match = Literal["exact", "prefix", "domain"]
Every = Literal["capture", "hour", "day"]

PORTION = 1_000
"""Most rows or entries in one listing."""
_REMEMBERED = 100_000
_IN_A_ROW = 3
"""If this many captures in a row cannot be replayed, the archive itself is down."""
_COLLAPSE: dict[Every, str] = {"capture": "digest", "hour": "timestamp:10", "day": "timestamp:8"}
_PAGES_ONLY = ("statuscode:200", r"mimetype:(text/html|application/xhtml\+xml)")


def plan_captures(urls: Iterable[str], since: date, until: date, match: Match = "exact") -> tuple[Unit, ...]:
    """One unit for each of ``urls``. ``match`` says what an address stands for: one page (``exact``), all addresses
    that begin like it (``prefix``), or a whole ``domain`` with its hosts.

    ``host/path*`` always means a prefix, ``*.host`` a domain. The days ``since`` and ``until`` are included.
    """
    units: dict[str, Unit] = {}
    for url in urls:
        address, matches = _pattern(url.strip(), match)
        for unit in _units("captures", [address], since, until, ("match", matches)):
            units[unit.id] = unit
    return tuple(units.values())


def _pattern(url: str, match: Match) -> tuple[str, Match]:
    if url.startswith("*."):
        return url[2:], "domain"
    return (url[:-1], "prefix") if url.endswith("*") else (url, match)


def plan_feed_history(
    feed_urls: Iterable[str], since: date, until: date, *, every: Every = "capture"
) -> tuple[Unit, ...]:
    """One unit for each of ``feed_urls``. ``every`` limits the captures to one an hour or a day; use it for feeds that
    contain the time they were made, so that every capture differs.
    """
    return _units("feed", feed_urls, since, until, ("collapse", _COLLAPSE[every]))


def _units(
    kind: str, urls: Iterable[str], since: date, until: date, option: tuple[str, str]
) -> tuple[Unit, ...]:
    options = (option, ("from", first_second(since)), ("to", last_second(until)))
    addresses = dict.fromkeys(url.strip() for url in urls if url.strip())
    return tuple(Unit(source="wayback", kind=kind, locator=url, options=options) for url in addresses)


def _portions(page: CdxPage, at: IndexCursor) -> Iterator[tuple[tuple[Capture, ...], bool]]:
    """The unread rows of a page in portions (at least one, which may be empty), each with whether it is the last."""
    fresh = tuple(dropwhile(at.is_done, page.captures))
    for start in range(0, max(1, len(fresh)), PORTION):
        yield fresh[start : start + PORTION], start + PORTION >= len(fresh)


async def read_captures(
    web: Web, unit: Unit, cursor: str, services: Services, throttle: Throttle
) -> AsyncIterator[Listing]:
    """Yield for every address of ``unit`` its earliest capture with status 200; the entry's locator is the capture
    time.

    ``Listing.outside`` counts the other captures, ``Listing.position`` the rows of the index.

    Raises: FetchError of kind ``archive_blocked`` (never succeeds); ExtractionError of kind ``bad_cdx`` (transient) or
    ``cdx_circle``.
    """
    once = unit.option("match") == "exact"
    asked = [("matchType", unit.option("match", "exact")), *(("filter", one) for one in _PAGES_ONLY)]
    if not once:
        asked.append(("collapse", "urlkey"))
    index = CdxIndex(web, unit, services, throttle, asked)
    at = IndexCursor.parse(cursor)
    while True:
        page = await index.page(at.key)
        skipped = page.skipped
        for rows, last in _portions(page, at):
            earliest = tuple(earliest_pages(rows, at.taken))
            entries, unusable = _entries(earliest, web.allow)
            at = at.after(rows, taken=earliest[-1].urlkey if earliest else at.taken)
            if last:
                at = replace(at, key=page.resume_key)
            done = (last and not page.resume_key) or (once and bool(entries))
            yield Listing(
                entries=entries,
                skipped=(*skipped, *unusable),
                outside=len(rows) - len(earliest),
                cursor="" if done else str(at),
                position=at.rows,
                done=done,
            )
            if done:
                return
            skipped = ()


def _entries(
    captures: Iterable[Capture], allow: frozenset[tuple[str, int]]
) -> tuple[tuple[Entry, ...], tuple[tuple[str, str], ...]]:
    """One entry for each address that may be requested, from its earliest capture; and what was skipped, with the
    reason.
    """
    entries: dict[str, Entry] = {}
    skipped: list[tuple[str, str]] = []
    for capture in captures:
        entry = announce(capture.original, Origin(kind="wayback", locator=capture.timestamp), allow=allow)
        if not isinstance(entry, Entry):
            skipped.append(entry)
            continue
        known = entries.setdefault(entry.id, entry)
        if known.origin.locator > capture.timestamp:
            entries[entry.id] = entry
    return tuple(entries.values()), tuple(skipped)


async def read_feed_history(
    web: Web,
    unit: Unit,
    cursor: str,
    services: Services,
    throttle: Throttle,
    *,
    parse: Parse,
    feed: Feed | None = None,
) -> AsyncIterator[Listing]:
    """Yield the stories that the captures of a feed announced, each once, from the oldest capture on.

    Each capture whose content differs from that of the capture before is replayed and parsed by ``parse``. The entries
    get the language of ``feed``, and as their origin the first capture that announced them. A capture that is no feed,
    or that the archive does not have any more, is skipped with the reason. A capture that the archive is too slow to
    replay now (`TOO_SLOW`) becomes a unit of its own (kind ``feed-capture``), which this function reads too.
    ``Listing.outside`` counts captures with the same bytes as an earlier one, or with another status than 200.

    Raises: as `read_captures`; FetchError if several captures in a row fail, or one fails in another way that may pass.
    """
    history = _History(web, services, throttle, parse, feed or Feed(id="wayback", url=unit.locator, title=""))
    if unit.kind == "feed-capture":
        entries, skipped = await history.announced(unit.locator, unit.option("timestamp"))
        yield Listing(entries=entries, skipped=skipped, position=1, done=True)
        return
    asked = [
        ("matchType", "exact"),
        ("filter", _PAGES_ONLY[0]),
        ("collapse", unit.option("collapse", "digest")),
    ]
    index = CdxIndex(web, unit, services, throttle, asked)
    at = IndexCursor.parse(cursor)
    while True:
        page = await index.page(at.key)
        repeats = 0
        history.remember(at.taken)
        for capture in dropwhile(at.is_done, page.captures):
            before, at = at, at.after((capture,), taken=capture.digest)
            if history.knows(capture) or capture.statuscode != "200":
                repeats += 1
                continue
            listing = await history.listing(capture)
            for start in range(PORTION, len(listing.entries), PORTION):
                some = listing.entries[start - PORTION : start]
                yield Listing(entries=some, cursor=str(before), position=before.rows)
            rest = (len(listing.entries) - 1) // PORTION * PORTION if listing.entries else 0
            yield replace(listing, entries=listing.entries[rest:], cursor=str(at), position=at.rows)
        at = replace(at, key=page.resume_key)
        done = not page.resume_key
        yield Listing(
            skipped=page.skipped,
            outside=repeats,
            cursor="" if done else str(at),
            position=at.rows,
            done=done,
        )
        if done:
            return


class _History:
    """Reads the captures of one feed, and remembers what was read before."""

    def __init__(self, web: Web, services: Services, throttle: Throttle, parse: Parse, feed: Feed) -> None:
        self._web, self._services, self._throttle = web, services, throttle
        self._parse, self._feed = parse, feed
        self._failed = 0
        """Captures in a row that the archive could not replay."""
        self._known: dict[str, None] = {}
        """Digests of captures and ids of entries; the oldest are forgotten, which at most lists an entry twice."""

    async def listing(self, capture: Capture) -> Listing:
        """The new entries of one capture, as a listing without a cursor."""
        self.remember(capture.digest)
        try:
            entries, skipped = await self.announced(capture.original, capture.timestamp)
        except FetchError as exc:
            self._failed += 1
            if exc.kind not in TOO_SLOW or self._failed >= _IN_A_ROW:
                raise
            # Some captures always fail, which must not end the unit; others work later, and must not be lost.
            later = Unit(
                source="wayback",
                kind="feed-capture",
                locator=capture.original,
                options=(("timestamp", capture.timestamp),),
            )
            return Listing(units=(later,))
        self._failed = 0
        fresh = tuple(entry for entry in entries if entry.id not in self._known)
        for entry in fresh:
            self.remember(entry.id)
        return Listing(entries=fresh, skipped=skipped)

    def knows(self, capture: Capture) -> bool:
        """Whether a capture with the same bytes was read before; False for a capture without a digest."""
        return capture.digest in self._known and capture.digest not in ("", "-")

    def remember(self, key: str) -> None:
        """Remember ``key``: the digest of a capture, or the id of an entry."""
        self._known[key] = None
        if len(self._known) > _REMEMBERED:
            del self._known[next(iter(self._known))]

    async def announced(
        self, url: str, timestamp: str
    ) -> tuple[tuple[Entry, ...], tuple[tuple[str, str], ...]]:
        """The entries in one capture, with that capture as their origin; and what was skipped, with the reason.

        Raises: FetchError, transient.
        """
        try:
            page = await replay(self._web, timestamp, url, self._services, self._throttle, kind="feed")
            parsed = await self._parse(page, self._feed)
        except (FeedError, ExtractionError, FetchError) as exc:
            if isinstance(exc, FetchError) and exc.transient:
                raise
            return (), ((exc.kind, clean_line(f"{timestamp} {url}"[:600], 300)),)
        locator = page.origin.locator
        entries = tuple(
            replace(entry, origin=Origin(kind="wayback", locator=locator, rank=entry.origin.rank))
            for entry in parsed.entries
        )
        return entries, parsed.skipped
