"""A page's tree, and what is left of it once pruned: made once for the gates and for the extraction behind them."""

from __future__ import annotations

from functools import cached_property

from lxml.html import HtmlElement

from extractors.bodies import pruned_copy
from extractors.markup import read_page
from extractors.model import Page


class ParsedPage:
    """Nothing is parsed before it is asked for. Neither tree may be changed."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @cached_property
    def tree(self) -> HtmlElement:
        """The whole page. Raises: ExtractionError, each time, as ``read_page`` does."""
        return read_page(self.page)

    @cached_property
    def pruned(self) -> HtmlElement:
        """A copy without what surrounds the story. Raises: ExtractionError, each time, as ``read_page`` does."""
        return pruned_copy(self.tree, self.page)
