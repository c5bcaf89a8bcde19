"""Reading one HTTP response: head, the pace it asks for, whether its body is wanted, the body, bounded."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

import httpcore2

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.limits import Limits
from fivegwatch.extractors.web.codings import ACCEPTED, CodingError, Decoding, TooMuchError, parse_codings
from fivegwatch.extractors.web.media_types import HTML_TYPES, XML_TYPES, media_type
from fivegwatch.extractors.web.sniff import file_format, is_binary, is_html, is_utf_16, looks_like_html
from fivegwatch.sources.http.failures import LATER_STATUSES, Wire

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
ERROR_BYTES = 64 * 1024
"""How much of an error's body is read."""
KEPT_HEADERS = frozenset({"cf-mitigated", "content-language", "x-robots-tag", "x-wp-totalpages"})


class Sink(Protocol):
    """Takes one answer as it comes in: what is too large for the memory."""

    async def receive(self, head: Head, response: httpcore2.Response, wire: Wire) -> None:
        """Judge the head, take the body, count its bytes in ``wire``. Raises: FetchError, what the network raises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What kind of document is asked for, and how much of it will be taken."""

    accept: str
    wire_bytes: int
    body_bytes: int
    total_s: float
    html_only: bool = False
    cut: bool = False
    """Keep the beginning of a document that is too large, instead of refusing it."""
    codings: str = ACCEPTED
    """Content codings we ask for."""
    read_s: float | None = None
    """Longest silence, where it is not the usual one."""
    sink: Sink | None = None
    """Takes the answer instead of our reading it; then nothing is asked twice here, and the host's pace is the
    caller's to keep."""
    salvage: bool = False
    """Keep what could be decoded of a damaged body: its reader sees for itself that it is cut short."""
    any_status: bool = False
    """Errors and redirects are answers too: what they mean is the caller's to say."""
    any_success: bool = False
    """Take the content of every 2xx, not of 200 alone."""
    raw: bool = False
    """Leave the body in its content codings."""


class Head:
    """Status and headers of a response; names in lower case, bytes outside ASCII kept as they came."""

    def __init__(self, url: str, status: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self.url = url
        self.status = status
        self._fields = [(name.decode("latin-1").lower(), value) for name, value in headers]

    def get(self, name: str) -> str:
        """The value of a header, several joined by ``, ``; empty when absent."""
        return ", ".join(value.decode("latin-1") for found, value in self._fields if found == name)

    def location(self) -> str:
        """The redirect target, bytes outside ASCII percent-encoded as they came; empty when absent."""
        for name, value in self._fields:
            if name == "location":
                return "".join(chr(byte) if byte < 0x80 else f"%{byte:02X}" for byte in value).strip()
        return ""

    def kept(self) -> tuple[tuple[str, str], ...]:
        """The headers that later stages look at."""
        return tuple((n, v.decode("latin-1")) for n, v in self._fields if n in KEPT_HEADERS)

    def error(
        self, kind: str, why: str, *, transient: bool = False, retry_after_s: float | None = None
    ) -> FetchError:
        """A FetchError about this response."""
        return FetchError(
            f"{self.url}: {why}",
            url=self.url,
            kind=kind,
            transient=transient,
            status=self.status,
            retry_after_s=retry_after_s,
        )


def clean_validator(value: str | None, limits: Limits) -> str | None:
    """An ETag or Last-Modified exactly as received, or None when it is too long or not printable ASCII."""
    if not value or len(value) > limits.validator_chars or value != value.strip():
        return None
    return value if value.isascii() and value.isprintable() else None


def retry_after(value: str, limits: Limits, *, own: bool) -> float | None:
    """Seconds a Retry-After header asks for, clamped; None for garbage, a past date or no header.

    On the operator's ``own`` machines there is no lower bound. Standard: RFC 9110 10.2.3.
    """
    value = value.strip()
    if re.fullmatch(r"[0-9]+", value):
        seconds = float(value[:12]) if len(value) <= 12 else limits.retry_after_max_s
    else:
        try:
            when = parsedate_to_datetime(value[:64])
        except (ValueError, TypeError, OverflowError, IndexError):  # what the parser raises on garbage
            return None
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        seconds = (when - datetime.now(UTC)).total_seconds()
        if seconds <= 0:
            return None
    return min(max(seconds, 0.0 if own else limits.retry_after_min_s), limits.retry_after_max_s)


def refuse_status(head: Head, limits: Limits, *, own: bool, any_success: bool = False) -> None:
    """Raises: FetchError unless the status is 200, the one that carries a document; or any 2xx, if that will do."""
    if head.status == 200 or (any_success and 200 <= head.status < 300):
        return
    if head.status == 304:
        raise head.error("not_modified_unasked", "304 although nothing was asked conditionally")
    # A bot challenge is the mood of a moment, not a verdict on the page.
    later = head.status in LATER_STATUSES or head.get("cf-mitigated") != ""
    raise head.error(
        f"http_{head.status}",
        f"the server answered {head.status}",
        transient=later,
        retry_after_s=retry_after(head.get("retry-after"), limits, own=own) if later else None,
    )


def refuse_type(head: Head, want: Wanted) -> None:
    """Raises: FetchError(kind ``not_html``) when the headers alone say that this is no page."""
    if not want.html_only:
        return
    served = media_type(head.get("content-type"))
    if served and served not in HTML_TYPES | XML_TYPES:
        raise head.error("not_html", f"{served[:80]} is not a page")
    if head.get("content-disposition").strip().lower().startswith("attachment"):
        raise head.error("not_html", "a download, not a page")


def says_html(head: Head) -> bool:
    """Whether the headers say that this is a page."""
    return media_type(head.get("content-type")) in HTML_TYPES


def refuse_content(head: Head, body: bytes, want: Wanted) -> None:
    """Raises: FetchError(kind ``not_html``) when the bytes are no page, whatever the headers say."""
    if not want.html_only:
        return
    if kind := file_format(body):
        raise head.error("not_html", f"not a page: the bytes are of a {kind} file")
    if is_utf_16(body):
        return
    if is_binary(body):
        raise head.error("not_html", "not a page: the bytes are binary")
    served = media_type(head.get("content-type"))
    is_page = is_html if served in XML_TYPES else looks_like_html
    if body[:1024].strip() and served not in HTML_TYPES and not is_page(body):
        raise head.error("not_html", "not a page: it has no tag of HTML")


async def read_body(
    head: Head, response: httpcore2.Response, want: Wanted, limits: Limits, wire: Wire
) -> bytes:
    """The body, decoded from its content codings.

    Raises: FetchError of kind ``too_large`` (on the wire or decoded) or ``decode``; what the network raises.
    """
    length = head.get("content-length")
    if not want.cut and length.isdecimal() and int(length[:20]) > want.wire_bytes:
        raise head.error("too_large", f"{int(length[:20]):,} bytes announced, more than {want.wire_bytes:,}")
    try:
        header = "" if want.raw else head.get("content-encoding")
        codings = parse_codings(header, at_most=limits.content_codings)
        return await _read(head, response, want, codings, wire)
    except CodingError as exc:
        raise head.error("decode", f"the body cannot be decoded: {exc}") from exc


async def read_error(
    head: Head, response: httpcore2.Response, want: Wanted, limits: Limits, wire: Wire
) -> bytes:
    """The beginning of an error's body, for the words in it; empty when it cannot be decoded."""
    brief = replace(want, cut=True, raw=False, wire_bytes=ERROR_BYTES, body_bytes=ERROR_BYTES)
    try:
        return await read_body(head, response, brief, limits, wire)
    except FetchError as exc:
        if exc.kind != "decode":
            raise
        return b""


async def _read(
    head: Head, response: httpcore2.Response, want: Wanted, codings: tuple[str, ...], wire: Wire
) -> bytes:
    decoding = Decoding(codings, want.body_bytes)
    body = bytearray()
    try:
        async for part in response.aiter_stream():
            wire.body_bytes += len(part)
            _extend(body, decoding.feed(part), want.body_bytes)
            _check_wire(wire, want)
        decoding.finish()
    except TooMuchError as exc:
        if want.cut:
            return bytes(body[: want.body_bytes])
        raise head.error("too_large", f"more than {want.body_bytes:,} bytes") from exc
    except CodingError:
        if not (want.salvage and body):
            raise
    return bytes(body)


def _check_wire(wire: Wire, want: Wanted) -> None:
    if wire.body_bytes > want.wire_bytes:
        raise TooMuchError


def _extend(body: bytearray, pieces: Iterable[bytes], cap: int) -> None:
    for piece in pieces:
        body += piece
        if len(body) > cap:
            raise TooMuchError
