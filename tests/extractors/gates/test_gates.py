"""The gates stop nothing the judge would keep: whatever the disguise, the charset, the place in the page."""

from __future__ import annotations

import gzip
import html
import json
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fivegwatch.extractors.articles.article import extract_article
from fivegwatch.extractors.articles.headline import read_headlines
from fivegwatch.extractors.errors import ExtractionError
from fivegwatch.extractors.gates.gates import Gates, remaining_lines
from fivegwatch.extractors.judging.evidence import collect_evidence
from fivegwatch.extractors.judging.judgement import judge, terms_language
from fivegwatch.extractors.model import Article, Origin, Page
from fivegwatch.extractors.pages.parsed import ParsedPage
from fivegwatch.extractors.text.decoding import decode_document
from fivegwatch.extractors.watchlist.compile import Rules
from tests.conftest import ROOT, examples, sample
from tests.extractors.watchlist_builder import shipped_rules

pytestmark = pytest.mark.slow

TITLE = "Huawei banned from 5G core network"
TEXT = (
    "Operators must remove its base stations from the 5G network over espionage fears, the government said."
)
GATES = Gates(shipped_rules())


def page_of(body: bytes, content_type: str = "text/html") -> Page:
    return Page(
        requested_url="https://news.example/story",
        final_url="https://news.example/story",
        status=200,
        content_type=content_type,
        body=body,
        captured_at=datetime(2026, 1, 1, tzinfo=UTC),
        origin=Origin(kind="warc", locator="test.warc.gz@0"),
    )


def page(body: str, head: str = "<title>News</title>") -> Page:
    markup = f"<html><head>{head}</head><body><p>Weather and football.</p><div>{body}</div></body></html>"
    return page_of(markup.encode("utf-8", "surrogatepass"))


def numbered(text: str) -> str:
    return "".join(f"&#{ord(c)};" for c in text)


def escaped(text: str) -> str:
    return "".join(f"\\u{ord(c):04x}" for c in text)


DISGUISES: dict[str, Callable[[str], str]] = {
    "plain": str,
    "capitals": str.upper,
    "numeric references": numbered,
    "references without semicolons": lambda t: " ".join("".join(f"&#{ord(c)}" for c in w) for w in t.split()),
    "hexadecimal references": lambda t: "".join(f"&#x{ord(c):X};" for c in t),
    "twice escaped": lambda t: html.escape(numbered(t)),
    "five times escaped": lambda t: html.escape(html.escape(html.escape(html.escape(numbered(t))))),
    "escaped markup": lambda t: html.escape("".join(f"<b>{c}</b>" for c in t)),
    "tags inside words": lambda t: "<wbr>".join(t),
    "spans around letters": lambda t: "".join(f"<span class=x>{c}</span>" for c in t),
    "comments inside words": lambda t: "<!-- x > y -->".join(t),
    "scripts inside words": lambda t: "<script>var a = '<b>';</script>".join(t),
    "quoted attributes inside words": lambda t: '<b title="a>b">'.join(t),
    "capital tags inside words": lambda t: "<WBR>".join(t),
    "soft hyphens": lambda t: "&shy;".join(t),
    "zero-width spaces": lambda t: "\u200b".join(t),
    "zero-width references": lambda t: "&#8203;".join(t),
    "control characters": lambda t: "\x02".join(t),
    "an element around each word": lambda t: " ".join(f"<b>{w}</b>" for w in t.split()),
    "line breaks between words": lambda t: t.replace(" ", "<br>\n"),
    "brackets in quotes between words": lambda t: t.replace(" ", """ <i title="a>b<c" id='>'></i>"""),
    "cells side by side": lambda t: "<td>" + t.replace(" ", "</td><td>") + "</td>",
    "lines": lambda t: t.replace(" ", "\r\n   "),
    "words far apart in the source": lambda t: t.replace(" ", " " * 400),
    "no-break spaces": lambda t: t.replace(" ", "&nbsp;"),
    "full width": lambda t: "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in t),
    "look-alike letters": lambda t: t.replace("o", "\u043e").replace("e", "\u0435"),
    "after a comment that ends early": lambda t: f"<!--><p>{t}</p>-->",
    "after a script in an attribute": lambda t: f'<a title="<script>">x</a><p>{t}</p><script></script>',
    "after a style in an attribute": lambda t: f'<a title="<style>">x</a><p>{t}</p><style></style>',
    "after a script in a box for text": lambda t: f"<textarea><script></textarea><p>{t}</p><script></script>",
    "after a style with markup in it": lambda t: f"<style>a {{ b: url(<svg></svg>) }}</style><p>{t}</p>",
    "in a noscript": lambda t: f"<noscript>{t}</noscript>",
    "in a template": lambda t: f"<template>{t}</template>",
    "after a stray bracket": lambda t: f"5 < 6 and <p>{t}",
    "closing tags of nothing inside words": lambda t: "</br>".join(t),
    "in CDATA": lambda t: f"<![CDATA[<p>{t}</p>]]>",
    "in a tag that is not closed": lambda t: f"<b id=x <p>{t}</p> > y",
    "in a declaration": lambda t: f"<!x <p>{t}</p> > y <?php <p>z</p> ?>",
    "after a quote that opens no value": lambda t: f"""<b "<p>{t}</p> <img alt="x">""",
    "with a mark of the gates' own": lambda t: t.replace(" ", " ~^ "),
    "with references to such marks": lambda t: t.replace(" ", " &#126;&#94; "),
    "words parted by many invisible letters": lambda t: t.replace(" ", "\u200b" * 300 + " "),
    "after an open quote": lambda t: f"""<p title='don"t' class=a">{t}</p>""",
}


OTHER_LETTERS = ("capitals", "full width", "look-alike letters", "zero-width spaces")


@pytest.mark.parametrize("disguise", DISGUISES.values(), ids=DISGUISES)
def test_a_story_passes_in_any_markup(disguise: Callable[[str], str]) -> None:
    assert GATES.stopped_by(page(f"<p>{disguise(TEXT)}</p>")) == ""


PLACES: dict[str, Callable[[str], Page]] = {
    "a heading of several boxes": lambda t: page("<h1><div>" + t.replace(" ", "</div><div>") + "</div></h1>"),
    "the title": lambda t: page("", f"<TITLE>{t}</TITLE>"),
    "a smaller heading marked as the headline": lambda t: page(
        '<h3 class="h entry-title"><div>' + t.replace(" ", "</div><div>") + "</div></h3>"
    ),
    "a heading of a page without a title": lambda t: page(
        "<h2>Menu</h2>" * 9 + "<h2><div>" + t.replace(" ", "</div><div>") + "</div></h2>", ""
    ),
    "a title for networks": lambda t: page("", f'<meta property="og:title" content="{html.escape(t)}">'),
    "structured data": lambda t: page(
        f'<script type="application/ld+json">{json.dumps({"@graph": [{"articleBody": t}]})}</script>'
    ),
    "escaped structured data": lambda t: page(
        f'<script type=application/LD+JSON>{{"headline": "{escaped(t)}"}}</script>'
    ),
    "the description of a video": lambda t: page(
        f'<script type="application/ld+json">{json.dumps({"@type": ["VideoObject"], "description": t})}</script>'
    ),
    "an answer": lambda t: page(
        f'<script type="application/ld+json">{json.dumps({"mainEntity": [{"acceptedAnswer": {"text": t}}]})}</script>'
    ),
    "a step of several": lambda t: page(
        f'<script type="application/ld+json">{json.dumps({"step": ["Boil water.", t]})}</script>'
    ),
    "the posts of a forum": lambda t: page(
        f"<div id=data-preloaded DATA-PRELOADED='{html.escape(t)}'></div>"
    ),
    "a formula": lambda t: page(f"<MATH altText='{html.escape(t)}'><mi>x</mi></MATH>"),
    "the state of a script": lambda t: page(
        f"<script>window.s = {json.dumps({'html': f'<p>{t}</p>' * 9})}</script>"
    ),
    "the escaped state of a script": lambda t: page(
        '<script>window.s = {"html": "' + escaped(f"<p>{t}</p>" * 9) + '"}</script>'
    ),
    "state within state": lambda t: page(
        f"<script>window.s = {json.dumps(json.dumps({'html': f'<p>{t}</p>' * 9}))}</script>"
    ),
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_a_story_passes_wherever_an_extractor_may_find_it(place: Callable[[str], Page]) -> None:
    assert GATES.stopped_by(place(TEXT)) == ""


STORIES = [
    json.loads(line)
    for line in (ROOT / "tests" / "data" / "judgement" / "stories.jsonl").read_text("utf-8").splitlines()
]
CHARSETS = {
    "en": ("utf-16", "utf-16-le", "windows-1252"), "zh": ("gb18030", "big5", "utf-16-be"),
    "ja": ("shift_jis", "euc_jp", "iso2022_jp"), "ko": ("euc_kr",), "ru": ("windows-1251", "koi8_r"),
    "de": ("iso8859_1",), "cs": ("windows-1250",), "ar": ("windows-1256",), "tr": ("windows-1254",),
}  # fmt: skip


@pytest.mark.parametrize("story", STORIES, ids=[f"{s['language']}-{s['title'][:40]}" for s in STORIES])
def test_whatever_the_judge_keeps_passes_in_every_charset(story: dict[str, str]) -> None:
    article = Article(id="a", url="", title=story["title"], text=story["text"], language=story["language"])
    decision = judge(article, shipped_rules())
    markup = (
        f"<html><head><title>{html.escape(story['title'])}</title></head><p>{html.escape(story['text'])}</p>"
    )
    for charset in ("utf-8", *CHARSETS.get(story["language"][:2], ())):
        for declared in (f"text/html; charset={charset}", "text/html"):
            body = markup.encode(charset, "xmlcharrefreplace")
            if story["title"] not in html.unescape(decode_document(body, declared, kind="page")):
                continue  # nobody can tell what it is in
            passes = GATES.stopped_by(page_of(body, declared)) == ""
            assert passes >= (decision.relevant or decision.near_miss), (charset, declared)


@pytest.mark.parametrize(
    "phrase",
    [
        "radio <i>access</i> network",
        "<b>radio</b> <b>access</b> <b>network</b>",
        "radio<br>access <a href=x>network</a>",
    ],
)
def test_a_term_whose_words_are_parted_by_tags_is_found(phrase: str) -> None:
    assert GATES.stopped_by(page(f"<p>The {phrase} was hacked, said the regulator.</p>")) == ""


def test_a_page_about_something_else_is_stopped_by_the_first_gate() -> None:
    assert GATES.stopped_by(page("A recipe for soup: onions, carrots and salt.")) == "scan"


def test_a_subject_without_evidence_in_its_sentence_is_stopped_by_the_second_gate() -> None:
    far = " ".join(f"Onions are number {n}." for n in range(200))
    assert GATES.stopped_by(page(f"<p>The new 5G phone.</p><p>{far}</p><p>An espionage story.</p>")) == "text"


def test_a_rule_within_the_opening_needs_all_its_facets_near_the_sentence_or_in_a_title() -> None:
    sentence, state = (
        "<p>The modems were diverted.</p>",
        "<p>A foreign power denies it.</p>",
    )
    far = "".join(f"<p>Onions are number {n}, and the soup is warm on this Tuesday.</p>" for n in range(60))
    assert GATES.stopped_by(page(sentence + far)) == "text"
    assert GATES.stopped_by(page(sentence + state + far)) == ""
    assert GATES.stopped_by(page(sentence + far + state)) == "text"
    assert GATES.stopped_by(page(sentence + far, "<title>A foreign power denies it</title>")) == ""
    unseen = '<meta property="og:title" content="Modems diverted">'
    assert GATES.stopped_by(page("<p>A foreign power denies it.</p>" + far, unseen)) == ""


def test_a_title_is_one_sentence_whatever_stops_are_in_it() -> None:
    assert GATES.stopped_by(page("<h1>Huawei. 5G. What is banned. And why.</h1>")) == ""


def test_a_subject_in_one_language_and_evidence_in_another_do_not_count_together() -> None:
    german, polish = "Das ist nicht der Mobilfunk.", "To jest oszustwo i szpiegostwo, które jest już zakaz."
    assert GATES.stopped_by(page(f"<p>{german} {polish}</p>")) == "text"
    assert GATES.stopped_by(page("<p>Das ist Spionage nicht nur für den Mobilfunk.</p>")) == ""


def test_terms_of_a_language_that_the_page_does_not_use_do_not_count() -> None:
    assert GATES.stopped_by(page("<p>The Mobilfunk was hacked, Spionage, said the government.</p>")) == "scan"


PARAGRAPHS = "".join(f"<p>In chapter {n} the gardener tells of onions and of the rain.</p>" for n in range(9))
HIDDEN = f"<div style='display:none'>{TITLE} after a vote in parliament</div>"


def test_a_subject_in_a_link_to_another_story_is_stopped_by_the_third_gate() -> None:
    links = f"<ul><li><a href='/other'>{TITLE}</a></li></ul>"
    assert GATES.stopped_by(page(f"<article>{PARAGRAPHS}</article>{links}")) == "tree"
    assert GATES.stopped_by(page(f"<article>{PARAGRAPHS}<p>{TITLE}</p></article>{links}")) == ""


def test_a_hidden_box_counts_when_the_description_says_it_is_a_standfirst() -> None:
    told = f'<title>News</title><meta name="description" content="{TITLE} after a vote in parliament">'
    assert GATES.stopped_by(page(HIDDEN + PARAGRAPHS)) == "tree"
    assert GATES.stopped_by(page(HIDDEN + PARAGRAPHS, told)) == ""


def test_a_page_that_cannot_be_read_passes_so_that_extraction_raises_the_error() -> None:
    broken = page_of(b"<rss>" + f"<item><title>{TITLE}</title></item>".encode() + b"</rss>")
    assert GATES.stopped_by(broken) == ""


def test_what_the_feed_announced_counts_too() -> None:
    assert GATES.stopped_by(page("Subscribe to read on."), announced=f"{TITLE} {TEXT}") == ""


def test_scripts_and_styles_do_not_count() -> None:
    code = f"<script>var a = '{TEXT}';</script><style>/* {TEXT} */</style><!-- {TEXT} -->"
    assert GATES.stopped_by(page(code)) == "scan"


def _terms(rules: Rules) -> tuple[list[str], list[str]]:
    plain = [
        (term.text.strip("=*"), mask)
        for term, mask in zip(rules.terms, rules.masks, strict=True)
        if not term.needs
        and not term.regex
        and term.language in ("", "en", "de", "ru", "zh-Hans", "ja", "ko", "fr")
    ]
    return (
        [text for text, mask in plain if mask & rules.subject_bits],
        [text for text, mask in plain if mask & rules.reason_bits],
    )


SUBJECTS, REASONS = _terms(shipped_rules())
SMALL_TALK = st.sampled_from(["and", "the", "said", "in", "on", "Tuesday", "people", "which"])


@settings(max_examples=examples(80), deadline=None)
@given(
    st.sampled_from(SUBJECTS), st.sampled_from(REASONS), st.lists(SMALL_TALK, max_size=15),
    st.sampled_from(sorted(DISGUISES)), st.sampled_from(["en", "de", "ru", "zh-Hans", "ja", "ko", "fr", "da", "und"]),
    st.sampled_from(["utf-8", "utf-16", "gb18030"]), st.booleans(),
)  # fmt: skip
def test_terms_of_the_watchlist_that_meet_are_never_stopped(
    subject: str, reason: str, between: list[str], disguise: str, language: str, charset: str, in_title: bool
) -> None:
    sentence = " ".join((subject, *between, reason))
    hidden = DISGUISES[disguise](html.escape(sentence) if disguise == "plain" else sentence)
    title, text = (hidden, "") if in_title else ("News", hidden)
    markup = f"<html><head></head><body><h1>{title}</h1><p>{text}</p></body></html>"
    captured = page_of(markup.encode(charset, "xmlcharrefreplace"), f"text/html; charset={charset}")
    # The title is what the parser makes of the page; a text may be found in any way.
    chosen = read_headlines(ParsedPage(captured), None).chosen if in_title else ""
    # Letters that differ are judged as they stand: of some names capitals or look-alikes make other words.
    shown = DISGUISES[disguise](sentence) if disguise in OTHER_LETTERS else sentence
    article = Article(id="a", url="", title=chosen, text="" if in_title else shown, language=language)
    assume(collect_evidence(article.title, article.text, terms_language(article), shipped_rules()).features)
    assert GATES.stopped_by(captured) == ""


WORDS = st.sampled_from(
    [*f"{TITLE} {TEXT}".split(), "phone", "price", "Salt Typhoon", "SS7", ".", "review", "华为", "禁止", "网络", "сеть"]
)  # fmt: skip


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(WORDS, max_size=12), st.lists(WORDS, max_size=60), st.sampled_from(["en", "zh", "ru", "da"]))
def test_no_text_is_kept_whose_page_was_stopped(title: list[str], text: list[str], language: str) -> None:
    article = Article(id="a", url="", title=" ".join(title), text=" ".join(text), language=language)
    decision = judge(article, shipped_rules())
    markup = page(f"<h1>{html.escape(article.title)}</h1><p>{html.escape(article.text)}</p>")
    assert (GATES.stopped_by(markup) == "") >= (decision.relevant or decision.near_miss)


def _alone_and_behind_the_gate(captured: Page) -> tuple[Article | str, Article | str]:
    articles: list[Article | str] = []
    parsed = ParsedPage(captured)
    for shared_tree in (None, parsed):
        try:
            if shared_tree is not None:
                remaining_lines(shared_tree)
            articles.append(extract_article(captured, parsed=shared_tree))
        except ExtractionError as error:
            articles.append(str(error))
    return articles[0], articles[1]


@pytest.mark.parametrize(
    "body", [PARAGRAPHS, HIDDEN + PARAGRAPHS, f"<article><h1>{TITLE}</h1>{PARAGRAPHS}</article>", ""]
)
def test_what_a_gate_has_parsed_is_extracted_as_if_it_had_not(body: str) -> None:
    alone, behind = _alone_and_behind_the_gate(page(body))
    assert alone == behind


@pytest.mark.shared
def test_what_a_gate_has_parsed_of_real_pages_is_extracted_as_if_it_had_not(shared: Path) -> None:
    """Of a sample of the pages; FIVEGWATCH_CAMPAIGN=all takes all."""
    for path in sample(sorted((shared / "data" / "pages" / "html").glob("*.html.gz")), 16):
        alone, behind = _alone_and_behind_the_gate(page_of(gzip.decompress(path.read_bytes())))
        assert alone == behind, path.name


@pytest.mark.shared
def test_every_labelled_text_that_is_kept_passes(shared: Path) -> None:
    from benchmarks.labelled import read_labelled

    for item in read_labelled(shared / "data" / "relevance" / "dev.jsonl"):
        decision = judge(item.article, shipped_rules())
        if decision.relevant or decision.near_miss:
            markup = f"<h1>{html.escape(item.article.title)}</h1><p>{html.escape(item.article.text)}</p>"
            assert GATES.stopped_by(page(markup)) == "", item.id


@pytest.mark.shared
def test_no_real_page_that_is_kept_is_stopped(shared: Path) -> None:
    """All pages that a later gate stops, and a sample of those that name no subject at all."""
    rules, stopped = shipped_rules(), defaultdict(list)
    for path in sorted((shared / "data" / "pages" / "html").glob("*.html.gz")):
        stopped[GATES.stopped_by(page_of(gzip.decompress(path.read_bytes())))].append(path)
    for path in (*stopped["text"], *stopped["tree"], *sample(stopped["scan"], 20)):
        try:
            decision = judge(extract_article(page_of(gzip.decompress(path.read_bytes()))), rules)
        except ExtractionError:
            continue
        assert not (decision.relevant or decision.near_miss), path.name
