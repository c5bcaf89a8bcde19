"""Functions that run in child processes of the pool: parse a feed, extract and judge a page. Never imports Prefect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

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
from fivegwatch.extractors.watchlist.compile import Rules, compile_rules

# The parsers are imported where they are used, in the child: the parent only names these functions, and importing
# trafilatura would take a third of a run that finds nothing new.


@dataclass(slots=True)
class _Child:
    """State of one child process, set once when it starts."""

    rules: Rules | None = None


_child = _Child()


def start_judging(files: Mapping[str, str]) -> None:
    """Compile the watchlist in this child, once."""
    _child.rules = compile_rules(files)


def read_feed(page: Page, feed: Feed, allow: frozenset[tuple[str, int]]) -> ParsedFeed:
    """The feed document, parsed. Raises FeedError."""
    from fivegwatch.extractors.feeds.parse import parse_feed

    return parse_feed(page, feed=feed, allow=allow)


def find_versions(page: Page) -> tuple[VersionLink, ...]:
    """The other versions of its story that the page links to. Raises ExtractionError."""
    from fivegwatch.extractors.articles.other_versions import version_links

    return version_links(page)


def read_article(page: Page, entry: Entry | None, version: OtherVersion | None) -> tuple[Article, Decision]:
    """The page's article, its text from ``version`` where that holds more, and the verdict. Raises ExtractionError."""
    from fivegwatch.extractors.articles.article import extract_article
    from fivegwatch.extractors.facts.telling import judge_story
    from fivegwatch.extractors.gates.first_run import is_settled

    if _child.rules is None:
        raise RuntimeError("start_judging was not called in this process")
    article = extract_article(page, entry=entry, version=version, settles=is_settled(_child.rules))
    return article, judge_story(article, _child.rules)
