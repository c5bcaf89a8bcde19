"""The other sites to which a story's paragraphs link: sources and outlets that the authors read."""

from __future__ import annotations

import re
from html import unescape

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.model import Page
from fivegwatch.extractors.text.decoding import decode_document
from fivegwatch.extractors.web.urls import site_of

_PARAGRAPH = re.compile(r"<p\b[^>]{0,500}>(.{0,5000}?)</p\s*>", re.I | re.S)
_LINK = re.compile(r"<a\b[^>]{0,1000}?\bhref\s*=\s*[\"']?(https?://[^\s\"'<>]{1,500})", re.I)
_CHARS, _LINKS = 1_000_000, 200
PLATFORMS = frozenset(
    [
        "amazon.com",
        "apple.com",
        "bit.ly",
        "bsky.app",
        "doi.org",
        "facebook.com",
        "flickr.com",
        "github.com",
        "google.com",
        "instagram.com",
        "linkedin.com",
        "mastodon.social",
        "pinterest.com",
        "reddit.com",
        "t.co",
        "t.me",
        "telegram.me",
        "threads.net",
        "tiktok.com",
        "tinyurl.com",
        "twitter.com",
        "whatsapp.com",
        "wikimedia.org",
        "wikipedia.org",
        "x.com",
        "youtu.be",
        "youtube.com",
    ]
)
"""Sites to which pages link as services; they publish no news of their own."""


def linked_sites(page: Page) -> dict[str, str]:
    """The sites that paragraphs of the page link to, each with the first such address; its own site and ``PLATFORMS``
    are left out. Links of menus and side columns do not count, as they stand outside of paragraphs."""
    text = decode_document(page.body, page.content_type, kind="page")[:_CHARS]
    own, sites = site_of(page.final_url), dict[str, str]()
    links = [url for paragraph in _PARAGRAPH.findall(text) for url in _LINK.findall(paragraph)]
    for url in links[:_LINKS]:
        try:
            site = site_of(url)
        except FetchError:
            continue
        if site and site != own and site not in PLATFORMS:
            sites.setdefault(site, unescape(url))
    return sites
