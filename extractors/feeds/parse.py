"""Feed documents to entries: RSS, Atom and RDF through feedparser, JSON Feed through our own reader.

decode -> prolog off, bounds -> feedparser (or JSON) -> items -> vetted entries

Run it in a child process: feedparser has quadratic regular expressions (``fivegwatch.flows.workers.pool``).
Standard: RSS 0.9x, 1.0, 2.0; RFC 4287 (Atom); JSON Feed 1.1.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import feedparser

from fivegwatch.extractors.errors import FeedError
from fivegwatch.extractors.feeds.entries import (
    Item,
    Reading,
    build_entries,
    is_web_address,
)
from fivegwatch.extractors.feeds.json_feed import read_json_feed
from fivegwatch.extractors.feeds.markup import FeedMarkup, begins_a_line, read_markup
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.model import Feed, Page, ParsedFeed, Skipped
from fivegwatch.extractors.text.decoding import decode_document
from fivegwatch.extractors.text.language_tags import language_tag
from fivegwatch.extractors.text.plain import title_line
from fivegwatch.extractors.web.sniff import is_json

_IANA = re.compile(r"^https?://www\.iana\.org/assignments/(?:relation|link-relations)/")
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_TEXT_TYPES = _HTML_TYPES | {"text/plain", ""}


def parse_feed(page: Page, *, feed: Feed, allow: frozenset[tuple[str, int]] = frozenset()) -> ParsedFeed:
    """Return what a feed document announces, in the feed's order; dates are judged against
    ``page.captured_at``.

    Every link is vetted (``allow`` as in `vet_url`), every text is plain and clipped. A feed without entries
    is a feed. The same story twice in one document is one entry.

    Raises: FeedError of kind ``empty_body``, ``not_a_feed``, ``entity``, ``too_deep``, ``bad_json``,
    ``too_large``, ``truncated`` (transient: cut short before its first whole entry) or ``parse_failed``.
    """
    url = page.final_url
    if len(page.body) > LIMITS.feed_body:
        raise FeedError(f"{url}: more than {LIMITS.feed_body:,} bytes", url=url, kind="too_large")
    text = decode_document(page.body, page.content_type, kind="feed")
    reading = Reading(page=page, feed=feed, allow=allow)
    # A warning or a line of a log before the XML may begin like JSON.
    if is_json(text) and not begins_a_line(text):
        return _parse_json(text, reading)
    return _parse_xml(text, reading)


def _parse_json(text: str, reading: Reading) -> ParsedFeed:
    document = read_json_feed(text, url=reading.page.final_url, now=reading.page.captured_at)
    entries, skipped = build_entries(document.items, reading, language=document.language)
    return ParsedFeed(
        format=document.format,
        title=title_line(document.title),
        language=language_tag(document.language),
        entries=entries,
        skipped=skipped + _surplus(document.dropped),
    )


def _parse_xml(text: str, reading: Reading) -> ParsedFeed:
    page = reading.page
    markup = read_markup(text, url=page.final_url, now=page.captured_at)
    document = _feedparser(markup, page.final_url)
    channel = document.get("feed", {})
    language = _string(channel, "language") or _string(dict.get(channel, "title_detail") or {}, "language")
    raw = document.get("entries", [])
    # Some RSS 0.9 and home-made dialects have no version feedparser knows; their items are items.
    version = document.get("version", "") or (markup.root if raw else "")
    if not version:
        message = f"{page.final_url}: no RSS, Atom, RDF or JSON feed"
        raise FeedError(message, url=page.final_url, kind="not_a_feed")
    entries, skipped = build_entries((_item(entry, language) for entry in raw), reading, language=language)
    # What swallows items in a way that could not be mended is told; of a document cut short, the last is half.
    missing = markup.items - len(raw) - markup.partial
    unread = (("unreadable", f"{missing:,} items"),) if missing > 0 else ()
    if markup.partial and not entries:
        message = f"{page.final_url}: cut short before its first whole entry"
        raise FeedError(message, url=page.final_url, kind="truncated", transient=True)
    return ParsedFeed(
        format=version,
        title=title_line(_string(channel, "title")),
        language=language_tag(language),
        entries=entries,
        skipped=(*skipped, *_surplus(markup.dropped), *unread),
        partial=markup.partial or bool(unread),
    )


def _feedparser(markup: FeedMarkup, url: str) -> Any:
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    data = markup.text.encode("utf-8", "replace")
    try:
        # Never bytes or str: feedparser opens the file or URL they name. Its sanitiser is neither complete
        # nor quick, and we keep plain text only; its resolver of links in markup has nothing to do then.
        return feedparser.parse(
            io.BytesIO(data), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except MemoryError:
        raise  # the process is spent, not only the document
    except Exception as exc:
        message = f"{url}: feedparser gave up: {type(exc).__name__}: {exc}"
        raise FeedError(message, url=url, kind="parse_failed") from exc


def _surplus(dropped: int) -> tuple[Skipped, ...]:
    return (("too_many_entries", f"{dropped:,} more"),) if dropped else ()


def _string(mapping: Any, key: str) -> str:
    """Return a string of a feedparser dictionary, or empty; plain ``dict.get`` follows no aliases."""
    value = dict.get(mapping, key)
    return value if isinstance(value, str) else ""


def _item(entry: Any, language: str) -> Item:
    detail = dict.get(entry, "title_detail") or {}
    return Item(
        links=tuple(_links(entry)),
        title=_string(entry, "title"),
        summary=_string(entry, "summary"),
        content=_longest(dict.get(entry, "content")),
        guid=_string(entry, "id"),
        authors=tuple(_authors(entry)),
        categories=tuple(
            _string(tag, "label") or _string(tag, "term") for tag in dict.get(entry, "tags") or ()
        ),
        published=_string(entry, "published") or _string(entry, "created"),
        updated=_string(entry, "updated"),
        language=_string(detail, "language") or language,
    )


def _links(entry: Any) -> Iterator[str]:
    """Yield the addresses a story may be at, the best first."""
    yield _string(entry, "feedburner_origlink")
    link, guid = _string(entry, "link"), _string(entry, "id")
    if link != guid:  # an entry without a link gets its id for one, and that may be no address
        yield link
    for other in dict.get(entry, "links") or ():
        kind = _string(other, "type") or "text/html"
        if _is_alternate(_string(other, "rel")) and kind in _HTML_TYPES:
            yield _string(other, "href")
    if (link == guid or dict.get(entry, "guidislink") is not False) and is_web_address(guid):
        yield guid


def _is_alternate(rel: str) -> bool:
    """Whether ``rel`` says ``alternate``, by its name or its address (RFC 4287 4.2.7.2)."""
    return "alternate" in (_IANA.sub("", one) for one in rel.lower().split())


def _longest(contents: Any) -> str:
    values = [_string(part, "value") for part in contents or () if _string(part, "type") in _TEXT_TYPES]
    return max(values, key=len, default="")


def _authors(entry: Any) -> Iterator[str]:
    names = [_string(person, "name") for person in dict.get(entry, "authors") or ()]
    # Of one author the whole text is better: feedparser cuts addresses under long top-level domains in two.
    yield from names if len(names) > 1 else [_string(entry, "author")]
