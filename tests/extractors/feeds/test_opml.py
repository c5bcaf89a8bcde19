"""OPML in and out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from fivegwatch.extractors.errors import FeedError
from fivegwatch.extractors.feeds.opml import read_opml, write_opml
from fivegwatch.extractors.model import Feed

NESTED = """<?xml version="1.0"?><opml version="1.0"><body>
<outline text="Telecom"><outline text="Trade &amp; press">
  <outline text="A" xmlUrl="https://a.example/feed" htmlUrl="https://a.example/"/>
  <outline text="A" XMLURL="https://b.example/feed"/>
</outline></outline>
<outline text="No folder" xmlUrl="https://c.example/feed"/>
<outline text="Again" xmlUrl="https://a.example/feed"/>
<outline text="Bad" xmlUrl="javascript:alert(1)"/><outline text="None" type="rss"/>
<outline text="Odd site" xmlUrl="feed://d.example/feed" htmlUrl="javascript:alert(1)"/>
</body></opml>"""


def test_nested_folders_are_categories_and_each_address_is_read_once() -> None:
    listed = read_opml(NESTED, file="x")
    feeds = listed.feeds
    assert [(f.id, f.url, f.category) for f in feeds] == [
        ("a", "https://a.example/feed", "telecom-trade-press"),
        ("a-2", "https://b.example/feed", "telecom-trade-press"),
        ("no-folder", "https://c.example/feed", ""),
        ("odd-site", "http://d.example/feed", ""),
    ]
    assert [line.partition(":")[0] for line in listed.unusable] == ["Bad", "None"]


def test_what_is_written_is_read_back() -> None:
    feeds = [
        Feed(
            id="one",
            url="https://a.example/feed?x=1&y=2",
            title='One "&" <only>',
            category="policy",
            language="de",
        ),
        Feed(
            id="two",
            url="https://b.example/feed",
            title="Two",
            site_url="https://b.example/",
            publisher="B & Co",
        ),
        Feed(
            id="other-id",
            url="http://127.0.0.1:8799/f",
            title="Off",
            country="DE",
            active=False,
            inactive_reason="x",
        ),
    ]
    allow = frozenset({("127.0.0.1", 8799)})
    again = read_opml(write_opml(feeds), file="x", allow=allow).feeds
    assert sorted(again, key=lambda feed: feed.id) == sorted(feeds, key=lambda feed: feed.id)
    # A list that names one id twice, or one that feeds.toml refuses, still gives every feed an id of its own.
    twice = write_opml([feeds[0], replace(feeds[1], id=feeds[0].id), replace(feeds[2], id="No Id")])
    assert [f.id for f in read_opml(twice, file="x", allow=allow).feeds] == ["one", "one-2", "off"]


@pytest.mark.parametrize(
    "text", ["", "<html/>", "{}", '<!DOCTYPE x [<!ENTITY a "b">]><opml/>', "<opml><body>"]
)
def test_what_is_no_opml_is_refused(text: str) -> None:
    with pytest.raises(FeedError):
        read_opml(text, file="x")


@pytest.mark.shared
def test_recorded_lists_are_read_or_refused(shared: Path) -> None:
    read = []
    for file in sorted((shared / "data/feeds/opml").iterdir()):
        try:
            read += read_opml(file.read_text("utf-8", "replace"), file=file.name).feeds
        except FeedError:
            continue
    assert len(read) > 3_000
