"""Archives: what is kept, where it came from, and that nothing is lost or doubled however a run ends."""

from __future__ import annotations

import gzip
import json
import random
import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.flows.runs.backfill.sources import (
    Archives,
    Gdelt,
    Request,
    Sitemaps,
    UrlLists,
    Wayback,
    WordPress,
)
from fivegwatch.storage.disk.layout import Layout
from tests.conftest import CAMPAIGN
from tests.flows.backfilled import Killer, backfill, facts, seconds_of, write_archives
from tests.flows.cli_runner import fivegwatch
from tests.flows.press import CAPTURED, make_home, old_pages, write_warc
from tests.storage.contents import ask

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three files of a few dozen pages each; the last one is damaged in its middle."""
    folder = tmp_path_factory.mktemp("archives")
    pages = old_pages()
    for number in range(3):
        write_warc(folder / f"{number}.warc.gz", pages[number::3], damage_after=4 if number == 2 else None)
    return folder


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, archives: Path) -> Path:
    """The corpus of an undisturbed backfill."""
    home = make_home(tmp_path_factory.mktemp("whole"))
    account = backfill(home, "warc", archives)
    assert account["units_done"] == 3
    assert account["found.kept"] > 5
    return home


def test_every_page_of_the_archive_is_accounted_for(whole: Path) -> None:
    counts = [unit[3] for unit in facts(whole)["units"]]
    read = sum(unit["pages"] for unit in counts)
    ends = sum(n for unit in counts for name, n in unit.items() if name not in {"pages", "broken"})
    assert read == len(old_pages()) == ends


def test_a_story_tells_the_file_and_the_record_it_came_from(whole: Path, archives: Path) -> None:
    rows = facts(whole)["sightings"]
    assert {kind for _, kind, _, _ in rows} == {"warc"}
    for _, _, locator, _ in rows:
        name, _, offset = locator.partition("@")
        with (archives / name).open("rb") as file:
            file.seek(int(offset))
            assert file.read(2) == b"\x1f\x8b"


def test_the_capture_time_is_never_taken_for_the_publication_date(whole: Path) -> None:
    rows = facts(whole)["stories"]
    assert all(captured >= CAPTURED for *_, captured in rows)
    assert all(published is None or published < CAPTURED for *_, published, _ in rows)
    assert any(published is not None for *_, published, _ in rows)


def test_a_damaged_stretch_is_on_record_and_reading_goes_on_behind_it(whole: Path) -> None:
    damaged = [row for row in facts(whole)["failures"] if row[2] == "parse"]
    assert len(damaged) == 1
    assert damaged[0][0].startswith("2.warc.gz@")


def test_stories_are_counted_once_however_many_captures_there_are_of_each(
    tmp_path: Path, archives: Path
) -> None:
    home = make_home(tmp_path / "home")
    pages = old_pages()
    again = [replace(page, captured_at=page.captured_at + timedelta(days=1)) for page in pages]
    files = [write_warc(tmp_path / f"{n}.warc.gz", some) for n, some in enumerate((pages, again))]
    account = backfill(home, "warc", *files)
    layout = Layout.for_database(home / "corpus.duckdb")
    ((stories, near),) = ask(
        layout, "select count(*) filter (relevant), count(*) filter (verdict = 'near_miss') from ledger"
    )
    assert stories == ask(layout, "select count(*) from stories")[0][0] > 5
    assert (account["stories"], account["near_misses"]) == (stories, near)
    kept = account["found.kept"]
    assert kept >= 2 * stories
    assert f", {kept} kept; {stories} stories kept, {near} near miss" in account["summary"]
    status = json.loads(fivegwatch("backfill", "status", "--json", cwd=home).out)
    (source,) = status["sources"]
    assert (source["pages kept"], source["stories"]) == (kept, stories)
    assert f"{stories} stories kept" in status["runs"][0]["message"]
    # Met again, they are stories of that run too, and there are no more of them.
    third = backfill(home, "warc", archives / "0.warc.gz")
    assert 0 < third["stories"] <= third["found.kept"] < stories
    assert ask(layout, "select count(*) from stories") == [(stories,)]


def test_a_finished_backfill_given_again_changes_nothing(whole: Path, archives: Path) -> None:
    before = facts(whole)
    account = backfill(whole, "warc", archives)
    assert (account["units"], account["units_known"]) == (0, 3)
    assert facts(whole) == before


def test_a_backfill_killed_at_any_point_goes_on_to_the_same_corpus(tmp_path: Path) -> None:
    # Of several slices a file, so that there is a middle.
    archives = write_archives(tmp_path / "archives", files=2, copies=2)
    whole, home = (make_home(tmp_path / name, workers=2) for name in ("whole", "home"))
    took = seconds_of(whole, "warc", archives)
    killer = Killer(home=home, arguments=("warc", archives), chance=random.Random(5))
    killer.strikes(4 if CAMPAIGN else 2, took / 2)
    backfill(home, "warc", archives)
    assert facts(home) == facts(whole)


def test_a_story_found_live_and_in_an_archive_is_one_story_with_two_sightings(tmp_path: Path) -> None:
    from fivegwatch.flows.demo.newsroom import Newsroom, subscriptions

    with Newsroom() as room:
        port = int(room.url.rpartition(":")[2])
        home = make_home(tmp_path / "home", allow=[("127.0.0.1", port)])
        feeds = home / "live.toml"
        feeds.write_text(subscriptions(room.url), encoding="utf-8")
        assert fivegwatch("ingest", "--feeds", feeds, "--quiet", cwd=home).code == 0
        layout = Layout.for_database(home / "corpus.duckdb")
        live = ask(layout, "select id, verdict from ledger order by id")
        archive = write_warc(tmp_path / "copy.warc.gz", old_pages(room.url))
        backfill(home, "warc", archive)
    both = dict(ask(layout, "select id, verdict from ledger order by id"))
    assert dict(live).keys() <= both.keys()
    kinds = ask(
        layout,
        """select count(*) from (select entry_id from sightings group by 1
           having list_sort(list(distinct origin_kind)) = ['feed', 'warc'])""",
    )
    assert kinds[0][0] > 10


def test_an_archive_of_our_own_can_be_read_like_any_other(whole: Path, tmp_path: Path) -> None:
    copied = tmp_path / "raw"
    shutil.copytree(Layout.for_database(whole / "corpus.duckdb").raw, copied)
    home = make_home(tmp_path / "home")
    backfill(home, "warc", copied)
    kept = "select id, verdict from ledger order by id"
    assert ask(Layout.for_database(home / "corpus.duckdb"), kept) == ask(
        Layout.for_database(whole / "corpus.duckdb"), kept
    )


def test_a_dry_run_says_what_to_expect_and_writes_nothing(tmp_path: Path, archives: Path) -> None:
    home = make_home(tmp_path / "home")
    before = sorted(home.rglob("*"))
    ran = fivegwatch("backfill", "warc", archives, "--dry-run", "--json", cwd=home)
    estimate = json.loads(ran.out)
    assert estimate["units"] == 3
    assert estimate["bytes"] == sum(path.stat().st_size for path in archives.iterdir())
    assert estimate["pages"] == pytest.approx(len(old_pages()), rel=0.2)
    assert estimate["hours"] > 0
    assert sorted(home.rglob("*")) == before


def test_a_dry_run_does_not_pretend_to_know_how_large_a_file_elsewhere_is(
    tmp_path: Path, archives: Path
) -> None:
    home = make_home(tmp_path / "home")
    for here in ([], [archives]):
        ran = fivegwatch(
            "backfill", "warc", "https://archive.example/a.warc.gz", *here, "--dry-run", cwd=home
        )
        assert ran.code == 0, ran.err
        assert "1 file elsewhere, of a size not known before it is asked for" in ran.out
        assert ("time:" in ran.out) == bool(here) and "entries:" not in ran.out


def test_a_dry_run_names_what_is_no_archive_estimates_the_rest_and_ends_as_the_run_does(
    tmp_path: Path, archives: Path
) -> None:
    home, folder = make_home(tmp_path / "home"), tmp_path / "given"
    shutil.copytree(archives, folder)
    bad = {
        folder / "empty.warc.gz": "this is empty. Fetch it again.",
        folder / "in" / "page.warc": "this is no WARC file.",
    }
    (folder / "in").mkdir()
    for path, content in zip(bad, (b"", b"<html>"), strict=True):
        path.write_bytes(content)
    ran = fivegwatch("backfill", "warc", folder, "--dry-run", cwd=home)
    for path, why in bad.items():
        assert f"failed:  {path}: {why}" in ran.out
    assert (ran.code, "units:   3\n" in ran.out) == (0, True)
    alone = json.loads(fivegwatch("backfill", "warc", archives, "--dry-run", "--json", cwd=home).out)
    both = json.loads(fivegwatch("backfill", "warc", folder, "--dry-run", "--json", cwd=home).out)
    assert (both["bytes"], both["pages"]) == (alone["bytes"], alone["pages"])
    assert [row["unit"] for row in both["failed"]] == [str(path) for path in bad]
    for given in (*bad, folder):
        expected = fivegwatch("backfill", "warc", given, "--dry-run", cwd=home)
        ran = fivegwatch("backfill", "warc", given, "--quiet", cwd=home)
        assert expected.code == ran.code == int(given != folder), (given, expected.out)
    again = fivegwatch("backfill", "warc", *bad, "--dry-run", cwd=home)
    assert (again.code, "2 failed before (to try again now: --retry-failed)" in again.out) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("warc",), "name WARC files"),
        (("warc", "nowhere/*.warc.gz"), "no WARC file there"),
        (("warc", "--news-crawl", "--since", "2023-10-01"), "--until"),
        (("warc", "x", "--scheduler", "tcp://127.0.0.1:1"), "--spool"),
        (("sitemap", "https://press.example/", "--since", "2023-02-01", "--until", "2023-01-01"), "after --until"),
        (("gdelt", "--since", "2023-13-01", "--until", "2023-12-01"), "is no day"),
        (("urls", "nowhere.txt"), "nowhere.txt"),
        (("warc", "x", "--workers", "0"), "'0' is no number of processes"),
        (("warc", "x", "--max-disk=-5G"), "is no size"),
        (("resume", "--max-hours", "0"), "'0' is no number of hours"),
        (("sitemap", "https://press.example/", "--since", "2999-01-01"), "--since 2999-01-01 is still to come"),
        (("sitemap", "https://press.example/", "--until", "2999-01-01"), "--until 2999-01-01 is still to come"),
        (("gdelt", "--since", "2023-01-01", "--until", "2999-01-01"), "--until 2999-01-01 is still to come"),
        (("warc", "--news-crawl", "--since", "2023-01-01", "--until", "2999-01-01"), "is still to come"),
        (("sitemap", "https://press.example/", "--since", "2023-W01-3"), "'2023-W01-3' is no day"),
        (("sitemap", "https://press.example/", "--since", "20230101"), "'20230101' is no day"),
    ],
)  # fmt: skip
def test_a_wrong_request_is_told_by_name_and_remedy(
    tmp_path: Path, arguments: tuple[str, ...], told: str
) -> None:
    ran = fivegwatch("backfill", *arguments, cwd=make_home(tmp_path / "home"))
    assert ran.code == 2
    assert told in ran.err


DAYS = ("--since", "2023-01-01", "--until", "2023-01-02")
EMPTY = [
    ("warc", "{}"),
    ("warc", "x", "{}"),
    ("warc", "x", "--scheduler", "{}", "--spool", "{}"),
    ("sitemap", "{}"),
    ("sitemap", "https://press.example/", "--contains", "{}"),
    ("sitemap", "https://press.example/", "--regex", "{}"),
    ("wordpress", "{}"),
    ("wordpress", "https://press.example/", "--search", "{}"),
    ("wayback", "{}", *DAYS),
    ("wayback", "--feed", "{}", *DAYS),
    ("gdelt", "--query", "{}", *DAYS),
    ("urls", "{}"),
    ("urls", "list.csv", "--column", "{}"),
    ("resume", "--home", "{}"),
    ("resume", "--db", "{}"),
    ("resume", "--allow-address", "{}"),
]


@pytest.mark.parametrize("nothing", ["", "  "])
@pytest.mark.parametrize("arguments", EMPTY, ids=" ".join)
def test_an_empty_argument_stands_for_nothing_and_is_refused(
    tmp_path: Path, archives: Path, arguments: tuple[str, ...], nothing: str
) -> None:
    home = make_home(tmp_path / "home")
    shutil.copy(archives / "0.warc.gz", home / "x")
    (home / "list.csv").write_text("url\nhttps://press.example/1\n", encoding="utf-8")
    before = sorted(home.rglob("*"))
    ran = fivegwatch("backfill", *(part.format(nothing) for part in arguments), "--dry-run", cwd=home)
    assert ran.code == 2, ran.out
    assert "is empty" in ran.err or "is not HOST:PORT" in ran.err
    assert sorted(home.rglob("*")) == before


TWO_DAYS = {"since": date(2023, 1, 1), "until": date(2023, 1, 2)}


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (Archives, {"files": ("",)}),
        (Sitemaps, {"sites": (" ",)}),
        (WordPress, {"sites": ("",)}),
        (Wayback, TWO_DAYS | {"feeds": ("",)}),
        (Gdelt, TWO_DAYS | {"queries": ("",)}),
        (UrlLists, {"files": ("",)}),
    ],
)
def test_an_empty_field_of_a_form_is_refused_too(kind: type[Request], values: dict[str, Any]) -> None:
    with pytest.raises(SettingsError, match="is empty"):
        kind(**values)


def test_an_archive_that_failed_for_good_is_not_called_done_when_it_is_given_again(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    archive = tmp_path / "a.warc.gz"
    archive.write_bytes(b"PK\x03\x04")
    first = fivegwatch("backfill", "warc", archive, cwd=home)
    assert (first.code, "this is a zip file" in first.out) == (1, True)
    again = fivegwatch("backfill", "warc", archive, cwd=home)
    assert "no unit is open: 1 failed before; to try again now: --retry-failed" in again.out
    third = fivegwatch("backfill", "warc", archive, "--retry-failed", cwd=home)
    assert "1 unit: 1 failed" in third.out


def test_an_archive_packed_as_a_whole_brings_each_page_once(tmp_path: Path) -> None:
    archives = write_archives(tmp_path / "archives", files=1, copies=1)
    apart, whole = make_home(tmp_path / "apart"), make_home(tmp_path / "whole")
    backfill(apart, "warc", archives)
    path = archives / "0.warc.gz"
    path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())))
    # One that is read for ever is stopped, and is not done.
    account = backfill(whole, "warc", archives, "--max-hours", "0.02")
    assert (account["units_done"], account["found.pages"]) == (1, len(old_pages()))
    found, expected = facts(whole), facts(apart)
    assert found["stories"] == expected["stories"]
    assert len(found["sightings"]) == len(expected["sightings"])
    assert found["units"][0][2:] == (path.stat().st_size, expected["units"][0][3])
