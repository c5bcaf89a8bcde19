"""Subscriptions: what a user writes is read whole, or refused with the line and the remedy."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from fivegwatch.extractors.errors import WatchlistError
from fivegwatch.extractors.watchlist.subscriptions import parse_subscriptions
from fivegwatch.extractors.web.urls import canonical_url

GOOD = """\
# mine
[light-reading]
title = "Light Reading"
url = "https://www.lightreading.com/rss.xml"
site = "https://www.lightreading.com/"
language = "en-us"
country = "US"
category = "telecom-trade"

[old-one]
url = "https://old.example/feed"
on = false
off_because = "Gone since May."
"""


def test_a_table_is_a_feed_and_its_name_the_id() -> None:
    first, second = parse_subscriptions(GOOD, file="feeds.toml")
    assert (first.id, first.title, first.language, first.country) == (
        "light-reading",
        "Light Reading",
        "en-US",
        "US",
    )
    assert (first.publisher, first.category, first.active) == ("lightreading.com", "telecom-trade", True)
    assert (second.title, second.active, second.inactive_reason) == ("old-one", False, "Gone since May.")


def test_a_local_newsroom_may_be_watched() -> None:
    (feed,) = parse_subscriptions('[demo]\nurl = "http://127.0.0.1:8099/feed.xml"\n', file="feeds.toml")
    assert feed.url == "http://127.0.0.1:8099/feed.xml"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("[a]\nurl = https://x.example\n", 2, "not TOML"),
        ('[a]\nurl = "https://x.example/"\nulr = "y"\n', 3, "Did you mean url?"),
        ('[a]\ntitle = "x"\n', 1, "[a] url is missing"),
        ('[a]\nurl = "not an address"\n', 2, "Use a whole address"),
        ('[a]\nurl = "ftp://x.example/"\n', 2, "Use a whole address"),
        ('[a]\nurl = "https://me:pw@x.example/"\n', 2, "Credentials"),
        ("[a]\nurl = 7\n", 2, "not a text"),
        ("\n[A B]\n", 2, "not TOML"),
        ('["Big Name"]\nurl = "https://x.example/"\n', 1, "is no feed id"),
        ('[a]\nurl = "https://x.example/"\nlanguage = "english!"\n', 3, "BCP 47"),
        ('[a]\nurl = "https://x.example/"\ncountry = "Germany"\n', 3, "two capitals"),
        ('[a]\nurl = "https://x.example/"\non = "no"\n', 3, "neither true nor false"),
        ('[a]\nurl = "https://x.example/"\non = false\n', 3, "without a reason"),
        ('[a]\nurl = "https://x.example/"\noff_because = "x"\n', 3, "for a feed that is on"),
        (
            '[a]\nurl = "https://x.example/f"\n[b]\ntitle = "b"\nurl = "http://x.example/f/"\n',
            5,
            "the same address as that of [a]",
        ),
        ("# c\nstray = 1\n", 2, "is not in a table"),
        ('[a]\nurl = "https://x.example/"\n[a]\n', 3, "is there twice"),
        ('[a]\nurl = "https://x.example/"\n[a.b]\nc = 1\n', 3, "b is not a known key"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_the_remedy(text: str, line: int, says: str) -> None:
    with pytest.raises(WatchlistError, match=re.escape(says)) as caught:
        parse_subscriptions(text, file="my/feeds.toml")
    assert str(caught.value).startswith(f"my/feeds.toml:{line}: ")


def test_an_empty_file_has_no_feeds() -> None:
    assert parse_subscriptions("", file="feeds.toml") == ()


def test_the_shipped_feeds_are_well_formed_distinct_and_say_why_they_are_off() -> None:
    text = resources.files("fivegwatch.watchlist").joinpath("feeds.toml").read_text("utf-8")
    feeds = parse_subscriptions(text, file="feeds.toml")
    assert len(feeds) > 250 and sum(feed.active for feed in feeds) > 200
    assert len({canonical_url(feed.url) for feed in feeds}) == len(feeds)
    assert all(
        feed.title and feed.language and feed.country and feed.category and feed.site_url for feed in feeds
    )
    assert all(len(feed.inactive_reason) > 20 for feed in feeds if not feed.active)
