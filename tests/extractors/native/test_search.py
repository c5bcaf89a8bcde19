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
@given(st.lists(st.lists(PIECES, max_size=6).map("".join), max_size=6), st.sets(st.sampled_from("abc")))
def test_kinds_are_those_of_the_hits_in_each_part(
    native: ModuleType, parts: list[str], wanted: set[str]
) -> None:
    folded = fold_text("\n\n".join(parts))
    scanner = Scanner(PATTERNS, unbroken=folded.attached)
    kinds = tuple(("abc"[number % 3], number % 7) for number in range(21))
    numbers = array("i", (number % 21 for number in range(104)))
    bounds = list(accumulate(len(part) + 2 for part in parts))
    looks = numbers, kinds, bytes(language in wanted for language, _ in kinds)
    found = native.kinds(folded.text, scanner.trie, looks, bounds, folded.breaks, folded.origins)
    expected: list[set[tuple[str, int]]] = [set() for _ in parts]
    for start, _, term in scanner.scan(folded.text):
        expected[bisect_right(bounds, folded.origin(start))].add(kinds[numbers[term]])
    assert [set(each) for each in found] == [
        {kind for kind in each if kind[0] in wanted} for each in expected
    ]
    assert all(len(set(each)) == len(each) for each in found)
    # Nothing is found across two parts, and nothing in a part alone is missed.
    for part, each in zip(parts, found, strict=True):
        alone = fold_text(part)
        hits = Scanner(PATTERNS, unbroken=alone.attached).scan(alone.text)
        assert {kind for _, _, term in hits if (kind := kinds[numbers[term]])[0] in wanted} <= set(each)


def test_kinds_refuse_tables_that_do_not_fit(native: ModuleType) -> None:
    scanner, kinds = Scanner(PATTERNS, unbroken=False), (("a", 1),)
    for numbers, wanted in (
        (array("i", [0]), b"\1"),
        (array("i", [5] * 104), b"\1"),
        (array("i", [0] * 104), b""),
    ):
        with pytest.raises(ValueError):
            native.kinds(" huawei ", scanner.trie, (numbers, kinds, wanted), [9], (), ())
