"""How alike two texts are, by their words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fivegwatch.extractors.text.word_overlap import alike, shared


@given(st.text(max_size=80), st.text(max_size=80))
def test_likeness_is_symmetric_and_between_0_and_1(one: str, other: str) -> None:
    assert alike(one, other) == alike(other, one)
    assert 0 <= alike(one, other) <= 1
    assert 0 <= shared(one, other) <= 1


@given(st.text(max_size=80))
def test_a_text_is_wholly_like_itself_if_it_has_words(text: str) -> None:
    assert alike(text, text) in (0.0, 1.0)
