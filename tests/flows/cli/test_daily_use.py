"""Small things that people run into in daily use of the commands."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from fivegwatch.extractors.errors import WatchlistError
from fivegwatch.flows.runs.checked_rules import check_parts
from fivegwatch.sources.files.watchlist import read_watchlist
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.rulebooks import keep_rules
from tests.flows.cli_runner import fivegwatch
from tests.flows.stored import BAN, make_corpus, write_small_watchlist, write_watchlist

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A working directory whose corpus holds one story, and whose watchlist is the shipped one."""
    folder = tmp_path_factory.mktemp("home") / "5g"
    files = read_watchlist(None)
    write_watchlist(folder / "watchlist", files)
    (folder / "fivegwatch.toml").write_text("enabled = false\n")
    make_corpus(folder / "corpus.duckdb", files, [("Huawei ban", BAN)])
    return folder


def test_enabled_false_stops_scheduled_runs_of_cron_too(home: Path) -> None:
    ran = fivegwatch("ingest", "--due", cwd=home)
    assert ran.code == 0 and ran.out.startswith("skipped: `enabled = false` in ")
    status = fivegwatch("status", cwd=home)
    assert status.code == 1 and "switched off" in status.out.splitlines()[0]


def test_explain_takes_the_first_characters_of_an_id(home: Path) -> None:
    (line,) = fivegwatch("sql", "--json", "select id from ledger", cwd=home).out.splitlines()
    whole = json.loads(line)["id"]
    assert fivegwatch("explain", whole[:8], cwd=home).out == fivegwatch("explain", whole, cwd=home).out
    wrong = "0" * 8 if not whole.startswith("0" * 8) else "f" * 8
    assert fivegwatch("explain", wrong, cwd=home).code == 1


def test_judge_uses_the_watchlist_of_the_working_directory_and_goes_on_after_a_bad_line(
    home: Path, tmp_path: Path
) -> None:
    text = json.dumps({"id": "1", "title": "Ministers ban Huawei from the 5G core network", "text": BAN})
    lines = f'{text}\nnot json\n{{"title": "no id"}}\n{text}\n'
    ran = fivegwatch("judge", cwd=tmp_path, stdin=lines)
    verdicts = [json.loads(line) for line in ran.out.splitlines()]
    assert ran.code == 1 and "2 lines were not judged" in ran.err
    assert [item.get("line") for item in verdicts] == [None, 2, 3, None] and verdicts[0]["relevant"]
    (home / "watchlist" / "rules.toml").rename(tmp_path / "rules.toml")
    try:
        assert fivegwatch("judge", cwd=home, stdin=text).code == 2, "its rules are gone"
        assert fivegwatch("judge", cwd=tmp_path, stdin=text).code == 0
    finally:
        (tmp_path / "rules.toml").rename(home / "watchlist" / "rules.toml")


def test_how_much_to_keep_is_read_by_judge_and_check_and_an_option_of_judge(tmp_path: Path) -> None:
    lead = "Officials spoke of handsets and prices."
    text = json.dumps({"id": "1", "title": "Telecoms regulator meets Huawei", "text": lead})

    def keeps(*options: str) -> bool:
        return bool(json.loads(fivegwatch("judge", *options, cwd=tmp_path, stdin=text).out)["relevant"])

    files = write_small_watchlist(tmp_path / "watchlist")
    (tmp_path / "fivegwatch.toml").write_text('watchlist = "watchlist"\n')
    assert not keeps() and keeps("--keep", "wide")
    (tmp_path / "fivegwatch.toml").write_text('watchlist = "watchlist"\n[judgement]\nkeep = "wide"\n')
    assert keeps() and not keeps("--keep", "strict")
    weights = files / "weights.toml"
    weights.write_text(weights.read_text().replace("wide = ", "# wide = "))
    checked = fivegwatch("watchlist", "check", cwd=tmp_path)
    assert checked.code == 1 and "weights.toml" in checked.out and "settings ask for it" in checked.out
    assert fivegwatch("watchlist", "check", tmp_path / "watchlist", cwd=tmp_path.parent).code == 0


def test_a_folder_of_the_watchlist_that_is_gone_is_refused_unless_it_is_left_empty(tmp_path: Path) -> None:
    layout, folder = Layout.for_database(tmp_path / "c.duckdb"), tmp_path / "watchlist"
    files = write_watchlist(folder, read_watchlist(None)) and read_watchlist(folder)
    check_parts(layout, folder, files)
    keep_rules(layout, "0" * 16, files)
    shutil.rmtree(folder / "entities")
    with pytest.raises(WatchlistError, match=r"entities: is missing; the last run read \d+ files there"):
        check_parts(layout, folder, read_watchlist(folder))
    (folder / "entities").mkdir()
    check_parts(layout, folder, read_watchlist(folder))


def test_a_mistyped_backfill_is_no_failed_run(home: Path) -> None:
    before = fivegwatch("status", cwd=home)
    for request in (("warc", "nothing.warc.gz"), ("urls", "https://a.example/1")):
        assert fivegwatch("backfill", *request, cwd=home).code == 2
    after = fivegwatch("status", cwd=home)
    ages = re.compile(r"\d+ (d|h|min)\b")  # a minute may have passed
    assert (after.code, ages.sub("", after.out)) == (before.code, ages.sub("", before.out))


def test_wrong_arguments_are_answered_with_the_right_remedy(home: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    empty = fivegwatch("extract", "empty", cwd=tmp_path)
    assert empty.code == 2 and "no file in it ends with .html" in empty.err
    address = fivegwatch(
        "backfill", "urls", "https://a.example/1", "--db", home / "corpus.duckdb", cwd=tmp_path
    )
    assert address.code == 2 and "name a file of addresses" in address.err
    feeds = tmp_path / "feeds.toml"
    feeds.write_text('[bad feed]\nurl = "https://a.example/rss"\n')
    bad = fivegwatch("feeds", "list", "--feeds", feeds, cwd=home)
    assert bad.code == 2 and f"{feeds}:1:" in bad.err and "like [my-feed]" in bad.err
    feeds.write_text('[mine]\nurl = "http://10.1.2.3/rss"\n')
    own = fivegwatch("feeds", "list", "--feeds", feeds, cwd=home)
    assert own.code == 0 or "add 10.1.2.3:80 to allow_addresses" in own.err
    check = fivegwatch("feeds", "check", "--feeds", feeds, cwd=home)
    assert "add 10.1.2.3:80 to allow_addresses" in check.out


def test_the_version_is_printed_with_a_short_option_too(tmp_path: Path) -> None:
    assert fivegwatch("-V", cwd=tmp_path).out == fivegwatch("--version", cwd=tmp_path).out != ""


def test_bash_completes_commands_and_options(tmp_path: Path) -> None:
    script = tmp_path / "completion"
    script.write_text(fivegwatch("completion", "bash", cwd=tmp_path).out)
    ask = f"source {script}; COMP_WORDS=({{words}}); COMP_CWORD={{at}}; _shtab_fivegwatch; echo ${{{{COMPREPLY[@]}}}}"

    def complete(words: str, at: int) -> list[str]:
        done = subprocess.run(["bash", "-c", ask.format(words=words, at=at)], capture_output=True, text=True)
        return done.stdout.split()

    assert complete("fivegwatch sta", 1) == ["status"]
    assert "--max-age" in complete("fivegwatch status --m", 2)
