"""Whether anything grows for ever: ``python -m benchmarks.soak [--feeds 2000] [--polls 1000] [--every-h 6]``.

One process polls all feeds of a loopback server again and again; between two runs the clock of the runs goes on by some
hours, and after each simulated day the corpus is kept as `maintain` does. At each run a fiftieth of the feeds has
a new item. Compared after a warm-up of a fifth of the runs and at the end: memory of this process (5 % more at most),
its open files (none more), the batches in the spool, and files and bytes of the page archive (bounded by their
retention). Prefect's database is bounded by its own vacuum; what a flow run adds to it is measured by
`benchmarks.ingest --prefect`. The last line is JSON; the exit code is 1 if something grew.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from fivegwatch.flows.printing.progress import Silent
from fivegwatch.flows.runs import clock
from fivegwatch.flows.runs.ingest import run_ingest
from fivegwatch.flows.settings.settings import Settings, load_settings
from fivegwatch.storage.connections import opened
from fivegwatch.storage.disk import page_store
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.spool import batches

START = datetime(2026, 9, 1, tzinfo=UTC)
KEEP_DAYS = 3
"""Retention of batches and pages in the soak: short, so that it is reached after the warm-up."""
WARM_UP = 0.2
GROWTH = 1.05


@dataclass(slots=True)
class Clock:
    """The simulated time."""

    now: datetime = START


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """What could grow."""

    memory_kb: int
    open_files: int
    batches: int
    archive_files: int
    archive_bytes: int
    log_bytes: int
    versions: int
    store_bytes: int
    entries: int

    @staticmethod
    def of(layout: Layout) -> Sizes:
        """The sizes now."""
        pages = [path for path in layout.raw.rglob("*") if path.is_file()] if layout.raw.exists() else []
        with opened(layout.store, read_only=True) as con:
            row = con.execute("select count(*) from base.entries").fetchone()
        return Sizes(
            memory_kb=_memory_kb(),
            open_files=sum(1 for _ in Path("/proc/self/fd").iterdir()),
            batches=len(list(layout.done.glob("*.parquet"))) + len(batches.pending(layout)),
            archive_files=len(pages),
            archive_bytes=sum(path.stat().st_size for path in pages),
            log_bytes=sum(path.stat().st_size for path in layout.logs.iterdir()),
            versions=len(list(layout.public.glob("*.duckdb"))),
            store_bytes=layout.store.stat().st_size,
            entries=int(row[0]) if row else 0,
        )


def soak(
    home: Path, host: str, feeds: int, polls: int, every: timedelta, *, quiet: bool = False
) -> list[Sizes]:
    """The sizes after each run."""
    settings = _prepared(home, host, feeds)
    layout, sizes = Layout.for_database(settings.database), []
    simulated = Clock()
    with _simulated(simulated):
        day = simulated.now.date()
        for number in range(polls):
            began = time.process_time()
            urllib.request.urlopen(f"http://{host}/edition/{number}").close()
            summary = asyncio.run(run_ingest(settings, Silent(), due_only=False, flow="ingest"))
            if summary.feeds_failed:
                raise SystemExit(f"a busy machine, or a fault: {summary.sentence()}")
            simulated.now += every
            if simulated.now.date() != day:
                day = simulated.now.date()
                batches.sweep(layout, KEEP_DAYS, now=simulated.now.timestamp())
                page_store.sweep(layout, KEEP_DAYS, today=day)
            sizes.append(Sizes.of(layout))
            if not quiet:
                print(f"{number + 1}/{polls} {time.process_time() - began:.1f} CPU s", sizes[-1], flush=True)
    return sizes


def grown(sizes: list[Sizes]) -> dict[str, str]:
    """What grew between the end of the warm-up and the end, by name; empty if nothing did."""
    warm = max(1, int(len(sizes) * WARM_UP))
    # The largest of several runs: a run that swept has less than the one before it.
    before, after = sizes[warm : warm + max(3, warm)], sizes[-max(3, warm) :]
    faults = {}
    for name, share in (
        ("memory_kb", GROWTH), ("open_files", 1.0), ("batches", GROWTH), ("archive_files", GROWTH),
        ("archive_bytes", GROWTH), ("versions", 1.0),
    ):  # fmt: skip
        first, last = (max(getattr(one, name) for one in some) for some in (before, after))
        if last > first * share:
            faults[name] = f"{first:,} -> {last:,}"
    return faults


def _prepared(home: Path, host: str, feeds: int) -> Settings:
    subprocess.run(
        [sys.executable, "-m", "fivegwatch.flows.cli.start", "init", str(home)],
        check=True,
        capture_output=True,
    )
    listed = "\n".join(f'[f{n}]\nurl = "http://{host}/f/{n}"\npublisher = "P"\n' for n in range(feeds))
    (home / "watchlist" / "feeds.toml").write_text(listed, encoding="utf-8")
    text = (home / "fivegwatch.toml").read_text(encoding="utf-8")
    (home / "fivegwatch.toml").write_text(f'allow_addresses = ["{host}"]\n{text}', encoding="utf-8")
    return load_settings({}, home)


@contextmanager
def _simulated(simulated: Clock) -> Iterator[None]:
    """The runs' clock, the names of batches and the days of the page archive follow the simulated time."""

    class Now(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return simulated.now.astimezone(tz)

    class Times:
        @staticmethod
        def time_ns() -> int:
            return int(simulated.now.timestamp()) * 10**9 + time.time_ns() % 10**9

        @staticmethod
        def time() -> float:
            return simulated.now.timestamp()

    former = clock.utc_now, page_store.datetime, batches.time
    clock.utc_now = lambda: simulated.now
    page_store.datetime, batches.time = Now, Times  # type: ignore[misc, assignment]
    try:
        yield
    finally:
        clock.utc_now, page_store.datetime, batches.time = former  # type: ignore[misc]


def _memory_kb() -> int:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0])


@contextmanager
def server() -> Iterator[str]:
    """``host:port`` of the server of `benchmarks.ingest`, a process of its own."""
    code = "import asyncio; from benchmarks.ingest import serve; asyncio.run(serve(0.02))"
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        yield f"127.0.0.1:{int(child.stdout.readline())}"
    finally:
        child.kill()
        child.wait()
        assert child.stdout is not None
        child.stdout.close()


def main() -> int:
    """Soak and print; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--feeds", type=int, default=2_000)
    parser.add_argument("--polls", type=int, default=1_000)
    parser.add_argument("--every-h", type=float, default=6.0, help="simulated hours between two runs")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, server() as host:
        sizes = soak(Path(folder), host, args.feeds, args.polls, timedelta(hours=args.every_h))
    faults = grown(sizes)
    print(json.dumps({"feeds": args.feeds, "polls": args.polls, "last": repr(sizes[-1]), "grown": faults}))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
