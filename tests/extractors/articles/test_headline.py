"""Titles that are none: the outlet's name, what a template says before it is filled."""

from __future__ import annotations

import pytest

from fivegwatch.extractors.articles.article import extract_article
from tests.extractors.articles.test_article import PARAGRAPHS, make_entry, make_page

ANNOUNCED = "Ferry to the islands runs again from May"


def title_of(document: str, *, heading: str = "", shared: str = "", announced: str = "") -> str:
    head = f"<title>{document}</title>" + (f"<meta property='og:title' content='{shared}'>" if shared else "")
    h1 = f"<h1>{heading}</h1>" if heading else ""
    page = make_page(f"<html><head>{head}</head><body><article>{h1}{PARAGRAPHS}</article></body></html>")
    entry = make_entry(page.final_url, {"title": announced}) if announced else None
    return extract_article(page, entry=entry).title


@pytest.mark.parametrize(
    "document",
    ["Example", "Bote", "undefined", "null", "Ohne Titel", "Chargement...", "{{ page.title }}", "${title}", "%TITLE%",
     "Vue App", "<%= title %>", "[object Object]"],
)  # fmt: skip
def test_a_stopgap_loses_against_the_headline_a_feed_announced(document: str) -> None:
    assert title_of(document.replace("<", "&lt;"), announced=ANNOUNCED) == ANNOUNCED


@pytest.mark.parametrize("document", ["undefined", "{{title}}"])
def test_a_template_that_was_never_filled_loses_against_what_the_page_shows(document: str) -> None:
    assert title_of("undefined", heading="Ferry returns") == "Ferry returns"
    assert title_of(document, shared="Ferry returns") == "Ferry returns"
    assert title_of("Ferry returns", shared="undefined") == "Ferry returns"


@pytest.mark.parametrize(
    ("document", "heading"),
    [("Blackout", "Blackout"), ("Ferry returns", ""), ("Boats sail after a long winter", "")],
)  # fmt: skip
def test_a_short_or_reworded_headline_of_the_page_stays(document: str, heading: str) -> None:
    assert title_of(document, heading=heading, announced=ANNOUNCED) in {document, heading}
