"""Locks that allow one run and one backfill at a time on a corpus; the kernel releases them when their process ends."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from fivegwatch.extractors.errors import CorpusBusyError, StorageError
from fivegwatch.storage.disk.files import AT_WORK, hold, lock_holder, prepare
from fivegwatch.storage.disk.layout import Layout


class RunLockedError(CorpusBusyError):
    """Another run, or another backfill, is at work on this corpus."""


def has_corpus(layout: Layout) -> bool:
    """Whether there is a corpus, or a file from which it can be recovered: a store, a published version or a batch."""
    if layout.store.exists() or layout.link.exists() or any(layout.public.glob("corpus-*.duckdb")):
        return True
    return any(any(folder.glob("*.parquet")) for folder in (layout.incoming, layout.done))


def check_corpus_exists(layout: Layout) -> None:
    """Raise StorageError (kind ``no_corpus``) when there is no corpus.

    A run must not create a corpus: with a mistyped path it would fetch everything again, into a second corpus.
    """
    if not has_corpus(layout):
        lost = f" {layout.root} is missing: restore it from a backup." if layout.link.is_symlink() else ""
        raise StorageError(
            f"there is no corpus at {layout.link}.{lost} Correct --db, or `database` in fivegwatch.toml; or make a new"
            " corpus with `fivegwatch init` or --new.",
            path=str(layout.link),
            kind="no_corpus",
        )


@contextmanager
def run_lock(layout: Layout, *, new: bool = False, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the run lock of this corpus during the block; missing folders are created.

    Without ``new``, there must be a corpus already. Waits up to ``wait_s`` seconds for another run to end.

    Raises:
        RunLockedError: another process holds the lock; the message names it.
        StorageError: there is no corpus (kind ``no_corpus``), or the folders cannot be made or written.
    """
    # `run_at_work` may hold the lock for a moment.
    with _held(layout, layout.run_lock, "a run on this corpus", new=new, wait_s=max(1.0, wait_s)):
        yield


def run_at_work(layout: Layout) -> str:
    """The process id of the run at work on this corpus; empty if no run is at work, ``unknown`` if the id cannot be
    read.
    """
    return _holder(layout.run_lock)


def backfill_at_work(layout: Layout) -> str:
    """The process id of the backfill at work on this corpus; empty if none is at work, ``unknown`` if the id cannot be
    read.
    """
    return _holder(layout.backfill_lock)


def serve_at_work(layout: Layout) -> str:
    """The process id of the `fivegwatch serve` at work on this corpus; empty if none is, ``unknown`` if the id cannot
    be read.
    """
    return _holder(layout.serve_lock)


def killed_run(layout: Layout) -> str:
    """The process id of the last run on this corpus if that run was killed; empty if it ended properly or is still at
    work.

    A run removes its process id from the lock file when it ends; the id stays only after SIGKILL or a power cut.
    """
    try:
        with layout.run_lock.open("rb") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            number, _, rest = handle.read(64).decode(errors="replace").partition(" ")
    except OSError:  # a run is at work, there was none yet, or this user may not read the file
        return ""
    return number if rest == AT_WORK else ""  # earlier releases left the number alone after every run


def _holder(lock: Path) -> str:
    try:
        with lock.open("rb") as handle:  # for reading, so that a user without further rights can ask too
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return lock_holder(lock)
    except OSError:  # there is no lock file yet, or this user may not read it
        return ""
    return ""


@contextmanager
def backfill_lock(layout: Layout, *, new: bool = False) -> Iterator[None]:
    """Hold the backfill lock of this corpus during the block. It does not stop scheduled runs, as a backfill may take
    days.

    Waits up to one second, because `backfill_at_work` holds the lock for a moment. Without ``new``, there must be a
    corpus already.

    Raises:
        RunLockedError: another process holds the lock; the message names it.
        StorageError: there is no corpus (kind ``no_corpus``), or the folders cannot be made or written.
    """
    with _held(layout, layout.backfill_lock, "a backfill of this corpus", new=new, wait_s=1.0):
        yield


@contextmanager
def _held(layout: Layout, lock: Path, what: str, *, new: bool, wait_s: float) -> Iterator[None]:
    if not new:
        check_corpus_exists(layout)
    prepare(layout)
    with ExitStack() as stack:
        try:
            stack.enter_context(hold(lock, what, wait_s=wait_s))
        except CorpusBusyError as exc:
            raise RunLockedError(str(exc), path=exc.path) from exc
        yield
