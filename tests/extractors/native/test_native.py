"""Compiled functions return exactly what their Python twins return, for any input."""

from __future__ import annotations

import gzip
import random
import shutil
import sysconfig
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fivegwatch.extractors.gates.page_text import heads_by_patterns
from fivegwatch.extractors.gates.sentences import plain_by_replacing
from fivegwatch.extractors.gates.stripping import silence_by_patterns, tags_out_by_patterns
from fivegwatch.extractors.judging.everyday_words import look_by_patterns
from fivegwatch.extractors.native import compiled
from fivegwatch.extractors.pages.embedded import next_string_by_pattern
from fivegwatch.extractors.text.folding import ATTACHED, TABLE, Folded, fold_by_runs
from tests.conftest import examples, sample

PIECES = st.sampled_from([
    *"<>/!-?~^`&=;'\" \n\t\v\f\x00\x1caPéß", "<!--", "-->", "--!>", "<!-->", "<!--->", "<!doctype>", "<?xml?>",
    "<script", "<SCRIPT>", "</script", "</Script >", "<style>", "</style >", "</", "<p>", "</p>", "</P>", "</p\n>",
    "<p class='a>b'>", "</div>", "<div ", "<li/>", "</li>", "</span>", "<span>", "<h1>", "</h1>", "<H2>", "<h7>",
    "<Div>", "<br/>", "<td a=\"", "<a href='", "<a b>c", "</a ", "ld+json", "&#", "u003cp\\", "\\u003cp>",
    "u003C\\u0070 ", "<\\\\u0050>", "<p ", "<P\n", "<title>", "</TITLE>", "<textarea ", "</textarea", "<titles",
    "data-preloaded", "ALTtext", "<MATH", "\u0085", "\u200b", "\uffff", "\U0001ffff", "\ufdd0", "\u00a0", "~^ ", "```",
    "<meta ", "<META", "title", "huawei", "</br>", "</BR >", "</Hr>", "</brx>", "='", '= "',
    " name", "PROPERTY", "og:title", "Twitter:Title", "&amp;",
])  # fmt: skip
MARKUP = st.lists(PIECES, max_size=40).map("".join)


@pytest.fixture(scope="module")
def native() -> ModuleType:
    if compiled is None:
        pytest.skip("the package was installed without a compiler")
    return compiled


def test_it_is_compiled_where_a_compiler_is() -> None:
    compiler = (sysconfig.get_config_var("LDSHARED") or "cc").split()[0]
    if shutil.which(compiler) is None or not Path(sysconfig.get_path("include"), "Python.h").exists():
        pytest.skip(f"there is no {compiler}, or no headers of Python")
    assert compiled is not None


@settings(max_examples=examples(250), deadline=None)
@given(MARKUP)
@example("<a <script>x</script>")
@example("<script>x<script>y</script>z</script>")
@example("<!-- a --><!-- b")
def test_what_is_not_shown_is_cut_out_alike(native: ModuleType, markup: str) -> None:
    body = markup.encode()
    assert native.silence(body) == silence_by_patterns(body)


@settings(max_examples=examples(500), deadline=None)
@given(MARKUP, st.booleans())
@example("<p>a</p> </b> <p>b</p></i><div>", True)
@example("x<p>a</p><p>b</p>y<p>c</p><p>d</p>", True)
@example("a ` b`~^c ~ d^", False)
@example("<a title='<div>'>x<a title='<div>y", False)
def test_tags_are_taken_out_alike(native: ModuleType, markup: str, seams: bool) -> None:
    body = markup.encode()
    assert native.tags_out(body, seams) == tags_out_by_patterns(body, seams=seams)


@settings(max_examples=examples(100), deadline=None)
@given(st.binary(max_size=60), st.booleans())
def test_bytes_that_are_no_text_are_read_alike(native: ModuleType, body: bytes, seams: bool) -> None:
    assert native.silence(body) == silence_by_patterns(body)
    assert native.tags_out(body, seams) == tags_out_by_patterns(body, seams=seams)


LETTERS = st.sampled_from(
    [*"aZ& .-ßŉﬁİıςяЖ½ﷺأـ华か한ก５Ｇ", "\u00ad", "\u200b", "\u0301", "\ud800", "\U0001f4f1", "\U00020000"]
)


@settings(max_examples=examples(250), deadline=None)
@given(st.one_of(st.text(max_size=40), st.lists(LETTERS, max_size=30).map("".join)))
@example("½ ﷺ\u0301")
def test_folded_texts_map_to_the_same_offsets(native: ModuleType, text: str) -> None:
    TABLE.learn(set(text))
    found = native.fold(text, TABLE.entries, TABLE.longer)
    if isinstance(found, int):
        return  # no twin for letters that do not fit
    plain, (breaks, origins), kinds = found
    theirs, their_kinds = fold_by_runs(text)
    ours = Folded(plain, breaks, origins, theirs.attached)
    # By runs Greek or Cyrillic may be supposed where there is none; ``MIXED`` decides.
    assert (plain, kinds & ATTACHED) == (theirs.text, their_kinds & ATTACHED)
    assert kinds & their_kinds == kinds
    for at in range(1, len(plain) - 1):
        assert ours.original_span(at, at + 1) == theirs.original_span(at, at + 1)
    assert bool(breaks) <= bool(theirs.breaks)


@settings(max_examples=examples(150), deadline=None)
@given(st.text(max_size=60), st.sets(st.text(min_size=1, max_size=6), max_size=20))
@example("der die das_der Der9", {"der", "das"})
@example("ki\u0307 KİŞİ İ", {"ki"})
def test_words_are_seen_alike(native: ModuleType, text: str, others: set[str]) -> None:
    all_words, letters = look_by_patterns(text)
    wanted = others | set(sorted(all_words)[::2])
    words, seen = native.words_seen(text, native.word_table(wanted))
    assert words & wanted == all_words & wanted
    assert words <= all_words
    assert set(seen) == set(letters)
    assert len(seen) == len(set(seen))


@settings(max_examples=examples(300), deadline=None)
@given(MARKUP)
@example("<h1>a</h1><meta title='<'>b<H1 c")
@example("<meta <meta title")
@example("<h1 <h1></H1></h1>")
@example("<meta name='a\"b' content=title\"x")
def test_titles_are_found_alike(native: ModuleType, markup: str) -> None:
    body = markup.encode()
    assert native.heads(body) == heads_by_patterns(body)


@settings(max_examples=examples(150), deadline=None)
@given(
    st.one_of(
        st.text(max_size=40), st.text(alphabet="a \t\x1c\x85\xa0\u2003\u3000é华\U0001f4f1\ud800", max_size=30)
    )
)
def test_white_space_is_run_together_alike(native: ModuleType, text: str) -> None:
    assert native.blanks(text) == " ".join(text.split())


@settings(max_examples=examples(150), deadline=None)
@given(st.text(alphabet="ab `~^\né华\U0001f4f1\ud800", max_size=30), st.sampled_from(["", " ", "`"]))
@example("a` ~ b", "")
def test_marks_are_taken_out_alike(native: ModuleType, text: str, glue: str) -> None:
    assert native.plain(text, glue) == plain_by_replacing(text, glue)


@settings(max_examples=examples(150), deadline=None)
@given(
    st.text(alphabet='"\\a\n\ud800é华', max_size=40),
    st.integers(min_value=0, max_value=45),
    st.integers(0, 12),
)
def test_long_strings_are_found_alike(native: ModuleType, source: str, begin: int, shortest: int) -> None:
    assert native.next_string(source, begin, shortest) == next_string_by_pattern(source, begin, shortest)


@pytest.mark.parametrize(
    "unit",
    [
        "<a '",
        "<script>",
        "<!-- ",
        "</p>",
        "<style></",
        "<",
        "<a \"'",
        "<p class='\"",
        "</a>\n</p>",
        "&#",
        "<a <script ",
        "<a <title",
        "<p><a <style",
        "<meta '\"",
        "<h1><meta title",
    ],
)
def test_hostile_repetition_is_read_alike(native: ModuleType, unit: str) -> None:
    body = unit.encode() * 20_000
    assert native.silence(body) == silence_by_patterns(body)
    assert native.tags_out(body, True) == tags_out_by_patterns(body, seams=True)
    assert native.heads(body) == heads_by_patterns(body)


def test_what_does_not_fit_is_refused_with_an_error(native: ModuleType) -> None:
    for glue in ("ab", "é", "~"):
        with pytest.raises(ValueError):
            native.plain("text", glue)
    with pytest.raises(TypeError):
        native.silence("text")
    with pytest.raises(ValueError):
        native.next_string("text", -1, 0)
    with pytest.raises(TypeError):
        native.heads("text")
    with pytest.raises(TypeError):
        native.blanks(b"text")
    with pytest.raises(ValueError, match="table of every code"):
        native.fold("a", b"", {})
    with pytest.raises(ValueError, match="8192 bytes"):
        native.words_seen("a", b"")
    with pytest.raises(TypeError, match="str"):
        native.word_table([1])
    with pytest.raises(ValueError, match="fold"):
        native.fold("a", b"a\x00\x02\x00" * 0x110000, {})


@pytest.mark.shared
def test_real_pages_are_read_alike_also_when_damaged(native: ModuleType, shared: Path) -> None:
    chance = random.Random(5)
    for path in sample(sorted((shared / "data" / "pages" / "html").glob("*.html.gz")), 24):
        body = gzip.decompress(path.read_bytes())
        at = chance.randrange(len(body))
        for page in (body, body[at:], body[:at] + body[at + 3 :]):
            shown = native.silence(page)
            assert shown == silence_by_patterns(page), path.name
            assert native.heads(shown[0]) == heads_by_patterns(shown[0]), path.name
            for seams in (False, True):
                stripped = native.tags_out(shown[0], seams)
                assert stripped == tags_out_by_patterns(shown[0], seams=seams), path.name
