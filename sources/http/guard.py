"""Connections to public addresses only: every address is checked at the moment of connecting.

Checking the text of a URL is not enough: ``getaddrinfo`` reads ``0177.0.0.1`` and ``2130706433`` as this machine, and a
name may resolve differently the second time. So each hop resolves its name once, refuses it if *any* of its addresses
is private, and connects to the address that was checked; TLS still verifies the name.
"""

# ruff: noqa: ASYNC109 - the signatures are those of httpcore2's network backend

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import httpcore2

from fivegwatch.extractors.limits import Limits
from fivegwatch.extractors.web.urls import is_blocked_address

Resolver = Callable[[str, int], Awaitable[list[str]]]
"""``(host, port)`` to IP literals, in the order to try; empty when the name does not exist."""

SocketOptions = Iterable[
    tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
]


class BlockedAddressError(Exception):
    """A name or literal leads to an address that must not be connected to."""


class NoAddressError(Exception):
    """A name has no address, or was not resolved in time."""


class WireLimitError(Exception):
    """A server sent more bytes on one connection than any document may have."""


class SystemResolver:
    """The operating system's resolver, in threads of its own, so that slow names block nothing else."""

    def __init__(self, limits: Limits) -> None:
        self._threads = ThreadPoolExecutor(limits.dns_threads, thread_name_prefix="dns")

    async def __call__(self, host: str, port: int) -> list[str]:
        """The addresses of ``host``. Raises: OSError."""
        loop = asyncio.get_running_loop()
        answers = await loop.run_in_executor(
            self._threads, socket.getaddrinfo, host, port, socket.AF_UNSPEC, socket.SOCK_STREAM
        )
        return list(dict.fromkeys(str(info[4][0]) for info in answers))

    def close(self) -> None:
        """Cancel pending look-ups; running ones end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class Counter:
    """The number of bytes received on one connection, and its bound."""

    def __init__(self, cap: int) -> None:
        self.received = 0
        self.cap = cap

    def add(self, count: int) -> None:
        """Count received bytes. Raises: WireLimitError past the cap."""
        self.received += count
        if self.received > self.cap:
            raise WireLimitError(f"more than {self.cap:,} bytes received")


class CountedStream(httpcore2.AsyncNetworkStream):
    """A connection that counts all received bytes, headers, interim responses and trailers included."""

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
        """This connection under TLS, with the same counter."""
        return CountedStream(await self._inner.start_tls(ssl_context, server_hostname, timeout), self.counter)

    def get_extra_info(self, info: str) -> object:
        """Information of the wrapped connection."""
        return self._inner.get_extra_info(info)


class GuardedBackend(httpcore2.AsyncNetworkBackend):
    """Connects only to public addresses and to the (host, port) pairs in ``allow``."""

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
        """A connection to ``host`` at a checked address.

        Raises: BlockedAddressError, NoAddressError, or an error of the network.
        """
        deadline = asyncio.get_running_loop().time() + (timeout or self._limits.connect_s)
        addresses = await self.addresses(host, port)
        # The first address (often IPv6) may not answer: up to three are tried within the same time.
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
        """All addresses of ``host``, each checked.

        Raises: BlockedAddressError if any address is private; NoAddressError if there is none.
        """
        host = host.strip("[]")
        if _is_literal(host):
            addresses = [host]
        else:
            try:
                async with asyncio.timeout(self._limits.dns_s):
                    addresses = await self._resolve(host, port)
            except TimeoutError as exc:
                raise NoAddressError(f"no answer for {host} within {self._limits.dns_s:g} s") from exc
            except (OSError, UnicodeError) as exc:
                raise NoAddressError(f"{host} cannot be resolved: {exc}") from exc
        if not addresses or not all(_is_literal(address) for address in addresses):
            raise NoAddressError(f"{host} has no address")
        if (host, port) not in self._allow:
            for address in addresses:
                if (address, port) not in self._allow and is_blocked_address(address):
                    raise BlockedAddressError(
                        f"{host} leads to {address}, which is not on the public internet; if it is your own, add"
                        f" {host}:{port} to allow_addresses in fivegwatch.toml"
                    )
        return addresses

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ARG002 - the backend's signature
        socket_options: SocketOptions | None = None,  # noqa: ARG002
    ) -> httpcore2.AsyncNetworkStream:
        """Raises: BlockedAddressError, always."""
        raise BlockedAddressError(f"{path}: sockets of this machine are never used")

    async def sleep(self, seconds: float) -> None:
        """Wait ``seconds``."""
        await asyncio.sleep(seconds)


@lru_cache(maxsize=4096)
def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
