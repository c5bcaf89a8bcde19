"""The passes over a page one by one: titles, bylines, lines, likeness, language."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fivegwatch.extractors.articles.article import extract_article
from fivegwatch.extractors.articles.bylines import split_names
from fivegwatch.extractors.articles.edges import trim_lines
from fivegwatch.extractors.articles.headline import without_site
from fivegwatch.extractors.errors import ExtractionError
from fivegwatch.extractors.text.language import text_language
from fivegwatch.extractors.text.likeness import alike, key, shared
from tests.extractors.articles.test_article import make_page

LONG = (
    "The regulator told the operators on Monday to take the equipment out of their core networks "
    "by the end of next year."
)


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("Masts fall silent | The Daily Signal", "Masts fall silent"),
        ("Masts fall silent - News - The Daily Signal", "Masts fall silent - News"),
        ("The Daily Signal: Masts fall silent", "The Daily Signal: Masts fall silent"),
        ("The Daily Signal | Masts fall silent", "Masts fall silent"),
        ("Masts - and why they fall silent", "Masts - and why they fall silent"),
        ("Masts fall silent across the valley | Region", "Masts fall silent across the valley"),
    ],
)
def test_only_the_outlets_name_leaves_a_title(title: str, kept: str) -> None:
    """A dash inside a headline is the headline's; what follows a headline known from elsewhere is not."""
    known = {key("Masts fall silent across the valley")}
    assert without_site(title, {key("The Daily Signal")}, known) == kept


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


@pytest.mark.parametrize(
    "line",
    [
        "Von der Leyen warnt vor Abhängigkeit",
        "By 2027 the old network will be gone",
        "Updated rules meet resistance",
        "Stand der Dinge",
        "Di Maio difende la scelta",
    ],
)
def test_a_first_line_that_only_starts_like_a_byline_or_a_date_stays(line: str) -> None:
    text = f"{line}\n{LONG}"
    assert trim_lines(text, headlines=("Another title",), names=()) == text


@pytest.mark.parametrize(
    "line",
    [
        "Operators told to clear networks",
        "By Ada Quill and Ben Ortiz",
        "Von Clara Ried",
        "Published 14 November 2026",
        "Stand: 14.11.2026, 08:00 Uhr",
        "14 November 2026",
        "Photo: Example Agency",
    ],
)
def test_a_first_line_that_is_title_byline_date_or_credit_goes(line: str) -> None:
    assert trim_lines(f"{line}\n{LONG}", headlines=("Operators told to clear networks",), names=()) == LONG


@pytest.mark.parametrize(
    "tail",
    [
        "Sign up for our newsletter.",
        "Follow us on Twitter and Facebook",
        "Tags: core network, regulator\nComments",
        "Abonnez-vous à notre lettre\nTous droits réservés",
        "подписывайтесь на наш канал",
        "無断転載を禁じます",
    ],
)
def test_what_calls_for_clicks_after_the_story_goes(tail: str) -> None:
    assert trim_lines(f"{LONG}\n{tail}", headlines=(), names=()) == LONG


def test_a_story_about_newsletters_keeps_its_middle() -> None:
    """Promotions are cut from the end only: between paragraphs the same words may be the story's own."""
    text = f"{LONG}\nThe attackers asked readers to subscribe to a newsletter.\n{LONG} It was the third such order."
    assert trim_lines(text, headlines=(), names=()) == text


@given(st.text(max_size=80), st.text(max_size=80))
def test_likeness_is_symmetric_and_between_0_and_1(one: str, other: str) -> None:
    assert alike(one, other) == alike(other, one)
    assert 0 <= alike(one, other) <= 1
    assert 0 <= shared(one, other) <= 1


@given(st.text(max_size=80))
def test_a_text_is_wholly_like_itself_if_it_has_words(text: str) -> None:
    assert alike(text, text) in (0.0, 1.0)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (LONG, "en"),
        ("Der Netzbetreiber hat am Montag mitgeteilt, dass die Arbeiten bis zum Sommer dauern werden.", "de"),
        ("L’opérateur a annoncé lundi que les travaux dureraient jusqu’à l’été prochain.", "fr"),
        ("Оператор сообщил в понедельник, что работы продлятся до лета и потребуют времени.", "ru"),
        ("工信部周一表示，三家运营商将在年底前完成设备更换工作，并提交计划。", "zh-Hans"),
        ("主管機關週一表示，三家業者將在年底前完成設備更換，並提交計畫。", "zh-Hant"),
        ("5G", ""),
        ("", ""),
    ],
)
def test_the_language_is_the_texts(text: str, language: str) -> None:
    assert text_language(text) == language


PIECES = (
    "<p>", "</p>", "<div>", "</div>", "<article>", "<h1>", "</h1>", "<a href=/x>", "</a>", "<li>", "<table><tr><td>",
    "<script>", "</script>", '<script type="application/ld+json">{"@type":"Article","author":[{"@id":1}]}</script>',
    '<meta name="date" content="2026-13-45">', '<meta property="og:title" content="|">', "<title>", "</title>",
    "<time>",
    LONG,
)  # fmt: skip
MARKUP = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=60)), max_size=30)


@settings(max_examples=60, deadline=None)
@given(MARKUP)
def test_any_markup_ends_in_an_article_or_in_our_own_error(pieces: list[str]) -> None:
    """Nothing a page holds raises anything but ExtractionError."""
    try:
        article = extract_article(make_page("<html><body>" + "".join(pieces)))
    except ExtractionError as exc:
        assert exc.kind
        return
    assert article.text


@pytest.mark.parametrize(
    "address", ["http://[::1", "https://exa mple/ x", "https://[", "http://a.example:99999/b"]
)
@pytest.mark.parametrize("link", ["<link rel=canonical href='{}'>", "<meta property=og:url content='{}'>"])
def test_an_address_no_browser_could_open_is_a_claim_like_any_wrong_one(link: str, address: str) -> None:
    page = make_page(f"<html><head>{link.format(address)}</head><body><h1>Masts</h1><p>{LONG * 4}</p></body>")
    assert extract_article(page).url == page.final_url


@pytest.mark.parametrize(
    ("address", "kept"),
    [("/story/1?utm_source=x#top", True), ("https://a.example/story/1/", True), ("/story/2", False)],
)
def test_a_heading_that_links_to_its_own_page_is_no_pointer_to_another(address: str, kept: bool) -> None:
    heading = f"<h2><a href='{address}'>What the engineers found in the exchange</a></h2>"
    body = f"<article><h1>Masts fall silent</h1><p>{LONG * 3}</p>{heading}<p>{LONG * 3}</p></article>"
    text = extract_article(make_page(f"<html><body>{body}</body></html>")).text
    assert ("What the engineers found" in text) == kept


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("Exclusive: Operators told to clear networks", False),
        ("The Daily Signal | Operators told to clear networks", False),
        ("Ten operators told to clear networks", True),
    ],
)
def test_a_line_is_the_headline_again_only_behind_a_label(line: str, kept: bool) -> None:
    text = trim_lines(f"{line}\n{LONG}", headlines=("Operators told to clear networks",), names=())
    assert text.startswith(line) == kept


def test_what_a_page_shows_in_all_is_its_words_without_scripts_and_styles() -> None:
    silent = f"<script>var x = '{LONG}';</script><style>p {{}}</style>"
    body = f"<nav>Menu</nav>{silent}<p>{LONG}</p>  <p> {LONG} </p><footer>Imprint</footer>"
    article = extract_article(make_page(f"<html><body>{body}</body></html>"))
    assert abs(article.page_chars - len(f"Menu {LONG} {LONG} Imprint")) <= 4
    assert article.page_chars > len(article.text) > 0
