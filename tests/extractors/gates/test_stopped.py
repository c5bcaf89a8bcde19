"""A page that a gate stops is rejected with the gate and the reason; pages with little text are left to extraction."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fivegwatch.extractors.announce import entry_at
from fivegwatch.extractors.articles.article import extract_article
from fivegwatch.extractors.gates.stopped import reject_stopped
from fivegwatch.extractors.model import Page
from fivegwatch.extractors.pages.parsed import ParsedPage
from tests.extractors.gates.test_gates import GATES, TEXT, TITLE, page

GARDEN = "".join(
    f"<p>In chapter {n} the gardener plants onions beside the carrots and waits for the rain of spring.</p>"
    for n in range(40)
)
HEAD = "<title>The garden</title><meta property='article:published_time' content='2025-03-04T05:06:07Z'>"


def garden(more: str = "") -> Page:
    return page(f"<article><h1>The garden</h1>{GARDEN}</article>{more}", HEAD)


@pytest.mark.parametrize(
    ("more", "gate", "names"),
    [
        ("", "scan", ""),
        ("<ul><li>Phones by Huawei</li></ul>", "text", "; it names Huawei once, in a list"),
        ("<p>Huawei and Huawei. Huawei!</p>", "text", "; it names Huawei 3 times"),
        (
            f"<ul><li><a href='/other'>{TITLE}</a></li></ul>",
            "tree",
            "; it names Huawei once, in a link, 5G core once",
        ),
    ],
)
def test_the_reason_names_the_gate_and_what_the_page_names_where(more: str, gate: str, names: str) -> None:
    stopped = reject_stopped(ParsedPage(garden(more)), None, GATES)
    assert stopped is not None
    article, decision = stopped
    assert (decision.verdict, decision.stage, article.method) == ("rejected", gate, f"gate-{gate}")
    assert decision.reason.startswith(f"Stopped before extraction by the gate {gate}: ")
    assert names in decision.reason
    whole = extract_article(garden(more))
    assert [
        getattr(article, name) for name in ("id", "url", "title", "published_at", "language", "quality")
    ] == [getattr(whole, name) for name in ("id", "url", "title", "published_at", "language", "quality")]


@pytest.mark.parametrize(
    "other",
    [
        garden(f"<p>{TEXT}</p>"),
        page("<p>Just a moment while we check your browser. Enable JavaScript.</p>", HEAD),
        replace(garden(), status=404),
    ],
    ids=["a story", "a wall", "an error"],
)
def test_stories_and_pages_that_hold_none_are_extracted(other: Page) -> None:
    assert reject_stopped(ParsedPage(other), None, GATES) is None


def test_what_the_feed_announced_may_make_a_story_of_a_page() -> None:
    announced = entry_at(garden().final_url, garden().origin, title="The garden")
    assert reject_stopped(ParsedPage(garden()), announced, GATES) is not None
    assert reject_stopped(ParsedPage(garden()), replace(announced, summary=f"{TITLE}. {TEXT}"), GATES) is None
