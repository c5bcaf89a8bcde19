"""Turns network exceptions into `FetchError`: its kind, whether a later attempt may succeed, and a message that says
what failed.

All kinds are listed in `fivegwatch.extractors.errors.KINDS`.
"""

from __future__ import annotations

import errno
import socket

import h11

from fivegwatch.extractors.errors import FetchError
from fivegwatch.sources.http.connection import StalledError, Wire, WireLimitError
from fivegwatch.sources.http.guard import BlockedAddressError, NoAddressError

EXPECTED = (
    BlockedAddressError,
    NoAddressError,
    WireLimitError,
    StalledError,
    OSError,
    h11.ProtocolError,
)
"""Exceptions that ``explain`` turns into a FetchError; any other is a bug."""

RETRY_AT_ONCE = frozenset({"connect", "connection", "local_resources", "http_502", "http_503", "http_504"})
"""Kinds of failures that are retried within the same fetch: no byte of a body was received."""

LATER_STATUSES = frozenset({408, 421, 423, 425, 429, *range(500, 1000)})
"""Statuses after which a later attempt may succeed. An unknown 5xx or a number beyond 599 counts as 500 (RFC 9110 15).
525 to 527 are TLS failures behind Cloudflare; 511 is the login page of our own network."""


def explain(exc: BaseException, url: str, wire: Wire) -> FetchError:
    """The FetchError for the exception ``exc``, which ended the request for ``url``; ``wire`` says how far the request
    got.
    """
    kind, transient, message = _classify(exc, wire)
    return FetchError(f"{url}: {message}", url=url, kind=kind, transient=transient)


def _classify(exc: BaseException, wire: Wire) -> tuple[str, bool, str]:
    if isinstance(exc, BlockedAddressError):
        return "blocked_address", False, str(exc)
    if _out_of_descriptors(exc):
        return "local_resources", True, "this process has too many files open; raise `ulimit -n`"
    if isinstance(exc, NoAddressError):
        return "dns", True, str(exc)
    if isinstance(exc, WireLimitError):
        return "too_large", False, str(exc)
    if isinstance(exc, StalledError):
        return "timeout", True, f"no progress in time while waiting for the {_WAITING_FOR[wire.stage]}"
    if wire.stage == "tls":
        # Transient: certificates expire and are renewed.
        return "tls", True, f"no trusted TLS connection: {exc}"
    if wire.stage == "connect":
        return "connect", True, f"no connection: {exc}"
    return _classify_broken_answer(exc, wire)


_WAITING_FOR = {"connect": "connection", "tls": "TLS handshake", "request": "answer", "body": "body"}


def _classify_broken_answer(exc: BaseException, wire: Wire) -> tuple[str, bool, str]:
    if isinstance(exc, h11.ProtocolError):
        if not wire.received:
            return "connection", True, "the server closed the connection without an answer"
        if not str(exc).startswith("peer closed connection"):
            return "bad_response", False, f"the answer breaks the rules of HTTP: {exc}"
        return "incomplete", True, "the server closed the connection before the body was complete"
    if wire.body_bytes == 0:
        return "connection", True, "the connection broke before the body"
    return "incomplete", True, "the connection broke within the body"


def _chain(exc: BaseException) -> list[BaseException]:
    links: list[BaseException] = []
    link: BaseException | None = exc
    while link is not None and link not in links:
        links.append(link)
        link = link.__cause__ or link.__context__
    return links


def _out_of_descriptors(exc: BaseException) -> bool:
    chain = _chain(exc)
    if any(isinstance(one, OSError) and one.errno in {errno.EMFILE, errno.ENFILE} for one in chain):
        return True
    if not any(isinstance(one, socket.gaierror) for one in chain):
        return False
    # The resolver does not say when it could not open its own files; whether a socket can be opened shows it.
    try:
        socket.socket().close()
    except OSError as probe:
        return probe.errno in {errno.EMFILE, errno.ENFILE}
    return False
