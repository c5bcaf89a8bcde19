"""A corpus is made by `init` or --new alone: with a wrong path a run stops before it asks or writes anything."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from fivegwatch.extractors.errors import StorageError
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.locks import backfill_lock, run_lock
from tests.flows.cli_runner import fivegwatch
from tests.flows.press import make_home

pytestmark = pytest.mark.slow

FEED = '[nowhere]\nurl = "http://127.0.0.1:9/feed"\n'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = make_home(tmp_path / "home")
    (folder / "feeds.toml").write_text(FEED, encoding="utf-8")
    (folder / "urls.txt").write_text("http://127.0.0.1:9/page\n", encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "command",
    [
        ["ingest", "--feeds", "feeds.toml"],
        ["backfill", "urls", "urls.txt"],
        ["backfill", "resume"],
        ["refilter"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("how", ["key", "argument"])
def test_a_run_with_a_wrong_path_is_refused_with_key_and_remedy_and_makes_nothing(
    home: Path, command: list[str], how: str
) -> None:
    wrong = home / "typo" / "corpus.duckdb"
    if how == "key":
        text = (home / "fivegwatch.toml").read_text(encoding="utf-8")
        (home / "fivegwatch.toml").write_text(f'database = "{wrong}"\n{text}', encoding="utf-8")
    else:
        command = [*command, "--db", str(wrong)]
    ran = fivegwatch(*command, cwd=home)
    assert ran.code != 0 and ran.out == ""
    assert all(
        word in ran.err
        for word in (str(wrong), "no corpus", "--db", "`database`", "fivegwatch.toml", "--new")
    )
    assert not wrong.parent.exists()


def test_new_makes_a_corpus_and_keeps_one_that_is_there(home: Path) -> None:
    for _ in range(2):
        ran = fivegwatch("ingest", "--feeds", "feeds.toml", "--db", "my.duckdb", "--new", "--quiet", cwd=home)
        assert ran.code == 0, ran.err
    rows = fivegwatch("sql", "--db", "my.duckdb", "--csv", "select count(*) as n from runs", cwd=home)
    assert rows.out.split() == ["n", "2"]


def test_a_link_without_its_working_folder_asks_for_the_backup(home: Path) -> None:
    (home / "corpus.duckdb").symlink_to("corpus.duckdb.d/public/corpus-0000000007-1-1.duckdb")
    shutil.rmtree(home / "corpus.duckdb.d")
    ran = fivegwatch("ingest", "--feeds", "feeds.toml", cwd=home)
    assert ran.code != 0 and "corpus.duckdb.d is missing: restore it from a backup" in ran.err
    status = fivegwatch("status", cwd=home)
    assert status.code == 2 and "fivegwatch restore BACKUP" in status.err and "--new" not in status.err


def test_readers_of_a_corpus_without_a_published_version_are_not_asked_to_make_a_new_one(home: Path) -> None:
    status = fivegwatch("status", cwd=home)
    assert status.code == 2 and "no published version" in status.err and "--new" not in status.err
    assert fivegwatch("maintain", cwd=home).code == 0
    assert fivegwatch("status", cwd=home).code == 0


@pytest.mark.parametrize("lock", [run_lock, backfill_lock])
def test_every_lock_of_a_run_refuses_a_path_without_a_corpus(tmp_path: Path, lock: Any) -> None:
    layout = Layout.for_database(tmp_path / "absent" / "corpus.duckdb")
    with pytest.raises(StorageError) as caught, lock(layout):
        pass
    assert caught.value.kind == "no_corpus" and not layout.link.parent.exists()
    with lock(layout, new=True):
        assert layout.root.is_dir()
