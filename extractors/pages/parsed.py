"""The facts of one page, worked out once and only when asked for: bytes -> tree -> claims -> headings and names."""

from __future__ import annotations

from copy import copy
from functools import cached_property
from itertools import islice

from lxml.html import HtmlElement

from fivegwatch.extractors.model import Page
from fivegwatch.extractors.pages.claims import Claims, read_claims, types_of
from fivegwatch.extractors.pages.outlet import names_site, outlet_names
from fivegwatch.extractors.pages.pruning import prune
from fivegwatch.extractors.pages.tree import read_page
from fivegwatch.extractors.text.plain import words_shown
from fivegwatch.extractors.text.word_overlap import words

HEADINGS = 30
"""First-level headings looked at."""
HEADLINE_WORDS = 3
"""Fewest words of a headline; a shorter heading names the outlet or a section."""


class ParsedPage:
    """A fetched page and its facts, shared by the gates and the extraction. Neither of its trees may be changed.

    Every fact but the first three raises ExtractionError as ``read_page`` does, each time it is asked for.
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
        """The first ``h1`` elements that have text, each with its text as one line."""
        texts = ((h1, words_shown(h1)) for h1 in islice(self.tree.iter("h1"), HEADINGS))
        return tuple((h1, text) for h1, text in texts if text)

    @cached_property
    def main_heading(self) -> HtmlElement | None:
        """The first heading long enough for a headline that is not the outlet's name."""
        headings = ((h1, text) for h1, text in self.headings if len(words(text)) >= HEADLINE_WORDS)
        return next((h1 for h1, text in headings if not names_site(text, self.site_names)), None)

    @cached_property
    def claims(self) -> Claims:
        """What the page tells machines about itself: JSON-LD and ``meta`` elements."""
        titles = (self.title_tag, *(text for _, text in self.headings))
        return read_claims(self.tree, url=self.url, titles=titles)

    @cached_property
    def site_names(self) -> frozenset[str]:
        """Keys (``likeness.key``) of every name the outlet goes by."""
        return outlet_names(self.claims, self.url)

    @cached_property
    def declared_article(self) -> bool:
        """Whether the page tells machines that it is an article."""
        return bool(self.claims.article) or self.claims.og_type.startswith("article")

    @cached_property
    def declared_video(self) -> bool:
        """Whether the page tells machines that it is a video or holds one."""
        types = (name for node in self.claims.nodes for name in types_of(node))
        return self.claims.og_type.startswith("video") or "VideoObject" in types
