"""Progress for people: a bar on a terminal, plain lines elsewhere, and whatever the engine offers in a flow run."""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from types import TracebackType
from typing import Protocol, Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

LINE_EVERY_S = 10.0
_TELLING_SHARE = 0.03
"""From this share of a stage on its pace says something about the rest."""


class Reporter(Protocol):
    """Where a run tells how it is getting on."""

    def stage(self, name: str, total: int) -> None:
        """Begin a stage of ``total`` units."""

    def grow(self, more: float) -> None:
        """The current stage has ``more`` units than was thought; less than none when it has fewer."""

    def advance(self, done: float = 1) -> None:
        """``done`` more units of the current stage are finished."""

    def detail(self, text: str) -> None:
        """A few words on how the stage gets on; only the latest matter."""

    def note(self, text: str) -> None:
        """One line a person should see."""


class Silent:
    """Says nothing; for ``--json`` and ``--quiet``."""

    def stage(self, name: str, total: int) -> None:
        """Nothing."""

    def grow(self, more: float) -> None:
        """Nothing."""

    def advance(self, done: float = 1) -> None:
        """Nothing."""

    def detail(self, text: str) -> None:
        """Nothing."""

    def note(self, text: str) -> None:
        """Nothing."""


class Lines:
    """Plain lines, at most one every ten seconds within a stage, so that a log stays readable."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._name, self._total, self._done, self._said_at = "", 0.0, 0.0, 0.0
        self._detail, self._began_at = "", 0.0

    def stage(self, name: str, total: int) -> None:
        """Say that a stage begins."""
        self._name, self._total, self._done, self._said_at = name, total, 0.0, time.monotonic()
        self._detail, self._began_at = "", self._said_at
        self.note(f"{name}: {total}")

    def grow(self, more: float) -> None:
        """Count on more."""
        self._total = max(1.0, self._total + more)

    def advance(self, done: float = 1) -> None:
        """Say how far the stage is, if the last word was a while ago."""
        self._done += done
        now = time.monotonic()
        if now - self._said_at >= LINE_EVERY_S:
            self._said_at = now
            parts = [f"{self._name}: {self._done:.0f} of {self._total:.0f}", self._detail, self._left(now)]
            self.note("; ".join(part for part in parts if part))

    def _left(self, now: float) -> str:
        share = self._done / max(1.0, self._total)
        if not _TELLING_SHARE <= share < 1.0:
            return ""
        left = (1.0 - share) / share * (now - self._began_at)
        return f"about {timedelta(seconds=round(left))} left"

    def detail(self, text: str) -> None:
        """Said with the next line."""
        self._detail = text

    def note(self, text: str) -> None:
        """Print the line."""
        print(text, file=self._stream, flush=True)


class Bars:
    """A rich progress bar for each stage. A context manager: the terminal is put back whatever happens."""

    def __init__(self) -> None:
        self._progress = Progress(
            TextColumn("{task.description:<10}"),
            BarColumn(),
            TextColumn("{task.completed:,.0f}/{task.total:,.0f}"),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[detail]}"),
            console=Console(stderr=True),
            # A unit may take a minute; of the usual half a minute no pace could be told.
            speed_estimate_period=600.0,
        )
        self._task: int | None = None

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def stage(self, name: str, total: int) -> None:
        """Add a bar."""
        self._task = self._progress.add_task(name, total=total, detail="")

    def grow(self, more: float) -> None:
        """Lengthen the current bar."""
        if self._task is not None:
            task = self._progress.tasks[self._task]
            self._progress.update(task.id, total=max(1.0, (task.total or 0.0) + more))

    def advance(self, done: float = 1) -> None:
        """Move the current bar."""
        if self._task is not None:
            self._progress.advance(self._progress.task_ids[self._task], done)

    def detail(self, text: str) -> None:
        """Show it behind the bar."""
        if self._task is not None:
            self._progress.update(self._progress.task_ids[self._task], detail=text)

    def note(self, text: str) -> None:
        """Print above the bars."""
        self._progress.console.print(text, markup=False, highlight=False)
