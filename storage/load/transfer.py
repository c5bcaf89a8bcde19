"""Three ways to make a published version of the closed store, cheapest first: clone it, patch an older version, copy
it.

Each way writes a file under a hidden name, syncs it, and only then gives it the name of a version. So a version is
always complete, even if the process is killed. `remove_leftovers` removes hidden files of killed processes.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fivegwatch.storage.disk.files import copy_file, need_space, sync_folder
from fivegwatch.storage.disk.reader_lock import lock_for_writing

HEADER_BYTES = 3 * 4096
"""Size of the part of a DuckDB file before its blocks: the main header and two database headers."""
BLOCK_BYTES = 256 * 1024
"""DuckDB's default block size."""
COMPARED_BYTES = 4 * BLOCK_BYTES
"""Bytes of each file that are read and compared at a time."""
MODE = 0o444
_BLOCK_SIZE_AT = (4096 + 40, 8192 + 40)
"""Offsets of the block size in the two database headers; the header with the higher iteration number is valid."""
_FICLONE = 0x40049409
# What a file system without shared blocks, or two file systems, answer.
_CANNOT_CLONE = {errno.EOPNOTSUPP, errno.ENOTTY, errno.EXDEV, errno.EINVAL, errno.ENOSYS, errno.EPERM}


def clone(store: Path, target: Path) -> bool:
    """Make ``target`` a clone that shares the blocks of ``store`` on disk; False if the file system cannot share
    blocks.

    Raises: OSError.
    """
    hidden = _hidden(target)
    try:
        if not _cloned(store, hidden):
            return False
        hidden.chmod(MODE)
        with hidden.open("rb") as made:
            os.fsync(made.fileno())
        hidden.replace(target)
    finally:
        hidden.unlink(missing_ok=True)
    sync_folder(target.parent)
    return True


def patch(store: Path, older: Path, target: Path) -> int | None:
    """Turn the version ``older`` into ``target`` by writing the blocks in which it differs from ``store``.

    Returns the number of bytes written. If ``older`` may be in use or has another block size, it stays unchanged and
    None is returned.

    Raises: OSError.
    """
    hidden = _hidden(target)
    with _unused(older) as handle, store.open("rb", buffering=0) as source:
        if handle is None or not (_default_blocks(handle) and _default_blocks(source.fileno())):
            return None
        size, present = os.fstat(source.fileno()).st_size, os.fstat(handle).st_size
        need_space(target.parent, max(0, size - present) + 1_000_000, "publish the corpus")
        older.replace(hidden)
        # Durable before the first write: after a power cut no half-written file may have a version's name.
        sync_folder(target.parent)
        try:
            written = _write_differing(source.fileno(), handle, size, present)
            os.ftruncate(handle, size)
            os.fchmod(handle, MODE)
            os.fsync(handle)
            hidden.replace(target)
        finally:
            hidden.unlink(missing_ok=True)
    older.with_name(older.name + ".wal").unlink(missing_ok=True)
    sync_folder(target.parent)
    return written


def copy(store: Path, target: Path) -> int:
    """Make ``target`` a copy of ``store``; returns the number of bytes written.

    Raises: OSError.
    """
    size = store.stat().st_size
    need_space(target.parent, size + 1_000_000, "publish the corpus")
    copy_file(store, target, mode=MODE)
    return size


def remove_leftovers(folder: Path) -> None:
    """Remove the hidden files of a publication that was killed; the caller holds the load lock."""
    for path in folder.glob(".corpus-*.tmp"):
        path.unlink(missing_ok=True)


def _hidden(target: Path) -> Path:
    return target.with_name(f".{target.name}.tmp")


def _cloned(store: Path, hidden: Path) -> bool:
    if sys.platform == "darwin":
        libc = ctypes.CDLL(None, use_errno=True)
        return bool(libc.clonefile(os.fsencode(store), os.fsencode(hidden), 0) == 0)
    with store.open("rb") as source, hidden.open("wb") as made:
        try:
            fcntl.ioctl(made.fileno(), _FICLONE, source.fileno())
        except OSError as exc:
            if exc.errno in _CANNOT_CLONE:
                return False
            raise
    return True


@contextmanager
def _unused(version: Path) -> Iterator[int | None]:
    """A handle on ``version``, locked for writing during the block; None if it is open anywhere or has a second name.

    DuckDB holds a lock on every file it has open, and sessions of ours one more (`storage.disk.reader_lock`). The
    lock taken here belongs to the handle as well: a lock of the whole process would, when it ends, take with it the
    lock that DuckDB holds for a connection of this process.
    """
    if _open_here(version) or version.stat().st_nlink > 1:
        yield None
        return
    handle = -1
    try:
        # The owner needs the right to write to open it so; `patch` gives the file its mode again.
        version.chmod(MODE | 0o200)
        handle = os.open(version, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        pass
    if handle < 0 or not lock_for_writing(handle):
        if handle >= 0:
            os.close(handle)
        with suppress(OSError):
            version.chmod(MODE)
        yield None
        return
    try:
        yield handle
    finally:
        os.close(handle)
        with suppress(FileNotFoundError):
            version.chmod(MODE)


def _open_here(path: Path) -> bool:
    """Whether this process has ``path`` open, as far as /proc says.

    Closing a handle on such a file would end DuckDB's lock.
    """
    wanted = path.stat()
    handles = Path("/proc/self/fd")
    for handle in handles.iterdir() if handles.is_dir() else ():
        with suppress(OSError):
            if os.path.samestat(os.fstat(int(handle.name)), wanted):
                return True
    return False


def _default_blocks(handle: int) -> bool:
    sizes = {int.from_bytes(os.pread(handle, 8, offset), "little") for offset in _BLOCK_SIZE_AT}
    return sizes <= {0, BLOCK_BYTES}


def _write_differing(source: int, handle: int, size: int, present: int) -> int:
    """Write the header, and each block that differs or is beyond the end; returns the bytes written.

    Blocks are compared byte by byte: DuckDB's checksum of a block is an exclusive or of its words, so that blocks with
    the same words in another order, or with words that occur in pairs, have the same checksum.
    """
    written = _write(handle, os.pread(source, HEADER_BYTES, 0), 0)
    wanted, there = bytearray(COMPARED_BYTES), bytearray(COMPARED_BYTES)
    for start in range(HEADER_BYTES, size, COMPARED_BYTES):
        length = _read_into(source, wanted, min(size - start, COMPARED_BYTES), start)
        known = _read_into(handle, there, min(max(0, present - start), length), start)
        if known == length and wanted == there:
            continue
        for at in range(0, length, BLOCK_BYTES):
            end = min(at + BLOCK_BYTES, length)
            if end > known or wanted[at:end] != there[at:end]:
                written += _write(handle, bytes(wanted[at:end]), start + at)
    return written


def _read_into(handle: int, buffer: bytearray, length: int, offset: int) -> int:
    """Fill ``buffer`` from a file, the rest of it with zeros; returns the number of bytes read."""
    view, done = memoryview(buffer), 0
    while done < length:
        count = os.preadv(handle, [view[done:length]], offset + done)
        if count == 0:
            break
        done += count
    view[done:] = bytes(len(view) - done)
    return done


def _write(handle: int, content: bytes, offset: int) -> int:
    done = 0
    while done < len(content):
        done += os.pwrite(handle, content[done:], offset + done)
    return done
