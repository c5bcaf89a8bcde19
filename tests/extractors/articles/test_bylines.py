"""Bylines in the markup of pages: which words are authors' names and which are not."""

from __future__ import annotations

import pytest

from fivegwatch.extractors.articles.bylines import page_authors, split_names
from fivegwatch.extractors.pages.parsed import ParsedPage
from tests.extractors.articles.test_article import make_page

URL = "https://daily.example/a"
PARAGRAPH = "<p>The regulator told the operators on Monday to take the equipment out of their networks.</p>"


def authors(byline: str, *, head: str = "") -> tuple[str, ...]:
    body = f"<h1>Masts fall silent today</h1>{byline}{PARAGRAPH}"
    page = make_page(f"<html><head>{head}</head><body>{body}</body></html>", URL)
    return page_authors(ParsedPage(page), None)


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        # Names, an outlet and a date in one box, as pieces of their own.
        ("<div class=article_byline><div>By <span>Ada Quill</span> <span>Valley Post</span></div>"
         "<div>Dec 13, 2025 at 3:45 pm</div></div>", ("Ada Quill",)),
        ("<p class=byline>By <a>Ada Quill</a>, <a>Ben Ortiz</a> and <a>Cy Low</a> <em>Lima</em></p>",
         ("Ada Quill", "Ben Ortiz", "Cy Low")),
        ("<p class=byline>By Ada Quill,<br>Ben Ortiz<br>3 May</p>", ("Ada Quill", "Ben Ortiz")),
        # The innermost mark counts, and of several leaves the one that is called a name.
        ("<span class=c-byline><span class=c-byline__item>By <a class=c-byline__item href=/x>"
         "<span class=c-byline__author-name>Ada Quill</span></a></span>"
         "<span class=c-byline__item>@adaq</span><span class=c-byline__item>Dec 6, 2025</span></span>", ("Ada Quill",)),
        ("<div class=author-card><a class=author-card__link><span class=author-card__name>Ada Quill</span>"
         "<span class=author-card__office>Senior Politics Editor, Valley Post</span></a></div>", ("Ada Quill",)),
        ("<div class=authors><span class=authors__brand>Capital</span><li class=authors__item>von Ada Quill</li></div>",
         ("Ada Quill",)),
        ("<div class=author><span class=name>李若含</span><span>2025-03-01 14:27:02</span><b>74</b></div>",
         ("李若含",)),
        # The date first.
        ("<div class=meta--author>Posted on September 21, 2025 by Ada Quill</div>", ("Ada Quill",)),
        # Nothing marked: a line of its own that says By, and names.
        ("<div><div><span>by ADA QUILL, BEN ORTIZ and CY LOW</span></div></div>", ("ADA QUILL", "BEN ORTIZ", "CY LOW")),
        ("<div>Von: Ada Quill</div>", ("Ada Quill",)),
        ("<div>Von der Leyen warnt</div>", ()),
        ("<div>By the end of May all will be over</div>", ()),
        # What is no byline: scripts, credits of pictures, other people's boxes.
        ("<span class=author><script>push({})</script>Ada Quill</span>", ("Ada Quill",)),
        ("<p class=autorenzeile>Von Ada Quill und Ben Ortiz</p>", ("Ada Quill", "Ben Ortiz")),
        ("<div class=byline>Photo: Ben Ortiz</div><p class=byline>Ada Quill</p>", ("Ada Quill",)),
        ("<div class=sidebar><p class=author>Ben Ortiz</p></div>", ()),
        ("<div class=menu-authors><a href=/author/ben>Ben Ortiz</a></div><p class=author>Ada Quill</p>",
         ("Ada Quill",)),
        ("<div class=post-footer><span class=post-author>Ada Quill</span></div>", ("Ada Quill",)),
        ("<div class=byline><a href=/staff/ada>Ada Quill</a> - Network team</div>", ("Ada Quill",)),
    ],
)  # fmt: skip
def test_a_marked_byline_gives_its_names_without_outlets_dates_and_roles(
    byline: str, names: tuple[str, ...]
) -> None:
    assert authors(byline) == names


def test_a_box_named_after_its_author_that_holds_the_headline_is_no_byline() -> None:
    body = f"<article class='hentry author-ada-quill'><h1>Masts fall silent today</h1>{PARAGRAPH}</article>"
    assert page_authors(ParsedPage(make_page(f"<html><body>{body}", URL)), None) == ()


def test_an_outlet_with_an_ampersand_in_its_name_is_not_two_authors() -> None:
    head = "<meta name=author content='Mast & Wire'><meta property=og:site_name content='Mast & Wire'>"
    assert authors("<p class=byline>Ada Quill</p>", head=head) == ("Ada Quill",)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("By Ada Quill and Ben Ortiz", ["Ada Quill", "Ben Ortiz"]),
        ("Von Clara Ried, Berlin", ["Clara Ried", "Berlin"]),
        ("Ada Quill, PhD", ["Ada Quill"]),
        ("ada.quill@daily.example", []),
        ("https://daily.example/authors/ada", []),
        ("Ada Quill | Updated 3 May 2026", ["Ada Quill"]),
        ("Sandra Vonholt", ["Sandra Vonholt"]),
        ("", []),
    ],
)
def test_a_byline_gives_names_and_nothing_else(text: str, names: list[str]) -> None:
    assert split_names(text) == names
