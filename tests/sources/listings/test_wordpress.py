"""WordPress sites read to their first post: by the posts interface, by the feed, resumed, and in trouble."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.feeds.paging import numbered_page, older_document
from fivegwatch.extractors.feeds.parse import parse_feed
from fivegwatch.extractors.model import Feed as Source
from fivegwatch.extractors.model import Listing, Origin, Page, ParsedFeed, Unit
from fivegwatch.sources.http.client import Web
from fivegwatch.sources.listings.wordpress import plan_wordpress, read_wordpress
from tests.fakes.service import Answer, Asked
from tests.fakes.serving import Fake, reply
from tests.fakes.wordpress import ArchiveFake, Feed, Rest, WordPressFake
from tests.sources.listed import Outcome, go_through


def plan(fake: Fake, path: str = "/", **wanted: date | str) -> Unit:
    (unit,) = plan_wordpress([fake.url + path], **wanted, allow=fake.allow)  # type: ignore[arg-type]
    return unit


def read(fake: Fake, unit: Unit, cursor: str = "", at_most: int = 10**6) -> Outcome:
    def reader(web: Web, unit: Unit, cursor: str) -> AsyncIterator[Listing]:
        async def parse(page: Page, feed: Source) -> ParsedFeed:
            return parse_feed(page, feed=feed, allow=web.allow)

        return read_wordpress(web, unit, cursor, parse=parse)

    return go_through(fake, reader, unit, cursor, at_most=at_most)


def links(fake: WordPressFake) -> list[str]:
    return [fake.link(story) for story in fake.posts]


# ---------------------------------------------------------------- planning


@pytest.mark.parametrize(
    ("given", "kind", "locator"),
    [
        ("outlet.example", "posts", "https://outlet.example/wp-json/wp/v2/posts"),
        ("https://outlet.example/", "posts", "https://outlet.example/wp-json/wp/v2/posts"),
        ("https://outlet.example/blog", "posts", "https://outlet.example/blog/wp-json/wp/v2/posts"),
        ("https://outlet.example/wp-json/wp/v2/news", "posts", "https://outlet.example/wp-json/wp/v2/news"),
        (
            "https://outlet.example/?rest_route=/wp/v2/posts",
            "posts",
            "https://outlet.example/?rest_route=/wp/v2/posts",
        ),
        ("https://outlet.example/category/5g/feed/", "feed", "https://outlet.example/category/5g/feed/"),
        ("https://outlet.example/?s=5g&feed=rss2", "feed", "https://outlet.example/?s=5g&feed=rss2"),
        ("https://outlet.example/index.xml", "feed", "https://outlet.example/index.xml"),
    ],
)
def test_a_site_is_named_by_its_address_its_interface_or_its_feed(
    given: str, kind: str, locator: str
) -> None:
    (unit,) = plan_wordpress([given, given], date(2020, 1, 1), None, "5G")
    assert (unit.kind, unit.locator) == (kind, locator)
    assert (unit.option("since"), unit.option("until"), unit.option("search")) == ("2020-01-01", "", "5G")


def test_an_address_nobody_may_ask_for_is_refused() -> None:
    with pytest.raises(FetchError, match="public internet"):
        plan_wordpress(["http://10.0.0.1/"])


# ---------------------------------------------------------------- posts interface


@pytest.mark.parametrize("totals", [True, False])
@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
def test_every_post_is_read_once_the_oldest_first(count: int, totals: bool) -> None:
    with WordPressFake(count=count, totals=totals) as fake:
        outcome = read(fake, plan(fake))
        assert (outcome.urls, outcome.error, outcome.skipped) == (links(fake), None, [])
        assert outcome.done


def test_a_post_comes_with_its_text_title_and_true_dates() -> None:
    with WordPressFake(count=1, zone=9) as fake:
        (entry,) = read(fake, plan(fake)).entries
    assert entry.title == "Story 1 & more"
    assert entry.content == "The text of story 1.\nIt\u2019s short."
    assert entry.summary == "Story 1 in short […]"
    assert entry.published_at == datetime(2023, 10, 1, 8, tzinfo=UTC)
    assert entry.updated_at == datetime(2023, 10, 1, 9, tzinfo=UTC)
    assert entry.origin.kind == "wordpress"


@pytest.mark.parametrize("zone", [-11, 0, 9, 14])
def test_days_are_days_of_utc_wherever_the_site_is(zone: int) -> None:
    with WordPressFake(count=400, zone=zone) as fake:
        since, until = date(2023, 10, 20), date(2023, 11, 3)
        outcome = read(fake, plan(fake, since=since, until=until))
        inside = [fake.link(story) for story in fake.posts if since <= story.at.date() <= until]
        assert outcome.urls == inside
        # The server did most of the choosing.
        assert outcome.outside < 20


@pytest.mark.parametrize("most", [100, 50, 10])
def test_a_site_that_allows_fewer_posts_a_page_is_read_in_smaller_pages(most: int) -> None:
    with WordPressFake(count=35, most=most) as fake:
        assert read(fake, plan(fake)).urls == links(fake)


@pytest.mark.parametrize("every", [timedelta(hours=1), timedelta(0)])
def test_a_weak_server_is_asked_for_fewer_posts_at_a_time(every: timedelta) -> None:
    with WordPressFake(count=150, strength=100, every=every) as fake:
        unit = plan(fake)
        before = read(fake, unit, at_most=1)
        fake.site = replace(fake.site, strength=15)
        after = read(fake, unit, before.listings[-1].cursor)
        assert before.urls + after.urls == links(fake)


def test_hundreds_of_posts_of_one_second_are_all_read() -> None:
    with WordPressFake(count=350, every=timedelta(0)) as fake:
        outcome = read(fake, plan(fake))
        assert sorted(outcome.urls) == sorted(links(fake))


def test_posts_published_meanwhile_move_no_other_ones() -> None:
    with WordPressFake(count=250) as fake:
        unit = plan(fake)
        before = read(fake, unit, at_most=1)
        old = links(fake)
        del fake.posts[3]
        last = fake.posts[-1]
        fake.posts.append(type(last)(251, last.at + timedelta(hours=6), "New"))
        after = read(fake, unit, before.listings[-1].cursor)
        assert before.urls + after.urls == [*old, fake.link(fake.posts[-1])]


@pytest.mark.slow
def test_killed_at_any_portion_a_site_goes_on_without_loss() -> None:
    with WordPressFake(count=420, every=timedelta(seconds=0.5)) as fake:
        unit = plan(fake)
        whole = read(fake, unit)
        assert sorted(whole.urls) == sorted(links(fake))
        for portions in range(1, len(whole.listings)):
            before = read(fake, unit, at_most=portions)
            after = read(fake, unit, before.listings[-1].cursor)
            assert before.urls + after.urls == whole.urls


def test_the_search_of_the_site_is_used() -> None:
    with WordPressFake(count=25) as fake:
        outcome = read(fake, plan(fake, search="story 2"))
        assert len(outcome.urls) == 7
        assert fake.asked("/wp-json/wp/v2/posts")[0].get("search") == "story 2"


def test_a_cache_that_knows_one_answer_only_is_left_and_reported() -> None:
    with WordPressFake(count=250, cached=True) as fake:
        outcome = read(fake, plan(fake))
        assert len(set(outcome.urls)) == 100
        assert [reason for reason, _ in outcome.skipped] == ["paging_ignored"]
        assert len(fake.asked("/wp-json/wp/v2/posts")) < 5


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        ("401", "http_401"),
        ("403", "http_403"),
        ("404", "http_404"),
        ("html", "not_posts"),
        ("object", "not_posts"),
    ],
)
def test_a_closed_interface_leads_to_the_feed(rest: Rest, why: str) -> None:
    with WordPressFake(rest=rest) as fake:
        outcome = read(fake, plan(fake, since=date(2023, 10, 5)))
        ((reason, told),) = outcome.skipped
        assert (reason, outcome.done) == ("rest_closed", True)
        assert why in told
        assert "page by page" in told
        (unit,) = outcome.units
        assert (unit.kind, unit.locator, unit.option("since")) == ("feed", fake.url + "/feed/", "2023-10-05")
        assert len(read(fake, unit).urls) == sum(story.at.date() >= date(2023, 10, 5) for story in fake.posts)


def test_a_closed_site_without_a_feed_fails_and_names_what_to_try() -> None:
    with WordPressFake(rest="404", feed="404") as fake:
        (unit,) = read(fake, plan(fake)).units
        outcome = read(fake, unit)
        assert outcome.error is not None
        assert (outcome.error.kind, outcome.error.transient) == ("http_404", False)
        assert "sitemap" in str(outcome.error)


# ---------------------------------------------------------------- feeds, page by page


@pytest.mark.parametrize(("feed", "asked"), [("paged", 4), ("empty-past-end", 4), ("always-first", 2)])
def test_a_feed_is_read_to_its_end_and_a_cache_of_page_one_stops_it(feed: Feed, asked: int) -> None:
    with WordPressFake(feed=feed) as fake:
        outcome = read(fake, plan(fake, "/feed/"))
        newest = links(fake)[::-1]
        assert outcome.urls == (newest[:10] if feed == "always-first" else newest)
        assert (outcome.done, outcome.error) == (True, None)
        assert len(fake.asked("/feed/")) == asked
        assert outcome.entries[0].content.startswith("The text of story")


def test_a_feed_is_left_once_its_pages_are_before_the_range() -> None:
    with WordPressFake(count=100) as fake:
        outcome = read(fake, plan(fake, "/feed/", since=date(2023, 10, 24)))
        assert outcome.urls == [
            fake.link(story) for story in reversed(fake.posts) if story.at.date() >= date(2023, 10, 24)
        ]
        assert len(fake.asked("/feed/")) <= 3


def test_killed_at_any_page_a_feed_goes_on_without_loss_even_if_entries_came_in() -> None:
    with WordPressFake(count=45) as fake:
        unit = plan(fake, "/feed/")
        for portions in range(1, 5):
            before = read(fake, unit, at_most=portions)
            newest = len(fake.posts)
            last = fake.posts[-1]
            fake.posts.append(type(last)(newest + 1, last.at + timedelta(hours=1), "New"))
            after = read(fake, unit, before.listings[-1].cursor)
            assert set(before.urls + after.urls) >= set(links(fake)[:newest])


@pytest.mark.parametrize("rel", ["prev-archive", "next"])
def test_archive_documents_are_followed_to_the_oldest(rel: str) -> None:
    with ArchiveFake(rel=rel) as fake:
        outcome = read(fake, plan(fake, "/index.atom"))
        pages = [entry.origin.locator.rpartition("/")[2] for entry in outcome.entries]
        assert list(dict.fromkeys(pages)) == ["index.atom", "3.atom", "2.atom", "1.atom"]
        assert len(outcome.urls) == 8
        assert outcome.done


def test_archives_in_a_circle_end() -> None:
    with ArchiveFake() as fake:
        fake.circle = True
        outcome = read(fake, plan(fake, "/index.atom"))
        assert (len(outcome.urls), outcome.done) == (8, True)


def test_an_archive_on_another_site_is_not_followed() -> None:
    with ArchiveFake() as fake:
        fake.elsewhere = True
        outcome = read(fake, plan(fake, "/index.atom"))
        assert outcome.skipped == [("other_site", "https://elsewhere.example/1.atom")]
        assert (len(outcome.urls), outcome.done) == (2, True)


def test_a_missing_archive_document_is_a_failure_behind_what_was_read() -> None:
    class Broken(ArchiveFake):
        def answer(self, asked: Asked) -> Answer:
            return super().answer(asked) if asked.path != "/2.atom" else reply(b"", 404)

    with Broken() as fake:
        outcome = read(fake, plan(fake, "/index.atom"))
        assert outcome.error is not None
        assert (len(outcome.urls), outcome.error.kind, outcome.done) == (4, "http_404", False)


# ---------------------------------------------------------------- where a feed goes on


def feed_page(body: str) -> Page:
    return Page(
        requested_url="https://outlet.example/f",
        final_url="https://outlet.example/f",
        status=200,
        content_type="",
        body=body.encode(),
        captured_at=datetime(2026, 1, 1, tzinfo=UTC),
        origin=Origin(kind="feed", locator="x"),
    )


@pytest.mark.parametrize(
    ("body", "url"),
    [
        ('<rss><channel><atom:link rel="next" href="/p?a=1&amp;b=2"/><item/></channel></rss>', "/p?a=1&b=2"),
        ("<feed><entry><link rel='next' href='/no'/></entry><link href='/yes' rel='next'/></feed>", "/yes"),
        ("<feed><link rel='next' href='/n'/><link rel='prev-archive' href='/a'/></feed>", "/a"),
        ("<feed><link rel='previous' href='/newer'/></feed>", ""),
        (
            '{"version": "https://jsonfeed.org/version/1.1", "next_url": "https://outlet.example/2"}',
            "https://outlet.example/2",
        ),
        ("[" * 10_000, ""),
        ("{" * 10_000, ""),
    ],
)
def test_a_feed_says_where_it_goes_on(body: str, url: str) -> None:
    assert older_document(feed_page(body)).url == url


@pytest.mark.parametrize(
    ("url", "numbered"),
    [
        ("https://outlet.example/feed/", "https://outlet.example/feed/?paged=3"),
        ("https://outlet.example/?s=5g&feed=rss2", "https://outlet.example/?s=5g&feed=rss2&paged=3"),
        ("https://outlet.example/feed/?paged=2", "https://outlet.example/feed/?paged=3"),
    ],
)
def test_pages_are_numbered_as_wordpress_does(url: str, numbered: str) -> None:
    assert numbered_page(url, 3) == numbered
