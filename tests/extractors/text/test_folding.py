from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivegwatch.extractors.text.folding import fold_term, fold_text

SAME = [
    ("full width", "５Ｇ", "5g"),
    ("mathematical letters", "𝟱𝗚", "5g"),
    ("soft hyphen", "Hua\u00adwei", "huawei"),
    ("zero width space", "5\u200bG", "5g"),
    ("non-breaking hyphen", "5G\u2011Netz", "5g netz"),
    ("en dash", "5G\u2013Netz", "5g netz"),
    ("Cyrillic look-alikes in a Latin word", "Ниawei".replace("и", "u"), "huawei"),
    ("Latin look-alikes in a Cyrillic word", "Хуавeй", fold_term("Хуавей")),
    ("a Cyrillic word stays Cyrillic", "сеть", "сеть"),
    ("Turkish dotted I", "İstanbul", "istanbul"),
    ("Turkish dotless i", "yasağı", "yasagi"),
    ("Greek final sigma", "ΔΙΚΤΥΟΣ", fold_term("δίκτυος")),
    ("sharp s", "Maßnahme", "massnahme"),
    ("decomposed accents", "se\u0301curite\u0301", "securite"),
    ("tashkeel", "شَبَكات", "شبكات"),
    ("tatweel", "شبـــكات", "شبكات"),
    ("alef forms", "أمن", fold_term("امن")),
    ("Hindi marks stay", "हैकर", "हैकर"),
    ("barred letters", "łańcuch", "lancuch"),
    ("bidi controls", "\u202e5G\u202c", "5g"),
]


@pytest.mark.parametrize(("what", "text", "folded"), SAME, ids=[case[0] for case in SAME])
def test_spellings_that_look_equal_fold_equally(what: str, text: str, folded: str) -> None:
    assert fold_term(text) == folded


LETTERS = st.text(
    st.sampled_from("aZ5gß\u00adé\u0301\u200b İıЖжΣς网络ـش½ﬁ.,-\n😀\u202eŁ가한\U0001d5ea") | st.characters(),
    max_size=60,
)


@given(LETTERS)
def test_every_folded_character_maps_into_the_original(text: str) -> None:
    folded = fold_text(text)
    last = -1
    for i in range(1, len(folded.text) - 1):
        start, end = folded.original_span(i, i + 1)
        assert 0 <= start < end <= len(text)
        assert start >= last
        last = start


@given(LETTERS)
def test_folding_a_folded_text_does_not_change_it(text: str) -> None:
    # Once more for words that mix scripts only after compatibility folding (the micro sign).
    twice = fold_text(fold_text(text).text[1:-1]).text[1:-1]
    assert fold_text(twice).text[1:-1] == twice


@given(st.text(st.characters(max_codepoint=127), max_size=80))
def test_ascii_keeps_its_length(text: str) -> None:
    assert len(fold_text(text).text) == len(text) + 2
