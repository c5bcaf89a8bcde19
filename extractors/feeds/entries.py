"""From what a feed says of an item to an `Entry`: vetted, clipped, plain, dated."""

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
SHAPELESS = INVISIBLE + JOINERS
"""Characters that editors and databases leave around addresses."""
_AROUND = string.whitespace + "\x85\xa0\u2028\u2029\u202f\u3000" + SHAPELESS


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item as the feed has it: nothing vetted, nothing clipped, markup where the feed has markup."""

    links: tuple[str, ...] = ()
    """Addresses of the story, the best first."""
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
class Reading:
    """What the reading of one feed document depends on besides the document."""

    page: Page
    feed: Feed
    allow: frozenset[tuple[str, int]]


def build_entries(
    items: Iterable[Item], reading: Reading, *, language: str = ""
) -> tuple[tuple[Entry, ...], tuple[Skipped, ...]]:
    """Return the usable entries in the feed's order, and (reason, what the feed gave) for the others.

    Reasons: ``no_link``, ``self_link``, the kinds of `vet_url`, ``duplicate`` (the same story again),
    ``too_many_entries``.
    """
    entries: dict[str, Entry] = {}
    skipped: list[Skipped] = []
    for rank, item in enumerate(items):
        if len(entries) >= LIMITS.feed_entries:
            skipped.append(("too_many_entries", f"more than {LIMITS.feed_entries:,} entries"))
            break
        entry = _entry(item, rank, reading, language)
        if not isinstance(entry, Entry):
            skipped.append(entry)
        elif entry.id in entries:
            skipped.append(skip("duplicate", entry.url))
        else:
            entries[entry.id] = entry
    return tuple(entries.values()), tuple(skipped)


def _entry(item: Item, rank: int, reading: Reading, language: str) -> Entry | Skipped:
    url = _address(item, reading)
    if isinstance(url, tuple):
        return url
    now = reading.page.captured_at
    published = parse_published(item.published, now=now) or parse_published(item.updated, now=now)
    return replace(
        entry_at(url, Origin(kind="feed", locator=reading.feed.id, rank=rank), title=title_line(item.title)),
        summary=plain_text(item.summary, max_chars=LIMITS.summary_chars),
        content=plain_text(item.content, max_chars=LIMITS.content_chars),
        guid=_guid(item.guid),
        authors=_names(item.authors),
        categories=_distinct(item.categories, LIMITS.category_chars),
        published_at=published.at if published else None,
        updated_at=parse_date(item.updated, now=now),
        language=reading.feed.language or language_tag(item.language) or language_tag(language),
    )


def _address(item: Item, reading: Reading) -> str | Skipped:
    """Return the first of the item's links that may be fetched, or why there is none."""
    refused = skip("no_link", item.title or item.guid)
    for number, link in enumerate(link for raw in item.links if (link := raw.strip(_AROUND))):
        try:
            return _vetted(link, reading)
        except FetchError as error:
            if number == 0:
                refused = skip(error.kind, link)
    return refused


def is_web_address(guid: str) -> bool:
    """Whether a guid can be fetched: any other is a name only, and never made an address by resolving it."""
    return _WEB.match(guid.strip(_AROUND)) is not None


def _vetted(link: str, reading: Reading) -> str:
    url = vet_url(link, base=reading.page.final_url, allow=reading.allow)
    host, port = host_and_port(url)
    # "http:///x" and "http:\\x" are repaired by browsers; in a feed they are broken or meant to deceive.
    mended = _MENDED.match(link)
    nameless = "." not in host and ":" not in host and (host, port) not in reading.allow
    if mended or nameless:
        raise FetchError(f"{url}: names no public host", url=url, kind="bad_url", transient=False)
    # "#", "?" and "//" resolve to the document itself, and a feed is no story of its own.
    if url.partition("#")[0] == reading.page.final_url.partition("#")[0]:
        raise FetchError(f"{url}: is the feed itself", url=url, kind="self_link", transient=False)
    return url


def _guid(guid: str) -> str:
    if len(guid) > LIMITS.guid_chars:
        return "sha256:" + hashlib.sha256(guid.encode("utf-8", "replace")).hexdigest()
    return clean_line(guid, LIMITS.guid_chars)


def _names(authors: tuple[str, ...]) -> tuple[str, ...]:
    """Return the people's names; e-mail addresses are nobody's business."""
    room = 4 * LIMITS.author_chars
    return _distinct(
        (_EMAIL.sub(" ", author[:room]).strip(" ()<>,;") for author in authors), LIMITS.author_chars
    )


def _distinct(texts: Iterable[str], max_chars: int) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for text in texts:
        line = clean_line(plain_text(text, max_chars=max_chars), max_chars)
        if line:
            found[line] = None
        if len(found) >= LIMITS.categories:
            break
    return tuple(found)


def newest(first: str, last: str, now: datetime) -> bool:
    """True when the date ``last`` is later than ``first``: such a feed has its newest items at the end."""
    start, end = parse_date(first, now=now), parse_date(last, now=now)
    return start is not None and end is not None and end > start
