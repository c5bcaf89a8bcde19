"""The AMP and print versions that a page names, and the text of such a version if it is longer than the page's.

Standard: AMP (``rel=amphtml``, a canonical link back), HTML (``rel=alternate`` with ``media=print``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from fivegwatch.extractors.articles.body import FULLER, Body, run_trafilatura
from fivegwatch.extractors.articles.canonical_address import first_claim
from fivegwatch.extractors.articles.headline import Headlines, read_headlines
from fivegwatch.extractors.errors import ExtractionError
from fivegwatch.extractors.model import OtherVersion, Page, VersionLink
from fivegwatch.extractors.pages.parsed import ParsedPage
from fivegwatch.extractors.pages.tree import read_page
from fivegwatch.extractors.text.word_overlap import shared, words
from fivegwatch.extractors.web.urls import canonical_url, joined, site_of

LINKS = 2_000
PRINT = re.compile(
    r"(?:^|[/?&._=-])(?:print(?:able|version)?|druck(?:en|version|ansicht)?|imprimir|imprimer|stampa)(?:$|[/?&._=-])",
    re.IGNORECASE,
)
NUMBER = re.compile(r"\d{5,}")
SAME_HEADLINE = 0.6
"""Least share of the shorter headline's words that the longer one must have too."""
HEADLINE_WORDS = 3
NAME_CHARS = 8
CLOSED = "//*[@subscriptions-section='content' or (@amp-access and @amp-access-hide)]"
"""Parts of an AMP page for subscribers only; the markup contains them, but we may not read them."""


def version_links(page: Page) -> tuple[VersionLink, ...]:
    """The versions that ``page`` names on its own site, AMP first, each once.

    Raises:
        ExtractionError: the page cannot be read at all.
    """
    own = {page.final_url, page.requested_url}
    links: dict[str, VersionLink] = {}
    for method, reference in _named(read_page(page), urlsplit(page.final_url).path):
        url = joined(page.final_url, reference)
        if url and url not in own and site_of(url) == site_of(page.final_url):
            links.setdefault(url, VersionLink(method=method, url=url))
    return tuple(links.values())


def _named(tree: HtmlElement, path: str) -> Iterator[tuple[str, str]]:
    """The versions a page names, as method and reference; ``path`` is that of the page's own address."""
    links = [((link.get("rel") or "").lower().split(), link) for link in islice(tree.iter("link"), LINKS)]
    name = path.rstrip("/").rpartition("/")[2].partition(".")[0]
    marks = [*NUMBER.findall(path), *([name] if len(name) >= NAME_CHARS else [])]
    yield from (("amp", link.get("href", "")) for rel, link in links if "amphtml" in rel)
    for rel, link in links:
        if "alternate" in rel and "print" in (link.get("media") or "").lower():
            yield "print", link.get("href", "")
    for link in islice(tree.iter("a"), LINKS):
        href = link.get("href") or ""
        # The link must hold the story's number or name: most sites also link to their printed edition.
        if PRINT.search(href) and any(mark in href for mark in marks):
            yield "print", href


def with_version(
    body: Body, candidates: tuple[Body, ...], version: OtherVersion, own_url: str, headlines: Headlines
) -> tuple[Body, tuple[Body, ...]]:
    """The chosen text, which is that of ``version`` if that is better, and every candidate.

    A version's text is chosen if it is much longer and of the same story: the version names the page's address
    (``own_url``) as its own, or has its headline. A version that cannot be read changes nothing.
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
    # The page names the version and the version the page, so the version's claim needs no further evidence.
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
