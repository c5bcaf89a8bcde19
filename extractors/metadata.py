"""Title, authors, site, section, tags and canonical address of a page: which of its claims we believe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from extractors.limits import LIMITS
from extractors.model import Entry
from extractors.structured import Structured, line, lines
from extractors.text import clean_line
from extractors.urls import joined, public_url, site_of

HOME = re.compile(r"^/?(?:[a-z]{2}(?:-[a-z]{2})?/?)?(?:index\.\w+|home/?|default\.\w+)?$", re.IGNORECASE)
VARIANT = re.compile(r"^/(?:amp|print|full|all|single|\d{1,2}|index\.\w+)(?:[./].*)?$", re.IGNORECASE)


def site_name(claims: Structured, url: str) -> str:
    """The outlet's own name, else its registrable domain."""
    name = claims.first_meta("og:site_name", "application-name") or line(claims.article.get("publisher"))
    return clean_line(name, LIMITS.author_chars) if name and "://" not in name else site_of(url)


def page_section(claims: Structured) -> str:
    """The section the page files itself under, or empty."""
    named = claims.first_meta("article:section", "section") or line(claims.article.get("articleSection"))
    return clean_line(named, LIMITS.category_chars)


def page_tags(claims: Structured, entry: Entry | None) -> tuple[str, ...]:
    """Keywords of the page and of its feed entry, each once, in order."""
    words = list(claims.meta.get("article:tag", ()))
    for text in (
        *claims.meta.get("news_keywords", ()),
        *claims.meta.get("keywords", ()),
        *lines(claims.article.get("keywords")),
    ):
        words += re.split(r"[,;\u3001\uff0c]", text)
    words += entry.categories if entry is not None else ()
    cleaned = (clean_line(word, LIMITS.category_chars) for word in words)
    return tuple({word.casefold(): word for word in cleaned if word}.values())[: LIMITS.categories]


def page_url(tree: HtmlElement, claims: Structured, final_url: str) -> str:
    """The page's address for readers: its own claim if that names an article of the same site, else ``final_url``."""
    for claim in filter(None, _addresses(tree, claims)):
        url = joined(final_url, claim)
        if url and _may_stand_for(url, final_url):
            return public_url(url)
    return public_url(final_url)


def _addresses(tree: HtmlElement, claims: Structured) -> Iterator[str]:
    for link in tree.xpath("//link[@rel='canonical'][@href]")[:2]:
        yield link.get("href", "")
    yield claims.first_meta("og:url")
    yield line(claims.article.get("url"))


def _may_stand_for(url: str, final_url: str) -> bool:
    """Whether ``url`` can be the address of the page at ``final_url``: same site, and no home or section page."""
    try:
        claimed, final = urlsplit(url), urlsplit(final_url)
        ports = claimed.port in (None, 80, 443, final.port)
    except ValueError:
        return False
    if claimed.scheme not in ("http", "https") or not claimed.hostname or not ports or claimed.username:
        return False
    if len(url) > LIMITS.url_chars or site_of(url) != site_of(final_url):
        return False
    path, whole = claimed.path.rstrip("/"), final.path.rstrip("/")
    if HOME.match(claimed.path) and not claimed.query:
        return path == whole and not final.query
    rest = whole[len(path) :] if whole.startswith(path + "/") else ""
    return not rest or bool(VARIANT.match(rest))
