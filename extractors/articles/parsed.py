"""A page's tree, what it claims, and what is left of it once pruned: made once for gates and extraction."""

from __future__ import annotations

from functools import cached_property

from lxml.html import HtmlElement

from fivegwatch.extractors.articles.body import pruned_copy
from fivegwatch.extractors.articles.headline import Headlines, read_headlines
from fivegwatch.extractors.model import Page
from fivegwatch.extractors.pages.claims import Structured, read_structured
from fivegwatch.extractors.pages.tree import read_page


class ParsedPage:
    """Nothing is parsed before it is asked for. Neither tree may be changed."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @cached_property
    def tree(self) -> HtmlElement:
        """The whole page. Raises: ExtractionError, each time, as ``read_page`` does."""
        return read_page(self.page)

    @cached_property
    def claims(self) -> Structured:
        """What it says of itself to machines. Raises: ExtractionError, each time, as ``read_page`` does."""
        return read_structured(self.tree, url=self.page.final_url)

    @cached_property
    def headlines(self) -> Headlines:
        """Its title as far as the page itself tells. Raises: ExtractionError, each time, as ``read_page`` does."""
        return read_headlines(self.tree, self.claims, None, self.page.final_url)

    @cached_property
    def pruned(self) -> HtmlElement:
        """A copy without what surrounds the story. Raises: ExtractionError, each time, as ``read_page`` does."""
        return pruned_copy(self.tree, self.page)
