"""The standfirst is recognised by the page's description, even a cut one, or by its class."""

from __future__ import annotations

import pytest

from fivegwatch.extractors.articles.standfirst import with_standfirst
from fivegwatch.extractors.pages.parsed import ParsedPage
from tests.extractors.articles.test_article import make_page

STORY = "The first mast fell silent on Monday, and by noon the whole valley was without a signal."
LEAD = "Three operators want to know who sent the commands, and why nobody at the exchange saw them coming in time."
SLOGAN = "The Daily Mast brings the latest news, reviews and events from the valley, and from all the masts around it."
LONGER = " Our reporter spent a day among the engineers who had to climb them."


def page(description: str, *, above: str = "", between: str = "", below: str = "") -> str:
    head = f"<head><meta name=description content='{description}'></head>"
    body = f"<body>{above}<h1>Masts fall silent today</h1>{between}<p>{STORY}</p>{below}</body>"
    return with_standfirst(ParsedPage(make_page(f"<html>{head}{body}</html>")), STORY)


@pytest.mark.parametrize("description", [LEAD, LEAD[:100] + "…", LEAD + " ..."])
def test_a_block_with_the_words_of_the_description_is_put_in_front(description: str) -> None:
    assert page(description, between=f"<div><b>{LEAD}</b></div>") == f"{LEAD}\n{STORY}"


def test_a_standfirst_may_be_longer_than_the_description_that_was_cut_from_it() -> None:
    assert page(LEAD, between=f"<div>{LEAD}{LONGER}</div>") == f"{LEAD}{LONGER}\n{STORY}"


@pytest.mark.parametrize("side", ["above", "below"])
def test_a_block_elsewhere_that_continues_the_description_is_the_outlets_slogan(side: str) -> None:
    assert page(SLOGAN, **{side: f"<div>{SLOGAN}{LONGER}</div>"}) == STORY


def test_the_beginning_of_a_long_story_is_no_standfirst() -> None:
    assert page(LEAD, between=f"<div>{LEAD}{LONGER * 12}</div>") == STORY


def test_a_short_description_does_not_make_a_longer_block_a_standfirst() -> None:
    assert page(
        "All the news from the valley today", between="<p>All the news from the valley today: " + LONGER
    ) == (STORY)


NAMED = "Three operators want to know who sent the commands."


@pytest.mark.parametrize(
    "name", ["article-lead", "standfirst", "chapo", "post-excerpt", "td-sub-title", "texto-bajada"]
)
def test_a_block_between_headline_and_story_with_the_class_of_a_standfirst_is_one(name: str) -> None:
    assert page("", between=f"<div class='{name}'><p>{NAMED}</p></div>") == f"{NAMED}\n{STORY}"


@pytest.mark.parametrize(
    "block",
    [
        f"<figure class=lead-media><figcaption class=lead>{NAMED}</figcaption></figure>",
        f"<div class=intro><img src=a.png>{NAMED}</div>",
        f"<div class='lead-art-caption'>{NAMED}</div>",
        "<div class=lead>Nov. 20, 2026 Updated: Nov. 20, 2026 1:35 a.m.</div>",
        f"<div class=intro><a href=/b>{NAMED}</a></div>",
        f"<div class=intro>{STORY}</div>",
        f"<div class=misleading>{NAMED}</div>",
    ],
    ids=["figure", "picture", "caption", "dates", "link", "in the story", "another word"],
)
def test_a_class_alone_does_not_make_a_standfirst(block: str) -> None:
    assert page("", between=block) == STORY


@pytest.mark.parametrize("side", ["above", "below"])
def test_such_a_block_elsewhere_on_the_page_belongs_to_another_story(side: str) -> None:
    assert page("", **{side: f"<p class=standfirst>{NAMED}</p>"}) == STORY


@pytest.mark.parametrize(
    "mark", ["itemprop=description", "role=doc-subtitle", "class=content-head__subtitle"]
)
def test_a_block_under_the_headline_is_a_standfirst_by_its_property_role_or_class(mark: str) -> None:
    assert page("", between=f"<div {mark}>{LEAD}</div>") == f"{LEAD}\n{STORY}"


def test_a_marked_block_of_a_gallery_is_none() -> None:
    assert page("", between=f"<div class=CarouselSlide><p itemprop=description>{LEAD}</p></div>") == STORY
