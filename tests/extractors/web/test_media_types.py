"""Media type and charset of a Content-Type header, also of one with mistakes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivegwatch.extractors.web.media_types import charset, media_type


@pytest.mark.parametrize(
    ("header", "kind", "label"),
    [
        ("text/html", "text/html", ""),
        ("Text/HTML; Charset=UTF-8", "text/html", "UTF-8"),
        ("text/html, text/html", "text/html", ""),
        ("text/html; charset=gbk, text/html; charset=big5", "text/html", "big5"),
        ("text/html; charset=gbk, text/html", "text/html", "gbk"),
        ("text/html charset=utf-8", "text/html", "utf-8"),
        ("text/html,charset=utf-8", "text/html", "utf-8"),
        ("text/html: charset=utf-8", "text/html", "utf-8"),
        ("text/html;charset = 'koi8-r' ", "text/html", "koi8-r"),
        ('text/html; a="x, y/z"; charset="gbk"', "text/html", "gbk"),
        ('"text/html"', "text/html", ""),
        ('"text/html; charset=utf-8"', "text/html", "utf-8"),
        ("text/plain, application/json", "application/json", ""),
        ("text/html, */*", "text/html", ""),
        ("application/xhtml+xml;", "application/xhtml+xml", ""),
        ("application/vnd.wap.xhtml+xml", "application/vnd.wap.xhtml+xml", ""),
        ("", "", ""),
        ("utf-8", "", ""),
        ("html", "", ""),
        ("charset=utf-8", "", "utf-8"),
        ("unknown/unknown", "", ""),
        ("*/*", "", ""),
        ("text/", "", ""),
        ("text / html", "", ""),
        ("text/html/x", "", ""),
    ],
)
def test_a_header_names_a_type_and_a_charset(header: str, kind: str, label: str) -> None:
    assert (media_type(header), charset(header)) == (kind, label)


@given(st.text(alphabet="text/html;,:=\"' charsetutf-8\u00e9", max_size=200))
def test_a_media_type_is_read_from_any_header_or_is_empty(header: str) -> None:
    assert media_type(header) == "" or media_type(header).count("/") == 1
    assert not set(charset(header)) & set(" ;,\"'")
