"""The one road to the network: every address is checked at the moment it is connected to.

A filter on the text of a URL cannot work: ``getaddrinfo`` reads ``0177.0.0.1`` and ``2130706433`` as this
machine, and a name may answer differently the second time. So each hop resolves its name once, refuses the
name whole when *any* answer leads inside, and connects to the very address it looked at; TLS still checks
the name.
"""

# ruff: noqa: ASYNC109 - the signatures are those of httpcore2's network backend

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

import httpcore2

from fivegwatch.extractors.limits import Limits
from fivegwatch.extractors.web.urls import is_blocked_address

Resolver = Callable[[str, int], Awaitable[list[str]]]
"""``(host, port)`` to IP literals, in the order to try; empty when the name does not exist."""

SocketOptions = Iterable[
    tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
]


class BlockedAddressError(Exception):
    """A name or literal leads to an address we must not talk to."""


class NoAddressError(Exception):
    """A name has no address, or nobody answered in time."""


class WireLimitError(Exception):
    """A server sent more bytes on one connection than any document may have."""


class SystemResolver:
    """Names to addresses by the operating system, in threads of its own: dead names block nothing else."""

    def __init__(self, limits: Limits) -> None:
        self._threads = ThreadPoolExecutor(limits.dns_threads, thread_name_prefix="dns")

    async def __call__(self, host: str, port: int) -> list[str]:
        """The addresses of ``host``. Raises: OSError."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(
            self._threads, socket.getaddrinfo, host, port, socket.AF_UNSPEC, socket.SOCK_STREAM
        )
        return list(dict.fromkeys(str(info[4][0]) for info in found))

    def close(self) -> None:
        """Forget what is still being looked up; threads end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class Counter:
    """Bytes received on one connection, and how many are too many."""

    def __init__(self, cap: int) -> None:
        self.received = 0
        self.cap = cap

    def add(self, count: int) -> None:
        """Count received bytes. Raises: WireLimitError past the cap."""
        self.received += count
        if self.received > self.cap:
            raise WireLimitError(f"more than {self.cap:,} bytes received")


class CountedStream(httpcore2.AsyncNetworkStream):
    """A connection that counts what it receives, headers, interim answers and trailers included."""

    def __init__(self, inner: httpcore2.AsyncNetworkStream, counter: Counter) -> None:
        self._inner = inner
        self.counter = counter

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Up to ``max_bytes`` received bytes; empty at the end."""
        received = await self._inner.read(max_bytes, timeout)
        self.counter.add(len(received))
        return received

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send ``buffer``."""
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._inner.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.AsyncNetworkStream:
        """The same connection under TLS, counted alike."""
        return CountedStream(await self._inner.start_tls(ssl_context, server_hostname, timeout), self.counter)

    def get_extra_info(self, info: str) -> object:
        """What the connection below knows."""
        return self._inner.get_extra_info(info)


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Connects only to public addresses, and to the (host, port) pairs the operator named."""

    def __init__(self, resolve: Resolver, allow: frozenset[tuple[str, int]], limits: Limits) -> None:
        self._resolve = resolve
        self._allow = allow
        self._limits = limits
        self._inner = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: SocketOptions | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """A connection to ``host``, at an address that was checked.

        Raises: BlockedAddressError, NoAddressError, or what the network says.
        """
        deadline = asyncio.get_running_loop().time() + (timeout or self._limits.connect_s)
        addresses = await self.addresses(host, port)
        # A dead first address (often IPv6) must not cost the document: a few more, within the same time.
        candidates = addresses[:3]
        for position, address in enumerate(candidates):
            left = deadline - asyncio.get_running_loop().time()
            share = max(left, 0.1) / (len(candidates) - position)
            try:
                stream = await self._inner.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if position == len(candidates) - 1:
                    raise
            else:
                return CountedStream(stream, Counter(self._limits.head_wire))
        raise AssertionError("addresses() never returns an empty list")

    async def addresses(self, host: str, port: int) -> list[str]:
        """Where ``host`` may be reached, every one of its addresses checked.

        Raises: BlockedAddressError when any address is refused; NoAddressError when there is none.
        """
        host = host.strip("[]")
        if _is_literal(host):
            found = [host]
        else:
            try:
                async with asyncio.timeout(self._limits.dns_s):
                    found = await self._resolve(host, port)
            except TimeoutError as exc:
                raise NoAddressError(f"no answer for {host} within {self._limits.dns_s:g} s") from exc
            except (OSError, UnicodeError) as exc:
                raise NoAddressError(f"{host} cannot be resolved: {exc}") from exc
        if not found or not all(_is_literal(address) for address in found):
            raise NoAddressError(f"{host} has no address")
        if (host, port) not in self._allow:
            for address in found:
                if (address, port) not in self._allow and is_blocked_address(address):
                    raise BlockedAddressError(
                        f"{host} leads to {address}, which is not on the public internet"
                    )
        return found

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002 - the backend's signature
        socket_options: SocketOptions | None = None,  # noqa: ARG002
    ) -> httpcore2.AsyncNetworkStream:
        """Raises: BlockedAddressError, always."""
        raise BlockedAddressError(f"{path}: no sockets of this machine")

    async def sleep(self, seconds: float) -> None:
        """Wait ``seconds``."""
        await asyncio.sleep(seconds)


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
