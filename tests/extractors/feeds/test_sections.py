"""Unclosed sections: the items after them are read, or reported as missing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fivegwatch.extractors.feeds.sections import close_sections
from tests.extractors.feeds.test_parse import item, read, rss
from tests.growth import assert_costs_in_proportion

PLAIN = "".join(item(f"n{number}") for number in range(5))
QUOTED = "".join(
    item(f"q{number}", "<description><![CDATA[<p>x</p><!-- y -->]]></description><!-- z -->")
    for number in range(5)
)


@pytest.mark.parametrize("behind", [PLAIN, QUOTED], ids=["plain", "with sections of their own"])
@pytest.mark.parametrize(
    "broken",
    [
        item("b", "<description><![CDATA[oops</description>"),
        item("b", "<description>Well, <![CDATA[oops</description>"),
        item("b", "<description><![CDATA[oops]]</description>"),
        item("b", "<description><![CDATA[oops"),
        item("b", "<description><!-- oops</description>"),
        item("b", "<!-- oops"),
        item("b", "<description><![CDATA[oops</description>") + item("c", "<!-- and <![CDATA[ again"),
        "<description><![CDATA[oops</description>" + item("b"),
        "<!-- oops\n" + item("b"),
    ],
)
def test_an_unclosed_section_hides_no_item_after_it(broken: str, behind: str) -> None:
    parsed = read(rss(item("a") + broken + behind))
    wanted = read(rss(item("a") + item("b") + (item("c") if "/c<" in broken else "") + behind))
    assert [entry.url for entry in parsed.entries] == [entry.url for entry in wanted.entries]
    assert not parsed.skipped and not parsed.partial
    texts = {entry.title: entry.summary for entry in parsed.entries}
    assert "http" not in texts["b"] and texts.get("q1", "x") == "x"


@pytest.mark.parametrize(
    "quoted",
    [
        "<description><![CDATA[A feed: <item><title>x</title></item><item><title>y</title></item>]]></description>",
        "<description><![CDATA[Every story ends with </item> in a feed.]]></description>",
        "<!-- <item><title>old</title><link>https://press.example/old</link></item> -->",
        "<description><![CDATA[<!-- ]]></description>",
        "<!-- <![CDATA[ -->",
        "<description>the word <item> unquoted</description>",
    ],
)
def test_items_in_a_quoted_sample_are_no_items_and_no_real_item_is_lost(quoted: str) -> None:
    parsed = read(rss(item("a", quoted) + PLAIN))
    assert len(parsed.entries) == 6
    assert not parsed.skipped and not parsed.partial


def test_a_comment_between_items_hides_its_content() -> None:
    parsed = read(rss(item("a") + "<!-- " + item("old") + " -->" + PLAIN))
    assert [entry.title for entry in parsed.entries] == ["a", "n0", "n1", "n2", "n3", "n4"]
    assert not parsed.skipped and not parsed.partial


@pytest.mark.parametrize(
    ("broken", "lost"),
    [
        ("<item><title>x</item>", 1),
        ("<?php echo 'x'", 1),
        ("<item><description>x</item>", 1),
        ("<!DOCTYPE x [", 1),
    ],
)
def test_unreadable_items_are_reported_and_the_feed_is_partial(broken: str, lost: int) -> None:
    parsed = read(rss(item("a") + broken + PLAIN))
    assert ("unreadable", f"{lost} items") in parsed.skipped
    assert parsed.partial


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        lambda size: "<![CDATA[" * size,
        lambda size: "<item><![CDATA[</item>" * size,
        lambda size: "<item><![CDATA[<!--</item>" * size + "-->]]>",
        lambda size: "<item><!-- <![CDATA[" * size + "]]>",
        lambda size: ("<item><![CDATA[</item>" + "<!---->" * 20) * (size // 8) + "]]>",
    ],
    ids=["opened", "swallowing", "both kinds", "one end for all", "comments between"],
)
def test_the_time_to_close_sections_is_in_proportion_to_the_size(text: Callable[[int], str]) -> None:
    def looking(size: int) -> Callable[[], object]:
        document = text(size)
        return lambda: close_sections(document, "rss")

    assert_costs_in_proportion(looking, 40_000)
