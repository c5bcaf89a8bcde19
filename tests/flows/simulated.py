"""Runs of weeks in minutes: the clock of the runs is simulated, and the loader works in the process of the run."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any
from unittest import mock

from fivegwatch.flows.runs import clock, tools
from fivegwatch.storage.disk import page_store
from fivegwatch.storage.load import loader
from fivegwatch.storage.load.bounds import Bounds
from fivegwatch.storage.load.loader import LoadReport
from fivegwatch.storage.spool import batches


@dataclass(slots=True)
class Clock:
    """The simulated time."""

    now: datetime = datetime(2024, 9, 1, tzinfo=UTC)
    """Long ago: beyond the clock of the machine, polls are kept as those of a clock that is ahead."""


@contextmanager
def simulated(time_of_runs: Clock) -> Iterator[None]:
    """In the block, the clock of runs, the names of batches and the days of the page archive follow ``time_of_runs``.

    The loader is called in this process: the start of one of its own takes longer than a short run.
    """

    class Now(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return time_of_runs.now.astimezone(tz)

    class Times:
        @staticmethod
        def time_ns() -> int:
            return int(time_of_runs.now.timestamp()) * 10**9 + time.time_ns() % 10**9

        @staticmethod
        def time() -> float:
            return time_of_runs.now.timestamp()

    with (
        mock.patch.object(clock, "utc_now", lambda: time_of_runs.now),
        mock.patch.object(page_store, "datetime", Now),
        mock.patch.object(batches, "time", Times),
        mock.patch.object(tools, "run_loader", _load_here),
    ):
        yield


def _load_here(db: Path, *, publish: bool = True, bounds: Bounds, **_: Any) -> LoadReport:
    """In place of `run_loader`: the loader's program, called in this process."""
    arguments = [str(db), *([] if publish else ["--no-publish"]), "--poll-days", str(bounds.poll_days)]
    answer = loader.answer_to(arguments)
    if "error" in answer:
        raise SystemExit(f"the loader failed: {answer}")
    return LoadReport(**answer)
