"""A lock that readers hold on a database file, in addition to DuckDB's own lock, so that the file is not patched
meanwhile.

DuckDB's lock belongs to the process: it ends as soon as any code of the process opens the file once more and closes it,
even if only to read its first bytes. The lock made here belongs to one open handle and lasts until that is closed.
"""

from __future__ import annotations

import fcntl
import os
import sys
from pathlib import Path

from fivegwatch.extractors.errors import CorpusBusyError

_SET = getattr(fcntl, "F_OFD_SETLK", None)
"""The system's command for a lock that belongs to one open handle. None on systems without it, where no version is ever
patched."""


def lock_for_reading(path: Path) -> int:
    """Open ``path`` and return its handle; until the handle is closed, nobody patches the file.

    Raises: CorpusBusyError when the file is being patched; OSError when it cannot be opened.
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
    """Lock the file of ``handle`` until that is closed; returns False if another handle or process has a lock on the
    file, or if this system has no such lock.
    """
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
