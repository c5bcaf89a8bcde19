"""Compiled rules are read from the user's cache: they mean the same, and nobody else's file is ever read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from fivegwatch.extractors.watchlist.compile import Rules, compile_rules
from fivegwatch.flows.workers import compiled_rules as cache
from fivegwatch.flows.workers.compiled_rules import compiled_rules, gates_of
from fivegwatch.sources.files.watchlist import read_watchlist
from tests.extractors.watchlist_builder import FILES
from tests.flows import read_rules

TEXTS = (
    " sweden bans huawei from 5g networks its equipment must go by 2025 ",
    " оператор kyivstar атакован хакерами сеть 5g не работает ",
    " a recipe for apple cake ",
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(cache, "_read", read_rules.read)
    return tmp_path / "fivegwatch"


def never(files: object) -> Rules:
    raise AssertionError("compiled again")


@pytest.mark.slow
def test_rules_from_the_cache_find_what_compiled_ones_find(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = read_watchlist(None)
    made = gates_of(files).rules
    monkeypatch.setattr(cache, "compile_rules", never)
    read = compiled_rules(files)
    assert read == made
    assert {"looks", "called", "guarded"} <= read.__dict__.keys()
    assert read._scanners.keys() >= {("en", False, part) for part in ("subjects", "evidence", "names")}
    for part in ("subjects", "evidence", "names"):
        for text in TEXTS:
            assert read.scanner("", False, part).scan(text) == made.scanner("", False, part).scan(text)
    assert gates_of(files).rules.fingerprint == made.fingerprint


def test_another_text_of_a_rule_is_compiled_by_itself(folder: Path) -> None:
    before = gates_of(FILES).rules
    changed = {**FILES, "terms/en.toml": FILES["terms/en.toml"].replace('"ban"', '"banish"')}
    assert compiled_rules(changed).fingerprint == compile_rules(changed).fingerprint != before.fingerprint


@pytest.mark.parametrize("content", [b"", b"\x80\x05", b"no pickle", b"\x80\x05K\x01."])
def test_a_damaged_file_is_compiled_and_written_again(
    folder: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = gates_of(FILES).rules
    (kept,) = folder.iterdir()
    kept.write_bytes(content)
    assert gates_of(FILES).rules == made
    monkeypatch.setattr(cache, "compile_rules", never)
    assert compiled_rules(FILES) == made


@pytest.mark.parametrize("what", ["folder", "file", "link"])
def test_what_others_may_write_is_not_read(folder: Path, what: str, tmp_path: Path) -> None:
    gates_of(FILES)
    (kept,) = folder.iterdir()
    kept.write_bytes(
        b"cos\nmkdir\n(V" + os.fsencode(tmp_path / "harm") + b"\ntR."
    )  # makes a folder when it is read
    if what == "folder":
        folder.chmod(0o777)
    elif what == "file":
        kept.chmod(0o666)
    else:
        kept.rename(tmp_path / "elsewhere")
        kept.symlink_to(tmp_path / "elsewhere")
    assert compiled_rules(FILES).fingerprint == compile_rules(FILES).fingerprint
    assert not (tmp_path / "harm").exists()


def other(number: int) -> dict[str, str]:
    return {**FILES, "rules.toml": FILES["rules.toml"].replace("threshold = 0.0", f"threshold = {number}.5")}


def test_a_few_watchlists_are_kept_those_used_last(folder: Path) -> None:
    gates_of(FILES)
    (first,) = folder.iterdir()
    for number in range(5):
        compiled_rules(FILES)
        gates_of(other(number))
    assert len(list(folder.iterdir())) == 4
    assert first.exists()


def test_files_of_a_clock_that_was_ahead_and_of_killed_processes_do_not_stay(folder: Path) -> None:
    for number in range(4):
        gates_of(other(number))
    for ahead in folder.iterdir():
        os.utime(ahead, (4e9, 4e9))
    (folder / "rules-killed.part").touch()
    os.utime(folder / "rules-killed.part", (1e9, 1e9))
    gates_of(FILES)
    gates_of(other(4))
    assert compiled_rules(FILES) and cache._read(cache._path(FILES)) is not None
    assert cache._read(cache._path(other(4))) is not None
    assert len(list(folder.iterdir())) == 4


def test_a_cache_that_cannot_be_written_only_costs_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert gates_of(FILES).rules == compile_rules(FILES)
