"""Files that a user names: what is no regular file of sane size is told at once, and never waited for."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from fivegwatch.sources.files.given import UnusableFileError, check_regular, given_bytes, given_text


def pipe(path: Path) -> None:
    os.mkfifo(path)


def plug(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as end:
        end.bind(os.path.relpath(path))


OTHERS = {
    "a pipe": pipe,
    "a folder": Path.mkdir,
    "a socket": plug,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "No such file": lambda path: path.symlink_to("nowhere"),
    "evels of symbolic links": lambda path: path.symlink_to(path.name),
}


@pytest.mark.parametrize("what", OTHERS)
def test_what_is_not_a_regular_file_is_refused_by_its_kind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket may not be long
    file = tmp_path / "given.toml"
    OTHERS[what](file)
    for read in (given_bytes, given_text, check_regular):
        with pytest.raises(UnusableFileError, match=what):
            read(file)


def test_a_link_to_a_regular_file_is_one(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(b"a = 1\r\n")
    (tmp_path / "link").symlink_to("real")
    assert given_bytes(tmp_path / "link") == b"a = 1\r\n"


def test_a_text_is_read_with_a_byte_order_mark_and_any_line_ends(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\xef\xbb\xbfa = 1\r\nb = 2\n")
    assert given_text(tmp_path / "a") == "a = 1\nb = 2\n"


def test_text_in_another_encoding_and_too_much_of_it_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"# one\n# caf\xe9\n")
    with pytest.raises(UnusableFileError, match=r"not UTF-8 \(line 2\)"):
        given_text(tmp_path / "a")
    with pytest.raises(UnusableFileError, match="over 5 bytes"):
        given_bytes(tmp_path / "a", most=5)
