"""Hostile files and arguments on the command line: told in one line that names them, at once, never a traceback."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest

from fivegwatch.extractors.limits import LIMITS
from tests.conftest import ROOT
from tests.flows.cli_runner import fivegwatch_process

pytestmark = pytest.mark.slow

STORY = (ROOT / "tests/data/pages/news-english.html").read_bytes()
FEED = b'[a]\nurl = "http://127.0.0.1:9/f"\n'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "fivegwatch.toml").write_text('contact = "tests"\n', encoding="utf-8")
    (tmp_path / "page.html").write_bytes(STORY)
    os.mkfifo(tmp_path / "pipe")
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        ["ingest", "--new", "--feeds", "pipe"],
        ["feeds", "list", "--feeds", "pipe"],
        ["extract", "page.html", "pipe"],
        ["extract", "page.html", "--url-from", "pipe"],
        ["explain", "pipe"],
        ["judge", "pipe"],
        ["watchlist", "check", "--gold", "pipe"],
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_a_pipe_that_nobody_writes_to_is_not_waited_for(home: Path, arguments: list[str]) -> None:
    ran = fivegwatch_process(*arguments, cwd=home, timeout_s=600)
    assert ran.code == 2 and "pipe: " in ran.err and "is a pipe, not a regular file" in ran.err


def test_a_device_as_the_list_of_feeds_is_refused(home: Path) -> None:
    ran = fivegwatch_process("ingest", "--new", "--feeds", "/dev/zero", cwd=home, timeout_s=600)
    assert ran.code == 2 and "/dev/zero: cannot be read: is a device" in ran.err


@pytest.mark.parametrize("place", [".", "pipe", "/dev/null", "page.html/../absent/.."])
def test_what_can_be_no_corpus_is_told_before_anything_is_asked(home: Path, place: str) -> None:
    """Nothing listens at the feed's address: had it been asked, the run would have counted a failed feed."""
    (home / "absent").mkdir()
    (home / "feeds.toml").write_bytes(FEED)
    (home / "fivegwatch.toml").write_text(f'database = "{place}"\n', encoding="utf-8")
    ran = fivegwatch_process("ingest", "--new", "--feeds", "feeds.toml", cwd=home, timeout_s=600)
    if "absent" not in place:
        assert (
            ran.code == 2 and "fivegwatch.toml:1: database is " in ran.err and "not a regular file" in ran.err
        )
    assert ran.code != 0 and not Path("/dev/null.d").exists()
    named = fivegwatch_process("ingest", "--feeds", "feeds.toml", "--db", ".", cwd=home, timeout_s=600)
    assert named.code == 2 and "--db: " in named.err


def test_a_byte_order_mark_in_settings_and_feeds_is_no_fault(home: Path) -> None:
    mark = b"\xef\xbb\xbf"
    (home / "fivegwatch.toml").write_bytes(mark + b'contact = "tests"\n')
    (home / "feeds.toml").write_bytes(mark + FEED)
    ran = fivegwatch_process("feeds", "list", "--feeds", "feeds.toml", "--json", cwd=home)
    assert ran.code == 0 and json.loads(ran.out)["id"] == "a"


def test_a_key_cannot_steer_the_terminal(home: Path) -> None:
    (home / "feeds.toml").write_bytes(FEED + b'"\\u001b[31mred\\u202e" = 1\n')
    ran = fivegwatch_process("ingest", "--new", "--feeds", "feeds.toml", cwd=home)
    assert ran.code == 2 and "\\x1b[31mred\\u202e" in ran.err
    assert all(char.isprintable() or char == "\n" for char in ran.err)


@pytest.mark.parametrize("address", ["http://[", "file:///etc/passwd", "not an address", "http://a b/"])
@pytest.mark.parametrize("command", ["extract", "explain"])
def test_an_address_no_page_can_have_is_refused_by_name(home: Path, command: str, address: str) -> None:
    ran = fivegwatch_process(command, "page.html", "--url", address, cwd=home)
    assert (ran.code, ran.out) == (2, "") and f"--url: {address}: " in ran.err


def test_a_wrong_address_in_a_table_costs_that_page_only(home: Path) -> None:
    (home / "urls.tsv").write_text("file\turl\npage.html\thttp://[\n", encoding="utf-8")
    (home / "other.html").write_bytes(STORY)
    ran = fivegwatch_process("extract", "page.html", "other.html", "--url-from", "urls.tsv", cwd=home)
    bad, good = map(json.loads, ran.out.splitlines())
    assert (ran.code, bad["error"], "--url-from" in bad["message"]) == (1, "bad_url", True)
    assert good["title"]


def test_a_page_that_unpacks_without_end_is_too_large_and_no_more(home: Path) -> None:
    (home / "bomb.html.gz").write_bytes(gzip.compress(b"<html>" + bytes(20 * LIMITS.page_body)))
    ran = fivegwatch_process("extract", "bomb.html.gz", "page.html", cwd=home)
    bomb, good = map(json.loads, ran.out.splitlines())
    assert bomb["error"] == "too_large" and good["title"]


def test_half_of_a_surrogate_pair_comes_back_as_it_was_spelt(home: Path) -> None:
    given = '{"id": "\\ud800", "title": "Huawei \\udc00 barred from the 5G core", "text": "é"}\n'
    ran = fivegwatch_process("judge", cwd=home, stdin=given + '{"id": "é"}\n')
    first, second = ran.out.splitlines()
    assert ran.code == 0 and json.loads(first)["id"] == "\ud800" and '"é"' in second


@pytest.mark.parametrize("days", ["-1", "99999999999", "1000000"])
def test_a_number_of_days_no_calendar_has_is_refused_by_name(home: Path, days: str) -> None:
    ran = fivegwatch_process("watchlist", "suggest", "--days", days, "--db", "corpus.duckdb", cwd=home)
    assert ran.code == 2 and "--days: write a number of days up to" in ran.err


def test_a_watchlist_without_feeds_is_told(home: Path) -> None:
    (home / "watchlist/terms").mkdir(parents=True)
    (home / "watchlist/terms/en.toml").write_text("", encoding="utf-8")
    for command in (["ingest", "--new"], ["feeds", "list"]):
        ran = fivegwatch_process(*command, cwd=home)
        assert ran.code == 2 and "has no feeds.toml" in ran.err
