"""Plain text: no markup and no control characters; one line where a line is asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import fragment_fromstring

from fivegwatch.extractors.text.plain import clean_line, plain_text, strip_controls, words_shown

PLAIN = {
    "a <b>bold</b> word": "a bold word",
    "<p>one</p><p>two<br>three</p>": "one\ntwo\nthree",
    "<table><tr><td>a</td><td>b</td></tr></table>": "a b",
    "<ul><li>x<li>y</ul>": "x\ny",
    "caf&eacute;&nbsp;&amp; &#8217;t": "café & ’t",
    "&lt;p&gt;escaped &amp;amp; twice&lt;/p&gt;": "escaped & twice",
    "AT&T & Co": "AT&T & Co",
    "Vec<u8> and 3 < 4 > 2": "Vec<u8> and 3 < 4 > 2",
    "<script>alert(1)</script>hello<style>p{}</style>": "hello",
    "<img src=x onerror=alert(1)>x": "x",
    "<svg onload=alert(1)><a>t</a></svg>after": "after",
    "<!-- hidden -->shown": "shown",
    "unclosed <b>bold <i>both": "unclosed bold both",
    "cut <a href='": "cut <a href='",
    "1 &lt; 2": "1 < 2",
    "": "",
}


@pytest.mark.parametrize("markup", PLAIN)
def test_markup_becomes_the_text_a_reader_sees(markup: str) -> None:
    assert plain_text(markup) == PLAIN[markup]


def test_invisible_and_reversing_characters_go_but_joiners_stay() -> None:
    assert clean_line("safe \u202egpj.exe\u202c\u200b\ufeff hua\u00adwei", 100) == "safe gpj.exe huawei"
    assert clean_line("می\u200cخواهم 👩\u200d🚀", 100) == "می\u200cخواهم 👩\u200d🚀"


def test_a_line_has_no_line_breaks_escapes_or_surrogates() -> None:
    assert clean_line("a\r\nb\x1b[31m\x00\t c\ud800\ufffe", 100) == "a b[31m c"


def test_a_line_and_a_text_are_no_longer_than_allowed() -> None:
    assert clean_line("x" * 5_000_000, 10) == "x" * 10
    assert len(plain_text("<p>word</p>" * 500_000, max_chars=1_000)) <= 1_000


@given(st.text())
def test_cleaning_a_line_twice_equals_once(text: str) -> None:
    once = clean_line(text, 50)
    assert clean_line(once, 50) == once
    assert len(once) <= 50 and "\n" not in once


@given(
    st.lists(
        st.sampled_from(
            ["<p>", "</p>", "<b", ">", "&lt;", "&amp;", "<!--", "-->", "<script>", "a", " ", "<u8>"]
        )
    )
)
def test_any_markup_gives_text_without_a_script_tag(parts: list[str]) -> None:
    text = plain_text("".join(parts))
    assert text == text.strip() and "\r" not in text


@given(st.text())
def test_only_control_characters_are_removed(text: str) -> None:
    kept = strip_controls(text)
    assert all(char in kept for char in text if char.isprintable() and not 0xFDD0 <= ord(char) <= 0xFDEF)
    assert not any(ord(char) < 32 and char not in "\t\n\r" for char in kept)


@pytest.mark.parametrize(
    ("markup", "shown"),
    [
        ("A story of<br>two lines", "A story of two lines"),
        ("<div>Two</div><div>boxes</div>", "Two boxes"),
        ("<span>Kicker</span><span>Headline</span>", "Kicker Headline"),
        ("<span>H</span>uawei, <b>5</b>G and a sto<wbr>ry", "Huawei, 5G and a story"),
        ("three<!-- four -->teen", "threeteen"),
    ],
)
def test_words_of_an_element_stay_apart_where_lines_boxes_and_parts_end(markup: str, shown: str) -> None:
    tree = fragment_fromstring(f"<div><h1>{markup}</h1> behind it</div>")
    assert words_shown(tree.find("h1")) == shown
