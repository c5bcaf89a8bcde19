"""For `watchlist check`: the faults of a watchlist, and the terms that occur in rejected pages nearly as often as in
stories.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from fivegwatch.extractors.errors import WatchlistError
from fivegwatch.extractors.text.language_tags import primary_subtag
from fivegwatch.extractors.tuning.background import BACKGROUND_FILE, common_terms, read_background
from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.extractors.watchlist.subscriptions import parse_subscriptions
from fivegwatch.flows.workers.compiled_rules import compiled_rules
from fivegwatch.storage.read.samples import RuleUse

LOUD_SHARE, LOUD_LIFT, LOUD_LEAST = 0.2, 1.5, 50
"""A term is loud if it occurs in the share LOUD_SHARE of the rejected pages (which must be at least LOUD_LEAST), and in
less than LOUD_LIFT times that share of the stories.
"""
_QUIETER = "Make it weak, longer, or give it a context (needs)."


def find_faults(files: Mapping[str, str]) -> list[str]:
    """Each fault that keeps the watchlist from working, with file, line and remedy."""
    readers: tuple[Callable[[], object], ...] = (
        lambda: parse_subscriptions(files.get("feeds.toml", ""), file="feeds.toml"),
        lambda: read_background(files.get(BACKGROUND_FILE, "")),
        lambda: compiled_rules(files),
    )
    faults: list[str] = []
    for read in readers:
        try:
            read()
        except WatchlistError as error:
            faults += error.faults
    return faults


def loud_terms(
    uses: Iterable[RuleUse],
    pages: Mapping[str, tuple[int, int]],
    rules: Rules,
    *,
    least: int = LOUD_LEAST,
    what: str = "rejected pages",
) -> Iterator[str]:
    """A warning for each term of a subject or angle that occurs in a large share of the rejected pages.

    ``pages`` holds, by primary language, the numbers of stories and of rejected pages. A term is measured in its own
    language, a name in all. Languages with fewer than ``least`` rejected pages are left out.
    """
    languages = {term.id: primary_subtag(term.language) for term in rules.terms}
    everywhere = (sum(kept for kept, _ in pages.values()), sum(rejected for _, rejected in pages.values()))
    for use in uses:
        facet = rules.facets.get(use.facet)
        if use.rule not in languages or facet is None or facet.role not in ("subject", "angle", "direct"):
            continue
        language = languages[use.rule]
        stories, rejected = pages.get(language, (0, 0)) if language else everywhere
        if rejected < least:
            continue
        share, kept = use.rejected / rejected, use.kept / max(stories, 1)
        if share >= LOUD_SHARE and kept < LOUD_LIFT * share:
            yield (
                f"{use.rule}: in {share:.0%} of {rejected} {what} and {kept:.0%} of {stories} stories"
                f"{f' ({language})' if language else ''}; it hardly tells them apart. {_QUIETER}"
            )


def common_in_news(rules: Rules, background: str) -> Iterator[str]:
    """A warning for each term that is common in everyday news; no corpus is needed.

    Raises: WatchlistError if the sentences of everyday news cannot be read.
    """
    for item in common_terms(rules, read_background(background)):
        yield (
            f"{item.term}: in {item.hits} of {item.lines} lines of everyday news ({item.language}),"
            f' such as "{item.example}" {_QUIETER}'
        )
