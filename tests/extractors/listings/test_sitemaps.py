"""Laws for reading any sitemap, and for the days that a listing gives."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivegwatch.extractors.errors import FeedError
from fivegwatch.extractors.listings.days import Range, Span, path_span, written_span
from fivegwatch.extractors.listings.sitemap_xml import RecordReader
from fivegwatch.extractors.listings.sitemaps import SitemapReader, robots_sitemaps, unpack
from fivegwatch.extractors.model import Entry, Origin, Page, Unit
from tests.fakes.sitemaps import urlset
from tests.growth import assert_costs_in_proportion

NOW = datetime(2026, 11, 1, tzinfo=UTC)
URL = "https://outlet.example/sitemap.xml"


def page(body: bytes, content_type: str = "application/xml") -> Page:
    origin = Origin(kind="sitemap", locator=URL)
    return Page(
        requested_url=URL,
        final_url=URL,
        status=200,
        content_type=content_type,
        body=body,
        captured_at=NOW,
        origin=origin,
    )


def entries(body: bytes, **options: str) -> list[Entry]:
    found: list[Entry] = []
    try:
        unit = Unit(source="sitemap", kind="sitemap", locator=URL, options=tuple(options.items()))
        for listing in SitemapReader(page(body), unit):
            found += listing.entries
    except FeedError:
        pass
    return found


WHOLE = urlset((f"https://outlet.example/{number}?a=1&amp;b=2", "2023-10-05") for number in range(20))


@given(st.integers(0, len(WHOLE)))
def test_the_beginning_of_a_sitemap_gives_the_beginning_of_its_addresses(cut: int) -> None:
    known = [entry.url for entry in entries(WHOLE)]
    some = [entry.url for entry in entries(WHOLE[:cut])]
    assert len(known) == 20
    assert some == known[: len(some)]
    assert len(some) == WHOLE[:cut].count(b"</url>")


PLAIN = st.text(st.characters(exclude_categories=["Cc", "Cs", "Cn", "Zs", "Zl", "Zp"]), max_size=20)


@given(st.lists(st.tuples(PLAIN, st.booleans(), st.sampled_from(["", "sm:"])), max_size=8), st.booleans())
def test_a_well_formed_sitemap_is_read_as_an_xml_parser_reads_it(
    rows: list[tuple[str, bool, str]], comments: bool
) -> None:
    parts = []
    for text, packed, prefix in rows:
        inside = f"<![CDATA[{text.replace(']]>', '')}]]>" if packed else escape(text)
        parts.append(
            f"<{prefix}url><{prefix}loc>x{inside}</{prefix}loc><image:image><image:loc>no</image:loc></image:image>"
            f"</{prefix}url>{'<!-- <url><loc>no</loc></url> -->' if comments else ''}"
        )
    head = '<urlset xmlns="urn:s" xmlns:sm="urn:s" xmlns:image="urn:i">'
    text = f"{head}{''.join(parts)}</urlset>"
    tree = ElementTree.fromstring(text)
    known = [(url.findtext("{urn:s}loc") or "").strip() for url in tree.findall("{urn:s}url")]
    reader = RecordReader(text, text.index("<urlset"))
    assert [record.get("loc") for record in reader] == known
    assert reader.whole


SOUP = [
    "<url>", "</url>", "<loc>", "</loc>", "<urlset>", "</urlset>", "<!--", "-->", "<![CDATA[", "]]>", "<sm:url>",
    "<url/>", "&amp;", "&", "<", ">", "/", "&#0;", "&#x110000;", "<lastmod>", "2023", "https://outlet.example/a",
]  # fmt: skip


@given(st.lists(st.sampled_from([*SOUP, " "]), max_size=40))
def test_any_sequence_of_tags_is_read_without_an_exception(parts: list[str]) -> None:
    for entry in entries("".join(["<urlset>", *parts]).encode()):
        assert entry.url.startswith("https://outlet.example/")


@given(st.binary(max_size=200))
def test_any_bytes_are_a_sitemap_or_a_feed_error(body: bytes) -> None:
    entries(b"<urlset><url><loc>" + body)
    entries(b"\x1f\x8b" + body)


@pytest.mark.parametrize(
    "unit",
    [
        "<url>",
        "<url><loc>",
        "<!--",
        "<![CDATA[",
        "</url>",
        "<a ",
        "<" + "a" * 50 + ":",
        "&amp",
        "<urlset ",
        "<url><url/>",
        "<a></b>",
    ],
)
def test_the_time_for_hostile_repetition_is_in_proportion_to_its_size(unit: str) -> None:
    def reading(count: int) -> Callable[[], object]:
        text = "<urlset>" + unit * count
        return lambda: sum(1 for _ in RecordReader(text, text.index("<urlset")))

    assert_costs_in_proportion(reading, 16_000)


def test_entities_declared_in_a_sitemap_are_never_resolved() -> None:
    bomb = '<!DOCTYPE urlset [<!ENTITY a "aaaa"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    body = f"<?xml version='1.0'?>{bomb}<urlset><url><loc>https://outlet.example/&a;&f;</loc></url></urlset>"
    assert [entry.url for entry in entries(body.encode())] == ["https://outlet.example/&a;&f;"]


def test_comments_are_skipped_and_cdata_is_plain_text() -> None:
    body = (
        b"<urlset><!-- <url><loc>https://outlet.example/no</loc></url> -->"
        b"<url><loc><![CDATA[https://outlet.example/?a=1&b=2]]></loc></url></urlset>"
    )
    assert [entry.url for entry in entries(body)] == ["https://outlet.example/?a=1&b=2"]


def test_warnings_a_server_printed_before_the_sitemap_do_no_harm() -> None:
    junk = b"\r\n<br />\n<b>Warning</b>: Undefined variable in <b>/x.php</b><br />\n"
    assert len(entries(junk + WHOLE)) == 20


@given(st.binary(min_size=1, max_size=2_000), st.data())
def test_the_beginning_of_a_gzipped_document_cut_short_is_kept(body: bytes, data: st.DataObject) -> None:
    packed = gzip.compress(b"x" + body, 0)
    assert unpack(packed, at_most=10_000) == (b"x" + body, True)
    assert unpack(packed + b"\0" * 512, at_most=10_000) == (b"x" + body, True)
    some, whole = unpack(packed[: data.draw(st.integers(3, len(packed) - 1))], at_most=10_000)
    assert not whole
    assert (b"x" + body).startswith(some)


def test_a_bomb_is_refused_before_it_fills_the_memory() -> None:
    with pytest.raises(FeedError) as caught:
        unpack(gzip.compress(b"\0" * 30_000_000), at_most=1_000_000)
    assert caught.value.kind == "too_large"


def test_the_depth_of_a_sitemap_does_not_belong_to_its_identity() -> None:
    named = Unit(source="sitemap", kind="sitemap", locator=URL, options=(("since", "2020-01-01"),))
    found = Unit(
        source="sitemap", kind="sitemap", locator=URL, options=(("depth", "1"), ("since", "2020-01-01"))
    )
    other = Unit(
        source="sitemap", kind="sitemap", locator=URL, options=(("depth", "1"), ("since", "2021-01-01"))
    )
    assert named.id == found.id != other.id


def test_the_lines_of_robots_txt_count_in_any_group_and_case() -> None:
    text = "User-agent: a\nDisallow: /\nSITEMAP : https://x.example/1\n#Sitemap: https://x.example/2\n site-map:/3\n"
    assert robots_sitemaps(text) == ("https://x.example/1", "/3")


# ---------------------------------------------------------------- days

DAYS = st.dates(date(1995, 1, 2), date(2026, 10, 30))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2023", (2022, 12, 31), (2024, 1, 1)),
        ("2023-10", (2023, 9, 30), (2023, 11, 1)),
        ("2023-10-05", (2023, 10, 4), (2023, 10, 6)),
        ("2023-10-05T23:30:00-05:00", (2023, 10, 6), (2023, 10, 6)),
        ("2023-10-05T23:30:00.123Z", (2023, 10, 5), (2023, 10, 5)),
    ],
)
def test_a_written_date_gives_the_span_of_days_it_may_mean(
    text: str, first: tuple[int, int, int], last: tuple[int, int, int]
) -> None:
    assert written_span(text, now=NOW) == Span(date(*first), date(*last))


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("/2023/10/05/mast", date(2023, 10, 5)),
        ("/news/2023/oct/05/mast", date(2023, 10, 5)),
        ("/2023-10-05-mast", date(2023, 10, 5)),
        ("/2023/10/mast", date(2023, 10, 31)),
        ("/why-2023-10-05-matters/", None),
        ("/20231005/mast", None),  # may be a number of the site's own
        ("/2023/13/05/mast", None),
        ("/2023/02/30/mast", None),
        ("/page/10/05/", None),
    ],
)
def test_only_a_date_that_is_a_folder_or_begins_a_segment_counts(path: str, day: date | None) -> None:
    span = path_span("https://outlet.example" + path)
    assert (span and span.last) == (day and day + timedelta(days=1))


@given(DAYS, DAYS, DAYS, st.integers(-12, 14), st.integers(0, 23))
def test_a_span_of_days_never_excludes_a_story_inside_the_range(
    since: date, until: date, day: date, zone: int, hour: int
) -> None:
    wanted = Range(since=min(since, until), until=max(since, until))
    published = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    local = (published + timedelta(hours=zone)).date()
    hints = [
        written_span(local.isoformat(), now=NOW),
        written_span(published.isoformat(), now=NOW),
        written_span(local.isoformat()[:7], now=NOW),
        path_span(f"https://outlet.example/{local:%Y/%m/%d}/x"),
        path_span(f"https://outlet.example/{local:%Y/%m}/x"),
    ]
    for hint in hints:
        assert hint is not None
        if wanted.holds(published):
            assert not wanted.starts_after(hint)
            assert not wanted.ends_before(hint)


@given(DAYS, DAYS)
def test_a_range_written_as_options_is_read_back(since: date, until: date) -> None:
    wanted = Range(since=since, until=until)
    assert Range.of(dict(wanted.options())) == wanted
    assert Range.of({}) == Range()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", wanted.options()[0][1])
