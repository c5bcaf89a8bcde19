"""Writes a feed as Atom 1.0. Standard: RFC 4287, and the recommendations of feedvalidator."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from fivegwatch.desk.feeds.document import (
    Feed,
    FeedItem,
    clean,
    html_of,
    language_of,
    rfc3339,
    title_of,
    urn_of,
)

MEDIA_TYPE = "application/atom+xml"
_XML = "http://www.w3.org/XML/1998/namespace"


def atom_of(feed: Feed, generator: str = "fivegwatch") -> str:
    """The feed as an Atom document."""
    root = ET.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", f"{{{_XML}}}lang": "en"})
    _text(root, "id", urn_of(feed.key, feed.base_url))
    _text(root, "title", clean(feed.title))
    _text(root, "subtitle", clean(feed.description))
    _text(root, "updated", rfc3339(feed.updated_at))
    _text(ET.SubElement(root, "author"), "name", generator)
    _text(root, "generator", generator)
    _link(root, "self", f"{feed.base_url}{feed.path}.atom", MEDIA_TYPE)
    _link(root, "alternate", feed.page_url, "text/html")
    for item in feed.items:
        _entry(root, item)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _entry(root: ET.Element, item: FeedItem) -> None:
    entry = ET.SubElement(root, "entry")
    _text(entry, "id", urn_of(item.key))
    title = _text(entry, "title", title_of(item))
    if language := language_of(item):
        title.set(f"{{{_XML}}}lang", language)
    _text(entry, "updated", rfc3339(item.updated_at))
    if item.published_at is not None and item.published_at <= item.updated_at:
        _text(entry, "published", rfc3339(item.published_at))
    for name in dict.fromkeys(clean(author) for author in item.authors):
        if name:
            _text(ET.SubElement(entry, "author"), "name", name)
    for tag in dict.fromkeys(clean(tag) for tag in item.tags):
        if tag:
            ET.SubElement(entry, "category", {"term": tag})
    _link(entry, "alternate", item.url, "text/html")
    if html := html_of(item):
        _text(entry, "content", html).set("type", "html")
    else:
        _text(entry, "summary", title_of(item))


def _text(parent: ET.Element, name: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, name)
    child.text = text
    return child


def _link(parent: ET.Element, relation: str, href: str, media_type: str) -> None:
    ET.SubElement(parent, "link", {"rel": relation, "href": clean(href), "type": media_type})
