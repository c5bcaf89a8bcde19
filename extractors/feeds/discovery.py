"""The feeds that an HTML page names: ``<link rel="alternate">`` with the type of a feed, then links that look like a
feed's.

Standard: HTML, link type "alternate" (autodiscovery).
"""

from __future__ import annotations

import re

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.model import Page
from fivegwatch.extractors.text.decoding import decode_document
from fivegwatch.extractors.text.plain import plain_text
from fivegwatch.extractors.web.urls import vet_url

_TAG = re.compile(r"<(link|a)\b([^<>]{1,2000})>", re.I)
_ATTRIBUTE = re.compile(
    r"([a-z-]{1,20})\s*=\s*(?:\"([^\"]{0,1000})\"|'([^']{0,1000})'|([^\s\"'>]{1,1000}))", re.I
)
_TYPE = re.compile(r"application/(?:(?:rss|atom|rdf)\+xml|feed\+json|json)|text/xml|application/xml", re.I)
_LOOKS = re.compile(r"(?:/(?:feeds?|rss|atom)(?:[/.?#]|$)|\.(?:rss|atom|rdf)(?:[?#]|$)|[?&]feed=)", re.I)
_COMMENTS = re.compile(r"/comments?/feed|comments?\.(?:rss|xml)", re.I)
_CHARS = 1_000_000
USUAL_PATHS = ("/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml")
"""Paths at which many sites have a feed; they are tried if a page names no feed."""


def feed_links(page: Page, *, allow: frozenset[tuple[str, int]]) -> list[str]:
    """The addresses of feeds that the page names, the likeliest first; feeds of comments last."""
    text = decode_document(page.body, page.content_type, kind="page")[:_CHARS]
    announced: list[str] = []
    linked: list[str] = []
    for name, inside in _TAG.findall(text):
        attributes = {key.lower(): a or b or c for key, a, b, c in _ATTRIBUTE.findall(inside)}
        href = plain_text(attributes.get("href", ""), max_chars=1_000).strip()
        if not href:
            continue
        named = name.lower() == "link" and "alternate" in attributes.get("rel", "").lower().split()
        if named and _TYPE.search(attributes.get("type", "")):
            announced.append(href)
        elif name.lower() == "a" and _LOOKS.search(href):
            linked.append(href)
    urls: list[str] = []
    for href in (*announced, *linked):
        try:
            url = vet_url(href, base=page.final_url, allow=allow)
        except FetchError:
            continue
        if url not in urls:
            urls.append(url)
    return sorted(urls, key=lambda url: bool(_COMMENTS.search(url)))
