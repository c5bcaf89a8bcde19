"""Pages in WARC files of any origin. A capture that is not a page is returned as a `WarcSkip`, with the reason.

records -> responses and resources -> status, address, headers -> body, unpacked -> `Page`

Standard: WARC 1.1 (ISO 28500:2017) response and resource records; RFC 9112 for the message inside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from fivegwatch.extractors.errors import FetchError, unexpected
from fivegwatch.extractors.limits import LIMITS, Limits
from fivegwatch.extractors.model import Origin, Page
from fivegwatch.extractors.web.codings import CodingError, TooMuchError, decoded, packed_by
from fivegwatch.extractors.web.sniff import looks_like_html
from fivegwatch.extractors.web.urls import web_address
from fivegwatch.sources.http.responses import (
    Head,
    Wanted,
    clean_validator,
    refuse_content,
    refuse_type,
    says_html,
)
from fivegwatch.sources.warc.records import START, Cursor, Damage, Located, Record, read_records

_KIND = re.compile(rb"\nWARC-Type[ \t]*:[ \t]*([a-z-]+)", re.IGNORECASE)
_FIELD = rb"\n%s[ \t]*:[ \t]*([^\r\n]*)"
_URI, _DATE, _CUT, _TYPE = (
    re.compile(_FIELD % name, re.IGNORECASE)
    for name in (b"WARC-Target-URI", b"WARC-Date", b"WARC-Truncated", b"Content-Type")
)
_BESIDE = frozenset({b"warcinfo", b"request", b"metadata"})
"""Kinds of records that only describe captures; they are left out."""
_NO_PAGE = frozenset({b"revisit", b"conversion", b"continuation"})
"""Kinds of records that hold no page; they are returned as skipped."""
_STATUS = re.compile(rb"(?:[ \t]*\r?\n){0,4}HTTP/\d(?:\.\d+)?[ \t]+(\d{3})\b", re.IGNORECASE)
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_CHUNK = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_TRANSFER = frozenset({"gzip", "x-gzip", "deflate"})
"""Transfer codings that are undone, besides ``chunked``."""
_REDUCED = re.compile(r"\d{4}(?:-\d\d)?")
_WANTED = Wanted(accept="", wire_bytes=0, body_bytes=0, total_s=0.0, html_only=True)

EARLIEST = datetime(1991, 1, 1, tzinfo=UTC)
"""The first web page was published in this year; an earlier capture time is wrong."""
CLOCKS_DIFFER = timedelta(days=1)
"""How far a crawler's clock may be ahead of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcPage(Located):
    """A page and its offset in the file."""

    page: Page
    is_dated: bool
    """False if the record has no plausible capture time; then the time of the file, or the current time, is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcSkip(Located):
    """A capture that is not a page."""

    reason: str
    """``http_404`` and so on, ``not_html``, ``empty``, ``truncated``, ``decode``, ``too_large``, ``head_too_large``,
    ``not_http``, a kind of error of ``web_address``; or the kind of record: ``revisit``, ``conversion``,
    ``continuation``, ``other_kind``."""
    url: str
    """The address as the record states it."""


WarcItem = WarcPage | WarcSkip | Damage


def read_pages(
    source: BinaryIO | Path | str,
    *,
    name: str,
    start: Cursor = START,
    now: datetime | None = None,
    limits: Limits = LIMITS,
) -> Iterator[WarcItem]:
    """Every capture in a ``.warc``, ``.warc.gz`` or ``.warc.zst`` file, in the order of the file, in limited memory.

    ``source`` is a path or a seekable binary file. ``name`` is how pages refer to it: ``Origin.locator`` is
    ``name@offset``, with ``+bytes`` for the second and later records of one gzip member. ``start`` is where to begin:
    the ``after`` of an earlier item. A capture time later than ``now`` (default: the clock) is implausible.

    Raises: FetchError of kind ``not_warc`` if the file is of another kind (the message names the remedy); OSError.
    """
    if isinstance(source, str | Path):
        with Path(source).open("rb") as handle:
            yield from read_pages(handle, name=name, start=start, now=now, limits=limits)
        return
    file = _File(source, name, now or datetime.now(UTC), limits)
    for record in read_records(source, name, start=start, most=limits.page_wire + limits.head_wire):
        if isinstance(record, Damage):
            yield record
            continue
        what = _kind(record)
        if what in (b"response", b"resource"):
            yield _item(record, file, _response if what == b"response" else _resource)
        elif what not in _BESIDE:
            yield _skip(record, what.decode() if what in _NO_PAGE else "other_kind")


class _File:
    """The file that is read, with what is needed to read its records: its name, its date, the limits."""

    def __init__(self, handle: BinaryIO, name: str, now: datetime, limits: Limits) -> None:
        self.handle, self.name, self.now, self.limits = handle, name, now, limits
        self._begun_at: datetime | None = None

    def captured_at(self, record: Record) -> datetime | None:
        """When ``record`` was captured; None if it has no plausible time."""
        return _moment(_field(record, _DATE), self.now)

    def begun_at(self) -> datetime:
        """When the file was begun: the date of its first record if that is a warcinfo record, else the current time."""
        if self._begun_at is None:
            offset = self.handle.tell()
            first = next(read_records(self.handle, self.name, most=0), None)
            self.handle.seek(offset)
            date = (
                self.captured_at(first) if isinstance(first, Record) and _kind(first) == b"warcinfo" else None
            )
            self._begun_at = date or self.now
        return self._begun_at


def _moment(text: str, now: datetime) -> datetime | None:
    """The time in a WARC-Date, which may be incomplete (``2021-03``); None if ``text`` is no date or an implausible
    one.
    """
    if _REDUCED.fullmatch(text):
        text += "-01" if "-" in text else "-01-01"
    try:
        moment = datetime.fromisoformat(text)
        moment = moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return moment if EARLIEST <= moment <= now + CLOCKS_DIFFER else None


def _kind(record: Record) -> bytes:
    kind = _KIND.search(record.head)
    return kind.group(1).lower() if kind else b""


def _item(
    record: Record, file: _File, answer: Callable[[Record, Limits], _Answer]
) -> WarcPage | WarcSkip | Damage:
    moment = file.captured_at(record)
    try:
        page = _page(answer(record, file.limits), record, file, moment or file.begun_at())
    except FetchError as exc:
        return _skip(record, exc.kind)
    except (MemoryError, OSError):
        raise
    except Exception as exc:  # a bug in our code; one page must not end the reading of the file
        return Damage(
            reason="unexpected", message=f"{_field(record, _URI)}: {unexpected(exc)}",
            at=record.at, after=record.after, read_to=record.read_to,
        )  # fmt: skip
    return WarcPage(
        page=page, is_dated=moment is not None, at=record.at, after=record.after, read_to=record.read_to
    )


def _skip(record: Record, reason: str) -> WarcSkip:
    return WarcSkip(
        reason=reason, url=_field(record, _URI), at=record.at, after=record.after, read_to=record.read_to
    )


def _field(record: Record, pattern: re.Pattern[bytes]) -> str:
    value = pattern.search(record.head)
    return value.group(1).decode("utf-8", "replace").strip(" \t<>") if value else ""


_Answer = tuple[Head, bytes]
"""Status, headers and unpacked body of a capture."""


def _response(record: Record, limits: Limits) -> _Answer:
    """The captured answer in a response record. Raises: FetchError if it is not a page; its kind says why."""
    given, content = _field(record, _URI), _content(record)
    line = _STATUS.match(content, record.begin, record.end)
    if line is None:
        raise _no_page(given, "not_http", "the record holds no HTTP response")
    status = int(line.group(1))
    if status != 200:
        raise _no_page(given, f"http_{status}", f"the server answered {status}")
    url = _address(record, limits)
    end = _HEAD_END.search(content, line.end(), min(line.end() + limits.head_wire, record.end))
    if end is None:
        if record.end - line.end() > limits.head_wire:
            raise _no_page(given, "head_too_large", f"headers of more than {limits.head_wire:,} bytes")
        raise _no_page(given, "empty", "nothing follows the headers")
    head = Head(url, status, _headers(content[line.end() : end.start()]))
    refuse_type(head, _WANTED)
    return head, _body(head, content[end.end() : record.end], limits)


def _resource(record: Record, limits: Limits) -> _Answer:
    """The captured page in a resource record, which states the type itself. Raises: FetchError as `_response` does."""
    content = _content(record)
    fields = [(b"content-type", _field(record, _TYPE).encode())]
    refuse_type(Head(_field(record, _URI), 200, fields), _WANTED)
    head = Head(_address(record, limits), 200, fields)
    return head, _body(head, content[record.begin : record.end], limits)


def _content(record: Record) -> bytes:
    if record.data is None:
        raise _no_page(_field(record, _URI), "too_large", "the record is too large")
    return record.data


def _address(record: Record, limits: Limits) -> str:
    """The address of a record. Raises: FetchError if it is unusable, or if the crawler cut the record short."""
    given = _field(record, _URI)
    url = web_address(given, max_chars=limits.url_chars)
    if _CUT.search(record.head):
        raise _no_page(given, "truncated", "the crawler kept a part only")
    return url


def _page(answer: _Answer, record: Record, file: _File, captured_at: datetime) -> Page:
    """The captured page. Raises: FetchError if ``answer`` is not a page; its kind says why."""
    (head, body), limits = answer, file.limits
    if not body or body.isspace():
        raise head.error("empty", "the page is empty")
    refuse_content(head, body, _WANTED)
    return Page(
        requested_url=head.url,
        final_url=head.url,
        status=head.status,
        content_type=head.get("content-type"),
        body=body,
        captured_at=captured_at,
        origin=Origin(kind="warc", locator=f"{file.name}@{record.at}"),
        etag=clean_validator(head.get("etag"), limits),
        last_modified=clean_validator(head.get("last-modified"), limits),
        headers=head.kept(),
    )


def _no_page(url: str, kind: str, why: str) -> FetchError:
    return FetchError(f"{url}: {why}", url=url, kind=kind, transient=False)


def _headers(lines: bytes) -> list[tuple[bytes, bytes]]:
    split = (line.partition(b":") for line in lines.split(b"\n"))
    return [(key.strip(), value.strip()) for key, colon, value in split if colon]


def _body(head: Head, body: bytes, limits: Limits) -> bytes:
    """``body`` without its transfer and content codings. Raises: FetchError of kind ``decode`` or ``too_large``."""
    transfer = [name.strip() for name in head.get("transfer-encoding").lower().split(",")]
    if "chunked" in transfer:
        body = _without_chunks(body, head)
    packed = ",".join(name for name in transfer if name in _TRANSFER)
    try:
        body = _decoded(head, body, packed, limits)
    except TooMuchError as exc:
        raise head.error("too_large", f"more than {limits.page_body:,} bytes") from exc
    except CodingError as exc:
        raise head.error("decode", f"the body cannot be decoded: {exc}") from exc
    if len(body) > limits.page_body:
        raise head.error("too_large", f"more than {limits.page_body:,} bytes")
    return body


def _decoded(head: Head, body: bytes, transfer: str, limits: Limits) -> bytes:
    """The body without its transfer coding, its content codings, and codings that no header names.

    Crawlers store bodies decoded, encoded, or decoded under headers that still say encoded. So the bytes themselves
    decide what is undone.

    Raises: CodingError, TooMuchError.
    """
    bounds = {"at_most": limits.content_codings, "cap": limits.page_body}

    def is_packed() -> str:
        coding = packed_by(body)
        return coding if coding and says_html(head) else ""

    with suppress(CodingError):  # most crawlers undo the transfer coding and keep its header
        body = decoded(body, transfer, **bounds)
    try:
        body = decoded(body, head.get("content-encoding"), **bounds)
    except CodingError:
        if not (looks_like_html(body) or is_packed()):
            raise
    for _ in range(limits.content_codings):
        coding = is_packed()
        if not coding:
            break
        body = decoded(body, coding, **bounds)
    return body


def _without_chunks(body: bytes, head: Head) -> bytes:
    """The body without the frames of chunked coding, if it has any. Raises: FetchError of kind ``decode``."""
    pieces: list[bytes] = []
    at = 0
    while (size := _CHUNK.match(body, at)) is not None:
        length = int(size.group(1), 16)
        if length == 0:
            return b"".join(pieces)
        at = size.end() + length
        pieces.append(body[size.end() : at])
        if at > len(body):
            break
        at += 2 if body.startswith(b"\r\n", at) else 1 if body.startswith(b"\n", at) else 0
    if not pieces and looks_like_html(body):
        return body
    if at == len(body) and pieces:
        return b"".join(pieces)  # the crawler left out the last, empty chunk
    raise head.error("decode", "the chunks of the body are cut short or damaged")
