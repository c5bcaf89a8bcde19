"""The facts of one page, each computed once and only when it is needed: bytes -> tree -> claims -> headings and
names."""

from __future__ import annotations

from collections.abc import Set
from copy import copy
from functools import cached_property
from itertools import islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from fivegwatch.extractors.model import Page
from fivegwatch.extractors.pages.claims import Claims, line, read_claims, types_of
from fivegwatch.extractors.pages.pruning import prune
from fivegwatch.extractors.pages.tree import read_page
from fivegwatch.extractors.text.plain import words_shown
from fivegwatch.extractors.text.word_overlap import key, words

HEADINGS = 100
"""Most headings, of the first to the fourth level, that are read."""
HEADLINE_KEY = 10
"""Fewest letters of a heading that names a story; shorter headings name sections."""
HEADLINE_WORDS = 3
"""Fewest words of a headline; a shorter heading names the outlet or a section."""


class ParsedPage:
    """A fetched page and its facts, shared by the gates and the extraction. Neither of its trees may be changed.

    Every fact except the first three raises ExtractionError as ``read_page`` does, at each access.
    """

    def __init__(self, fetched: Page) -> None:
        self.fetched = fetched
        self.url = fetched.final_url
        self.now = fetched.captured_at

    @cached_property
    def tree(self) -> HtmlElement:
        """The whole page."""
        return read_page(self.fetched)

    @cached_property
    def body(self) -> HtmlElement | None:
        """The ``body`` element of the tree."""
        return self.tree.find(".//body")

    @cached_property
    def elements(self) -> list[HtmlElement]:
        """The elements of the body in document order."""
        return [] if self.body is None else list(self.body.iter())

    @cached_property
    def marks(self) -> list[tuple[str | None, str | None, str | None]]:
        """The class, the microdata property and the role of each of the ``elements``."""
        return [(e.get("class"), e.get("itemprop"), e.get("role")) for e in self.elements]

    @cached_property
    def pruned(self) -> HtmlElement:
        """A copy of the tree without hidden boxes and links to other stories."""
        pruned = copy(self.tree)
        prune(pruned, self.url)
        return pruned

    @cached_property
    def title_tag(self) -> str:
        """The ``title`` element of the head as one line; empty when there is none."""
        return " ".join((self.tree.findtext(".//head//title") or "").split())

    @cached_property
    def headings(self) -> tuple[tuple[HtmlElement, str], ...]:
        """The headings that may be the headline, each with its text as one line, in document order.

        These are the ``h1`` elements and the first heading that is marked as the headline. If the ``title`` element
        repeats none of them, the first smaller heading that it repeats is added, or, on a page without a title, the
        first that is long enough. A heading that links to the front page is the outlet's name.

        Standard: HTML microdata (schema.org ``headline``), microformats (``entry-title``).
        """
        elements = islice(self.tree.iter("h1", "h2", "h3", "h4"), HEADINGS)
        texts = [(h, text) for h in elements if (text := words_shown(h)) and not _is_home(h)]
        first = next((h for h, _ in texts if is_marked(h)), None)
        headings = [(h, text) for h, text in texts if h.tag == "h1" or h is first]
        if any(self._is_repeated(text) for _, text in headings):
            return tuple(headings)
        half = len(key(self.title_tag)) // 2
        smaller = (pair for pair in texts if self._is_repeated(pair[1]) and len(key(pair[1])) > half)
        return (*headings, *islice(smaller, 1))

    def _is_repeated(self, heading: str) -> bool:
        """Whether the ``title`` element contains the heading; on a page without one, whether that is long enough for a
        headline."""
        if not self.title_tag:
            return len(key(heading)) > HEADLINE_KEY and len(words(heading)) >= HEADLINE_WORDS
        return len(key(heading)) > HEADLINE_KEY and key(heading) in key(self.title_tag)

    @cached_property
    def main_heading(self) -> HtmlElement | None:
        """The first heading that the title repeats or that is long enough for a headline; never the outlet's name."""
        for heading, text in self.headings:
            long = len(words(text)) >= HEADLINE_WORDS or self._is_repeated(text)
            if long and not names_site(text, self.site_names):
                return heading
        return None

    @cached_property
    def claims(self) -> Claims:
        """What the page tells machines about itself: JSON-LD and ``meta`` elements."""
        titles = (self.title_tag, *(text for _, text in self.headings))
        return read_claims(self.tree, url=self.url, titles=titles)

    @cached_property
    def site_names(self) -> frozenset[str]:
        """Keys (`word_overlap.key`) of every name the outlet goes by."""
        return _outlet_names(self.claims, self.url)

    @cached_property
    def declared_article(self) -> bool:
        """Whether the page tells machines that it is an article."""
        return bool(self.claims.article) or self.claims.og_type.startswith("article")

    @cached_property
    def declared_video(self) -> bool:
        """Whether the page tells machines that it is a video or contains one."""
        types = (name for node in self.claims.nodes for name in types_of(node))
        return self.claims.og_type.startswith("video") or "VideoObject" in types


def is_marked(heading: HtmlElement) -> bool:
    """Whether a heading is marked as the headline, by microdata or microformats."""
    marks = f"{heading.get('itemprop', '')} {heading.get('class', '')}".split()
    return "headline" in heading.get("itemprop", "").split() or "entry-title" in marks


def _is_home(heading: HtmlElement) -> bool:
    """Whether a heading links to the front page of its site."""
    link = heading.find(".//a")
    return link is not None and urlsplit(link.get("href") or "#").path == "/"


def _outlet_names(claims: Claims, url: str) -> frozenset[str]:
    """Keys of every name of the outlet: its host, the labels of that host, and the page's names for its site."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    named = (
        claims.first_meta("og:site_name"),
        claims.first_meta("application-name"),
        line(claims.article.get("publisher")),
    )
    labels = (label for label in host.split(".")[:-1] if len(label) > 3)
    return frozenset(map(key, (host, *labels, *(name for name in named if "://" not in name)))) - {""}


def names_site(text: str, names: Set[str]) -> bool:
    """Whether ``text`` is one of the outlet's ``names`` (keys), or differs from one in a few letters."""
    folded = key(text)
    return bool(folded) and any(
        folded == name
        or (len(name) > 3 and len(folded) <= len(name) + 12 and name in folded)
        or (len(folded) > 3 and folded in name)
        for name in names
    )
