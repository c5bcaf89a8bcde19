"""Reads the items of a JSON Feed from its text. Standard: JSON Feed 1.0 and 1.1 (jsonfeed.org)."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime

from fivegwatch.extractors.errors import FeedError
from fivegwatch.extractors.feeds.entries import Item, is_web_address, newest
from fivegwatch.extractors.limits import LIMITS

_VERSION = re.compile(r"https?://(?:www\.)?jsonfeed\.org/version/(1(?:\.\d)?)/?")


@dataclass(frozen=True, slots=True)
class JsonFeed:
    """A JSON feed and its items as written."""

    format: str
    title: str
    language: str
    items: tuple[Item, ...]
    dropped: int
    """Number of items left out (the oldest), because the feed has more than ``LIMITS.feed_entries``."""


def read_json_feed(text: str, *, url: str, now: datetime) -> JsonFeed:
    """The feed in ``text``. A field of a wrong type counts as absent.

    Raises: FeedError of kind ``not_a_feed``, ``too_deep`` or ``bad_json`` (cut short, or not JSON).
    """
    try:
        # Not strict: raw line breaks in strings are a common fault of JSON written by hand.
        document = json.loads(text, strict=False, parse_int=_bounded_int, parse_constant=lambda _name: None)
    except RecursionError as exc:
        raise FeedError(f"{url}: JSON nested too deep", url=url, kind="too_deep") from exc
    except ValueError as exc:
        raise FeedError(f"{url}: not JSON: {exc}", url=url, kind="bad_json") from exc
    version = _VERSION.fullmatch(_text(document, "version").strip())
    items = document.get("items") if isinstance(document, dict) else None
    if version is None or not isinstance(items, list):
        raise FeedError(f"{url}: JSON, but not a JSON Feed", url=url, kind="not_a_feed")
    kept = _newest_items(items, now)
    return JsonFeed(
        format="json" + version.group(1).replace(".", "").ljust(2, "0"),
        title=_text(document, "title"),
        language=_text(document, "language"),
        items=tuple(_item(item) for item in kept if isinstance(item, dict)),
        dropped=len(items) - len(kept),
    )


def _newest_items(items: list[object], now: datetime) -> list[object]:
    """The newest of ``items``, at most as many as ``LIMITS.feed_entries``."""
    cap = LIMITS.feed_entries
    if len(items) <= cap:
        return items
    first, last = (
        _text(item, "date_published") or _text(item, "date_modified") for item in (items[0], items[-1])
    )
    return items[-cap:] if newest(first, last, now) else items[:cap]


def _bounded_int(digits: str) -> int | None:
    # Python raises an error for integers of more than 4,300 digits; no id or date has twenty.
    return int(digits) if len(digits) <= 20 else None


def _text(value: object, key: str) -> str:
    """The member ``key`` of an object if it is a string, else empty."""
    member = value.get(key) if isinstance(value, dict) else None
    return member if isinstance(member, str) else ""


def _texts(value: object, key: str) -> tuple[str, ...]:
    member = value.get(key) if isinstance(value, dict) else None
    return tuple(part for part in member if isinstance(part, str)) if isinstance(member, list) else ()


def _item(item: dict[str, object]) -> Item:
    number = item.get("id")
    guid = str(number) if isinstance(number, int) and not isinstance(number, bool) else _text(item, "id")
    return Item(
        links=(_text(item, "url"), _text(item, "external_url"), guid if is_web_address(guid) else ""),
        title=_text(item, "title"),
        summary=_text(item, "summary"),
        content=_text(item, "content_html") or _text(item, "content_text"),
        guid=guid,
        authors=_authors(item),
        categories=_texts(item, "tags"),
        published=_text(item, "date_published"),
        updated=_text(item, "date_modified"),
        language=_text(item, "language"),
    )


def _authors(item: dict[str, object]) -> tuple[str, ...]:
    several = item.get("authors")
    people = several if isinstance(several, list) else [item.get("author")]
    return tuple(name for person in people if (name := _text(person, "name")))
