"""The same story at another address: the AMP or print version a page names, for when the page itself shows too little.

Standard: AMP (``rel=amphtml``, a canonical link back), HTML (``rel=alternate`` with ``media=print``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from fivegwatch.extractors.articles.body import FULLER, Body, run_trafilatura
from fivegwatch.extractors.articles.headline import Headlines, read_headlines
from fivegwatch.extractors.articles.identity import first_claim
from fivegwatch.extractors.errors import ExtractionError
from fivegwatch.extractors.model import OtherVersion, Page, VersionLink
from fivegwatch.extractors.pages.parsed import ParsedPage
from fivegwatch.extractors.pages.tree import read_page
from fivegwatch.extractors.text.likeness import shared, words
from fivegwatch.extractors.web.urls import canonical_url, joined, site_of

LINKS = 2_000
PRINT = re.compile(
    r"(?:^|[/?&._=-])(?:print(?:able|version)?|druck(?:en|version|ansicht)?|imprimir|imprimer|stampa)(?:$|[/?&._=-])",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\d{5,}")
SAME_HEADLINE = 0.6
"""Least share of the shorter headline's words that the other has too."""
HEADLINE_WORDS = 3
NAME_CHARS = 8
CLOSED = "//*[@subscriptions-section='content' or (@amp-access and @amp-access-hide)]"
"""What an AMP page shows to subscribers only stands in its markup all the same; it is not for us."""


def version_links(page: Page) -> tuple[VersionLink, ...]:
    """The versions ``page`` names on its own site, AMP first, each once; empty when it names none.

    Raises:
        ExtractionError: the page cannot be read at all.
    """
    own = {page.final_url, page.requested_url}
    found: dict[str, VersionLink] = {}
    for method, reference in _named(read_page(page), urlsplit(page.final_url).path):
        url = joined(page.final_url, reference)
        if url and url not in own and site_of(url) == site_of(page.final_url):
            found.setdefault(url, VersionLink(method=method, url=url))
    return tuple(found.values())


def _named(tree: HtmlElement, path: str) -> Iterator[tuple[str, str]]:
    links = [
        (set((link.get("rel") or "").lower().split()), link) for link in islice(tree.iter("link"), LINKS)
    ]
    yield from (("amp", link.get("href", "")) for rel, link in links if "amphtml" in rel)
    for rel, link in links:
        if "alternate" in rel and "print" in (link.get("media") or "").lower():
            yield "print", link.get("href", "")
    for link in islice(tree.iter("a"), LINKS):
        href = link.get("href") or ""
        # With the story's own number or name in it: most sites also link to their edition on paper.
        if PRINT.search(href) and any(mark in href for mark in _marks(path)):
            yield "print", href


def _marks(path: str) -> list[str]:
    name = path.rstrip("/").rpartition("/")[2].partition(".")[0]
    return [*NUMBER.findall(path), *([name] if len(name) >= NAME_CHARS else [])]


def with_version(
    body: Body, candidates: tuple[Body, ...], version: OtherVersion, own_url: str, headlines: Headlines
) -> tuple[Body, tuple[Body, ...]]:
    """The believed text once ``version`` is heard too, and every candidate.

    It stands in when it is much longer and is the same story: it names the page's address as its own, or bears its
    headline. What cannot be read changes nothing.
    """
    page = ParsedPage(version.page)
    try:
        for box in page.tree.xpath(CLOSED):
            if box.getparent() is not None:
                box.drop_tree()
        other = Body(method=version.method, text=run_trafilatura(page, "standard").text)
    except ExtractionError:
        return body, candidates
    theirs = read_headlines(page, None)
    # The two name each other: that bears out an address nothing else would.
    same = canonical_url(first_claim(page) or page.url) == canonical_url(own_url)
    candidates = (*candidates, other)
    fuller = len(other.text) > FULLER * len(body.text)
    return (other if fuller and (same or _same_headline(headlines, theirs)) else body), candidates


def _same_headline(ours: Headlines, theirs: Headlines) -> bool:
    return any(
        min(len(words(one)), len(words(other))) >= HEADLINE_WORDS and shared(one, other) >= SAME_HEADLINE
        for one in ours.spellings
        for other in theirs.spellings
    )
