"""A press of the past for backfills: the newsroom's own pages under addresses of 2023, as archives and as sites."""

from __future__ import annotations

import gzip
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import duckdb

from fivegwatch.flows.demo.site import Site
from fivegwatch.flows.settings.settings import FILE_NAME
from fivegwatch.storage.connections import STORAGE_VERSION
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.schema.migrate import migrate
from tests.flows.stored import write_small_watchlist

OPENED = datetime(2023, 10, 20, 12, 0, tzinfo=UTC)
CAPTURED = datetime(2023, 10, 23, 15, 36, 51, tzinfo=UTC)
BASE = "https://press.example"


@dataclass(frozen=True, slots=True, kw_only=True)
class OldPage:
    """A page as it was."""

    url: str
    body: bytes
    content_type: str
    captured_at: datetime = CAPTURED


@cache
def old_pages(base: str = BASE) -> tuple[OldPage, ...]:
    """Every article of the newsroom, captured one minute after the other."""
    documents = sorted(Site(base, now=OPENED, edition=1).documents.items())
    pages = [
        (path, doc)
        for path, doc in documents
        if doc.content_type.startswith("text/html") and doc.status == 200
    ]
    return tuple(
        OldPage(
            url=base + path, body=doc.body, content_type=doc.content_type, captured_at=CAPTURED + timedelta(minutes=n)
        )
        for n, (path, doc) in enumerate(pages)
        if not path.endswith("/")
    )  # fmt: skip


def write_warc(path: Path, pages: Iterable[OldPage], *, damage_after: int | None = None) -> Path:
    """A gzip WARC of ``pages`` as a news crawl writes it: a member a record, a request before each response."""
    out = [_member("warcinfo", "", CAPTURED, b"software: test\r\n", "application/warc-fields")]
    for number, page in enumerate(pages):
        asked = b"GET / HTTP/1.1\r\nUser-Agent: test\r\n\r\n"
        answered = f"HTTP/1.1 200 OK\r\nContent-Type: {page.content_type}\r\n\r\n".encode() + page.body
        out.append(_member("request", page.url, page.captured_at, asked, "application/http; msgtype=request"))
        out.append(
            _member("response", page.url, page.captured_at, answered, "application/http; msgtype=response")
        )
        if number == damage_after:
            out.append(b"\x1f\x8b\x08\x00 this is no gzip member \x00" * 3)
    path.write_bytes(b"".join(out))
    return path


def _member(kind: str, url: str, moment: datetime, block: bytes, content_type: str) -> bytes:
    fields = [
        f"WARC-Type: {kind}",
        f"WARC-Date: {moment:%Y-%m-%dT%H:%M:%SZ}",
        f"Content-Type: {content_type}",
    ]
    fields += [f"WARC-Target-URI: {url}"] if url else []
    head = "\r\n".join(["WARC/1.0", *fields, f"Content-Length: {len(block)}"]).encode()
    return gzip.compress(head + b"\r\n\r\n" + block + b"\r\n\r\n", mtime=0)


def make_home(
    folder: Path,
    *,
    allow: Sequence[tuple[str, int]] = (),
    services: dict[str, str] | None = None,
    limits: dict[str, float] | None = None,
    shipped_watchlist: bool = False,
    workers: int = 1,
) -> Path:
    """A working directory with an empty corpus, which may contact these loopback addresses.

    Its watchlist has four languages only, unless it is to be the shipped one. One child reads, because each that is
    started takes half a second; tests about several at once ask for two.
    """
    folder.mkdir(parents=True, exist_ok=True)
    allowed = ", ".join(f'"{host}:{port}"' for host, port in allow)
    lines = [f"allow_addresses = [{allowed}]", 'contact = "mailto:test@example.org"', f"workers = {workers}"]
    if services:
        lines += ["", "[services]", *(f'{name} = "{address}"' for name, address in services.items())]
    if limits:
        lines += ["", "[limits]", *(f"{name} = {value}" for name, value in limits.items())]
    if not shipped_watchlist:
        write_small_watchlist(folder / "watchlist")
    (folder / FILE_NAME).write_text("\n".join(lines) + "\n", encoding="utf-8")
    store = Layout.for_database(folder / "corpus.duckdb").store
    store.parent.mkdir(parents=True, exist_ok=True)
    if not store.exists():
        store.write_bytes(_empty_store())
    return folder


@cache
def _empty_store() -> bytes:
    """A store without rows, as `init` makes it; made once, as that takes longer than many tests."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "corpus.duckdb"
        with duckdb.connect(str(path), config={"storage_compatibility_version": STORAGE_VERSION}) as con:
            migrate(con)
        return path.read_bytes()
