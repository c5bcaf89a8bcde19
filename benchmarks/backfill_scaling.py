"""``python -m benchmarks.backfill_scaling --warc FILE``: the gain of a second worker, its cost, and Dask.

The archive is read as ``--files`` units of the same content: by a bare loop in this process (read, gates, extraction,
judgement: nothing else), by the real command with one and with two worker processes, and by the real command with two
workers of a Dask cluster that delivers by way of a shared folder. For each: CPU seconds a page (of the readers, and
of all processes), elapsed time, and the peak memory of a reader.

On a busy machine elapsed time says little, so the gain of two workers is also estimated for free cores: the
share of the reading during which readers had work (running, or waiting for a core), times pages a CPU second. Prints a
table and one JSON line; exit code 1 when the corpora differ.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from benchmarks.backfill import scan_warc, with_gates
from benchmarks.processes import Watch, cpu_of, watched
from fivegwatch.extractors.gates.gates import Gates
from fivegwatch.extractors.watchlist.compile import compile_rules
from fivegwatch.sources.files.watchlist import read_watchlist
from tests.conftest import ROOT
from tests.flows.backfilled import facts
from tests.flows.corpora import descendants
from tests.flows.press import make_home


def _command_of(pid: int) -> tuple[int, bytes]:
    parent = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return parent, Path(f"/proc/{parent}/cmdline").read_bytes()


def in_our_pool(pid: int, command: bytes) -> bool:
    """Whether the process is in our pool: its children share the command line of the fork server."""
    return b"forkserver" in command and b"forkserver" in _command_of(pid)[1]


def of_a_nanny(pid: int, command: bytes) -> bool:
    """Whether the process is a Dask worker's."""
    del pid
    return b"spawn_main" in command


def figures(watch: Watch, before: float, pages: int, took_s: float) -> dict[str, Any]:
    """The figures of a run; ``before``: CPU seconds spent before it began."""
    readers = watch.readers()
    cpu_s = sum(process.cpu_s for process in watch.processes.values()) - before
    reading = sum(process.cpu_s for process in readers) - before
    at_work = sum(process.busy for process in readers) / max(1, watch.samples)
    return {
        "pages": pages,
        "readers": len(readers),
        "reader_ms_a_page": round(1000 * reading / pages, 2),
        "all_ms_a_page": round(1000 * cpu_s / pages, 2),
        "clock_s": round(took_s, 1),
        "reading_s": round(watch.last_s - watch.first_s, 1),
        "readers_at_work": round(at_work, 2),
        "reader_peak_mb": max((process.peak_mb for process in readers), default=0),
    }


def run_command(home: Path, archives: Path, *options: str, cluster: Sequence[int] = ()) -> dict[str, Any]:
    """Run one backfill by the command line; returns its figures."""
    command = [
        sys.executable,
        "-m",
        "fivegwatch.flows.cli.start",
        "backfill",
        "warc",
        str(archives),
        "--json",
        *options,
    ]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    before = sum(cpu_of(pid) for root in cluster for pid in (root, *descendants(root)))
    began = time.monotonic()
    with subprocess.Popen(command, cwd=home, env=environment, stdout=subprocess.PIPE, text=True) as run:
        with watched([run.pid, *cluster], of_a_nanny if cluster else in_our_pool) as watch:
            out, _ = run.communicate()
        if run.returncode:
            raise SystemExit(f"backfill {' '.join(options)} ended with {run.returncode}")
    pages = json.loads(out)["found.pages"]
    return figures(watch, before, pages, time.monotonic() - began)


@contextmanager
def dask_cluster(folder: Path) -> Iterator[tuple[str, int]]:
    """The address of a scheduler with two workers, all processes of their own, and the process of their nannies."""
    folder.mkdir()
    scheduler_file = folder / "scheduler.json"
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    commands = (
        ["-m", "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
         "--scheduler-file", str(scheduler_file)],
        ["-m", "distributed.cli.dask_worker", "--scheduler-file", str(scheduler_file), "--nworkers", "2",
         "--nthreads", "1", "--no-dashboard", "--local-directory", str(folder)],
    )  # fmt: skip
    with (folder / "log").open("w") as log:
        running = [
            subprocess.Popen([sys.executable, *command], env=environment, stdout=log, stderr=log, cwd=folder)
            for command in commands
        ]
        try:
            while not scheduler_file.exists() or not any(
                of_a_nanny(pid, _own(pid)) for pid in descendants(running[1].pid)
            ):
                time.sleep(0.2)
            time.sleep(5)  # the CPU of their imports does not count
            yield json.loads(scheduler_file.read_text())["address"], running[1].pid
        finally:
            for process in reversed(running):
                process.terminate()
            for process in running:
                process.wait(20)


def _own(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def bare_loop(archives: Path) -> dict[str, Any]:
    """Read, gates, extraction, judgement of all files in this process."""
    rules = compile_rules(read_watchlist(None))
    look = with_gates(Gates(rules), rules)
    files = sorted(archives.iterdir())
    scan_warc(files[0], look, most=100)  # automata are built, caches are warm
    scans = [scan_warc(file, look) for file in files]
    pages = sum(scan.pages for scan in scans)
    return {"pages": pages, "ms_a_page": round(1000 * sum(scan.seconds for scan in scans) / pages, 2)}


def measure(archives: Path, folder: Path, *, dask: bool) -> tuple[dict[str, Any], bool]:
    """All figures, and whether every way made the same corpus."""
    figures: dict[str, Any] = {"bare": bare_loop(archives)}
    homes = [folder / name for name in ("one", "two", "dask")]
    for home, workers in zip(homes, ("1", "2"), strict=False):
        figures[home.name] = run_command(
            make_home(home, shipped_watchlist=True), archives, "--workers", workers
        )
    if dask:
        with dask_cluster(folder / "cluster") as (address, nanny):
            options = ("--scheduler", address, "--spool", (folder / "spool").as_uri())
            figures["dask"] = run_command(
                make_home(homes[2], shipped_watchlist=True), archives, *options, cluster=[nanny]
            )
    one, two, bare = figures["one"], figures["two"], figures["bare"]
    figures["two_to_one_by_the_clock"] = round(one["reading_s"] / two["reading_s"], 2)
    gain = two["readers_at_work"] / one["readers_at_work"] * one["reader_ms_a_page"] / two["reader_ms_a_page"]
    figures["two_to_one_on_free_cores"] = round(gain, 2)
    figures["pool_to_bare_loop"] = round(one["reader_ms_a_page"] / bare["ms_a_page"], 3)
    made = [facts(home) for home in homes if home.exists()]
    return figures, all(other == made[0] for other in made)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.backfill_scaling", description=__doc__)
    parser.add_argument("--warc", type=Path, required=True, help="the archive to read")
    parser.add_argument("--files", type=int, default=4, help="number of units that read it")
    parser.add_argument("--no-dask", action="store_true", help="leave the cluster out")
    given = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="scaling-") as name:
        archives = Path(name, "archives")
        archives.mkdir()
        suffix = "".join(given.warc.suffixes[-2:])
        for number in range(given.files):
            shutil.copyfile(given.warc, archives / f"{number}{suffix}")
        figures, same = measure(archives, Path(name), dask=not given.no_dask)
    for title, values in figures.items():
        print(f"{title.replace('_', ' '):28} {values}")
    print(json.dumps(figures | {"same_corpus": same}))
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())
