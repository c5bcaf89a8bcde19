"""The functions that child processes call: parse a feed, extract and judge a page. They never import Prefect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fivegwatch.extractors.model import (
    Article,
    Decision,
    Entry,
    Feed,
    OtherVersion,
    Page,
    ParsedFeed,
    VersionLink,
)

if TYPE_CHECKING:
    from fivegwatch.extractors.gates.gates import Gates

# The parsers are imported where they are used, in the child: the parent only names these functions, and importing
# trafilatura would take a third of a run that finds nothing new.


@dataclass(slots=True)
class _Child:
    """What one child process keeps between documents; set once when it starts."""

    gates: Gates | None = None
    files: Mapping[str, str] | None = None
    """The watchlist from which the gates are compiled."""


_child = _Child()


def start_judging(files: Mapping[str, str]) -> None:
    """Compile the watchlist in ``files`` once, in this child or in the fork server that it comes from."""
    from fivegwatch.flows.workers.compiled_rules import gates_of

    if _child.files != files:
        _child.gates, _child.files = gates_of(files), files


def read_feed(page: Page, feed: Feed, allow: frozenset[tuple[str, int]]) -> ParsedFeed:
    """The feed in the document ``page``. Raises: FeedError."""
    from fivegwatch.extractors.feeds.parse import parse_feed

    return parse_feed(page, feed=feed, allow=allow)


def find_versions(page: Page) -> tuple[VersionLink, ...]:
    """The other versions of its story (AMP, print) that the page links to. Raises: ExtractionError."""
    from fivegwatch.extractors.articles.other_versions import version_links

    return version_links(page)


def read_article(page: Page, entry: Entry | None, version: OtherVersion | None) -> tuple[Article, Decision]:
    """The page's article, and the verdict on it; the text comes from ``version`` if that has more text.

    A page that a gate stops is rejected without being extracted. Raises: ExtractionError.
    """
    from fivegwatch.extractors.articles.article import extract_article
    from fivegwatch.extractors.facts.facts_of_story import judge_story
    from fivegwatch.extractors.gates.stopped import reject_stopped
    from fivegwatch.extractors.pages.parsed import ParsedPage

    if _child.gates is None:
        raise RuntimeError("start_judging was not called in this process")
    parsed, rules = ParsedPage(page), _child.gates.rules
    if version is None and (rejected := reject_stopped(parsed, entry, _child.gates)) is not None:
        return rejected
    article = extract_article(page, entry=entry, version=version, parsed=parsed)
    return article, judge_story(article, rules)
