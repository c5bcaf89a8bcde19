"""Answers that are rare, sloppy or mean: each is read as RFC 9110 and 9112 say, or refused within its bounds."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import replace

import brotli
import pytest

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.model import Page
from fivegwatch.sources.http.client import NotModified
from tests.hostile_site import ANSWERS, FEED, Exchange, Handler, HostileSite
from tests.packing import zstd_pack
from tests.sources.asking import QUICK, fetch

PATIENT = replace(QUICK, document_s=120.0, read_s=60.0, connect_s=60.0, dns_s=60.0, robots_s=120.0)
"""No answer here is slow, so that these bounds are met on no machine."""
TYPE = b"Content-Type: application/rss+xml\r\n"


def whole(body: bytes = FEED, *lines: bytes, status: bytes = b"HTTP/1.1 200 OK") -> bytes:
    head = b"".join(line + b"\r\n" for line in lines)
    return status + b"\r\n" + TYPE + head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def chunked(body: bytes = FEED, *lines: bytes, trailers: bytes = b"") -> bytes:
    head = b"".join(line + b"\r\n" for line in lines)
    parts = b"%x\r\n%s\r\n0\r\n%s\r\n" % (len(body), body, trailers)
    return b"HTTP/1.1 200 OK\r\n" + TYPE + head + b"Transfer-Encoding: chunked\r\n\r\n" + parts


def moved(*lines: bytes, status: bytes = b"302 Found") -> bytes:
    head = b"".join(line + b"\r\n" for line in lines)
    return b"HTTP/1.1 " + status + b"\r\n" + head + b"Content-Length: 0\r\n\r\n"


# Kept as they are sent: a body, or the kind of the error (several where the RFC leaves a choice).
READ = "read"
ODD: dict[str, tuple[bytes, set[str]]] = {
    "early-hints": (b"HTTP/1.1 103 Early Hints\r\nLink: </x.css>; rel=preload\r\n\r\n" * 3 + whole(), {READ}),
    "processing": (b"HTTP/1.1 102 Processing\r\n\r\n" + whole(), {READ}),
    "switching-unasked": (b"HTTP/1.1 101 Switching\r\nUpgrade: h2c\r\n\r\n" + whole(), {"http_101", "bad_response"}),
    "trailers": (chunked(trailers=b"Content-Encoding: gzip\r\nContent-Length: 5\r\nSet-Cookie: a=b\r\n"), {READ}),
    "chunk-extensions": (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n%x;a=b\r\n%s\r\n0;c\r\n\r\n" % (len(FEED), FEED),
        {READ},
    ),
    "http10-without-length": (b"HTTP/1.0 200 OK\r\n" + TYPE + b"\r\n" + FEED, {READ}),
    "http11-without-length": (b"HTTP/1.1 200 OK\r\n" + TYPE + b"\r\n" + FEED, {READ}),
    "no-reason": (whole(status=b"HTTP/1.1 200"), {READ}),
    "bare-line-feeds": (whole().replace(b"\r\n", b"\n"), {READ, "bad_response"}),
    "folded-header": (whole(FEED, b"X-Note: a\r\n b"), {READ, "bad_response"}),
    "lower-case-version": (whole(status=b"http/1.1 200 OK"), {READ, "bad_response"}),
    "http2-in-clear": (b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + b"\x00" * 18, {"bad_response"}),
    "http3-version": (whole(status=b"HTTP/3.0 200 OK"), {READ, "bad_response"}),
    "status-000": (whole(status=b"HTTP/1.1 000 Zero"), {"bad_response", "http_0"}),
    "status-1000": (whole(status=b"HTTP/1.1 2000 OK"), {"bad_response"}),
    "status-299": (whole(status=b"HTTP/1.1 299 Odd"), {"http_299"}),
    "content-range": (whole(FEED, b"Content-Range: bytes 0-99/5000"), {READ}),
    "same-length-twice": (whole(FEED, b"Content-Length: %d" % len(FEED)), {READ, "bad_response"}),
    "length-as-list": (whole().replace(b"Length: ", b"Length: %d, " % len(FEED)), {READ, "bad_response"}),
    "length-with-plus": (whole().replace(b"Length: ", b"Length: +"), {"bad_response"}),
    "identity": (whole(FEED, b"Content-Encoding: identity"), {READ}),
    "empty-coding": (whole(FEED, b"Content-Encoding: "), {READ}),
    "charset-as-coding": (whole(FEED, b"Content-Encoding: UTF-8"), {READ}),
    "brotli-in-gzip": (whole(gzip.compress(brotli.compress(FEED)), b"Content-Encoding: br, gzip"), {READ}),
    "zstd-in-deflate": (
        whole(zlib.compress(zstd_pack(FEED)), b"Content-Encoding: zstd", b"Content-Encoding: deflate"), {READ},
    ),
    "gzip-that-is-plain": (whole(FEED, b"Content-Encoding: gzip"), {READ, "decode"}),
    # A frame that asks for a window of 2 GiB.
    "zstd-window": (whole(b"\x28\xb5\x2f\xfd\x00\xa8" + b"\x01\x00\x00" * 40, b"Content-Encoding: zstd"), {"decode"}),
    "brotli-large-window": (whole(b"\x11\x3f" + b"\xff" * 64, b"Content-Encoding: br"), {"decode"}),
    "hundred-etags": (whole(FEED, *[b'ETag: "%d"' % n for n in range(90)]), {READ}),
    "huge-header-name": (whole(FEED, b"X" * 90_000 + b": 1"), {READ, "bad_response"}),
    "nul-in-header": (whole(FEED, b"X-A: a\x00b"), {"bad_response", READ}),
    "space-before-colon": (whole(FEED, b"X-A : b"), {"bad_response"}),
    "second-answer-behind": (whole() + whole(b"<evil/>"), {READ}),
    "length-zero": (whole(b""), {READ}),
    "max-age-huge": (whole(FEED, b"Cache-Control: max-age=99999999999999999999, s-maxage=-1"), {READ}),
    "expires-zero": (whole(FEED, b"Expires: 0", b"Date: yesterday", b"Age: 1e9"), {READ}),
    "to-itself-by-fragment": (moved(b"Location: #top"), {"too_many_redirects"}),
    "to-nowhere": (moved(b"Location:   "), {"no_location"}),
    "to-two-places": (
        moved(b"Location: /feed", b"Location: http://127.0.0.1:CANARY/"), {READ, "blocked_address", "port"},
    ),
    "to-idn": (moved("Location: http://bücher.example/".encode()), {"dns"}),
    "to-userinfo": (moved(b"Location: http://a:b@127.0.0.1/"), {"userinfo", "blocked_address"}),
    "to-a-tab": (moved(b"Location: /fe\ted"), {READ, "bad_response"}),
    "to-query-only": (moved(b"Location: ?"), {"too_many_redirects"}),
    "to-inside-unicode": (moved("Location: http://①②⑦.⓪.⓪.①:CANARY/".encode()), {"blocked_address", "port"}),
    "use-proxy": (moved(b"Location: http://127.0.0.1:CANARY/", status=b"305 Use Proxy"), {"http_305"}),
    "multiple-choices": (moved(b"Location: /feed", status=b"300 Multiple Choices"), {"http_300"}),
    "refresh-header": (whole(FEED, b"Refresh: 0; url=http://127.0.0.1:CANARY/"), {READ}),
    "link-canonical": (whole(FEED, b'Link: <http://127.0.0.1:CANARY/>; rel="canonical"'), {READ}),
    "alt-svc": (whole(FEED, b'Alt-Svc: h2="127.0.0.1:CANARY"; ma=99999'), {READ}),
}  # fmt: skip


def _raw(answer: bytes) -> Handler:
    async def handler(x: Exchange) -> None:
        await x.send(answer.replace(b"CANARY", b"%d" % x.site.canary_port))

    return handler


async def _cookie_wall(x: Exchange) -> None:
    """Sends to itself until a cookie comes back, which never does."""
    await x.reply(b"", "302 Found", Location="/odd/cookie-wall", Set_Cookie="seen=1")


ANSWERS |= {f"/odd/{name}": _raw(answer) for name, (answer, _) in ODD.items()}
ANSWERS["/odd/cookie-wall"] = _cookie_wall


def test_each_odd_answer_is_read_or_refused_and_costs_few_requests() -> None:
    with HostileSite() as site:
        names = [*ODD, "cookie-wall"]
        got = fetch(site, *(site.url(f"/odd/{name}") for name in names), kind="feed", limits=PATIENT)
        ends = {
            name: READ if isinstance(end, Page) else getattr(end, "kind", type(end).__name__)
            for name, end in zip(names, got, strict=True)
        }
        wrong = {name: ends[name] for name, (_, kinds) in ODD.items() if ends[name] not in kinds}
        assert wrong == {}
        assert ends["cookie-wall"] == "too_many_redirects"
        read = {name: end for name, end in zip(names, got, strict=True) if isinstance(end, Page)}
        assert {name for name, end in read.items() if end.body != FEED} <= {"length-zero"}
        assert all(0 <= end.fresh_s < float("inf") for end in read.values())
        assert {
            name: len(site.asked(f"/odd/{name}")) for name in names if len(site.asked(f"/odd/{name}")) > 3
        } == {}
        assert site.canary == 0


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    "value", ["99999999999999999999", "-5", "1.5", "1e9", "Thu, 01 Jan 1970 00:00:00 GMT",
              "Fri, 31 Dec 9999 23:59:59 GMT",
              "Mon, 32 Foo 2026 99:99:99 XYZ", "60, 120", "٦٠", "\xa060", "0x3c", ""],
)  # fmt: skip
def test_no_retry_after_stops_a_feed_for_longer_than_a_day(status: int, value: str) -> None:
    async def busy(x: Exchange) -> None:
        await x.send(
            f"HTTP/1.1 {status} Busy\r\nRetry-After: {value}\r\nContent-Length: 0\r\n\r\n".encode(
                "latin-1", "replace"
            )
        )

    ANSWERS["/odd/busy"] = busy
    with HostileSite() as site:
        (end,) = fetch(site, site.url("/odd/busy"), kind="feed", limits=PATIENT)
    assert isinstance(end, FetchError) and end.transient
    assert end.retry_after_s is None or 0 <= end.retry_after_s <= 24 * 3600


def test_validators_come_back_as_they_were_sent_and_only_those() -> None:
    """Weak, unquoted and strange ETags are opaque (RFC 9110 8.8.3); 304 to a request without conditions is an error."""
    with HostileSite() as site:
        for tag in (
            'W/"a"',
            '"a,b"',
            "unquoted",
            '""',
            'W/"x" , "y"',
            '"' + "é" * 3 + '"',
            '"' + "x" * 5_000 + '"',
        ):

            async def tagged(x: Exchange, tag: str = tag) -> None:
                if x.request.headers.get("if-none-match", "") == tag:
                    await x.head("304 Not Modified", ETag='"another"')
                else:
                    await x.reply(FEED, ETag=tag, Content_Type="application/rss+xml")

            ANSWERS["/odd/tagged"] = tagged
            (first,) = fetch(site, site.url("/odd/tagged"), kind="feed", limits=PATIENT)
            assert isinstance(first, Page)
            usable = tag.isascii() and len(tag) < 512
            assert first.etag == (tag if usable else None)
            (second,) = fetch(site, site.url("/odd/tagged"), kind="feed", limits=PATIENT, etag=first.etag)
            assert isinstance(second, NotModified if usable else Page), tag


ROBOTS: dict[str, tuple[bytes | str | tuple[str, str, bytes], bool]] = {
    "bom": (b"\xef\xbb\xbfUser-agent: *\nDisallow: /\n", False),
    "only carriage returns": (b"User-agent: *\rDisallow: /\r", False),
    "utf-16": ("User-agent: *\nDisallow: /\n".encode("utf-16"), True),
    "html": (b"<!doctype html><html><body>User-agent: * Disallow: /</body></html>", True),
    "nul bytes": (b"User-agent: *\x00\nDisallow: /\n", True),
    "rule behind 5 MB of comments": (b"# x\n" * 1_300_000 + b"User-agent: *\nDisallow: /\n", True),
    "rule before 5 MB of comments": (b"User-agent: *\nDisallow: /\n" + b"# x\n" * 1_300_000, False),
    "lower case and no colon": (b"user-agent *\ndisallow: /\n", False),
    "percent-encoded": (b"User-agent: *\nDisallow: /%6f%6b\n", False),
    "other robots only": (b"User-agent: Googlebot\nDisallow: /\n", True),
    "allow wins by length": (b"User-agent: *\nDisallow: /\nAllow: /ok\n", True),
    "pauses of any size": (b"User-agent: *\nCrawl-delay: nan\nCrawl-delay: -1\nCrawl-delay: 1e308\n", True),
    "abroad": ("302 Found -> http://127.0.0.1:CANARY/robots.txt", True),
    "in a circle": ("301 Moved -> /robots.txt", True),
    "forbidden": ("403 Forbidden", True),
    "down": ("500 Down", False),
    "cut gzip": (("200 OK", "gzip", gzip.compress(b"User-agent: *\nDisallow: /\n" * 90)[:-9]), False),
    "a bomb": (("200 OK", "gzip", gzip.compress(b" " * 2**24)), True),
}  # fmt: skip


@pytest.mark.parametrize("name", ROBOTS)
def test_each_robots_txt_allows_or_forbids_as_rfc_9309_says(name: str) -> None:
    text, allowed = ROBOTS[name]
    with HostileSite(robots=text) as site:
        (end,) = fetch(site, site.url("/ok"), limits=PATIENT)
        assert isinstance(end, Page) == allowed, end
        assert site.canary == 0
