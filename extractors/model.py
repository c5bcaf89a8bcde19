"""The vocabulary every room shares: frozen values, tuples instead of lists, aware UTC datetimes ending in ``_at``.

One chain, whatever brings the page: Feed -> Entry -> Page -> Article -> Decision -> story.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

OriginKind = Literal["feed", "sitemap", "wordpress", "url-list", "wayback", "warc", "gdelt", "archive"]
UnitState = Literal["pending", "running", "done", "failed"]
UnitSource = Literal["warc", "wayback", "sitemap", "wordpress", "gdelt", "url-list"]
EntryState = Literal["pending", "done", "retry", "gone"]
PollOutcome = Literal["new", "unchanged", "failed"]
VerdictName = Literal["kept", "near_miss", "rejected"]
Field = Literal["title", "text"]

Skipped = tuple[str, str]
"""Something a feed or listing gave that cannot be used: (reason slug, what was given as one short line)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A subscription we poll, one table of ``feeds.toml``; ``id`` is that table's name and never changes."""

    id: str
    url: str
    title: str
    site_url: str = ""
    publisher: str = ""
    language: str = ""
    """BCP 47, or empty when unknown."""
    country: str = ""
    category: str = ""
    active: bool = True
    inactive_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """What storage remembers of a feed between polls."""

    feed_id: str
    url: str
    """The address to poll: the watchlist's, or the one a permanent redirect proved."""
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    """SHA-256 (hex) of the last body that parsed; decides "unchanged" when validators lie."""
    checked_at: datetime | None = None
    failures: int = 0
    """Consecutive failed polls."""
    first_failed_at: datetime | None = None
    next_poll_at: datetime | None = None
    """Our own pace (adaptive polling, back-off); a run by hand ignores it."""
    retry_after_at: datetime | None = None
    """The server's demand (Retry-After); every run honours it."""
    moved_to: str | None = None
    moved_count: int = 0
    """Polls in a row that were permanently redirected to ``moved_to``."""
    disabled_reason: str | None = None
    subscribed_url: str | None = None
    """The watchlist's address this state belongs to; another one there starts afresh."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """How we learned of an entry or got a page."""

    kind: OriginKind
    locator: str
    """Feed id, sitemap URL, capture timestamp, or WARC file name and record offset (``name@bytes``)."""
    rank: int | None = None
    """Position in the feed, 0 the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something announced to exist. Its page may not have been asked for yet."""

    id: str
    """SHA-256 (hex) of ``canonical_url``."""
    url: str
    """The address to fetch, vetted; may carry tracking parameters."""
    canonical_url: str
    title: str = ""
    summary: str = ""
    """Plain text, tags stripped."""
    content: str = ""
    """The feed's own full content as plain text, if it offers one; else empty."""
    guid: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published_at: datetime | None = None
    """The publisher's claim."""
    updated_at: datetime | None = None
    language: str = ""
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """One feed document, read."""

    format: str
    """``rss20``, ``atom10``, ``rss10``, ``json11``, ..., as feedparser names versions."""
    title: str = ""
    language: str = ""
    entries: tuple[Entry, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    """Entries that could not be used: (reason slug, what the feed gave)."""
    partial: bool = False
    """The document was cut short: whole entries are here, validators must not be kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One HTTP response with content. Feed documents and articles are both pages."""

    requested_url: str
    final_url: str
    status: int
    content_type: str
    """The header as received, parameters included; empty when absent."""
    body: bytes
    """Decoded from its content codings."""
    captured_at: datetime
    """When these bytes were served: for archives the capture time, never today."""
    origin: Origin
    etag: str | None = None
    last_modified: str | None = None
    moved_to: str | None = None
    """Set when every redirect on the way was permanent (301, 308): the address to remember, once proved."""
    headers: tuple[tuple[str, str], ...] = ()
    """Lower-case names; only those later stages look at (``cf-mitigated``, ``content-language``, ``x-robots-tag``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLink:
    """Another version of a page's story, as the page names it."""

    method: str
    """``amp`` or ``print``."""
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherVersion:
    """That version, fetched. The story's identity stays with the page that named it."""

    method: str
    page: Page


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDate:
    """One claim of when a story was published."""

    source: str
    """``json-ld``, ``meta``, ``microdata``, ``feed``, ``url`` or ``visible``."""
    at: datetime
    """For precision ``day``: that day at 00:00 UTC, the day as written, whatever its zone."""
    precision: str
    """``minute`` or ``day``."""
    zone_known: bool
    """False when no zone was named and UTC was assumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A story's text and metadata, extracted from one page."""

    id: str
    """SHA-256 (hex) of the canonical form of ``url``: the identity key, in which spellings of an address are one."""
    url: str
    """The address to give a reader: the page's own claim when vetted (same site), else the final URL."""
    title: str
    text: str
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_precision: str = ""
    """``minute``, ``day`` or empty when undated."""
    published_source: str = ""
    """Where the date came from: ``json-ld``, ``meta``, ``microdata``, ``feed``, ``url``, ``visible``, or empty."""
    language: str = ""
    """BCP 47, of the text itself."""
    site: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    text_hash: str = ""
    """SHA-256 (hex) of title and text, white space folded."""
    method: str = ""
    """Which candidate the text came from (``trafilatura-fast``, ``json-ld``, ``feed``, ``amp``, ``print``, ...)."""
    quality: tuple[str, ...] = ()
    """Flags: ``too_short``, ``paywall``, ``consent_wall``, ``bot_wall``, ``soft_404``, ..."""
    site_name: str = ""
    """The outlet's own name; ``site`` is its registrable domain."""
    dates: tuple[PageDate, ...] = ()
    """Every publication date claimed; ``published_at`` is one of them."""
    lengths: tuple[tuple[str, int], ...] = ()
    """(method, characters) of every candidate text that was looked at, the chosen one included."""
    page_chars: int = 0
    """Characters the page shows in all, white space folded: menus, teasers and the story."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One rule hit: the evidence. ``quote`` is ``field`` sliced ``[start:end]`` (str indices, end exclusive)."""

    rule: str
    """Stable id of the term, entity, pattern or rule."""
    facet: str
    field: Field
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One named contribution to a score; a decision's score is the sum of its parts."""

    name: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """An entity named in an article."""

    entity: str
    name: str
    type: str
    country: str
    count: int
    field: Field
    start: int
    """First occurrence, str index into ``field``."""


class WithVerdict:
    """What was judged: ``relevant``, or a ``near_miss``, or neither."""

    __slots__ = ()
    relevant: bool
    near_miss: bool

    @property
    def verdict(self) -> VerdictName:
        """The verdict as the ledger names it."""
        return "kept" if self.relevant else "near_miss" if self.near_miss else "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(WithVerdict):
    """The verdict on one article under one set of rules, with everything needed to explain it."""

    article_id: str
    relevant: bool
    near_miss: bool
    score: float
    threshold: float
    reason: str
    """One sentence a person understands."""
    stage: str = "judge"
    """``judge``, or the triage gate that stopped the page (``scan``, ``text``)."""
    topics: tuple[str, ...] = ()
    matches: tuple[Match, ...] = ()
    mentions: tuple[Mention, ...] = ()
    parts: tuple[Part, ...] = ()
    rules_fingerprint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What could not be done, as data."""

    url: str
    stage: str
    """``poll``, ``parse``, ``fetch``, ``extract``, ``load``."""
    kind: str
    """Reason slug: ``timeout``, ``too_large``, ``blocked_address``, ``http_404``, ..."""
    message: str
    transient: bool
    failed_at: datetime
    origin: Origin | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One piece of a backfill's work that is begun, resumed and finished by itself: a WARC file, a sitemap, a query."""

    source: UnitSource
    kind: str
    """What ``locator`` names, a word of its source: ``file``, ``index``, ``captures``, ``slot``, ..."""
    locator: str
    """Path or URL; the same in every run."""
    options: tuple[tuple[str, str], ...] = ()
    """What else decides what is read (dates, filters), as text; all but ``depth`` and ``version`` is identity."""
    size: int = 0
    """How much there is to read, in the unit's own measure (bytes, rows); 0 when unknown. No part of the identity."""

    @property
    def id(self) -> str:
        """128-bit BLAKE2b (hex) of what identifies the unit."""
        # The same sitemap may be named by robots.txt and again by an index: one unit, however deep it was found. A file
        # is one unit whatever it holds by now: what is known of it is found, and held against its version.
        options = sorted(pair for pair in self.options if pair[0] not in ("depth", "version"))
        text = json.dumps([self.source, self.kind, self.locator, options])
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    def option(self, name: str, default: str = "") -> str:
        """The option's value, or ``default``."""
        return dict(self.options).get(name, default)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A portion of what a unit lists, and where to go on: stored together, so that a kill between two loses nothing."""

    entries: tuple[Entry, ...] = ()
    units: tuple[Unit, ...] = ()
    """Further units found on the way: the sitemaps of an index, the next page."""
    skipped: tuple[Skipped, ...] = ()
    """What could not be used: (reason slug, what was given)."""
    outside: int = 0
    """Listed, but not asked for: outside the dates, or of no interest by the filters."""
    cursor: str = ""
    """What to hand in to go on behind this portion; opaque, empty when the unit is done."""
    position: int = 0
    """How far the unit is read, in the measure of its size; never falls from one portion to the next."""
    done: bool = False
    """Nothing is left in the unit."""
