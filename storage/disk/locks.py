"""One run, and one backfill, at a time on a corpus; the kernel lifts the lock when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from fivegwatch.extractors.errors import CorpusBusyError
from fivegwatch.storage.disk.files import hold, prepare
from fivegwatch.storage.disk.layout import Layout


class RunLockedError(CorpusBusyError):
    """Another run is at work on this corpus."""


@contextmanager
def run_lock(layout: Layout) -> Iterator[None]:
    """Be the only run on this corpus for the length of the block; its folders are made if need be.

    Raises:
        RunLockedError: another process is at it; the message names that process.
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
    """The process id of the backfill that is at work on this corpus; empty when none is."""
    try:
        with layout.backfill_lock.open("r+b") as handle:
            fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return layout.backfill_lock.read_text(errors="replace").strip() or "unknown"
    except OSError:  # no lock was ever taken, or this user may only read
        return ""
    return ""


@contextmanager
def backfill_lock(layout: Layout) -> Iterator[None]:
    """Be the only backfill on this corpus; it may take days, so the runs of the day go on beside it.

    Waits a second: `backfill_at_work` looks at the lock by touching it.

    Raises: as `run_lock`.
    """
    prepare(layout)
    with ExitStack() as stack:
        try:
            stack.enter_context(hold(layout.backfill_lock, "a backfill of this corpus", wait_s=1.0))
        except CorpusBusyError as exc:
            raise RunLockedError(str(exc), path=exc.path) from exc
        yield
