"""After a change of rules the corpus says what the new rules say, the history stays, and nothing else moves."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from fivegwatch.extractors.watchlist.compile import compile_rules
from fivegwatch.sources.files.watchlist import read_watchlist
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.rulebooks import kept_rules
from fivegwatch.storage.read.checks import check_corpus
from tests.conftest import ROOT
from tests.extractors.watchlist_builder import FILES
from tests.flows.cli_runner import fivegwatch
from tests.flows.stored import BAN, EXPEL, PHONE, make_corpus, write_watchlist
from tests.storage.contents import ask, contents

pytestmark = pytest.mark.slow

WEIGHTS = (
    '[weights]\nbase = -1.5\n"title: strong rule" = 2.0\n"lead: strong rule" = 1.0\n"text: phone" = -0.5\n'
)
OLD = FILES | {"weights.toml": WEIGHTS, "feeds.toml": ""}
NEW = OLD | {"terms/en.toml": OLD["terms/en.toml"].replace('"ban", "exclude*"', '"expel*", "exclude*"')}
TEXTS = [("Huawei ban", BAN), ("Huawei expelled", EXPEL), ("A smartphone", PHONE)]


def home_of(folder: Path, files: dict[str, str]) -> Path:
    (folder / "fivegwatch.toml").write_text("workers = 1\n", encoding="utf-8")
    write_watchlist(folder / "watchlist", files)
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus judged by the old watchlist; the folder holds the new one."""
    folder = tmp_path_factory.mktemp("made")
    make_corpus(
        folder / "corpus.duckdb",
        OLD,
        TEXTS,
        archived=[("Huawei to be expelled", EXPEL), ("Phones", PHONE)],
        gone=2,
    )
    return home_of(folder, NEW)


@pytest.fixture
def home(made: Path, tmp_path: Path) -> Path:
    """A copy of it for one test, times of files included."""
    return shutil.copytree(made, tmp_path, symlinks=True, dirs_exist_ok=True)


def verdicts(home: Path) -> dict[str, str]:
    layout = Layout.for_database(home / "corpus.duckdb")
    return dict(ask(layout, "select url, verdict from ledger"))


def test_a_dry_run_lists_what_enters_and_leaves_and_by_which_term_and_writes_nothing(home: Path) -> None:
    layout = Layout.for_database(home / "corpus.duckdb")
    before, link = contents(layout), layout.link.resolve()
    ran = fivegwatch("refilter", "--dry-run", "--json", cwd=home)
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    movements = {change["url"]: (change["movement"], change["by"]) for change in told["changes"]}
    assert movements == {
        "https://a.example/0": ("leaves", ["- en:restriction:ban"]),
        "https://a.example/1": ("enters", ["+ en:restriction:expel*"]),
        "https://b.example/0": ("enters", ["+ en:restriction:expel*"]),
    }
    assert (told["texts"], told["pages"], told["cannot"], told["written"]) == (3, 2, 2, 0)
    assert told["cannot_by_reason"] == {"not_kept": 2}
    assert contents(layout) == before and layout.link.resolve() == link
    assert not list(layout.public.glob(".*"))
    table = fivegwatch("refilter", "--dry-run", "--quiet", cwd=home)
    assert "expel*" in table.out and "2 enter, 1 leaves" in table.out and "2 cannot be re-judged" in table.out


def test_a_real_run_changes_the_verdicts_keeps_the_history_and_the_second_changes_nothing(home: Path) -> None:
    layout = Layout.for_database(home / "corpus.duckdb")
    ran = fivegwatch("refilter", "--json", cwd=home)
    assert ran.code == 0, ran.err
    assert json.loads(ran.out)["written"] == 5
    after = verdicts(home)
    assert after["https://a.example/0"] == "rejected"
    assert after["https://a.example/1"] == after["https://b.example/0"] == "kept"
    history = ask(
        layout, "select verdict from decisions where url = 'https://a.example/0' order by valid_from"
    )
    assert history == [("kept",), ("rejected",)]
    old, new = compile_rules(OLD).fingerprint, compile_rules(NEW).fingerprint
    under = "select count(*) from as_of(now()::timestamptz + interval 9 year, rules := '{}') where relevant"
    assert ask(layout, under.format(old)) == [(1,)] and ask(layout, under.format(new)) == [(2,)]
    assert ask(layout, "select url from stories where body is null or body = ''") == []
    assert ask(layout, "select flow, state from runs order by started_at desc limit 1") == [
        ("refilter (by hand)", "Completed")
    ]
    assert kept_rules(layout, old) and kept_rules(layout, new)
    wrong = [c for c in check_corpus(layout) if not c.ok and c.name != "free space"]
    assert wrong == []
    settled = contents(layout)
    again = fivegwatch("refilter", "--json", cwd=home)
    assert json.loads(again.out)["texts"] == 0 and contents(layout) == settled


def test_all_judges_verdicts_of_the_same_rules_again_and_writes_only_those_that_differ(
    tmp_path: Path,
) -> None:
    home = home_of(tmp_path, OLD)
    # As a run reads them: completed with the shipped subject and topics.
    files = read_watchlist(home / "watchlist")
    layout = make_corpus(tmp_path / "corpus.duckdb", files, TEXTS, archived=[("Phones", PHONE), ("Ban", BAN)])
    settled = contents(layout)
    everything = fivegwatch("refilter", "--all", "--json", cwd=home)
    assert json.loads(everything.out)["texts"] + json.loads(everything.out)["pages"] == 5
    assert json.loads(everything.out)["written"] == 0 and contents(layout) == settled


def test_a_page_that_a_gate_stops_is_rejected_by_the_gate_as_in_the_run_of_the_day(tmp_path: Path) -> None:
    garden = "\n".join(
        f"In chapter {n} the gardener plants onions beside the carrots and waits for rain." for n in range(40)
    )
    layout = make_corpus(tmp_path / "corpus.duckdb", OLD, TEXTS, archived=[("The garden", garden)])
    home = home_of(tmp_path, NEW)
    assert json.loads(fivegwatch("refilter", "--dry-run", "--json", cwd=home).out)["pages"] == 1
    assert fivegwatch("refilter", cwd=home).code == 0
    ((stage, reason),) = ask(layout, "select stage, reason from ledger where title = 'The garden'")
    assert stage == "scan" and reason.startswith("Stopped before extraction by the gate scan")


def test_stories_of_a_version_before_facts_get_them_once(tmp_path: Path) -> None:
    layout = make_corpus(tmp_path / "corpus.duckdb", OLD, TEXTS, facts=False)
    home, before = home_of(tmp_path, OLD), verdicts(tmp_path)
    assert ask(layout, "select count(*) from roles") == [(0,)]
    assert json.loads(fivegwatch("refilter", "--json", cwd=home).out)["written"] > 0
    assert verdicts(home) == before and ask(layout, "select count(*) > 0 from roles where relevant") == [
        (True,)
    ]
    assert json.loads(fivegwatch("refilter", "--json", cwd=home).out)["texts"] == 0


def test_refiltering_by_the_former_rules_restores_the_former_corpus(home: Path) -> None:
    before = verdicts(home)
    fivegwatch("refilter", "--quiet", cwd=home)
    assert verdicts(home) != before
    write_watchlist(home / "watchlist", OLD)
    fivegwatch("refilter", "--quiet", cwd=home)
    assert verdicts(home) == before


@pytest.mark.parametrize("moment", ["at its start", "with verdicts in the spool"])
def test_the_next_run_completes_a_run_killed_at_any_moment(tmp_path: Path, moment: str) -> None:
    texts = [(title, f"{text} Story {number}.") for number in range(10) for title, text in TEXTS]
    layout = make_corpus(tmp_path / "corpus.duckdb", OLD, texts)
    home = home_of(tmp_path, NEW)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("FIVEGWATCH")}
    run = subprocess.Popen(
        [sys.executable, "-m", "fivegwatch.flows.cli.start", "refilter", "--quiet", "--trust-clock"],
        cwd=home,
        env=environment | {"PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    deadline = time.monotonic() + 600
    sign = layout.incoming.glob if moment == "with verdicts in the spool" else layout.public.glob
    while (
        not list(sign("*.parquet")) + list(sign(".reading-*"))
        and run.poll() is None
        and time.monotonic() < deadline
    ):
        time.sleep(0.005)
    run.send_signal(signal.SIGKILL)
    run.wait()
    ran = fivegwatch("refilter", "--json", cwd=home)
    assert ran.code == 0, ran.err
    kept = (
        ask(layout, "select count(*) from stories"),
        ask(layout, "select distinct rules_fingerprint from ledger"),
    )
    assert kept == ([(10,)], [(compile_rules(NEW).fingerprint,)])
    assert ask(
        layout, "select count(*), count(distinct article_id) from base.decisions where run_id <> 'first'"
    ) == [(30, 30)]


def test_an_article_whose_page_is_missing_from_the_archive_is_counted_and_keeps_its_verdict(
    home: Path,
) -> None:
    layout = Layout.for_database(home / "corpus.duckdb")
    for path in layout.raw.rglob("*.warc.gz"):
        path.unlink()
    told = json.loads(fivegwatch("refilter", "--json", cwd=home).out)
    assert told["cannot_by_reason"] == {"not_kept": 2, "not_archived": 2}
    assert verdicts(home)["https://b.example/0"] == "rejected"


def test_captures_before_since_are_not_judged(home: Path) -> None:
    told = json.loads(fivegwatch("refilter", "--dry-run", "--since", "2026-05-05", "--json", cwd=home).out)
    assert told["texts"] == told["pages"] == 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--since", "yesterday"], "2026-01-31"),
        (["--watchlist", "."], "--dry-run"),
        (["--db", "none.duckdb"], "no corpus there"),
    ],
)
def test_wrong_arguments_are_refused_with_the_remedy(home: Path, arguments: list[str], words: str) -> None:
    ran = fivegwatch("refilter", *arguments, cwd=home)
    assert ran.code == 2 and words in ran.err


def test_a_dry_run_by_another_watchlist_changes_nothing(home: Path, tmp_path: Path) -> None:
    proposed = write_watchlist(tmp_path / "proposed", OLD)
    told = json.loads(fivegwatch("refilter", "--dry-run", "--watchlist", proposed, "--json", cwd=home).out)
    assert told["texts"] == 0 and told["rules"] == compile_rules(OLD).fingerprint
