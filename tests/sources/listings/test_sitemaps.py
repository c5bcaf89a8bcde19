"""Sitemaps of a whole site on a loopback server: found, pruned, read, resumed, and every known fault."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime

import pytest

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.extractors.limits import LIMITS
from fivegwatch.extractors.model import Unit
from fivegwatch.sources.http.client import Web
from fivegwatch.sources.listings.sitemaps import plan_sitemaps, read_sitemap
from tests.fakes.serving import html, reply
from tests.fakes.sitemaps import AGENTS_REFUSED, XML, SitemapFake, huge, index, urlset
from tests.sources.listed import Outcome, go_through, with_web


@pytest.fixture
def fake() -> Iterator[SitemapFake]:
    with SitemapFake() as running:
        yield running


def plan(fake: SitemapFake, *given: str, **wanted: object) -> list[Unit]:
    async def use(web: Web) -> AsyncIterator[Unit]:
        for unit in await plan_sitemaps(web, given, **wanted):  # type: ignore[arg-type]
            yield unit

    return with_web(fake, use)


def read(fake: SitemapFake, path: str, cursor: str = "", **options: str) -> Outcome:
    unit = Unit(source="sitemap", kind="sitemap", locator=fake.url + path, options=tuple(options.items()))
    return go_through(fake, read_sitemap, unit, cursor)


def crawl(fake: SitemapFake, units: list[Unit]) -> dict[str, Outcome]:
    """Everything that can be reached from ``units``, each unit once, by the path of its document."""
    reached: dict[str, Outcome] = {}
    seen: set[str] = set()
    while units:
        unit = units.pop(0)
        if unit.id not in seen:
            seen.add(unit.id)
            outcome = go_through(fake, read_sitemap, unit)
            assert unit.locator not in reached, "a document was read twice"
            reached[unit.locator.removeprefix(fake.url)] = outcome
            units += outcome.units
    return reached


# ---------------------------------------------------------------- finding them


def test_robots_txt_names_the_sitemaps_of_a_site(fake: SitemapFake) -> None:
    fake.robots = (
        f"sitemap: {fake.url}/odd.xml\nUser-agent: other\nDisallow: /\nSite-Map:{fake.url}/two.xml # c\n"
        f"SITEMAP: /relative.xml\nSitemap: {fake.url}/odd.xml\nSitemap: ftp://x.example/no.xml\n"
    )
    found = plan(fake, fake.url)
    assert [unit.locator for unit in found] == [f"{fake.url}/{x}.xml" for x in ("odd", "two", "relative")]
    assert {unit.kind for unit in found} == {"sitemap"}


@pytest.mark.parametrize("place", ["/sitemap.xml", "/wp-sitemap.xml", "/sitemap.xml.gz", "/sitemap.txt"])
def test_a_site_that_names_none_is_asked_at_the_usual_places(fake: SitemapFake, place: str) -> None:
    fake.robots = None
    fake.files = {place: fake.files["/list.txt" if place.endswith("txt") else "/plain.xml"]}
    assert [unit.locator for unit in plan(fake, fake.url + "/")] == [fake.url + place]


def test_an_html_page_at_a_usual_place_is_no_sitemap(fake: SitemapFake) -> None:
    fake.robots = "User-agent: *\nDisallow:\n"
    fake.files = {"/sitemap.xml": html("Sitemap"), "/sitemap_index.xml": fake.files["/plain.xml"]}
    assert [unit.locator for unit in plan(fake, fake.url)] == [fake.url + "/sitemap_index.xml"]


def test_a_site_without_any_sitemap_fails_when_it_is_read_and_says_what_to_try(fake: SitemapFake) -> None:
    fake.robots, fake.files = None, {}
    (unit,) = plan(fake, fake.url)
    assert unit.kind == "site"
    outcome = go_through(fake, read_sitemap, unit)
    assert outcome.error is not None
    assert outcome.error.kind == "no_sitemap"
    assert "WordPress" in str(outcome.error)


def test_a_site_that_is_down_while_planning_is_found_when_it_is_read(fake: SitemapFake) -> None:
    working, fake.robots = fake.robots, ""
    fake.files["/sitemap.xml"] = html("Later", 500)
    (unit,) = plan(fake, fake.url)
    assert unit.kind == "site"
    fake.robots = working
    outcome = go_through(fake, read_sitemap, unit)
    assert [found.locator for found in outcome.units] == [fake.url + "/sitemap.xml"]
    assert outcome.done


def test_the_address_of_a_sitemap_is_taken_as_it_is(fake: SitemapFake) -> None:
    given = (fake.url + "/plain.xml", fake.url + "/?outputType=xml&from=100")
    assert [unit.locator for unit in plan(fake, *given)] == list(given)
    assert fake.requests == []


def test_a_regex_that_is_none_is_refused_before_anything_is_asked(fake: SitemapFake) -> None:
    with pytest.raises(SettingsError, match="contains"):
        plan(fake, fake.url, regex="(")


# ---------------------------------------------------------------- what is read


def test_an_archive_is_read_through_its_index(fake: SitemapFake) -> None:
    reached = crawl(fake, plan(fake, fake.url))
    assert sorted(reached) == [
        "/sitemap-2023-09.xml",
        "/sitemap-2023-10.xml",
        "/sitemap-2023-11.xml",
        "/sitemap.xml",
    ]
    assert sum(len(outcome.entries) for outcome in reached.values()) == 9
    assert all(outcome.done for outcome in reached.values())


def test_shards_last_changed_before_the_range_are_skipped_and_later_ones_never(fake: SitemapFake) -> None:
    reached = crawl(fake, plan(fake, fake.url, since=date(2023, 10, 1), until=date(2023, 10, 31)))
    # November's shard is read, its stories are outside by the dates in their paths.
    assert sorted(reached) == ["/sitemap-2023-10.xml", "/sitemap-2023-11.xml", "/sitemap.xml"]
    assert (len(reached["/sitemap-2023-10.xml"].entries), reached["/sitemap-2023-10.xml"].outside) == (3, 0)
    assert reached["/sitemap.xml"].outside == 1
    # The 1st of November somewhere may still be the 31st of October elsewhere.
    assert (len(reached["/sitemap-2023-11.xml"].entries), reached["/sitemap-2023-11.xml"].outside) == (1, 2)


@pytest.mark.parametrize(
    "path",
    [
        "/plain.xml",
        "/https-namespace.xml",
        "/packed-file.xml.gz",
        "/packed-coding.xml.gz",
        "/packed-twice.xml.gz",
        "/bom.xml",
        "/utf-16.xml",
        "/list.txt",
    ],
)
def test_every_dialect_gives_the_same_addresses(fake: SitemapFake, path: str) -> None:
    outcome = read(fake, path)
    assert outcome.urls == [fake.url + "/a.html", fake.url + "/b.html?x=1&y=2"]
    assert outcome.done
    assert {entry.origin.locator for entry in outcome.entries} == {fake.url + path}


def test_a_change_date_is_no_publication_date(fake: SitemapFake) -> None:
    first, second = read(fake, "/plain.xml").entries
    assert (first.published_at, first.updated_at) == (None, datetime(2023, 10, 5, tzinfo=UTC))
    assert (second.published_at, second.updated_at) == (None, None)  # a month is no moment


def test_a_news_sitemap_gives_title_language_and_publication_date(fake: SitemapFake) -> None:
    (entry,) = read(fake, "/news.xml").entries
    assert (entry.url, entry.title, entry.language) == (f"{fake.url}/news.html", "Netz & Sicherheit", "de")
    assert entry.published_at == datetime(2023, 10, 5, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "until", "inside"),
    [("2023-10-05", "2023-10-05", 1), ("2023-10-06", "", 0), ("", "2023-10-04", 0)],
)
def test_a_publication_date_decides_by_itself(fake: SitemapFake, since: str, until: str, inside: int) -> None:
    outcome = read(fake, "/news.xml", since=since, until=until)
    assert (len(outcome.entries), outcome.outside) == (inside, 1 - inside)


@pytest.mark.parametrize(
    ("path", "title", "page"), [("/rss.xml", "One", "/rss.html"), ("/atom.xml", "Two", "/atom.html")]
)
def test_feeds_serve_as_sitemaps(fake: SitemapFake, path: str, title: str, page: str) -> None:
    (entry,) = read(fake, path).entries
    assert (entry.title, entry.url) == (title, fake.url + page)
    assert entry.published_at == datetime(2023, 10, 5, 7, tzinfo=UTC)


def test_relative_addresses_belong_to_the_sitemap(fake: SitemapFake) -> None:
    assert read(fake, "/relative.xml").urls == [f"{fake.url}/a.html", f"{fake.url}/b.html"]


def test_pages_of_other_sites_are_refused_unless_the_site_was_asked_for(fake: SitemapFake) -> None:
    outcome = read(fake, "/other-hosts.xml")
    assert (outcome.urls, [reason for reason, _ in outcome.skipped]) == (
        [f"{fake.url}/a.html"],
        ["other_site"],
    )
    assert len(read(fake, "/other-hosts.xml", site="elsewhere.example").urls) == 2


def test_an_index_may_keep_its_sitemaps_on_another_host(fake: SitemapFake) -> None:
    fake.files["/far.xml"] = reply(index([("https://files.example/s.xml", "")]), 200, XML)
    (unit,) = read(fake, "/far.xml", site="outlet.example").units
    assert (unit.locator, unit.option("site"), unit.option("depth")) == (
        "https://files.example/s.xml",
        "outlet.example",
        "1",
    )


@pytest.mark.parametrize(
    ("options", "pages"),
    [
        ({"contains": "STORY-1.html"}, 1),
        ({"contains": "nothing"}, 0),
        ({"regex": r"story-[01]\.html$"}, 2),
    ],
)
def test_filters_choose_by_address(fake: SitemapFake, options: dict[str, str], pages: int) -> None:
    outcome = read(fake, "/sitemap-2023-10.xml", **options)
    assert (len(outcome.entries), outcome.outside) == (pages, 3 - pages)


def test_filters_see_through_percent_encoding(fake: SitemapFake) -> None:
    fake.files["/zh.xml"] = reply(
        urlset([("/2023/%E5%8D%8E%E4%B8%BA.html", ""), ("/2023/x.html", "")]), 200, XML
    )
    assert len(read(fake, "/zh.xml", contains="华为").entries) == 1


# ---------------------------------------------------------------- manners


def test_robots_txt_is_obeyed_for_sitemaps_too(fake: SitemapFake) -> None:
    outcome = read(fake, "/private/sitemap.xml")
    assert outcome.error is not None
    assert outcome.error.kind == "robots"
    assert fake.asked("/private/sitemap.xml") == []


def test_a_site_that_refuses_robots_is_refused_and_asked_once(fake: SitemapFake) -> None:
    outcome = read(fake, AGENTS_REFUSED)
    assert outcome.error is not None
    assert (outcome.error.kind, outcome.error.transient) == ("http_403", False)
    assert len(fake.asked(AGENTS_REFUSED)) == 1


# ---------------------------------------------------------------- faults


def test_an_error_page_with_status_200_is_a_clear_failure(fake: SitemapFake) -> None:
    outcome = read(fake, "/html-with-200.xml")
    assert outcome.error is not None
    assert (outcome.error.kind, outcome.error.transient) == ("not_a_sitemap", False)
    assert "an HTML page" in str(outcome.error)
    assert outcome.listings == []


def test_an_empty_document_is_a_failure_and_an_empty_sitemap_is_not(fake: SitemapFake) -> None:
    failed = read(fake, "/empty.xml")
    assert failed.error is not None
    assert failed.error.kind == "empty_body"
    outcome = read(fake, "/empty-urlset.xml")
    assert (outcome.done, outcome.entries, outcome.error) == (True, [], None)


@pytest.mark.parametrize("path", ["/cut.xml", "/cut-file.xml.gz", "/cut-coding.xml.gz"])
def test_of_a_document_cut_short_the_whole_addresses_are_used(fake: SitemapFake, path: str) -> None:
    outcome = read(fake, path)
    count = len(outcome.urls)
    assert 500 < count < 2_000
    assert outcome.urls == [f"{fake.url}/story-{number}.html" for number in range(count)]
    assert outcome.error is not None
    assert (outcome.error.kind, outcome.error.transient) == ("truncated", True)
    assert not outcome.done


def test_a_connection_lost_in_the_middle_is_tried_another_time(fake: SitemapFake) -> None:
    outcome = read(fake, "/dropped.xml")
    assert outcome.error is not None
    assert (outcome.error.kind, outcome.error.transient, outcome.listings) == ("incomplete", True, [])


def test_a_bare_ampersand_is_an_ampersand(fake: SitemapFake) -> None:
    assert read(fake, "/bare-ampersand.xml").urls == [
        f"{fake.url}/b.html?x=1&y=2&copy=3",
        f"{fake.url}/a.html",
    ]


def test_a_fault_costs_only_the_record_it_is_in(fake: SitemapFake) -> None:
    outcome = read(fake, "/open-tags.xml")
    assert outcome.urls == [f"{fake.url}/{page}.html" for page in ("a", "b", "c")]
    assert outcome.skipped == [("bad_url", "a < b")]


def test_an_index_that_lists_itself_ends(fake: SitemapFake) -> None:
    reached = crawl(fake, plan(fake, f"{fake.url}/itself.xml"))
    assert sorted(reached) == ["/itself.xml", "/plain.xml"]
    assert [reason for reason, _ in reached["/itself.xml"].skipped] == ["loop"]


def test_indexes_in_a_circle_end_with_each_document_read_once(fake: SitemapFake) -> None:
    reached = crawl(fake, plan(fake, f"{fake.url}/circle-a.xml"))
    assert sorted(reached) == ["/circle-a.xml", "/circle-b.xml", "/plain.xml"]


def test_indexes_without_end_are_left_at_a_depth(fake: SitemapFake) -> None:
    outcome = read(fake, "/circle-b.xml", depth=str(LIMITS.sitemap_depth))
    assert (outcome.units, [reason for reason, _ in outcome.skipped]) == ([], ["too_deep", "too_deep"])


# ---------------------------------------------------------------- size and resuming


def test_a_sitemap_of_more_addresses_than_we_read_says_how_many_are_left(
    fake: SitemapFake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fivegwatch.extractors.listings.sitemaps.LIMITS", type(LIMITS)(sitemap_urls=2_500))
    fake.files["/huge.xml"] = huge(fake.url, 4_000)
    outcome = read(fake, "/huge.xml")
    assert len(outcome.entries) == 2_500
    assert outcome.skipped == [("too_many_urls", f"{fake.url}/huge.xml: 1,500 more")]
    assert max(len(listing.entries) for listing in outcome.listings) <= 1_000


@pytest.mark.slow
def test_killed_at_any_portion_a_sitemap_goes_on_without_loss(fake: SitemapFake) -> None:
    fake.files["/long.xml"] = huge(fake.url, 3_500)
    unit = Unit(source="sitemap", kind="sitemap", locator=fake.url + "/long.xml")
    whole = go_through(fake, read_sitemap, unit)
    assert len(whole.urls) == 3_500
    for portions in range(1, len(whole.listings)):
        before = go_through(fake, read_sitemap, unit, at_most=portions)
        after = go_through(fake, read_sitemap, unit, before.listings[-1].cursor)
        assert before.urls + after.urls == whole.urls
        assert after.listings[0].position >= before.listings[-1].position


def test_a_sitemap_that_changed_since_is_read_again_from_its_start(fake: SitemapFake) -> None:
    fake.files["/long.xml"] = huge(fake.url, 1_500)
    unit = Unit(source="sitemap", kind="sitemap", locator=fake.url + "/long.xml")
    before = go_through(fake, read_sitemap, unit, at_most=1)
    fake.files["/long.xml"] = huge(fake.url, 1_600)
    assert len(go_through(fake, read_sitemap, unit, before.listings[0].cursor).urls) == 1_600
