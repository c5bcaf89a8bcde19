"""The index of a web archive: good and bad rows, as JSON and as text."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivegwatch.extractors.errors import ExtractionError
from fivegwatch.extractors.listings.cdx import Capture, captured_at, earliest_pages, parse_cdx

URL = "https://archive.example/cdx"
HEADER = ["urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length"]
ROW = ["example,news)/a", "20190304050607", "http://news.example:80/a", "text/html", "200", "AAAA", "1402"]
KEY = "example%2Cnews%29%2Fa+2019030405060%3A"


def as_json(*rows: object) -> bytes:
    return json.dumps([HEADER, *rows]).encode()


def as_text(*rows: list[str]) -> bytes:
    return "".join(" ".join(row) + "\n" for row in rows).encode()


@pytest.mark.parametrize("body", [as_json(ROW), as_text(ROW), json.dumps([ROW]).encode()])
def test_a_row_reads_alike_as_json_with_or_without_header_and_as_text(body: bytes) -> None:
    (capture,) = parse_cdx(body, url=URL).captures
    assert capture == Capture(*ROW)
    assert capture.captured_at == datetime(2019, 3, 4, 5, 6, 7, tzinfo=UTC)
    assert capture.is_page


@pytest.mark.parametrize("body", [as_json(ROW, [], [KEY]), as_text(ROW, [], [KEY])])
def test_the_resume_key_is_kept_exactly_as_printed(body: bytes) -> None:
    page = parse_cdx(body, url=URL)
    assert (page.resume_key, page.rows, len(page.captures)) == (KEY, 1, 1)


@pytest.mark.parametrize("body", [b"[]", b"[]\n", b"", b"\n", as_json()])
def test_an_empty_answer_has_no_captures_and_no_end_to_resume_at(body: bytes) -> None:
    page = parse_cdx(body, url=URL)
    assert (page.captures, page.skipped, page.resume_key) == ((), (), "")


def test_repeated_rows_are_read_once_and_bad_ones_reported() -> None:
    page = parse_cdx(
        as_json(
            ROW, ROW, ROW, ["example,news)/b"], "no row",
            [*ROW[:1], "20000800241623", *ROW[2:]], [*ROW[:1], 7, *ROW[2:]], ["data:text/html,x", "-"],
        ),
        url=URL,
    )  # fmt: skip
    assert page.captures == (Capture(*ROW),)
    assert [reason for reason, _ in page.skipped] == [
        "bad_row",
        "bad_row",
        "bad_timestamp",
        "bad_row",
        "bad_row",
    ]


def test_a_blank_in_an_address_does_not_shift_the_fields_of_a_text_row() -> None:
    row = [*ROW[:2], "http://news.example/a b c", *ROW[3:]]
    (capture,) = parse_cdx(as_text(row), url=URL).captures
    assert (capture.original, capture.mimetype, capture.length) == (
        "http://news.example/a b c",
        "text/html",
        "1402",
    )


@pytest.mark.parametrize(
    "body",
    [
        as_json(ROW)[:-9],
        b"<html>busy</html>",
        b'{"error": 1}',
        b"[" * 100_000,
        b"java.lang.Error: no\n at x.y",
    ],
)
def test_an_answer_that_is_no_index_is_a_transient_error(body: bytes) -> None:
    with pytest.raises(ExtractionError) as caught:
        parse_cdx(body, url=URL)
    assert (caught.value.kind, caught.value.transient) == ("bad_cdx", True)


def test_the_earliest_good_page_of_each_address_is_taken() -> None:
    rows = [
        ("a", "20190101000000", "301", "text/html"), ("a", "20190102000000", "200", "application/pdf"),
        ("a", "20190103000000", "-", "warc/revisit"), ("a", "20190104000000", "200", "text/html"),
        ("a", "20190105000000", "200", "text/html"), ("b", "20180101000000", "200", "text/html; charset=x"),
        ("c", "20180101000000", "200", "application/xhtml+xml"),
    ]  # fmt: skip
    captures = tuple(
        Capture(key, at, "http://x.example/", kind, status, "D", "-") for key, at, status, kind in rows
    )
    assert [(c.urlkey, c.timestamp[:8]) for c in earliest_pages(captures)] == [
        ("a", "20190104"), ("b", "20180101"), ("c", "20180101"),
    ]  # fmt: skip
    assert [c.urlkey for c in earliest_pages(captures, "a")] == ["b", "c"]


@given(st.text(max_size=20) | st.from_regex(r"[0-9]{14}", fullmatch=True))
def test_an_impossible_timestamp_is_refused(text: str) -> None:
    try:
        at = captured_at(text)
    except ValueError:
        return
    assert f"{at:%Y%m%d%H%M%S}".zfill(14) == text


@given(st.binary(max_size=300) | st.text(alphabet='[]",a1 \n{}-', max_size=80).map(str.encode))
def test_any_bytes_are_read_or_raise_an_extraction_error(body: bytes) -> None:
    with contextlib.suppress(ExtractionError):
        parse_cdx(body, url=URL)
