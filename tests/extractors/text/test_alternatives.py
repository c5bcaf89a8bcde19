"""Leaving out alternatives whose letters are absent changes no match."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fivegwatch.extractors.text.alternatives import starts_of
from tests.conftest import examples
from tests.extractors.watchlist_builder import shipped_rules

ODD = (
    r"abc?d|ab|b{0,2}c|(?:a|b)c|\bca\b|a+b|[ab|]c|x|bc(?!a)|(?<=a)b", r"a(b)|c\1", r"(?i)ab|c", r"a*|b", r"a.c|ca{2}b",
    r"\|a|b", r"(?P<n>a)|b", r"[]a|]b|c", r"[\]|a]b|[^]|a]c|A",
)  # fmt: skip


@settings(max_examples=examples(300), deadline=None)
@given(st.sampled_from(ODD), st.text("abc|x] A", max_size=24))
def test_odd_patterns_match_where_they_would(source: str, text: str) -> None:
    pattern = re.compile(source)
    assert list(starts_of(pattern, text)) == [match.start() for match in pattern.finditer(text)]


@pytest.mark.parametrize("number", range(len(shipped_rules().subject.topic_words)))
@settings(max_examples=examples(40), deadline=None)
@given(st.data())
def test_words_of_topics_match_where_they_would(number: int, data: st.DataObject) -> None:
    pattern = shipped_rules().subject.topic_words[number][1]
    words = re.findall(r"\w{2,}", pattern.pattern)
    text = data.draw(st.lists(st.sampled_from([*words, " ", "s", " la "]), max_size=30).map("".join))
    assert list(starts_of(pattern, text)) == [match.start() for match in pattern.finditer(text)]
