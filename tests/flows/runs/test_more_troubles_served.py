"""Further troubles, served as bytes: another system behind a site, walls, a domain that was sold."""

from __future__ import annotations

import random
import zlib
from datetime import timedelta
from pathlib import Path

import pytest

from tests.flows.served_troubles import (
    GOOD_RUNS,
    RSS,
    Asked,
    Reply,
    Trouble,
    check,
    feed_of,
    item,
    numbers,
    page_of,
    play,
    served,
)

pytestmark = pytest.mark.slow

CONSENT = (
    "<html lang=en><head><title>Before you continue</title></head><body><h1>Before you continue</h1>"
    "<p>We and our partners use cookies. Accept all cookies to continue.</p><button>Accept all</button></body></html>"
)
STUB = "The council of the town spoke on Monday about the price of bread; more follows here in a moment."
PARKED = (
    "<html><head><title>a.example is for sale</title></head><body><p>This domain is for sale. Related searches:</p>"
    "<a href='/x'>Loans</a><a href='/y'>Flights</a></body></html>"
)


def same(asked: Asked) -> Reply:
    return feed_of(asked.run)


def to(address: str) -> Reply:
    return 302, {"Location": address}, b""


def last_year(asked: Asked) -> Reply:
    """For one run the document of last year; then the feed as it should be."""
    if asked.run != GOOD_RUNS + 1:
        return feed_of(asked.run)
    old = "".join(
        item(
            n,
            link="/{feed}/p/old-{n}",
            guid="old-{n}",
            more="<pubDate>Sun, 03 Sep 2023 08:00:00 GMT</pubDate>",
        )
        for n in range(12)
    )
    return served(RSS.format(old))


def cut(asked: Asked) -> Reply:
    status, headers, body = feed_of(asked.run)
    return status, headers, body[: random.Random(asked.run).randrange(len(body) // 2, len(body))]


def bomb(_: Asked) -> Reply:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(200)) + packer.flush()
    return 200, {"Content-Type": "text/xml", "Content-Encoding": "gzip"}, packed


def swapped(asked: Asked) -> Reply:
    return feed_of(asked.run, link="/{feed}/p/s{n}", guid="s-{n}", title="Council s{n}")


def dated(hours: str) -> Trouble:
    return Trouble(lambda asked: feed_of(asked.run, more=f"<pubDate>{hours}</pubDate>"))


TROUBLES = {
    # Another system: other addresses and ids for the same stories.
    "new-cms": Trouble(lambda a: feed_of(a.run, link="/{feed}/p/news/{n}.html", guid="urn:uuid:{n}"),
                       (), lambda a: page_of(a.path.replace("/news/", "/").removesuffix(".html"))),
    "other-guids": Trouble(lambda a: feed_of(a.run, guid="https://a.example/?p={n}")),
    "last-year": Trouble(last_year),
    "other-language": Trouble(lambda a: feed_of(a.run, title="Le conseil {n} et le prix du pain", more="<description>"
                                                "Le conseil de la ville a parlé du prix du pain.</description>")),
    "shrinks": Trouble(lambda a: served(RSS.format(item(numbers(a.run)[0]))), ("gap",)),
    "same-etag": Trouble(lambda a: served(feed_of(a.run)[2].decode(), ETag='"1"')),
    "cut-short": Trouble(cut),
    "a-day-ahead": dated("Wed, 04 Sep 2024 10:00:00 GMT"),
    "a-year-behind": dated("Mon, 04 Sep 2023 10:00:00 GMT"),
    "swapped": Trouble(swapped, ("gap",)),
    "bomb": Trouble(bomb, ("failing",)),
    "inside": Trouble(lambda _: to("http://10.0.0.1/feed"), ("failing",)),
    "json-error": Trouble(lambda _: served('{"error": "limit reached"}', "application/json"), ("failing",)),
    "nothing": Trouble(lambda _: (204, {}, b""), ("failing",)),
    "login": Trouble(lambda _: (401, {"WWW-Authenticate": "Basic"}, b""), ("walled",)),
    "consent-feed": Trouble(lambda _: served(CONSENT, "text/html"), ("failing",)),
    "parked": Trouble(lambda _: served(PARKED, "text/html"), ("failing",), lambda _: served(PARKED, "text/html")),
    "consent-pages": Trouble(same, ("blocked",), lambda _: served(CONSENT, "text/html")),
    "empty-pages": Trouble(same, ("blocked",), lambda a: page_of(a.path, text="<p>Loading ..</p>")),
    "stub-pages": Trouble(same, ("blocked",), lambda a: page_of(a.path, text=f"<p>{STUB}</p>")),
    "front-page": Trouble(same, ("blocked",), lambda _: to("/")),
    "one-link": Trouble(lambda a: feed_of(a.run, link="/", guid="id-{n}"), ("gap",)),
    "odd-links": Trouble(lambda a: feed_of(a.run, link="http://a.example:9/{feed}/p/{n}"), ("silent",)),
}  # fmt: skip


def test_each_raises_one_alert_within_a_day_what_is_no_trouble_none_and_no_story_is_missed(
    tmp_path: Path,
) -> None:
    alerts, asked = play(TROUBLES, tmp_path, runs=10)
    check(alerts, TROUBLES)
    for feed in ("same-etag", "cut-short", "other-guids", "last-year", "a-day-ahead"):
        assert {f"/{feed}/p/{n}" for n in range(16)} <= set(asked[feed]), feed


def test_a_portal_before_all_feeds_is_one_trouble_and_what_fails_after_it_another(tmp_path: Path) -> None:
    def portal(asked: Asked) -> Reply:
        ends = GOOD_RUNS + 3
        return (
            feed_of(asked.run)
            if asked.run >= ends and asked.feed != "broken"
            else served(CONSENT, "text/html")
        )

    feeds = {name: Trouble(portal) for name in ("a", "b", "c", "d", "e", "broken")}
    alerts, _ = play(feeds, tmp_path)
    kinds = {name: [kind for _, kind in raised] for name, raised in alerts.items() if raised}
    assert kinds == {"~feeds_failing": ["failing", "ok"], "broken": ["failing"]}, alerts
    assert alerts["~feeds_failing"][0][0] == timedelta()
