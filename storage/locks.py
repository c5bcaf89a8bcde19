"""One run at a time on one corpus, by a lock that the kernel lifts when its holder dies, however it dies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from extractors.errors import CorpusBusyError
from storage.files import hold, prepare
from storage.layout import Layout


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
