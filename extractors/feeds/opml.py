"""Reads lists of feeds in OPML from any feed reader, nested folders included; writes them with a folder for each
category.

Standard: OPML 2.0 (subscription lists). Fields that OPML has no attribute for (id, publisher, country, whether a feed
is off and why) are written in a namespace of our own, so that reading a written list gives the same feeds.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from xml.etree import ElementTree

from fivegwatch.extractors.errors import FeedError, NewsError
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.model import Feed
from fivegwatch.extractors.text.language_tags import language_tag
from fivegwatch.extractors.text.plain import clean_line
from fivegwatch.extractors.web.urls import canonical_url, site_of, vet_url

_DEEPEST = 20
_AMPERSAND = re.compile(r"&(?!#|(?:amp|lt|gt|quot|apos);)")
_FORBIDDEN = re.compile(r"<!ENTITY\b", re.I)
_FEED_SCHEME = re.compile(r"feed:(?://)?(?=https?:)", re.I)
_SPACE = "urn:fivegwatch:feeds"
_OWN = {"id": "id", "publisher": "publisher", "country": "country", "inactive_reason": "off"}
"""Fields of a feed, each with the attribute of our namespace that stores it."""
_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class FeedList:
    """The content of an OPML document."""

    feeds: list[Feed]
    unusable: list[str]
    """One line for each outline with an unusable address: its title, and why the address is unusable."""


def read_opml(text: str, *, file: str, allow: frozenset[tuple[str, int]] = frozenset()) -> FeedList:
    """The feeds of an OPML document, each address once; the folder of a feed becomes its category.

    Ids are unique: those that `write_opml` wrote, else ids made from titles. For ``allow`` see `vet_url`. Raises:
    FeedError of kind ``not_opml``.
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
    unusable: list[str] = []
    ids: set[str] = set()
    for outline, folder in _outlines(root, "", 0):
        try:
            feed = _feed(outline, folder, allow)
        except NewsError as error:
            name = clean_line(outline.get("title") or outline.get("text") or "untitled", LIMITS.title_chars)
            unusable.append(f"{name}: {error}")
            continue
        if canonical_url(feed.url) not in feeds:
            feeds[canonical_url(feed.url)] = replace(feed, id=unique_id(feed.id, ids))
    return FeedList(list(feeds.values()), unusable)


def write_opml(feeds: Iterable[Feed]) -> str:
    """An OPML document of the feeds, with a folder for each category."""
    ElementTree.register_namespace("fivegwatch", _SPACE)
    root = ElementTree.Element("opml", version="2.0")
    ElementTree.SubElement(ElementTree.SubElement(root, "head"), "title").text = "fivegwatch"
    body = ElementTree.SubElement(root, "body")
    folders: dict[str, ElementTree.Element] = {"": body}
    for feed in feeds:
        if feed.category not in folders:
            folders[feed.category] = ElementTree.SubElement(
                body, "outline", text=feed.category, title=feed.category
            )
        own = {name: getattr(feed, name) for name in _OWN}
        if feed.publisher == site_of(feed.site_url or feed.url):  # what every reader of the list would take
            own["publisher"] = ""
        given = {
            "type": "rss", "text": feed.title, "title": feed.title, "xmlUrl": feed.url, "htmlUrl": feed.site_url,
            "language": feed.language, **{f"{{{_SPACE}}}{_OWN[name]}": value for name, value in own.items()},
        }  # fmt: skip
        ElementTree.SubElement(folders[feed.category], "outline", {k: v for k, v in given.items() if v})
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def slug(text: str) -> str:
    """``text`` as lower-case letters, digits and hyphens; empty if it has no Latin letter or digit."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")


def unique_id(wanted: str, taken: set[str]) -> str:
    """``wanted``, with a number added if it is in ``taken``. The returned id is added to ``taken``."""
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
        if values.get("xmlurl") or values.get("type", "").lower() in ("rss", "atom"):
            yield values, folder
        inside = folder
        if child.tag.lower() == "outline" and not values.get("xmlurl"):
            name = slug(values.get("title") or values.get("text") or "")
            inside = f"{folder}-{name}"[:60].strip("-") if name else folder
        yield from _outlines(child, inside, depth + 1)


def _feed(values: dict[str, str], folder: str, allow: frozenset[tuple[str, int]]) -> Feed:
    """The feed of an outline. Raises: FetchError, FeedError if it has no address that can be fetched."""
    address = _FEED_SCHEME.sub("", values.get("xmlurl", "").strip(), count=1)
    if not address:
        raise FeedError("has no xmlUrl", kind="not_opml")
    url = vet_url(re.sub(r"^feed://", "http://", address, flags=re.I), allow=allow)
    site = values.get("htmlurl", "").strip()
    try:
        site = vet_url(site, allow=allow) if site else ""
    except NewsError:  # the feed is none the worse
        site = ""
    title = clean_line(values.get("title") or values.get("text") or "", LIMITS.title_chars)
    own = {
        name: clean_line(values.get(f"{{{_SPACE}}}{key}", ""), LIMITS.title_chars)
        for name, key in _OWN.items()
    }
    return Feed(
        id=own["id"] if _ID.fullmatch(own["id"]) else slug(title) or slug(url.partition("://")[2]),
        url=url, title=title or url, site_url=site, publisher=own["publisher"],
        country=own["country"] if re.fullmatch("[A-Z]{2}", own["country"]) else "",
        language=language_tag(values.get("language", "")), category=folder,
        active=not own["inactive_reason"], inactive_reason=own["inactive_reason"],
    )  # fmt: skip
