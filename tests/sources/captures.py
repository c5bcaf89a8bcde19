"""WARC records for the tests, and the pages read from them."""

from __future__ import annotations

import gzip
import io
import random
from collections.abc import Callable

from fivegwatch.extractors.limits import Limits
from fivegwatch.extractors.model import Page
from fivegwatch.sources.warc.pages import WarcItem, WarcPage, read_pages
from fivegwatch.sources.warc.records import START, Cursor
from tests.packing import zstd_pack

HTML = b"<!doctype html><title>Story</title><p>A story of some length, told in one paragraph."
NAME = "CC-NEWS-20231023153650-02160.warc.gz"


def record(
    body: bytes = HTML,
    *,
    url: str = "https://news.example/story",
    status: str = "200 OK",
    headers: tuple[str, ...] = ("Content-Type: text/html; charset=utf-8",),
    kind: str = "response",
    fields: tuple[str, ...] = (),
    date: str = "2023-10-23T15:36:51Z",
) -> bytes:
    http = "\r\n".join((f"HTTP/1.1 {status}", *headers)).encode() + b"\r\n\r\n" + body
    head = (
        f"WARC-Type: {kind}",
        f"WARC-Date: {date}",
        f"WARC-Target-URI: {url}",
        *fields,
        f"Content-Length: {len(http)}",
    )
    return "\r\n".join(("WARC/1.0", *head)).encode() + b"\r\n\r\n" + http + b"\r\n\r\n"


def numbered(count: int, size: int = 300) -> list[bytes]:
    chance = random.Random(1)
    return [
        record(HTML + f"<p>{n}</p>".encode() + chance.randbytes(size).hex().encode(), url=f"https://news.example/{n}")
        for n in range(count)
    ]  # fmt: skip


PACKINGS: dict[str, Callable[[bytes], bytes]] = {"plain": bytes, "gzip": gzip.compress, "zstd": zstd_pack}


def read(data: bytes, start: Cursor = START, limits: Limits | None = None) -> list[WarcItem]:
    return list(read_pages(io.BytesIO(data), name=NAME, start=start, limits=limits or Limits()))


def reasons(items: list[WarcItem]) -> list[str]:
    return ["page" if isinstance(item, WarcPage) else item.reason for item in items]


def urls(items: list[WarcItem]) -> list[str]:
    return [item.page.final_url for item in items if isinstance(item, WarcPage)]


def one_page(data: bytes) -> Page:
    (item,) = read(data)
    assert isinstance(item, WarcPage), item
    return item.page
