"""Where a trouble of `benchmarks.chaos` happens: a working directory with its runs, and the processes of a run."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.forked_runs import LOADER, ForkedRun, Launcher, clean_environment
from fivegwatch.flows.demo.newsroom import Newsroom
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.published_copies import versions
from tests.flows.corpora import descendants

LONGEST_S = 300.0
"""A run that takes longer hangs."""
WITH_CLOCK = """
import sys
from datetime import timedelta
from fivegwatch.flows.cli.start import main
from fivegwatch.flows.runs import clock
real, ahead = clock.utc_now, timedelta(seconds=float(sys.argv.pop(1)))
clock.utc_now = lambda: real() + ahead
sys.exit(main())
"""


Started = subprocess.Popen[str] | ForkedRun


@dataclass(slots=True)
class Field:
    """A working directory with a corpus, the newsroom it watches, and the dice."""

    home: Path
    newsroom: Newsroom
    chance: random.Random
    took_s: float
    """How long an undisturbed run takes, in seconds of wall time."""
    launcher: Launcher | None = None
    """Forks the runs; without it each is a program of its own."""
    batches: Path | None = None
    """Batches that a run hands in instead of asking the newsroom."""
    prefect: Any = None
    """The `benchmarks.chaos_prefect.PrefectServer` of the campaign."""
    aloud: list[str] = field(default_factory=list)
    """Messages of runs that refused or failed."""
    cut: set[str] = field(default_factory=set)
    """Names of batches that were cut short before they were loaded: these may lie in quarantine."""

    @property
    def layout(self) -> Layout:
        """The paths of the corpus."""
        return Layout.for_database(self.home / "corpus.duckdb")

    def files(self) -> dict[str, tuple[int, int]]:
        """Size and time of change (ns) of the store and of each published version."""
        paths = [*self.layout.store.parent.glob("*.duckdb"), *versions(self.layout)]
        stats = {path.name: path.stat() for path in paths}
        return {name: (stat.st_size, stat.st_mtime_ns) for name, stat in stats.items()}

    def start(self, *more: str, ahead_s: float = 0.0) -> Started:
        """An ingest in a process of its own; its clock is ``ahead_s`` seconds ahead."""
        arguments = ["ingest", "--quiet", *more]
        if self.launcher and self.batches:
            return self.launcher.start(["hand-in", str(self.batches), self.chance.choice("112")], self.home)
        if self.launcher:
            return self.launcher.start(arguments, self.home, ahead_s)
        return subprocess.Popen(
            [sys.executable, "-c", WITH_CLOCK, str(ahead_s), *arguments],
            cwd=self.home, env=clean_environment(), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def ended(self, run: Started) -> int:
        """The exit code of a run, whose messages are kept; -1 for one that hangs, which is killed."""
        try:
            _, err = run.communicate(timeout=LONGEST_S)
        except subprocess.TimeoutExpired:
            run.kill()
            self.aloud.append("HANGS")
            return -1
        if run.returncode:
            self.aloud.append(f"{run.returncode}: {err.strip()[-6000:]}")
        return int(run.returncode or 0)


def kill(pid: int) -> None:
    """SIGKILL, unless it has ended."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def names_of(pid: int) -> str:
    """Name and command line of a process; empty once it has ended."""
    with suppress(OSError):
        name, line = (Path(f"/proc/{pid}/{what}").read_bytes() for what in ("comm", "cmdline"))
        return (name + line.replace(b"\0", b" ")).decode(errors="replace") if line else ""
    return ""


def loader_of(pid: int) -> int:
    """The process id of a loader of run ``pid``; 0 while there is none."""
    return next(
        (
            child
            for child in descendants(pid)
            if any(n in names_of(child) for n in ("storage.load.loader", LOADER))
        ),
        0,
    )


def awaited(run: Started, true: Callable[[], int | bool]) -> int:
    """What ``true`` gives once that is not 0; 0 if the run has ended before."""
    while run.poll() is None:
        if value := true():
            return int(value)
        time.sleep(0.005)
    return 0
