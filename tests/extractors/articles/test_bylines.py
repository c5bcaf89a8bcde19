"""Bylines as pages mark them up: who is named, and who stands beside."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from fivegwatch.extractors.articles.bylines import page_authors
from fivegwatch.extractors.articles.published import chosen_date, page_dates
from fivegwatch.extractors.pages.parsed import ParsedPage
from fivegwatch.extractors.text.dates import parse_date_precise
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
def test_the_names_are_found_among_what_stands_beside_them(byline: str, names: tuple[str, ...]) -> None:
    assert authors(byline) == names


def test_a_box_named_after_its_author_that_holds_the_headline_is_the_article() -> None:
    body = f"<article class='hentry author-ada-quill'><h1>Masts fall silent today</h1>{PARAGRAPH}</article>"
    assert page_authors(ParsedPage(make_page(f"<html><body>{body}", URL)), None) == ()


def test_an_outlet_with_an_and_in_its_name_is_not_two_authors() -> None:
    head = "<meta name=author content='Mast & Wire'><meta property=og:site_name content='Mast & Wire'>"
    assert authors("<p class=byline>Ada Quill</p>", head=head) == ("Ada Quill",)


@pytest.mark.parametrize(
    ("title", "day"),
    [
        ("Masts fall silent | World | 28.04.2023", "2023-04-28"),
        ("Masts fall silent (News of 14 January 2020)", "2020-01-14"),
        ("Masts fall silent | Daily 2020", None),
        ("Masts fall silent (28.04.2031)", None),
    ],
)
def test_a_date_behind_a_bar_or_in_brackets_at_the_end_of_the_title_is_the_stories(
    title: str, day: str | None
) -> None:
    page = make_page(f"<html><head><title>{title}</title></head><body>{PARAGRAPH}</body></html>")
    date = chosen_date(page_dates(ParsedPage(page), None))
    assert (str(date.at.date()) if date else None) == day


@pytest.mark.parametrize(
    ("text", "precision"),
    [
        ("2019年04月21日 12時00分更新", "minute"),
        ("2019年4月21日 12:00 公開", "minute"),
        ("2019年4月21日", "day"),
        ("2019年4月21日更新", None),
    ],
)
def test_a_newsrooms_stamp_may_call_itself_an_update_a_bare_day_may_not(
    text: str, precision: str | None
) -> None:
    found = parse_date_precise(text, now=datetime(2026, 1, 1, tzinfo=UTC))
    assert (found.precision if found else None) == precision
