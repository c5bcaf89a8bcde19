"""The troubles of `benchmarks.chaos`: what happens to processes, files, disks, clocks and connections.

A trouble is a function of a `Field`: it starts a run where it needs one, does its harm, and leaves everything as a
machine would be left. Whatever it locks or fills is released again; what it destroys stays destroyed.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.forked_runs import LOADER, READERS, ForkedRun, Launcher, clean_environment
from fivegwatch.flows.demo.newsroom import Newsroom
from fivegwatch.storage.connections import opened
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.published_copies import versions
from tests.flows.corpora import descendants

MIB = 1024 * 1024
LONGEST_S = 300.0
"""A run that takes longer hangs."""
_WITH_CLOCK = """
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
            return self.launcher.start(["hand-in", str(self.batches), self.chance.choice("12")], self.home)
        if self.launcher:
            return self.launcher.start(arguments, self.home, ahead_s)
        return subprocess.Popen(
            [sys.executable, "-c", _WITH_CLOCK, str(ahead_s), *arguments],
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


NETWORK = frozenset({"reading child killed", "connections dropped", "clock ahead", "clock back"})
"""Troubles that only a run which asks the newsroom can meet."""
Trouble = Callable[[Field], None]
TROUBLES: dict[str, Trouble] = {}


def trouble(function: Trouble) -> Trouble:
    """Add a trouble under its name."""
    TROUBLES[function.__name__.replace("_", " ")] = function
    return function


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _names(pid: int) -> str:
    """Name and command line of a process; empty once it has ended."""
    with suppress(OSError):
        name, line = (Path(f"/proc/{pid}/{what}").read_bytes() for what in ("comm", "cmdline"))
        return (name + line.replace(b"\0", b" ")).decode(errors="replace") if line else ""
    return ""


@trouble
def run_killed(where: Field) -> None:
    """SIGKILL of the run alone; its children must end by themselves."""
    run = where.start()
    time.sleep(where.chance.uniform(0.05, 1.0) * where.took_s)
    run.kill()
    where.ended(run)


@trouble
def run_ended_by_signal(where: Field) -> None:
    """SIGTERM or Ctrl-C, as by a service manager or a person."""
    run = where.start()
    time.sleep(where.chance.uniform(0.05, 1.0) * where.took_s)
    run.send_signal(where.chance.choice((signal.SIGTERM, signal.SIGINT)))
    where.ended(run)


@trouble
def run_stopped_for_a_while(where: Field) -> None:
    """SIGSTOP of a run, as of a suspended machine; another run meets its lock, and then it goes on."""
    run = where.start()
    time.sleep(where.chance.uniform(0.05, 0.9) * where.took_s)
    run.send_signal(signal.SIGSTOP)
    other = where.ended(where.start())
    run.send_signal(signal.SIGCONT)
    if {where.ended(run), other} - {0, 3}:
        where.aloud.append(f"HANGS or failed: exit code {other} beside a stopped run")


@trouble
def reading_child_killed(where: Field) -> None:
    """SIGKILL of a process that parses a feed or a page."""
    run = where.start()
    time.sleep(where.chance.uniform(0.2, 0.9) * where.took_s)
    readers = [
        pid
        for pid in descendants(run.pid)
        if any(name in _names(pid) for name in ("multiprocessing", READERS))
    ]
    if readers:
        _kill(where.chance.choice(readers))
    where.ended(run)


@trouble
def loader_killed(where: Field) -> None:
    """SIGKILL of one of the loaders of a run, at any moment of its life."""
    run = where.start()
    for _ in range(where.chance.choice((1, 2))):
        loader = _await(run, lambda: _loader_of(run.pid))
        if loader:
            time.sleep(where.chance.uniform(0.0, 0.6))
            _kill(loader)
            _await(run, lambda gone=loader: not _names(gone))  # type: ignore[misc]
    where.ended(run)


@trouble
def publisher_killed(where: Field) -> None:
    """SIGKILL of the loader while it makes a published version, or just after."""
    known = set(versions(where.layout))
    run = where.start()

    def publishes() -> bool:
        return any(where.layout.public.glob(".corpus-*")) or set(versions(where.layout)) != known

    if _await(run, publishes):
        time.sleep(where.chance.uniform(0.0, 0.01))
        if loader := _loader_of(run.pid):
            _kill(loader)
    where.ended(run)


def _loader_of(pid: int) -> int:
    return next(
        (
            child
            for child in descendants(pid)
            if any(n in _names(child) for n in ("storage.load.loader", LOADER))
        ),
        0,
    )


def _await(run: Started, true: Callable[[], int | bool]) -> int:
    """What ``true`` gives once that is not 0; 0 if the run has ended before."""
    while run.poll() is None:
        if value := true():
            return int(value)
        time.sleep(0.005)
    return 0


@trouble
def migration_killed(where: Field) -> None:
    """The store is that of an older release, and a loader is killed while it migrates it."""
    with opened(where.layout.store, read_only=False) as con:
        con.execute("delete from base.meta where name = 'contract'")
    run = where.start()
    part = where.layout.store.with_name(where.layout.store.name + ".part")
    if _await(run, part.exists):
        time.sleep(where.chance.uniform(0.0, 0.4))
        if loader := _loader_of(run.pid):
            _kill(loader)
    where.ended(run)


@trouble
def store_locked_from_outside(where: Field) -> None:
    """Another program holds the store open for writing during the first seconds of a run."""
    with opened(where.layout.store, read_only=False):
        run = where.start()
        time.sleep(where.chance.uniform(0.3, 1.2) * where.took_s)
    where.ended(run)


@trouble
def two_runs_at_once(where: Field) -> None:
    """Two runs are started at the same time; one of them must refuse."""
    runs = [where.start() for _ in range(2)]
    codes = sorted(where.ended(run) for run in runs)
    if codes != [0, 3]:
        where.aloud.append(f"HANGS or ran twice: exit codes {codes}")


@trouble
def disk_full(where: Field) -> None:
    """The corpus is on a small disk that has room for a few hundred kilobytes more; later it is made larger."""
    used = sum(path.stat().st_size for path in where.home.rglob("*") if path.is_file())
    aside = where.home.with_name("aside")
    where.home.rename(aside)
    where.home.mkdir()
    size = used + int(where.chance.uniform(0.2, 8.0) * MIB)
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(where.home)],
        capture_output=True,
        check=False,
    )
    try:
        shutil.copytree(aside, where.home, symlinks=True, dirs_exist_ok=True)
        if mounted.returncode == 0:
            where.ended(where.start())
        shutil.rmtree(aside)
        shutil.copytree(where.home, aside, symlinks=True)
    finally:
        if mounted.returncode == 0:
            subprocess.run(["umount", "-l", str(where.home)], check=True)
        where.home.rmdir() if mounted.returncode == 0 else shutil.rmtree(where.home)
        aside.rename(where.home)


@trouble
def store_lost(where: Field) -> None:
    """The folder of the store is removed."""
    shutil.rmtree(where.layout.store.parent)


@trouble
def store_cut_short(where: Field) -> None:
    """The end of the store is lost, as after a power cut."""
    _cut(where.layout.store, where.chance)


@trouble
def store_of_yesterday(where: Field) -> None:
    """A run, and then the store is put back as it was before, as by a half-restored backup."""
    older = where.layout.store.read_bytes()
    where.ended(where.start())
    where.layout.store.write_bytes(older)


@trouble
def published_copies_lost(where: Field) -> None:
    """All published copies are removed."""
    shutil.rmtree(where.layout.public)


@trouble
def published_copy_cut_short(where: Field) -> None:
    """The end of the newest published copy is lost."""
    newest = versions(where.layout)[-1]
    newest.chmod(0o644)
    _cut(newest, where.chance)


@trouble
def link_lost(where: Field) -> None:
    """The link that readers open is removed."""
    where.layout.link.unlink()


@trouble
def spool_lost(where: Field) -> None:
    """A run is killed, and then the whole spool is removed, with what waits in it."""
    run_killed(where)
    shutil.rmtree(where.layout.done.parent)


@trouble
def batch_cut_short(where: Field) -> None:
    """A run is killed, and one of the batches that wait loses its end."""
    run_killed(where)
    if waiting := sorted(where.layout.incoming.glob("*.parquet")):
        batch = where.chance.choice(waiting)
        where.cut.add(batch.name)
        _cut(batch, where.chance)


@trouble
def log_of_store_cut_short(where: Field) -> None:
    """A loader is killed, and the end of DuckDB's log beside the store is lost, as after a power cut."""
    loader_killed(where)
    if where.layout.store_wal.exists():
        _cut(where.layout.store_wal, where.chance)


@trouble
def loaded_batches_lost(where: Field) -> None:
    """A run is killed, and then the batches that were loaded are removed, from which a store can be completed."""
    run_killed(where)
    shutil.rmtree(where.layout.done, ignore_errors=True)


@trouble
def search_index_cut_short(where: Field) -> None:
    """The end of the search index of the newest published copy is lost."""
    for index in sorted(where.layout.public.glob("*.search"))[-1:]:
        index.chmod(0o644)
        _cut(index, where.chance)


@trouble
def clock_ahead(where: Field) -> None:
    """A run whose clock is far ahead, which the operator permits."""
    where.ended(where.start("--trust-clock", ahead_s=where.chance.uniform(2, 500) * 86_400))


@trouble
def clock_back(where: Field) -> None:
    """A run whose clock is far back, which the operator permits."""
    where.ended(where.start("--trust-clock", ahead_s=-where.chance.uniform(2, 500) * 86_400))


@trouble
def connections_dropped(where: Field) -> None:
    """A third of all connections is closed without an answer during a run."""
    handler = where.newsroom._server.RequestHandlerClass
    dice = random.Random(where.chance.random())

    class Dropping(handler):  # type: ignore[misc,valid-type]
        def handle_one_request(self) -> None:
            if dice.random() < 1 / 3:
                self.close_connection = True
            else:
                super().handle_one_request()

    where.newsroom._server.RequestHandlerClass = Dropping
    try:
        where.ended(where.start())
    finally:
        where.newsroom._server.RequestHandlerClass = handler


def _cut(path: Path, chance: random.Random) -> None:
    size = path.stat().st_size
    with path.open("r+b") as stream:
        stream.truncate(int(size * chance.uniform(0.1, 0.98)))
