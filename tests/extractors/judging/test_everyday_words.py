"""A text is judged by the terms of a language only if it shows the language, and what shows never stops showing."""

from __future__ import annotations

import html
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fivegwatch.extractors.gates.page_text import PageTexts
from fivegwatch.extractors.gates.sentences import Lines
from fivegwatch.extractors.judging.everyday_words import UNCONFIRMED, confirms, languages_shown
from fivegwatch.extractors.judging.judgement import judge
from fivegwatch.extractors.model import Article
from fivegwatch.extractors.text.language import text_language
from tests.extractors.gates.test_gates import STORIES, page_of
from tests.extractors.watchlist_builder import shipped_rules

CODES = sorted(shipped_rules().languages)
GOLD = Path(__file__).parents[2] / "gold"
WRITTEN = [
    json.loads(line)
    for number in ("", 2, 3, 4, 5, 6, 8)
    for line in (GOLD / f"written{number}.jsonl").read_text(encoding="utf-8").splitlines()
]
SAMPLES = {story["language"].split("-")[0]: story["text"] for story in STORIES}


def test_at_most_3_percent_of_short_stories_do_not_confirm_their_language() -> None:
    missed = [
        story["title"]
        for story in STORIES
        if not confirms(text_language(story["text"]), f"{story['title']}\n{story['text']}")
    ]
    assert len(missed) <= 0.03 * len(STORIES), missed


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("sv", "Huawei får inte bygga nätet, och det är regeringen som har bestämt."),
        ("cs", "Úřad řekl, že síť je v pořádku."),
        ("tr", "Şirket, ağın güvenli olduğunu açıkladı."),
        ("tr", "İKİ GİBİ İÇİN"),
        ("vi", "Nhà mạng bị tấn công."),
        ("ja", "通信網への攻撃。"),
        ("ru", "Взлом сети."),
        ("en", "Anything at all"),
        ("fi", "Anything at all"),
        ("", "Anything at all"),
    ],
)
def test_a_sentence_is_enough(language: str, text: str) -> None:
    assert confirms(language, text)


@pytest.mark.parametrize("language", ["de", "sv", "it", "pl", "vi", "ru", "ja", "ko", "ar", "zh-Hant"])
def test_a_few_names_do_not_confirm_a_language(language: str) -> None:
    assert not confirms(language, "Huawei Technologies, Vodafone, Ericsson 5G RAN 2026")


def test_a_text_that_does_not_confirm_its_language_is_judged_by_the_terms_of_other() -> None:
    told = Article(
        id="a",
        url="",
        title="Huawei Spionage Mobilfunk",
        text="Spionage: Huawei, Mobilfunk. Spionage.",
        language="de",
    )
    spoken = replace(
        told, text="Das ist Spionage: Huawei hört mit, auch im Mobilfunk, und nicht nur bei uns."
    )
    assert "Spionage" not in {match.quote for match in judge(told, shipped_rules()).matches}
    assert "Spionage" in {match.quote for match in judge(spoken, shipped_rules()).matches}


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(CODES),
    st.text(max_size=60),
    st.sampled_from(sorted(SAMPLES.values())),
    st.text(max_size=60),
)
def test_more_text_never_takes_a_language_away(language: str, before: str, text: str, after: str) -> None:
    if confirms(language, text):
        assert confirms(language, f"{before} {text} {after}")


def test_a_word_cut_in_two_is_not_mistaken_for_another() -> None:
    for filler in range(560, 620):
        assert not confirms("de", f"der das {'x' * filler} undulation mitigation nichts vonnoten")


HIDES = {
    "plain": html.escape,
    "references": lambda t: "".join(f"&#{ord(c)};" for c in t),
    "soft hyphens": lambda t: "&shy;".join(t),
    "zero-width spaces": lambda t: "\u200b".join(t),
    "bold letters": lambda t: " ".join(f"{word[:1]}<b>{word[1:]}</b>" for word in t.split()),
    "words in boxes": lambda t: "".join(f"<td>{word}</td>" for word in t.split()),
}


@pytest.mark.parametrize("hide", HIDES)
@pytest.mark.parametrize("language", sorted(SAMPLES))
def test_a_page_confirms_the_languages_of_all_its_texts(language: str, hide: str) -> None:
    text = SAMPLES[language]
    page = page_of(f"<html><body><p>Weather.</p><p>{HIDES[hide](text)}</p></body></html>".encode())
    plain = Lines(PageTexts(page).shown()).plain
    confirmed = {code for code in CODES if code not in UNCONFIRMED and confirms(code, text)}
    assert confirmed <= languages_shown((plain,), CODES)


def test_a_page_shows_every_language_that_needs_no_confirmation() -> None:
    texts = [row for row in WRITTEN if row["language"] in UNCONFIRMED]
    assert len(texts) > 60
    for row in texts:
        assert languages_shown((f"{row['title']} {row['text']}",), (row["language"],)), row


def test_a_page_in_english_shows_no_language_that_needs_no_confirmation() -> None:
    text = "The operator said that hackers had been inside its network for two years, and that it has told everyone."
    assert not languages_shown((text,), UNCONFIRMED)
