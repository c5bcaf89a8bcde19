"""Locks that allow one run and one backfill at a time on a corpus; the kernel releases them when their process ends."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from fivegwatch.extractors.errors import CorpusBusyError
from fivegwatch.storage.disk.files import hold, prepare
from fivegwatch.storage.disk.layout import Layout


class RunLockedError(CorpusBusyError):
    """Another run, or another backfill, is at work on this corpus."""


@contextmanager
def run_lock(layout: Layout) -> Iterator[None]:
    """Hold the run lock of this corpus during the block; missing folders are created.

    Raises:
        RunLockedError: another process holds the lock; the message names it.
        StorageError: the folders cannot be made or written.
    """
    prepare(layout)
    with ExitStack() as stack:
        try:
            stack.enter_context(hold(layout.run_lock, "a run on this corpus"))
        except CorpusBusyError as exc:
            raise RunLockedError(str(exc), path=exc.path) from exc
        yield


def backfill_at_work(layout: Layout) -> str:
    """The process id of the backfill at work on this corpus; empty when there is none, ``unknown`` if not readable."""
    try:
        with layout.backfill_lock.open("r+b") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return layout.backfill_lock.read_text(errors="replace").strip() or "unknown"
    except OSError:  # there is no lock file yet, or this user has no right to write it
        return ""
    return ""


@contextmanager
def backfill_lock(layout: Layout) -> Iterator[None]:
    """Hold the backfill lock of this corpus during the block; scheduled runs go on, as a backfill may take days.

    Waits up to one second, because `backfill_at_work` holds the lock for a moment.

    Raises:
        RunLockedError: another process holds the lock; the message names it.
        StorageError: the folders cannot be made or written.
    """
    prepare(layout)
    with ExitStack() as stack:
        try:
            stack.enter_context(hold(layout.backfill_lock, "a backfill of this corpus", wait_s=1.0))
        except CorpusBusyError as exc:
            raise RunLockedError(str(exc), path=exc.path) from exc
        yield
