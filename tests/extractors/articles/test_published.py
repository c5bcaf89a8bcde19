"""Dates of publication that are not in JSON-LD or meta: marked elements, the title, written dates."""

from __future__ import annotations

import pytest
from lxml.html import document_fromstring

from fivegwatch.extractors.articles.published import chosen_date, page_dates, written_days
from fivegwatch.extractors.model import PageDate
from fivegwatch.extractors.pages.parsed import ParsedPage
from tests.extractors.articles.test_article import CAPTURED_AT, make_page

PARAGRAPH = (
    "<p>The regulator told the operators on Monday to take the equipment out of their networks.</p>" * 3
)
MONTH = "https://a.example/2026/05/masts-fall-silent/"


def dates(body: str, url: str = "https://a.example/story") -> tuple[PageDate, ...]:
    page = make_page(f"<html><head><title>Masts</title></head><body>{body}{PARAGRAPH}</body></html>", url)
    return page_dates(ParsedPage(page), None)


def day(body: str, url: str = "https://a.example/story") -> str | None:
    chosen = chosen_date(dates(body, url))
    return str(chosen.at.date()) if chosen else None


@pytest.mark.parametrize(
    "element",
    [
        "<time itemprop=datePublished datetime='2026-05-19T08:30:00Z'>today</time>",
        "<dd itemprop='datePublished' content='2026-05-19T08:30:00Z'>May 2026</dd>",
        "<span itemprop='dateCreated datePublished'>19 May 2026 08:30 UTC</span>",
    ],
)
def test_an_element_marked_as_the_date_of_publication_gives_date_and_time(element: str) -> None:
    expected = dates(f"<div>{element}</div>")
    assert [(date.source, date.precision) for date in expected] == [("microdata", "minute")]
    assert expected[0].at.isoformat() == "2026-05-19T08:30:00+00:00"


def test_marked_elements_of_several_days_give_no_date() -> None:
    teasers = "".join(f"<i itemprop=datePublished content=2026-05-{number}></i>" for number in (18, 19))
    assert "microdata" not in {date.source for date in dates(teasers)}


@pytest.mark.parametrize(
    ("name", "dated"),
    [
        ("article:published_time", True), ("article:published:time", True), ("outlet.Publication-Date", True),
        ("DCTERMS.issued", True), ("date", True), ("article:modified_time", False), ("expiration-date", False),
        ("publisher", False), ("event_date", False),
    ],
)  # fmt: skip
def test_a_meta_element_dates_the_story_if_its_name_ends_in_words_for_publication(
    name: str, dated: bool
) -> None:
    sources = {date.source for date in dates(f"<meta property='{name}' content='2026-05-19T08:30:00Z'>")}
    assert ("meta" in sources) == dated


OTHERS = "<ul><li>3. September 2026</li><li>3. September 2026</li><li>3. September 2026</li></ul>"


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (["<b>29</b> اردیبهشت 1405"], "2026-05-19"),
        (["29 اردیبهشت 1405", "30 اردیبهشت 1405"], None),
        (["29 فروردین 1405"], None),
    ],
    ids=["one day in the month", "two days", "another month"],
)
def test_the_only_day_written_in_the_month_of_the_address_is_the_date(
    days: list[str], expected: str | None
) -> None:
    assert day(OTHERS + "".join(f"<small>{text}</small>" for text in days), MONTH) == expected


def test_only_whole_unambiguous_dates_are_written_days() -> None:
    words = (
        "<i>19.</i> May <b>2026</b>, 03/04/2026, May 2026, 31 June 2026, 2026年4月2日 <a href=/2026-01-05>"
    )
    days = written_days(document_fromstring(f"<p>{words}</p>"), now=CAPTURED_AT)
    assert sorted(map(str, days)) == ["2026-01-05", "2026-04-02", "2026-05-19"]


@pytest.mark.parametrize(
    ("note", "expected"), [("Press release no. 03/2026", None), ("Published on 1 March 2026", "2026-03-01")]
)
def test_a_bare_month_does_not_mean_its_first_day(note: str, expected: str | None) -> None:
    assert day(f"<p>{note}</p>") == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>The first inquiry began on 7 March 2017 in the capital.</p>", None),
        ("<p>Die erste Prüfung begann am 7. März 2017, sagte die Behörde.</p>", None),
        ("<div>L'enquête a commencé le <b>7 mars 2017</b> dans la capitale.</div>", None),
        (
            "<ul><li><time datetime=2017-03-07>7 March 2017</time> An old story of another kind</li></ul>",
            None,
        ),
        ("<p>7 March 2017</p>", "2017-03-07"),
        ("<div class=meta>By Ada Quill, 7 March 2017, 10:00</div>", "2017-03-07"),
        ("<p>By Ada Quill on Tuesday, March 7th, 2017 at 11:04 a.m.</p>", "2017-03-07"),
        ("<p>BERLIN, 7 March 2017 – The first inquiry began on Tuesday in the capital.</p>", "2017-03-07"),
        ("<p>The inquiry began on 7 March 2017 in the capital.</p><p>7 March 2017</p>", "2017-03-07"),
    ],
    ids=["en", "de", "fr", "teaser", "line", "byline", "byline and clock", "dateline", "both"],
)
def test_a_day_inside_a_sentence_is_no_date_of_publication(body: str, expected: str | None) -> None:
    assert day(body) == expected


@pytest.mark.parametrize(
    ("title", "day"),
    [
        ("Masts fall silent | World | 28.04.2023", "2023-04-28"),
        ("Masts fall silent (News of 14 January 2020)", "2020-01-14"),
        ("Masts fall silent | Daily 2020", None),
        ("Masts fall silent (28.04.2031)", None),
    ],
)
def test_a_date_at_the_end_of_the_title_after_a_bar_or_in_brackets_counts(
    title: str, day: str | None
) -> None:
    page = make_page(f"<html><head><title>{title}</title></head><body>{PARAGRAPH}</body></html>")
    date = chosen_date(page_dates(ParsedPage(page), None))
    assert (str(date.at.date()) if date else None) == day


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<dl><dt>On sale since</dt><dd>2026/5/19</dd></dl>", "2026-05-19"),
        ("<td><font>The Valley Mast, Tuesday, 19 May 2026</font><br>A mast fell silent.</td>", "2026-05-19"),
        ("<p>The mast was built on 19 May 2016 by two crews.</p>", None),
    ],
)
def test_the_only_day_that_a_page_without_other_dates_shows_outside_of_prose_is_the_date(
    body: str, expected: str | None
) -> None:
    assert day(f"<h1>Masts fall silent</h1>{PARAGRAPH}<table><tr>{body}</tr></table>") == expected
