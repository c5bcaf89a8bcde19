"""Leaving out alternatives whose letters are absent changes no match."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fivegwatch.extractors.facts.vendor_words import ACCUSED, FIRM, STATE
from fivegwatch.extractors.watchlist.alternatives import Alternatives, CasedAlternatives
from tests.conftest import examples
from tests.extractors.watchlist_builder import shipped_rules

ODD = (
    r"abc?d|ab|b{0,2}c|(?:a|b)c|\bca\b|a+b|[ab|]c|x|bc(?!a)|(?<=a)b", r"a(b)|c\1", r"(?i)ab|c", r"a*|b", r"a.c|ca{2}b",
    r"\|a|b", r"a|\b", r"\b(?:ab|c?a)x|\b(?:a|)b", r"(?:a|b|c)c ?(?:ab?|b)", r" (?:a|b)c|[ab]+c",
    r"(?P<n>a)|b", r"[]a|]b|c", r"[\]|a]b|[^]|a]c|A",
)  # fmt: skip


def check(pattern: re.Pattern[str], text: str) -> None:
    search = Alternatives((("one", re.compile("no match")), ("other", pattern)))
    assert [*search.spans(text)] == [("other", *match.span()) for match in pattern.finditer(text)]
    assert search.first(text) == ("other" if pattern.search(text) else "")


@settings(max_examples=examples(300), deadline=None)
@given(st.sampled_from(ODD), st.text("abc|x] A", max_size=24))
def test_odd_patterns_match_where_they_would(source: str, text: str) -> None:
    pattern = re.compile(source)
    check(pattern, text)


@pytest.mark.parametrize("number", range(len(shipped_rules().subject.topic_words)))
@settings(max_examples=examples(40), deadline=None)
@given(st.data())
def test_words_of_topics_match_where_they_would(number: int, data: st.DataObject) -> None:
    pattern = shipped_rules().subject.topic_words[number][1]
    words = re.findall(r"\w{2,}", pattern.pattern)
    text = data.draw(st.lists(st.sampled_from([*words, " ", "s", " la "]), max_size=30).map("".join))
    check(pattern, text)


@pytest.mark.parametrize(
    "pattern", [ACCUSED, FIRM, STATE, re.compile(r"\bspy|ab?|ça|donanım", re.IGNORECASE)]
)
@settings(max_examples=examples(60), deadline=None)
@given(st.data())
def test_words_in_any_case_match_where_they_would(pattern: re.Pattern[str], data: st.DataObject) -> None:
    words = re.findall(r"[\w -]{2,}", pattern.pattern)
    pieces = [*words, *map(str.upper, words), "donanim", "\u212aONANIM", "S\u017fy", " ", "s", "é"]
    text = data.draw(st.lists(st.sampled_from(pieces), max_size=6).map("".join))
    start, end = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, len(text) + 3))
    assert CasedAlternatives(pattern).matches(text, start, end) == bool(pattern.search(text, start, end))
