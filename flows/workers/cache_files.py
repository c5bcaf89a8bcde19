"""Files in the user's cache folder, with which processes share what takes long to make.

Each file is written completely or not at all. It is read only if nobody but this user can write to it, because the file
of somebody else could do anything to the process that reads it.
"""

from __future__ import annotations

import os
import resource
import stat
import sys
import tempfile
import time
from contextlib import suppress
from mmap import ACCESS_READ, mmap
from pathlib import Path

_DAY_S = 86_400


def is_trusted(path: Path) -> bool:
    """Whether ``path`` and its folder belong to this user, and nobody else may write to them.

    Raises: OSError if there is no such file.
    """
    return _is_ours(path.parent) and _is_ours(path)


def _is_ours(path: Path) -> bool:
    state = path.lstat()
    return (
        state.st_uid == os.geteuid()
        and not stat.S_ISLNK(state.st_mode)
        and not state.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    )


def mapped(path: Path) -> mmap | bytes | None:
    """The content of a file, mapped into memory; None if there is no such file, or it cannot be trusted.

    Files are replaced or removed, but never changed, so a mapped content stays as it is.
    """
    with suppress(OSError, ValueError):  # absent, or empty
        if is_trusted(path):
            os.utime(path)
            with path.open("rb") as file:
                if sys.version_info >= (3, 13):
                    return mmap(file.fileno(), 0, access=ACCESS_READ, trackfd=False)
                # Before, each mapping holds an open file, and macOS allows a process 256, its connections included.
                duplicate = os.dup(file.fileno())  # of the number that the mapping's own will have
                os.close(duplicate)
                if duplicate < resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 4:
                    return mmap(file.fileno(), 0, access=ACCESS_READ)
                return file.read() or None
    return None


def write(path: Path, content: bytes, *, kept: int) -> None:
    """Write ``content`` to the cache file ``path``, completely or not at all. Of the files of the same kind, the
    ``kept`` that were used last stay; others are removed.

    The kind of a file is its name up to the first hyphen. No error is raised if the cache cannot be written, because
    that only costs time.
    """
    with suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if _is_ours(path.parent):
            _write(path, content)
            _remove_old(path, kept)


def _write(path: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(
        dir=path.parent, prefix=f"{_kind(path)}-", suffix=".part", delete=False
    ) as file:
        part = Path(file.name)
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _remove_old(path: Path, kept: int) -> None:
    now = time.time()

    def latest_use(one: Path) -> float:
        used = one.stat().st_mtime
        # A clock that was ahead once: such a file would stay for ever, and each new one be removed at once.
        return used if used < now + _DAY_S else 0

    for old in sorted(path.parent.glob(f"{_kind(path)}-*{path.suffix}"), key=latest_use, reverse=True)[kept:]:
        old.unlink(missing_ok=True)
    for left in path.parent.glob(f"{_kind(path)}-*.part"):  # by a process that was killed while writing
        if latest_use(left) < now - _DAY_S:
            left.unlink(missing_ok=True)


def _kind(path: Path) -> str:
    return path.name.partition("-")[0]
