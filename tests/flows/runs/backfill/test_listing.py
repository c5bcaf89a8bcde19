"""Lists of addresses, whoever makes them: sitemaps, captures, indexes, files; and the pages then asked for."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from fivegwatch.storage.disk.layout import Layout
from tests.conftest import CAMPAIGN
from tests.fakes.gdelt import GdeltFake, Record, Seen, Slot
from tests.fakes.news_crawl import NewsCrawlFake
from tests.fakes.service import LoopbackService
from tests.fakes.wayback import Captured, WaybackFake
from tests.flows.backfilled import LISTED, Killer, PressFake, backfill, facts, seconds_of
from tests.flows.cli_runner import fivegwatch
from tests.flows.press import CAPTURED, make_home, old_pages, write_warc
from tests.storage.contents import ask

pytestmark = pytest.mark.slow


def rows(home: Path, sql: str) -> list[tuple[Any, ...]]:
    return ask(Layout.for_database(home / "corpus.duckdb"), sql)


@pytest.fixture
def press() -> Any:
    with PressFake() as fake:
        yield fake


def home_for(folder: Path, *fakes: LoopbackService, services: dict[str, str] | None = None) -> Path:
    return make_home(folder, allow=[pair for fake in fakes for pair in fake.allow], services=services)


def test_a_site_is_read_by_its_sitemaps_each_page_once(tmp_path: Path, press: PressFake) -> None:
    home = home_for(tmp_path / "home", press)
    account = backfill(home, "sitemap", press.url)
    assert account["found.entries"] == len(old_pages(press.url)) == account["asked.pages"]
    assert account["asked.pages_kept"] > 5
    assert {row[1] for row in facts(home)["sightings"]} == {"sitemap"}
    states = dict(rows(home, "select state, count(*) from entries group by 1"))
    assert states.get("pending", 0) == 0
    again = backfill(home, "sitemap", press.url)
    assert (again["units"], again["asked.pages"]) == (0, 0)


def test_a_site_being_read_may_be_killed_at_any_point(tmp_path: Path, press: PressFake) -> None:
    whole, home = home_for(tmp_path / "whole", press), home_for(tmp_path / "home", press)
    took = seconds_of(whole, "sitemap", press.url)
    killer = Killer(home=home, arguments=("sitemap", press.url), chance=random.Random(9))
    killer.strikes(3 if CAMPAIGN else 1, took / 2)
    backfill(home, "sitemap", press.url)
    assert facts(home, LISTED) == facts(whole, LISTED)


def test_a_list_from_standard_input_is_asked_for_and_a_bad_line_is_named(
    tmp_path: Path, press: PressFake
) -> None:
    home = home_for(tmp_path / "home", press)
    lines = [page.url for page in old_pages(press.url)[:5]] + ["no address at all", f"{press.url}/gone.html"]
    ran = fivegwatch("backfill", "urls", "-", "--quiet", cwd=home, stdin="\n".join(lines))
    assert ran.code == 0, ran.err
    assert len(rows(home, "from ledger")) == 5
    assert rows(home, "select state, problem from entries where url like '%gone.html'") == [
        ("gone", "http_410")
    ]
    assert rows(home, "select count(*) from failures where stage = 'parse' and url like '%line 6%'") == [(1,)]


def test_what_is_only_listed_waits_and_the_run_of_the_day_leaves_it_alone(
    tmp_path: Path, press: PressFake
) -> None:
    home = home_for(tmp_path / "home", press)
    account = backfill(home, "sitemap", press.url, "--list-only")
    waiting = rows(home, "select count(*) from entries where state = 'pending'")[0][0]
    assert waiting == account["found.entries"]
    (home / "none.toml").write_text("", encoding="utf-8")
    fivegwatch("ingest", "--feeds", home / "none.toml", "--quiet", cwd=home)
    assert rows(home, "select count(*) from entries where state = 'pending'") == [(waiting,)]
    assert backfill(home, "sitemap", press.url)["asked.pages"] == waiting


def test_what_was_only_listed_is_asked_for_when_it_is_gone_on_with(tmp_path: Path, press: PressFake) -> None:
    home = home_for(tmp_path / "home", press)
    (home / "list.txt").write_text("\n".join(page.url for page in old_pages(press.url)[:3]), encoding="utf-8")
    assert backfill(home, "urls", "list.txt", "--list-only")["asked.pages"] == 0
    assert backfill(home, "resume", "--only", "urls")["asked.pages"] == 3
    assert backfill(home, "resume")["asked.pages"] == 0


def test_a_page_that_is_gone_is_had_from_the_archive_of_the_web_under_its_own_address(
    tmp_path: Path, press: PressFake
) -> None:
    page = max(old_pages(press.url), key=lambda page: len(page.body))
    press.gone.add(urlsplit(page.url).path)
    capture = Captured(page.url, "20231024101500", page.body, mimetype=page.content_type.partition(";")[0])
    with WaybackFake((capture,)) as wayback:
        home = home_for(tmp_path / "home", press, wayback, services={"wayback": wayback.url})
        (home / "list.txt").write_text(page.url, encoding="utf-8")
        backfill(home, "urls", "list.txt")
        assert rows(home, "select state from entries") == [("gone",)]
        backfill(home, "wayback", page.url, "--since", "2023-01-01", "--until", "2023-12-31")
    captured = datetime(2023, 10, 24, 10, 15, tzinfo=UTC)
    assert rows(home, "select state from entries") == [("done",)]
    assert rows(home, "select url, captured_at from ledger") == [(page.url, captured)]


def test_the_history_of_a_feed_is_rebuilt_from_its_captures(tmp_path: Path) -> None:
    pages = old_pages()[:4]
    feed_url = "https://press.example/rss"

    def feed(some: Any) -> bytes:
        items = "".join(f"<item><title>A story</title><link>{page.url}</link></item>" for page in some)
        return f'<rss version="2.0"><channel><title>Press</title>{items}</channel></rss>'.encode()

    captures = [Captured(page.url, "20231025000000", page.body) for page in pages]
    captures += [
        Captured(feed_url, "20231021120000", feed(pages[:2]), mimetype="application/rss+xml"),
        Captured(feed_url, "20231023120000", feed(pages[1:]), mimetype="application/rss+xml"),
    ]
    with WaybackFake(tuple(captures)) as wayback:
        home = home_for(tmp_path / "home", wayback, services={"wayback": wayback.url})
        backfill(home, "wayback", "--feed", feed_url, "--since", "2023-10-01", "--until", "2023-10-31")
    assert len(rows(home, "from entries where state = 'done'")) == 4
    locators = {row[0] for row in rows(home, "select origin_locator from sightings")}
    assert locators == {"20231021120000", "20231023120000"}


def test_addresses_found_by_an_index_are_asked_for_where_they_are(tmp_path: Path, press: PressFake) -> None:
    pages = old_pages(press.url)[:3]
    with GdeltFake(tuple(Seen(page.url, "20231020101500") for page in pages)) as gdelt:
        home = home_for(tmp_path / "home", press, gdelt, services={"gdelt_doc": gdelt.url})
        days = ("--since", "2023-10-20", "--until", "2023-10-20")
        account = backfill(home, "gdelt", "--query", '"5G security"', *days)
    assert account["asked.pages"] == 3
    assert {row[1] for row in facts(home)["sightings"]} == {"gdelt"}


def test_files_of_an_index_are_sifted_by_the_watchlist(tmp_path: Path, press: PressFake) -> None:
    wanted, other = old_pages(press.url)[:2]
    records = (
        Record(wanted.url, title="Huawei banned from 5G networks"),
        Record(other.url, title="Cat show draws record crowd"),
    )
    with GdeltFake(slots={"20150218230000.gkg.csv.zip": Slot(records)}) as gdelt:
        home = home_for(tmp_path / "home", press, gdelt, services={"gdelt_files": gdelt.url})
        account = backfill(home, "gdelt", "--since", "2015-02-18", "--until", "2015-02-18", "--no-translated")
    assert account["asked.pages"] == 1
    assert [row[0] for row in rows(home, "select url from entries")] == [wanted.url]


def test_files_of_the_news_crawl_are_fetched_read_and_removed(tmp_path: Path) -> None:
    archive = write_warc(tmp_path / "some.warc.gz", old_pages()).read_bytes()
    with NewsCrawlFake() as crawl:
        crawl.add(CAPTURED, archive)
        crawl.drops = 2
        home = home_for(tmp_path / "home", crawl, services={"news_crawl": crawl.url + "/"})
        account = backfill(home, "warc", "--news-crawl", "--since", "2023-10-23", "--until", "2023-10-24")
    assert account["found.pages"] == len(old_pages())
    assert account["found.kept"] > 5
    left = [path for path in (home / "corpus.duckdb.d" / "downloads").rglob("*") if path.is_file()]
    assert left == []


def test_a_unit_that_fails_is_told_with_its_reason_and_tried_again_when_asked(tmp_path: Path) -> None:
    with WaybackFake() as wayback:
        wayback.blocked.add("press.example")
        home = home_for(tmp_path / "home", wayback, services={"wayback": wayback.url})
        days = ("--since", "2023-01-01", "--until", "2023-12-31")
        ran = fivegwatch(
            "backfill", "wayback", "press.example", "--match", "domain", *days, "--quiet", cwd=home
        )
        assert ran.code == 1
        status = fivegwatch("backfill", "status", "--failed", cwd=home)
        assert status.code == 1
        assert "archive_blocked" in status.out
        assert backfill_units(home) == [("failed", "archive_blocked")]
        wayback.blocked.clear()
        ran = fivegwatch("backfill", "resume", "--retry-failed", "--quiet", cwd=home)
        assert ran.code == 0, ran.err
    assert backfill_units(home) == [("done", "")]


def backfill_units(home: Path) -> list[tuple[Any, ...]]:
    return rows(home, "select state, problem from backfill_units")


def test_a_dry_run_of_lists_counts_and_writes_nothing(tmp_path: Path, press: PressFake) -> None:
    home = home_for(tmp_path / "home", press)
    before = sorted(home.rglob("*"))
    ran = fivegwatch("backfill", "sitemap", press.url, "--dry-run", cwd=home)
    assert ran.code == 0, ran.err
    assert f"about {len(old_pages(press.url)):,} addresses" in ran.out
    assert sorted(home.rglob("*")) == before
