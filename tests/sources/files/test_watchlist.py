"""Watchlist files: read from a folder or from the package, with every trouble named."""

from __future__ import annotations

import os
import sys
import zipfile
from pathlib import Path
from subprocess import run

import pytest

from fivegwatch.extractors.errors import WatchlistError
from fivegwatch.sources.files.watchlist import read_watchlist
from tests.conftest import ROOT


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


@pytest.mark.parametrize(
    ("name", "target", "why"),
    [
        ("terms/loop", "..", r"terms/loop: is a link that leads back"),
        ("terms/loop", ".", r"terms/loop: is a link that leads back"),
        ("terms/zz.toml", "/dev/zero", r"terms/zz\.toml: cannot be read: is a device"),
        ("terms/zz.toml", "zz.toml", r"terms/zz\.toml: cannot be read: .*evels of symbolic links"),
        ("terms/zz.toml", "nowhere", r"terms/zz\.toml: cannot be read: No such file"),
    ],
)
def test_a_link_that_leads_nowhere_or_back_is_named(tmp_path: Path, name: str, target: str, why: str) -> None:
    (tmp_path / "terms").mkdir()
    (tmp_path / "terms/en.toml").write_text("a = 1")
    (tmp_path / name).symlink_to(target)
    with pytest.raises(WatchlistError, match=why):
        read_watchlist(tmp_path)


def test_links_that_cross_are_a_circle_and_links_to_elsewhere_are_none(tmp_path: Path) -> None:
    for name in ("own/terms", "shared/more"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "shared/more/de.toml").write_text("a = 1")
    (tmp_path / "own/terms/one").symlink_to(tmp_path / "shared/more")
    (tmp_path / "own/terms/two").symlink_to(tmp_path / "shared/more")
    assert list(read_watchlist(tmp_path / "own")) == ["terms/one/de.toml", "terms/two/de.toml"]
    (tmp_path / "shared/more/back").symlink_to(tmp_path / "own/terms")
    with pytest.raises(WatchlistError, match="leads back"):
        read_watchlist(tmp_path / "own")


def test_a_pipe_and_a_file_without_end_are_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.toml")
    with pytest.raises(WatchlistError, match=r"a\.toml: cannot be read: is a pipe"):
        read_watchlist(tmp_path)
    (tmp_path / "a.toml").unlink()
    (tmp_path / "a.toml").write_bytes(b"#" * 9_000_000)
    with pytest.raises(WatchlistError, match="over 8 MiB"):
        read_watchlist(tmp_path)


def test_the_shipped_watchlist_is_found_inside_an_archive_too(tmp_path: Path) -> None:
    archive = tmp_path / "app.zip"
    with zipfile.ZipFile(archive, "w") as target:
        for folder in ("watchlist", "sources", "extractors"):
            for path in (ROOT / folder).rglob("*"):
                if path.suffix in (".py", ".toml"):
                    target.write(path, path.relative_to(ROOT))
    code = (
        "from fivegwatch.sources.files.watchlist import read_watchlist as r; print('feeds.toml' in r(None))"
    )
    done = run(
        [sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(archive)}, capture_output=True
    )
    assert done.stdout.strip() == b"True", done.stderr.decode()
