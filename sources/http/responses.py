"""Reading one HTTP response: head -> status refused? -> type refused? -> body, bounded -> content refused?

The bounds are those of `extractors.limits`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Protocol

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.limits import Limits
from fivegwatch.extractors.web.codings import ACCEPTED, CodingError, Decoding, TooMuchError, parse_codings
from fivegwatch.extractors.web.media_types import HTML_TYPES, XML_TYPES, media_type
from fivegwatch.extractors.web.sniff import file_format, is_binary, is_html, is_utf_16, looks_like_html
from fivegwatch.sources.http.connection import Response, Wire
from fivegwatch.sources.http.failures import LATER_STATUSES

REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT = frozenset({301, 308})
ERROR_BYTES = 64 * 1024
"""Most bytes that are read of an error's body."""
KEPT_HEADERS = frozenset({"cf-mitigated", "content-language", "x-robots-tag", "x-wp-totalpages"})


class Sink(Protocol):
    """Receives a response piece by piece, for files that are too large for the memory."""

    async def receive(self, head: Head, response: Response, wire: Wire) -> None:
        """Check ``head``, read the body, and count its bytes in ``wire``. Raises: FetchError, and errors of the
        network.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The headers of a request, and which answers are accepted."""

    accept: str
    wire_bytes: int
    body_bytes: int
    total_s: float
    html_only: bool = False
    cut: bool = False
    """Keep the beginning of a document that is too large, instead of refusing the document."""
    codings: str = ACCEPTED
    """The value of the Accept-Encoding header."""
    read_s: float | None = None
    """How many seconds the server may be silent; None for the usual limit."""
    sink: Sink | None = None
    """Receives the body, instead of `Reply.body`. If it is set, nothing is retried, and a failure does not pause the
    host.
    """
    salvage: bool = False
    """If a body is damaged, keep the part that could be decoded; whoever parses it notices that the end is missing."""
    any_status: bool = False
    """Accept every status; the caller interprets it."""
    any_success: bool = False
    """Accept every 2xx, not only 200."""
    raw: bool = False
    """Leave the body compressed, as the server sent it."""


class Head:
    """Status and headers of a response. Header names are in lower case, values as received."""

    def __init__(self, url: str, status: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
        self.url = url
        self.status = status
        self._fields = [(name.decode("latin-1").lower(), value) for name, value in headers]

    def get(self, name: str) -> str:
        """The value of the header ``name``; several values are joined by ``, ``; empty if there is no such header."""
        return ", ".join(value.decode("latin-1") for field, value in self._fields if field == name)

    def location(self) -> str:
        """The target of a redirect, with bytes outside ASCII percent-encoded; empty if there is none."""
        for name, value in self._fields:
            if name == "location":
                return "".join(chr(byte) if byte < 0x80 else f"%{byte:02X}" for byte in value).strip()
        return ""

    def kept(self) -> tuple[tuple[str, str], ...]:
        """The headers that are stored with a page (`KEPT_HEADERS`)."""
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
    """The ETag or Last-Modified ``value`` unchanged; None if it is too long or not printable ASCII."""
    if not value or len(value) > limits.validator_chars or value != value.strip():
        return None
    return value if value.isascii() and value.isprintable() else None


def http_date(text: str) -> datetime | None:
    """The moment (UTC) that the header value ``text`` names; None if it is missing or no date, such as "0" or "-1"."""
    try:
        moment = parsedate_to_datetime(text[:64])
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def retry_after(value: str, limits: Limits, *, own: bool) -> float | None:
    """The seconds that a Retry-After header asks us to wait, within our limits; None if ``value`` is missing,
    unreadable or in the past.

    ``own``: the host is one of the operator's machines, for which there is no lower limit. Standard: RFC 9110 10.2.3.
    """
    value = value.strip()
    if re.fullmatch(r"[0-9]+", value):
        seconds = float(value[:12]) if len(value) <= 12 else limits.retry_after_max_s
    else:
        when = http_date(value)
        seconds = (when - datetime.now(UTC)).total_seconds() if when else 0.0
        if seconds <= 0:
            return None
    return min(max(seconds, 0.0 if own else limits.retry_after_min_s), limits.retry_after_max_s)


def fresh_for(head: Head) -> float:
    """For how many seconds the server says that the answer stays fresh; 0 if it gives no time, or forbids reuse.

    ``max-age`` minus ``Age``, else ``Expires`` minus ``Date``. Standard: RFC 9111 4.2.1, 5.2.2, 5.3.
    """
    directives = head.get("cache-control").lower()
    if re.search(r"\bno-(?:store|cache)\b", directives):
        return 0.0
    age = re.search(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,9})", directives)
    if age:
        spent = head.get("age").strip()
        return max(0.0, float(age[1]) - (float(spent) if re.fullmatch(r"\d{1,9}", spent) else 0.0))
    expires, sent = http_date(head.get("expires")), http_date(head.get("date"))
    return max(0.0, (expires - sent).total_seconds()) if expires and sent else 0.0


def refuse_status(head: Head, limits: Limits, *, own: bool, any_success: bool = False) -> None:
    """Raise FetchError unless the status is 200 (any 2xx if ``any_success`` is set)."""
    if head.status == 200 or (any_success and 200 <= head.status < 300):
        return
    if head.status == 304:
        raise head.error("not_modified_unasked", "304 to a request without conditions")
    # A bot challenge (cf-mitigated) may not come up the next time.
    later = head.status in LATER_STATUSES or head.get("cf-mitigated") != ""
    raise head.error(
        f"http_{head.status}",
        f"the server answered {head.status}",
        transient=later,
        retry_after_s=retry_after(head.get("retry-after"), limits, own=own) if later else None,
    )


def refuse_type(head: Head, want: Wanted) -> None:
    """If ``want`` accepts only pages, refuse attachments and every type that is neither HTML nor XML.

    Raises: FetchError of kind ``not_html``.
    """
    if not want.html_only:
        return
    served = media_type(head.get("content-type"))
    if served and served not in HTML_TYPES | XML_TYPES:
        raise head.error("not_html", f"{served[:80]} is not a page")
    if head.get("content-disposition").strip().lower().startswith("attachment"):
        raise head.error("not_html", "a download, not a page")


def says_html(head: Head) -> bool:
    """Whether the Content-Type is HTML."""
    return media_type(head.get("content-type")) in HTML_TYPES


def refuse_content(head: Head, body: bytes, want: Wanted) -> None:
    """If ``want`` accepts only pages, refuse a ``body`` that is of another file format or binary, whatever the headers
    say; and one without HTML tags, unless the headers say that it is HTML.

    Raises: FetchError of kind ``not_html``.
    """
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


async def read_body(head: Head, response: Response, want: Wanted, limits: Limits, wire: Wire) -> bytes:
    """The body, unpacked from its content codings (gzip, br, ...).

    Raises: FetchError of kind ``too_large`` (as sent or unpacked) or ``decode``; errors of the network.
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


async def read_error(head: Head, response: Response, want: Wanted, limits: Limits, wire: Wire) -> bytes:
    """The first 64 KiB of an error's body, for the error message; empty if the body cannot be decoded."""
    brief = replace(want, cut=True, raw=False, wire_bytes=ERROR_BYTES, body_bytes=ERROR_BYTES)
    try:
        return await read_body(head, response, brief, limits, wire)
    except FetchError as exc:
        if exc.kind != "decode":
            raise
        return b""


async def _read(head: Head, response: Response, want: Wanted, codings: tuple[str, ...], wire: Wire) -> bytes:
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


FEED_TYPES = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.8"
)
SITEMAP_TYPES = "application/xml, text/xml, text/plain;q=0.9, */*;q=0.8"
PAGE_TYPES = "text/html, application/xhtml+xml, */*;q=0.5"


def kinds_of_documents(limits: Limits) -> dict[str, Wanted]:
    """For each kind of document (feed, page, ...): the headers that `Web.fetch` sends, and the answers that it
    accepts.
    """
    listing = Wanted(
        accept="*/*", wire_bytes=limits.listing_body, body_bytes=limits.listing_body, total_s=limits.listing_s
    )
    return {
        "feed": Wanted(
            accept=FEED_TYPES, wire_bytes=limits.feed_wire, body_bytes=limits.feed_body, total_s=limits.document_s
        ),
        "page": Wanted(
            accept=PAGE_TYPES, wire_bytes=limits.page_wire, body_bytes=limits.page_body, total_s=limits.document_s,
            html_only=True,
        ),
        "listing": listing,
        "sitemap": replace(listing, accept=SITEMAP_TYPES, salvage=True),
    }  # fmt: skip


def whole_files(limits: Limits) -> Wanted:
    """The headers that `Web.download` sends, and the answers that it accepts."""
    return Wanted(
        accept="*/*", codings="identity", wire_bytes=limits.download_wire, body_bytes=limits.download_wire,
        total_s=limits.download_s, read_s=limits.download_read_s,
    )  # fmt: skip
