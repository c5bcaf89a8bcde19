"""When a request may start: few requests to one host at a time, with pauses; none to a host that failed too often.

After a 429 or 503 a host gets no further request in this run; ``Retry-After`` (read by `responses`) says how long later
runs wait.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.limits import Limits
from fivegwatch.extractors.web.urls import host_and_port, site_of

HOST_FAULTS = frozenset({"connect", "dns", "timeout", "deadline"})
"""Kinds of failures that suggest that the host is down; after several in a row the host is paused for the run."""
SLOW_DOWN = frozenset({429, 503})
"""Statuses by which a server asks for fewer requests."""
REFUSALS = frozenset({401, 403})
"""Statuses with which firewalls refuse a client that sent too many requests; only several in a row count."""
REFUSED_IN_A_ROW = 5
"""Number of refusals in a row after which a host gets no more requests in this run."""
HOSTS_OF_A_SERVICE = 2
"""If this many hosts of one site ask for fewer requests, the whole site is paused: it is one service under many
names.
"""


@dataclass(slots=True)
class _Host:
    slots: asyncio.Semaphore
    own: bool
    spacing_s: float
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_start: float = 0.0
    failures: int = 0
    refusals: int = 0
    paused: str = ""
    """Why the host is paused; empty if it is not paused."""
    paused_until: float | None = None


class Pace:
    """Decides when each request may start. There is one per run: a paused host stays paused until the next run.

    Hosts in ``allow`` are the operator's own machines: requests to them need no pauses, more may run at a time, and a
    status of 429 or 503 does not pause the host.
    """

    def __init__(self, limits: Limits, allow: frozenset[tuple[str, int]]) -> None:
        self._limits = limits
        self._allow = allow
        self._all = asyncio.Semaphore(limits.concurrent)
        self._hosts: dict[str, _Host] = {}
        self._slowed: dict[str, dict[str, float | None]] = {}
        """For each site the hosts that asked for fewer requests, and until when."""

    def is_own(self, url: str) -> bool:
        """True when ``url`` is on one of the operator's own machines."""
        return host_and_port(url) in self._allow

    def slow_to(self, url: str, delay_s: float | None) -> None:
        """Make the pause between requests to the host of ``url`` ``delay_s`` seconds (a Crawl-delay), within our
        limits.
        """
        host = self._host(url)
        if delay_s is not None and not host.own:
            host.spacing_s = max(self._limits.host_spacing_s, min(delay_s, self._limits.crawl_delay_max_s))

    @asynccontextmanager
    async def turn(self, url: str) -> AsyncIterator[None]:
        """Wait until a request to the host of ``url`` may start; the turn lasts as long as the block.

        Raises: FetchError of kind ``host_paused`` (transient) if the host is paused.
        """
        host = self._host(url)
        self._refuse_paused(host, url)
        async with host.slots:
            async with host.turn:
                self._refuse_paused(host, url)
                await self._wait_for_start(host)
            async with self._all:
                self._refuse_paused(host, url)
                yield

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Take one of the run's ``concurrent`` slots for the length of the block. The caller itself spaces the requests
        to a host.
        """
        async with self._all:
            yield

    async def _wait_for_start(self, host: _Host) -> None:
        if host.own:
            return
        loop = asyncio.get_running_loop()
        wait = host.next_start - loop.time()
        if wait > 0:
            await asyncio.sleep(wait)
        host.next_start = loop.time() + host.spacing_s

    def note(self, url: str, error: FetchError | None) -> None:
        """Record how a request to the host of ``url`` ended (``error``: None for success). This may pause the host."""
        host = self._host(url)
        if error is None or error.kind not in HOST_FAULTS:
            host.failures = 0
        else:
            host.failures += 1
            limit = self._limits.own_breaker_failures if host.own else self._limits.breaker_failures
            if host.failures >= limit:
                host.paused = f"{host.failures} failures in a row, the last: {error.kind}"
        host.refusals = host.refusals + 1 if error is not None and error.status in REFUSALS else 0
        if host.own or error is None:
            return
        if host.refusals >= REFUSED_IN_A_ROW:
            host.paused = f"it answered {error.status} {host.refusals} times in a row"
        if error.status in SLOW_DOWN:
            host.paused = f"it answered {error.status}"
            if error.retry_after_s is not None:
                host.paused_until = asyncio.get_running_loop().time() + error.retry_after_s
            self._slowed.setdefault(site_of(url), {})[host_and_port(url)[0]] = host.paused_until

    def _refuse_paused(self, host: _Host, url: str) -> None:
        slowed = self._slowed.get(site_of(url), {}) if self._slowed and not host.own else {}
        if not host.paused and len(slowed) >= HOSTS_OF_A_SERVICE:
            host.paused = f"{len(slowed)} hosts of its site asked for fewer requests"
            host.paused_until = max((until for until in slowed.values() if until is not None), default=None)
        if not host.paused:
            return
        wait = None
        if host.paused_until is not None:
            wait = max(1.0, host.paused_until - asyncio.get_running_loop().time())
        raise FetchError(
            f"{url}: this host is not asked again in this run: {host.paused}",
            url=url,
            kind="host_paused",
            transient=True,
            retry_after_s=wait,
        )

    def _host(self, url: str) -> _Host:
        name, port = host_and_port(url)
        own = (name, port) in self._allow
        key = f"{name}:{port}" if own else name
        host = self._hosts.get(key)
        if host is None:
            slots = self._limits.own_concurrent_per_host if own else self._limits.concurrent_per_host
            host = _Host(asyncio.Semaphore(slots), own, self._limits.host_spacing_s)
            self._hosts[key] = host
        return host
