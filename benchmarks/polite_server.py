"""The server of `benchmarks.politeness`: one host a rule, each with what it asks of clients and how that is judged.

request -> the host's rule answers -> the request is logged with the simulated time -> the rule judges the log
"""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

HOUR = timedelta(hours=1)
START = datetime(2026, 9, 4, tzinfo=UTC)
"""A Friday, so that three days hold a weekend."""
END = START + timedelta(days=3)
Headers = dict[str, str]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: when it came (simulated, and by the clock), and what it said."""

    at: datetime
    path: str
    headers: Headers
    began_s: float


@dataclass
class World:
    """The simulated time, and what one client has asked so far, by rule."""

    now: datetime = START
    log: dict[str, list[Asked]] = field(default_factory=dict)
    held_s: float = 0.0
    """How long a client stayed with the server that sends a byte now and then."""


@dataclass(frozen=True)
class Rule:
    """What a host asks. ``answer`` gives status, headers and body; ``right`` judges the requests of a client."""

    name: str
    standard: str
    answer: Callable[[World, Asked], tuple[int, Headers, bytes]]
    right: Callable[[list[Asked]], bool]
    page: bool = False
    """Whether it is about pages: clients that fetch none have nothing to do right or wrong."""


def document(now: datetime, extra: str = "") -> bytes:
    """An RSS document of the newest 40 items; there is one every 20 minutes, so that it is worth asking often."""
    count = (now - START) // timedelta(minutes=20)
    listed = "".join(
        f"<item><title>Item {n}</title><link>http://news.example/{n + 40}</link>"
        f"<pubDate>{format_datetime(START + n * timedelta(minutes=20))}</pubDate></item>"
        for n in range(count, count - 40, -1)
    )
    return (
        '<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><title>News</title>'
        f"<link>http://news.example/</link>{extra}{listed}</channel></rss>"
    ).encode()


def _says(
    headers: Callable[[World], Headers] | None = None, extra: str = ""
) -> Callable[..., tuple[int, Headers, bytes]]:
    def answer(world: World, asked: Asked) -> tuple[int, Headers, bytes]:
        del asked
        return 200, headers(world) if headers else {}, document(world.now, extra)

    return answer


def _fails(
    status: int, headers: Callable[[World], Headers] | None = None
) -> Callable[..., tuple[int, Headers, bytes]]:
    """It answers normally for six hours, then fails."""

    def answer(world: World, asked: Asked) -> tuple[int, Headers, bytes]:
        del asked
        if world.now < START + 6 * HOUR:
            return 200, {}, document(world.now)
        return status, headers(world) if headers else {}, b"no"

    return answer


def _validated(name: str, value: str, sent_back: str) -> Callable[..., tuple[int, Headers, bytes]]:
    def answer(world: World, asked: Asked) -> tuple[int, Headers, bytes]:
        del world
        same = asked.headers.get(sent_back) == value
        return (304, {name: value}, b"") if same else (200, {name: value}, document(START))

    return answer


def _moved(status: int) -> Callable[..., tuple[int, Headers, bytes]]:
    def answer(world: World, asked: Asked) -> tuple[int, Headers, bytes]:
        if asked.path == "/new" or world.now < START + 6 * HOUR:
            return 200, {}, document(world.now)
        return status, {"Location": "/new"}, b""

    return answer


def _packed(world: World, asked: Asked) -> tuple[int, Headers, bytes]:
    if "gzip" in asked.headers.get("accept-encoding", ""):
        return 200, {"Content-Encoding": "gzip"}, gzip.compress(document(world.now))
    return 200, {}, document(world.now)


def _robots(answer: Callable[[], tuple[int, Headers, bytes]]) -> Callable[..., tuple[int, Headers, bytes]]:
    def both(world: World, asked: Asked) -> tuple[int, Headers, bytes]:
        del world
        return answer() if asked.path == "/robots.txt" else (200, {"Content-Type": "text/html"}, PAGE)

    return both


PAGE = b"<!doctype html><html><body><p>A page with a few words on it.</p></body></html>"


def _apart(hours: float, *, after: timedelta = timedelta()) -> Callable[[list[Asked]], bool]:
    """No two requests within ``hours``, of those that came ``after`` the beginning."""

    def right(log: list[Asked]) -> bool:
        times = [one.at for one in log if one.at >= START + after]
        return len(times) > 1 and all(b - a >= hours * HOUR for a, b in pairwise(times))

    return right


def _conditional(header: str) -> Callable[[list[Asked]], bool]:
    return lambda log: len(log) > 1 and all(header in one.headers for one in log[1:])


def _after_first_day(at_most: int) -> Callable[[list[Asked]], bool]:
    """Few requests once it has failed for 18 hours, but some, or a feed that comes back is lost."""

    def right(log: list[Asked]) -> bool:
        return 1 <= len([one for one in log if one.at >= START + 24 * HOUR]) <= at_most

    return right


def _found_new(log: list[Asked]) -> bool:
    last = [one for one in log if one.at >= START + 48 * HOUR]
    return bool(last) and all(one.path == "/new" for one in last)


def _reads(pages: int) -> Callable[[list[Asked]], bool]:
    return lambda log: len([one for one in log if one.path != "/robots.txt"]) == pages


def _waits(seconds: float) -> Callable[[list[Asked]], bool]:
    def right(log: list[Asked]) -> bool:
        times = [one.began_s for one in log if one.path.startswith("/page")]
        return len(times) > 1 and all(b - a >= seconds for a, b in pairwise(times))

    return right


def _in_six_hours(world: World) -> Headers:
    return {"Retry-After": format_datetime(world.now + 6 * HOUR, usegmt=True)}


TEXT = {"Content-Type": "text/plain"}
SKIPPED = "".join(f"<hour>{hour}</hour>" for hour in range(12))
RULES = (
    Rule("names itself, with an address", "RFC 9110 10.1.5", _says(),
         lambda log: all("http" in (ua := one.headers.get("user-agent", "")) or "@" in ua for one in log)),
    Rule("ETag", "RFC 9110 13", _validated("ETag", '"a"', "if-none-match"), _conditional("if-none-match")),
    Rule("Last-Modified", "RFC 9110 13",
         _validated("Last-Modified", "Fri, 28 Aug 2026 00:00:00 GMT", "if-modified-since"),
         _conditional("if-modified-since")),
    Rule("gzip", "RFC 9110 12.5.3", _packed,
         lambda log: all("gzip" in one.headers.get("accept-encoding", "") for one in log)),
    Rule("max-age of 6 hours", "RFC 9111 5.2", _says(lambda _: {"Cache-Control": "max-age=21600"}), _apart(6)),
    Rule("Expires in 6 hours", "RFC 9111 5.3",
         _says(lambda world: {"Expires": format_datetime(world.now + 6 * HOUR, usegmt=True)}), _apart(6)),
    Rule("ttl of 6 hours", "RSS 2.0", _says(extra="<ttl>360</ttl>"), _apart(6)),
    Rule("sy:update 4 times a day", "RSS 1.0 Syndication",
         _says(extra="<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"),
         _apart(6)),
    Rule("skipHours 0 to 11", "RSS 2.0", _says(extra=f"<skipHours>{SKIPPED}</skipHours>"),
         lambda log: len(log) > 1 and all(one.at.hour >= 12 for one in log[1:])),
    Rule("skipDays Saturday, Sunday", "RSS 2.0",
         _says(extra="<skipDays><day>Saturday</day><day>Sunday</day></skipDays>"),
         lambda log: len(log) > 1 and all(one.at.weekday() < 5 for one in log)),
    Rule("429, Retry-After in seconds", "RFC 6585 4", _fails(429, lambda _: {"Retry-After": "21600"}),
         _apart(6, after=6 * HOUR)),
    Rule("429, Retry-After as a date", "RFC 6585 4", _fails(429, _in_six_hours), _apart(6, after=6 * HOUR)),
    Rule("503, Retry-After in seconds", "RFC 9110 10.2.3", _fails(503, lambda _: {"Retry-After": "21600"}),
         _apart(6, after=6 * HOUR)),
    Rule("503 for days", "", _fails(503), _after_first_day(6)),
    Rule("403 in a row", "", _fails(403), _after_first_day(6)),
    Rule("410", "RFC 9110 15.5.11", _fails(410), _after_first_day(4)),
    Rule("301 to a new address", "RFC 9110 15.4.2", _moved(301), _found_new),
    Rule("308 to a new address", "RFC 9110 15.4.9", _moved(308), _found_new),
    Rule("robots.txt forbids pages", "RFC 9309",
         _robots(lambda: (200, TEXT, b"User-agent: *\nDisallow: /page")), _reads(0), page=True),
    Rule("robots.txt answers 404", "RFC 9309 2.3.1.3", _robots(lambda: (404, {}, b"")), _reads(2), page=True),
    Rule("robots.txt answers 403", "RFC 9309 2.3.1.3", _robots(lambda: (403, {}, b"")), _reads(2), page=True),
    Rule("robots.txt answers 503", "RFC 9309 2.3.1.4", _robots(lambda: (503, {}, b"")), _reads(0), page=True),
    Rule("robots.txt answers 429", "RFC 9309 2.3.1.4", _robots(lambda: (429, {}, b"")), _reads(0), page=True),
    Rule("robots.txt is no rules at all", "RFC 9309 2.2",
         _robots(lambda: (200, {"Content-Type": "text/html"}, b"<html>hello</html>")), _reads(2), page=True),
    Rule("Crawl-delay of 2 seconds", "",
         _robots(lambda: (200, TEXT, b"User-agent: *\nCrawl-delay: 2")), _waits(1.9), page=True),
)  # fmt: skip
TARPIT = "a byte now and then"


def host_of(rule: Rule) -> str:
    """The host that plays ``rule``."""
    return f"rule{RULES.index(rule)}.example"


class PoliteServer:
    """A context manager: all hosts of `RULES`, on one port of loopback. ``world`` is that of the client at work."""

    def __init__(self, tarpit_s: float) -> None:
        self.world = World()
        self.tarpit_s = tarpit_s
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.answer(self)

            def log_message(self, *_: object) -> None:
                """Print nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]

    def __enter__(self) -> PoliteServer:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer one request by the rule of its host."""
        host = handler.headers.get("Host", "").partition(":")[0]
        headers = {name.lower(): value for name, value in handler.headers.items()}
        if host == "tarpit.example":
            self._drip(handler)
            return
        rule = RULES[int(host.removeprefix("rule").removesuffix(".example"))]
        asked = Asked(self.world.now, handler.path, headers, time.monotonic())
        self.world.log.setdefault(rule.name, []).append(asked)
        status, fields, body = rule.answer(self.world, asked)
        handler.send_response_only(status)
        handler.send_header("Date", format_datetime(self.world.now, usegmt=True))
        for name, value in ({"Content-Type": "application/rss+xml"} | fields).items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    def _drip(self, handler: BaseHTTPRequestHandler) -> None:
        """Send a byte every half second, and note how long the client stays."""
        began = time.monotonic()
        handler.send_response_only(200)
        handler.end_headers()
        try:
            while time.monotonic() - began < self.tarpit_s:
                handler.wfile.write(b" ")
                time.sleep(0.5)
        except OSError:  # the client has gone
            pass
        self.world.held_s = time.monotonic() - began
