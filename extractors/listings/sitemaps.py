"""Reads entries and further sitemaps from a sitemap: index, urlset, news, plain text, RSS and Atom; gzipped or not.

    body -> unpacked, bounded -> text -> records -> inside the requested days and filters? -> entries, units

``news:publication_date`` is a date of publication; ``lastmod`` tells only that a page was not published later.
Standard: sitemaps.org 0.9, Google News sitemaps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import unquote

from fivegwatch.extractors.announce import entry_at, skip
from fivegwatch.extractors.errors import FeedError, FetchError
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.listings.days import Range, path_span, written_span
from fivegwatch.extractors.listings.sitemap_xml import Record, RecordReader
from fivegwatch.extractors.model import Entry, Listing, Origin, Page, Skipped, Unit
from fivegwatch.extractors.text.dates import parse_date, parse_published
from fivegwatch.extractors.text.decoding import decode_document
from fivegwatch.extractors.text.language_tags import language_tag
from fivegwatch.extractors.text.plain import title_line
from fivegwatch.extractors.web.codings import CodingError, Decoding, TooMuchError, packed_by
from fivegwatch.extractors.web.sniff import find_root, is_html, is_json
from fivegwatch.extractors.web.urls import site_of, vet_url

_PROLOG_CHARS = 200_000
# Any text can be resolved as a relative address, but text like this is never meant as one.
_NO_ADDRESS = re.compile(r"^(?![a-z][a-z0-9+.-]*:|/).*[\s<>]", re.IGNORECASE | re.DOTALL)
_SITEMAP_LINE = re.compile(r"^[ \t]*site-?map[ \t]*:[ \t]*(\S+)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a unit for the addresses in a sitemap; case and percent-encoding are ignored."""

    contains: str = ""
    regex: re.Pattern[str] | None = None

    @classmethod
    def of(cls, options: dict[str, str]) -> Filters:
        """The filters that the options of a unit give. Raises: re.error."""
        pattern = options.get("regex", "")
        return cls(options.get("contains", "").casefold(), re.compile(pattern, re.I) if pattern else None)

    def accepts(self, url: str) -> bool:
        """Whether ``url`` passes both filters."""
        plain = unquote(url)
        if self.contains and self.contains not in plain.casefold():
            return False
        return self.regex is None or self.regex.search(plain) is not None


def robots_sitemaps(text: str) -> tuple[str, ...]:
    """The addresses on the ``Sitemap:`` lines of a robots.txt, in the order of the file, whatever group they are in."""
    return tuple(dict.fromkeys(_SITEMAP_LINE.findall(text)))[: LIMITS.sitemap_children]


def unpack(body: bytes, *, at_most: int) -> tuple[bytes, bool]:
    """``body`` without its gzip layers, and True; if it is damaged, the part before the damage, and False.

    Raises: FeedError of kind ``too_large`` past ``at_most`` bytes.
    """
    whole = True
    for _ in range(2):  # twice, because a site may pack a file that its server packs again
        if packed_by(body) != "gzip":
            break
        body, ended = _gunzip(body, at_most)
        whole = whole and ended
    return body, whole


def _gunzip(body: bytes, at_most: int) -> tuple[bytes, bool]:
    unpacked = bytearray()
    decoding = Decoding(("gzip",), at_most)
    try:
        for piece in decoding.feed(body):
            unpacked += piece
        decoding.finish()
    except CodingError:
        return bytes(unpacked), False
    except TooMuchError as exc:
        raise FeedError(f"more than {at_most:,} bytes unpacked", kind="too_large") from exc
    return bytes(unpacked), True


def is_sitemap(page: Page) -> bool:
    """True when ``page`` looks like a sitemap, a feed or a list of addresses."""
    try:
        text, _ = _text(page)
    except FeedError:
        return False
    return _find_root(text) >= 0 or _is_list(text)


def _text(page: Page) -> tuple[str, bool]:
    try:
        body, whole = unpack(page.body, at_most=LIMITS.listing_body)
    except FeedError as exc:
        raise FeedError(f"{page.final_url}: {exc}", url=page.final_url, kind=exc.kind) from exc
    # The charset in the header also applies to a body that was gzipped.
    return decode_document(body, page.content_type, kind="feed"), whole


def _find_root(text: str) -> int:
    """Offset of the root element of a sitemap or feed; -1 when there is none."""
    root = find_root(text, within=_PROLOG_CHARS)
    return -1 if root is None or root.name == "html" else root.start


def _is_list(text: str) -> bool:
    return text.lstrip()[:8].lower().startswith(("http://", "https://"))


class SitemapReader:
    """Iterates over one sitemap in batches of about ``portion`` records.

    The first ``skip`` records were stored by an earlier run and are skipped. The caller makes the cursor of each batch
    from its ``position``.

    Raises while iterating: FeedError of kind ``empty_body``, ``not_a_sitemap``, ``too_large``; ``truncated``
    (transient) after the last whole record of a document that was cut short.
    """

    def __init__(
        self,
        page: Page,
        unit: Unit,
        *,
        skip: int = 0,
        portion: int = 1_000,
        allow: frozenset[tuple[str, int]] = frozenset(),
    ) -> None:
        options = dict(unit.options)
        self._page = page
        self._unit = unit
        self._skip = skip
        self._portion = portion
        self._allow = allow
        self._range = Range.of(options)
        self._filters = Filters.of(options)
        self._depth = int(options.get("depth", "0"))
        self._sites = {site_of(page.requested_url), site_of(page.final_url)}
        self._sites |= {name for name in options.get("site", "").split() if name}
        self._position = skip
        self._whole = True
        self._surplus = 0

    def __iter__(self) -> Iterator[Listing]:
        batch = _Batch()
        records = self._records()
        for number, record in enumerate(records):
            if number < self._skip:
                continue
            if number >= LIMITS.sitemap_urls:
                self._surplus += 1
                continue
            self._position = number + 1
            self._sort(record, batch)
            if batch.size >= self._portion:
                yield batch.listing(self._position)
                batch = _Batch()
        if self._surplus:
            batch.skipped.append(("too_many_urls", f"{self._page.final_url}: {self._surplus:,} more"))
        yield batch.listing(self._position, done=self._whole)
        if not self._whole:
            url = self._page.final_url
            message = f"{url}: cut short after {self._position:,} whole addresses, which are kept"
            raise FeedError(message, url=url, kind="truncated", transient=True)

    def _records(self) -> Iterator[Record]:
        url = self._page.final_url
        text, self._whole = _text(self._page)
        start = _find_root(text)
        if start >= 0:
            reader = RecordReader(text, start)
            yield from reader
            self._whole = self._whole and reader.whole
        elif _is_list(text):
            yield from _lines(text, self._whole)
        elif not self._whole:
            return  # cut before the first record
        elif not text.strip():
            raise FeedError(f"{url}: the document is empty", url=url, kind="empty_body")
        else:
            raise FeedError(
                f"{url}: no sitemap but {_kind_of(text)}; open it in a browser to see what the site answers",
                url=url,
                kind="not_a_sitemap",
            )

    def _sort(self, record: Record, batch: _Batch) -> None:
        given = record.get("loc", "link") or _address_in(record.get("guid"))
        if not given:
            batch.skipped.append(skip("no_link", record.get("title")))
            return
        if _NO_ADDRESS.search(given):
            batch.skipped.append(skip("bad_url", given))
            return
        try:
            url = vet_url(given, base=self._page.final_url, allow=self._allow)
            if record.name == "sitemap":
                self._sort_sitemap(url, record, batch)
            else:
                self._sort_page(url, record, batch)
        except FetchError as error:
            batch.skipped.append(skip(error.kind, given))

    def _sort_sitemap(self, url: str, record: Record, batch: _Batch) -> None:
        written = written_span(record.get("lastmod"), now=self._page.captured_at)
        if written is not None and self._range.starts_after(written):
            batch.outside += 1
        elif url in {self._page.final_url, self._page.requested_url, self._unit.locator}:
            batch.skipped.append(skip("loop", url))
        elif self._depth >= LIMITS.sitemap_depth:
            batch.skipped.append(skip("too_deep", url))
        else:
            batch.units.append(self._child(url))

    def _child(self, url: str) -> Unit:
        options = {**dict(self._unit.options), "depth": str(self._depth + 1)}
        return Unit(source="sitemap", kind="sitemap", locator=url, options=tuple(options.items()))

    def _sort_page(self, url: str, record: Record, batch: _Batch) -> None:
        if site_of(url) not in self._sites:
            batch.skipped.append(skip("other_site", url))
            return
        now = self._page.captured_at
        published = _published(record, now)
        if self._outside(url, record, published) or not self._filters.accepts(url):
            batch.outside += 1
            return
        origin = Origin(kind="sitemap", locator=self._unit.locator)
        batch.entries.append(
            replace(
                entry_at(url, origin, title=title_line(record.get("news.title", "title"))),
                published_at=published,
                updated_at=parse_date(record.get("lastmod", "updated", "modified"), now=now),
                language=language_tag(record.get("publication.language")),
            )
        )

    def _outside(self, url: str, record: Record, published: datetime | None) -> bool:
        if published is not None:
            return not self._range.holds(published)
        written = written_span(record.get("lastmod", "updated", "modified"), now=self._page.captured_at)
        if written is not None and self._range.starts_after(written):
            return True
        named = path_span(url)
        return named is not None and (self._range.starts_after(named) or self._range.ends_before(named))


class _Batch:
    """The records read since the last batch was returned."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.units: list[Unit] = []
        self.skipped: list[Skipped] = []
        self.outside = 0

    @property
    def size(self) -> int:
        return len(self.entries) + len(self.units) + len(self.skipped)

    def listing(self, position: int, *, done: bool = False) -> Listing:
        return Listing(
            entries=tuple(self.entries),
            units=tuple(self.units),
            skipped=tuple(self.skipped),
            outside=self.outside,
            position=position,
            done=done,
        )


def _lines(text: str, whole: bool) -> Iterator[Record]:
    lines = text.splitlines()
    if not whole and lines:
        lines.pop()  # it may be incomplete
    for line in lines:
        if line.strip():
            yield Record("url", {"loc": line.strip()})


def _published(record: Record, now: datetime) -> datetime | None:
    written = record.get("news.publication_date", "pubdate", "published", "issued", "date")
    published = parse_published(written, now=now) if written else None
    return published.at if published else None


def _address_in(guid: str) -> str:
    return guid if guid.startswith(("http://", "https://")) else ""


def _kind_of(text: str) -> str:
    if is_html(text):
        return "an HTML page"
    return "JSON" if is_json(text) else "something else"
