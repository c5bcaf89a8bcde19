"""The flat model says of any text what py3langid says, and nothing that a file may hold leads compiled code astray."""

from __future__ import annotations

import math
from array import array
from pathlib import Path
from string import ascii_lowercase

import numpy as np
import py3langid
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from py3langid.langid import MODEL_DIR, MODEL_FILE, visit_counts
from py3langid.modelio import load_model

from fivegwatch.extractors.native import compiled
from fivegwatch.extractors.text import language
from fivegwatch.extractors.text.language import text_language, use_model
from fivegwatch.extractors.text.language_model import LanguageModel, flat_model
from tests.conftest import examples, sample

SENTENCES = (
    "The regulator told the operators on Monday to take the equipment out of their core networks. ",
    "Der Netzbetreiber hat am Montag mitgeteilt, dass die Arbeiten bis zum Sommer dauern werden. ",
    "L’opérateur a annoncé lundi que les travaux dureraient jusqu’à l’été prochain. ",
    "Оператор сообщил в понедельник, что работы продлятся до лета и потребуют времени. ",
    "Operatören meddelade på måndagen att arbetet pågår till sommaren. Operatøren sa på mandag at. ",
    "工信部周一表示，三家运营商将在年底前完成设备更换工作，并提交计划。",
    "أعلن المشغل يوم الاثنين أن الأعمال ستستمر حتى الصيف المقبل. ",
    "O operador anunciou na segunda-feira. El operador anunció el lunes. L'operatore ha annunciato. ",
    "نیٹ ورک آپریٹر نے پیر کو کہا۔ ผู้ให้บริการเครือข่าย 통신사는 월요일 オペレーターは月曜日 दूरसंचार ",
)
WORDS = [word for sentence in SENTENCES for word in sentence.split(" ")]
PIECES = st.one_of(
    st.sampled_from([*WORDS, *SENTENCES, " ", "e\u0301", "\ud800", "\u0958", "5G"]), st.text(max_size=6)
)


@pytest.fixture(scope="module")
def flat() -> bytes:
    if compiled is None:
        pytest.skip("the package was installed without a compiler")
    return flat_model(load_model(MODEL_DIR / MODEL_FILE))


@pytest.fixture(scope="module")
def model(flat: bytes) -> LanguageModel:
    return LanguageModel(flat)


@settings(max_examples=examples(400), deadline=None)
@given(st.lists(PIECES, max_size=20).map("".join))
@example("")
@example("5 000")
@example("THE REGULATOR TOLD THE OPERATORS")
@example("a" * 60_000)
@example("ab" * 3_000)
def test_texts_get_the_librarys_language(model: LanguageModel, text: str) -> None:
    assert model.language(text) == py3langid.classify(text)[0]


@settings(max_examples=examples(200), deadline=None)
@given(st.binary(max_size=200))
def test_bytes_have_the_librarys_features(model: LanguageModel, text: bytes) -> None:
    assert compiled is not None
    theirs = py3langid.langid._get_identifier()
    visits = visit_counts(theirs.tk_nextmove, theirs._rowbase, theirs.tk_output, text) or {}
    counts, weights, prior = compiled.language_evidence(text, model._model)
    assert array("I", counts).tolist() == list(visits.values())
    expected = theirs.nb_ptc[list(visits)].astype("f")
    assert weights == expected.tobytes()
    assert prior == theirs.nb_pc.tobytes()


def test_the_whole_table_of_states_is_the_librarys(flat: bytes) -> None:
    """From the first row on, each byte leads to the same feature, and to a row that goes on in the same way."""
    theirs = py3langid.langid._get_identifier()
    moves = np.asarray(theirs.tk_nextmove).reshape(-1, 256)
    row_of, feature_of = np.asarray(theirs.tk_row), np.asarray(theirs.tk_output)
    count, moved = np.frombuffer(flat, np.uint32, 2)
    rows = np.frombuffer(flat, np.uint32, 2 * count + 2, 24).reshape(-1, 2)
    packed = np.frombuffer(flat, np.uint32, 2 * moved, 24 + rows.nbytes).reshape(-1, 2)
    letters, targets, features = packed[:, 0] >> 24, packed[:, 0] & 0xFFFFFF, packed[:, 1].view(np.int32)
    whole = np.zeros((count, 256, 2), np.int32)
    for row in range(count):
        own = slice(rows[row, 0], rows[row + 1, 0])
        whole[row] = whole[rows[row, 1]]
        whole[row, letters[own]] = np.stack([targets[own], features[own]], axis=1)
    their_row = np.full(count, -1)
    their_row[0] = row_of[0]
    for row in (queue := [0]):
        states = moves[their_row[row]]
        assert (whole[row, :, 1] == feature_of[states]).all()
        reached, first = np.unique(whole[row, :, 0], return_index=True)
        new = their_row[reached] < 0
        queue += reached[new].tolist()
        their_row[reached[new]] = row_of[states[first[new]]]
        assert (their_row[whole[row, :, 0]] == row_of[states]).all()
    assert len(queue) == count


def test_where_rounding_decides_the_library_is_followed(model: LanguageModel) -> None:
    """Scores that differ in the last digits, and features more often than the table of logarithms goes."""
    assert compiled is not None
    monotonous = [(a + b) * 3_000 for a in ascii_lowercase for b in ascii_lowercase]
    uncertain = [text for text in monotonous if compiled.language(text.encode(), model._model) == -1]
    assert 3 < len(uncertain) < 100
    for text in [*uncertain, "ab" * 5_000]:
        assert compiled.language(text.encode(), model._model) == -1
        assert model.language(text) == py3langid.classify(text)[0], text


@pytest.mark.shared
def test_recorded_pages_get_the_librarys_language(model: LanguageModel, shared: Path) -> None:
    for page in sample(sorted((shared / "data" / "pages" / "gt").iterdir()), 10):
        text = page.read_text(encoding="utf-8", errors="replace")
        for size in (40, 400, 4_000):
            assert model.language(text[:size]) == py3langid.classify(text[:size])[0], page


@settings(max_examples=examples(150), deadline=None)
@given(st.data())
def test_a_damaged_model_is_refused_or_harmless(flat: bytes, data: st.DataObject) -> None:
    """Whatever its numbers are: it is refused, or texts are read without leaving it."""
    damaged = bytearray(flat)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.one_of(st.integers(0, 40), st.integers(0, len(flat) - 1)))
        damaged[at] = data.draw(st.integers(0, 255))
    try:
        model = LanguageModel(damaged)
    except (ValueError, UnicodeDecodeError):
        return
    for sentence in SENTENCES:
        try:
            model.language(sentence)
        except IndexError:  # fewer names than classes
            return


@pytest.mark.parametrize("cut", [0, 3, 24, 1_000, -1])
def test_a_model_cut_short_is_refused(flat: bytes, cut: int) -> None:
    with pytest.raises(ValueError):
        LanguageModel(flat[:cut])


@pytest.mark.parametrize("weight", [-1 - 1 / 1024, 0.5, -40, math.nan, -math.inf])
def test_a_model_of_other_weights_is_refused(weight: float) -> None:
    weights = np.full((2, 3), -4, np.float16)
    weights[1, 1] = weight
    with pytest.raises(ValueError, match="weights"):
        flat_model((weights, [0, 0, 0], ["de", "en", "fr"], [0] * 256, [0], [-1]))


def test_the_model_in_use_is_asked(model: LanguageModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(language, "_models", [])
    asked: list[int] = []

    def read() -> LanguageModel | None:
        asked.append(1)
        return model if len(asked) == 1 else None

    use_model(read)
    assert asked == []
    assert text_language("An operator said that work on its network goes on until summer.") == "en"
    assert text_language("Der Betreiber sagt, dass die Arbeiten bis zum Sommer dauern.") == "de"
    assert len(asked) == 2
