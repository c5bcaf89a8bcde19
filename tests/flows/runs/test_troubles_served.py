"""Troubles of other makes, served as bytes for a simulated day: real runs poll, read pages, raise alerts.

A feed is in order for eight hours; then its trouble begins. Each has two new items every four hours.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from fivegwatch.flows.alerts.delivery import tell
from fivegwatch.flows.printing.progress import Silent
from fivegwatch.flows.runs.ingest import run_ingest
from fivegwatch.flows.settings.settings import load_settings
from tests.flows.simulated import Clock, simulated
from tests.flows.stored import write_small_watchlist

pytestmark = pytest.mark.slow

EVERY = timedelta(hours=4)
GOOD_RUNS, RUNS = 2, 8
RSS = '<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{}</channel></rss>'
TEXT = "".join(
    f"<p>In week {n} the council of {town} talked about the price of {what} and found no reason to act on it.</p>"
    for n, (town, what) in enumerate(
        (t, w) for t in ("Ghent", "Lviv", "Porto") for w in ("bread", "water", "heat")
    )
)
PAGE = "<html lang=en><head><title>{t}</title>{head}</head><body><article><h1>{t}</h1>{text}</article></body></html>"
CLOSED = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false}</script>'
TEASER = "<p>In this week the council talked about the price of bread and water for several hours, and it found</p>"

Reply = tuple[int, dict[str, str], bytes]


def items(run: int, *, guid: bool = True, times: int = 1, date: str = "") -> str:
    shown = range(max(0, 2 * run - 10), 2 * run + 2)
    one = "".join(
        f"<item><title>Council {n}</title><link>/{{feed}}/p/{n}</link>{f'<guid>id-{n}</guid>' * guid}{date}</item>"
        for n in reversed(shown)
    )
    return RSS.format(one * times)


def served(text: str, kind: str = "application/rss+xml") -> Reply:
    return 200, {"Content-Type": kind}, text.encode()


FUTURE = "<pubDate>Mon, 06 Jan 2031 10:00:00 GMT</pubDate>"
TROUBLES: dict[str, tuple[Callable[[int], Reply], str]] = {
    "cdn-page": (lambda _: served("<!doctype html><title>502</title><h1>Bad gateway</h1>Ray 8f"), "failing"),
    "cdn-as-feed": (lambda _: served("<Error><Code>AccessDenied</Code></Error>", "text/xml"), "failing"),
    "garbage-gzip": (
        lambda _: (200, {"Content-Type": "text/xml", "Content-Encoding": "gzip"}, b"\x1f\x8b\x08\x00garbage"), "failing"
    ),
    "wants-cookies": (lambda _: (302, {"Location": "/wants-cookies", "Set-Cookie": "seen=1"}, b""), "failing"),
    "empties": (lambda _: served(RSS.format("")), "silent"),
    "paywall": (lambda run: served(items(run)), "blocked"),
    "robots": (lambda run: served(items(run)), "blocked"),
    "loses-guids": (lambda run: served(items(run, guid=False)), ""),
    "doubles-items": (lambda run: served(items(run, times=2)), ""),
    "far-future": (lambda run: served(items(run, date=FUTURE)), ""),
}  # fmt: skip
"""For each feed: its answer from the trouble on, and the status in the one alert; none for what is no trouble."""


class Sites(ThreadingHTTPServer):
    """All feeds and their pages; ``run`` is the number of the run under way."""

    def __init__(self, feeds: tuple[str, ...]) -> None:
        super().__init__(("127.0.0.1", 0), _Site)
        self.feeds, self.run = feeds, 0

    def reply(self, path: str) -> Reply:
        """Status, headers and body for ``path``."""
        feed, troubled = path.split("/")[1], self.run >= GOOD_RUNS
        if path == "/robots.txt":
            shut = troubled and "robots" in self.feeds
            return served(f"User-agent: *\nDisallow: {'/' if shut else ''}\n", "text/plain")
        if "/p/" in path:
            shut = troubled and feed == "paywall"
            title = f"Council of {path}"
            page = PAGE.format(t=title, head=CLOSED * shut, text=TEASER if shut else f"<p>{title}</p>{TEXT}")
            return served(page, "text/html")
        status, headers, body = TROUBLES[feed][0](self.run) if troubled else served(items(self.run))
        return status, headers, body.replace(b"{feed}", feed.encode())


class _Site(BaseHTTPRequestHandler):
    server: Sites

    def do_GET(self) -> None:
        status, headers, body = self.server.reply(self.path)
        self.send_response_only(status)  # without a date, which would be that of the real clock
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent."""


@contextmanager
def sites(*feeds: str) -> Iterator[Sites]:
    server = Sites(feeds)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_each_trouble_raises_one_alert_within_a_day_and_what_is_no_trouble_none(tmp_path: Path) -> None:
    clock = Clock()
    alerts: dict[str, list[tuple[timedelta, str]]] = {name: [] for name in TROUBLES}
    with sites(*(set(TROUBLES) - {"robots"})) as most, sites("robots") as other:
        hosts = {name: f"127.0.0.1:{(other if name == 'robots' else most).server_port}" for name in TROUBLES}
        write_small_watchlist(tmp_path / "watchlist")
        listed = "".join(f'[{name}]\nurl = "http://{hosts[name]}/{name}"\n' for name in TROUBLES)
        (tmp_path / "watchlist" / "feeds.toml").write_text(listed, encoding="utf-8")
        allowed = sorted(set(hosts.values()))
        (tmp_path / "fivegwatch.toml").write_text(
            f'allow_addresses = {allowed}\n[alerts.channels.hook]\nurl = "json://127.0.0.1:9/hook"\n'.replace("'", '"'),
            encoding="utf-8",
        )  # fmt: skip
        settings = load_settings({}, tmp_path)
        began = clock.now + GOOD_RUNS * EVERY
        with simulated(clock):
            for run in range(RUNS):
                most.run = other.run = run
                asyncio.run(run_ingest(settings, Silent(), due_only=True, flow="ingest"))
                done = asyncio.run(
                    tell(settings, clock.now)
                )  # the channel does not answer; the outbox has them
                for alert in done.raised:
                    alerts.setdefault(alert.subject, []).append((clock.now - began, alert.kind))
                clock.now += EVERY
    expected = {name: [kind] if kind else [] for name, (_, kind) in TROUBLES.items()}
    assert {name: [kind for _, kind in raised] for name, raised in alerts.items()} == expected, alerts
    assert all(timedelta() <= after <= timedelta(days=1) for raised in alerts.values() for after, _ in raised)
