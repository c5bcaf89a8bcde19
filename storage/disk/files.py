"""Makes folders, writes files durably, holds locks, and turns errors of the operating system into StorageError."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fivegwatch.extractors.errors import CorpusBusyError, StorageError
from fivegwatch.storage.disk.layout import Layout

LOCK_POLL_S = 0.05
AT_WORK = "at work"
"""Text after the process id in a lock file while the lock is held. It stays there if the holder was killed."""


def prepare(layout: Layout) -> None:
    """Create the working folders of a corpus and check that they can be written.

    Raises: StorageError; its message names the folder and the remedy.
    """
    for folder in (layout.link.parent, *layout.folders()):
        with disk_errors(folder, "create the folder"):
            folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise _unwritable(folder, "use the folder")


def sync_folder(folder: Path) -> None:
    """Sync ``folder``, so that renames and new files in it survive a crash."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def hidden(path: Path, name: str) -> Iterator[Path]:
    """A temporary file ``name`` beside ``path`` that the block writes. After the block it replaces ``path``.

    If the block fails, the temporary file is removed.
    """
    tmp = path.with_name(name)
    try:
        yield tmp
        tmp.replace(path)
    except BaseException:
        tmp.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def put_file(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path`` durably, completely or not at all: write under a hidden name, sync, rename, sync
    the folder.
    """
    with hidden(path, f".{path.name}.{os.getpid()}.tmp") as tmp, tmp.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def copy_file(source: Path, target: Path, *, mode: int) -> None:
    """Copy ``source`` to ``target`` durably, completely or not at all; the copy gets the permissions ``mode``."""
    with hidden(target, f".{target.name}.tmp") as tmp:
        shutil.copyfile(source, tmp)
        tmp.chmod(mode)
        with tmp.open("rb") as handle:
            os.fsync(handle.fileno())


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def need_space(folder: Path, wanted: int, what: str) -> None:
    """Raise StorageError unless the disk of ``folder`` has ``wanted`` bytes free.

    ``what`` completes "cannot .." in the message, such as ``publish the corpus``.
    """
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise StorageError(
            f"cannot {what}: the disk of {folder} has {free / 1e6:.0f} MB free and {wanted / 1e6:.0f} MB are"
            " needed. Free some space and run again; nothing is lost.",
            path=str(folder),
            kind="disk_full",
            transient=True,
        )


@contextmanager
def disk_errors(path: Path, what: str) -> Iterator[None]:
    """Turn an OSError raised in the block into a StorageError about ``path``; ``what`` completes "cannot .." in its
    message.
    """
    try:
        yield
    except PermissionError as exc:
        raise _unwritable(path, what) from exc
    except OSError as exc:
        if exc.errno == errno.EROFS:
            raise _unwritable(path, what) from exc
        if exc.errno in (errno.ENOSPC, errno.EDQUOT):
            used, remedy = "space", "Free some space"
            if _out_of_inodes(path):
                used, remedy = "inodes", "Remove files, of which this disk can hold no more (`df -i`),"
            raise StorageError(
                f"cannot {what}: no {used} left on the disk of {path}. {remedy} and run again; nothing is lost.",
                path=str(path),
                kind="disk_full",
                transient=True,
            ) from exc
        if isinstance(exc, FileNotFoundError):
            raise StorageError(
                f"cannot {what}: {path} does not exist and cannot be made. Name another place; `fivegwatch init` makes"
                " a working directory.",
                path=str(path),
                kind="missing",
            ) from exc
        if isinstance(exc, FileExistsError | NotADirectoryError):
            raise StorageError(
                f"cannot {what}: {path}, or a folder above it, is a file. Move it away or name another.",
                path=str(path),
                kind="not_a_folder",
            ) from exc
        raise StorageError(
            f"cannot {what}: {path}: {exc.strerror or exc}", path=str(path), kind="io"
        ) from exc


def _out_of_inodes(path: Path) -> bool:
    """Whether the file system has free space but cannot hold one more file (no free inode)."""
    with suppress(OSError):
        disk = os.statvfs(path if path.exists() else path.parent)
        return disk.f_files > 0 and disk.f_favail == 0 and disk.f_bavail > 0
    return False


def _unwritable(path: Path, what: str) -> StorageError:
    return StorageError(
        f"cannot {what}: {path} is not writable. Give this user the right to write there, or choose another"
        " place with --db.",
        path=str(path),
        kind="unwritable",
    )


@contextmanager
def hold(lock: Path, what: str, *, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the lock file ``lock`` (flock) during the block; the kernel releases it when this process ends.

    Raises: CorpusBusyError, which names the process that holds the lock, if it is not free within ``wait_s`` seconds.
    """
    with disk_errors(lock, f"take the lock for {what}"):
        lock.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _lock(handle, lock, what, wait_s)
        # The text is for messages, and tells afterwards whether the holder was killed; the lock is in the kernel.
        with suppress(OSError):
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()} {AT_WORK}".encode(), 0)
        try:
            yield
        finally:
            with suppress(OSError):
                os.ftruncate(handle, 0)
    finally:
        os.close(handle)


def lock_holder(lock: Path) -> str:
    """The process id in a lock file; ``unknown`` if the file has none or cannot be read."""
    with suppress(OSError, IndexError):
        return lock.read_text(errors="replace").split()[0]
    return "unknown"


def _lock(handle: int, lock: Path, what: str, wait_s: float) -> None:
    end = time.monotonic() + wait_s
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            if time.monotonic() >= end:
                raise CorpusBusyError(
                    f"{what} is already at work (process {lock_holder(lock)} holds {lock}). Wait for it to end.",
                    path=str(lock),
                ) from exc
            time.sleep(LOCK_POLL_S)
        else:
            return
