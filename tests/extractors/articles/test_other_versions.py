"""The versions that a page names, and when the text of one replaces the page's."""

from __future__ import annotations

import pytest

from fivegwatch.extractors.articles.article import extract_article
from fivegwatch.extractors.articles.other_versions import version_links
from fivegwatch.extractors.model import Article, OtherVersion
from tests.extractors.articles.test_article import make_page

URL = "https://www.example.org/news/masts-fall-silent-12345.html"
OPENING = "The regulator told the operators on Monday to take the equipment out of their core networks..."
STORY = "".join(
    f"<p>Engineers in region {number} expected that the exchange had been listening to itself for {number} weeks.</p>"
    for number in range(1, 12)
)


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<link rel=amphtml href='https://amp.example.org/masts'>", [("amp", "https://amp.example.org/masts")]),
        ("<link rel='alternate' media='print' href='?print=1'>", [("print", URL + "?print=1")]),
        ("<a href='/print/12345'>Print</a>", [("print", "https://www.example.org/print/12345")]),
        ("<a href='/drucken/masts-fall-silent-12345'>x</a>", [("print", "https://www.example.org/drucken/masts-fall-silent-12345")]),
        ("<a href='/print-edition'>On paper</a><a href='/print/98765'>Another</a>", []),
        ("<link rel=amphtml href='https://www.example.net/masts'>", []),
        ("<link rel=amphtml href='javascript:print(12345)'><link rel=amphtml href='http://[::'>", []),
        (f"<link rel=amphtml href='{URL}#amp'>", []),
        (
            "<a href='/print/12345'>Print</a><link rel=amphtml href='/amp/12345'>",
            [("amp", "https://www.example.org/amp/12345"), ("print", "https://www.example.org/print/12345")],
        ),
    ],
)  # fmt: skip
def test_versions_are_links_on_the_pages_own_site(markup: str, expected: list[tuple[str, str]]) -> None:
    links = version_links(make_page(f"<html><body><h1>Masts</h1>{markup}<p>{OPENING}</p></body></html>", URL))
    assert [(link.method, link.url) for link in links] == expected


def read(version_head: str, version_body: str, shown: str = f"<p>{OPENING}</p>") -> Article:
    page = make_page(f"<html><head><title>Masts fall silent</title></head><body>{shown}</body></html>", URL)
    body = f"<html><head>{version_head}</head><body><h1>Quiet</h1>{version_body}</body></html>"
    other = OtherVersion(method="amp", page=make_page(body, "https://www.example.org/amp/1"))
    return extract_article(page, version=other)


CANONICAL = f"<link rel=canonical href='{URL}'>"


def test_a_fuller_version_supplies_the_text_and_nothing_else() -> None:
    article = read(CANONICAL, STORY)
    assert "listening to itself for 11 weeks" in article.text
    assert (article.method, article.url, article.title) == ("amp", URL, "Masts fall silent")
    assert dict(article.lengths)["amp"] > 500 and "teaser" not in article.quality


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("", STORY),
        ("<link rel=canonical href='https://www.example.org/news/another-story'>", STORY),
        (CANONICAL, f"<p>{OPENING}</p>"),
        (CANONICAL, f"<p>{OPENING}</p><section subscriptions-section='content'>{STORY}</section>"),
        (CANONICAL, f"<p>{OPENING}</p><div amp-access='subscriber' amp-access-hide>{STORY}</div>"),
    ],
    ids=["unproved", "another story", "no fuller", "for subscribers", "behind access"],
)
def test_a_version_of_another_story_no_fuller_or_for_subscribers_supplies_nothing(
    head: str, body: str
) -> None:
    article = read(head, body)
    assert article.method != "amp" and "listening to itself" not in article.text


def test_a_version_that_cannot_be_read_changes_nothing() -> None:
    page = make_page(
        f"<html><head><title>Masts fall silent</title></head><body><p>{OPENING}</p></body></html>", URL
    )
    broken = OtherVersion(method="print", page=make_page(b"%PDF-1.7 " + bytes(range(256)), URL + "?print=1"))
    assert extract_article(page, version=broken) == extract_article(page)
