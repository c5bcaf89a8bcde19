"""Watchlist files: read from a folder or from the package, with every trouble named."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path
from subprocess import run

import pytest

from extractors.errors import WatchlistError
from sources.watchlist_files import read_watchlist

ROOT = Path(__file__).resolve().parents[2]


def test_the_shipped_watchlist_has_feeds() -> None:
    files = read_watchlist(None)
    assert "[light-reading]" in files["feeds.toml"]
    assert list(files) == sorted(files) and all(name.endswith(".toml") for name in files)


def test_a_users_folder_is_read_with_its_subfolders_and_without_backups(tmp_path: Path) -> None:
    (tmp_path / "terms").mkdir()
    (tmp_path / "terms" / "de.toml").write_text("a = 1\r\n", newline="")
    (tmp_path / "feeds.toml").write_bytes(b"\xef\xbb\xbfb = 2\n")
    for name in (".feeds.toml.swp", ".hidden.toml", "feeds.toml~", "notes.txt", "_old.toml"):
        (tmp_path / name).write_text("x")
    assert read_watchlist(tmp_path) == {"feeds.toml": "b = 2\n", "terms/de.toml": "a = 1\n"}


def test_a_missing_or_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(WatchlistError, match=r"no such folder.*fivegwatch init"):
        read_watchlist(tmp_path / "nowhere")
    with pytest.raises(WatchlistError, match=r"no \.toml file"):
        read_watchlist(tmp_path)


def test_text_in_another_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "feeds.toml").write_bytes(b"# one\n# caf\xe9\n")
    with pytest.raises(WatchlistError, match=r"feeds\.toml:2: is not UTF-8"):
        read_watchlist(tmp_path)


def test_the_shipped_watchlist_is_found_inside_an_archive_too(tmp_path: Path) -> None:
    archive = tmp_path / "app.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for folder in ("watchlist", "sources", "extractors"):
            for path in (ROOT / folder).rglob("*"):
                if path.suffix in (".py", ".toml"):
                    target.write(path, path.relative_to(ROOT))
    code = "from sources.watchlist_files import read_watchlist as r; print('feeds.toml' in r(None))"
    done = run(
        [sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(archive)}, capture_output=True
    )
    assert done.stdout.strip() == b"True", done.stderr.decode()
