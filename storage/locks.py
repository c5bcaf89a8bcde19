"""One run at a time on one corpus: an advisory lock (flock) that the kernel lifts when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from extractors.errors import StorageError
from storage.layout import Layout


class RunLockedError(StorageError):
    """Another run is at work on this corpus."""


class RunLock:
    """Held for the length of a run. A context manager.

    Raises:
        RunLockedError: on entering, when another process holds it; the message says which, and since when.
        StorageError: the lock file cannot be made.
    """

    def __init__(self, layout: Layout) -> None:
        self._path = layout.run_lock
        self._descriptor = -1

    def __enter__(self) -> Self:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as exc:
            raise StorageError(
                f"{self._path}: cannot be written: {exc.strerror}. Choose another place, or give yourself the right.",
                path=str(self._path),
                kind="unwritable",
            ) from exc
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            holder = os.pread(self._descriptor, 200, 0).decode("utf-8", "replace").strip() or "an unknown process"
            os.close(self._descriptor)
            raise RunLockedError(
                f"another run is at work on this corpus ({holder}); this one is skipped.",
                path=str(self._path),
                kind="run_locked",
                transient=True,
            ) from exc
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, f"pid {os.getpid()} since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC".encode(), 0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._descriptor)
