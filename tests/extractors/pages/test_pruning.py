"""Pruning removes pointers to other stories and keeps the story's own headings."""

from __future__ import annotations

import pytest

from fivegwatch.extractors.articles.article import extract_article
from tests.extractors.articles.test_article import make_page
from tests.extractors.articles.test_edges import LONG


@pytest.mark.parametrize(
    ("address", "kept"),
    [("/story/1?utm_source=x#top", True), ("https://a.example/story/1/", True), ("/story/2", False)],
)
def test_a_heading_that_links_to_its_own_page_is_kept(address: str, kept: bool) -> None:
    heading = f"<h2><a href='{address}'>What the engineers found in the exchange</a></h2>"
    body = f"<article><h1>Masts fall silent</h1><p>{LONG * 3}</p>{heading}<p>{LONG * 3}</p></article>"
    text = extract_article(make_page(f"<html><body>{body}</body></html>")).text
    assert ("What the engineers found" in text) == kept


def test_a_control_character_behind_a_hidden_box_does_not_end_the_reading() -> None:
    body = f"<p>Before <i>a</i> &#x2;b <span hidden>unseen</span> &#x2; after</p><p>{LONG * 3}</p>"
    assert "b after" in extract_article(make_page(f"<html><body>{body}</body></html>")).text
