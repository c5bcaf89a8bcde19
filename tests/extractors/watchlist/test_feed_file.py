"""Edits of feeds.toml: what is asked changes, every other line stays."""

from __future__ import annotations

import pytest

from fivegwatch.extractors.model import Feed
from fivegwatch.extractors.watchlist.feed_file import with_feed, with_values, without_feed
from fivegwatch.extractors.watchlist.subscriptions import parse_subscriptions

TEXT = """# My feeds
[one]
url = "https://one.example/feed"  # the English one
title = "One"

# Second, since May
[two]
url = "https://two.example/feed"
on = false
off_because = "paywall"

# Third
[three]
url = "https://three.example/feed"
"""


def test_a_feed_is_added_with_any_title_and_read_back_as_it_was() -> None:
    feed = Feed(
        id="four", url="https://four.example/", title='Say "5G" \\ 网络', publisher="four.example", language="zh-Hans",
        category="policy", country="CN", active=False, inactive_reason="it's gone",
    )  # fmt: skip
    text = with_feed(TEXT, feed)
    assert text.startswith(TEXT.rstrip())
    assert parse_subscriptions(text, file="f")[-1] == feed


def test_a_feed_is_removed_with_the_comment_above_it_and_nothing_else() -> None:
    assert without_feed(TEXT, "two") == TEXT.replace(TEXT[TEXT.index("# Second") : TEXT.index("# Third")], "")
    assert [feed.id for feed in parse_subscriptions(without_feed(TEXT, "three"), file="f")] == ["one", "two"]
    with pytest.raises(KeyError):
        without_feed(TEXT, "four")


def test_values_are_set_changed_and_taken_out() -> None:
    moved = with_values(TEXT, "one", {"url": "https://new.example/feed"})
    assert moved == TEXT.replace(
        '"https://one.example/feed"  # the English one', '"https://new.example/feed"'
    )
    on = with_values(TEXT, "two", {"on": None, "off_because": None})
    assert parse_subscriptions(on, file="f")[1].active
    off = with_values(TEXT, "three", {"off_because": "noise", "on": False})
    assert parse_subscriptions(off, file="f")[2].inactive_reason == "noise"
    assert with_values(off, "three", {"on": None, "off_because": None}) == TEXT
