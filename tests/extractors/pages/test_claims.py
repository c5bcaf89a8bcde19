"""JSON-LD: which of a page's objects describes the page itself, and what is taken from it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fivegwatch.extractors.articles.article import extract_article
from fivegwatch.extractors.model import Article
from tests.extractors.articles.test_article import make_page

URL = "https://a.example/story/1"
TITLE = "Regulator shuts supplier Norvia out of core networks"
TEXT = "<p>The regulator has shut Norvia out of the core networks of all operators, citing espionage.</p>" * 4
OTHER: dict[str, Any] = {
    "@type": "NewsArticle",
    "headline": "Ferry company wins award",
    "datePublished": "2019-01-01T10:00:00Z",
    "author": "Zoe Other",
    "articleBody": "The ferry company won an award.",
}
OWN: dict[str, Any] = {"@type": "NewsArticle", "headline": TITLE, "datePublished": "2026-11-20T10:00:00Z"}


def extracted(*objects: dict[str, Any], title: str = TITLE, url: str = URL) -> Article:
    data = json.dumps(objects)
    head = f"<title>{title}</title><script type='application/ld+json'>{data}</script>"
    return extract_article(
        make_page(f"<html><head>{head}</head><body><h1>{title}</h1>{TEXT}</body></html>", url)
    )


@pytest.mark.parametrize(
    "address",
    [
        {"url": "/p/ferry"},
        {"@id": "https://a.example/p/ferry#article"},
        {"mainEntityOfPage": {"@type": "WebPage", "@id": "https://b.example/p/ferry"}},
        {"url": "https://a.example/story/1?id=77"},
        {},
    ],
    ids=["url", "id", "main entity", "query", "headline alone"],
)
@pytest.mark.parametrize("own", [(), (OWN,)], ids=["alone", "beside this page's"])
def test_nothing_is_taken_from_the_object_of_another_story(
    address: dict[str, Any], own: tuple[dict[str, Any], ...]
) -> None:
    article = extracted(OTHER | address, *own, url=f"{URL}?id=5" if "url" in address else URL)
    day = article.published_at.date().isoformat() if article.published_at else None
    assert (article.title, article.authors, day) == (TITLE, (), "2026-11-20" if own else None)
    assert article.url.startswith(URL)


@pytest.mark.parametrize(
    ("address", "title"),
    [
        ({"url": "https://a.example/old-address-of-it"}, TITLE),
        ({"url": "https://amp.a.example/story/1/"}, "What a regulator can do"),
        ({"@id": "#article"}, TITLE),
        ({"@id": "https://a.example/#article"}, TITLE),
        ({"mainEntityOfPage": True, "@id": "77-abc"}, TITLE),
        ({"url": "/p/anything"}, "Paper"),
    ],
    ids=["same headline", "same path", "fragment", "home", "no address", "no title to contradict"],
)
def test_an_object_that_nothing_contradicts_describes_the_page(address: dict[str, Any], title: str) -> None:
    article = extracted(OWN | {"author": "Ada Quill"} | address, title=title)
    assert article.authors == ("Ada Quill",)
    assert article.published_at and article.published_at.date().isoformat() == "2026-11-20"


HALF = "\\udc00"
"""Half a surrogate pair, escaped as in JSON."""


@pytest.mark.parametrize(
    "claim",
    [
        '"author": "?x"', '"author": {"name": "J?ane Doe"}', '"author": "?"', '"keywords": ["a?b"]',
        '"articleSection": "a?b"', '"publisher": {"name": "a?b"}', f'"headline": "? {TITLE}"',
        '"url": "https://a.example/story/1?"', f'"articleBody": "{"Norvia is out of it. " * 60}?"',
    ],
)  # fmt: skip
def test_no_field_of_an_article_holds_text_that_cannot_be_encoded(claim: str) -> None:
    data = f'{{"@type": "NewsArticle", {claim.replace("?", HALF)}}}'
    head = f"<title>{TITLE}</title><script type='application/ld+json'>{data}</script>"
    article = extract_article(make_page(f"<html><head>{head}</head><body>{TEXT}</body></html>"))
    fields = (article.title, *article.authors, *article.tags, article.section, article.site_name, article.url)
    "".join((*fields, article.text)).encode()


SENTENCES = [
    f"Norvia lost contract number {n}, its largest, to a rival, the ministry said." for n in range(12)
]


@pytest.mark.parametrize(
    "body",
    [
        SENTENCES,
        [{"@type": "WebPageElement", "text": sentence} for sentence in SENTENCES],
        {"@value": "\n".join(SENTENCES)},
        {"@type": "TextObject", "text": "<p>" + "</p><p>".join(SENTENCES) + "</p>"},
    ],
    ids=["list", "objects", "value", "object"],
)
def test_an_article_body_in_parts_is_joined_by_lines(body: object) -> None:
    data = json.dumps(OWN | {"articleBody": body})
    head = f"<title>{TITLE}</title><script type='application/ld+json'>{data}</script>"
    article = extract_article(make_page(f"<html><head>{head}</head><body><div id=root></div></body></html>"))
    assert article.text.split("\n") == SENTENCES


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(JSON)
def test_an_article_body_of_any_shape_gives_text_or_nothing(body: object) -> None:
    article = extracted(OWN | {"articleBody": body})
    assert article.text and "{" not in article.text and "[" not in article.text


SHOWN = "".join(
    f"<p>The ferry to island number {n} will run again from May, the council said.</p>" for n in range(8)
)


@pytest.mark.parametrize(
    ("begins", "stands_in"), [("", False), (TEXT, False), (SHOWN, True), (SHOWN[:160], True)]
)  # fmt: skip
def test_an_article_body_replaces_the_shown_text_only_if_it_continues_it(
    begins: str, stands_in: bool
) -> None:
    """Otherwise a text that no reader can see could be stored and judged."""
    data = json.dumps(OWN | {"articleBody": begins + " ".join(SENTENCES * 2)})
    head = f"<title>{TITLE}</title><script type='application/ld+json'>{data}</script>"
    article = extract_article(
        make_page(f"<html><head>{head}</head><body><article>{SHOWN}</article></body></html>")
    )
    assert (article.method == "json-ld") == stands_in
    assert ("Norvia" in article.text) == stands_in
