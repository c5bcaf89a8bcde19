"""Which files of the news crawl hold the captures of a range of days."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.listings.news_crawl import CrawlFile, covering, listed_files, months
from fivegwatch.extractors.model import Unit
from fivegwatch.sources.http.client import Web
from fivegwatch.sources.warc.news_crawl import plan_news_crawl
from fivegwatch.sources.warc.pages import WarcItem, WarcPage, WarcSkip, read_pages
from fivegwatch.sources.warc.records import Damage
from tests.fakes.news_crawl import NewsCrawlFake, dialects, story
from tests.sources.listed import with_web


@pytest.fixture
def fake() -> Iterator[NewsCrawlFake]:
    with NewsCrawlFake() as running:
        for opened in (
            datetime(2023, 9, 30, 2, tzinfo=UTC),
            datetime(2023, 9, 30, 20, 15, tzinfo=UTC),
            datetime(2023, 10, 1, 10, 30, tzinfo=UTC),
            datetime(2023, 10, 2, 0, 0, tzinfo=UTC),
            datetime(2023, 10, 2, 23, 59, 59, tzinfo=UTC),
            datetime(2023, 11, 1, 0, 0, 1, tzinfo=UTC),
        ):
            running.add(opened, [story(1)])
        yield running


def plan(fake: NewsCrawlFake, since: date, until: date) -> list[Unit]:
    async def use(web: Web) -> AsyncIterator[Unit]:
        for unit in await plan_news_crawl(web, since, until, base=fake.url):
            yield unit

    return with_web(fake, use)


def opened(units: list[Unit]) -> list[str]:
    return [unit.locator.rpartition("CC-NEWS-")[2][4:14] for unit in units]


@pytest.mark.parametrize(
    ("since", "until", "files"),
    [
        ((10, 2), (10, 2), ["1001103000", "1002000000", "1002235959"]),
        ((10, 1), (10, 1), ["0930201500", "1001103000"]),  # the file before is in the month before
        ((10, 1), (11, 1), ["0930201500", "1001103000", "1002000000", "1002235959", "1101000001"]),
        ((10, 15), (10, 20), ["1002235959"]),
        ((9, 1), (9, 30), ["0930020000", "0930201500"]),
    ],
)
def test_the_files_of_a_range_and_the_one_before_the_first_are_fetched(
    fake: NewsCrawlFake, since: tuple[int, int], until: tuple[int, int], files: list[str]
) -> None:
    units = plan(fake, date(2023, *since), date(2023, *until))
    assert opened(units) == files
    assert {(unit.source, unit.kind) for unit in units} == {("warc", "download")}
    assert all(unit.locator.startswith(fake.url + "/crawl-data/") for unit in units)


@pytest.mark.parametrize("status", [404, 403])
def test_a_month_that_is_not_there_has_no_files(fake: NewsCrawlFake, status: int) -> None:
    fake.absent_status = status
    assert plan(fake, date(2030, 1, 1), date(2030, 3, 1)) == []
    assert opened(plan(fake, date(2023, 8, 1), date(2023, 9, 30))) == ["0930020000", "0930201500"]


def test_the_current_month_grows_and_its_old_files_stay_the_same_units(fake: NewsCrawlFake) -> None:
    before = plan(fake, date(2023, 11, 1), date(2023, 11, 30))
    fake.add(datetime(2023, 11, 1, 12, tzinfo=UTC), [story(2)])
    after = plan(fake, date(2023, 11, 1), date(2023, 11, 30))
    assert [unit.id for unit in after[: len(before)]] == [unit.id for unit in before]
    assert len(after) == len(before) + 1


def test_a_listing_cut_short_or_of_something_else_is_a_failure(fake: NewsCrawlFake) -> None:
    fake.files["/crawl-data/CC-NEWS/2023/12/other.txt"] = b"x"
    with pytest.raises(FetchError) as caught:
        plan(fake, date(2023, 12, 5), date(2023, 12, 6))
    assert (caught.value.kind, caught.value.transient) == ("bad_listing", True)


def test_the_files_of_the_fake_are_read_as_those_of_the_crawl_are(fake: NewsCrawlFake) -> None:
    address = fake.add(datetime(2023, 10, 23, tzinfo=UTC), [*(story(n) for n in range(20)), *dialects()])
    path = address.removeprefix(fake.url)

    def items() -> list[WarcItem]:
        return list(read_pages(io.BytesIO(fake.files[path]), name="x.warc.gz"))

    whole = items()
    pages = [item.page for item in whole if isinstance(item, WarcPage)]
    assert [item.reason for item in whole if isinstance(item, WarcSkip)] == ["not_html", "http_404"]
    assert len(pages) == 24
    assert all(b"</html>" in page.body for page in pages)
    fake.cut(address)
    assert isinstance(items()[-1], Damage)
    fake.damage(address, len(fake.files[path]) // 2)
    assert sum(isinstance(item, Damage) for item in items()) >= 2
    assert sum(isinstance(item, WarcPage) for item in items()) >= 15


def test_paths_that_lead_elsewhere_are_not_taken() -> None:
    text = (
        "crawl-data/CC-NEWS/2023/10/CC-NEWS-20231023153650-02160.warc.gz\n"
        "crawl-data/CC-NEWS/2023/10/../../CC-NEWS-20231023153650-02161.warc.gz\n"
        "https://elsewhere.example/CC-NEWS-20231023153650-02162.warc.gz\n"
        "crawl-data/CC-NEWS/2023/02/CC-NEWS-20230231153650-02163.warc.gz\r\n"
        "crawl-data/CC-NEWS/2023/10/CC-NEWS-20231023000000-02159.warc.gz\r\n"
    )
    assert [file.path[-13:-8] for file in listed_files(text)] == ["02159", "02160"]


DAYS = st.dates(date(2016, 8, 1), date(2026, 12, 31))


@given(DAYS, DAYS)
def test_months_are_counted_without_a_gap(first: date, last: date) -> None:
    since, until = min(first, last), max(first, last)
    found = list(months(since, until))
    days = {(day.year, day.month) for n in range((until - since).days + 1) if (day := since + timedelta(n))}
    assert found == sorted(days)


@given(st.sets(st.datetimes(datetime(2023, 1, 1), datetime(2023, 3, 1)), max_size=30), st.data())
def test_every_moment_of_the_range_is_in_a_file_that_is_fetched(
    times: set[datetime], data: st.DataObject
) -> None:
    files = [CrawlFile(at.replace(tzinfo=UTC), str(at)) for at in sorted(times)]
    since = data.draw(st.dates(date(2023, 1, 1), date(2023, 3, 1)))
    until = data.draw(st.dates(since, date(2023, 3, 1)))
    chosen = set(covering(files, since, until))
    moment = data.draw(st.datetimes(datetime(since.year, since.month, since.day), datetime(2023, 3, 2)))
    if moment.date() <= until:
        holding = [file for file in files if file.opened_at <= moment.replace(tzinfo=UTC)][-1:]
        assert chosen >= set(holding)
