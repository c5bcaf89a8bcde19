"""Whether Prefect's database grows for ever: ``python -m benchmarks.soak_prefect [--runs 60] [--every-h 24]``.

The server that `serve` starts, with its own retention (14 days of runs, 2 of events), and the flow `ingest` again and
again in this process. Before each run all times in the server's database are set back by ``--every-h`` hours, so that
its vacuum, which looks every few seconds here, meets runs and events of weeks. Compared after the retention was
reached and at the end: rows of each table, and bytes of the database that are in use. The last line is JSON; the exit
code is 1 if something grew.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from benchmarks.soak import prepared, server
from fivegwatch.flows.serving.server import prefect_server

KEPT_H = 14 * 24
"""Hours for which the server keeps runs."""
QUICK = {
    "PREFECT_SERVER_SERVICES_DB_VACUUM_LOOP_SECONDS": "5",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ORPHAN_CLEANUP_LOOP_SECONDS": "10",
    "PREFECT_LOGGING_LEVEL": "ERROR",
}
AGED = (("flow_run", "end_time"), ("events", "occurred"), ("event_resources", "occurred"))
TABLES = ("flow_run", "flow_run_state", "task_run", "task_run_state", "log", "artifact", "artifact_collection",
          "events", "event_resources")  # fmt: skip
GROWTH = 1.2
"""Rows and bytes of a few runs more: the vacuum may be seconds late."""


def age(database: Path, hours: float) -> None:
    """Make all runs in the database ``hours`` older; the server removes runs by their age."""
    with closing(sqlite3.connect(database, timeout=60)) as con, con:
        for table, column in AGED:
            earlier = f"strftime('%Y-%m-%d %H:%M:%f000', {column}, '-{hours} hours')"
            con.execute(f"update {table} set {column} = {earlier} where {column} is not null")


def sizes(database: Path) -> dict[str, int]:
    """Rows of each table that a run adds to, and bytes in use."""
    with closing(sqlite3.connect(database, timeout=60)) as con:
        rows = {table: int(con.execute(f"select count(*) from {table}").fetchone()[0]) for table in TABLES}
        pages, free, size = (con.execute(f"pragma {name}").fetchone()[0]
                             for name in ("page_count", "freelist_count", "page_size"))  # fmt: skip
    return rows | {"bytes_used": (pages - free) * size}


def grown(seen: list[dict[str, int]], warm: int) -> dict[str, str]:
    """What is larger at the end than after ``warm`` samples, by name; empty if nothing is."""
    rest = len(seen) - warm
    before, after = seen[warm : warm + rest // 3], seen[-(rest // 3) :]
    most = {name: [max(one[name] for one in some) for some in (before, after)] for name in seen[0]}
    return {
        name: f"{first:,} -> {last:,}" for name, (first, last) in most.items() if last > GROWTH * first + 2
    }


def soak(folder: Path, host: str, runs: int, every_h: float) -> list[dict[str, int]]:
    """The sizes after each run."""
    home = prepared(folder / "home", host, 3).home
    os.environ.update(QUICK)
    seen = []
    with prefect_server(folder / "prefect"):
        from fivegwatch.flows.ingest import ingest  # Prefect reads its settings when it is imported

        database = folder / "prefect" / "prefect.db"
        for number in range(runs):
            state = asyncio.run(ingest(home=str(home), due_only=False))
            if state is not None and getattr(state, "name", "Completed") != "Completed":
                raise SystemExit(f"run {number}: {state}")
            age(database, every_h)
            time.sleep(6)  # the vacuum looks every 5 s
            seen.append(sizes(database))
            print(number + 1, seen[-1], flush=True)
    return seen


def main() -> int:
    """Soak and print; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument(
        "--every-h", type=float, default=24.0, help="hours by which times are set back between runs"
    )
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, server() as host:
        seen = soak(Path(folder), host, args.runs, args.every_h)
    faults = grown(seen, int(KEPT_H / args.every_h) + 1)
    print(json.dumps({"runs": args.runs, "every_h": args.every_h, "last": seen[-1], "grown": faults}))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
