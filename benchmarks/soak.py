"""Whether anything grows for ever: ``python -m benchmarks.soak [--feeds 2000] [--polls 1000] [--cpu-minutes N]``.

One process polls all feeds of a loopback server again and again; between two runs the clock of the runs goes on by some
hours, and after each simulated day the corpus is kept as `maintain` does. At every fourth run a fiftieth of the feeds
has a new item. Retention is short (`KEEP_DAYS`, `POLL_DAYS`), so that it is reached during the warm-up of a fifth of
the runs. Compared after the warm-up and at the end:

- must not grow: memory of this process (5 % more at most), its open files, the batches in the spool, files and bytes of
  the page archive, published versions, the table of polls;
- may grow by the same number of rows a run, and no faster: every other table of the store. The rows a run of each are
  printed, and the bytes that the store grew by for each new item.

The loader works in this process, since the start of one of its own would be half of the CPU; its memory counts too.

Prefect's database is soaked by `benchmarks.soak_prefect`. The last line is JSON; the exit code is 1 if something grew.
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
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

from benchmarks.processes import memory_kb
from fivegwatch.flows.printing.progress import Silent
from fivegwatch.flows.runs.ingest import run_ingest
from fivegwatch.flows.settings.settings import Settings, load_settings
from fivegwatch.storage.connections import Connection, opened
from fivegwatch.storage.disk import page_store
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.spool import batches
from tests.flows.simulated import Clock, simulated
from tests.flows.stored import write_small_watchlist

KEEP_DAYS = 3
"""Retention of batches and pages in the soak."""
POLL_DAYS = 5
"""Days for which single polls are kept in the soak; older ones are counted by day."""
RUNS_AN_EDITION = 4
"""Runs between two new items of a feed: a run without any takes a third of the CPU."""
WARM_UP = 0.2
FAILED_SHARE = 0.02
"""Feeds that may fail in a run: on a busy machine the server is sometimes too slow to answer in time."""
GROWTH = 1.05
BOUNDED = frozenset({"polls", "feeds", "feed_states", "feed_counts"})
"""Tables that must not have more rows at the end than after the warm-up."""


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
    rows: Mapping[str, int]
    """Rows of each table of the store."""

    @staticmethod
    def of(layout: Layout) -> Sizes:
        """The sizes now."""
        pages = [path for path in layout.raw.rglob("*") if path.is_file()] if layout.raw.exists() else []
        with opened(layout.store, read_only=True) as con:
            rows = _rows(con)
        return Sizes(
            memory_kb=memory_kb("self", "VmRSS"),
            open_files=sum(1 for _ in Path("/proc/self/fd").iterdir()),
            batches=len(list(layout.done.glob("*.parquet"))) + len(batches.pending(layout)),
            archive_files=len(pages),
            archive_bytes=sum(path.stat().st_size for path in pages),
            log_bytes=sum(path.stat().st_size for path in layout.logs.iterdir()),
            versions=len(list(layout.public.glob("*.duckdb"))),
            store_bytes=layout.store.stat().st_size,
            rows=rows,
        )


def _rows(con: Connection) -> dict[str, int]:
    tables = con.execute(
        "select table_name from duckdb_tables() where schema_name = 'base' order by 1"
    ).fetchall()
    counts = ", ".join(f'(select count(*) from base."{name}")' for (name,) in tables)
    row = con.execute(f"select {counts}").fetchone()  # our own names
    return {name: int(number) for (name,), number in zip(tables, row or (), strict=True)}


def soak(
    home: Path,
    host: str,
    feeds: int,
    polls: int,
    every: timedelta,
    *,
    cpu_minutes: float = float("inf"),
    quiet: bool = False,
) -> list[Sizes]:
    """The sizes after each run; fewer than ``polls`` runs if ``cpu_minutes`` of this process are used before."""
    settings = prepared(home, host, feeds)
    layout, sizes = Layout.for_database(settings.database), []
    times = Clock()
    with simulated(times):
        day = times.now.date()
        for number in range(polls):
            began = time.process_time()
            urllib.request.urlopen(f"http://{host}/edition/{number // RUNS_AN_EDITION}").close()
            summary = asyncio.run(run_ingest(settings, Silent(), due_only=False, flow="ingest"))
            if summary.feeds_failed:
                reasons = "; ".join(_reasons(layout))
                print(f"a busy machine, or a fault: {summary.sentence()} ({reasons})", flush=True)
                if summary.feeds_failed > FAILED_SHARE * feeds:
                    raise SystemExit(1)
            times.now += every
            if times.now.date() != day:
                day = times.now.date()
                batches.sweep(layout, KEEP_DAYS, now=times.now.timestamp())
                page_store.sweep(layout, KEEP_DAYS, today=day)
            sizes.append(Sizes.of(layout))
            if time.process_time() > cpu_minutes * 60:
                break
            if not quiet:
                print(
                    f"{number + 1}/{polls} {time.process_time() - began:.1f} CPU s",
                    _line(sizes[-1]),
                    flush=True,
                )
    return sizes


def _reasons(layout: Layout) -> list[str]:
    """Why feeds failed lately, each reason once and without its address."""
    sql = "select distinct split_part(message, ': http', 1) || ':' || split_part(message, ': ', -1)"
    with opened(layout.store, read_only=True) as con:
        return [
            str(row[0]) for row in con.execute(f"{sql} from base.polls where outcome = 'failed'").fetchall()
        ]


def _line(now: Sizes) -> str:
    values = {name: value for name, value in asdict(now).items() if name != "rows"}
    return f"{values} entries={now.rows['entries']} polls={now.rows['polls']}"


def grown(sizes: list[Sizes], warm: int = 0) -> dict[str, str]:
    """What grew between the end of a warm-up of ``warm`` runs and the end, by name; empty if nothing did.

    The default for ``warm`` is a share of the runs, `WARM_UP`.
    """
    warm = warm or max(1, int(len(sizes) * WARM_UP))
    # The largest of several runs: a run that swept has less than the one before it.
    some = max(3, min(warm, (len(sizes) - warm) // 2))
    before, after = sizes[warm : warm + some], sizes[-some:]
    faults: dict[str, str] = {}
    for name, share in (
        ("memory_kb", GROWTH), ("open_files", 1.0), ("batches", GROWTH), ("archive_files", GROWTH),
        ("archive_bytes", GROWTH), ("versions", 1.0),
    ):  # fmt: skip
        first, last = (max(getattr(one, name) for one in some) for some in (before, after))
        if last > first * share:
            faults[name] = f"{first:,} -> {last:,}"
    for name, number in sizes[-1].rows.items():
        first, last = (_rate(some, name) for some in (before, after))
        if last > max(first * GROWTH, first + 1) or (
            name in BOUNDED and number > sizes[warm].rows[name] * GROWTH
        ):
            faults[name] = f"{first:.1f} -> {last:.1f} rows a run, {number:,} in all"
    return faults


def _rate(sizes: list[Sizes], table: str) -> float:
    """Rows a run by which a table grew."""
    return (sizes[-1].rows[table] - sizes[0].rows[table]) / max(1, len(sizes) - 1)


def growth(sizes: list[Sizes]) -> dict[str, float]:
    """What the store grew by after the warm-up: rows of each table a run, and bytes for each new item."""
    some = sizes[int(len(sizes) * WARM_UP) :]
    rates = {name: round(_rate(some, name), 2) for name in some[0].rows if _rate(some, name) > 0}
    items = max(1, some[-1].rows["entries"] - some[0].rows["entries"])
    return rates | {"store_bytes_an_item": round((some[-1].store_bytes - some[0].store_bytes) / items)}


def prepared(home: Path, host: str, feeds: int) -> Settings:
    """The settings of a new working directory with a small watchlist and feeds of the server at ``host``."""
    write_small_watchlist(home / "watchlist")
    listed = "\n".join(f'[f{n}]\nurl = "http://{host}/f/{n}"\npublisher = "P"\n' for n in range(feeds))
    (home / "watchlist" / "feeds.toml").write_text(listed, encoding="utf-8")
    text = f'allow_addresses = ["{host}"]\npoll_days = {POLL_DAYS}\n'
    (home / "fivegwatch.toml").write_text(text, encoding="utf-8")
    return load_settings({}, home)


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
    parser.add_argument(
        "--cpu-minutes", type=float, default=float("inf"), help="end after so many CPU minutes"
    )
    args = parser.parse_args()
    every = timedelta(hours=args.every_h)
    with tempfile.TemporaryDirectory() as folder, server() as host:
        sizes = soak(Path(folder), host, args.feeds, args.polls, every, cpu_minutes=args.cpu_minutes)
    faults = grown(sizes)
    last = {"last": asdict(sizes[-1]), "growth": growth(sizes), "grown": faults}
    print(json.dumps({"feeds": args.feeds, "polls": len(sizes)} | last))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
