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


def test_a_table_that_lays_out_the_page_is_read_as_boxes_and_a_table_of_data_as_rows() -> None:
    menu = "<td><a href='/a'>News</a><br><a href='/b'>Jobs</a></td>"
    story = "<br><br>".join(f"{LONG} Number {number} of the masts fell silent." for number in range(8))
    layout = f"<table><tr>{menu}<td>{story}</td></tr></table>"
    data = "<table><tr><td>Operator</td><td>Masts</td></tr><tr><td>Northline</td><td>3412</td></tr></table>"
    text = extract_article(make_page(f"<html><body>{layout}</body></html>")).text
    assert text.split("\n") == [f"{LONG} Number {number} of the masts fell silent." for number in range(8)]
    assert (
        "Northline | 3412"
        in extract_article(make_page(f"<html><body><p>{LONG * 9}</p>{data}</body></html>")).text
    )
