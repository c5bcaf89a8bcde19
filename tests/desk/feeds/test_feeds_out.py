"""Feeds out are valid by the rules of RFC 4287, JSON Feed 1.1 and feedvalidator, and readers read what was written."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree

from fivegwatch.desk.feeds.atom import atom_of
from fivegwatch.desk.feeds.document import Feed, FeedItem
from fivegwatch.desk.feeds.json_feed import json_feed_of
from fivegwatch.extractors.feeds.parse import parse_feed
from fivegwatch.extractors.model import Origin, Page
from tests.storage.builders import make_feed

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
BASE = "https://desk.example/5g/"
HOSTILE = "<script>alert(1)</script> ]]> &amp; \x00\x0b\ufffe \ud800 \U0001f4e1 \u202e"
ITEMS = (
    FeedItem(
        key="event:1", title="Germany bans Huawei & ZTE", url=f"{BASE}event/1.html",
        updated_at=NOON + timedelta(hours=3), published_at=NOON,
        paragraphs=("Germany: ban of Huawei, decided.",), language="de", tags=("T01", "DE", "T01"),
        sources=(("heise.de: 5G", "https://heise.de/a?b=1&c=2"),), authors=("heise.de", "heise.de"),
    ),
    FeedItem(
        key="event:2", title=HOSTILE, url=f"{BASE}event/2.html", updated_at=NOON, published_at=NOON + timedelta(days=9),
        paragraphs=(HOSTILE,), language="not a tag!", tags=("",), sources=((HOSTILE, "javascript:alert(1)"),),
        authors=(HOSTILE,),
    ),
    FeedItem(key="event:3", title=" \n", url=f"{BASE}event/3.html", updated_at=NOON),
)  # fmt: skip
FEED = Feed(
    key="all",
    title="5G <b>security</b>",
    description="Everything",
    page_url=BASE,
    base_url=BASE,
    path="feeds/all",
    items=ITEMS,
)
ATOM = "{http://www.w3.org/2005/Atom}"
GRAMMAR = etree.RelaxNG(etree.parse(Path(__file__).with_name("atom.rng")))
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def faults_of(document: str) -> Iterator[str]:
    """What is wrong with an Atom document: by the grammar of RFC 4287, and what feedvalidator warns of besides."""
    if not GRAMMAR.validate(etree.fromstring(document.encode())):
        yield from (f"{error.line}: {error.message}" for error in GRAMMAR.error_log)
    root = ET.fromstring(document)
    ids = [element.text or "" for element in root.iter(f"{ATOM}id")]
    yield from (f"id: {one}" for one in ids if not re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", one))
    yield from (f"twice: {one}" for one in set(ids) if ids.count(one) > 1)
    for node in [root, *root.iter(f"{ATOM}entry")]:
        for name in ("id", "title", "updated"):
            if len(node.findall(f"{ATOM}{name}")) != 1 or not (node.findtext(f"{ATOM}{name}") or "").strip():
                yield f"{name} is missing or blank"
        for name in ("updated", "published"):
            if (moment := node.findtext(f"{ATOM}{name}")) and not DATE.fullmatch(moment):
                yield f"{name}: {moment}"
        if (node.findtext(f"{ATOM}published") or "") > (node.findtext(f"{ATOM}updated") or ""):
            yield "published after it was updated"
        links = [(link.get("rel"), link.get("type")) for link in node.findall(f"{ATOM}link")]
        if len(set(links)) != len(links) or ("alternate", "text/html") not in links:
            yield f"links: {links}"
        yield from (
            "blank name" for one in node.iterfind(f"{ATOM}author/{ATOM}name") if not (one.text or "").strip()
        )
        yield from ("blank term" for one in node.findall(f"{ATOM}category") if not one.get("term"))
        content = node.find(f"{ATOM}content")
        if content is not None and re.search(
            r"<(?!/?(p|ul|li|a)\b)|<[^>]*(\son\w+=|javascript:)", content.text or ""
        ):
            yield f"content: {content.text}"
    if not any(link.get("rel") == "self" for link in root.findall(f"{ATOM}link")) or not root.findall(
        f"{ATOM}author"
    ):
        yield "no self link, or nobody is its author"
    yield from (
        f"relative: {link.get('href')}"
        for link in root.iter(f"{ATOM}link")
        if "://" not in link.get("href", "")
    )


def read_by_us(document: str, content_type: str) -> list[tuple[str, str]]:
    page = Page(
        requested_url=BASE, final_url=BASE, status=200, content_type=content_type, body=document.encode(),
        captured_at=NOON + timedelta(days=1), origin=Origin(kind="feed", locator="x"),
    )  # fmt: skip
    return [(entry.url, entry.title) for entry in parse_feed(page, feed=make_feed()).entries]


def test_an_atom_feed_has_no_fault_and_feedparser_reads_all_of_it() -> None:
    document = atom_of(FEED)
    assert list(faults_of(document)) == []
    parsed = feedparser.parse(document.encode())
    assert not parsed.bozo and parsed.version == "atom10" and parsed.feed.title == "5G <b>security</b>"
    first, hostile, blank = parsed.entries
    assert (
        first.title == "Germany bans Huawei & ZTE" and first.language == "de" if "language" in first else True
    )
    assert first.published == "2026-05-04T12:00:00Z" and [tag.term for tag in first.tags] == ["T01", "DE"]
    assert 'href="https://heise.de/a?b=1&amp;c=2"' in first.content[0].value
    assert "\U0001f4e1" in hostile.title and "<script" not in hostile.content[0].value.replace("&lt;", "")
    assert blank.title == "(no headline)"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<updated>2026-05-04T15:00:00Z</updated>", "<updated>4 May 2026</updated>"), ("<id>", "<guid>"),
        ('href="https', 'src="https'), ("<entry>", "<entry><entry/>"), ('term="T01"', 'name="T01"'),
    ],
)  # fmt: skip
def test_the_grammar_refuses_what_is_no_atom(old: str, new: str) -> None:
    document = atom_of(FEED)
    assert old in document
    wrong = document.replace(old, new, 1).replace("</id>", "</guid>", 1 if "guid" in new else 0)
    assert not GRAMMAR.validate(etree.fromstring(wrong.encode()))


STRINGS = {
    "version", "title", "home_page_url", "feed_url", "description", "id", "url", "external_url", "content_html",
    "content_text", "summary", "date_published", "date_modified", "language", "name",
}  # fmt: skip
LISTS = {"authors": {"name", "url", "avatar"}, "tags": None, "items": None}


def json_faults_of(document: dict[str, Any]) -> Iterator[str]:
    """What is wrong with a JSON feed by https://www.jsonfeed.org/version/1.1/: types, names, what must be there."""
    if document.get("version") != "https://jsonfeed.org/version/1.1" or not document.get("title"):
        yield "no version or no title"
    ids = [item.get("id") for item in document["items"]]
    if len(set(ids)) != len(ids) or not all(isinstance(one, str) and one for one in ids):
        yield f"ids: {ids}"
    for part in (document, *document["items"]):
        yield from (f"{name}: {part[name]!r}" for name in part if name not in STRINGS | LISTS.keys())
        yield from (
            f"{name} is no string" for name in STRINGS & part.keys() if not isinstance(part[name], str)
        )
        yield from (
            f"{name} is no list" for name in LISTS.keys() & part.keys() if not isinstance(part[name], list)
        )
        yield from (
            f"author: {author}" for author in part.get("authors", ()) if not author.keys() <= LISTS["authors"]
        )
        for name in ("date_published", "date_modified"):
            if name in part and not DATE.fullmatch(part[name]):
                yield f"{name}: {part[name]}"
        for name in ("home_page_url", "feed_url", "url", "external_url"):
            if name in part and not re.match("https?://", part[name]):
                yield f"{name}: {part[name]}"
    yield from (
        "an item without content"
        for item in document["items"]
        if not {"content_html", "content_text"} & item.keys()
    )


def test_a_json_feed_has_what_version_1_1_requires() -> None:
    document = json.loads(json_feed_of(FEED))
    assert list(json_faults_of(document)) == [] and document["feed_url"] == f"{BASE}feeds/all.json"
    for item in document["items"]:
        assert isinstance(item["id"], str) and ("content_html" in item) != ("content_text" in item)
        assert DATE.fullmatch(item["date_modified"]) and all(item.values())
        assert "javascript:" not in item.get("external_url", "") and "<script" not in item.get(
            "content_html", ""
        )
    assert document["items"][0]["authors"] == [{"name": "heise.de"}]


@pytest.mark.parametrize(
    ("write", "content_type"), [(atom_of, "application/atom+xml"), (json_feed_of, "application/feed+json")]
)
def test_our_own_parser_reads_both_formats(write: object, content_type: str) -> None:
    entries = read_by_us(write(FEED), content_type)  # type: ignore[operator]
    assert [url for url, _ in entries] == [item.url for item in ITEMS] and entries[0][1] == ITEMS[0].title


def test_an_item_keeps_its_id_when_it_changes_and_the_feed_changes_only_with_its_items() -> None:
    later = replace(ITEMS[0], updated_at=NOON + timedelta(days=1), title="Germany bans Huawei (updated)")
    moved = replace(FEED, base_url="https://other.example/", items=(later, *ITEMS[1:]))
    ids = [[entry.id for entry in feedparser.parse(atom_of(feed).encode()).entries] for feed in (FEED, moved)]
    assert ids[0] == ids[1] and len(set(ids[0])) == 3
    assert [item["id"] for item in json.loads(json_feed_of(moved))["items"]] == ids[0]
    assert atom_of(FEED) == atom_of(replace(FEED)) and "2026-05-05T12:00:00Z" in atom_of(moved)
    assert (
        feedparser.parse(atom_of(moved).encode()).feed.id != feedparser.parse(atom_of(FEED).encode()).feed.id
    )


def test_a_feed_without_items_is_valid() -> None:
    document = atom_of(replace(FEED, items=()))
    assert list(faults_of(document)) == [] and "1970-01-01T00:00:00Z" in document
