"""The compiled search and the compiled first look give the answers of their Python twins."""

from __future__ import annotations

import gzip
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fivegwatch.extractors.gates import gates as gates_module
from fivegwatch.extractors.gates.gates import Gates
from fivegwatch.extractors.model import Page
from fivegwatch.extractors.native import compiled
from fivegwatch.extractors.text.folding import fold_text
from fivegwatch.extractors.watchlist.automaton import Automaton
from fivegwatch.extractors.watchlist.inflection import Pattern, decline, spell_out
from fivegwatch.extractors.watchlist.scanner import Scanner
from tests.conftest import examples, sample
from tests.extractors.gates.test_gates import page_of
from tests.extractors.watchlist_builder import shipped_rules

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


@contextmanager
def without_first_look() -> Iterator[None]:
    with patch.object(gates_module, "compiled", None):
        yield


GATES = Gates(shipped_rules())
WORDS = st.sampled_from([
    "Huawei", "5G", "5-G", "network", "Net", "zwerk", "espionage ", "ban", "banned ", "SIM", "nas ", "röle",
    "ro\u0308le",
    "İçin ", "olarak ", "bir ", "der ", "un\u00add ", "d\u200ber ", "die ", "das ", "centrale ", "turn ", "direk ",
    "mast",
    "<p>", "</p>", "<b>", "</b>", "<wbr>", "<br>", "&amp;", "&lt;", "&lt;b&gt;", "&amp;amp;lt;", "&nbsp;", "&#71;",
    "&#94;",
    "&percnt", "&T", "AT&amp;T", "<3", " < ", "~^ ", "`", "^", "\u0456", "Но", "华为", "的 ", "网络", "\u0085", "\x00",
    "<h1>", "</h1>", "<title>", "</title>", "<script type='application/ld+json'>{\"headline\": \"", "\"}</script>",
    "spied on ", "hackers ", "telecom operator ", "mobile ", "\u202e", "\ufdd0", "\U0001f4f1", "\ud800", " ", " ", ". ",
])  # fmt: skip


@settings(max_examples=examples(250), deadline=None)
@given(st.lists(WORDS, max_size=24).map("".join))
@example("<p>Hua<b>wei</b> 5<wbr>G der die das Net<b>zwerk</b></p>")
@example("un\u00add der die SIM")
def test_pages_are_stopped_alike(native: ModuleType, markup: str) -> None:
    assert_alike(page_of(markup.encode("utf-8", "surrogatepass")))


@pytest.mark.shared
def test_real_pages_are_stopped_alike_also_when_damaged(native: ModuleType, shared: Path) -> None:
    chance = random.Random(7)
    for path in sample(sorted((shared / "data" / "pages" / "html").glob("*.html.gz")), 40):
        body = gzip.decompress(path.read_bytes())
        at = chance.randrange(len(body))
        for page in (body, body[:at] + body[at + 3 :]):
            assert_alike(page_of(page))


def assert_alike(page: Page) -> None:
    quick = GATES.stopped_by(page)
    with without_first_look():
        assert quick == GATES.stopped_by(page), page.body[:2_000]
