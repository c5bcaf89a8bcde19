"""Connections to public addresses only: every address is checked at the moment of connecting.

Checking the text of a URL is not enough: ``getaddrinfo`` reads ``0177.0.0.1`` and ``2130706433`` as this machine, and a
name may resolve differently the second time. So each hop resolves its name once, refuses it if *any* of its addresses
is private, and connects to the address that was checked; TLS still verifies the name.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

from fivegwatch.extractors.limits import Limits
from fivegwatch.extractors.web.urls import is_blocked_address

Resolver = Callable[[str, int], Awaitable[list[str]]]
"""A function from (host, port) to IP addresses in the order to try them; an empty list if the name does not exist."""


class BlockedAddressError(Exception):
    """Raised for a host name or an IP address that leads to an address which must not be connected to."""


class NoAddressError(Exception):
    """Raised for a name that has no address, or was not resolved in time."""


class SystemResolver:
    """The operating system's resolver. It works in threads of its own, so that a slow look-up holds up nothing else."""

    def __init__(self, limits: Limits) -> None:
        self._threads = ThreadPoolExecutor(limits.dns_threads, thread_name_prefix="dns")

    async def __call__(self, host: str, port: int) -> list[str]:
        """The addresses to which ``host`` resolves. Raises: OSError."""
        loop = asyncio.get_running_loop()
        answers = await loop.run_in_executor(
            self._threads, socket.getaddrinfo, host, port, socket.AF_UNSPEC, socket.SOCK_STREAM
        )
        return list(dict.fromkeys(str(info[4][0]) for info in answers))

    def close(self) -> None:
        """Cancel the look-ups that have not begun; running ones end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)


class Guard:
    """Checks IP addresses: public ones may be connected to, others only if (host, port) is in ``allow``."""

    def __init__(self, resolve: Resolver, allow: frozenset[tuple[str, int]], limits: Limits) -> None:
        self._resolve = resolve
        self._allow = allow
        self._limits = limits

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


@lru_cache(maxsize=4096)
def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
