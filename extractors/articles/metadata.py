"""Site, section and tags of an article, from the page's claims and its feed entry."""

from __future__ import annotations

import re

from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.model import Entry
from fivegwatch.extractors.pages.claims import line, lines
from fivegwatch.extractors.pages.parsed import ParsedPage
from fivegwatch.extractors.text.plain import clean_line
from fivegwatch.extractors.web.urls import site_of


def site_name(page: ParsedPage) -> str:
    """The outlet's own name, else its registrable domain."""
    claims = page.claims
    name = claims.first_meta("og:site_name", "application-name") or line(claims.article.get("publisher"))
    return clean_line(name, LIMITS.author_chars) if name and "://" not in name else site_of(page.url)


def page_section(page: ParsedPage) -> str:
    """The section that the page names; empty when it names none."""
    claims = page.claims
    named = claims.first_meta("article:section", "section") or line(claims.article.get("articleSection"))
    return clean_line(named, LIMITS.category_chars)


def page_tags(page: ParsedPage, entry: Entry | None) -> tuple[str, ...]:
    """Keywords of the page, then of its feed entry, each once."""
    claims = page.claims
    lists = (text for name in ("news_keywords", "keywords") for text in claims.meta.get(name, ()))
    keywords = ",".join((*lists, *lines(claims.article.get("keywords"))))
    words = (*claims.meta.get("article:tag", ()), *re.split(r"[,;\u3001\uff0c]", keywords))
    categories = entry.categories if entry is not None else ()
    cleaned = (clean_line(word, LIMITS.category_chars) for word in (*words, *categories))
    return tuple({word.casefold(): word for word in cleaned if word}.values())[: LIMITS.categories]
