"""The troubles of `benchmarks.chaos`: what happens to processes, files, disks, clocks and connections.

A trouble is a function of a `Field`: it starts a run where it needs one, does its harm, and leaves everything as a
machine would be left. Whatever it locks or fills is released again; what it destroys stays destroyed.
"""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from benchmarks.chaos_field import LONGEST_S, WITH_CLOCK, Field, awaited, kill, loader_of, names_of
from benchmarks.chaos_prefect import kill_worker
from benchmarks.forked_runs import READERS, clean_environment
from fivegwatch.extractors.errors import StorageError
from fivegwatch.flows.serving.deployments import deployments_text
from fivegwatch.flows.serving.server import free_port
from fivegwatch.storage.connections import opened
from fivegwatch.storage.disk.locks import run_at_work
from fivegwatch.storage.load.published_copies import versions
from tests.flows.corpora import descendants

MIB = 1024 * 1024
NETWORK = frozenset(
    {
        "reading child killed",
        "connections dropped",
        "clock ahead",
        "clock back",
        "serve killed",
        "worker killed",
    }
)
"""Troubles that only a run which asks the newsroom can meet."""
SLOW = frozenset({"serve killed", "worker killed"})
"""Troubles that take ten times as long as the others, because they start a Prefect server."""
SERVED = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_ENABLED": "false",
    "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "2",
}
Trouble = Callable[[Field], None]
TROUBLES: dict[str, Trouble] = {}


def trouble(function: Trouble) -> Trouble:
    """Add a trouble under its name."""
    TROUBLES[function.__name__.replace("_", " ")] = function
    return function


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
        if any(name in names_of(pid) for name in ("multiprocessing", READERS))
    ]
    if readers:
        kill(where.chance.choice(readers))
    where.ended(run)


@trouble
def loader_killed(where: Field) -> None:
    """SIGKILL of one of the loaders of a run, at any moment of its life."""
    run = where.start()
    for _ in range(where.chance.choice((1, 2))):
        loader = awaited(run, lambda: loader_of(run.pid))
        if loader:
            time.sleep(where.chance.uniform(0.0, 0.6))
            kill(loader)
            awaited(run, lambda gone=loader: not names_of(gone))  # type: ignore[misc]
    where.ended(run)


@trouble
def publisher_killed(where: Field) -> None:
    """SIGKILL of the loader while it makes a published version, or just after."""
    known = set(versions(where.layout))
    run = where.start()

    def publishes() -> bool:
        return any(where.layout.public.glob(".corpus-*")) or set(versions(where.layout)) != known

    if awaited(run, publishes):
        time.sleep(where.chance.uniform(0.0, 0.01))
        if loader := loader_of(run.pid):
            kill(loader)
    where.ended(run)


@trouble
def migration_killed(where: Field) -> None:
    """The store is that of an older release, and a loader is killed while it migrates it."""
    with suppress(StorageError), opened(where.layout.store, read_only=False) as con:
        con.execute("delete from base.meta where name = 'contract'")
    run = where.start()
    part = where.layout.store.with_name(where.layout.store.name + ".part")
    if awaited(run, part.exists):
        time.sleep(where.chance.uniform(0.0, 0.4))
        if loader := loader_of(run.pid):
            kill(loader)
    where.ended(run)


@trouble
def store_locked_from_outside(where: Field) -> None:
    """Another program holds the store open for writing during the first seconds of a run."""
    with ExitStack() as held:
        with suppress(StorageError):  # a store that a first trouble took or cut
            held.enter_context(opened(where.layout.store, read_only=False))
        run = where.start()
        time.sleep(where.chance.uniform(0.3, 1.2) * where.took_s)
    where.ended(run)


@trouble
def two_runs_at_once(where: Field) -> None:
    """A second run starts while the first one is at work, and must refuse.

    The first is held for so long: a run waits a second for the lock, and others may take less.
    """
    first = where.start()
    while first.poll() is None and not run_at_work(where.layout):
        time.sleep(0.01)
    first.send_signal(signal.SIGSTOP)
    at_work = bool(run_at_work(where.layout))
    second = where.ended(where.start())
    first.send_signal(signal.SIGCONT)
    where.ended(first)
    if at_work and second != 3:
        where.aloud.append(f"HANGS or ran twice: exit code {second} beside a run at work")


@trouble
def serve_killed(where: Field) -> None:
    """SIGKILL of `serve` while a run of its schedule works; at random, its server and the run are killed before it."""
    shipped = deployments_text()
    head, first = shipped.partition("\ndeployments:\n")[0], shipped.partition("\ndeployments:\n")[2]
    text = f"{head}\ndeployments:\n{first.partition('  - name: now')[0]}".replace(
        "due_only: true", "due_only: false"
    )
    (where.home / "prefect.yaml").write_text(text, encoding="utf-8")
    served = subprocess.Popen(
        [sys.executable, "-c", WITH_CLOCK, "0", "serve", "--port", str(free_port()), "--every", "5s"],
        cwd=where.home, env=clean_environment() | SERVED, text=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    end = time.monotonic() + LONGEST_S
    while not (at_work := run_at_work(where.layout)) and time.monotonic() < end and served.poll() is None:
        time.sleep(0.05)
    if not at_work:
        where.aloud.append(f"HANGS: `serve` started no run (exit code {served.poll()})")
    time.sleep(where.chance.uniform(0.0, 1.0) * where.took_s)
    family = list(descendants(served.pid))
    where.chance.shuffle(family)
    for pid in [*family[: where.chance.randint(0, len(family))], served.pid, *family]:
        kill(pid)
    served.wait()


@trouble
def worker_killed(where: Field) -> None:
    """SIGKILL of a Prefect worker, of the flow run it started, or of both, at random of the server too."""
    kill_worker(where, where.prefect)


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
    shutil.rmtree(where.layout.store.parent, ignore_errors=True)


@trouble
def store_cut_short(where: Field) -> None:
    """The end of the store is lost, as after a power cut."""
    _cut(where.layout.store, where.chance)


@trouble
def store_of_yesterday(where: Field) -> None:
    """A run, and then the store is put back as it was before, as by a half-restored backup."""
    store = where.layout.store
    older = store.read_bytes() if store.exists() else b""
    where.ended(where.start())
    if older:
        store.write_bytes(older)


@trouble
def published_copies_lost(where: Field) -> None:
    """All published copies are removed."""
    shutil.rmtree(where.layout.public, ignore_errors=True)


@trouble
def published_copy_cut_short(where: Field) -> None:
    """The end of the newest published copy is lost."""
    for newest in versions(where.layout)[-1:]:
        newest.chmod(0o644)
        _cut(newest, where.chance)


@trouble
def link_lost(where: Field) -> None:
    """The link that readers open is removed."""
    where.layout.link.unlink(missing_ok=True)


@trouble
def spool_lost(where: Field) -> None:
    """A run is killed, and then the whole spool is removed, with what waits in it."""
    run_killed(where)
    shutil.rmtree(where.layout.done.parent, ignore_errors=True)


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
    if not path.exists():  # a first trouble took it
        return
    size = path.stat().st_size
    with path.open("r+b") as stream:
        stream.truncate(int(size * chance.uniform(0.1, 0.98)))
