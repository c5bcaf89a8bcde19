"""Flags for what is wrong with a page. Security stories use the words of walls, so the shape of a page decides."""

from __future__ import annotations

import pytest

from fivegwatch.extractors.articles.article import extract_article
from fivegwatch.extractors.articles.quality import subjects
from fivegwatch.extractors.errors import ExtractionError
from tests.extractors.articles.test_article import make_entry, make_page
from tests.extractors.articles.test_edges import LONG

BRIEF = (
    "The regulator has shut the supplier Norvia out of the core network, citing espionage, in a ruling on Tuesday.",
    "Operators have three years to take its equipment out. Norvia rejected the decision and will go to court.",
)


def test_page_chars_counts_all_shown_words_but_no_scripts_and_styles() -> None:
    silent = f"<script>var x = '{LONG}';</script><style>p {{}}</style>"
    body = f"<nav>Menu</nav>{silent}<p>{LONG}</p>  <p> {LONG} </p><footer>Imprint</footer>"
    article = extract_article(make_page(f"<html><body>{body}</body></html>"))
    assert abs(article.page_chars - len(f"Menu {LONG} {LONG} Imprint")) <= 4
    assert article.page_chars > len(article.text) > 0


def page_of(title: str, paragraphs: tuple[str, ...], *, head: str = "", box: str = "article") -> str:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<html><head><title>{title}</title>{head}</head>"
        f"<body><{box}><h1>{title}</h1>{text}</{box}></body></html>"
    )


@pytest.mark.parametrize(
    "title",
    [
        "Access denied: supplier Norvia loses core network",
        "Security check of operators: Norvia out",
        "Captcha for a supplier: how Norvia fooled operators",
        "Oops: Norvia leaves a core network open",
        "Operators pay 404 million to strip out Norvia",
        "Norvia ruling: file not found, says regulator",
        "Forbidden supplier: Norvia and the core network",
    ],
)
def test_a_headline_may_begin_with_the_words_of_a_wall(title: str) -> None:
    assert extract_article(make_page(page_of(title, BRIEF))).title == title


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        (
            "Norvia staff fell for a false login page",
            "Attackers of Norvia had told the staff to solve the captcha.",
        ),
        (
            "Norvia scanners at ports under review",
            "The X-ray ID scanners of Norvia are watched by the ports.",
        ),
        (
            "Regulator fines Norvia for selling profiles",
            "Norvia sold personalised advertising and was processing personal data, the regulator found.",
        ),
    ],
)
def test_a_sentence_may_hold_the_words_of_a_wall(title: str, sentence: str) -> None:
    assert sentence in extract_article(make_page(page_of(title, (sentence, *BRIEF)))).text


@pytest.mark.parametrize("box", ["div", "article"])
@pytest.mark.parametrize(
    ("title", "text", "kind"),
    [
        ("Access denied | Morning Paper", "You have no permission to access this server now.", "bot_wall"),
        (
            "Human verification",
            "This step verifies that you are not a bot and keeps our site safe.",
            "bot_wall",
        ),
        (
            "Seite nicht gefunden",
            "Die Seite ist gelöscht. Vielleicht hilft die Suche nach ihr weiter.",
            "soft_404",
        ),
        (
            "Before you continue",
            "We value your privacy. Accept all cookies, or manage choices.",
            "consent_wall",
        ),
    ],
)
def test_a_wall_in_a_sites_own_template_stays_a_wall(title: str, text: str, kind: str, box: str) -> None:
    """The template supplies an article element and a date; the text names no subject of its headline."""
    body = page_of(title, (text,), box=box).replace("<h1>", "<time>24 November 2026</time><h1>")
    with pytest.raises(ExtractionError) as caught:
        extract_article(make_page(body))
    assert caught.value.kind == kind


def test_subjects_are_words_that_can_name_something_in_any_script() -> None:
    assert subjects("The EU bars 5G kit of Norvia 404") == {"eu", "bars", "5g", "norvi"}
    assert {"华为", "设备"} <= subjects("华为设备")
    assert subjects("화웨이 장비 금지") == {"화웨", "장비", "금지"}


NOTICE = (
    "Mae ein gwefan yn cael ei diweddaru ar hyn o bryd, ac nid yw'r erthygl ar gael tan yfory. "
    "Rydym yn ymddiheuro am unrhyw anghyfleustra. Dewch yn ôl yn nes ymlaen, os gwelwch yn dda, neu ysgrifennwch atom."
)
ANNOUNCED = "Regulator shuts supplier Norvia out of core networks"


@pytest.mark.parametrize(
    ("title", "text", "announced", "box", "no_story"),
    [
        ("Cynnal a chadw", NOTICE, "", "div", True),
        ("Cynnal a chadw", NOTICE, ANNOUNCED, "article", True),
        ("Cynnal a chadw", NOTICE, "", "article", False),
        ("Regulator shuts Norvia out", " ".join(BRIEF), "", "div", False),
        ("Regulator shuts Norvia out", " ".join(BRIEF), ANNOUNCED, "div", False),
        ("Aufsicht schließt Norvia aus", " ".join(BRIEF), ANNOUNCED, "article", False),
        ("Cynnal a chadw", NOTICE * 8, ANNOUNCED, "div", False),
    ],
    ids=["no mark", "not what was announced", "a mark", "takes up its title", "as announced", "reworded", "long"],
)  # fmt: skip
def test_a_notice_in_unlisted_words_is_flagged_as_no_story(
    title: str, text: str, announced: str, box: str, no_story: bool
) -> None:
    page = make_page(page_of(title, (text,), box=box))
    entry = make_entry(page.final_url, {"title": announced}) if announced else None
    assert ("no_story" in extract_article(page, entry=entry).quality) == no_story
