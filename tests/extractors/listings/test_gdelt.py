"""GDELT's answers: repaired if possible, else refused with a reason."""

from __future__ import annotations

import contextlib
import zipfile

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fivegwatch.extractors.errors import ExtractionError
from fivegwatch.extractors.listings import gdelt
from fivegwatch.extractors.listings.gdelt import (
    GkgRow,
    is_slow_down,
    parse_articles,
    read_slot,
)
from tests.fakes.gdelt import LIMIT_WORDS, TOO_SHORT, Record, pack

URL = "https://api.example/doc"
RECORD = Record(
    "https://news.example/a", "Fünf & <b>mehr</b>", ("Huawei", "Bandai Namco"), ("LEADER", "WB_137_WATER")
)
LINE = RECORD.line("20190601000000", 0)


def everything(*_: object) -> bool:
    return True


def zipped(*lines: bytes) -> bytes:
    return pack(b"".join(line + b"\n" for line in lines))


# ---------------------------------------------------------------- search


def test_an_article_list_gives_address_title_and_slot() -> None:
    row = b'{"url": "https://a.example/1", "title": "A &amp; B , spaced", "seendate": "20230918T031500Z"}'
    body = b'{"articles": [' + row + b"]}"
    (article,) = parse_articles(body, url=URL)
    assert (article.url, article.title, article.seen) == (
        "https://a.example/1",
        "A & B , spaced",
        "20230918T031500Z",
    )


@pytest.mark.parametrize(
    "body", [b"{}", b' {"articles": []}', b'{"articles": null}', b'{"articles": ["x", {"url": 7}]}']
)
def test_an_empty_result_is_no_error(body: bytes) -> None:
    assert parse_articles(body, url=URL) == ()


@pytest.mark.parametrize(
    ("raw", "title"),
    [(r"It\'s 5G", "It's 5G"), (r"a\xb", "axb"), ("a\tb\x01", "a b"),
     (r"C:\\dir \"q\" \u00e9", 'C:\\dir "q" é'), (r"\u12", "u12")],
)  # fmt: skip
def test_bad_escapes_and_control_characters_are_repaired(raw: str, title: str) -> None:
    (article,) = parse_articles(
        f'{{"articles": [{{"url": "https://a.example/", "title": "{raw}"}}]}}'.encode(), url=URL
    )
    assert article.title == title


@pytest.mark.parametrize(
    ("body", "kind", "transient"),
    [(TOO_SHORT, "refused_query", False), (b"<html><p>down</p>", "bad_answer", True), (b"", "bad_answer", True),
     (b"The query timed out, try again", "bad_answer", True), (b'{"articles": [{"url"', "bad_answer", True)],
)  # fmt: skip
def test_a_message_instead_of_a_list_is_transient_or_a_refused_query(
    body: bytes, kind: str, transient: bool
) -> None:
    with pytest.raises(ExtractionError) as caught:
        parse_articles(body, url=URL)
    assert (caught.value.kind, caught.value.transient) == (kind, transient)


def test_a_request_to_slow_down_is_recognised_and_no_article_is_mistaken_for_it() -> None:
    assert is_slow_down(LIMIT_WORDS)
    assert not is_slow_down(b'{"articles": [{"title": "Too many requests"}]}')
    assert not is_slow_down(TOO_SHORT)


@given(st.binary(max_size=200) | st.text(alphabet='{}[]":,\\u1aartices', max_size=100).map(str.encode))
def test_any_search_answer_is_read_or_raises_an_extraction_error(body: bytes) -> None:
    with contextlib.suppress(ExtractionError):
        parse_articles(body, url=URL)


# ---------------------------------------------------------------- files


def test_a_record_gives_address_title_organisations_and_themes() -> None:
    asked = []
    slot = read_slot(zipped(LINE), lambda *told: bool(asked.append(told)) or True)
    assert slot.rows == (GkgRow("https://news.example/a", "Fünf & mehr"),)
    assert asked == [
        ("https://news.example/a", "Fünf & mehr", ("huawei", "bandai namco"), ("LEADER", "WB_137_WATER"))
    ]
    assert (slot.unwanted, slot.skipped, slot.problem) == (0, (), "")


def test_records_that_are_unwanted_no_web_pages_or_lines_of_another_width_are_counted() -> None:
    other = Record("https://news.example/b", collection="2").line("20190601000000", 1)
    bad = (b"", b"one\ttwo", LINE + b"\tmore", LINE.replace(b"https://news.example/a", b""))
    slot = read_slot(zipped(LINE, other, *bad, LINE), everything)
    assert (len(slot.rows), slot.unwanted, [reason for reason, _ in slot.skipped]) == (1, 1, ["bad_line"] * 4)
    assert read_slot(zipped(LINE, LINE), lambda *_: False).unwanted == 2


def test_the_first_bad_lines_are_reported_and_the_others_counted() -> None:
    slot = read_slot(zipped(*[b"bad"] * 5_000), everything)
    assert (len(slot.skipped), slot.skipped[-1]) == (101, ("bad_line", "4,900 more"))


def test_broken_bytes_and_a_missing_title_do_not_lose_a_record() -> None:
    bare = Record("https://news.example/a", organisations=("x",)).line("20190601000000", 0)
    slot = read_slot(zipped(bare.replace(b"\tx\t", b"\t\xff\xfe\x80\t")), everything)
    assert slot.rows == (GkgRow("https://news.example/a", ""),)


def test_a_line_of_a_megabyte_is_read_and_a_longer_one_skipped() -> None:
    long = LINE.replace(b"PAGE_LINKS>https", b"PAGE_LINKS>" + b"x" * 2_000_000 + b"https", 1)
    monstrous = LINE.replace(b"20190601000000-0", b"y" * (gdelt.LINE_BYTES * 2 + 5))
    slot = read_slot(zipped(long, monstrous, LINE.replace(b"/a", b"/b")), everything)
    assert [row.url[-1] for row in slot.rows] == ["a", "b"]
    assert [reason for reason, _ in slot.skipped] == ["line_too_long"]


@pytest.mark.slow
def test_records_before_the_bound_of_a_bomb_are_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(gdelt, "SLOT_BYTES", 1_000_000)
    for filling in (b"0" * 30_000_000, b"0\n" * 15_000_000):
        slot = read_slot(zipped(LINE, filling), everything)
        assert (len(slot.rows), slot.problem) == (1, "too_large")


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x03\x04", b"<html>", zipped(LINE)[:-30], pack(LINE, method=zipfile.ZIP_BZIP2),
     pack(LINE, method=zipfile.ZIP_LZMA), pack(b"", "folder/")],
)  # fmt: skip
def test_what_is_no_archive_of_one_plain_file_is_a_bad_zip(data: bytes) -> None:
    assert read_slot(data, everything).problem == "bad_zip"


def test_records_before_a_damage_are_kept() -> None:
    lines = [Record(f"https://news.example/{n}", f"{n * 7919:x}" * 9).line("2", n) for n in range(4_000)]
    data = bytearray(zipped(*lines))
    data[len(data) // 2] ^= 0xFF
    slot = read_slot(bytes(data), everything)
    assert (slot.problem, 0 < len(slot.rows) <= 4_000) == ("bad_zip", True)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 400), st.integers(0, 255), st.integers(0, 400), st.integers(0, 255))
@example(0, 0, 30, 0)  # a member without a name
def test_no_damage_to_an_archive_escapes_as_an_exception(
    first: int, byte: int, second: int, other: int
) -> None:
    data = bytearray(zipped(LINE))
    data[first % len(data)] = byte
    data[-1 - second % len(data)] = other
    read_slot(bytes(data), everything)
