"""CC-NEWS on loopback: monthly listings and WARC files, with ranges and every trouble such a store makes.

``with NewsCrawlFake() as fake:`` has no files; ``fake.add(opened_at, pages)`` puts one there, into the month it was
opened in, whatever the pages' own times are. ``fake.url + "/"`` is the base address.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import brotli

from tests.fakes.service import Answer, Asked
from tests.fakes.serving import Fake, reply


@dataclass(frozen=True)
class Captured:
    """One answer as the crawler got it. ``coding``: how the body is packed inside the record."""

    url: str
    body: bytes
    at: datetime = datetime(2023, 10, 23, 15, 36, 51, tzinfo=UTC)
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    coding: str = ""


def story(number: int, text: str = "A plain story about a mast.") -> Captured:
    """A small article."""
    body = f"<!doctype html><html><head><title>Story {number}</title></head><body><article><p>{text}</p></article>"
    return Captured(f"https://news.example/2023/10/story-{number}.html", (body + "</body></html>").encode())


def dialects() -> list[Captured]:
    """What a reader of the crawl must cope with: no pages among the pages, charsets, packed bodies."""
    latin = "<html><head><title>Netz</title></head><body><p>Größe und Überwachung</p></body></html>"
    plain = story(900).body
    return [
        Captured("https://news.example/logo.png", b"\x89PNG\r\n\x1a\n" + bytes(64), content_type="image/png"),
        Captured("https://news.example/gone.html", b"<html><body>Not found</body></html>", status=404),
        Captured("https://news.example/latin.html", latin.encode("latin-1"), content_type="text/html; charset=latin1"),
        Captured("https://news.example/gzip.html", gzip.compress(plain), coding="gzip"),
        Captured("https://news.example/brotli.html", brotli.compress(plain), coding="br"),
        Captured("https://news.example/decoded.html", plain, coding="gzip"),  # some versions left the header
    ]  # fmt: skip


def warc_file(pages: Iterable[Captured]) -> bytes:
    """A WARC file: one gzip member a record, a request before each response."""
    members = [_member("warcinfo", "", b"software: fake\r\n", datetime(2023, 1, 1, tzinfo=UTC))]
    for page in pages:
        path = page.url.partition("//")[2].partition("/")[2]
        request = f"GET /{path} HTTP/1.1\r\nUser-Agent: CCBot/2.0\r\n\r\n".encode()
        members.append(_member("request", page.url, request, page.at))
        members.append(_member("response", page.url, _response(page), page.at))
    return b"".join(members)


def _response(page: Captured) -> bytes:
    coding = f"Content-Encoding: {page.coding}\r\n" if page.coding else ""
    head = (
        f"HTTP/1.1 {page.status} Whatever\r\nContent-Type: {page.content_type}\r\n{coding}"
        f"Content-Length: {len(page.body)}\r\n\r\n"
    )
    return head.encode() + page.body


def _member(kind: str, url: str, content: bytes, at: datetime) -> bytes:
    payload = content.partition(b"\r\n\r\n")[2]
    digest = base64.b32encode(hashlib.sha1(payload).digest()).decode()
    target = f"WARC-Target-URI: {url}\r\nWARC-Payload-Digest: sha1:{digest}\r\n" if url else ""
    media = "application/warc-fields" if kind == "warcinfo" else f"application/http; msgtype={kind}"
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Record-ID: <urn:uuid:{uuid.uuid4()}>\r\n"
        f"WARC-Date: {at:%Y-%m-%dT%H:%M:%SZ}\r\n{target}Content-Type: {media}\r\n"
        f"Content-Length: {len(content)}\r\n\r\n"
    )
    return gzip.compress(head.encode() + content + b"\r\n\r\n", mtime=0)


class NewsCrawlFake(Fake):
    """Trouble to order.

    ``busy``: that many requests for files are answered 503. ``drops``: that many break off, each after ``drop_after``
    bytes of what was asked for; ``stalls``: that many say nothing more behind those. ``blocked``: 403 for all.
    ``absent_status``: for months that are not there, 404 or 403. ``ranges`` False: Range is ignored. ``etags`` False:
    there are none.
    """

    def __init__(self) -> None:
        super().__init__()
        self.files: dict[str, bytes] = {}
        self.busy = 0
        self.busy_headers: dict[str, str] = {}
        self.drops = 0
        self.drop_after = 1_000
        self.stalls = 0
        self.blocked = False
        self.absent_status = 404
        self.ranges = True
        self.etags = True
        self._next = 1

    def add(self, opened_at: datetime, pages: Sequence[Captured] | bytes) -> str:
        """Put a file there; its address."""
        name = f"CC-NEWS-{opened_at:%Y%m%d%H%M%S}-{self._next:05}.warc.gz"
        self._next += 1
        path = f"/crawl-data/CC-NEWS/{opened_at:%Y/%m}/{name}"
        self.files[path] = pages if isinstance(pages, bytes) else warc_file(pages)
        return self.url + path

    def cut(self, address: str, missing: int = 40) -> None:
        """Let the last member of a file be truncated."""
        path = address.removeprefix(self.url)
        self.files[path] = self.files[path][:-missing]

    def damage(self, address: str, at: int) -> None:
        """Turn over some bytes in the middle of a file."""
        path = address.removeprefix(self.url)
        whole = bytearray(self.files[path])
        whole[at : at + 8] = bytes(byte ^ 0xFF for byte in whole[at : at + 8])
        self.files[path] = bytes(whole)

    def answer(self, asked: Asked) -> Answer:
        if self.blocked:
            return reply(
                b"<Error><Code>AccessDenied</Code></Error>", 403, {"Content-Type": "application/xml"}
            )
        listing = re.fullmatch(r"(/crawl-data/CC-NEWS/\d{4}/\d{2}/)warc\.paths\.gz", asked.path)
        if listing:
            names = sorted(path[1:] for path in self.files if path.startswith(listing[1]))
            return (
                reply(gzip.compress("".join(f"{name}\n" for name in names).encode()))
                if names
                else self._absent()
            )
        if asked.path not in self.files:
            return self._absent()
        if self.busy:
            self.busy -= 1
            return reply(b"<Error><Code>SlowDown</Code></Error>", 503, self.busy_headers)
        return self._file(asked, self.files[asked.path])

    def _absent(self) -> Answer:
        return reply(
            b"<Error><Code>NoSuchKey</Code></Error>", self.absent_status, {"Content-Type": "application/xml"}
        )

    def etag(self, body: bytes) -> str:
        return f'"{hashlib.md5(body).hexdigest()}-128"'

    def _file(self, asked: Asked, body: bytes) -> Answer:
        headers = {"Content-Type": "application/octet-stream", "Accept-Ranges": "bytes"}
        if self.etags:
            headers["ETag"] = self.etag(body)
        start = self._start(asked, body)
        if start is not None and start >= len(body):
            return reply(b"", 416, headers | {"Content-Range": f"bytes */{len(body)}"})
        part = body[start or 0 :]
        if start is not None:
            headers["Content-Range"] = f"bytes {start}-{len(body) - 1}/{len(body)}"
        cut = None
        if self.drops:
            self.drops -= 1
            cut = self.drop_after
        stall = None
        if self.stalls:
            self.stalls -= 1
            stall = self.drop_after
        status = 200 if start is None else 206
        return reply(part, status, headers, break_after=cut, stall_after=stall)

    def _start(self, asked: Asked, body: bytes) -> int | None:
        """Where the range asked for begins; None when the whole file is the answer."""
        found = re.fullmatch(r"bytes=(\d+)-", asked.headers.get("range", ""))
        condition = asked.headers.get("if-range", "")
        if not found or not self.ranges or (condition and condition != self.etag(body)):
            return None
        return int(found[1])
