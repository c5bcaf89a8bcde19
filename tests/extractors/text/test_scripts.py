"""The sets of characters: what belongs to them, and what must not."""

from __future__ import annotations

import re
import unicodedata

import pytest

from fivegwatch.extractors.copies.fingerprints import tokens
from fivegwatch.extractors.text.scripts import INVISIBLE, JOINERS, UNBROKEN, UNSPACED
from fivegwatch.extractors.text.word_overlap import words


@pytest.mark.parametrize("letter", ["ไ", "ຂ", "မ", "ខ", "の", "网", "絡"])
def test_a_letter_of_a_script_without_spaces_is_a_word_everywhere(letter: str) -> None:
    assert re.match(f"[{UNSPACED}]", letter) and re.match(f"[{UNBROKEN}]", letter)
    assert words(letter * 3) == list(tokens(letter * 3)) == [letter] * 3


@pytest.mark.parametrize("letter", ["a", "ж", "ح", "ह", "한"])
def test_words_of_other_scripts_are_not_cut(letter: str) -> None:
    assert not re.match(f"[{UNSPACED}]", letter)
    assert words(letter * 3) == list(tokens(letter * 3)) == [letter * 3]


def test_invisible_characters_have_no_shape_and_joiners_are_not_among_them() -> None:
    assert {unicodedata.category(char) for char in INVISIBLE + JOINERS} <= {"Cf", "Cn"}
    assert not set(INVISIBLE) & set(JOINERS)
