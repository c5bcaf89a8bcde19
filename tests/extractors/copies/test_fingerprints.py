"""Which texts are copies, in any language and of any length, and which agency a text credits."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivegwatch.extractors.copies.agencies import agency_of
from fivegwatch.extractors.copies.fingerprints import BANDS, PART, STRETCH, compare, fingerprint, shingles_of

SCRIPTS = {
    "latin": "abcdefghiklmnoprstuvz",
    "cyrillic": "абвгдежзиклмнопрстуф",
    "arabic": "ابتثجحدرزسشصطعفقكلمن",
    "devanagari": "कखगघचजटडतदनपबमयरलवसहािीुेो",
    "hangul": "가나다라마바사아자차카타파하거너더러머버",
}
UNSPACED = {
    "han": "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出",
    "kana": "あいうえおかきくけこさしすせそたちつてとなにぬねの",
    "thai": "กขคงจชซดตถทนบปผพฟมยรลวสหอ",
}


def prose(script: str, seed: int, words: int) -> str:
    """A text of so many words, with a full stop and a line break after every twelfth."""
    chance, letters = random.Random(f"{script} {seed}"), SCRIPTS.get(script) or UNSPACED[script]
    made = ["".join(chance.choices(letters, k=chance.randint(2, 8))) for _ in range(words)]
    between = "" if script in UNSPACED else " "
    return between.join(word + (".\n" if at % 12 == 11 else "") for at, word in enumerate(made))


def same(one: str, other: str, *, titles: tuple[str, str] = ("One", "Two")) -> bool:
    first, second = shingles_of(titles[0], one), shingles_of(titles[1], other)
    assert first is not None
    assert second is not None
    return compare(first, second).same


def nominated(one: str, other: str) -> bool:
    """Whether the keys of two texts nominate them as a pair."""
    first, second = fingerprint("", one), fingerprint("", other)
    assert first is not None
    assert second is not None
    common = set(first.anchors) & set(second.anchors)
    banded = any(a == b for a, b in zip(first.bands, second.bands, strict=True))
    return banded or 4 * len(common) >= min(len(first.anchors), len(second.anchors))


@pytest.mark.parametrize("words", [45, 400, 3_000])
@pytest.mark.parametrize("script", [*SCRIPTS, *UNSPACED])
def test_a_copy_with_four_fifths_of_a_text_is_found_in_any_script_and_length(script: str, words: int) -> None:
    text = prose(script, 1, words)
    share = len(text) * 4 // 5
    for copy in (text[:share], text[-share:], text[:share] + prose(script, 2, words // 5)):
        assert nominated(text, copy)
        assert same(text, copy)
    assert not same(text, prose(script, 3, words))


@pytest.mark.parametrize("script", [*SCRIPTS, *UNSPACED])
def test_a_teaser_is_found_with_its_full_version_and_a_passage_from_the_middle_is_not(script: str) -> None:
    text = prose(script, 1, 1_500)
    teaser = text[: len(text) // 30]
    assert nominated(text, teaser)
    assert same(text, teaser)
    assert not same(text, text[len(text) // 2 :][: len(text) // 30])


def test_typography_case_and_line_breaks_change_no_fingerprint() -> None:
    plain = '"It\'s an attack - nothing less," said the regulator of the five networks in its report. ' * 3
    dressed = plain.replace("'", "’").replace('"', "“").replace(" - ", " — ").upper().replace(" ", " \n")
    assert fingerprint("", plain) == fingerprint("", dressed)


def test_texts_of_a_few_words_are_copies_only_under_the_same_headline() -> None:
    stub = "Read the full report in our app."
    assert not same(
        stub, stub, titles=("Core attacked at Lumbre Mobile", "Barley prices fall again in spring")
    )
    assert same(stub, stub, titles=("Core attacked at Lumbre Mobile", "Core attacked at Lumbre Mobile"))


@pytest.mark.parametrize("text", ["", " \n", "!!! ...", "\u200b\u200b", "---"])
def test_a_text_without_a_word_has_no_fingerprint(text: str) -> None:
    assert fingerprint("", text) is None
    assert shingles_of("", text) is None


def test_fingerprints_are_the_same_in_every_process() -> None:
    code = (
        "from fivegwatch.extractors.copies.fingerprints import fingerprint;"
        "print(fingerprint('', 'One two three four five. ' * 9))"
    )
    made = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert made == {f"{fingerprint('', 'One two three four five. ' * 9)}\n"}


def test_the_share_of_common_bands_follows_the_likeness_of_the_texts() -> None:
    """Two texts share a band of three minima with the third power of their Jaccard likeness."""
    share, expected = 0.0, 0.0
    for seed in range(40):
        text = prose("latin", seed, 300)
        copy = text[: len(text) * 3 // 4] + prose("latin", 100 + seed, 75)
        first, second = fingerprint("", text), fingerprint("", copy)
        one, other = shingles_of("", text), shingles_of("", copy)
        assert first and second and one and other
        share += sum(a == b for a, b in zip(first.bands, second.bands, strict=True)) / BANDS / 40
        expected += compare(one, other).jaccard ** 3 / 40
    assert share == pytest.approx(expected, abs=0.05)


words = st.lists(
    st.sampled_from(("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta")), min_size=1, max_size=60
)


@given(words, words, words)
def test_texts_that_share_a_stretch_share_an_anchor(
    before: list[str], shared: list[str], after: list[str]
) -> None:
    shared = shared + [f"w{n}" for n in range(STRETCH + 2)]
    one, other = fingerprint("t", " ".join(before + shared)), fingerprint("t", " ".join(shared + after))
    assert one
    assert other
    if len(before + shared) >= 20 and len(shared + after) >= 20:
        assert set(one.anchors) & set(other.anchors)


@given(words, words)
def test_comparing_is_symmetric_and_a_text_is_a_copy_of_itself(first: list[str], second: list[str]) -> None:
    one, other = shingles_of("", " ".join(first)), shingles_of("", " ".join(second))
    assert one
    assert other
    there, back = compare(one, other), compare(other, one)
    assert (there.shared, there.head, there.same) == (back.shared, back.head, back.same)
    assert 0 <= there.jaccard <= 1
    assert compare(one, one).same
    if len(one) >= PART * len(other) and len(other) >= PART * len(one):
        assert there.same == (there.shared >= 0.6 * min(len(one), len(other)))


CREDITS = {
    "LONDON, May 4 (Reuters) - The operator said": "reuters",
    "BERLIN (dpa) - Der Betreiber": "dpa",
    "PARIS (AFP) – L'opérateur": "afp",
    "MADRID, 4 May. (EUROPA PRESS) -": "",
    "Madrid, 4 may (EFE).- La operadora": "efe",
    "新华社北京5月4日电 运营商": "xinhua",
    "The operator said so.\nSource: Reuters": "reuters",
    "Der Betreiber sagte es.\nQuelle: dpa": "dpa",
    "The operator said so.\n(AP)": "ap",
    "NEW YORK, May 4, 2026 /PRNewswire/ -- The vendor": "pr-newswire",
    "Reuters bought a new office in London, the paper says.": "",
    "Asked by Reuters, the operator did not answer. " * 9: "",
    "The tt of it: nothing.": "",
    "": "",
}


@pytest.mark.parametrize("text", CREDITS)
def test_an_agency_is_credited_by_dateline_or_credit_line_only(text: str) -> None:
    assert agency_of(text) == CREDITS[text]
