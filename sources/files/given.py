"""Read a file that a user names, if it is a regular file of bounded size."""

from __future__ import annotations

import os
import stat
from pathlib import Path

MAX_BYTES = 8 * 1024 * 1024
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


class UnusableFileError(Exception):
    """Raised when a file cannot be used; the message gives the reason without the name of the file."""


def given_bytes(path: Path, *, most: int = MAX_BYTES) -> bytes:
    """The content of the file at ``path``.

    Raises: UnusableFileError if the file is missing, not readable, larger than ``most`` bytes, or not a regular file
    (reading a pipe or a device might never end).
    """
    check_regular(path)
    try:
        # The file may have been replaced since: a pipe is opened without waiting, and the type is checked again.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as stream:
            _refuse_other(os.fstat(stream.fileno()).st_mode)
            content = stream.read(most + 1)
    except OSError as exc:
        raise UnusableFileError(exc.strerror or str(exc)) from exc
    if len(content) > most:
        raise UnusableFileError(f"is over {_size(most)}")
    return content


def given_text(path: Path, *, most: int = MAX_BYTES) -> str:
    """The text of the UTF-8 file at ``path``, without its byte order mark, and with a line feed for each CR LF.

    Raises: UnusableFileError as `given_bytes` does, and if the file is not UTF-8.
    """
    content = given_bytes(path, most=most)
    try:
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as exc:
        line = content.count(b"\n", 0, exc.start) + 1
        raise UnusableFileError(f"is not UTF-8 (line {line}). Save it as UTF-8") from exc


def check_regular(path: Path) -> None:
    """Check that ``path``, with links followed, is a regular file.

    Raises: UnusableFileError: it is missing, cannot be reached, or is a folder, pipe or device.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as exc:
        raise UnusableFileError(getattr(exc, "strerror", None) or str(exc)) from exc
    _refuse_other(mode)


def _refuse_other(mode: int) -> None:
    if not stat.S_ISREG(mode):
        kind = _KINDS.get(stat.S_IFMT(mode), "something else")
        raise UnusableFileError(f"is {kind}, not a regular file")


def _size(number: int) -> str:
    return f"{number // (1024 * 1024)} MiB" if number >= 1024 * 1024 else f"{number} bytes"
