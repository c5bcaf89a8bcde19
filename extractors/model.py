"""The types that all rooms share: frozen dataclasses, tuples instead of lists, aware UTC datetimes ending in ``_at``.

Feed -> Entry -> Page -> Article -> Decision -> story, whether a page comes from the web, a WARC file or an archive.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fivegwatch.extractors.story_facts import Facts

OriginKind = Literal["feed", "sitemap", "wordpress", "url-list", "wayback", "warc", "gdelt", "archive"]
UnitState = Literal["pending", "running", "done", "failed"]
UnitSource = Literal["warc", "wayback", "sitemap", "wordpress", "gdelt", "url-list"]
EntryState = Literal["pending", "done", "retry", "gone"]
PollOutcome = Literal["new", "unchanged", "failed"]
VerdictName = Literal["kept", "near_miss", "rejected"]
Field = Literal["title", "text"]

Skipped = tuple[str, str]
"""An announced entry that cannot be used: (reason slug, its address or title as one short line)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed to poll, one table of ``feeds.toml``; ``id`` is the name of that table and never changes."""

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
    """What is stored about a feed between two polls."""

    feed_id: str
    url: str
    """The address to poll: that of the watchlist, or the target of a permanent redirect that was seen often enough."""
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    """SHA-256 (hex) of the last body that parsed: an equal body is "unchanged" even if ETag or date differ."""
    checked_at: datetime | None = None
    failures: int = 0
    """Consecutive failed polls."""
    first_failed_at: datetime | None = None
    next_poll_at: datetime | None = None
    """When the schedule polls next (adaptive polling, back-off); a run started by hand ignores it."""
    retry_after_at: datetime | None = None
    """When the server allows the next poll (Retry-After); every run honours it."""
    moved_to: str | None = None
    moved_count: int = 0
    """Consecutive polls with a permanent redirect to ``moved_to``."""
    disabled_reason: str | None = None
    """Why the feed counts as gone; it is still polled, but ever more rarely."""
    subscribed_url: str | None = None
    """The watchlist's address when this state was stored; if the watchlist changes it, the state is dropped."""
    health: str | None = None
    """A key of `extractors.feeds.health.STATUSES`; None before the first poll."""
    health_since: datetime | None = None
    problem: str | None = None
    """What is wrong, in one sentence; empty for a healthy feed."""
    proposed_url: str | None = None
    """The feed that the site names now, found after this one failed."""
    newest_at: datetime | None = None
    """When the newest item came; None if unknown."""
    memory: str | None = None
    """The feed's rhythm and trouble, encoded by `extractors.feeds.memory.FeedMemory`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where an entry was announced or a page came from."""

    kind: OriginKind
    locator: str
    """Feed id, sitemap URL, capture timestamp, or WARC file name and record offset (``name@bytes``)."""
    rank: int | None = None
    """Position in the feed, 0 the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A page that a feed or listing announces; it may not have been fetched yet."""

    id: str
    """SHA-256 (hex) of ``canonical_url``."""
    url: str
    """The address to fetch, vetted (`vet_url`); may carry tracking parameters."""
    canonical_url: str
    title: str = ""
    summary: str = ""
    """Plain text, tags stripped."""
    content: str = ""
    """The full text, if the feed contains it, as plain text; else empty."""
    guid: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published_at: datetime | None = None
    """The date of publication according to the feed or listing."""
    updated_at: datetime | None = None
    language: str = ""
    origin: Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """The content of one feed document."""

    format: str
    """feedparser's name for the version: ``rss20``, ``atom10``, ``rss10``, ``json11``, ..."""
    title: str = ""
    language: str = ""
    entries: tuple[Entry, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    partial: bool = False
    """Whether the document was cut short: it then has only whole entries, and its ETag must not be stored."""
    pause_s: float = 0.0
    """Pause between two polls that the document asks for (ttl, sy:updatePeriod), in seconds; 0 if it asks for none."""
    skip_hours: tuple[int, ...] = ()
    """Hours of the day (UTC) in which the document asks not to be polled."""
    skip_days: tuple[int, ...] = ()
    """Weekdays (Monday 0) on which the document asks not to be polled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One HTTP response with its body. Feed documents are pages too."""

    requested_url: str
    final_url: str
    status: int
    content_type: str
    """The header as received, parameters included; empty when absent."""
    body: bytes
    """Content codings (gzip, ...) undone; characters not yet decoded."""
    captured_at: datetime
    """When the server sent these bytes; for archives the time of capture, never today."""
    origin: Origin
    etag: str | None = None
    last_modified: str | None = None
    moved_to: str | None = None
    """The final address if every redirect on the way was permanent (301, 308), else None."""
    fresh_s: float = 0.0
    """How many seconds the answer stays fresh according to the server (Cache-Control max-age, Expires); 0 if it does
    not say."""
    headers: tuple[tuple[str, str], ...] = ()
    """Names in lower case; only those used later (``cf-mitigated``, ``content-language``, ``x-robots-tag``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionLink:
    """Another version of a story that its page links to."""

    method: str
    """``amp`` or ``print``."""
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherVersion:
    """A `VersionLink` that was fetched. The story keeps the identity of the page that links to it."""

    method: str
    page: Page


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDate:
    """One date of publication that a page or feed claims."""

    source: str
    """``json-ld``, ``meta``, ``microdata``, ``feed``, ``url`` or ``visible``."""
    at: datetime
    """For precision ``day``: 00:00 UTC of the day as written, whatever its zone."""
    precision: str
    """``minute`` or ``day``."""
    zone_known: bool
    """False when the date named no zone and UTC was assumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """The text and metadata of a story, extracted from one page."""

    id: str
    """SHA-256 (hex) of the canonical form of ``url``: different spellings of an address have one id."""
    url: str
    """The address for readers: the one the page claims, if it is on the same site, else the final URL."""
    title: str
    text: str
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_precision: str = ""
    """``minute``, ``day`` or empty when undated."""
    published_source: str = ""
    """Where the date came from: ``json-ld``, ``meta``, ``microdata``, ``feed``, ``url``, ``visible``, or empty."""
    language: str = ""
    """BCP 47, detected from the text."""
    site: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    text_hash: str = ""
    """SHA-256 (hex) of title and text, with white space folded."""
    method: str = ""
    """The candidate text that was chosen (``trafilatura-fast``, ``json-ld``, ``feed``, ``amp``, ``print``, ...);
    ``gate-scan``, ``gate-text`` or ``gate-tree`` if a gate stopped the page: its paragraphs."""
    quality: tuple[str, ...] = ()
    """Flags: ``too_short``, ``paywall``, ``consent_wall``, ``bot_wall``, ``soft_404``, ..."""
    site_name: str = ""
    """The outlet's own name for itself; ``site`` is its registrable domain."""
    dates: tuple[PageDate, ...] = ()
    """Every claimed date of publication; ``published_at`` is one of them."""
    lengths: tuple[tuple[str, int], ...] = ()
    """(method, characters) of every candidate text, the chosen one included."""
    page_chars: int = 0
    """Length of all text the page displays (menus, teasers and the story), white space folded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One hit of a rule, as evidence. ``quote`` is ``field[start:end]`` (str indices, end exclusive)."""

    rule: str
    """Stable id of the term, entity, pattern or rule."""
    facet: str
    field: Field
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One named contribution to a score; the score of a decision is the sum of its parts."""

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
    """A base for everything that is judged: ``relevant``, a ``near_miss``, or neither."""

    __slots__ = ()
    relevant: bool
    near_miss: bool

    @property
    def verdict(self) -> VerdictName:
        """The verdict, as the ledger names it: ``kept``, ``near_miss`` or ``rejected``."""
        return "kept" if self.relevant else "near_miss" if self.near_miss else "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision(WithVerdict):
    """The verdict on one article under one set of rules, and the evidence that explains it."""

    article_id: str
    relevant: bool
    near_miss: bool
    score: float
    threshold: float
    reason: str
    """One sentence for people."""
    stage: str = "judge"
    """``judge``, or the gate that stopped the page before extraction (``scan``, ``text``, ``tree``)."""
    topics: tuple[str, ...] = ()
    matches: tuple[Match, ...] = ()
    mentions: tuple[Mention, ...] = ()
    parts: tuple[Part, ...] = ()
    rules_fingerprint: str = ""
    facts: Facts | None = None
    """The facts of a story or near miss. None for all other articles, and always None in the decision that ``judge``
    returns, because it reads no facts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A step that failed, as a record."""

    url: str
    stage: str
    """``poll``, ``parse``, ``fetch``, ``extract``, ``load``."""
    kind: str
    """A key of `fivegwatch.extractors.errors.KINDS`, or ``http_404`` and so on."""
    message: str
    transient: bool
    failed_at: datetime
    origin: Origin | None = None
    repeats: int | None = None
    """How often the step failed: polls or attempts in a row, or entries of one document with the same fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """The part of a backfill that is started, resumed and finished on its own: a WARC file, a sitemap, a query."""

    source: UnitSource
    kind: str
    """What ``locator`` names: ``file``, ``index``, ``captures``, ``slot``, ..., depending on the source."""
    locator: str
    """Path or URL, identical in every run."""
    options: tuple[tuple[str, str], ...] = ()
    """Dates, filters and the like, as text. All of them except ``depth`` and ``version`` are part of the identity."""
    size: int = 0
    """How much there is to read, in bytes, rows or files; 0 when unknown. Not part of the identity."""

    @property
    def id(self) -> str:
        """128-bit BLAKE2b (hex) of source, kind, locator and the identifying options."""
        # A sitemap named by robots.txt and again by an index is one unit, whatever its depth. A file that
        # changed is the same unit: earlier results are kept, and its version tells that it changed.
        options = sorted(pair for pair in self.options if pair[0] not in ("depth", "version"))
        text = json.dumps([self.source, self.kind, self.locator, options])
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    def option(self, name: str, default: str = "") -> str:
        """The value of an option, or ``default``."""
        return dict(self.options).get(name, default)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A batch of entries that a unit lists, and the cursor after it; both are stored in one step, so that a run can
    resume."""

    entries: tuple[Entry, ...] = ()
    units: tuple[Unit, ...] = ()
    """Further units to read: the sitemaps of an index, the next page."""
    skipped: tuple[Skipped, ...] = ()
    outside: int = 0
    """Number of listed pages that were left out because of their date or the filters."""
    cursor: str = ""
    """Where to resume after this batch; opaque, empty when the unit is done."""
    position: int = 0
    """How much of the unit was read, in the same measure as the unit's ``size``; it never falls from one batch to the
    next."""
    done: bool = False
    """Whether nothing of the unit is left to read."""
