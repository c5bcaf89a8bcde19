"""Shows the progress of a run: bars on a terminal, plain lines elsewhere. (Prefect flows use `flows.engine`.)"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Protocol, TextIO

LINE_EVERY_S = 10.0
_MEASURED_SHARE = 0.03
"""The remaining time is estimated only after this share of a stage is done."""


class Reporter(Protocol):
    """Receives the progress of a run and shows it."""

    def stage(self, name: str, total: int) -> None:
        """Begin a stage of ``total`` units."""

    def grow(self, more: float) -> None:
        """Add ``more`` units to the current stage; a negative number removes units."""

    def advance(self, done: float = 1) -> None:
        """Count ``done`` more units of the current stage as finished."""

    def detail(self, text: str) -> None:
        """Show a few words on the current stage; they replace the previous ones."""

    def note(self, text: str) -> None:
        """Show ``text`` as one line."""

    def warn(self, text: str) -> None:
        """Show ``text`` as one line that must not be missed."""


class Silent:
    """Shows nothing but warnings, for ``--json`` and ``--quiet``."""

    def stage(self, name: str, total: int) -> None:
        """Do nothing."""

    def grow(self, more: float) -> None:
        """Do nothing."""

    def advance(self, done: float = 1) -> None:
        """Do nothing."""

    def detail(self, text: str) -> None:
        """Do nothing."""

    def note(self, text: str) -> None:
        """Do nothing."""

    def warn(self, text: str) -> None:
        """Print ``text`` to standard error."""
        print(text, file=sys.stderr, flush=True)


class Lines:
    """Prints plain lines, at most one every ten seconds within a stage, so that a log stays readable."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._name, self._total, self._done, self._printed_s = "", 0.0, 0.0, 0.0
        self._detail, self._began_at = "", 0.0

    def stage(self, name: str, total: int) -> None:
        """Print that a stage begins."""
        self._name, self._total, self._done, self._printed_s = name, total, 0.0, time.monotonic()
        self._detail, self._began_at = "", self._printed_s
        self.note(f"{name}: {total}")

    def grow(self, more: float) -> None:
        """Add ``more`` units to the current stage."""
        self._total = max(1.0, self._total + more)

    def advance(self, done: float = 1) -> None:
        """Count ``done`` more units as finished; print the progress if the last line is ten seconds old."""
        self._done += done
        now = time.monotonic()
        if now - self._printed_s >= LINE_EVERY_S:
            self._printed_s = now
            parts = [f"{self._name}: {self._done:.0f} of {self._total:.0f}", self._detail, self._left(now)]
            self.note("; ".join(part for part in parts if part))

    def _left(self, now: float) -> str:
        share = self._done / max(1.0, self._total)
        if not _MEASURED_SHARE <= share < 1.0:
            return ""
        left = (1.0 - share) / share * (now - self._began_at)
        return f"about {timedelta(seconds=round(left))} left"

    def detail(self, text: str) -> None:
        """Keep ``text`` to show it in the next line of progress."""
        self._detail = text

    def note(self, text: str) -> None:
        """Print ``text``."""
        print(text, file=self._stream, flush=True)

    def warn(self, text: str) -> None:
        """Print ``text``."""
        self.note(text)


class Bars:
    """Shows a progress bar for each stage. As a context manager it restores the terminal, also after an error."""

    def __init__(self) -> None:
        # Imported here: a run of the schedule has no terminal, and must not wait for it.
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

        self.display = Progress(
            TextColumn("{task.description:<10}"),
            BarColumn(),
            TextColumn("{task.completed:,.0f}/{task.total:,.0f}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[detail]}"),
            console=Console(stderr=True),
            # A unit may take a minute; rich would estimate the pace from half a minute.
            speed_estimate_period=600.0,
        )
        self._task: int | None = None

    def stage(self, name: str, total: int) -> None:
        """Add a bar for a stage of ``total`` units."""
        self._task = self.display.add_task(name, total=total, detail="")

    def grow(self, more: float) -> None:
        """Add ``more`` units to the current bar."""
        if self._task is not None:
            task = self.display.tasks[self._task]
            self.display.update(task.id, total=max(1.0, (task.total or 0.0) + more))

    def advance(self, done: float = 1) -> None:
        """Move the current bar by ``done`` units."""
        if self._task is not None:
            self.display.advance(self.display.task_ids[self._task], done)

    def detail(self, text: str) -> None:
        """Show ``text`` behind the bar."""
        if self._task is not None:
            self.display.update(self.display.task_ids[self._task], detail=text)

    def note(self, text: str) -> None:
        """Print ``text`` above the bars."""
        self.display.console.print(text, markup=False, highlight=False)

    def warn(self, text: str) -> None:
        """Print ``text`` above the bars."""
        self.note(text)


@contextmanager
def progress(*, silent: bool) -> Iterator[Reporter]:
    """Yield the reporter for the block: bars on a terminal, lines elsewhere, nothing but warnings if ``silent``."""
    if silent:
        yield Silent()
    elif sys.stderr.isatty():
        bars = Bars()
        with bars.display:
            yield bars
    else:
        yield Lines()
