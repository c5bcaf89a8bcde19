"""A lock that a reader holds on a database file, beside DuckDB's own, so that the file is not patched meanwhile.

DuckDB's lock belongs to the process: it ends when any code of the process opens and closes the file once more, if only
to read its first bytes. The lock made here belongs to one open handle and lasts as long as that.
"""

from __future__ import annotations

import fcntl
import os
import sys
from pathlib import Path

from fivegwatch.extractors.errors import CorpusBusyError

_SET = getattr(fcntl, "F_OFD_SETLK", None)
"""The system's command for a lock that belongs to one open file. None where there is none; then no version is ever
patched."""


def lock_for_reading(path: Path) -> int:
    """A handle on ``path`` that keeps others from patching it until it is closed.

    Raises: CorpusBusyError when it is being patched; OSError when it cannot be opened.
    """
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _lock(handle, fcntl.F_RDLCK)
    except BlockingIOError as exc:
        os.close(handle)
        raise CorpusBusyError(f"{path} is being replaced by a newer version.", path=str(path)) from exc
    except OSError:
        pass  # a file system without locks, on which no version is patched either
    return handle


def lock_for_writing(handle: int) -> bool:
    """Lock the file until ``handle`` is closed; False if somebody else has it open for reading or writing."""
    if _SET is None:
        return False
    try:
        _lock(handle, fcntl.F_WRLCK)
    except OSError:
        return False
    return True


def _lock(handle: int, kind: int) -> None:
    if _SET is not None:
        # struct flock of 64-bit Linux: type, whence, start, length (0: to the end), process id (0 for such a lock).
        fields = ((kind, 2), (os.SEEK_SET, 2), (0, 4), (0, 8), (0, 8), (0, 4), (0, 4))
        fcntl.fcntl(handle, _SET, b"".join(value.to_bytes(length, sys.byteorder) for value, length in fields))
