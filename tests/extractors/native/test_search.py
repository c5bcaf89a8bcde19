"""The compiled search and the compiled check of UTF-8 give the answers of their Python twins."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from itertools import accumulate
from random import Random
from types import ModuleType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fivegwatch.extractors.gates.evidence import Kinds, masks_of_hits
from fivegwatch.extractors.judging.matching import keep
from fivegwatch.extractors.judging.passages import ends_by_patterns
from fivegwatch.extractors.native import compiled
from fivegwatch.extractors.text.folding import fold_text
from fivegwatch.extractors.watchlist.automaton import Automaton
from fivegwatch.extractors.watchlist.compile import GROUP, GUARDED
from fivegwatch.extractors.watchlist.inflection import Pattern, decline, spell_out
from fivegwatch.extractors.watchlist.scanner import Scanner
from tests.conftest import examples

TERMS = (
    ("en", "mobile network"), ("en", "spy~ on networks"), ("de", "Mobilfunkmast"), ("de", "Ausbau Kern*"), ("", "5G"),
    ("de", "Netz"), ("nl", "mast"), ("es", "red móvil"), ("es", "real decreto"), ("pl", "sieć komórkowa"),
    ("pl", "zem"),
    ("ru", "сотовая связь"), ("zh-Hans", "5G网络"), ("zh-Hans", "华为"), ("ko", "통신사"), ("ar", "شبكة المحمول"),
    ("he", "אנטנה מזויפת"), ("", "=AT&T"), ("th", "เครือข่าย"), ("hi", "दूरसंचार"), ("tr", "baz istasyonu*"),
)  # fmt: skip
PATTERNS: list[tuple[int, Pattern]] = [
    (number, pattern)
    for number, (language, term) in enumerate(TERMS)
    for pattern in dict.fromkeys(spell_out(term, language))
]
PATTERNS += [
    (100, decline(Pattern("huawei"), ("em", "a", "s"))),
    (101, decline(Pattern("samsung electronics"), ("em",))),
    (102, Pattern("cve", tail=20)),
    (103, Pattern("网", tail=-1, inner=True)),
]
LITERALS = sorted({pattern.literal for _, pattern in PATTERNS})
PIECES = st.sampled_from(
    [*LITERALS, *"seaнный的ةक_&ñ5 ", "em", "ovi", "en", "lichen", "  ", " ", "ه", "\U00020000"]
)


@pytest.fixture(scope="module")
def native() -> ModuleType:
    if compiled is None:
        pytest.skip("the package was installed without a compiler")
    return compiled


@settings(max_examples=examples(400), deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join), st.booleans())
@example("huaweia huaweias huaweiem中 huawei中em samsung electronicsem", False)
@example("redes moviles real decreto reals decretos", False)
@example("5g网络5g 网", True)
def test_patterns_are_found_alike(native: ModuleType, text: str, unbroken: bool) -> None:
    folded = fold_text(text).text
    assert SCANNERS[unbroken].scan(folded) == AUTOMATA[unbroken].scan(folded)


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(PIECES, max_size=14).map("".join), st.booleans(), st.randoms())
@example("ß huawei 5g networkﬁ 5g", False, Random(1))
def test_hits_that_count_are_kept_alike(
    native: ModuleType, text: str, unbroken: bool, chance: Random
) -> None:
    folded, groups = fold_text(text), 3
    looks = array("i", [chance.randrange(groups) * GROUP | chance.randrange(GROUP) for _ in range(104)])

    def accepts(start: int, end: int, span: tuple[int, int], number: int) -> tuple[int, int] | None:
        return None if (start + end + number) % 3 == 0 else (span[0], span[1] + number % 2)

    scanner = SCANNERS[unbroken]
    kept = native.kept_hits(
        folded.text, scanner.trie, (looks, groups), folded.breaks, folded.origins, accepts
    )
    assert kept == keep(scanner.scan(folded.text), folded, looks, accepts)


def test_terms_without_a_look_and_odd_answers_are_refused(native: ModuleType) -> None:
    trie = SCANNERS[False].trie
    for looks, groups, error in (
        ((), 1, ValueError),
        ([GROUP] * 104, 1, ValueError),
        ([GUARDED] * 104, 1, TypeError),
    ):
        with pytest.raises(error):
            native.kept_hits(" 5g ", trie, (array("i", looks), groups), (), (), lambda *_: 5)


@settings(max_examples=examples(400), deadline=None)
@given(st.lists(st.sampled_from('.!?…"”»\n\0 。！？؟।ab'), max_size=20).map("".join))
@example('What?! No. . "So…" he said." .”." …. x')
def test_sentences_end_alike(native: ModuleType, text: str) -> None:
    assert native.sentence_ends(text) == ends_by_patterns(text)


SCANNERS = [Scanner(PATTERNS, unbroken=unbroken) for unbroken in (False, True)]
AUTOMATA = [Automaton(PATTERNS, unbroken=unbroken) for unbroken in (False, True)]


@settings(max_examples=examples(200), deadline=None)
@given(
    st.one_of(st.binary(max_size=24), st.text(max_size=24).map(lambda t: t.encode("utf-8", "surrogatepass")))
)
@example(b"12345678\xed\xa0\x80")
@example(b"\xf0\x8f\xbf\xbf")
@example("\U0010ffff".encode() + b"\xf4\x90\x80\x80")
@example(b"abcdefg\xc3")
def test_utf8_is_known_alike(native: ModuleType, body: bytes) -> None:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        assert not native.is_utf8(body)
    else:
        assert native.is_utf8(body)


@settings(max_examples=examples(200), deadline=None)
@given(
    st.lists(st.lists(PIECES, max_size=6).map("".join), max_size=6),
    st.lists(st.frozensets(st.sampled_from("abc")), max_size=3),
    st.integers(0, 3),
)
def test_masks_are_those_of_the_hits_in_each_part(
    native: ModuleType, parts: list[str], files: list[frozenset[str]], refused: int
) -> None:
    folded = fold_text("\n\n".join(parts))
    scanner = Scanner(PATTERNS, unbroken=folded.attached)
    terms = [("abc"[number % 3], 1 << number * 5 % 140) for number in range(104)]
    kinds = Kinds(terms, array("i", (~number if number % 4 == 1 else number for number in range(104))))
    sets = tuple(map(kinds.of, files))
    bounds = list(accumulate(len(part) + 2 for part in parts))

    def accepts(begin: int, end: int, term: int) -> bool:
        assert folded.text[begin:end].strip() and term % 4 == 1
        return begin % 4 != refused

    looks = kinds.looks, kinds.packed, sets, kinds.words
    packed = native.masks(folded.text, scanner.trie, looks, bounds, folded.breaks, folded.origins, accepts)
    hits = [(bisect_right(bounds, folded.origin(hit[0])), hit) for hit in scanner.scan(folded.text)]
    expected = masks_of_hits(hits, kinds, sets, len(parts), accepts)
    assert packed == b"".join(mask.to_bytes(8 * kinds.words, "little") for each in expected for mask in each)
    for part, masks in zip(parts, expected, strict=True):
        # Nothing is found across two parts, and nothing in a part alone is missed.
        alone = fold_text(part)
        for start, _, term in Scanner(PATTERNS, unbroken=alone.attached).scan(alone.text):
            if term % 4 != 1:
                assert all(
                    terms[term][1] & mask
                    for own, mask in zip(files, masks, strict=True)
                    if terms[term][0] in own
                ), start


def test_masks_refuse_tables_that_do_not_fit(native: ModuleType) -> None:
    trie, mask = Scanner(PATTERNS, unbroken=False).trie, bytes(8)
    for looks, masks, sets, words in (
        (array("i", [0]), mask, (b"\1",), 1),
        (array("i", [5] * 104), mask, (b"\1",), 1),
        (array("i", [~5] * 104), mask, (b"\1",), 1),
        (array("i", [0] * 104), mask, (b"",), 1),
        (array("i", [0] * 104), mask, ("text",), 1),
        (array("i", [0] * 104), mask, (), 0),
        (array("i", [0] * 104), mask, (), 2),
    ):
        with pytest.raises(ValueError):
            native.masks(" huawei ", trie, (looks, masks, sets, words), [9], (), (), bool)
    with pytest.raises(ValueError):
        native.masks(" a ", trie, (array("i", [0] * 104), mask, (), 1), [9], (1,), (), bool)
    with pytest.raises(ZeroDivisionError):
        guarded = array("i", [~0] * 104), b"\1" * 8, (b"\1",), 1
        native.masks(" huawei ", trie, guarded, [9], (), (), lambda *_: 1 / 0)
