"""The addresses of a feed's items are read in every form, and none is invented."""

from __future__ import annotations

import pytest

from tests.extractors.feeds.test_parse import item, read, rss

STORY = "https://press.example/a/1"
IANA = "http://www.iana.org/assignments/relation/alternate"


def entry(fields: str, base: str = "") -> bytes:
    document = f"<title>t</title><entry><title>x</title>{fields}</entry>"
    return f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"{base}>{document}</feed>'.encode()


def only(fields: str) -> bytes:
    return rss(f"<item><title>x</title>{fields}</item>")


@pytest.mark.parametrize(
    "body",
    [
        only("<guid>77-abc</guid><enclosure url='https://cdn.example/1.mp3' type='audio/mpeg' length='1'/>"),
        only("<guid isPermaLink='true'>story-1</guid>"),
        only("<guid>12345 at https://press.example</guid>"),
        only("<guid>urn:uuid:1225c695-cfb8-4ebb-aaaa-80da344efa6a</guid>"),
        only(f"<guid isPermaLink='False'>{STORY}</guid>"),
        entry("<id>2</id>"),
        entry("<id>2</id>", ' xml:base="https://press.example/"'),
        entry("<id>tag:press.example,2026:2</id>"),
    ],
)
def test_a_guid_that_is_no_address_is_never_resolved_to_one(body: bytes) -> None:
    parsed = read(body)
    assert not parsed.entries
    assert [reason for reason, _ in parsed.skipped] == ["no_link"]


@pytest.mark.parametrize(
    "body",
    [
        only(f"<guid>{STORY}</guid>"),
        only(f"<guid isPermaLink='True'>{STORY}</guid>"),
        only(f'<guid ispermalink = " TRUE ">\n{STORY} </guid>'),
        only(f"<guid><![CDATA[{STORY}]]></guid>"),
        only(f"<link>\ufeff{STORY}\u200b</link>"),
        only(f"<link> &#xFEFF;&#8203;{STORY}</link>"),
        only(f"<link><![CDATA[\u2060{STORY}]]></link>"),
        only(f"<guid>\u200b{STORY}</guid>"),
        only(f"<link/>{STORY}<pubDate>x</pubDate>"),
        only(f"<link />\n{STORY}</link><description>x</description>"),
        entry(f"<id>{STORY}</id>"),
        entry(f"<id>2</id><link rel='{IANA}' href='{STORY}'/>"),
        entry(f"<id>https://press.example/id/2</id><link rel='{IANA}' href='{STORY}'/>"),
        entry(f"<id>2</id><link rel='ALTERNATE' href='{STORY}'/>"),
        entry("<id>2</id><link href='a/1'/>", ' xml:base="/"'),
    ],
)
def test_the_address_of_an_item_is_read_in_every_form_that_feeds_use(body: bytes) -> None:
    parsed = read(body)
    assert [found.url for found in parsed.entries] == [STORY]


@pytest.mark.parametrize(
    ("body", "guid"),
    [
        (rss(item("a", "<guid>77-abc</guid>")), "77-abc"),
        (rss(item("a", "<guid isPermaLink='false'>7</guid>")), "7"),
        (entry(f"<id>2</id><link href='{STORY}'/>", ' xml:base="https://press.example/"'), "2"),
        (rss(item("a", f"<guid>{STORY}</guid>")), STORY),
    ],
)
def test_a_guid_is_kept_as_the_feed_gives_it(body: bytes, guid: str) -> None:
    assert [found.guid for found in read(body).entries] == [guid]
