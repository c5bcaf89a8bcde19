"""Troubles of other makes, served as bytes for a simulated day: each raises one alert within a day, once.

What is no trouble raises none. See `served_troubles` for how they are played.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.served_troubles import RSS, Reply, Trouble, check, feed_of, page_of, play, served

pytestmark = pytest.mark.slow

CLOSED = '<script type="application/ld+json">{"@type": "NewsArticle", "isAccessibleForFree": false}</script>'
TEASER = "<p>In this week the council talked about the price of bread and water for several hours, and it found</p>"
FUTURE = "<pubDate>Mon, 06 Jan 2031 10:00:00 GMT</pubDate>"
GARBAGE: Reply = (200, {"Content-Type": "text/xml", "Content-Encoding": "gzip"}, b"\x1f\x8b\x08\x00garbage")
TROUBLES = {
    "cdn-page": Trouble(
        lambda _: served("<!doctype html><title>502</title><h1>Bad gateway</h1>Ray 8f"), ("failing",)
    ),
    "cdn-as-feed": Trouble(
        lambda _: served("<Error><Code>AccessDenied</Code></Error>", "text/xml"), ("failing",)
    ),
    "garbage-gzip": Trouble(lambda _: GARBAGE, ("failing",)),
    "wants-cookies": Trouble(
        lambda _: (302, {"Location": "/wants-cookies", "Set-Cookie": "seen=1"}, b""), ("failing",)
    ),
    "empties": Trouble(lambda _: served(RSS.format("")), ("silent",)),
    "paywall": Trouble(
        lambda asked: feed_of(asked.run),
        ("blocked",),
        lambda asked: page_of(asked.path, head=CLOSED, text=TEASER),
    ),
    "robots": Trouble(
        lambda _: served("User-agent: *\nDisallow: /\n", "text/plain"), ("blocked",), own_server=True
    ),
    "loses-guids": Trouble(lambda asked: feed_of(asked.run, guid="")),
    "doubles-items": Trouble(lambda asked: feed_of(asked.run, times=2)),
    "far-future": Trouble(lambda asked: feed_of(asked.run, more=FUTURE)),
}


def test_each_trouble_raises_one_alert_within_a_day_and_what_is_no_trouble_none(tmp_path: Path) -> None:
    alerts, _ = play(TROUBLES, tmp_path)
    check(alerts, TROUBLES)
