"""Troubles served as bytes for a simulated day or two: real runs poll, read pages, raise alerts.

A feed is in order for eight hours; then its trouble begins. Each has two new items every four hours.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from fivegwatch.flows.alerts.alert_step import send_alerts
from fivegwatch.flows.printing.progress import Silent
from fivegwatch.flows.runs.ingest import run_ingest
from fivegwatch.flows.settings.settings import load_settings
from tests.flows.simulated import Clock, simulated
from tests.flows.stored import write_small_watchlist

EVERY = timedelta(hours=4)
GOOD_RUNS, RUNS = 2, 8
RSS = '<?xml version="1.0"?><rss version="2.0"><channel><title>News</title>{}</channel></rss>'
TOWNS, THINGS = ("Ghent", "Lviv", "Porto"), ("bread", "water", "heat")
PAGE = "<html lang=en><head><title>{t}</title>{head}</head><body><article><h1>{t}</h1>{text}</article></body></html>"

Reply = tuple[int, dict[str, str], bytes]


@dataclass(frozen=True)
class Asked:
    """One request of a troubled feed or page."""

    feed: str
    run: int
    path: str
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Trouble:
    """What a server does once the trouble has begun, and the statuses of the alerts that must follow."""

    feed: Callable[[Asked], Reply]
    told: tuple[str, ...] = ()
    page: Callable[[Asked], Reply] | None = None
    """Answer for a page of the feed; None: the page as it was before."""
    own_server: bool = False
    """Whether it concerns a whole host, such as robots.txt."""


def text_of(path: str) -> str:
    """The text of a story, with words that no other story has."""
    own = " ".join(f"{path.strip('/').replace('/', '')}{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")
    told = "".join(
        f"<p>In week {n} the council of {town} talked about the price of {what} and found no reason to act on it.</p>"
        for n, (town, what) in enumerate((t, w) for t in TOWNS for w in THINGS)
    )
    return f"<p>{own}.</p>{told}"


def item(number: int, *, link: str = "/{feed}/p/{n}", guid: str = "id-{n}", title: str = "Council {n}",
         more: str = "") -> str:  # fmt: skip
    """An item of a feed; ``{feed}`` stays to be filled in."""
    link, guid, title = (text.replace("{n}", str(number)) for text in (link, guid, title))
    return (
        f"<item><title>{title}</title><link>{link}</link>{f'<guid>{guid}</guid>' * bool(guid)}{more}</item>"
    )


def numbers(run: int) -> list[int]:
    """The items that a feed shows in a run, the newest first."""
    return list(reversed(range(max(0, 2 * run - 10), 2 * run + 2)))


def feed_of(run: int, *, times: int = 1, **changes: str) -> Reply:
    """The feed of a run as served."""
    return served(RSS.format("".join(item(n, **changes) for n in numbers(run)) * times))  # type: ignore[arg-type]


def page_of(path: str, *, head: str = "", text: str = "") -> Reply:
    """A page of a feed as served."""
    title = f"Council of {path}"
    return served(PAGE.format(t=title, head=head, text=text or f"<p>{title}</p>{text_of(path)}"), "text/html")


def served(text: str, kind: str = "application/rss+xml", **headers: str) -> Reply:
    """An answer with status 200."""
    return 200, {"Content-Type": kind, **headers}, text.encode()


class Sites(ThreadingHTTPServer):
    """Feeds and their pages; ``run`` is the number of the run under way."""

    def __init__(self, troubles: Mapping[str, Trouble]) -> None:
        super().__init__(("127.0.0.1", 0), _Site)
        self.troubles, self.run = troubles, 0
        self.asked: list[str] = []

    def reply(self, path: str, headers: Mapping[str, str]) -> Reply:
        """Status, headers and body for ``path``."""
        name = path.split("/")[1]
        asked = Asked(name, self.run, path, headers)
        if path == "/robots.txt":
            name = next((name for name, one in self.troubles.items() if one.own_server), "")
            shut = self.run >= GOOD_RUNS and name
            return (
                self.troubles[name].feed(asked)
                if shut
                else served("User-agent: *\nDisallow:\n", "text/plain")
            )
        trouble = self.troubles.get(name)
        if trouble is None:
            return served("<html><title>Front page</title><p>Welcome.</p></html>", "text/html")
        troubled = self.run >= GOOD_RUNS
        if "/p/" in path:
            self.asked.append(path)
            return trouble.page(asked) if troubled and trouble.page else page_of(path)
        if not troubled or trouble.own_server:
            return feed_of(self.run)
        return trouble.feed(asked)


class _Site(BaseHTTPRequestHandler):
    server: Sites

    def do_GET(self) -> None:
        status, headers, body = self.server.reply(self.path, self.headers)  # type: ignore[arg-type]
        body = body.replace(b"{feed}", self.path.split("/")[1].encode())
        self.send_response_only(status)  # without a date, which would be that of the real clock
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Silent."""


@contextmanager
def sites(troubles: Mapping[str, Trouble]) -> Iterator[Sites]:
    """A server of these feeds."""
    server = Sites(troubles)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


Told = dict[str, list[tuple[timedelta, str]]]


def play(troubles: Mapping[str, Trouble], home: Path, runs: int = RUNS) -> tuple[Told, dict[str, list[str]]]:
    """By subject, the alerts raised with their times after the begin of the troubles; and the pages each feed was
    asked for."""
    clock, alerts = Clock(), {name: [] for name in troubles}  # type: ignore[var-annotated]
    with ExitStack() as held:
        shared = {name: one for name, one in troubles.items() if not one.own_server}
        servers = [held.enter_context(sites(shared))]
        servers += [
            held.enter_context(sites({name: one})) for name, one in troubles.items() if one.own_server
        ]
        listed = "".join(
            f'[{name}]\nurl = "http://127.0.0.1:{server.server_port}/{name}"\n'
            for server in servers
            for name in server.troubles
        )
        allowed = json.dumps([f"127.0.0.1:{server.server_port}" for server in servers])
        write_small_watchlist(home / "watchlist")
        (home / "watchlist" / "feeds.toml").write_text(listed, encoding="utf-8")
        # The channel does not answer; the outbox has the alerts.
        (home / "fivegwatch.toml").write_text(
            f"allow_addresses = {allowed}\n[limits]\nhost_spacing_s = 0.0\n[alerts.channels.hook]\n"
            'url = "json://127.0.0.1:9/hook"\n',
            encoding="utf-8",
        )
        settings, began = load_settings({}, home), clock.now + GOOD_RUNS * EVERY
        held.enter_context(simulated(clock))
        for run in range(runs):
            for server in servers:
                server.run = run
            asyncio.run(run_ingest(settings, Silent(), due_only=True, flow="ingest"))
            for alert in asyncio.run(send_alerts(settings, clock.now)).raised:
                alerts.setdefault(alert.subject, []).append((clock.now - began, alert.kind))
            clock.now += EVERY
        asked = {name: [path for server in servers for path in server.asked if path.split("/")[1] == name]
                 for name in troubles}  # fmt: skip
    return alerts, asked


def check(alerts: Told, troubles: Mapping[str, Trouble]) -> None:
    """Assert that each trouble was told as it must be, within a day."""
    expected = {name: list(one.told) for name, one in troubles.items()}
    assert {name: [kind for _, kind in raised] for name, raised in alerts.items()} == expected, alerts
    assert all(
        timedelta() <= after <= timedelta(days=1) for raised in alerts.values() for after, _ in raised[:1]
    )
