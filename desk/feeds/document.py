"""The content of a published feed, independent of its format."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://fivegwatch.invalid/")
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even escaped."""
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedItem:
    """One item of a feed: an event, a measure or an incident."""

    key: str
    """A name that never changes, such as ``event:<id>``; the item's id in the feed is computed from it."""
    title: str
    url: str
    """Address of the item's page at the desk."""
    updated_at: datetime
    """The latest time (UTC) at which one of the item's stories was first seen, edited or corrected."""
    published_at: datetime | None = None
    paragraphs: tuple[str, ...] = ()
    """The paragraphs of the item, as plain text."""
    sources: tuple[tuple[str, str], ...] = ()
    """Label and address of each article that the item is based on."""
    language: str = ""
    """Language of the title."""
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    """Names of the outlets that reported it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed to be published. Its items are in order of their latest change, the newest first."""

    key: str
    """A name of the feed that never changes, such as ``topic:T01``."""
    title: str
    description: str
    page_url: str
    base_url: str
    """Address of the folder with the feed's files, ending in ``/``; empty if the files may be anywhere (a USB
    stick)."""
    path: str
    """Path of the feed's files below ``base_url``, without ``.atom`` or ``.json``."""
    items: tuple[FeedItem, ...]

    @property
    def updated_at(self) -> datetime:
        """The latest time at which an item changed, not the time of writing, so that an unchanged feed has the same
        bytes.
        """
        return max((item.updated_at for item in self.items), default=EPOCH)


def urn_of(key: str, base_url: str = "") -> str:
    """The id of a feed or an item: a UUID (version 5) computed from its key. It stays the same if the feed is moved.

    The id of a feed is computed from ``base_url`` as well, so that feeds of two sites have different ids. Standard: RFC
    9562.
    """
    return f"urn:uuid:{uuid.uuid5(_NAMESPACE, f'{base_url} {key}'.strip())}"


def rfc3339(moment: datetime) -> str:
    """A time in the format of RFC 3339, in UTC and whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def clean(text: str) -> str:
    """``text`` without characters that XML forbids, and with each run of white space replaced by one blank."""
    return " ".join(_FORBIDDEN.sub("", text).split())


def language_of(item: FeedItem) -> str:
    """The item's language tag; empty if its language is not a valid tag."""
    return item.language if _LANGUAGE.fullmatch(item.language) else ""


def title_of(item: FeedItem) -> str:
    """The title of an item; ``(no headline)`` if it has none, since every item of a feed must have a title."""
    return clean(item.title) or "(no headline)"


def html_of(item: FeedItem) -> str:
    """The paragraphs and the sources of an item as HTML. All text is escaped, and only web addresses become links."""
    parts = [f"<p>{escape(clean(paragraph))}</p>" for paragraph in item.paragraphs if clean(paragraph)]
    sources = "".join(
        f'<li><a href="{escape(clean(url))}">{escape(clean(label))}</a></li>'
        if re.match(r"https?://", url)
        else f"<li>{escape(clean(label))}</li>"
        for label, url in item.sources
    )
    return "".join(parts) + (f"<ul>{sources}</ul>" if sources else "")
