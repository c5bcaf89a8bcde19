"""Pages and the articles expected of them: a case is ``tests/data/pages/x.html`` with ``x.expected.json``."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fivegwatch.extractors.articles.article import extract_article, text_hash
from fivegwatch.extractors.errors import ExtractionError
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.model import Article, Entry, Origin, Page
from tests.conftest import ROOT

CASES = sorted((ROOT / "tests/data/pages").glob("*.html"))
CAPTURED_AT = datetime(2026, 11, 24, tzinfo=UTC)
ORIGIN = Origin(kind="feed", locator="example")


def make_page(body: str | bytes, url: str = "https://a.example/story/1", **fields: Any) -> Page:
    given: dict[str, Any] = {
        "requested_url": url,
        "final_url": url,
        "status": 200,
        "content_type": "text/html; charset=utf-8",
        "body": body.encode() if isinstance(body, str) else body,
        "captured_at": CAPTURED_AT,
        "origin": ORIGIN,
    }
    return Page(**(given | fields))


def make_entry(url: str, fields: dict[str, Any]) -> Entry:
    given = dict(fields)
    if "published_at" in given:
        given["published_at"] = datetime.fromisoformat(given["published_at"])
    if "authors" in given:
        given["authors"] = tuple(given["authors"])
    return Entry(id="e", url=url, canonical_url=url, origin=ORIGIN, **given)


def plain(value: object) -> object:
    return (
        value.isoformat()
        if isinstance(value, datetime)
        else list(value)
        if isinstance(value, tuple)
        else value
    )


@pytest.mark.parametrize("file", CASES, ids=[file.stem for file in CASES])
def test_a_page_becomes_the_article_beside_it(file: Path) -> None:
    """``says`` of a case is one sentence that says what holds."""
    expected = json.loads(file.with_suffix(".expected.json").read_text(encoding="utf-8"))
    page = make_page(file.read_bytes(), expected["url"])
    entry = make_entry(expected["url"], expected["entry"]) if "entry" in expected else None
    if "error" in expected:
        with pytest.raises(ExtractionError) as caught:
            extract_article(page, entry=entry)
        assert (caught.value.kind, caught.value.transient) == (expected["error"], expected["transient"]), (
            expected["says"]
        )
        return
    article = extract_article(page, entry=entry)
    actual = {name: plain(getattr(article, name)) for name in expected["article"]}
    assert actual == expected["article"], expected["says"]
    assert [text for text in expected.get("contains", []) if text not in article.text] == []
    assert [text for text in expected.get("lacks", []) if text in article.text] == []


def story(**fields: Any) -> Article:
    body = (ROOT / "tests/data/pages/news-english.html").read_bytes()
    return extract_article(make_page(body, **fields))


def test_the_same_bytes_give_the_same_article() -> None:
    """Extraction carries no state from one page to the next."""
    first = story()
    for other in CASES[:5]:
        try:
            extract_article(make_page(other.read_bytes()))
        except ExtractionError:
            continue
    assert story() == first


def test_every_candidate_is_kept_with_its_length_and_every_date_with_its_source() -> None:
    article = story()
    assert article.method in dict(article.lengths)
    assert {date.source for date in article.dates} >= {"json-ld"}
    assert all(date.at <= CAPTURED_AT + timedelta(hours=24) for date in article.dates)


def test_the_hash_of_a_text_ignores_white_space_only() -> None:
    assert text_hash("A  title", "One\n two ") == text_hash("A title", "One two")
    assert text_hash("A title", "One two") != text_hash("A title", "One, two")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"%PDF-1.7 " + bytes(range(256)), "not_html"),
        (b"\x89PNG\r\n" + bytes(range(256)), "not_html"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(64), "not_html"),
        (b"<html>" + b"a" * LIMITS.page_body, "too_large"),
        (b"<html>" + b"<b>" * (LIMITS.page_tags + 1), "too_many_tags"),
        (b"<html><div " + b" ".join(b"a%d=1" % n for n in range(5_000)) + b">", "too_many_tags"),
    ],
    ids=["pdf", "png", "mp4", "bytes", "tags", "attributes"],
)
def test_a_document_that_is_unsafe_to_parse_is_refused(body: bytes, kind: str) -> None:
    with pytest.raises(ExtractionError) as caught:
        extract_article(make_page(body))
    assert caught.value.kind == kind


def test_a_media_type_other_than_a_pages_is_refused_whatever_the_bytes() -> None:
    with pytest.raises(ExtractionError) as caught:
        story(content_type="application/pdf")
    assert caught.value.kind == "not_html"


def test_a_page_with_the_header_of_a_challenge_is_a_wall() -> None:
    with pytest.raises(ExtractionError) as caught:
        story(headers=(("cf-mitigated", "challenge"),))
    assert (caught.value.kind, caught.value.transient) == ("bot_wall", True)


def test_a_huge_metadata_attribute_does_not_change_the_text() -> None:
    """100 KB of parentheses in the author's name took a quadratic expression 55 seconds."""
    body = (ROOT / "tests/data/pages/date-undated.html").read_text(encoding="utf-8")
    flooded = body.replace("<head>", f'<head><meta name="author" content="{"(" * 100_000}">')
    assert extract_article(make_page(flooded)).text == extract_article(make_page(body)).text


PARAGRAPHS = (
    "<p>The harbour council said on Tuesday that the ferry to the islands would run again from May onwards.</p>"
    "<p>Islanders had complained for months that they had to take the long way around by bus every day.</p>"
)


@pytest.mark.parametrize(
    "body",
    [
        "<p>Menu</p></body></html><div><h1>Ferry</h1>?</div></body></html>",
        "<p>Menu</p></BODY >\n<article>?</article>",
        "<p>Menu</p></html><html><body>?</body></html>",
        "<b>" * 400 + "?",
        "<div><span>" * 400 + "<article>?</article>",
        "<a href=/x>?",
        "<p><a href='/more'><div>?</div>",
    ],
    ids=[
        "early end",
        "no end after it",
        "two pages",
        "unclosed",
        "deep",
        "open link",
        "open link around a box",
    ],
)
def test_a_story_is_found_wherever_a_browser_shows_it(body: str) -> None:
    page = make_page(f"<html><head><title>Ferry</title></head><body>{body.replace('?', PARAGRAPHS)}")
    text = extract_article(page).text
    assert "harbour council" in text and "Islanders" in text


def test_a_link_around_one_headline_and_a_line_is_a_card() -> None:
    card = f"<a href='/other'><h3>Other</h3><p>{'The other story is told elsewhere. ' * 4}</p></a>"
    body = f"<article>{PARAGRAPHS * 3}</article>{card}"
    assert "told elsewhere" not in extract_article(make_page(f"<html><body>{body}</body></html>")).text


PIECES = (
    "<p>", "</p>", "<div>", "</div>", "<article>", "<h1>", "</h1>", "<a href=/x>", "</a>", "<li>", "<table><tr><td>",
    "<script>", "</script>", '<script type="application/ld+json">{"@type":"Article","author":[{"@id":1}]}</script>',
    '<meta name="date" content="2026-13-45">', '<meta property="og:title" content="|">', "<title>", "</title>",
    "<time>", PARAGRAPHS,
)  # fmt: skip
MARKUP = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=60)), max_size=30)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(MARKUP)
def test_any_markup_gives_an_article_or_an_extraction_error(pieces: list[str]) -> None:
    try:
        article = extract_article(make_page("<html><body>" + "".join(pieces)))
    except ExtractionError as exc:
        assert exc.kind
        return
    assert article.text
