"""Pages from the Wayback Machine, byte for byte as the site sent them on the day of the capture.

address and time -> request -> redirects within the archive -> captured answer -> body, unpacked -> `Page`

``/web/<14 digits>id_/<address>`` gives a capture without the archive's additions. If there is no capture of that
second, the archive redirects to the nearest one; redirects and errors of the site are replayed too. An answer with
``Memento-Datetime`` is what the site sent that day; an answer without it comes from the archive itself, today.

Standard: RFC 7089 (Memento).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.listings.cdx import captured_at
from fivegwatch.extractors.model import Entry, Origin, Page
from fivegwatch.extractors.web.codings import MAGIC, CodingError, Decoding, TooMuchError, packed_by
from fivegwatch.extractors.web.urls import vet_url
from fivegwatch.sources.http.client import Reply, Web
from fivegwatch.sources.http.responses import (
    KEPT_HEADERS,
    REDIRECTS,
    Wanted,
    http_date,
    refuse_content,
    refuse_type,
)
from fivegwatch.sources.services.throttle import Kind, Services, Throttle, is_archived

NEAR = timedelta(days=731)
"""Longest time between the requested and the captured time: years apart, an address may show another story."""
_HOPS = 6
_REPLAY = re.compile(r"(?:https?://web\.archive\.org)?/web/([0-9]{1,14})(?:[a-z]{2}_)?/(.+)", re.DOTALL)
_ORIGINAL = "x-archive-orig-"
_WANTED = {
    "page": Wanted(accept="", wire_bytes=0, body_bytes=LIMITS.page_body, total_s=0, html_only=True),
    "feed": Wanted(accept="", wire_bytes=0, body_bytes=LIMITS.feed_body, total_s=0),
}


async def playback(
    web: Web, entry: Entry, services: Services, throttle: Throttle, *, near: timedelta = NEAR
) -> Page:
    """The page of ``entry`` as it was captured at the time in ``entry.origin.locator`` (14 digits), or nearest to it.

    ``final_url`` is the address at which the captured site answered, never that of the archive. ``captured_at`` and the
    origin's locator are the time of the capture that was found.

    Raises: FetchError. No later attempt succeeds if its kind is ``not_captured``, ``too_far`` (the nearest capture is
    further away than ``near``), ``archive_blocked``, ``http_<status>`` (what the site answered that day), ``not_html``,
    ``decode``, or one that `vet_url` raises. Transient: ``no_memento`` (a page of the archive itself) and faults of the
    service or the network.
    """
    return await replay(web, entry.origin.locator, entry.url, services, throttle, kind="page", near=near)


@dataclass(frozen=True, slots=True)
class _Step:
    timestamp: str
    url: str
    """The captured address, checked."""


async def replay(
    web: Web,
    timestamp: str,
    url: str,
    services: Services,
    throttle: Throttle,
    *,
    kind: Kind = "page",
    near: timedelta = NEAR,
) -> Page:
    """The capture of ``url`` nearest to ``timestamp``, found as `playback` describes; ``kind`` may also be a feed."""
    step = _Step(timestamp, vet_url(url, allow=web.allow))
    wanted = _time_of(timestamp, url)
    seen: set[_Step] = set()
    while step not in seen and len(seen) < _HOPS:
        seen.add(step)
        address = f"{services.wayback.rstrip('/')}/web/{step.timestamp}id_/{step.url}"
        reply = await throttle.ask(web, "replay", address, kind=kind, raw=True)
        if reply.head.status in REDIRECTS:
            step = _follow(web, reply, step, services)
            continue
        _refuse(reply, step)
        taken = _capture_time(reply, step)
        if abs(taken - wanted) > near:
            raise reply.head.error("too_far", f"the nearest capture is of {taken:%Y-%m-%d}")
        return _page(reply, step, taken, requested=url, kind=kind)
    raise FetchError(
        f"{url}: the captured redirects lead nowhere", url=url, kind="too_many_redirects", transient=False
    )


def _time_of(timestamp: str, url: str) -> datetime:
    try:
        return captured_at(timestamp)
    except ValueError as exc:
        raise FetchError(f"{url}: {exc}", url=url, kind="bad_timestamp", transient=False) from exc


def _follow(web: Web, reply: Reply, step: _Step, services: Services) -> _Step:
    """The address and time to which a redirect leads. A redirect that was captured may name an address of the site
    itself.
    """
    location = reply.head.location()
    inside = _REPLAY.fullmatch(location.removeprefix(services.wayback.rstrip("/")))
    if inside:
        timestamp = inside[1] if len(inside[1]) == 14 else step.timestamp
        return _Step(timestamp, vet_url(inside[2], allow=web.allow))
    if not is_archived(reply) or not location:
        raise reply.head.error(
            "no_location", "the redirect of the archive names no address that can be followed"
        )
    return _Step(step.timestamp, vet_url(location, base=step.url, allow=web.allow))


def _refuse(reply: Reply, step: _Step) -> None:
    """Raise FetchError unless ``reply`` is a capture with status 200."""
    status = reply.head.status
    if is_archived(reply):
        if status != 200:
            raise reply.head.error(f"http_{status}", f"{step.url} answered {status} when it was captured")
    elif blocked := blocked_by_archive(reply):
        raise blocked
    elif status == 404:
        raise reply.head.error("not_captured", f"no capture of {step.url}")
    elif status == 200:
        raise reply.head.error("no_memento", "a page of the archive's own, no capture", transient=True)
    else:
        raise reply.head.error(f"http_{status}", f"the archive answered {status}")


def blocked_by_archive(reply: Reply) -> FetchError | None:
    """The error to raise if ``reply`` says that the archive never shows this site (its owner or its robots.txt forbids
    it); None for any other reply.
    """
    words = reply.head.get("x-archive-wayback-runtime-error") + reply.body[:2_000].decode("latin-1")
    if reply.head.status == 403 and re.search(r"AccessControlException|Blocked Site", words):
        return reply.head.error("archive_blocked", "the archive does not show this site")
    return None


def _capture_time(reply: Reply, step: _Step) -> datetime:
    """When the capture was made, by its ``Memento-Datetime`` or else by its address."""
    return http_date(reply.head.get("memento-datetime")) or _time_of(step.timestamp, step.url)


def _page(reply: Reply, step: _Step, taken: datetime, *, requested: str, kind: Kind) -> Page:
    want = _WANTED[kind]
    refuse_type(reply.head, want)
    body = _decoded(reply, want.body_bytes)
    refuse_content(reply.head, body, want)
    headers = ((name, reply.head.get(_ORIGINAL + name)) for name in sorted(KEPT_HEADERS))
    return Page(
        requested_url=requested,
        final_url=step.url,
        status=200,
        content_type=reply.head.get("content-type"),
        body=body,
        captured_at=taken,
        origin=Origin(kind="wayback", locator=f"{taken:%Y%m%d%H%M%S}"),
        headers=tuple((name, value) for name, value in headers if value),
    )


_KNOWN = frozenset({"gzip", "deflate", "br", "zstd"})


def _decoded(reply: Reply, cap: int) -> bytes:
    """The body, unpacked from its content codings, whether these are declared, wrongly declared or not declared.

    Raises: FetchError of kind ``decode`` (the packed data break off) or ``too_large``.
    """
    header = reply.head.get("content-encoding").lower().split(",")
    declared = [name.strip().removeprefix("x-") for name in header]
    body = reply.body
    try:
        for coding in reversed([name for name in declared if name in _KNOWN][:2]):
            body = _undo(body, coding, cap)
        for _ in range(2):
            coding = packed_by(body)
            body = _undo(body, coding, cap) if coding else body
    except CodingError as exc:
        raise reply.head.error("decode", f"the captured body cannot be decoded: {exc}") from exc
    except TooMuchError as exc:
        raise reply.head.error("too_large", f"more than {cap:,} bytes") from exc
    return body if _is_text(body) else _undo_brotli(body, cap)


def _undo(body: bytes, coding: str, cap: int) -> bytes:
    """``body`` unpacked from ``coding``; unchanged if it clearly does not have this coding."""
    magic = next((magic for magic, name in MAGIC.items() if name == coding), b"")
    if (magic and not body.startswith(magic)) or (coding in ("br", "deflate") and _is_text(body)):
        return body
    decoding = Decoding((coding,), cap)
    whole = b"".join(decoding.feed(body))
    decoding.finish()
    return whole


def _is_text(body: bytes) -> bool:
    start = body[:512].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start[:1] in (b"<", b"{", b"") or start[:2] in (b"\xff\xfe", b"\xfe\xff", b"\x00<")


def _undo_brotli(body: bytes, cap: int) -> bytes:
    """``body`` unpacked from Brotli. Brotli has no magic bytes, so ``body`` is unpacked if it is not text and becomes
    text.
    """
    try:
        whole = _undo(body, "br", cap)
    except (CodingError, TooMuchError):
        return body
    return whole if _is_text(whole) else body
