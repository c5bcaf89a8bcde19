"""The title among a page's spellings: without the outlet's name, never a placeholder."""

from __future__ import annotations

import pytest

from fivegwatch.extractors.articles.article import extract_article
from fivegwatch.extractors.articles.headline import without_site
from fivegwatch.extractors.pages.parsed import ParsedPage
from fivegwatch.extractors.text.word_overlap import key
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
def test_the_headline_of_a_feed_replaces_a_placeholder(document: str) -> None:
    assert title_of(document.replace("<", "&lt;"), announced=ANNOUNCED) == ANNOUNCED


@pytest.mark.parametrize("document", ["undefined", "{{title}}"])
def test_another_spelling_on_the_page_replaces_an_unfilled_template(document: str) -> None:
    assert title_of("undefined", heading="Ferry returns") == "Ferry returns"
    assert title_of(document, shared="Ferry returns") == "Ferry returns"
    assert title_of("Ferry returns", shared="undefined") == "Ferry returns"


@pytest.mark.parametrize(
    ("document", "heading"),
    [("Blackout", "Blackout"), ("Ferry returns", ""), ("Boats sail after a long winter", "")],
)  # fmt: skip
def test_a_short_or_reworded_headline_of_the_page_is_kept(document: str, heading: str) -> None:
    assert title_of(document, heading=heading, announced=ANNOUNCED) in {document, heading}


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("Masts fall silent | The Daily Signal", "Masts fall silent"),
        ("Masts fall silent - News - The Daily Signal", "Masts fall silent - News"),
        ("The Daily Signal: Masts fall silent", "The Daily Signal: Masts fall silent"),
        ("The Daily Signal | Masts fall silent", "Masts fall silent"),
        ("Masts - and why they fall silent", "Masts - and why they fall silent"),
        ("Masts fall silent across the valley | Region", "Masts fall silent across the valley"),
        ("Masts fall silent across the valley-Region", "Masts fall silent across the valley"),
        ("Masts fall silent across the valley » ☆☆☆", "Masts fall silent across the valley"),
        ("« Masts fall silent across the valley »", "« Masts fall silent across the valley »"),
        ("- Masts fall silent across the valley", "- Masts fall silent across the valley"),
        ("Masts fall silent:The Daily Signal", "Masts fall silent"),
        ("Masts fall silent at 10:30", "Masts fall silent at 10:30"),
    ],
)
def test_only_the_outlets_name_is_cut_off_a_title(title: str, kept: str) -> None:
    """A dash inside a headline stays, but words after a headline known from elsewhere are cut off."""
    known = {key("Masts fall silent across the valley")}
    assert without_site(title, {key("The Daily Signal")}, known) == kept


def test_a_kicker_in_front_of_the_headline_is_left_out_if_json_ld_leaves_it_out() -> None:
    declared = "Masts fall silent across the valley"
    ld = f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "{declared}"}}</script>'
    head = f"<title>Why masts do it</title><meta property='og:title' content='Why masts do it'>{ld}"
    heading = f"<h1><span>Why masts do it</span> {declared}</h1>"
    page = make_page(f"<html><head>{head}</head><body><article>{heading}{PARAGRAPHS}</article></body></html>")
    assert extract_article(page).title == declared


@pytest.mark.parametrize(
    ("document", "headings"),
    [
        ("Ferry returns to the islands - Forum - Bote", "<h2>Ferry returns to the islands</h2>"),
        ("", "<h1>Bote</h1><h2>Ferry returns to the islands</h2><h2>More of the coast and its boats</h2>"),
        ("Blog", "<h1>Our blog</h1><h3 itemprop='name headline'>Ferry returns to the islands</h3>"),
        ("Ferry returns to the islands", "<h1><a href='/'>Blog of ferry returns</a></h1>"),
    ],
)  # fmt: skip
def test_a_smaller_heading_is_the_headline_if_it_is_marked_or_the_title_repeats_it(
    document: str, headings: str
) -> None:
    page = make_page(
        f"<html><head><title>{document}</title></head><body>{headings}{PARAGRAPHS}</body></html>"
    )
    texts = [text for _, text in ParsedPage(page).headings]
    assert "Ferry returns to the islands" in texts or not texts
    assert "Blog of ferry returns" not in texts and "More of the coast and its boats" not in texts
    if document != "Blog":
        assert extract_article(page).title == "Ferry returns to the islands"
