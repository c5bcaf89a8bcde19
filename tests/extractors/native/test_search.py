"""The compiled search and the compiled check of UTF-8 give the answers of their Python twins."""

from __future__ import annotations

from types import ModuleType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fivegwatch.extractors.native import compiled
from fivegwatch.extractors.text.folding import fold_text
from fivegwatch.extractors.watchlist.automaton import Automaton
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
