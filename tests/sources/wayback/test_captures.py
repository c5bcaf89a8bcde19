"""The archive as a source: what was captured of a site, and what a feed said over the years."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fivegwatch.extractors.errors import ExtractionError, FetchError
from fivegwatch.extractors.feeds.parse import parse_feed
from fivegwatch.extractors.model import Feed, Listing, Origin, Page, ParsedFeed, Unit
from fivegwatch.sources.http.client import Web
from fivegwatch.sources.services.throttle import Services
from fivegwatch.sources.wayback import captures as wayback
from fivegwatch.sources.wayback import index as cdx_index
from fivegwatch.sources.wayback.captures import (
    Match,
    plan_captures,
    plan_feed_history,
    read_captures,
    read_feed_history,
)
from tests.fakes.service import Answer
from tests.fakes.wayback import Captured, Row, WaybackFake
from tests.sources.waiting import FakeTime, asking, collect, entries_of, skipped_of

SINCE, UNTIL = date(2019, 1, 1), date(2020, 12, 31)
FEED = "https://news.example/feed"
MEMENTO = (("Memento-Datetime", "Sat, 01 Jun 2019 12:00:00 GMT"),)


def story(number: int, timestamp: str = "20190601000000", **other: object) -> Captured:
    return Captured(f"https://news.example/{number:05}", timestamp, b"<p>%d" % number, **other)  # type: ignore[arg-type]


def unit_for(url: str = "news.example", match: Match = "domain") -> Unit:
    (unit,) = plan_captures([url], SINCE, UNTIL, match)
    return unit


def captures(
    fake: WaybackFake, unit: Unit | None = None, cursor: str = "", *, time: FakeTime | None = None
) -> list[Listing]:
    async def job(web: Web) -> list[Listing]:
        services, throttle = Services(wayback=fake.url), (time or FakeTime()).throttle()
        return await collect(read_captures(web, unit or unit_for(), cursor, services, throttle))

    return asking(fake, job)


def urls_of(listings: list[Listing]) -> list[str]:
    return [entry.url for entry in entries_of(listings)]


# ---------------------------------------------------------------- pages of a site


def test_a_plan_has_one_unit_for_each_address_the_same_in_every_run() -> None:
    units = plan_captures(
        ["https://a.example/x", " https://a.example/x ", "", "b.example"], SINCE, UNTIL, "prefix"
    )
    assert [unit.locator for unit in units] == ["https://a.example/x", "b.example"]
    assert units == plan_captures(["https://a.example/x", "b.example"], SINCE, UNTIL, "prefix")
    assert dict(units[0].options) == {"match": "prefix", "from": "20190101000000", "to": "20201231235959"}
    assert len({unit.id for unit in (*units, *plan_captures(["b.example"], SINCE, UNTIL))}) == 3


def test_patterns_say_themselves_how_far_they_reach() -> None:
    units = plan_captures(["*.a.example", "a.example/news/*", "a.example/x"], SINCE, UNTIL)
    assert [(unit.locator, unit.option("match")) for unit in units] == [
        ("a.example", "domain"), ("a.example/news/", "prefix"), ("a.example/x", "exact"),
    ]  # fmt: skip


def test_of_every_address_the_earliest_good_page_in_range_is_listed() -> None:
    with WaybackFake(
        (
            story(1, "20181231235959"), story(1, "20190101000000"), story(1, "20190102000000"),
            story(2, "20190101000000", status=404), story(2, "20190301000000"), story(3, "20210101000000"),
            Captured("http://news.example:80/4", "20201231235959", b"4"), story(5, mimetype="image/png"),
        ),
        rows=(("example,news)/6", "20190101000000", "https://news.example/6", "warc/revisit", "-", "D", "-"),),
    ) as fake:  # fmt: skip
        listings = captures(fake)
        found = {entry.canonical_url: entry for entry in entries_of(listings)}
        assert {url: entry.origin for url, entry in found.items()} == {
            "https://news.example/00001": Origin(kind="wayback", locator="20190101000000"),
            "https://news.example/00002": Origin(kind="wayback", locator="20190301000000"),
            "https://news.example/4": Origin(kind="wayback", locator="20201231235959"),
        }
        assert all((entry.published_at, entry.updated_at) == (None, None) for entry in found.values())
        assert (listings[-1].done, listings[-1].cursor) == (True, "")


@pytest.mark.parametrize(
    ("url", "match", "found"),
    [("https://news.example/a", "exact", ["/a"]), ("http://www.news.example/a/", "exact", ["/a"]),
     ("news.example/a", "prefix", ["/a", "/a/b?c=d"]), ("news.example", "domain", ["/a", "/a/b?c=d", "/z"])],
)  # fmt: skip
def test_a_page_a_prefix_or_a_domain_can_be_asked_for(url: str, match: Match, found: list[str]) -> None:
    with WaybackFake(
        tuple(Captured(f"https://news.example{path}", "20190601000000") for path in ("/a", "/a/b?c=d", "/z"))
    ) as fake:
        assert urls_of(captures(fake, unit_for(url, match))) == [
            f"https://news.example{path}" for path in found
        ]


def test_of_one_page_no_more_than_its_first_good_capture_is_read() -> None:
    with WaybackFake(tuple(story(1, f"2019{n:04}000000") for n in (101, 102, 103, 104))) as fake:
        (listing,) = captures(fake, unit_for("https://news.example/00001", "exact"))
        assert (len(listing.entries), listing.done, listing.outside) == (1, True, 3)


@pytest.mark.parametrize("text", [False, True])
def test_an_index_is_read_page_by_page_and_the_resume_key_goes_back_encoded_again(
    text: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cdx_index, "PAGE_SIZES", (4,))
    time = FakeTime()
    with WaybackFake(tuple(story(n) for n in range(10))) as fake:
        fake.text = text
        listings = captures(fake, time=time)
        assert urls_of(listings) == [story(n).url for n in range(10)]
        assert [listing.position for listing in listings] == [4, 8, 10]
        assert len(fake.asked("cdx")) == 3
        assert "resumeKey=example%252Cnews%2529%252F00003%2B2019060100000" in fake.asked("cdx")[1].query
        assert time.pauses == [2.5, 2.5]


def test_an_address_with_captures_on_two_pages_is_listed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cdx_index, "PAGE_SIZES", (1,))
    with WaybackFake(tuple(story(n, f"201906{day:02}000000") for n in (1, 2) for day in (1, 2, 3))) as fake:
        found = [(entry.url[-1], entry.origin.locator[6:8]) for entry in entries_of(captures(fake))]
        assert found == [("1", "01"), ("2", "01")]


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.integers(1, 7), st.integers(1, 9))
def test_read_on_from_any_cursor_nothing_is_lost(portion: int, size: int) -> None:
    with pytest.MonkeyPatch.context() as patch, WaybackFake(tuple(story(n) for n in range(11))) as fake:
        patch.setattr(wayback, "PORTION", portion)
        patch.setattr(cdx_index, "PAGE_SIZES", (size,))
        whole = captures(fake)
        ids = [entry.id for entry in entries_of(whole)]
        assert len(ids) == len(set(ids)) == 11
        assert all(len(listing.entries) <= portion for listing in whole)
        cut = (portion * size) % len(whole)
        rest = captures(fake, cursor=whole[cut - 1].cursor if cut else "")
        assert {entry.id for entry in (*entries_of(whole[:cut]), *entries_of(rest))} == set(ids)
        assert [listing.position for listing in rest] == [listing.position for listing in whole[cut:]]


def test_an_empty_index_is_a_unit_that_is_done() -> None:
    with WaybackFake() as fake:
        assert captures(fake) == [Listing(done=True)]


ODD: tuple[Row, ...] = (
    ("example,news)/00001", "20190601000000", "https://news.example/00001", "text/html", "200", "D", "1"),
    ("example,news)/00001", "20190601000000", "https://news.example/00001", "text/html", "200", "D", "1"),
    ("example,news)/bad", "20190641623000", "https://news.example/bad", "text/html", "200", "D", "1"),
    ("example,news)/cut", "20190601000000"),
    ("example,news)/mail", "20190601000000", "mailto:desk@news.example", "text/html", "200", "D", "-"),
    ("example,news)/private", "20190601000000", "http://10.0.0.1/x", "text/html", "200", "D", "-"),
)


@pytest.mark.parametrize("text", [False, True])
def test_doubled_rows_are_one_entry_and_malformed_ones_are_told(text: bool) -> None:
    with WaybackFake(rows=ODD) as fake:
        fake.text = text
        listings = captures(fake)
        assert urls_of(listings) == ["https://news.example/00001"]
        assert sorted(skipped_of(listings)) == ["bad_row", "bad_timestamp", "blocked_address", "scheme"]


def test_a_site_the_archive_withholds_ends_the_unit_for_good() -> None:
    with WaybackFake() as fake:
        fake.blocked.add("news.example")
        with pytest.raises(FetchError) as caught:
            captures(fake)
        assert (caught.value.kind, caught.value.transient, len(fake.log)) == ("archive_blocked", False, 1)


def test_refusals_and_faults_of_the_index_are_waited_out() -> None:
    time = FakeTime()
    with WaybackFake((story(1),)) as fake:
        fake.fail("cdx", 429, 503, 504)
        assert len(entries_of(captures(fake, time=time))) == 1
        assert time.pauses[0] == 60.0


def test_an_index_that_gives_up_on_much_is_asked_for_less() -> None:
    with WaybackFake((story(1),)) as fake:
        fake.fail("cdx", *[504] * 6)
        assert len(entries_of(captures(fake))) == 1
        assert [asked.get("limit") for asked in fake.asked("cdx")] == ["5000"] * 6 + ["1000"]


def test_an_index_that_leads_in_a_circle_or_breaks_off_is_trouble() -> None:
    row = list(story(1).row)
    answer = Answer(200, json.dumps([row, [], ["same+key"]]).encode())
    with WaybackFake() as fake:
        fake.fail("cdx", answer, answer)
        with pytest.raises(ExtractionError) as caught:
            captures(fake)
        assert (caught.value.kind, caught.value.transient) == ("cdx_circle", False)
        fake.fail("cdx", Answer(200, b'[["urlkey", "time'))
        with pytest.raises(ExtractionError) as caught:
            captures(fake)
        assert (caught.value.kind, caught.value.transient) == ("bad_cdx", True)


# ---------------------------------------------------------------- a feed's history


def rss(*numbers: int, built: str = "") -> bytes:
    items = "".join(
        f"<item><title>Story {n}</title><link>/story/{n}</link>"
        f"<pubDate>Sat, {n:02} Jun 2019 10:00:00 GMT</pubDate></item>"
        for n in numbers
    )
    return f'<rss version="2.0"><channel><title>t</title>{built}{items}</channel></rss>'.encode()


def captured_feed(day: int, body: bytes, **other: object) -> Captured:
    return Captured(FEED, f"201906{day:02}120000", body, mimetype="text/xml", **other)  # type: ignore[arg-type]


async def parse(page: Page, feed: Feed) -> ParsedFeed:
    return parse_feed(page, feed=feed)


def history(
    fake: WaybackFake,
    unit: Unit | None = None,
    cursor: str = "",
    *,
    feed: Feed | None = None,
    time: FakeTime | None = None,
) -> list[Listing]:
    (planned,) = plan_feed_history([FEED], SINCE, UNTIL)

    async def job(web: Web) -> list[Listing]:
        services, throttle = Services(wayback=fake.url), (time or FakeTime()).throttle()
        listings = read_feed_history(web, unit or planned, cursor, services, throttle, parse=parse, feed=feed)
        return await collect(listings)

    return asking(fake, job)


def test_a_feeds_captures_give_back_what_it_announced_each_story_once() -> None:
    with WaybackFake(
        (
            captured_feed(1, rss(1)), captured_feed(2, rss(1)), captured_feed(3, rss(2, 1)), captured_feed(4, rss(1)),
            captured_feed(5, b"", status=404), captured_feed(6, rss(4, 3), defect="undeclared"),
        )
    ) as fake:  # fmt: skip
        listings = history(fake, feed=Feed(id="news", url=FEED, title="News", language="de"))
        found = entries_of(listings)
        assert [(entry.url, entry.origin.locator[6:8]) for entry in found] == [
            ("https://news.example/story/1", "01"), ("https://news.example/story/2", "03"),
            ("https://news.example/story/4", "06"), ("https://news.example/story/3", "06"),
        ]  # fmt: skip
        first = found[0]
        assert (first.origin.kind, first.origin.rank, first.language) == ("wayback", 0, "de")
        assert first.published_at == datetime(2019, 6, 1, 10, tzinfo=UTC)
        assert len(fake.asked("replay")) == 3
        assert (listings[-1].done, sum(listing.outside for listing in listings)) == (True, 1)


def test_a_capture_that_is_no_feed_or_is_lost_is_told_and_the_history_goes_on() -> None:
    with WaybackFake(
        (captured_feed(1, b"<p>sorry"), captured_feed(2, rss(2)), captured_feed(3, rss(3)))
    ) as fake:
        fake.fail("replay", Answer(200, b"<p>sorry", MEMENTO), Answer(404, b"gone"))
        listings = history(fake)
        assert [entry.title for entry in entries_of(listings)] == ["Story 3"]
        assert skipped_of(listings) == ["not_a_feed", "not_captured"]


def test_read_on_from_any_cursor_a_history_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cdx_index, "PAGE_SIZES", (3,))
    monkeypatch.setattr(wayback, "PORTION", 2)
    days = range(1, 8)
    with WaybackFake(tuple(captured_feed(day, rss(day, day + 1, day + 2)) for day in days)) as fake:
        whole = history(fake)
        assert {entry.title for entry in entries_of(whole)} == {f"Story {n}" for n in range(1, 10)}
        assert all(len(listing.entries) <= 2 for listing in whole)
        for cut in range(len(whole)):
            rest = history(fake, cursor=whole[cut].cursor) if whole[cut].cursor else []
            both = entries_of(whole[: cut + 1]) + entries_of(rest)
            assert {entry.id for entry in both} == {entry.id for entry in entries_of(whole)}


def test_a_capture_the_archive_cannot_replay_becomes_a_unit_of_its_own() -> None:
    with WaybackFake((captured_feed(1, rss(1)), captured_feed(2, rss(2)))) as fake:
        fake.fail("replay", *[503] * 6)
        listings = history(fake)
        assert [entry.title for entry in entries_of(listings)] == ["Story 2"]
        (later,) = [unit for listing in listings for unit in listing.units]
        assert (later.kind, later.locator, later.option("timestamp")) == (
            "feed-capture",
            FEED,
            "20190601120000",
        )
        (listing,) = history(fake, later)
        assert ([entry.title for entry in listing.entries], listing.done) == (["Story 1"], True)


def test_an_archive_that_is_down_ends_the_unit_for_now() -> None:
    with WaybackFake(tuple(captured_feed(day, rss(day)) for day in range(1, 6))) as fake:
        fake.fail("replay", *[503] * 18)
        with pytest.raises(FetchError) as caught:
            history(fake)
        assert (caught.value.kind, caught.value.transient, len(fake.asked("replay"))) == (
            "http_503",
            True,
            18,
        )


def test_captures_of_a_feed_that_carries_its_build_time_can_be_thinned_to_one_a_day() -> None:
    hours = [(day, hour, rss(day, built=f"<ttl>{hour}</ttl>")) for day in (1, 2) for hour in (1, 2, 3)]
    feeds = [Captured(FEED, f"201906{day:02}{hour:02}0000", body) for day, hour, body in hours]
    with WaybackFake(tuple(feeds)) as fake:
        (unit,) = plan_feed_history([FEED], SINCE, UNTIL, every="day")
        assert len(entries_of(history(fake, unit))) == 2
        assert len(fake.asked("replay")) == 2


def test_a_feed_of_the_archive_is_never_asked_for_faster_than_it_allows() -> None:
    time = FakeTime()
    with WaybackFake(tuple(captured_feed(day, rss(day)) for day in range(1, 5))) as fake:
        history(fake, time=time)
        assert time.pauses == [0.125] * 3
