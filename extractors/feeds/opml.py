"""Reads lists of feeds as OPML from any reader, nested folders included; writes them with a folder for each category.

Standard: OPML 2.0 (subscription lists).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from xml.etree import ElementTree

from fivegwatch.extractors.errors import FeedError
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.model import Feed
from fivegwatch.extractors.text.language_tags import language_tag
from fivegwatch.extractors.text.plain import clean_line
from fivegwatch.extractors.web.urls import canonical_url, vet_url

_DEEPEST = 20
_AMPERSAND = re.compile(r"&(?!#|(?:amp|lt|gt|quot|apos);)")
_FORBIDDEN = re.compile(r"<!(?:ENTITY|DOCTYPE)\b", re.I)


def read_opml(text: str, *, file: str) -> list[Feed]:
    """The feeds of an OPML document, each address once; the folder of a feed is its category.

    Ids are made of titles and are unique. Raises: FeedError of kind ``not_opml``.
    """
    if _FORBIDDEN.search(text[:100_000]):
        raise FeedError(f"{file}: declares XML entities, which no list of feeds needs", kind="not_opml")
    # Lists made by hand have bare "&" in addresses.
    text = _AMPERSAND.sub("&amp;", text.lstrip("\ufeff \r\n\t"))
    try:
        root = ElementTree.fromstring(text)  # noqa: S314  # entities are refused above
    except ElementTree.ParseError as exc:
        raise FeedError(f"{file}: not OPML: {exc}", kind="not_opml") from exc
    if root.tag.lower() != "opml":
        raise FeedError(f"{file}: not OPML: its root is <{root.tag[:40]}>", kind="not_opml")
    feeds: dict[str, Feed] = {}
    ids: set[str] = set()
    for outline, folder in _outlines(root, "", 0):
        feed = _feed(outline, folder)
        if feed is None or canonical_url(feed.url) in feeds:
            continue
        feeds[canonical_url(feed.url)] = replace(feed, id=unique_id(feed.id, ids))
    return list(feeds.values())


def write_opml(feeds: Iterable[Feed]) -> str:
    """An OPML document of the feeds, a folder for each category."""
    root = ElementTree.Element("opml", version="2.0")
    ElementTree.SubElement(ElementTree.SubElement(root, "head"), "title").text = "fivegwatch"
    body = ElementTree.SubElement(root, "body")
    folders: dict[str, ElementTree.Element] = {"": body}
    for feed in feeds:
        if feed.category not in folders:
            folders[feed.category] = ElementTree.SubElement(
                body, "outline", text=feed.category, title=feed.category
            )
        given = {
            "type": "rss", "text": feed.title, "title": feed.title, "xmlUrl": feed.url, "htmlUrl": feed.site_url,
            "language": feed.language,
        }  # fmt: skip
        ElementTree.SubElement(folders[feed.category], "outline", {k: v for k, v in given.items() if v})
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def slug(text: str) -> str:
    """``text`` as small letters, digits and hyphens; empty if nothing of it is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")


def unique_id(wanted: str, taken: set[str]) -> str:
    """``wanted``, with a number if it is taken; it is taken from then on."""
    made, number = wanted or "feed", 2
    while made in taken:
        made, number = f"{wanted or 'feed'}-{number}", number + 1
    taken.add(made)
    return made


def _outlines(element: ElementTree.Element, folder: str, depth: int) -> Iterator[tuple[dict[str, str], str]]:
    for child in element:
        if child.tag.lower() == "head" or depth > _DEEPEST:
            continue
        values = {key.lower(): value for key, value in child.attrib.items()}
        if values.get("xmlurl"):
            yield values, folder
        inside = folder
        if child.tag.lower() == "outline" and not values.get("xmlurl"):
            name = slug(values.get("title") or values.get("text") or "")
            inside = f"{folder}-{name}".strip("-")[:60] if name else folder
        yield from _outlines(child, inside, depth + 1)


def _feed(values: dict[str, str], folder: str) -> Feed | None:
    try:
        url = vet_url(values["xmlurl"].strip())
        site = vet_url(values["htmlurl"].strip()) if values.get("htmlurl", "").strip() else ""
    except Exception:  # an address that is none: the list goes on
        return None
    title = clean_line(values.get("title") or values.get("text") or "", LIMITS.title_chars)
    return Feed(
        id=slug(title) or slug(url.partition("://")[2]), url=url, title=title or url, site_url=site,
        language=language_tag(values.get("language", "")), category=folder,
    )  # fmt: skip
