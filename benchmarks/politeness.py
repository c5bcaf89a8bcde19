"""Which rules feed readers keep: ``python -m benchmarks.politeness [--tarpit SECONDS]``.

One server on loopback asks something of its clients on every host (`benchmarks.polite_server`). Three clients subscribe
to all of them for three simulated days from Friday, started every 15 minutes as by a schedule: ours (the HTTP client
and the decisions that run), `reader` (its scheduled update, with its defaults), and a plain hourly loop of feedparser
that sends back ETag and Last-Modified as its documentation says. Only ours requests pages. The server's log decides
what was right. Printed: rule by client, right or wrong, and the number of requests. The last line is JSON.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

import feedparser
import reader as reader_package

from benchmarks.polite_server import END, RULES, START, TARPIT, PoliteServer, World, host_of
from fivegwatch.extractors.errors import FeedError, FetchError
from fivegwatch.extractors.feeds.parse import parse_feed
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.model import Feed, FeedState, Origin, Page
from fivegwatch.extractors.web import urls
from fivegwatch.flows.runs.due import is_due
from fivegwatch.flows.runs.next_poll import Polling
from fivegwatch.sources.http import responses
from fivegwatch.sources.http.client import Web
from fivegwatch.sources.http.user_agent import user_agent

TICK = timedelta(minutes=15)
FEEDS = [rule for rule in RULES if not rule.page]


def ours(server: PoliteServer) -> None:
    """Our client and our decisions; then the pages."""
    states = {
        host_of(rule): FeedState(feed_id=host_of(rule), url=_url(server, host_of(rule))) for rule in FEEDS
    }
    with _simulated(server.world):
        for now in _ticks(server.world):
            due = [state for state in states.values() if is_due(state, now, due_only=True)]
            for state in asyncio.run(_polled(server, due, now)):
                states[state.feed_id] = state
        asyncio.run(_read_pages(server))
    asyncio.run(_stuck(server))


def _web(server: PoliteServer) -> Web:
    async def resolve(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    return Web(
        user_agent=user_agent("https://watch.example/contact"),
        allow=frozenset({("127.0.0.1", server.port)}),
        resolver=resolve,
        limits=replace(LIMITS, document_s=min(LIMITS.document_s, server.tarpit_s / 2)),
    )


async def _polled(server: PoliteServer, due: list[FeedState], now: datetime) -> list[FeedState]:
    async with _web(server) as web:
        return await asyncio.gather(*(_poll(web, state, now) for state in due))


async def _poll(web: Web, state: FeedState, now: datetime) -> FeedState:
    polling = Polling(state=state, now=now)
    try:
        answer = await web.fetch(
            state.url, kind="feed", origin=Origin(kind="feed", locator=state.feed_id),
            etag=state.etag, last_modified=state.last_modified,
        )  # fmt: skip
        if isinstance(answer, Page) and not polling.knows(answer):
            feed = Feed(id=state.feed_id, url=state.url, title="", publisher="")
            return polling.succeeded(answer, parse_feed(replace(answer, captured_at=now), feed=feed))
        return polling.succeeded(answer, None)
    except (FetchError, FeedError) as error:
        return polling.failed(error)


async def _read_pages(server: PoliteServer) -> None:
    async with _web(server) as web:

        async def read(url: str) -> None:
            try:
                await web.fetch(url, kind="page", origin=Origin(kind="feed", locator="f"))
            except FetchError:
                return

        pages = [rule for rule in RULES if rule.page]
        await asyncio.gather(
            *(read(_url(server, host_of(rule), f"/page{n}")) for rule in pages for n in (1, 2))
        )


async def _stuck(server: PoliteServer) -> None:
    async with _web(server) as web:
        try:
            await web.fetch(
                _url(server, "tarpit.example"), kind="feed", origin=Origin(kind="feed", locator="f")
            )
        except FetchError:
            return


def readers(server: PoliteServer) -> None:
    """`reader`, updated by its own schedule."""
    made = reader_package.make_reader(":memory:")
    made._now = lambda: server.world.now  # as its own tests do
    for rule in FEEDS:
        made.add_feed(_url(server, host_of(rule)))
    for _ in _ticks(server.world):
        made.update_feeds(scheduled=True)
    made.close()
    alone = reader_package.make_reader(":memory:")
    alone.add_feed(_url(server, "tarpit.example"))
    alone.update_feeds()
    alone.close()


def plain(server: PoliteServer) -> None:
    """feedparser in a loop, once an hour, with the validators it was given."""
    known: dict[str, tuple[str | None, str | None]] = {}
    for now in _ticks(server.world):
        if now.minute == 0:
            for rule in FEEDS:
                url = _url(server, host_of(rule))
                etag, modified = known.get(url, (None, None))
                got = feedparser.parse(url, etag=etag, modified=modified)  # a URL of our own server
                known[url] = (got.get("etag", etag), got.get("modified", modified))
    feedparser.parse(_url(server, "tarpit.example"))


CLIENTS: dict[str, Callable[[PoliteServer], None]] = {
    "fivegwatch": ours,
    "reader": readers,
    "feedparser": plain,
}


def measured(clients: tuple[str, ...] = tuple(CLIENTS), tarpit_s: float = 90.0) -> dict[str, World]:
    """What each client asked in its three days."""
    worlds = {}
    with PoliteServer(tarpit_s) as server, _resolved(server):
        for name in clients:
            server.world = worlds[name] = World()
            CLIENTS[name](server)
            time.sleep(1.0)  # the tarpit notices that the client has gone
    return worlds


def verdicts(world: World, tarpit_s: float, *, pages: bool) -> dict[str, bool | None]:
    """For each rule whether it was kept; None where the client requests nothing of that kind."""
    kept: dict[str, bool | None] = {
        rule.name: rule.right(world.log.get(rule.name, [])) if pages or not rule.page else None
        for rule in RULES
    }
    return kept | {TARPIT: world.held_s < tarpit_s - 1}


def _url(server: PoliteServer, host: str, path: str = "/feed") -> str:
    return f"http://{host}:{server.port}{path}"


def _ticks(world: World) -> Iterator[datetime]:
    world.now = START
    while world.now < END:
        yield world.now
        world.now += TICK


@contextmanager
def _simulated(world: World) -> Iterator[None]:
    """Our client reads a Retry-After that is a date by the simulated clock."""

    class Simulated(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return world.now.astimezone(tz)

    real, responses.datetime = responses.datetime, Simulated  # type: ignore[misc]
    try:
        yield
    finally:
        responses.datetime = real  # type: ignore[misc]


@contextmanager
def _resolved(server: PoliteServer) -> Iterator[None]:
    """Names under ``.example`` lead to the server, and its port is one of the web's."""
    real = socket.getaddrinfo

    def lead(host: str, *more: object, **named: object) -> object:
        return real("127.0.0.1" if str(host).endswith(".example") else host, *more, **named)  # type: ignore[arg-type]

    socket.getaddrinfo = lead  # type: ignore[assignment]
    urls.WEB_PORTS["benchmark:"] = server.port
    try:
        yield
    finally:
        socket.getaddrinfo = real
        del urls.WEB_PORTS["benchmark:"]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tarpit", type=float, default=90.0, help="seconds that the slow server goes on")
    args = parser.parse_args()
    logging.getLogger("reader").setLevel(logging.CRITICAL)
    worlds = measured(tarpit_s=args.tarpit)
    kept = {name: verdicts(world, args.tarpit, pages=name == "fivegwatch") for name, world in worlds.items()}
    words = {True: "right", False: "WRONG", None: "-"}
    print("| rule |" + "".join(f" {name} |" for name in worlds))
    print("|---|" + "---|" * len(worlds))
    for rule in [rule.name for rule in RULES] + [TARPIT]:
        cells = []
        for name, world in worlds.items():
            count = f"{world.held_s:.0f} s" if rule == TARPIT else str(len(world.log.get(rule, [])))
            cells.append(words[kept[name][rule]] + (f", {count}" if kept[name][rule] is not None else ""))
        print(f"| {rule} | " + " | ".join(cells) + " |")
    print(
        json.dumps(
            {
                name: {
                    "right": sum(one is True for one in kept[name].values()),
                    "wrong": sum(one is False for one in kept[name].values()),
                    "requests": sum(map(len, world.log.values())),
                }
                for name, world in worlds.items()
            }
        )
    )


if __name__ == "__main__":
    main()
