"""Reads a feed document: RSS, Atom and RDF by feedparser, JSON Feed by our own reader.

decode -> cut off the prolog, bound and repair the XML -> feedparser (or JSON) -> items -> vetted entries

Run it in a child process that can be killed (`fivegwatch.flows.workers.bounded_pool`): feedparser may take very long.
Standard: RSS 0.9x, 1.0, 2.0; RFC 4287 (Atom); JSON Feed 1.1.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

import feedparser

from fivegwatch.extractors.errors import FeedError
from fivegwatch.extractors.feeds.asked_pauses import asked_pause
from fivegwatch.extractors.feeds.entries import (
    FeedContext,
    Item,
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
    """The feed and its entries, in the order of the document.

    Every link is vetted (``allow`` as in `vet_url`), every text is plain and clipped, and no date is later than
    ``page.captured_at``. A feed may have no entries. Two items with the same canonical address are one entry.

    Raises: FeedError of kind ``empty_body``, ``not_a_feed``, ``entity``, ``too_deep``, ``bad_json``,
    ``too_large``, ``truncated`` (transient: cut short before its first whole entry) or ``parse_failed``.
    """
    url = page.final_url
    if len(page.body) > LIMITS.feed_body:
        raise FeedError(f"{url}: more than {LIMITS.feed_body:,} bytes", url=url, kind="too_large")
    text = decode_document(page.body, page.content_type, kind="feed")
    context = FeedContext(page=page, feed=feed, allow=allow)
    # A warning or log line before the XML may begin like JSON.
    if is_json(text) and not begins_a_line(text):
        return _parse_json(text, context)
    return _parse_xml(text, context)


def _parse_json(text: str, context: FeedContext) -> ParsedFeed:
    document = read_json_feed(text, url=context.page.final_url, now=context.page.captured_at)
    entries, skipped = build_entries(document.items, context, language=document.language)
    return ParsedFeed(
        format=document.format,
        title=title_line(document.title),
        language=language_tag(document.language),
        entries=entries,
        skipped=skipped + _surplus(document.dropped),
    )


def _parse_xml(text: str, context: FeedContext) -> ParsedFeed:
    page = context.page
    markup = read_markup(text, url=page.final_url, now=page.captured_at)
    document = _feedparser(markup, page.final_url)
    channel = document.get("feed", {})
    language = _string(channel, "language") or _string(dict.get(channel, "title_detail") or {}, "language")
    raw = document.get("entries", [])
    # feedparser knows no version of some dialects of RSS 0.9, but finds their items.
    version = document.get("version", "") or (markup.root if raw else "")
    if not version:
        message = f"{page.final_url}: no RSS, Atom, RDF or JSON feed"
        raise FeedError(message, url=page.final_url, kind="not_a_feed")
    entries, skipped = build_entries((_item(entry, language) for entry in raw), context, language=language)
    # Items that feedparser does not return are reported; the last one of a document cut short is incomplete.
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
        pause_s=asked_pause(channel),
        skip_hours=markup.skip_hours,
        skip_days=markup.skip_days,
    )


def _feedparser(markup: FeedMarkup, url: str) -> Any:
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    data = markup.text.encode("utf-8", "replace")
    try:
        # Not as bytes or str: feedparser would open a file or URL of that name. Sanitising and resolving links in
        # markup is not needed, since only plain text is kept.
        return feedparser.parse(
            io.BytesIO(data), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except MemoryError:
        raise  # a lack of memory concerns the whole process, not only this document
    except Exception as exc:
        message = f"{url}: feedparser gave up: {type(exc).__name__}: {exc}"
        raise FeedError(message, url=url, kind="parse_failed") from exc


def _surplus(dropped: int) -> tuple[Skipped, ...]:
    return (("too_many_entries", f"{dropped:,} more"),) if dropped else ()


def _string(mapping: Any, key: str) -> str:
    """The string ``key`` of a feedparser dictionary, or empty. ``dict.get`` does not follow feedparser's aliases."""
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
    """The possible addresses of a story, the best first."""
    yield _string(entry, "feedburner_origlink")
    link, guid = _string(entry, "link"), _string(entry, "id")
    if link != guid:  # feedparser uses the id of an entry without a link, and that may not be an address
        yield link
    for other in dict.get(entry, "links") or ():
        kind = _string(other, "type") or "text/html"
        if _is_alternate(_string(other, "rel")) and kind in _HTML_TYPES:
            yield _string(other, "href")
    # feedparser takes an empty link for one, and then no guid for an address.
    is_link = link == guid or dict.get(entry, "link") == "" or dict.get(entry, "guidislink") is not False
    if is_link and is_web_address(guid):
        yield guid


def _is_alternate(rel: str) -> bool:
    """True if ``rel`` contains ``alternate``, as a name or as a URL (RFC 4287 4.2.7.2)."""
    return "alternate" in (_IANA.sub("", one) for one in rel.lower().split())


def _longest(contents: Any) -> str:
    values = [_string(part, "value") for part in contents or () if _string(part, "type") in _TEXT_TYPES]
    return max(values, key=len, default="")


def _authors(entry: Any) -> Iterator[str]:
    names = [_string(person, "name") for person in dict.get(entry, "authors") or ()]
    # For one author the whole text is used: feedparser splits addresses with a long top-level domain.
    yield from names if len(names) > 1 else [_string(entry, "author")]
