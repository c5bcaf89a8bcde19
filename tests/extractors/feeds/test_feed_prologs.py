"""What may precede the root of a feed, and what may be declared there."""

from __future__ import annotations

import json

import pytest

from fivegwatch.extractors.errors import FeedError
from fivegwatch.extractors.limits import LIMITS
from tests.extractors.feeds.test_parse import item, read, rss

LATIN = (
    '<!DOCTYPE rss [<!ENTITY % HTMLlat1 PUBLIC "-//W3C//ENTITIES Latin 1 for XHTML//EN" '
    '"http://www.w3.org/TR/xhtml1/DTD/xhtml-lat1.ent">%HTMLlat1;]>'
)
VERSION = '"version": "https://jsonfeed.org/version/1.1"'


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE rss [<!ENTITY nbsp "&#160;">]>',
        '<!DOCTYPE rss [<!ENTITY nbsp \'&#xA0;\'> <!ENTITY deg "&#176;"> <!-- <!ENTITY old "x y"> -->]>',
        LATIN,
        "<!-- no <!ENTITY here -->",
    ],
)
def test_declared_names_of_characters_are_allowed(head: str) -> None:
    parsed = read(rss(item("a", "<description>one&nbsp;two</description>"), head))
    assert [entry.summary.split() for entry in parsed.entries] == [["one", "two"]]
    assert not parsed.skipped


def test_a_declared_name_of_a_character_is_replaced_by_the_character() -> None:
    head = '<!DOCTYPE rss [<!ENTITY krona "&#xE5;"><!ENTITY o "ø">]>'
    parsed = read(rss(item("a", "<description>p&krona; &o;&amp;&quot;</description>"), head))
    assert parsed.entries[0].summary == 'på ø&"'


@pytest.mark.parametrize(
    "entity",
    [
        '<!ENTITY a "&b;&b;">',
        '<!ENTITY a "words">',
        '<!ENTITY a "b">',
        '<!ENTITY a "&#60;">',
        '<!ENTITY a "<rss>">',
        '<!ENTITY a SYSTEM "file:///etc/hostname">',
        '<!ENTITY % a SYSTEM "https://press.example/dtd">',
        '<!ENTITY % a PUBLIC "-//X//ENTITIES x//EN" "https://press.example/dtd">',
        '<!ENTITY % a "&#60;!ENTITY b &#39;x&#39;>">',
        '<!ENTITY nbsp "&#160;"><!ENTITY a "&nbsp;&nbsp;">',
    ],
)
def test_any_other_entity_is_refused(entity: str) -> None:
    with pytest.raises(FeedError) as caught:
        read(rss(item("a"), f"<!DOCTYPE rss [{entity}]>"))
    assert caught.value.kind == "entity"


@pytest.mark.parametrize("line", ["[Thu Nov 26] PHP Notice: x", "{debug: 1}", '{"debug": 1}', "[]"])
def test_a_line_of_a_log_before_the_xml_does_not_make_it_json(line: str) -> None:
    assert [entry.title for entry in read(f"{line}\n".encode() + rss(item("a"))).entries] == ["a"]


def test_raw_line_breaks_in_json_strings_are_read() -> None:
    text = '"content_text": "<rss> two\nlines\tof <!-- text"'
    body = f'{{{VERSION}, "items": [{{"id": "1", "url": "https://press.example/1", {text}}}]}}'
    (entry,) = read(body.encode()).entries
    assert "lines" in entry.content


@pytest.mark.parametrize("rising", [True, False])
def test_the_newest_items_of_a_json_feed_are_kept_if_there_are_too_many(rising: bool) -> None:
    count = LIMITS.feed_entries + 100
    days = [f"{2000 + n // 300}-{n % 300 // 28 + 1:02}-{n % 28 + 1:02}T00:00:00Z" for n in range(count)]
    items = [
        {"id": str(n), "url": f"https://press.example/{n}", "title": f"n{n}", "date_published": days[n]}
        for n in range(count)
    ]
    document = {"version": "https://jsonfeed.org/version/1.1", "items": items if rising else items[::-1]}
    parsed = read(json.dumps(document).encode())
    titles = {entry.title for entry in parsed.entries}
    assert f"n{count - 1}" in titles and "n0" not in titles and len(titles) == LIMITS.feed_entries
    assert parsed.skipped == (("too_many_entries", "100 more"),)
