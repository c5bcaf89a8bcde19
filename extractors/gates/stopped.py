"""The verdict on a page that a gate stops: rejected, with the reason. Gate -> paragraphs -> article -> reason.

It costs a third of an extraction. Pages with few paragraphs are left to extraction, which decides whether they are
walls, teasers or empty.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lxml.html import HtmlElement

from fivegwatch.extractors.articles.article import extract_article
from fivegwatch.extractors.articles.body import Body
from fivegwatch.extractors.articles.quality import PARTIAL_CHARS
from fivegwatch.extractors.errors import ExtractionError
from fivegwatch.extractors.gates.gates import Gates
from fivegwatch.extractors.judging.judgement import judge, terms_language
from fivegwatch.extractors.model import Article, Decision, Entry
from fivegwatch.extractors.pages.parsed import ParsedPage
from fivegwatch.extractors.text.plain import words_shown

ENOUGH_CHARS = PARTIAL_CHARS
"""Fewest characters in paragraphs of a page that is a whole story; walls, teasers and paywall stubs have fewer."""
PARAGRAPH_CHARS = 80
NAMES = 3
"""Most names that a reason quotes."""
WHY = {
    "scan": "nothing on the page names a mobile network, its operators or its vendors",
    "text": "no sentence joins a mobile network with a danger, a ban or an attack",
    "tree": "outside of links to other stories and hidden boxes, no sentence joins a mobile network with a danger, "
    "a ban or an attack",
}
PLACES = {
    "li": "in a list", "a": "in a link", "nav": "in the navigation", "footer": "at the foot of the page",
    "aside": "beside the story", "td": "in a table", "th": "in a table", "figcaption": "in a caption",
    "h1": "in a heading", "h2": "in a heading", "h3": "in a heading", "h4": "in a heading",
}  # fmt: skip
"""Description of the place of a name, by the nearest element around it."""


def reject_stopped(parsed: ParsedPage, entry: Entry | None, gates: Gates) -> tuple[Article, Decision] | None:
    """The article (its paragraphs as text) and the verdict, if a gate stops the page; None if it must be extracted."""
    page = parsed.fetched
    announced = f"{entry.title} {entry.summary} {entry.content}" if entry is not None else ""
    gate = gates.stopped_by(page, announced=announced, parsed=parsed)
    if not gate or page.status >= 400:
        return None
    try:
        text = "\n".join(_paragraphs(parsed.pruned))
        if len(text) <= ENOUGH_CHARS:
            return None
        body = Body(method=f"gate-{gate}", text=text)
        article = extract_article(page, entry=entry, parsed=parsed, chosen=(body, ()))
    except ExtractionError:
        return None  # extraction raises it again and gives the reason
    decision = judge(article, gates.rules)
    if decision.verdict != "rejected":
        return None
    reason = f"Stopped before extraction by the gate {gate}: {WHY[gate]}{_names(parsed, article, gates)}."
    return article, replace(decision, stage=gate, reason=reason)


def _paragraphs(tree: HtmlElement) -> Iterable[str]:
    return (text for block in tree.iter("p") if len(text := words_shown(block)) >= PARAGRAPH_CHARS)


def _names(parsed: ParsedPage, article: Article, gates: Gates) -> str:
    """Which subjects the page names, how often and where, as a clause for a reason; empty if it names none."""
    names = gates.subjects_named(parsed.fetched, terms_language(article))
    quotes = [
        f"{name} {_times(count)}{_place(parsed.tree, name)}" for name, count in names.most_common(NAMES)
    ]
    more = f" and {len(names) - NAMES} more" if len(names) > NAMES else ""
    return f"; it names {', '.join(quotes)}{more}" if quotes else ""


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _place(tree: HtmlElement, name: str) -> str:
    """Where the page shows ``name`` first, in the words of `PLACES` after a comma; empty if in the running text."""
    for element in tree.iter():
        if name in (element.text or ""):
            around = (element, *element.iterancestors())
            return next((f", {PLACES[box.tag]}" for box in around if box.tag in PLACES), "")
    return ""
