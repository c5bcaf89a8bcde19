"""GDELT as a source: a search whose answers are capped, and files of which some are missing or broken."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from fivegwatch.extractors.errors import ExtractionError, FetchError
from fivegwatch.extractors.listings.gdelt import Wanted
from fivegwatch.extractors.model import Listing, Origin, Unit
from fivegwatch.sources.http.client import Web
from fivegwatch.sources.listings import gdelt
from fivegwatch.sources.listings.gdelt import (
    plan_doc,
    plan_gkg,
    read_doc,
    read_gkg,
    slot_names,
)
from fivegwatch.sources.services.throttle import Services
from tests.fakes.gdelt import LIMIT_WORDS, GdeltFake, Record, Seen, Slot
from tests.fakes.service import Answer
from tests.sources.waiting import FakeTime, asking, collect, entries_of, skipped_of

DAY = date(2023, 6, 1)


def services_of(fake: GdeltFake) -> Services:
    return Services(gdelt_doc=fake.url, gdelt_files=fake.url)


# ---------------------------------------------------------------- search


def found(
    fake: GdeltFake, unit: Unit | None = None, cursor: str = "", *, time: FakeTime | None = None
) -> list[Listing]:
    (planned,) = plan_doc(['"5G network"'], DAY, date(2023, 6, 30))

    async def job(web: Web) -> list[Listing]:
        throttle = (time or FakeTime()).throttle()
        return await collect(read_doc(web, unit or planned, cursor, services_of(fake), throttle))

    return asking(fake, job)


def seen(count: int, first: str = "20230601000000", every: int = 15) -> tuple[Seen, ...]:
    start = datetime.strptime(first, "%Y%m%d%H%M%S")
    times = (start + n * timedelta(minutes=every) for n in range(count))
    return tuple(Seen(f"https://news.example/{n}", f"{at:%Y%m%d%H%M%S}") for n, at in enumerate(times))


def test_a_search_gives_addresses_and_titles_and_no_dates() -> None:
    with GdeltFake((Seen("https://news.example:443/a", "20230618031500", "Netze , neu"),)) as fake:
        (listing,) = found(fake)
        (entry,) = listing.entries
        assert (entry.url, entry.title) == ("https://news.example/a", "Netze , neu")
        assert entry.origin == Origin(kind="gdelt", locator="doc@20230618T031500Z")
        assert (entry.published_at, entry.updated_at) == (None, None)
        assert (listing.done, listing.cursor, listing.position) == (True, "", 30)


def test_a_full_window_is_halved_until_nothing_is_hidden() -> None:
    time = FakeTime()
    with GdeltFake(seen(2_000)) as fake:
        listings = found(fake, time=time)
        assert len({entry.id for entry in entries_of(listings)}) == 2_000
        assert all(len(listing.entries) < 250 for listing in listings)
        assert skipped_of(listings) == []
        assert set(time.pauses) == {5.0}
        positions = [listing.position for listing in listings]
        assert positions == sorted(positions)


def test_read_on_from_any_cursor_the_search_loses_nothing() -> None:
    with GdeltFake(seen(900)) as fake:
        whole = found(fake)
        ids = {entry.id for entry in entries_of(whole)}
        for cut, listing in enumerate(whole[:-1]):
            rest = found(fake, cursor=listing.cursor)
            assert {entry.id for entry in entries_of(whole[: cut + 1]) + entries_of(rest)} == ids


def test_a_quarter_of_an_hour_that_is_full_is_told() -> None:
    same = tuple(Seen(f"https://news.example/{n}", "20230601001500") for n in range(300))
    with GdeltFake(same) as fake:
        listings = found(fake)
        assert (len(entries_of(listings)), skipped_of(listings)) == (250, ["window_full"])


def test_nothing_found_is_a_unit_that_is_done() -> None:
    with GdeltFake() as fake:
        assert found(fake) == [Listing(position=30, done=True)]


def test_refusals_in_status_or_words_are_waited_out() -> None:
    time = FakeTime()
    with GdeltFake(seen(1)) as fake:
        fake.fail("doc", 429, Answer(200, LIMIT_WORDS))
        assert len(entries_of(found(fake, time=time))) == 1
        assert time.pauses == [60.0, 120.0]


def test_a_query_the_service_refuses_fails_for_good_in_its_own_words() -> None:
    with GdeltFake() as fake:
        (unit,) = plan_doc(['"5G"'], DAY, DAY)
        with pytest.raises(ExtractionError) as caught:
            found(fake, unit)
        assert (caught.value.kind, caught.value.transient) == ("refused_query", False)
        assert "too short" in str(caught.value)


def test_rows_with_bad_escapes_or_addresses_cost_nothing_else() -> None:
    rows = (
        Seen("https://news.example/a", "20230601000000", "one", raw_title=r"It\'s \x one"),
        Seen("javascript:alert(1)", "20230601000000"),
        Seen("http://10.0.0.1/", "20230601000000"),
    )
    with GdeltFake(rows) as fake:
        listings = found(fake)
        assert [entry.title for entry in entries_of(listings)] == ["It's x one"]
        assert sorted(skipped_of(listings)) == ["blocked_address", "scheme"]


def test_a_plan_of_queries_has_one_unit_each_and_none_for_no_days() -> None:
    units = plan_doc(["a b", " a b ", "", "c d"], DAY, date(2023, 6, 2))
    assert [(unit.locator, unit.size) for unit in units] == [("a b", 2), ("c d", 2)]
    assert plan_doc(["a b"], DAY, date(2023, 5, 1)) == ()


# ---------------------------------------------------------------- files


def about_networks(url: str, title: str, organisations: tuple[str, ...], themes: tuple[str, ...]) -> bool:
    return "5g" in url or "5G" in title or "huawei" in organisations


def day_of(
    fake: GdeltFake,
    unit: Unit | None = None,
    cursor: str = "",
    *,
    wanted: Wanted = about_networks,
    time: FakeTime | None = None,
) -> list[Listing]:
    (planned,) = plan_gkg(DAY, DAY, step=360)

    async def job(web: Web) -> list[Listing]:
        throttle = (time or FakeTime()).throttle()
        listings = read_gkg(web, unit or planned, cursor, services_of(fake), throttle, wanted)
        return await collect(listings)

    return asking(fake, job)


STORY = Record("https://news.example/5g", "A ban")
FIRST, FIRST_TRANSLATED = "20230601000000.gkg.csv.zip", "20230601000000.translation.gkg.csv.zip"
SECOND = "20230601060000.gkg.csv.zip"


def full_day(**other: Slot) -> dict[str, Slot]:
    (unit,) = plan_gkg(DAY, DAY, step=360)
    names = slot_names(unit)
    return {
        name: Slot((Record(f"https://news.example/5g-{n}", f"Title {n}"), Record("https://news.example/x")))
        for n, name in enumerate(names)
    }


def test_a_days_files_are_named_by_the_clock_in_both_sets() -> None:
    (unit,) = plan_gkg(DAY, DAY)
    names = slot_names(unit)
    assert (unit.kind, unit.locator, unit.size, len(names)) == ("day", "2023-06-01", 192, 192)
    assert names[:3] == (FIRST, FIRST_TRANSLATED, "20230601001500.gkg.csv.zip")
    assert names[-1] == "20230601234500.translation.gkg.csv.zip"
    assert len(slot_names(plan_gkg(DAY, DAY, translated=False)[0])) == 96


def test_a_plan_begins_with_the_first_file_there_ever_was() -> None:
    units = plan_gkg(date(2010, 1, 1), date(2015, 2, 20))
    assert [(unit.locator, unit.size) for unit in units] == [
        ("2015-02-18", 8), ("2015-02-19", 192), ("2015-02-20", 192),
    ]  # fmt: skip
    assert slot_names(units[0])[0] == "20150218230000.gkg.csv.zip"
    assert plan_gkg(date(2010, 1, 1), date(2011, 1, 1)) == ()
    with pytest.raises(ValueError, match="15 minutes apart"):
        plan_gkg(DAY, DAY, step=10)


def test_a_day_that_is_not_over_is_a_unit_of_its_own_up_to_the_newest_files() -> None:
    noon = datetime(2023, 6, 2, 14, 10, tzinfo=timezone(timedelta(hours=2)))
    units = plan_gkg(DAY, date(2023, 6, 9), now=noon)
    assert [(unit.locator, unit.size) for unit in units] == [("2023-06-01", 192), ("2023-06-02", 94)]
    assert slot_names(units[1])[-1] == "20230602113000.translation.gkg.csv.zip"
    whole = plan_gkg(DAY, date(2023, 6, 2), now=noon + timedelta(days=3))
    assert (whole[0].id, whole[1].size) == (units[0].id, 192)
    assert whole[1].id != units[1].id


def test_wanted_records_become_entries_named_after_their_file() -> None:
    with GdeltFake(slots=full_day()) as fake:
        listings = day_of(fake)
        assert len(listings) == 8
        entries = entries_of(listings)
        assert [entry.url for entry in entries] == [f"https://news.example/5g-{n}" for n in range(8)]
        assert entries[0].origin == Origin(kind="gdelt", locator=FIRST)
        assert (entries[0].title, entries[0].published_at, entries[0].updated_at) == ("Title 0", None, None)
        assert [listing.position for listing in listings] == list(range(1, 9))
        assert ([listing.outside for listing in listings], listings[-1].done) == ([1] * 8, True)


def test_read_on_from_any_cursor_a_day_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gdelt, "PORTION", 2)
    slots = full_day()
    slots[SECOND] = Slot(tuple(Record(f"https://news.example/5g-more-{n}") for n in range(7)))
    with GdeltFake(slots=slots) as fake:
        whole = day_of(fake)
        ids = {entry.id for entry in entries_of(whole)}
        assert len(ids) == 14
        assert all(len(listing.entries) <= 2 for listing in whole)
        for cut, listing in enumerate(whole[:-1]):
            rest = day_of(fake, cursor=listing.cursor)
            assert {entry.id for entry in entries_of(whole[: cut + 1]) + entries_of(rest)} == ids
            assert rest[0].position >= listing.position


def test_files_that_are_missing_or_broken_are_told_and_the_day_goes_on() -> None:
    slots = full_day()
    del slots[FIRST]
    slots[FIRST_TRANSLATED] = Slot(packed=b"<html>not found</html>")
    slots[SECOND] = Slot(
        (STORY, b"half a line", STORY.line("2", 1).replace(b"news.example\t", b"\xff\xfe\t"))
    )
    with GdeltFake(slots=slots) as fake:
        listings = day_of(fake)
        assert skipped_of(listings) == ["no_slot", "bad_zip", "bad_line"]
        assert len(entries_of(listings)) == 6


def test_a_file_that_arrives_broken_is_fetched_again() -> None:
    slots = full_day()
    slots[FIRST].served = [b"PK", b"PK"]
    with GdeltFake(slots=slots) as fake:
        assert (len(entries_of(day_of(fake))), len(fake.asked("slot"))) == (8, 10)


def test_a_sum_that_does_not_fit_is_another_download_then_a_skipped_file() -> None:
    slots = full_day()
    other = Slot((Record("https://news.example/5g-forged"),)).archive("x")
    with GdeltFake(slots=slots) as fake:
        fake.storage_sums = True
        slots[FIRST].served = [other]
        assert skipped_of(day_of(fake)) == []
        slots[FIRST].served = [other] * 3
        listings = day_of(fake)
        assert (skipped_of(listings), len(entries_of(listings))) == (["md5_mismatch"], 7)


def test_faults_and_refusals_of_the_files_service_are_waited_out() -> None:
    time = FakeTime()
    with GdeltFake(slots=full_day()) as fake:
        fake.fail("slot", 503, 429, 0)
        assert len(entries_of(day_of(fake, time=time))) == 8
        assert {2.0, 60.0, 4.0} < set(time.pauses)
        fake.fail("slot", 403)
        with pytest.raises(FetchError) as caught:
            day_of(fake)
        assert (caught.value.kind, caught.value.transient) == ("http_403", False)


def test_a_day_read_to_its_end_is_done_at_once() -> None:
    with GdeltFake() as fake:
        (unit,) = plan_gkg(DAY, DAY, step=360)
        assert day_of(fake, cursor=slot_names(unit)[-1]) == [Listing(position=8, done=True)]
