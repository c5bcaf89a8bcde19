"""The only HTTP client of the project.

vet the URL -> robots.txt -> wait for a turn at the host -> guarded connection -> head -> body, bounded

Every redirect starts again at the first step. One connection per request; no cookies, no credentials, and no proxy from
the environment, because a proxy resolves names itself and so bypasses the check of addresses (`guard`).
"""

from __future__ import annotations

import asyncio
import logging
import random
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal, Self

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.limits import LIMITS, Limits
from fivegwatch.extractors.model import Origin, Page
from fivegwatch.extractors.web.urls import host_and_port, request_parts, vet_url
from fivegwatch.sources.http.connection import Connection, Response, Target, Wire, system_certificates
from fivegwatch.sources.http.failures import EXPECTED, RETRY_AT_ONCE, explain
from fivegwatch.sources.http.guard import Guard, Resolver, SystemResolver
from fivegwatch.sources.http.pacing import Pace
from fivegwatch.sources.http.request_log import logged_request
from fivegwatch.sources.http.responses import (
    PERMANENT,
    REDIRECTS,
    Head,
    Sink,
    Wanted,
    clean_validator,
    fresh_for,
    kinds_of_documents,
    read_body,
    read_error,
    refuse_content,
    refuse_status,
    refuse_type,
    whole_files,
)
from fivegwatch.sources.http.robots import Robots

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The answer that nothing has changed (status 304), with the validators to send next time."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    fresh_s: float = 0.0
    """How many seconds the server says that the document stays fresh; 0 if it does not say."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A server's answer to one request.

    ``body`` is empty if the answer is a redirect or a 304, or if the body was passed to a sink.
    """

    head: Head
    body: bytes


@dataclass(frozen=True, slots=True)
class _Arrival:
    """The answer at the end of a chain of ``hops`` redirects.

    ``permanent`` is true if every redirect was permanent (301, 308).
    """

    url: str
    answer: Reply
    hops: int
    permanent: bool


class _Budget:
    """The seconds that are left for fetching one document; waiting for a turn at the host does not count."""

    def __init__(self, total_s: float) -> None:
        self.total_s = total_s
        self.left_s = total_s


class Web:
    """Fetches documents: ``async with Web(...) as web``. One per run, shared by all tasks.

    ``user_agent`` is sent unchanged (`user_agent.py` makes it). ``allow`` lists the (host, port) pairs of
    the operator's own machines, which are exempt from the rules for addresses and ports and from pauses. ``tls``
    replaces the system's certificate store.
    """

    def __init__(
        self,
        *,
        user_agent: str,
        allow: frozenset[tuple[str, int]] = frozenset(),
        limits: Limits = LIMITS,
        resolver: Resolver | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._user_agent = user_agent
        self._allow = allow
        self._limits = limits
        self._resolver = resolver or SystemResolver(limits)
        self._pace = Pace(limits, allow)
        self._guard = Guard(self._resolver, allow, limits)
        self._tls = tls
        self._robots = Robots(
            self._fetch_robots, product=user_agent.split("/")[0].split()[0], limits=limits, allow=allow
        )
        self._wanted = kinds_of_documents(limits)
        self._download = whole_files(limits)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._robots.aclose()
        if isinstance(self._resolver, SystemResolver):
            self._resolver.close()

    async def fetch(
        self,
        url: str,
        *,
        kind: Literal["feed", "page", "listing", "sitemap"],
        origin: Origin,
        etag: str | None = None,
        last_modified: str | None = None,
        check_robots: bool = False,
    ) -> Page | NotModified:
        """The document at ``url``, or NotModified if it has not changed since ``etag`` or ``last_modified``.

        Redirects are followed, and each target is checked. ``etag`` and ``last_modified`` are sent unchanged, and to
        ``url`` only. The validators of the answer are returned only if there was no redirect, because they belong to
        the address that sent them. robots.txt is always obeyed for pages; for other kinds of documents only if
        ``check_robots`` is set.

        Raises: FetchError; `fivegwatch.extractors.errors.KINDS` lists the kinds.
        Standard: RFC 9110 (conditional requests, redirects, Retry-After), RFC 9309 (robots.txt).
        """
        validators = {
            "If-None-Match": clean_validator(etag, self._limits),
            "If-Modified-Since": clean_validator(last_modified, self._limits),
        }
        arrival = await self._follow(
            url,
            self._wanted[kind],
            {name: value for name, value in validators.items() if value},
            obey_robots=check_robots or kind == "page",
        )
        head = arrival.answer.head
        new_etag = clean_validator(head.get("etag"), self._limits)
        new_modified = clean_validator(head.get("last-modified"), self._limits)
        if head.status == 304:
            return NotModified(
                url=url,
                etag=new_etag or etag,
                last_modified=new_modified or last_modified,
                fresh_s=fresh_for(head),
            )
        direct = arrival.hops == 0
        return Page(
            requested_url=url,
            final_url=arrival.url,
            status=head.status,
            content_type=head.get("content-type"),
            body=arrival.answer.body,
            captured_at=datetime.now(UTC),
            origin=origin,
            etag=new_etag if direct else None,
            last_modified=new_modified if direct else None,
            moved_to=arrival.url if arrival.permanent and not direct else None,
            fresh_s=fresh_for(head),
            headers=head.kept(),
        )

    async def download(self, url: str, sink: Sink, *, headers: Mapping[str, str]) -> None:
        """Pass the response of ``url`` to ``sink``, whatever its status; ``headers`` are sent to ``url`` only.

        Redirects are followed. Each request waits for its turn at the host. Nothing is retried.

        Raises: FetchError, and every error that ``sink`` raises.
        """
        await self._follow(url, replace(self._download, sink=sink), dict(headers), obey_robots=False)

    @property
    def allow(self) -> frozenset[tuple[str, int]]:
        """The (host, port) pairs of the operator's own machines."""
        return self._allow

    async def robots_txt(self, url: str) -> str:
        """The first 512 KiB of the robots.txt of the site of ``url``. Raises: FetchError."""
        body = await self._fetch_robots(self._vet("/robots.txt", base=url))
        return body.decode("utf-8-sig", "replace")

    async def ask(self, url: str, *, kind: Literal["feed", "page", "listing"], raw: bool = False) -> Reply:
        """The reply of a service to one request. The caller decides when to ask (`sources.services.throttle.Throttle`).

        A reply of any status is returned. Nothing is retried, redirects are not followed, robots.txt is not read, and
        failures do not pause the host. The body of an error is cut after 64 KiB. ``raw`` leaves the body compressed as
        it was sent. ``kind`` decides the limits on size and time.

        Raises: FetchError if there is no reply, or the reply is too large.
        """
        want = replace(
            self._wanted[kind],
            accept="*/*",
            html_only=False,
            any_status=True,
            raw=raw,
            total_s=max(self._wanted[kind].total_s, self._limits.listing_s),
            read_s=self._limits.service_read_s,
        )
        target = self._vet(url)
        async with self._pace.slot():
            return await self._ask_in_time(target, want, {}, _Budget(want.total_s))

    async def _fetch_robots(self, robots_url: str) -> bytes:
        want = Wanted(
            accept="text/plain, */*;q=0.5",
            wire_bytes=self._limits.robots_body,
            body_bytes=self._limits.robots_body,
            total_s=min(self._limits.robots_s, self._limits.document_s),
            cut=True,
            any_success=True,
        )
        arrival = await self._follow(robots_url, want, {}, obey_robots=False)
        return arrival.answer.body

    async def _follow(
        self, url: str, want: Wanted, conditional: dict[str, str], *, obey_robots: bool
    ) -> _Arrival:
        """Request ``url``, then the target of each redirect; returns the first answer that is not a redirect."""
        budget = _Budget(want.total_s)
        target = self._vet(url)
        permanent = True
        seen = {target}
        for hop in range(self._limits.redirects + 1):
            if obey_robots:
                self._pace.slow_to(target, await self._robots.check_allowed(target))
            answer = await self._ask_with_retries(target, want, conditional if hop == 0 else {}, budget)
            if answer.head.status not in REDIRECTS:
                return _Arrival(target, answer, hop, permanent)
            permanent = permanent and answer.head.status in PERMANENT
            target = self._redirect_target(answer.head, target)
            if target in seen:
                raise answer.head.error("too_many_redirects", "the redirects go in a circle")
            seen.add(target)
        raise FetchError(
            f"{url}: more than {self._limits.redirects} redirects",
            url=url,
            kind="too_many_redirects",
            transient=False,
        )

    def _vet(self, url: str, base: str | None = None) -> str:
        return vet_url(url, base=base, allow=self._allow, max_chars=self._limits.url_chars)

    def _redirect_target(self, head: Head, current: str) -> str:
        location = head.location()
        if not location:
            raise head.error("no_location", f"a redirect ({head.status}) without a Location")
        target = self._vet(location, base=current)
        if current.startswith("https:") and target.startswith("http:"):
            _log.info("%s redirects to %s, without TLS", current, target)
        return target

    async def _ask_with_retries(
        self, url: str, want: Wanted, conditional: dict[str, str], budget: _Budget
    ) -> Reply:
        """The answer of ``url``. After a failure of `RETRY_AT_ONCE` (none of the body has arrived), the request is
        repeated up to ``retries`` times, unless the server asks for a pause or the body goes to a sink.
        """
        retries = 0 if want.sink else self._limits.retries
        for attempt in range(retries + 1):
            if attempt:
                # Jitter keeps requests that failed together from being repeated together.
                pause = self._limits.retry_base_s * 2 ** (attempt - 1)
                await asyncio.sleep(pause * random.uniform(0.75, 1.25))  # noqa: S311 - no secret
            try:
                async with self._pace.turn(url):
                    answer = await self._ask_in_time(url, want, conditional, budget)
            except FetchError as exc:
                last = attempt == retries or exc.retry_after_s is not None
                if exc.kind in RETRY_AT_ONCE and not last:
                    continue
                if exc.kind != "host_paused" and want.sink is None:
                    self._pace.note(url, exc)
                raise
            self._pace.note(url, None)
            return answer
        raise AssertionError("the last attempt returns or raises")

    async def _ask_in_time(
        self, url: str, want: Wanted, conditional: dict[str, str], budget: _Budget
    ) -> Reply:
        """The answer to one request. Raises: FetchError also when the time for the document is used up."""
        clock = asyncio.get_running_loop().time
        started = clock()
        try:
            with logged_request(url, conditional=bool(conditional)) as exchange:
                async with asyncio.timeout(budget.left_s):
                    reply = await self._exchange(url, want, conditional)
                exchange.answered(reply.head.status, len(reply.body))
                return reply
        except TimeoutError as exc:
            raise FetchError(
                f"{url}: not complete within {budget.total_s:g} s", url=url, kind="deadline", transient=True
            ) from exc
        finally:
            budget.left_s = max(0.0, budget.left_s - (clock() - started))

    async def _exchange(self, url: str, want: Wanted, conditional: dict[str, str]) -> Reply:
        limits = self._limits
        wire = Wire(want.wire_bytes, limits.head_wire)
        connection = Connection(wire, limits, want.read_s or limits.read_s)
        try:
            target = await self._target(url)
            await connection.open(target, self._certificates() if target.tls else None)
            response = await connection.ask(target.path, self._headers(url, want, conditional))
            return await self._receive(
                Head(url, response.status, response.headers), response, want, conditional, wire
            )
        except EXPECTED as exc:
            raise explain(exc, url, wire) from exc
        finally:
            connection.close()

    async def _receive(
        self,
        head: Head,
        response: Response,
        want: Wanted,
        conditional: dict[str, str],
        wire: Wire,
    ) -> Reply:
        if head.status in REDIRECTS or (head.status == 304 and conditional):
            return Reply(head, b"")
        if want.sink is not None:
            await want.sink.receive(head, response, wire)
            return Reply(head, b"")
        if want.any_status and head.status != 200:
            return Reply(head, await read_error(head, response, want, self._limits, wire))
        own = self._pace.is_own(head.url)
        refuse_status(head, self._limits, own=own, any_success=want.any_success)
        refuse_type(head, want)
        body = await read_body(head, response, want, self._limits, wire)
        refuse_content(head, body, want)
        return Reply(head, body)

    async def _target(self, url: str) -> Target:
        """What to connect to for a checked URL: its parts, and the checked IP addresses of its host.

        The connection gets the parts, so that no second parser can read the URL differently.
        """
        host, port = host_and_port(url)
        addresses = await self._guard.addresses(host, port)
        _, path, tls = request_parts(url)
        return Target(host, port, addresses, path, tls)

    def _certificates(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = system_certificates()
        return self._tls

    def _headers(self, url: str, want: Wanted, conditional: dict[str, str]) -> list[tuple[str, str]]:
        return [
            ("Host", request_parts(url)[0]),
            ("User-Agent", self._user_agent),
            ("Accept", want.accept),
            ("Accept-Encoding", want.codings),
            ("Connection", "close"),
            *conditional.items(),
        ]
