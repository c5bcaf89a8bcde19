"""What a failure of a backfill tells to do is enough, if it is done to the letter."""

from __future__ import annotations

import re
import shlex
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fakes.news_crawl import NewsCrawlFake
from tests.flows.backfilled import PressFake, facts
from tests.flows.cli_runner import Ran, fivegwatch
from tests.flows.press import CAPTURED, make_home, old_pages, write_warc

pytestmark = pytest.mark.slow


def remedy_in(ran: Ran) -> tuple[str, ...]:
    """The arguments that the message names, as a user would copy them."""
    found = re.search(r"--allow-address \S+|--retry-failed|raise --max-disk", ran.out + ran.err)
    assert found, ran
    return tuple(shlex.split(found[0].replace("raise --max-disk", "--max-disk 1G")))


def two_archives(archives: NewsCrawlFake, folder: Path) -> tuple[str, str]:
    """The addresses of two small files of the crawl."""
    pages = old_pages()
    files = [write_warc(folder / f"{n}.warc.gz", pages[n:20:2]).read_bytes() for n in range(2)]
    return archives.add(CAPTURED, files[0]), archives.add(CAPTURED + timedelta(hours=1), files[1])


def had_by_remedy(home: Path, refused: Ran, address: str) -> None:
    """The remedy is enough for one of the two, given again, and then for the other, resumed."""
    for request in (("warc", address), ("resume",)):
        ran = fivegwatch("backfill", *request, *remedy_in(refused), cwd=home)
        assert (ran.code, "1 unit: 1 done" in ran.out) == (0, True), ran


def test_an_archive_on_a_machine_of_ones_own_is_had_as_the_refusal_says(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    with NewsCrawlFake() as archives:
        addresses = two_archives(archives, tmp_path)
        ran = fivegwatch("backfill", "warc", *addresses, cwd=home)
        assert ran.code == 1
        had_by_remedy(home, ran, addresses[0])


@pytest.mark.parametrize("source", ["sitemap", "wordpress"])
def test_a_site_of_ones_own_is_asked_as_the_refusal_says(tmp_path: Path, source: str) -> None:
    home = make_home(tmp_path / "home")
    with PressFake() as press:
        ran = fivegwatch("backfill", source, press.url, "--list-only", cwd=home)
        assert ran.code == 1
        again = fivegwatch("backfill", source, press.url, *remedy_in(ran), "--list-only", cwd=home)
    assert "--allow-address" not in again.out + again.err


def test_a_download_too_large_for_the_disk_is_had_with_more_of_it(tmp_path: Path) -> None:
    with NewsCrawlFake() as archives:
        home = make_home(tmp_path / "home", allow=archives.allow)
        addresses = two_archives(archives, tmp_path)
        ran = fivegwatch("backfill", "warc", *addresses, "--max-disk", "1K", cwd=home)
        assert ran.code == 1
        assert list((home / "corpus.duckdb.d" / "downloads").iterdir()) == []
        had_by_remedy(home, ran, addresses[0])


def test_an_archive_that_was_not_there_or_was_none_is_asked_for_again_as_the_failure_says(
    tmp_path: Path,
) -> None:
    whole = write_warc(tmp_path / "a.warc.gz", old_pages()).read_bytes()
    with NewsCrawlFake() as archives:
        home = make_home(tmp_path / "home", allow=archives.allow)
        address = archives.add(CAPTURED, b"")
        path = address.removeprefix(archives.url)
        for content in (None, b""):
            archives.files.pop(path, None)
            if content is not None:
                archives.files[path] = content
            ran = fivegwatch("backfill", "warc", address, "--retry-failed", cwd=home)
            assert ran.code == 1
            assert remedy_in(ran) == ("--retry-failed",)
        archives.files[path] = whole
        again = fivegwatch("backfill", "warc", address, *remedy_in(ran), cwd=home)
    assert (again.code, "1 unit: 1 done" in again.out) == (0, True), again


def test_a_folder_is_no_list_and_what_to_name_is_said(tmp_path: Path) -> None:
    (tmp_path / "lists").mkdir()
    ran = fivegwatch("backfill", "urls", tmp_path / "lists", cwd=make_home(tmp_path / "home"))
    assert (ran.code, f"{tmp_path / 'lists'}: is a folder; name the files in it." in ran.err) == (2, True)


def test_lines_that_are_no_addresses_are_counted_in_the_account_and_named_in_failures(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    (tmp_path / "list.txt").write_text("http\nnothing\n", encoding="utf-16")
    ran = fivegwatch("backfill", "urls", tmp_path / "list.txt", "--quiet", cwd=home)
    assert "1 unit: 1 done; 2 of what was listed cannot be fetched (see the view failures)" in ran.out
    assert [row[0].partition(":")[0] for row in facts(home)["failures"]] == ["line 1", "line 2"]


def test_a_file_by_its_address_is_the_same_unit_and_nothing_is_called_a_download(tmp_path: Path) -> None:
    home, archive = make_home(tmp_path / "home"), write_warc(tmp_path / "a.warc.gz", old_pages())
    looks = [
        fivegwatch("backfill", "warc", *given, "--dry-run", cwd=home).out.split("time:")[0]
        for given in ((archive,), (f"file://{archive}",), (archive, f"file://{archive}"))
    ]
    assert looks[0] == looks[1] == looks[2]
    assert "download" not in looks[0]
