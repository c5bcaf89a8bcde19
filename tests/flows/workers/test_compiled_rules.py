"""Compiled rules and searches are read from the user's cache: they mean the same, and nobody else's file is ever
read.
"""

from __future__ import annotations

import ast
import errno
import os
import sys
from contextlib import ExitStack
from mmap import mmap
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from fivegwatch.extractors.judging import matching
from fivegwatch.extractors.native import compiled
from fivegwatch.extractors.watchlist import compile, scanner
from fivegwatch.extractors.watchlist.compile import Rules, compile_rules
from fivegwatch.extractors.watchlist.model import ScanFor
from fivegwatch.flows.workers import compiled_rules as cache
from fivegwatch.flows.workers.compiled_rules import compiled_rules, gates_of
from fivegwatch.sources.files.watchlist import read_watchlist
from tests.extractors.watchlist_builder import FILES
from tests.flows import read_rules

needs_compiler = pytest.mark.skipif(compiled is None, reason="the package was installed without a compiler")
PARTS: tuple[ScanFor, ...] = ("subjects", "evidence", "names")
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


def never(*args: object) -> Rules:
    raise AssertionError("made again")


@pytest.mark.slow
def test_rules_from_the_cache_find_what_compiled_ones_find(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = read_watchlist(None)
    made = gates_of(files).rules
    monkeypatch.setattr(cache, "compile_rules", never)
    read = compiled_rules(files)
    assert read == made
    assert {"looks", "kinds", "guarded"} <= read.__dict__.keys()
    for part in PARTS:
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
    (kept,) = folder.glob("*.pickle")
    kept.write_bytes(content)
    assert gates_of(FILES).rules == made
    monkeypatch.setattr(cache, "compile_rules", never)
    assert compiled_rules(FILES) == made


@pytest.mark.parametrize("what", ["folder", "file", "link"])
def test_what_others_may_write_is_not_read(folder: Path, what: str, tmp_path: Path) -> None:
    gates_of(FILES)
    (kept,) = folder.glob("*.pickle")
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
    (first,) = folder.glob("*.pickle")
    for number in range(5):
        compiled_rules(FILES)
        last = gates_of(other(number)).rules
    kept = {path.stem for path in folder.glob("*.pickle")}
    assert len(kept) == 4 and first.exists()
    if compiled:
        assert kept == {path.stem.rpartition("-")[0] for path in folder.glob("*.search")}
    # Rules that are removed take their searches with them, and get no new ones.
    for path in folder.glob("*.pickle"):
        path.unlink()
    gates_of(FILES)
    last.scanner("de", False, "evidence")
    assert all(path.stem.startswith(first.stem) for path in folder.iterdir())


def test_files_of_a_clock_that_was_ahead_and_of_killed_processes_do_not_stay(folder: Path) -> None:
    for number in range(4):
        gates_of(other(number))
    for ahead in folder.glob("*.pickle"):
        os.utime(ahead, (4e9, 4e9))
    (folder / "rules-killed.part").touch()
    os.utime(folder / "rules-killed.part", (1e9, 1e9))
    gates_of(FILES)
    gates_of(other(4))
    assert compiled_rules(FILES) and cache._read(cache._path(FILES)) is not None
    assert cache._read(cache._path(other(4))) is not None
    assert len(list(folder.glob("*.pickle"))) == 4 and not list(folder.glob("*.part"))


def test_a_cache_that_cannot_be_written_only_costs_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert gates_of(FILES).rules == compile_rules(FILES)


def hits(rules: Rules) -> list[object]:
    return [
        rules.scanner(language, attached, part).scan(text)
        for language in ("", "en", "de")
        for attached in (False, True)
        for part in PARTS
        for text in TEXTS
    ]


@needs_compiler
def test_searches_are_built_once_and_then_mapped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = hits(compiled_rules(FILES))
    monkeypatch.setattr(Rules, "_patterns", never)
    read = compiled_rules(FILES)
    assert hits(read) == made and any(made)
    assert all(isinstance(scanner.block, mmap) for scanner in read._scanners.values())


@needs_compiler
@pytest.mark.parametrize("change", ["cut", "empty", "flipped", "foreign", "writable", "link"])
def test_a_search_that_cannot_be_trusted_is_built_and_written_again(
    folder: Path, change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = hits(compiled_rules(FILES))
    for kept in list(folder.glob("*.search")):
        whole = kept.read_bytes()
        if change == "writable":
            kept.chmod(0o666)
        elif change == "link":
            kept.rename(tmp_path / kept.name)
            kept.symlink_to(tmp_path / kept.name)
        else:
            flipped = bytearray(whole)
            flipped[len(whole) // 2] ^= 64
            contents = {
                "cut": whole[:-16],
                "empty": b"",
                "flipped": bytes(flipped),
                "foreign": b"x" * len(whole),
            }
            kept.write_bytes(contents[change])
    assert hits(compiled_rules(FILES)) == made
    monkeypatch.setattr(Rules, "_patterns", never)
    assert hits(compiled_rules(FILES)) == made


@needs_compiler
def test_a_full_disk_only_costs_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = hits(compile_rules(FILES))
    assert hits(compiled_rules(FILES)) == made
    for kept in folder.glob("*.search"):
        kept.unlink()

    def full(self: Path, content: bytes) -> int:
        with self.open("wb") as file:
            file.write(content[:100])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert hits(compiled_rules(FILES)) == made
    assert {path.suffix for path in folder.iterdir()} == {".pickle"}


@needs_compiler
def test_the_searches_used_last_are_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_SEARCHES_KEPT", 3)
    made = hits(compile_rules(FILES))
    for _ in range(2):
        assert hits(compiled_rules(FILES)) == made
        kept = list(folder.glob("*.search"))
        assert len(kept) == 3
    for path in kept:
        os.utime(path, (1e9, 1e9))
    compiled_rules(FILES).scanner("de", False, "evidence")  # a use, as that of the last one made
    assert sum(path.stat().st_mtime > 1e9 for path in folder.glob("*.search")) == 1


def test_without_a_compiler_scanners_are_kept_with_the_rules(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (compile, scanner, matching):
        monkeypatch.setattr(module, "compiled", None)
    made = compiled_rules(FILES)
    texts = [made.scanner("en", False, part).scan(text) for part in PARTS for text in TEXTS]
    monkeypatch.setattr(Rules, "_patterns", never)
    read = compiled_rules(FILES)
    assert [read.scanner("en", False, part).scan(text) for part in PARTS for text in TEXTS] == texts
    assert any(texts) and {path.suffix for path in folder.iterdir()} == {".pickle"}


PROGRAM = """
import sys
from fivegwatch.flows.workers.compiled_rules import compiled_rules
from tests.extractors.watchlist_builder import FILES
from tests.flows.workers.test_compiled_rules import hits
print("ready", flush=True)
sys.stdin.read()
print(hits(compiled_rules(FILES)))
"""


@needs_compiler
@pytest.mark.slow
def test_several_processes_fill_the_cache_at_once(folder: Path) -> None:
    with ExitStack() as open_ones:
        command = [sys.executable, "-c", PROGRAM]
        several = [
            open_ones.enter_context(Popen(command, stdin=PIPE, stdout=PIPE, text=True)) for _ in range(3)
        ]
        for process in several:  # each waits for the end of its input
            assert process.stdout is not None and process.stdout.readline() == "ready\n"
        for process in several:
            assert process.stdin is not None
            process.stdin.close()
        answers = [process.stdout.read() for process in several if process.stdout]
    assert len(answers) == 3 and len(set(answers)) == 1
    assert ast.literal_eval(answers[0]) == hits(compiled_rules(FILES))
    assert {path.suffix for path in folder.iterdir()} == {".pickle", ".search"}
