"""One HTTP/1.1 exchange on a connection of its own: h11 reads and writes the protocol, asyncio moves the bytes.

checked addresses -> socket -> TLS for https -> request -> head -> body piece by piece -> closed

There is no pool, because no connection is used twice; a pool took half of the processor time of a request.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
import sys
from collections.abc import AsyncIterator, Awaitable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

import h11

from fivegwatch.extractors.limits import Limits

PIECE = 64 * 1024
"""Bytes read at a time."""
HEAD_BYTES = 100 * 1024
"""Longest head of a response."""
ADDRESSES_TRIED = 3
"""Most addresses of a host that are tried within the time for one connection: the first, often IPv6, may not answer."""
HELD_UP_S = 0.5
"""A timer that fires this many seconds late shows that this process was held up; the timer is then started once
more.
"""
CERTIFICATES = (
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", "/etc/ssl/cert.pem",
)  # fmt: skip
"""Where Linux distributions keep their certificates; needed if Python was built on another system."""

T = TypeVar("T")
Headers = list[tuple[bytes, bytes]]


class StalledError(Exception):
    """Raised when one step of an exchange, such as connecting, made no progress within its time limit."""


class WireLimitError(Exception):
    """A server sent more bytes on one connection than any document may have."""


class Wire:
    """The state of one exchange: what has arrived so far, and the number of bytes received, headers and trailers
    included.
    """

    def __init__(self, body_cap: int, head_cap: int) -> None:
        self.stage = "connect"
        self.body_bytes = 0
        self.received = 0
        self._cap = head_cap
        self._body_cap = body_cap

    def count(self, received: int) -> None:
        """Add ``received`` to the bytes received. Raises: WireLimitError if they are more than the limit."""
        self.received += received
        if self.received > self._cap:
            raise WireLimitError(f"more than {self._cap:,} bytes received")

    def begin_body(self) -> None:
        """Raise the limit on received bytes by the limit for a body, because the body begins now."""
        self.stage = "body"
        self._cap += self._body_cap


@dataclass(frozen=True, slots=True)
class Target:
    """What a request is sent to: a host with its checked addresses, and the path with the query."""

    host: str
    port: int
    addresses: list[str]
    path: str
    tls: bool


@dataclass(frozen=True, slots=True)
class Response:
    """Status and headers of an answer, and the connection from which its body is read."""

    status: int
    headers: Headers
    _connection: Connection

    async def aiter_stream(self) -> AsyncIterator[bytes]:
        """The pieces of the body as they were sent, still compressed if the server compressed them.

        Raises: WireLimitError, StalledError, OSError, h11.ProtocolError.
        """
        while isinstance(event := await self._connection.next_event(), h11.Data):
            yield bytes(event.data)


class Connection:
    """A connection for one request; call ``close`` in any case. ``read_s`` is how many seconds the server may be
    silent.
    """

    def __init__(self, wire: Wire, limits: Limits, read_s: float) -> None:
        self._wire = wire
        self._limits = limits
        self._read_s = read_s
        self._loop = asyncio.get_running_loop()
        self._protocol = h11.Connection(h11.CLIENT, max_incomplete_event_size=HEAD_BYTES)
        self._socket: socket.socket | None = None
        self._tls: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def open(self, target: Target, context: ssl.SSLContext | None) -> Self:
        """Connect to the target, with TLS if there is a ``context``. Raises: StalledError, OSError."""
        self._socket = await _connected(target, self._limits.connect_s)
        if context is not None:
            self._wire.stage = "tls"
            handshake = asyncio.open_connection(sock=self._socket, ssl=context, server_hostname=target.host)
            self._tls = await _within(self._limits.connect_s, handshake)
        self._wire.stage = "request"
        return self

    async def ask(self, path: str, headers: Iterable[tuple[str, str]]) -> Response:
        """The answer to a GET request. Raises: WireLimitError, StalledError, OSError, h11.ProtocolError."""
        request = h11.Request(method="GET", target=path, headers=list(headers))
        sent = (self._protocol.send(request) or b"") + (self._protocol.send(h11.EndOfMessage()) or b"")
        with suppress(
            OSError
        ):  # a server may refuse with an answer, and close before it has read the request
            if rest := self._sent_at_once(sent):
                await _within(self._limits.write_s, self._write(rest))
        while True:
            event = await self.next_event()
            if isinstance(event, h11.InformationalResponse) and event.status_code != 101:
                continue
            if isinstance(event, (h11.Response, h11.InformationalResponse)):
                self._wire.begin_body()
                return Response(event.status_code, list(event.headers), self)

    async def next_event(self) -> h11.Event | type[h11.PAUSED]:
        """The next part of the answer. Raises: WireLimitError, StalledError, OSError, h11.ProtocolError."""
        while (event := self._protocol.next_event()) is h11.NEED_DATA:
            data = await _within(self._read_s, self._read())
            self._wire.count(len(data))
            if not data and self._protocol.their_state is h11.SEND_RESPONSE:
                raise h11.RemoteProtocolError("the server closed the connection before its answer was whole")
            self._protocol.receive_data(data)
        return event  # type: ignore[return-value]  # NEED_DATA ends no loop

    def close(self) -> None:
        """Close at once, without reading the rest of a body: that of a redirect or an error may be a decompression
        bomb.
        """
        if self._tls is not None:
            self._tls[1].transport.abort()
        elif self._socket is not None:
            self._socket.close()

    def _sent_at_once(self, data: bytes) -> bytes:
        """Send as much of ``data`` as the system takes at once, nearly always all of it; returns what is left.

        With TLS nothing is sent here.
        """
        if self._tls is not None or self._socket is None:
            return data
        with suppress(BlockingIOError, InterruptedError):
            return data[self._socket.send(data) :]
        return data

    async def _write(self, data: bytes) -> None:
        if self._tls is None:
            assert self._socket is not None
            await self._loop.sock_sendall(self._socket, data)
        else:
            self._tls[1].write(data)
            await self._tls[1].drain()

    def _read(self) -> Awaitable[bytes]:
        if self._tls is not None:
            return self._tls[0].read(PIECE)
        assert self._socket is not None
        return self._loop.sock_recv(self._socket, PIECE)


def system_certificates() -> ssl.SSLContext:
    """A TLS context with the certificates of this system, or of ``SSL_CERT_FILE`` and ``SSL_CERT_DIR``."""
    if sys.platform == "darwin":
        import truststore  # a Python for macOS does not read the system's certificates

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context = ssl.create_default_context()
    paths = ssl.get_default_verify_paths()
    if not (paths.cafile or paths.capath) and (file := next(filter(_is_file, CERTIFICATES), None)):
        context.load_verify_locations(file)
    return context


def _is_file(name: str) -> bool:
    return Path(name).is_file()


async def _connected(target: Target, seconds: float) -> socket.socket:
    """A socket connected to the first address of ``target`` that answers within ``seconds``. Raises: StalledError,
    OSError.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    candidates = target.addresses[:ADDRESSES_TRIED]
    for left in range(len(candidates), 0, -1):
        address = candidates[-left]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        one = socket.socket(family, socket.SOCK_STREAM)
        try:
            one.setblocking(False)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            share = max(deadline - loop.time(), 0.1) / left
            await _within(share, loop.sock_connect(one, (address, target.port)))
        except (OSError, StalledError):
            one.close()
            if left == 1:
                raise
        except BaseException:
            one.close()
            raise
        else:
            return one
    raise AssertionError("a target has at least one address")


async def _within(seconds: float, work: Awaitable[T]) -> T:
    """The result of ``work``. Raises: StalledError after ``seconds``, and every error that ``work`` raises.

    If the timer fires late, this process itself was held up, for example by a busy machine. The timer is then started
    again, so that what has arrived in the meantime is read first.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    timer: asyncio.TimerHandle | None = None
    try:
        async with asyncio.timeout(None) as timeout:

            def expire(deadline: float) -> None:
                nonlocal timer
                now = loop.time()
                if now - deadline > HELD_UP_S:
                    timer = loop.call_at(now + HELD_UP_S, expire, now + HELD_UP_S)
                else:
                    timeout.reschedule(now)

            timer = loop.call_at(end, expire, end)
            try:
                return await work
            finally:
                timer.cancel()
    except TimeoutError as exc:
        raise StalledError(f"no progress within {seconds:g} s") from exc
