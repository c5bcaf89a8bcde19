"""Title, authors, site, section, tags and canonical address of a page: which of its claims we believe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from lxml.html import HtmlElement

from extractors.articles_interim import canonical_url, site_of
from extractors.limits import LIMITS
from extractors.model import Entry
from extractors.structured import Structured, line, lines

SEPARATOR = re.compile(r"\s+[|\u2013\u2014\u00b7\u2022\u00bb\u00ab:\-\u2011]\s+|\s*[|\uff5c_]\s*")
HOME = re.compile(r"^/?(?:[a-z]{2}(?:-[a-z]{2})?/?)?(?:index\.\w+|home/?|default\.\w+)?$", re.IGNORECASE)
VARIANT = re.compile(r"^/(?:amp|print|full|all|single|\d{1,2}|index\.\w+)(?:[./].*)?$", re.IGNORECASE)
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]")


def clean(text: str, most: int) -> str:
    """``text`` on one line, invisible characters out, at most ``most`` characters."""
    return " ".join(CONTROLS.sub(" " if "\n" in text else "", text).split())[:most].strip()


def page_title(tree: HtmlElement, claims: Structured, entry: Entry | None) -> str:
    """The article's headline, or empty when nothing on the page or in the feed names it."""
    site = {
        name.casefold()
        for name in (claims.first_meta("og:site_name"), line(claims.article.get("publisher")))
        if name
    }
    for candidate in _titles(tree, claims, entry):
        title = clean(_without_site(candidate, site), LIMITS.title_chars)
        if title:
            return title
    return ""


def _titles(tree: HtmlElement, claims: Structured, entry: Entry | None) -> Iterator[str]:
    yield line(claims.article.get("headline"))
    yield claims.first_meta("og:title", "twitter:title")
    headings = [" ".join(h1.text_content().split()) for h1 in tree.iter("h1")]
    if len(headings) == 1:
        yield headings[0]
    if entry is not None:
        yield entry.title
    yield " ".join((tree.findtext(".//title") or "").split())
    yield from headings


def _without_site(title: str, site: set[str]) -> str:
    parts = SEPARATOR.split(title)
    if len(parts) > 1 and parts[-1].casefold() in site:
        return title[: title.rfind(parts[-1])].rstrip(" |\u2013\u2014\u00b7\u2022\u00bb\u00ab:-\uff5c_")
    return title


def page_authors(tree: HtmlElement, claims: Structured, entry: Entry | None) -> tuple[str, ...]:
    """The names in the byline, without addresses; empty when nobody signed."""
    found = [name for name in lines(claims.article.get("author")) if _is_name(name)]
    if not found:
        found = [name for key in ("author", "article:author", "dc.creator", "parsely-author", "byl")
                 for name in claims.meta.get(key, ()) if _is_name(name)]  # fmt: skip
    if not found:
        spots = tree.xpath("//*[@rel='author' or @itemprop='author']")[:5]
        found = [name for spot in spots if _is_name(name := " ".join(spot.text_content().split()))]
    if not found and entry is not None:
        found = list(entry.authors)
    return tuple(dict.fromkeys(clean(name, LIMITS.author_chars) for name in found))[:20]


def _is_name(text: str) -> bool:
    return 2 < len(text) <= 120 and "://" not in text and not text.startswith("@")


def site_name(claims: Structured, url: str) -> str:
    """The outlet's own name, else its registrable domain."""
    name = claims.first_meta("og:site_name", "application-name") or line(claims.article.get("publisher"))
    return clean(name, LIMITS.author_chars) if name and "://" not in name else site_of(url)


def page_section(claims: Structured) -> str:
    """The section the page files itself under, or empty."""
    named = claims.first_meta("article:section", "section") or line(claims.article.get("articleSection"))
    return clean(named, LIMITS.category_chars)


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
    cleaned = (clean(word, LIMITS.category_chars) for word in words)
    return tuple({word.casefold(): word for word in cleaned if word}.values())[: LIMITS.categories]


def page_url(tree: HtmlElement, claims: Structured, final_url: str) -> str:
    """The canonical URL: the page's own claim if it names an article of the same site, else ``final_url``, canonicalised."""
    for claim in _addresses(tree, claims):
        url = urljoin(final_url, claim)
        if _may_stand_for(url, final_url):
            return canonical_url(url)
    return canonical_url(final_url)


def _addresses(tree: HtmlElement, claims: Structured) -> Iterator[str]:
    for link in tree.xpath("//link[@rel='canonical'][@href]")[:2]:
        yield link.get("href", "").strip()
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
