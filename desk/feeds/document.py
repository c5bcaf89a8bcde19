"""What a feed holds, whichever format it is written in."""

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
    """One event, measure or incident of a feed."""

    key: str
    """Names it for ever, such as ``event:<id>``; its id in the feed is made from this alone."""
    title: str
    url: str
    """Its page at the desk."""
    updated_at: datetime
    """When the last of its stories was seen, edited or corrected (UTC)."""
    published_at: datetime | None = None
    paragraphs: tuple[str, ...] = ()
    """Plain text."""
    sources: tuple[tuple[str, str], ...] = ()
    """Label and address of each article it rests on."""
    language: str = ""
    """Language of the title."""
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    """Outlets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed, newest change first."""

    key: str
    """Names it for ever, such as ``topic:T01``."""
    title: str
    description: str
    page_url: str
    base_url: str
    """Address of the folder of its files, ending in ``/``; empty when they may be anywhere (a USB stick)."""
    path: str
    """Path of its files below ``base_url``, without ``.atom`` or ``.json``."""
    items: tuple[FeedItem, ...]

    @property
    def updated_at(self) -> datetime:
        """The time of the latest change of an item: the feed stays the same, byte for byte, until an item changes."""
        return max((item.updated_at for item in self.items), default=EPOCH)


def urn_of(key: str, base_url: str = "") -> str:
    """The id of a feed or an item: a UUID (version 5) of its key, the same wherever the feed is moved to.

    The id of a feed is made from ``base_url`` as well, so that two sites have different ids. Standard: RFC 9562.
    """
    return f"urn:uuid:{uuid.uuid5(_NAMESPACE, f'{base_url} {key}'.strip())}"


def rfc3339(moment: datetime) -> str:
    """The moment as RFC 3339 writes it, by UTC and in whole seconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def clean(text: str) -> str:
    """The text without characters that XML cannot hold, every run of white space as one blank."""
    return " ".join(_FORBIDDEN.sub("", text).split())


def language_of(item: FeedItem) -> str:
    """The item's language tag, or nothing when it is not one."""
    return item.language if _LANGUAGE.fullmatch(item.language) else ""


def title_of(item: FeedItem) -> str:
    """The title of an item; ``(no headline)`` if it has none, since every item of a feed must have a title."""
    return clean(item.title) or "(no headline)"


def html_of(item: FeedItem) -> str:
    """The paragraphs and the sources as HTML; everything in it is escaped, and only web addresses are linked."""
    parts = [f"<p>{escape(clean(paragraph))}</p>" for paragraph in item.paragraphs if clean(paragraph)]
    sources = "".join(
        f'<li><a href="{escape(clean(url))}">{escape(clean(label))}</a></li>'
        if re.match(r"https?://", url)
        else f"<li>{escape(clean(label))}</li>"
        for label, url in item.sources
    )
    return "".join(parts) + (f"<ul>{sources}</ul>" if sources else "")
