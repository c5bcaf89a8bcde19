"""Pages out of WARC files: what was captured, by whomever, however it was kept."""

from __future__ import annotations

import gzip
import io
import warnings
import zlib
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from fivegwatch.extractors.articles.article import extract_article
from fivegwatch.extractors.limits import MIB
from fivegwatch.extractors.model import Origin, Page
from fivegwatch.extractors.web.media_types import charset, media_type
from fivegwatch.extractors.web.urls import web_address
from fivegwatch.sources.warc.pages import WarcPage, WarcSkip, read_pages
from fivegwatch.sources.warc.records import Damage
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.page_store import Archive
from tests.packing import zstd_pack
from tests.sources.captures import (
    HTML,
    NAME,
    numbered,
    one_page,
    read,
    reasons,
    record,
)


def test_a_page_tells_what_was_captured_when_and_where_it_stands() -> None:
    info = record(kind="warcinfo")
    headers = ('ETag: "a1"', "Last-Modified: Mon, 23 Oct 2023 10:00:00 GMT", "CF-Mitigated: challenge")
    story = record(headers=("Content-Type: text/html; charset=utf-8", *headers))
    page = one_page(gzip.compress(info) + gzip.compress(story))
    assert page == Page(
        requested_url="https://news.example/story",
        final_url="https://news.example/story",
        status=200,
        content_type="text/html; charset=utf-8",
        body=HTML,
        captured_at=datetime(2023, 10, 23, 15, 36, 51, tzinfo=UTC),
        origin=Origin(kind="warc", locator=f"{NAME}@{len(gzip.compress(info))}"),
        etag='"a1"',
        last_modified="Mon, 23 Oct 2023 10:00:00 GMT",
        headers=(("cf-mitigated", "challenge"),),
    )


def test_fields_of_a_record_may_go_on_in_the_next_line() -> None:
    data = record().replace(b"URI: ", b"URI:\r\n\t").replace(b"Length: ", b"Length:\r\n  ")
    assert one_page(data).final_url == "https://news.example/story"


SKIPPED: list[tuple[str, bytes]] = [
    ("http_404", record(status="404 Not Found")),
    ("http_301", record(status="301")),
    ("not_html", record(b"%PDF-1.7 ...", headers=("Content-Type: application/pdf",))),
    ("not_html", record(b"\x89PNG\r\n\x1a\n" + bytes(50))),
    ("empty", record(b"")),
    ("empty", record(b" \r\n ")),
    ("truncated", record(fields=("WARC-Truncated: length",))),
    ("decode", record(b"\x1f\x8bnonsense", headers=("Content-Encoding: gzip",))),
    ("decode", record(gzip.compress(HTML)[:-9], headers=("Content-Encoding: gzip",))),
    ("decode", record(b"5\r\nabc", headers=("Transfer-Encoding: chunked",))),
    ("too_large", record(HTML + b"x" * 9 * MIB)),
    ("too_large", record(gzip.compress(b"<p>" + bytes(9 * MIB)), headers=("Content-Encoding: gzip",))),
    ("decode", record(gzip.compress(HTML)[:-9])),
    ("too_large", record(gzip.compress(b"<p>" + bytes(9 * MIB)))),
    ("not_html", record(gzip.compress(HTML), headers=("Content-Type: application/octet-stream",))),
    ("not_html", record(gzip.compress(b"\x89PNG\r\n\x1a\n" + bytes(50)))),
    ("not_html", record(headers=("Content-Type: text/html", "Content-Type: image/png"), body=b"\x89PNG\r\n\x1a\n")),
    ("head_too_large", record(headers=("Content-Type: text/html", "Set-Cookie: " + "x" * 300_000))),
    ("revisit", record(kind="revisit")),
    ("conversion", record(kind="conversion")),
    ("continuation", record(kind="Continuation")),
    ("other_kind", record(kind="x-own")),
    ("other_kind", record(kind="responsex")),
    ("other_kind", record().replace(b"WARC-Type: response", b"WARC-Sort: response")),
    ("scheme", record(url="ftp://news.example/story")),
    ("bad_url", record(url="https://")),
    ("not_http", record().replace(b"HTTP/1.1 200 OK", b"DNS/1.1 200 OK!")),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "data"), SKIPPED, ids=[f"{n}-{r}" for n, (r, _) in enumerate(SKIPPED)])
def test_what_is_no_page_is_told_with_its_reason(reason: str, data: bytes) -> None:
    before, after = record(url="https://news.example/before"), record(url="https://news.example/after")
    items = read(b"".join(map(gzip.compress, (before, data, after))))
    assert reasons(items) == ["page", reason, "page"]
    assert isinstance(items[1], WarcSkip)
    assert items[1].url
    assert items[1].offset == len(gzip.compress(before))


def chunks(body: bytes, size: int = 40) -> bytes:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x;ext=1\r\n%b\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


BODIES: list[tuple[str, bytes, tuple[str, ...]]] = [
    ("as it is", HTML, ()),
    ("gzip", gzip.compress(HTML), ("Content-Encoding: gzip",)),
    ("raw deflate", zlib.compress(HTML, wbits=-15), ("Content-Encoding: deflate",)),
    ("brotli", brotli.compress(HTML), ("content-encoding: br",)),
    ("zstd", zstd_pack(HTML), ("Content-Encoding: zstd",)),
    ("chunked", chunks(HTML), ("Transfer-Encoding: chunked",)),
    ("chunked gzip", chunks(gzip.compress(HTML)), ("Transfer-Encoding: chunked", "Content-Encoding: gzip")),
    ("decoded under a header that says gzip", HTML, ("Content-Encoding: gzip",)),
    ("decoded under a header that says br", HTML, ("Content-Encoding: br",)),
    ("decoded under a header that says chunked", HTML, ("Transfer-Encoding: chunked",)),
    ("an unknown coding that was undone", HTML, ("Content-Encoding: sdch",)),
    ("gzip of which nothing is said", gzip.compress(HTML), ()),
    ("zstd of which nothing is said", zstd_pack(HTML), ()),
    ("gzip twice, said once", gzip.compress(gzip.compress(HTML)), ("Content-Encoding: gzip",)),
    ("gzip under a header that says br", gzip.compress(HTML), ("Content-Encoding: br",)),
    ("gzip under an unknown coding too", gzip.compress(HTML), ("Content-Encoding: aws-chunked, gzip",)),
    ("gzip to travel", chunks(gzip.compress(HTML)), ("Transfer-Encoding: gzip, chunked",)),
    ("deflate to travel", chunks(zlib.compress(HTML)), ("Transfer-Encoding: deflate, chunked",)),
    ("gzip to travel, undone", HTML, ("Transfer-Encoding: gzip, chunked",)),
    (
        "brotli, and gzip to travel, undone",
        brotli.compress(HTML),
        ("Transfer-Encoding: gzip", "Content-Encoding: br"),
    ),
    (
        "brotli, and gzip to travel",
        gzip.compress(brotli.compress(HTML)),
        ("Transfer-Encoding: gzip", "Content-Encoding: br"),
    ),
]


@pytest.mark.parametrize(("body", "headers"), [b[1:] for b in BODIES], ids=[b[0] for b in BODIES])
def test_the_body_comes_out_of_its_codings(body: bytes, headers: tuple[str, ...]) -> None:
    assert one_page(gzip.compress(record(body, headers=("Content-Type: text/html", *headers)))).body == HTML


BEGUN = datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
NOW = datetime(2026, 11, 26, tzinfo=UTC)


def resource(body: bytes, media_type: str, *fields: str, url: str = "https://news.example/story") -> bytes:
    head = (
        "WARC/1.1", "WARC-Type: resource", f"WARC-Target-URI: {url}", "WARC-Date: 2023-10-23T15:36:51Z",
        f"Content-Type: {media_type}", *fields, f"Content-Length: {len(body)}",
    )  # fmt: skip
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body + b"\r\n\r\n"


def test_a_resource_that_is_html_is_a_page() -> None:
    page = one_page(resource(HTML, "text/html; charset=utf-8"))
    assert (page.body, page.status, page.content_type) == (HTML, 200, "text/html; charset=utf-8")
    assert page.final_url == "https://news.example/story"


RESOURCES = [
    ("not_html", resource(b"PNG", "image/png")),
    ("not_html", resource(b"news.example. IN A 192.0.2.1", "text/dns", url="dns:news.example")),
    ("scheme", resource(HTML, "text/html", url="ftp://news.example/story")),
    ("truncated", resource(HTML, "text/html", "WARC-Truncated: length")),
    ("empty", resource(b"", "text/html")),
    ("too_large", resource(HTML + b"x" * 9 * MIB, "text/html")),
]


@pytest.mark.parametrize(
    ("reason", "data"), RESOURCES, ids=[f"{n}-{r}" for n, (r, _) in enumerate(RESOURCES)]
)
def test_a_resource_that_is_no_page_is_told_with_its_reason(reason: str, data: bytes) -> None:
    assert reasons(read(data)) == [reason]


@pytest.mark.parametrize("kind", ["warcinfo", "request", "metadata"])
def test_what_stands_beside_captures_is_passed_over(kind: str) -> None:
    assert reasons(read(record(kind=kind) + record())) == ["page"]


TYPES = [
    (("Content-Type: text/html", "Content-Type: text/html; charset=windows-1251"), "windows-1251"),
    (("Content-Type: text/html; charset=utf-8", "content-type: Text/HTML"), "utf-8"),
    (("Content-Type: text/html, text/html",), ""),
    (('Content-Type: "text/html"',), ""),
    (('Content-Type: "text/html"; charset=utf-8',), "utf-8"),
    (('Content-Type: "text/html; charset=utf-8"',), "utf-8"),
    (('Content-Type: text/html; charset="utf-8"',), "utf-8"),
    (("Content-Type: text/html;charset=a", "Content-Type: text/html;charset=b"), "b"),
]


@pytest.mark.parametrize(("headers", "label"), TYPES)
def test_a_content_type_is_read_however_often_and_oddly_it_was_sent(
    headers: tuple[str, ...], label: str
) -> None:
    page = one_page(
        record(HTML + b"<p>It goes on for a while, and says a little more each time." * 9, headers=headers)
    )
    assert (media_type(page.content_type), charset(page.content_type)) == ("text/html", label)
    assert extract_article(page).text


@pytest.mark.parametrize(
    "line", [b"http/1.1 200 OK", b"\r\nHTTP/1.1 200 OK", b"\n\nHTTP/1.1 200", b"HTTP/3 200"]
)
def test_status_lines_are_read_as_they_occur(line: bytes) -> None:
    block = line + b"\r\nContent-Type: text/html\r\n\r\n" + HTML
    head = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://news.example/\r\nWARC-Date: 2023-10-23\r\n"
    assert one_page(head + b"Content-Length: %d\r\n\r\n" % len(block) + block).body == HTML


NO_DATES = [
    "", "yesterday", "2021-13-45T00:00:00Z", "0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00",
    "0001-01-01T00:00:00Z", "1990-12-31T23:59:59Z", "2031-01-01T00:00:00Z", "2026-11-27T00:00:01Z", "21",
]  # fmt: skip


@pytest.mark.parametrize("date", NO_DATES)
@pytest.mark.parametrize(
    ("begun", "expected"), [("2020-01-02T03:04:05Z", BEGUN), ("2099-01-01T00:00:00Z", NOW), ("", NOW)]
)
def test_a_page_without_a_capture_time_in_reason_is_of_the_time_its_file_was_begun_or_of_now(
    date: str, begun: str, expected: datetime
) -> None:
    parts = [record(kind="warcinfo", date=begun), record(), record(date=date), record()]
    data = b"".join(map(gzip.compress, parts))
    items = list(read_pages(io.BytesIO(data), name=NAME, now=NOW))
    assert [item.is_dated for item in items if isinstance(item, WarcPage)] == [True, False, True]
    assert isinstance(items[1], WarcPage)
    assert items[1].page.captured_at == expected
    # Wherever reading begins.
    assert list(read_pages(io.BytesIO(data), name=NAME, now=NOW, start=items[0].after)) == items[1:]


DATES = [
    ("2021", datetime(2021, 1, 1, tzinfo=UTC)),
    ("2021-03", datetime(2021, 3, 1, tzinfo=UTC)),
    ("2021-03-04", datetime(2021, 3, 4, tzinfo=UTC)),
    ("2021-03-04T05:06Z", datetime(2021, 3, 4, 5, 6, tzinfo=UTC)),
    ("2021-03-04T05:06:07.5Z", datetime(2021, 3, 4, 5, 6, 7, 500_000, tzinfo=UTC)),
    ("2021-03-04T05:06:07+02:00", datetime(2021, 3, 4, 3, 6, 7, tzinfo=UTC)),
    ("1991-01-01T00:00:00Z", datetime(1991, 1, 1, tzinfo=UTC)),
    ("2026-11-26T23:00:00Z", datetime(2026, 11, 26, 23, tzinfo=UTC)),
]


@pytest.mark.parametrize(("told", "moment"), DATES)
def test_capture_times_may_be_of_any_precision(told: str, moment: datetime) -> None:
    (item,) = read_pages(io.BytesIO(record(date=told)), name=NAME, now=NOW)
    assert isinstance(item, WarcPage)
    assert (item.page.captured_at, item.is_dated) == (moment, True)


def test_a_record_that_trips_our_own_code_costs_itself_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def tripping(url: str, *, max_chars: int) -> str:
        return str(1 // 0) if url.endswith("/1") else web_address(url, max_chars=max_chars)

    monkeypatch.setattr("fivegwatch.sources.warc.pages.web_address", tripping)
    items = read(b"".join(map(gzip.compress, numbered(3))))
    assert reasons(items) == ["page", "unexpected", "page"]
    assert isinstance(items[1], Damage)
    assert "https://news.example/1: ZeroDivisionError: " in items[1].message
    assert "test_pages.py:" in items[1].message


ADDRESSES = [
    ("<https://news.example/a>", "https://news.example/a"),
    ("https://News.example/a b#c", "https://news.example/a%20b"),
    ("http://www.nasa.example:8080/", "http://www.nasa.example:8080/"),
    ("http://127.0.0.1:5000/story", "http://127.0.0.1:5000/story"),
]


@pytest.mark.parametrize(("told", "url"), ADDRESSES)
def test_addresses_are_vetted_for_form_alone(told: str, url: str) -> None:
    assert one_page(record(url=told)).final_url == url


@pytest.mark.parametrize("packed", [True, False])
def test_what_others_write_is_read(packed: bool, tmp_path: Path) -> None:
    path = tmp_path / "others.warc"
    with path.open("wb") as out, warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves its temporary files to the collector
        writer = WARCWriter(out, gzip=packed, warc_version="1.1")
        writer.write_record(writer.create_warcinfo_record("others.warc", {"software": "test"}))
        for kind, body in (("request", b""), ("response", HTML), ("metadata", b"a: b")):
            line = "GET / HTTP/1.1" if kind == "request" else "200 OK"
            http = StatusAndHeaders(line, [("Content-Type", "text/html")], protocol="HTTP/1.1")
            headers = None if kind == "metadata" else http
            writer.write_record(
                writer.create_warc_record(
                    "https://news.example/", kind, payload=io.BytesIO(body), http_headers=headers
                )
            )
    (item,) = read_pages(path, name="others.warc")
    assert isinstance(item, WarcPage)
    assert item.page.body == HTML


def test_our_own_archive_is_read(tmp_path: Path) -> None:
    page = one_page(record())
    layout = Layout.for_database(tmp_path / "corpus.duckdb")
    with Archive(layout) as archive:
        archive.append(page)
        archive.flush()
    (path,) = layout.raw.glob("*/*.warc.gz")
    (item,) = read_pages(path, name=path.name)
    assert isinstance(item, WarcPage)
    assert (item.page.body, item.page.final_url, item.page.captured_at) == (
        page.body,
        page.final_url,
        page.captured_at,
    )
