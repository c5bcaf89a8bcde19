"""Turns the items of a feed into entries: links vetted, texts made plain and clipped, dates parsed."""

from __future__ import annotations

import hashlib
import re
import string
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from fivegwatch.extractors.announce import entry_at, skip
from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.model import Entry, Feed, Origin, Page, Skipped
from fivegwatch.extractors.text.dates import parse_date, parse_published
from fivegwatch.extractors.text.language_tags import language_tag
from fivegwatch.extractors.text.plain import clean_line, plain_text, title_line
from fivegwatch.extractors.text.scripts import INVISIBLE, JOINERS
from fivegwatch.extractors.web.urls import host_and_port, vet_url

_EMAIL = re.compile(r"\(?[^\s@()<>]{1,64}@[^\s@()<>]{1,200}\)?")
_MENDED = re.compile(r"[A-Za-z][\w+.-]*:(?:///|/*\\|//[^/?#]*\\)")
_WEB = re.compile(r"https?://", re.IGNORECASE)
_NAMED = re.compile(r"(?:[\w-]{1,63}\.)+[a-z]{2,63}(?=[/?#]|$)", re.IGNORECASE)
SHAPELESS = INVISIBLE + JOINERS
"""Characters that editors and databases leave around addresses."""
_AROUND = string.whitespace + "\x85\xa0\u2028\u2029\u202f\u3000" + SHAPELESS


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item as written in the feed, with its markup; nothing is vetted or clipped yet."""

    links: tuple[str, ...] = ()
    """Possible addresses of the story, the best first."""
    title: str = ""
    summary: str = ""
    content: str = ""
    guid: str = ""
    authors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    published: str = ""
    updated: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedContext:
    """What entries are built with besides their items: the feed document as a page, the subscription, and the hosts
    that may be fetched (see `vet_url`)."""

    page: Page
    feed: Feed
    allow: frozenset[tuple[str, int]]


def build_entries(
    items: Iterable[Item], context: FeedContext, *, language: str
) -> tuple[tuple[Entry, ...], tuple[Skipped, ...]]:
    """The usable entries in the order of the feed, and the unusable items with the reason for each.

    Reasons: ``no_link``, ``self_link``, the kinds of error of `vet_url`, ``duplicate`` (an earlier item has the same
    story), ``too_many_entries``.
    """
    entries: dict[str, Entry] = {}
    skipped: list[Skipped] = []
    for rank, item in enumerate(items):
        if len(entries) >= LIMITS.feed_entries:
            skipped.append(("too_many_entries", f"more than {LIMITS.feed_entries:,} entries"))
            break
        entry = _entry(item, rank, context, language)
        if not isinstance(entry, Entry):
            skipped.append(entry)
        elif entry.id in entries:
            skipped.append(skip("duplicate", entry.url))
        else:
            entries[entry.id] = entry
    return tuple(entries.values()), tuple(skipped)


def _entry(item: Item, rank: int, context: FeedContext, language: str) -> Entry | Skipped:
    url = _address(item, context)
    if isinstance(url, tuple):
        return url
    now = context.page.captured_at
    published = parse_published(item.published, now=now) or parse_published(item.updated, now=now)
    return replace(
        entry_at(url, Origin(kind="feed", locator=context.feed.id, rank=rank), title=title_line(item.title)),
        summary=plain_text(item.summary, max_chars=LIMITS.summary_chars),
        content=plain_text(item.content, max_chars=LIMITS.content_chars),
        guid=_guid(item.guid),
        authors=_names(item.authors),
        categories=_distinct(item.categories, LIMITS.category_chars),
        published_at=published.at if published else None,
        updated_at=parse_date(item.updated, now=now),
        language=context.feed.language or language_tag(item.language) or language_tag(language),
    )


def _address(item: Item, context: FeedContext) -> str | Skipped:
    """The first of the item's links that may be fetched, or the reason why none may."""
    refused = skip("no_link", item.title or item.guid)
    for number, link in enumerate(link for raw in item.links if (link := raw.strip(_AROUND))):
        try:
            return _vetted(_with_scheme(link, context), context)
        except FetchError as error:
            if number == 0:
                refused = skip(error.kind, link)
    return refused


def is_web_address(guid: str) -> bool:
    """True if a guid is an http(s) URL. Any other guid is only a name, so it is never resolved against the feed's
    URL."""
    return _WEB.match(guid.strip(_AROUND)) is not None


def _with_scheme(link: str, context: FeedContext) -> str:
    """``link`` with the scheme of the feed in front, if it begins with the feed's own host or ``www.`` and lacks only
    the scheme; else ``link`` unchanged.

    feedparser reads such a link as a relative address: ``/www.press.example/story``, which does not exist.
    """
    feed = context.page.final_url
    written = link.removeprefix(feed.partition("?")[0].rpartition("/")[0] + "/")
    host = _NAMED.match(written)
    if host is None:
        return link
    name, own = host[0].lower(), host_and_port(feed)[0]
    if name.startswith("www.") or name == own.removeprefix("www."):
        return f"{feed.partition('://')[0]}://{written}"
    return link


def _vetted(link: str, context: FeedContext) -> str:
    url = vet_url(link, base=context.page.final_url, allow=context.allow)
    host, port = host_and_port(url)
    # Browsers repair "http:///x" and "http:\\x"; in a feed these are mistakes or attempts to deceive.
    mended = _MENDED.match(link)
    nameless = "." not in host and ":" not in host and (host, port) not in context.allow
    if mended or nameless:
        raise FetchError(f"{url}: names no public host", url=url, kind="bad_url", transient=False)
    # "#", "?" and "//" resolve to the feed itself, which is not a story.
    if url.partition("#")[0] == context.page.final_url.partition("#")[0]:
        raise FetchError(f"{url}: is the feed itself", url=url, kind="self_link", transient=False)
    return url


def _guid(guid: str) -> str:
    if len(guid) > LIMITS.guid_chars:
        return "sha256:" + hashlib.sha256(guid.encode("utf-8", "replace")).hexdigest()
    return clean_line(guid, LIMITS.guid_chars)


def _names(authors: tuple[str, ...]) -> tuple[str, ...]:
    """The names of the authors, without their e-mail addresses."""
    room = 4 * LIMITS.author_chars
    return _distinct(
        (_EMAIL.sub(" ", author[:room]).strip(" ()<>,;") for author in authors), LIMITS.author_chars
    )


def _distinct(texts: Iterable[str], max_chars: int) -> tuple[str, ...]:
    lines: dict[str, None] = {}
    for text in texts:
        line = clean_line(plain_text(text, max_chars=max_chars), max_chars)
        if line:
            lines[line] = None
        if len(lines) >= LIMITS.categories:
            break
    return tuple(lines)


def newest(first: str, last: str, now: datetime) -> bool:
    """True if the date ``last`` is later than ``first``. With the dates of a feed's first and last item: the newest
    items are at its end."""
    start, end = parse_date(first, now=now), parse_date(last, now=now)
    return start is not None and end is not None and end > start
