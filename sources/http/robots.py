"""robots.txt: whether a page may be fetched, and how long to pause between requests.

Standard: RFC 9309. A 4xx except 429 means that the site has no rules. After a 429, a 5xx, no answer, or an answer that
cannot be decoded, nothing is fetched from the site until its robots.txt can be read.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from urllib.parse import quote

from protego import Protego

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.limits import Limits
from fivegwatch.extractors.web.urls import vet_url

# "Unavailable" in RFC 9309 (2.3.1.2, 2.3.1.3): a redirect that cannot be followed counts as a 404.
_NO_RULES = frozenset(
    {
        "too_many_redirects",
        "no_location",
        "scheme",
        "port",
        "userinfo",
        "bad_url",
        "url_too_long",
        "blocked_address",
    }
)
# Failures that a request for the page would meet too, so they are not reported as a fault of robots.txt.
_WHOLE_HOST = frozenset(
    {"dns", "connect", "tls", "timeout", "deadline", "local_resources", "host_paused", "http_429"}
)
_AGENT_LINE = re.compile(r"\s*user[- ]?agent\s*[:\s]\s*([^#]*)", re.IGNORECASE)
_OTHERS = "another-robot"
_LINE_END = re.compile(r"\r\n?|\n")
_NO_LINE_END = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class _Rules:
    """The rules of one site; ``parsed`` is None if it has no rules. If there is a ``failure``, nothing may be fetched
    from it.
    """

    parsed: Protego | None
    failure: FetchError | None
    fresh_until: float


class Robots:
    """The rules of each site. They are fetched when first needed; how many are kept, and for how long, is limited.

    ``fetch`` returns the bytes of a robots.txt or raises FetchError. ``product`` is our name in the User-Agent header.
    """

    def __init__(
        self,
        fetch: Callable[[str], Awaitable[bytes]],
        *,
        product: str,
        limits: Limits,
        allow: frozenset[tuple[str, int]],
    ) -> None:
        self._fetch = fetch
        self._product = product.lower()
        self._limits = limits
        self._allow = allow
        self._known: OrderedDict[str, _Rules] = OrderedDict()
        self._asking: dict[str, asyncio.Task[_Rules]] = {}

    async def check_allowed(self, url: str) -> float | None:
        """Check that ``url`` may be fetched; returns the site's Crawl-delay in seconds, or None if it has none.

        Raises: FetchError of kind ``robots`` (``url`` may not be fetched), ``robots_unreachable`` (transient: the rules
        of the site are not known), or of a kind that concerns the whole host (``dns``, ``connect``, ``tls``, ...).
        """
        rules = await self._rules(vet_url("/robots.txt", base=url, allow=self._allow))
        if rules.failure is not None:
            why = rules.failure.kind
            raise FetchError(
                f"{url}: the robots.txt of its site could not be fetched ({why}), so nothing is asked",
                url=url,
                kind=why if why in _WHOLE_HOST else "robots_unreachable",
                transient=rules.failure.transient or why not in _WHOLE_HOST,
                status=rules.failure.status,
                retry_after_s=rules.failure.retry_after_s,
            ) from rules.failure
        if rules.parsed is None:
            return None
        if not rules.parsed.can_fetch(url, self._product):
            raise FetchError(
                f"{url}: robots.txt of the site asks {self._product} not to fetch it",
                url=url,
                kind="robots",
                transient=False,
            )
        delay = rules.parsed.crawl_delay(self._product)
        return None if delay is None else float(delay)

    async def _rules(self, robots_url: str) -> _Rules:
        known = self._known.get(robots_url)
        if known is not None and known.fresh_until > asyncio.get_running_loop().time():
            self._known.move_to_end(robots_url)
            return known
        task = self._asking.get(robots_url)
        if task is None:
            task = asyncio.create_task(self._ask(robots_url))
            self._asking[robots_url] = task
            task.add_done_callback(lambda _: self._asking.pop(robots_url, None))
        # Shielded: the page that asked first may be cancelled while others wait for the same rules.
        return await asyncio.shield(task)

    async def _ask(self, robots_url: str) -> _Rules:
        now = asyncio.get_running_loop().time
        try:
            body = await self._fetch(robots_url)
        except FetchError as exc:
            if _means_no_rules(exc):
                rules = _Rules(None, None, now() + self._limits.robots_fresh_s)
            else:
                rules = _Rules(None, exc, now() + self._limits.robots_failure_s)
        else:
            text = body.decode("utf-8-sig", "replace")
            rules = _Rules(
                Protego.parse(only_our_groups(text, self._product)), None, now() + self._limits.robots_fresh_s
            )
        self._known[robots_url] = rules
        while len(self._known) > self._limits.robots_origins:
            self._known.popitem(last=False)
        return rules

    async def aclose(self) -> None:
        """Cancel the requests for robots.txt that are still running."""
        for task in list(self._asking.values()):
            task.cancel()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)


def _means_no_rules(error: FetchError) -> bool:
    # A 2xx with a body that could not be read does not mean "no rules".
    unavailable = error.status is not None and 300 <= error.status < 500 and error.status != 429
    return unavailable or error.kind in _NO_RULES


def only_our_groups(text: str, product: str) -> str:
    """``text`` (a robots.txt), in which all other robots have the same name.

    Protego copies every rule to every robot of its group: 15,000 names above 15,000 rules (0.5 MB) would take minutes.
    With one name the work is linear; the rules for ``product`` (lower case) and ``*`` do not change. A line ends with
    CR, LF or both (RFC 9309 2.2); Protego and Python split at seven more characters, so those are percent-encoded.
    """
    lines: list[str] = []
    for raw in _LINE_END.split(text):
        line = _NO_LINE_END.sub(lambda match: quote(match[0]), raw.strip())
        match = _AGENT_LINE.match(line)
        if match:
            name = match[1].strip().lower()
            if name != "*":
                token = re.split(r"[/\s*]", name, maxsplit=1)[0]
                name = product if token == product else _OTHERS
            line = f"User-agent: {name}"
            if lines and lines[-1] == line:
                continue
        lines.append(line)
    return "\n".join(lines)
