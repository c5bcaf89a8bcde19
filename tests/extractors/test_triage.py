from __future__ import annotations

import html
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.judgement import judge
from extractors.model import Article
from extractors.triage import may_be_relevant
from tests.extractors.watchlist_builder import shipped_rules

TITLE = "Huawei banned from 5G core network"
TEXT = "Operators must remove its base stations over espionage fears, the government said."

DISGUISES: list[tuple[str, Callable[[str], str]]] = [
    ("plain", str),
    ("numeric references", lambda t: "".join(f"&#{ord(c)};" for c in t)),
    ("hexadecimal references", lambda t: "".join(f"&#x{ord(c):x};" for c in t)),
    ("twice escaped", lambda t: html.escape("".join(f"&#{ord(c)};" for c in t))),
    ("tags inside words", lambda t: "<wbr>".join(t)),
    ("comments inside words", lambda t: "<!-- x > y -->".join(t)),
    ("quoted attributes inside words", lambda t: '<b title="a>b">'.join(t)),
    ("soft hyphens", lambda t: "&shy;".join(t)),
    ("zero-width spaces", lambda t: "\u200b".join(t)),
    ("cells side by side", lambda t: "<td>" + t.replace(" ", "</td><td>") + "</td>"),
    ("lines", lambda t: t.replace(" ", "\r\n   ")),
    ("no-break spaces", lambda t: t.replace(" ", "&nbsp;")),
    ("JSON escapes", lambda t: "".join(f"\\u{ord(c):04x}" for c in t)),
    ("full width", lambda t: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in t)),
    ("an attribute", lambda t: f'<meta name="description" content="{html.escape(t)}">'),
]


def page(body: str) -> str:
    return f"<html><head><title>News</title></head><body><p>Weather and football.</p><div>{body}</div></body></html>"


@pytest.mark.parametrize(("name", "disguise"), DISGUISES, ids=[d[0] for d in DISGUISES])
def test_a_story_passes_in_any_disguise(name: str, disguise: Callable[[str], str]) -> None:
    assert may_be_relevant(page(disguise(f"{TITLE} . {TEXT}")), shipped_rules())


def test_a_page_about_something_else_is_stopped() -> None:
    assert not may_be_relevant(page("A recipe for soup: onions, carrots and 5 g of salt."), shipped_rules())


def test_what_the_feed_announced_counts_too() -> None:
    assert may_be_relevant(page("Subscribe to read on."), shipped_rules(), announced=f"{TITLE} {TEXT}")


STORIES = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "data" / "judgement" / "stories.jsonl")
    .read_text("utf-8")
    .splitlines()
]


@pytest.mark.parametrize("story", STORIES, ids=[f"{s['language']}-{s['title'][:40]}" for s in STORIES])
def test_whatever_the_judge_keeps_passes(story: dict[str, str]) -> None:
    article = Article(id="a", url="", title=story["title"], text=story["text"], language=story["language"])
    decision = judge(article, shipped_rules())
    body = f"<h1>{html.escape(story['title'])}</h1><p>{html.escape(story['text'])}</p>"
    assert may_be_relevant(page(body), shipped_rules()) >= (decision.relevant or decision.near_miss)


WORDS = st.sampled_from(
    [
        *(f"{TITLE} {TEXT}").split(),
        "phone",
        "price",
        "Salt Typhoon",
        "SS7",
        ".",
        "review",
        "华为",
        "禁止",
        "网络",
        "сеть",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=12), st.lists(WORDS, max_size=60), st.sampled_from(["", "en", "zh", "ru"]))
def test_no_text_scores_above_the_bound_of_its_page(title: list[str], text: list[str], language: str) -> None:
    article = Article(id="a", url="", title=" ".join(title), text=" ".join(text), language=language)
    decision = judge(article, shipped_rules())
    markup = f"<h1>{html.escape(article.title)}</h1><p>{html.escape(article.text)}</p>"
    assert may_be_relevant(page(markup), shipped_rules()) >= (decision.relevant or decision.near_miss)


@pytest.mark.shared
def test_every_labelled_text_that_is_kept_passes(shared: Path) -> None:
    from benchmarks.labelled import read_labelled

    for item in read_labelled(shared / "data" / "relevance" / "dev.jsonl"):
        decision = judge(item.article, shipped_rules())
        if decision.relevant or decision.near_miss:
            markup = f"<h1>{html.escape(item.article.title)}</h1><p>{html.escape(item.article.text)}</p>"
            assert may_be_relevant(page(markup), shipped_rules()), item.id
