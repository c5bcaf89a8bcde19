"""Feeds as careless or mean publishers write them: what is read is right, what is refused has its reason."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from fivegwatch.extractors.errors import FeedError
from tests.extractors.feeds.test_parse import read, rss

SITE = "https://press.example/"
A = SITE + "a"
DAY = "2026-11-23"


def item(link: str = A, extra: str = "", title: str = "A") -> str:
    return f"<item><title>{title}</title><link>{link}</link>{extra}</item>"


def dated(text: str) -> bytes:
    return rss(item(extra=f"<pubDate>{text}</pubDate>"))


def atom(entry: str, attributes: str = "") -> bytes:
    head = f'<feed xmlns="http://www.w3.org/2005/Atom"{attributes}><title>t</title><id>x</id>'
    return f"<?xml version='1.0'?>{head}<entry><title>A</title><id>1</id>{entry}</entry></feed>".encode()


def json_feed(**values: Any) -> dict[str, Any]:
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [{"id": "1", "url": A, "title": "A"} | values],
    }


FERRY = rss(item(title="Паром")).decode()
READ: dict[str, tuple[bytes, list[str]]] = {
    "copies with tracking parameters": (
        rss(item() + item(A + "?utm_source=x") + item(A + "?fbclid=1") + item(A + "#top")), [A],
    ),
    "link without scheme": (rss(item("press.example/a")), [A]),
    "link without scheme, with www": (rss(item("www.press.example/a")), ["https://www.press.example/a"]),
    "a file that looks like a host": (rss(item("story.html")), [SITE + "story.html"]),
    "another host without scheme is a path": (rss(item("other.example/a")), [SITE + "other.example/a"]),
    "link without scheme and protocol": (rss(item("//press.example/a")), [A]),
    "empty link, and a guid that is one": (rss(item("", f"<guid>{A}</guid>")), [A]),
    "no link, and a guid that is none": (rss(f"<item><title>A</title><guid isPermaLink='false'>{A}</guid></item>"), []),
    "link in CDATA with blanks": (rss(item(f"<![CDATA[\n  {A}\n ]]>")), [A]),
    "link behind a comment": (rss(item(f"<!-- x -->{A}")), [A]),
    "ampersand escaped twice": (rss(item(A + "?x=1&amp;amp;y=2")), [A + "?x=1&y=2"]),
    "link with a blank": (rss(item(A + " b.html")), [A + "%20b.html"]),
    "atom link in an rss item": (
        rss(f'<item><title>A</title><l:link xmlns:l="http://www.w3.org/2005/Atom" href="{A}"/></item>'), [A],
    ),
    "the page among many links": (
        atom(f'<link rel="replies" href="{SITE}r"/><link rel="enclosure" href="{SITE}e.mp3"/>'
             f'<link rel="alternate" type="application/json" href="{SITE}j"/><link href="{A}"/>'), [A],
    ),
    "chain of xml:base": (
        atom('<link href="c.html" xml:base="b/"/>', f' xml:base="{SITE}a/"'), [SITE + "a/b/c.html"],
    ),
    "xml:base into a private network": (atom('<link href="c" xml:base="http://10.0.0.1/"/>'), []),
    "content elsewhere is not asked for": (atom('<content src="http://169.254.169.254/x" type="text/html"/>'), []),
    "self, hub and next that lead inside or in a circle": (
        rss("".join(f'<l:link xmlns:l="http://www.w3.org/2005/Atom" rel="{rel}" href="{url}"/>' for rel, url in (
            ("self", "http://169.254.169.254/"), ("hub", "http://127.0.0.1/"), ("next", SITE + "feed"))) + item()), [A],
    ),
    "items outside the channel": (
        f"<rss version='2.0'><channel><title>t</title></channel>{item()}</rss>".encode(), [A],
    ),
    "an item in an item": (rss(item(extra=item(SITE + "b"))), [A, SITE + "b"]),
    "capitals": (rss(item()).upper().replace(A.upper().encode(), A.encode()), [A]),
    "a namespace of its own": (rss(item()).replace(b"<rss ", b'<rss xmlns="http://backend.userland.com/rss2" '), [A]),
    "a script behind the end": (rss(item()) + b"<script>x()</script>\x00\x00", [A]),
    "attributes declared in the DTD": (
        rss(item(), '<!DOCTYPE rss [<!ATTLIST item link CDATA "http://10.0.0.1/">]>'), [A],
    ),
    "utf-32": (FERRY.encode("utf-32"), [A]),
    "half a character of utf-16 at the end": (FERRY.encode("utf-16")[:-1], [A]),
    "two byte order marks": (b"\xef\xbb\xbf" * 2 + FERRY.encode(), [A]),
    "a codec that is no charset": (
        FERRY.replace('version="1.0"', 'version="1.0" encoding="unicode_escape"').encode(), [A],
    ),
    "json with no numbers": (json.dumps(json_feed(x=float("nan"), y=float("inf"))).encode(), [A]),
    "json with a byte order mark": (json.dumps(json_feed()).encode("utf-8-sig"), [A]),
    "json in utf-16": (json.dumps(json_feed()).encode("utf-16"), [A]),
    "json with half a surrogate": (json.dumps(json_feed(title="A\ud800")).encode(), [A]),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_what_can_be_read_is_read(name: str) -> None:
    document, links = READ[name]
    feed = read(document)
    assert [entry.url for entry in feed.entries] == links
    assert len(feed.entries) + len(feed.skipped) >= 1
    if b"\xd0\x9f" in document or ("utf-" in name and "json" not in name):
        assert [entry.title for entry in feed.entries] == ["Паром"]


REFUSED = {
    "an entity that makes entities": (
        rss(item(title="&x;"), "<!DOCTYPE rss [<!ENTITY % p \"<!ENTITY x 'boo'>\"> %p;]>"), "entity",
    ),
    "ebcdic": (rss(item()).decode().encode("cp037"), "not_a_feed"),
    "a byte order mark that lies": (b"\xff\xfe" + FERRY.encode("utf-16-be"), "not_a_feed"),
    "packed twice": (gzip.compress(gzip.compress(rss(item()))), "not_a_feed"),
    "a list of feeds": (b"<?xml version='1.0'?><opml version='2.0'><body/></opml>", "not_a_feed"),
    "a fault": (b"<?xml version='1.0'?><Envelope><Body><Fault>no</Fault></Body></Envelope>", "not_a_feed"),
    "json behind a guard": (b")]}',\n" + json.dumps(json_feed()).encode(), "not_a_feed"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_feed_is_refused_with_its_reason(name: str) -> None:
    document, kind = REFUSED[name]
    with pytest.raises(FeedError) as caught:
        read(document)
    assert caught.value.kind == kind


@pytest.mark.parametrize(
    "text",
    [
        "23 พ.ย. 2569 10:00:00 +0700", "2569-11-23T10:00:00+07:00", "Mon, 23 Nov 2569 10:00:00 +0700",  # Thai
        "1448-06-13T10:00:00+03:00", "13 جمادى الآخرة 1448",  # Hijri
        "۲ آذر ۱۴۰۵", "1405-09-02 10:00:00",  # Persian
        "令和8年11月23日 10時00分", "R8.11.23", "115年11月23日", "0115-11-23T10:00:00+08:00",  # Japan, Taiwan
        "٢٠٢٦-١١-٢٣T١٠:٠٠:٠٠Z", "1795428000000", "11/23/2026 10:00:00 AM", "23/11/2026 10:00",
        "Mon, 23 Nov 26 10:00:00 GMT", "Mon, 23 Nov 2026 10:00:00 Europe/Berlin", "Sun, 23 Nov 2026 10:00:00 GMT",
        "Mon Nov 23 2026 10:00:00 GMT+0100 (Central European Standard Time)", "<![CDATA[ 2026-11-23 10:00 ]]>",
    ],
)  # fmt: skip
def test_a_date_of_any_era_is_right_or_unknown(text: str) -> None:
    (entry,) = read(dated(text)).entries
    assert entry.published_at is None or entry.published_at.strftime("%Y-%m-%d") == DAY


@pytest.mark.parametrize("ttl", ["99999999999999999999", "1e308", "-60", "nan", "∞", "0x10", "٦٠", ""])
def test_a_pause_of_any_size_is_bounded(ttl: str) -> None:
    feed = read(rss(f"<ttl>{ttl}</ttl>" + "<skipHours>" + "<hour>99</hour>" * 40 + "</skipHours>" + item()))
    assert 0 <= feed.pause_s <= 24 * 3600 * 7
    assert all(0 <= hour < 24 for hour in feed.skip_hours)
