"""Heads of responses: Retry-After, validators, and what is not accepted as a page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.model import Origin, Page
from fivegwatch.extractors.pages.tree import read_page
from fivegwatch.sources.http.responses import (
    Head,
    Wanted,
    clean_validator,
    refuse_content,
    refuse_status,
    refuse_type,
    retry_after,
)

PAGE = Wanted(accept="", wire_bytes=1, body_bytes=1, total_s=1.0, html_only=True)
HTML = b"<!doctype html><html><body><p>x</p></body></html>"


def head(status: int = 200, **fields: str | bytes) -> Head:
    headers = [
        (name.replace("_", "-").encode(), value if isinstance(value, bytes) else value.encode("latin-1"))
        for name, value in fields.items()
    ]
    return Head("https://example.org/", status, headers)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 120 ", 120),
        ("0", 60),
        ("5", 60),
        ("315360000", 86_400),
        ("9" * 5000, 86_400),
        ("", None),
        ("soon", None),
        ("-1", None),
        ("1.5", None),
        ("1e3", None),
        ("１２０", None),
        ("-1, soon", None),
        ("Mon, 01 Jan 2001 00:00:00 GMT", None),
        ("Fri, 01 Jan 2100 00:00:00 GMT", 86_400),
        ("Mon, 01 Jan 99999999999999 00:00:00 GMT", None),
    ],
)
def test_retry_after_is_read_and_clamped(value: str, seconds: float | None) -> None:
    assert retry_after(value, LIMITS, own=False) == seconds


def test_retry_after_as_a_date_counts_from_now() -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    assert retry_after(later, LIMITS, own=False) == pytest.approx(3600, abs=5)


@given(st.text(max_size=80) | st.text("0123456789:, GMTMonJan+-", max_size=60))
@example("Mon, 01 Jan 2026 00:00:00 +99999999")
def test_any_retry_after_is_at_most_a_day(value: str) -> None:
    seconds = retry_after(value, LIMITS, own=False)
    assert seconds is None or LIMITS.retry_after_min_s <= seconds <= LIMITS.retry_after_max_s


@pytest.mark.parametrize("value", ["v1", '"v1"', 'W/"v1"', "x" * 512, "Mon, 23 Nov 2026 09:00:00 GMT"])
def test_usable_validators_are_left_as_they_are(value: str) -> None:
    assert clean_validator(value, LIMITS) == value


@pytest.mark.parametrize("value", [None, "", "x" * 513, "caf\xe9", "a\nb", "a\tb", "a\x00", " v1", "v1 "])
def test_unusable_validators_are_dropped(value: str | None) -> None:
    assert clean_validator(value, LIMITS) is None


def kind_of(body: bytes, **fields: str) -> str:
    try:
        refuse_type(head(**fields), PAGE)
        refuse_content(head(**fields), body, PAGE)
    except FetchError as exc:
        assert not exc.transient
        return exc.kind
    return "page"


@pytest.mark.parametrize(
    "content_type",
    [
        "text/html",
        "Text/HTML; charset=utf-8",
        "application/xhtml+xml",
        "text/html, text/html",
        "text/html;x",
        "",
        "html",
        "text/xml",
        "text/html charset=utf-8",
        "text/html,charset=utf-8",
        "text/html: charset=utf-8",
        "application/vnd.wap.xhtml+xml",
        "utf-8",
        '"text/html"',
        "text/html; charset=utf-8, text/html",
        "unknown/unknown",
        "*/*",
    ],
)
def test_a_page_is_accepted_under_every_media_type_of_pages(content_type: str) -> None:
    assert kind_of(HTML, Content_Type=content_type) == "page"
    assert read_page(page_of(HTML, content_type)).find(".//p").text == "x"


def test_client_and_extractor_search_the_same_beginning_of_a_page_for_html() -> None:
    late = b"<!-- html" + b" x" * 5_000 + b"-->" + HTML
    assert kind_of(late, Content_Type="html") == "page"
    assert read_page(page_of(late, "html")).text_content().strip() == "x"


def page_of(body: bytes, content_type: str) -> Page:
    url = "https://example.org/"
    return Page(
        requested_url=url,
        final_url=url,
        status=200,
        content_type=content_type,
        body=body,
        captured_at=datetime(2026, 11, 26, tzinfo=UTC),
        origin=Origin(kind="feed", locator="x"),
    )


@pytest.mark.parametrize(
    "content_type",
    [
        "application/pdf",
        "image/png",
        "video/mp4",
        "audio/mpeg",
        "application/zip",
        "application/json",
        "text/plain",
        "application/octet-stream",
        "application/rss+xml",
        "text/calendar",
        "x/" + "y" * 5000,
    ],
)
def test_other_types_are_refused_before_the_body(content_type: str) -> None:
    with pytest.raises(FetchError, match="is not a page"):
        refuse_type(head(Content_Type=content_type), PAGE)


@pytest.mark.parametrize(
    "body",
    [
        b"%PDF-1.7\n",
        b"\n\n%PDF-1.4",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff\xe0",
        b"GIF89a",
        b"PK\x03\x04",
        b"\x1f\x8b\x08",
        b"\x00\x00\x00\x18ftypmp42",
        b"RIFF\x00\x00\x00\x00WEBP",
        b"\xd0\xcf\x11\xe0",
        b"7z\xbc\xaf\x27\x1c",
        bytes(range(256)) * 4,
        b"junk " + bytes(range(32)) * 9,
    ],
)
def test_files_declared_as_pages_are_recognised_by_their_bytes(body: bytes) -> None:
    assert kind_of(body, Content_Type="text/html") == "not_html"


@pytest.mark.parametrize(
    "body",
    [
        HTML,
        b"",
        b"plain words under a html label",
        "\ufeff<html>".encode(),
        "<html>字".encode("utf-16"),
        "<html>é".encode("utf-16-le"),
        "<html>日本".encode("iso-2022-jp"),
        b"<p>one\x00 stray\x08 byte or two, as pages have them</p>" + b"x" * 100,
        "Новости".encode("koi8-r"),
    ],
)
def test_pages_in_any_encoding_are_not_mistaken_for_files(body: bytes) -> None:
    assert kind_of(body, Content_Type="text/html") == "page"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b"just words", ""), (b'{"a": 1}', ""), (b"<rss><channel><title>x</title></channel></rss>", "text/xml")],
)
def test_a_page_without_a_usable_type_must_contain_a_tag_of_html(body: bytes, content_type: str) -> None:
    assert kind_of(body, Content_Type=content_type) == "not_html"


def test_a_download_is_not_a_page() -> None:
    assert (
        kind_of(HTML, Content_Type="text/html", Content_Disposition="Attachment; filename=x.html")
        == "not_html"
    )
    assert kind_of(HTML, Content_Type="text/html", Content_Disposition="inline") == "page"


def test_a_bot_challenge_is_transient_and_a_plain_refusal_is_not() -> None:
    for fields, transient in (({"cf_mitigated": "challenge"}, True), ({}, False)):
        with pytest.raises(FetchError) as caught:
            refuse_status(head(403, **fields), LIMITS, own=False)
        assert (caught.value.kind, caught.value.transient) == ("http_403", transient)


@pytest.mark.parametrize("status", [408, 423, 500, 501, 507, 511, 520, 525, 526, 527, 530, 599, 600])
def test_failures_of_the_server_or_the_network_are_transient(status: int) -> None:
    with pytest.raises(FetchError) as caught:
        refuse_status(head(status), LIMITS, own=False)
    assert (caught.value.kind, caught.value.transient) == (f"http_{status}", True)


@pytest.mark.parametrize(
    ("raw", "location"),
    [
        ("/ä?q=中".encode(), "/%C3%A4?q=%E4%B8%AD"),
        ("/ä".encode("latin-1"), "/%E4"),
        (b" /a ", "/a"),
        (b"", ""),
    ],
)
def test_raw_bytes_in_a_location_are_kept_as_they_came(raw: bytes, location: str) -> None:
    assert head(302, Location=raw).location() == location
