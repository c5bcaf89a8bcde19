"""Feeds: each document in tests/data/feeds gives the entries in the JSON file beside it."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fivegwatch.extractors.errors import FeedError
from fivegwatch.extractors.feeds.parse import parse_feed
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.model import Entry, Feed, Origin, Page, ParsedFeed
from fivegwatch.extractors.web.urls import canonical_url, url_id, vet_url
from tests.conftest import ROOT
from tests.growth import assert_costs_in_proportion

DATA = ROOT / "tests" / "data" / "feeds"
CASES = sorted(path for path in DATA.iterdir() if ".expected." not in path.name)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ADDRESS = "https://press.example/feed"


def read(body: bytes, *, content_type: str = "", language: str = "", address: str = ADDRESS) -> ParsedFeed:
    origin = Origin(kind="feed", locator="press")
    page = Page(
        requested_url=address,
        final_url=address,
        status=200,
        content_type=content_type,
        body=body,
        captured_at=NOW,
        origin=origin,
    )
    return parse_feed(page, feed=Feed(id="press", url=address, title="Press", language=language))


def rss(items: str, head: str = "") -> bytes:
    channel = f"<channel><title>t</title>{items}</channel>"
    return f'<?xml version="1.0"?>{head}<rss version="2.0">{channel}</rss>'.encode()


def item(name: str, extra: str = "") -> str:
    return f"<item><title>{name}</title><link>https://press.example/{name}</link>{extra}</item>"


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_a_feed_reads_as_expected(path: Path) -> None:
    expected: dict[str, Any] = json.loads(path.with_suffix(".expected.json").read_text("utf-8"))
    if "error" in expected:
        with pytest.raises(FeedError) as caught:
            read(path.read_bytes())
        assert caught.value.kind == expected["error"]
        return
    parsed = read(path.read_bytes())
    assert (parsed.format, parsed.title, parsed.language) == tuple(
        expected[k] for k in ("format", "title", "language")
    )
    assert parsed.partial == expected.get("partial", False)
    assert [reason for reason, _ in parsed.skipped] == expected["skipped"]
    assert len(parsed.entries) == len(expected["entries"])
    for entry, wanted in zip(parsed.entries, expected["entries"], strict=True):
        assert {key: plain(entry, key) for key in wanted} == wanted


def plain(entry: Entry, key: str) -> object:
    value = getattr(entry, key)
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def test_an_entry_has_the_id_of_its_canonical_url_and_its_rank_in_the_feed() -> None:
    first, second = read(rss(item("a") + "<item/>" + item("b"))).entries
    assert first.id == url_id(canonical_url(first.url)) == url_id(first.canonical_url)
    assert (first.origin.locator, first.origin.rank, second.origin.rank) == ("press", 0, 2)


def test_the_language_the_watchlist_gives_outranks_what_the_feed_says() -> None:
    body = rss("<language>en-US</language>" + item("a"))
    assert read(body, language="ko").entries[0].language == "ko"
    assert read(body).entries[0].language == "en-US"


def test_an_html_page_names_the_feed_it_announces() -> None:
    with pytest.raises(FeedError, match=r"names the feed /feed"):
        read((DATA / "refused-html.xml").read_bytes())


@pytest.mark.slow
def test_the_entry_cap_keeps_the_newest_whichever_end_they_are_at() -> None:
    count = LIMITS.feed_entries + 100
    days = [f"<pubDate>{2000 + n // 300}-{n % 12 + 1:02}-{n % 28 + 1:02}</pubDate>" for n in range(count)]
    rising = read(rss("".join(item(f"n{n}", day) for n, day in enumerate(sorted(days)))))
    falling = read(rss("".join(item(f"n{n}", day) for n, day in enumerate(sorted(days, reverse=True)))))
    assert [rising.entries[0].title, rising.entries[-1].title] == ["n100", f"n{count - 1}"]
    assert [falling.entries[0].title, falling.entries[-1].title] == ["n0", f"n{LIMITS.feed_entries - 1}"]
    assert rising.skipped == falling.skipped == (("too_many_entries", "100 more"),)
    assert not rising.partial and not falling.partial


def test_long_fields_are_clipped_and_a_long_guid_becomes_its_hash() -> None:
    long = "x" * 30_000
    fields = (
        f"<description>{long}</description><guid isPermaLink='false'>{long}</guid><category>{long}</category>"
    )
    entry = read(
        rss(f"<item><title>{long}</title><link>https://press.example/1</link>{fields}</item>")
    ).entries[0]
    assert len(entry.title) == LIMITS.title_chars
    assert len(entry.summary) == LIMITS.summary_chars
    assert entry.guid.startswith("sha256:") and len(entry.guid) == 71
    assert [len(name) for name in entry.categories] == [LIMITS.category_chars]


def test_elements_nested_beyond_the_bound_are_refused() -> None:
    with pytest.raises(FeedError) as caught:
        read(rss("<item>" + "<a>" * 300 + "</a>" * 300 + "</item>"))
    assert caught.value.kind == "too_deep"


def test_json_nested_too_deep_is_refused() -> None:
    with pytest.raises(FeedError) as caught:
        read(b"[" * 200_000)
    assert caught.value.kind in ("too_deep", "bad_json")


def test_a_body_over_the_limit_is_refused_unread() -> None:
    with pytest.raises(FeedError) as caught:
        read(b"<rss>" + b" " * LIMITS.feed_body)
    assert caught.value.kind == "too_large"


@pytest.mark.parametrize(
    ("body", "size"),
    [
        (lambda size: rss(item("a", "<author>" + "a" * size + "</author>")), 50_000),
        (lambda size: rss(item("a", "<author><![CDATA[" + "a" * size + "]]></author>")), 50_000),
        (lambda size: rss(item("a", "<author><!-- -->" + "a" * size + "</author>")), 50_000),
        (
            lambda size: rss(
                item("a", "<author>" + ("a<![CDATA[" + "a" * 90 + "]]>") * (size // 100) + "</author>")
            ),
            50_000,
        ),
        (lambda size: rss(item("a", "<author x='" + "y" * 250 + "'>" + "a" * size + "</author>")), 50_000),
        (lambda size: rss(item("a", "<AUTHOR>" + "a" * size + "</AUTHOR>")), 50_000),
        (lambda size: rss(item("a", "<DC:CREATOR>" + "a" * size + "</DC:CREATOR>")), 50_000),
        (lambda size: rss(item("a", "<author><![CDATA[<" + "a" * size + "]]></author>")), 50_000),
        (lambda size: rss(item("a", "<author><![CDATA[</author>" + "a" * size + "]]></author>")), 50_000),
        (
            lambda size: rss(
                item("a", "<author>" + ("a" * 90 + "<!-- --><b>a</b>") * (size // 100) + "</author>")
            ),
            50_000,
        ),
        (lambda size: rss(item("a"), "\n" * size), 50_000),
        (lambda size: rss(item("a") + "&#" * size), 50_000),
        (lambda size: rss(item("a", "<description>" + "&lt;!--" * size + "</description>")), 20_000),
        (lambda size: rss(item("a", "<description>" + " " * size + "x</description>")), 50_000),
        (lambda size: rss(item("a") + "<![CDATA[" * size), 20_000),
        (lambda size: rss(item("a"), "<!-- " * size), 20_000),
        (lambda size: rss(item("a", "<description>" + "&lt;p " * size + "</description>")), 20_000),
        (lambda size: rss("<item " + " ".join(f"a{n}='1'" for n in range(size)) + "></item>"), 20_000),
    ],
    ids=[
        "author",
        "author-cdata",
        "author-comment",
        "author-pieces",
        "author-attribute",
        "author-capitals",
        "creator-capitals",
        "author-cdata-tag",
        "author-cdata-end",
        "author-elements",
        "blank-prolog",
        "references",
        "comments",
        "spaces",
        "cdata",
        "prolog",
        "open-tags",
        "attributes",
    ],
)
def test_the_time_for_text_that_slows_regular_expressions_is_in_proportion_to_its_size(
    body: Callable[[int], bytes], size: int
) -> None:
    def reading(size: int) -> Callable[[], object]:
        document = body(size)

        def once() -> None:
            try:
                assert len(read(document).entries) <= 1
            except FeedError as error:
                assert error.kind == "not_a_feed"

        return once

    assert_costs_in_proportion(reading, size)


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"<rss version='2.0'><channel><item>", b"<feed><entry>", b"{"]),
)
def test_any_bytes_are_a_feed_or_a_feed_error(tail: bytes, head: bytes) -> None:
    try:
        read(head + tail)
    except FeedError as error:
        assert error.kind and error.url == ADDRESS


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="<&"), max_size=30), max_size=6)
)
def test_every_entry_has_a_vetted_address_and_text_without_control_characters(texts: list[str]) -> None:
    items = "".join(f"<item><title>{t}</title><link>https://press.example/{t}</link></item>" for t in texts)
    parsed = read(rss(items))
    assert len({entry.id for entry in parsed.entries}) == len(parsed.entries)
    for entry in parsed.entries:
        assert vet_url(entry.url) == entry.url
        assert entry.title == " ".join(entry.title.split())
        assert entry.title.isprintable() or any(not c.isprintable() for c in "".join(texts))


def test_feedparser_is_only_ever_given_a_bytesio() -> None:
    uses: list[str] = []
    for folder in ("extractors", "sources", "storage", "flows"):
        for path in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(path.read_text("utf-8"))
            calls = {id(node.func): node for node in ast.walk(tree) if isinstance(node, ast.Call)}
            for node in ast.walk(tree):
                if isinstance(node, ast.ImportFrom):
                    assert not (node.module or "").startswith("feedparser"), (
                        f"{path}: its calls would be hidden"
                    )
                if isinstance(node, ast.Import):
                    assert all(a.asname is None for a in node.names if a.name.startswith("feedparser")), path
                if isinstance(node, ast.Attribute) and ast.unparse(node) == "feedparser.parse":
                    call = calls.get(id(node))
                    uses.append(
                        ast.unparse(call.args[0])[:11] if call else f"{path}: not called but passed on"
                    )
    assert uses == ["io.BytesIO("]


def test_a_feed_cut_short_before_its_first_whole_entry_is_a_transient_error() -> None:
    with pytest.raises(FeedError) as caught:
        read(rss(item("one"))[:75])
    assert (caught.value.kind, caught.value.transient) == ("truncated", True)


@pytest.mark.parametrize("link", ["#", "#top", "?", "//", "/feed", ADDRESS])
def test_a_link_to_the_feed_itself_is_skipped(link: str) -> None:
    parsed = read(rss(f"<item><title>x</title><link>{link}</link></item>" + item("one")))
    assert [entry.title for entry in parsed.entries] == ["one"]
    assert len(parsed.skipped) == 1
