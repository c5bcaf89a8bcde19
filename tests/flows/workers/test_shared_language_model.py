"""The language model is made once, read from the user's cache afterwards, and refused there when it is damaged."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from fivegwatch.extractors.native import compiled
from fivegwatch.extractors.text import language
from fivegwatch.extractors.text.language import text_language
from fivegwatch.extractors.text.language_model import LanguageModel
from fivegwatch.flows.workers import shared_language_model as shared
from fivegwatch.flows.workers.shared_language_model import share_model

TEXT = "The regulator told the operators on Monday to take the equipment out of their core networks."


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    if compiled is None:
        pytest.skip("the package was installed without a compiler")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(language, "_models", [])
    language._sample_language.cache_clear()
    shared._shared.cache_clear()
    yield tmp_path / "fivegwatch"
    shared._shared.cache_clear()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """What the cache holds; made once for all tests."""
    path = tmp_path_factory.mktemp("cache") / "language-made.model"
    shared._make(path)
    return path.read_bytes()


def never(path: Path) -> LanguageModel | None:
    raise AssertionError("made again")


def test_nothing_is_read_before_the_first_text_and_the_file_serves_the_next_process(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    share_model()
    assert not folder.exists()
    assert text_language(TEXT) == "en"
    assert [file.suffix for file in folder.iterdir()] == [".model"]
    shared._shared.cache_clear()
    monkeypatch.setattr(shared, "_make", never)
    assert text_language(TEXT.replace("Monday", "Tuesday")) == "en"
    assert shared._shared() is not None


@pytest.mark.parametrize("damage", ["empty", "cut", "bit", "checksum", "text"])
def test_a_damaged_file_is_made_again(
    folder: Path, made: bytes, damage: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared, "_flat", lambda: made[32:])
    other = bytearray(made)
    if damage == "bit":
        other[len(other) // 2] ^= 1
    elif damage == "checksum":
        other[3] ^= 1
    content = {"empty": b"", "cut": made[:-1], "text": b"no model"}.get(damage, bytes(other))
    folder.mkdir(mode=0o700)
    shared._path().write_bytes(content)
    share_model()
    assert text_language(TEXT) == "en"
    assert shared._path().read_bytes() == made


@pytest.mark.parametrize("what", ["folder", "file", "link"])
def test_what_others_may_write_is_not_read(folder: Path, made: bytes, what: str, tmp_path: Path) -> None:
    folder.mkdir(mode=0o700)
    path = shared._path()
    path.write_bytes(made)
    if what == "folder":
        folder.chmod(0o777)
    elif what == "file":
        path.chmod(0o666)
    else:
        path.rename(tmp_path / "elsewhere")
        path.symlink_to(tmp_path / "elsewhere")
    assert shared._read(path) is None


def test_a_cache_that_cannot_be_written_only_costs_time(
    folder: Path, made: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shared, "_flat", lambda: made[32:])
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    share_model()
    assert text_language(TEXT) == "en"
    assert shared._shared() is not None


def test_versions_used_last_stay(folder: Path, made: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "_flat", lambda: made[32:])
    folder.mkdir(mode=0o700)
    for number in range(3):
        (folder / f"language-{number}.model").write_bytes(b"of another version")
        os.utime(folder / f"language-{number}.model", (number, number))
    assert shared._make(shared._path()) is not None
    assert {file.name for file in folder.iterdir()} == {"language-2.model", shared._path().name}


def test_a_library_whose_model_is_of_another_kind_reads_texts_by_itself(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> bytes:
        raise ValueError("weights of another kind than before")

    monkeypatch.setattr(shared, "_flat", refuse)
    share_model()
    assert text_language(TEXT) == "en"
    assert shared._shared() is None
