"""``python -m benchmarks.campaign [--shared DIR] [--kills N]``: the ingest run over all recorded pages and feeds.

One run over everything, one more that must fetch no unchanged document, then a corpus whose runs are killed again and
again, and one whose server fails for a fifth of all addresses at first. All must end with the same corpus. Prints the
counts, time and memory of each run, and one JSON line; exit code 1 when anything was lost, doubled or different.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.processes import watched
from tests.flows.corpora import descendants, differences, left_alive, says, start_ingest, unaccounted
from tests.flows.replayed import Replay, free_port, replaying, write_feeds

FAULTY_RUNS = 6


def run(name: str, feeds: Path, database: Path, port: int) -> dict[str, Any]:
    """One whole run; prints and returns its account."""
    began = time.monotonic()
    process = start_ingest(feeds, database, port)
    with watched([process.pid], lambda pid, _: pid != process.pid) as watch:
        out, err = process.communicate()
    if process.returncode != 0:
        raise SystemExit(f"{name}: exit code {process.returncode}: {err}")
    account: dict[str, Any] = json.loads(out)
    own = watch.processes[process.pid].peak_mb
    child = max((process.peak_mb for process in watch.readers()), default=0)
    account |= {"took_s": round(time.monotonic() - began, 1), "run_mib": own, "child_mib": child}
    print(f"{name}: {account['took_s']} s, {own} MiB (a child {child} MiB): {account['summary']}", flush=True)
    return account


def kill(feeds: Path, database: Path, port: int, after_s: float) -> bool:
    """Kill a run after ``after_s`` seconds; returns whether it still worked. Its children must end by themselves."""
    process = start_ingest(feeds, database, port)
    try:
        process.communicate(timeout=after_s)
    except subprocess.TimeoutExpired:
        children = descendants(process.pid)
        process.kill()
        process.communicate()
        if left := left_alive(children, within_s=20):
            raise SystemExit(f"children outlived their run: {left}") from None
        return True
    return False


def over_everything(replay: Replay, folder: Path, lost: list[str]) -> dict[str, Any]:
    """All pages and recorded feeds, twice."""
    feeds = write_feeds(folder / "all.toml", replay.of_kind("made", "capture"))
    first = run("all feeds", feeds, folder / "all.duckdb", replay.port)
    before = replay.stats()
    second = run("all feeds again", feeds, folder / "all.duckdb", replay.port)
    after = replay.stats()
    whole = after["200"] - before["200"] - 2  # robots.txt, and the statistics themselves
    if whole > second["feeds_new"] + second["feeds_failed"]:
        lost.append(f"the second run fetched {whole} documents whole")
    lost += [f"all feeds: {what}: {rows[:3]}" for what, rows in unaccounted(folder / "all.duckdb").items()]
    return {"first": first, "second": second}


def under_kills(replay: Replay, folder: Path, kills: int, lost: list[str]) -> int:
    """Number of kills that hit a working run, over the recorded pages; the result must equal an undisturbed run's."""
    chance, hit = random.Random(11), 0
    feeds = write_feeds(folder / "made.toml", replay.of_kind("made"))
    took = run("made feeds, undisturbed", feeds, folder / "calm.duckdb", replay.port)["took_s"]
    for _ in range(kills):
        # What is finished stays finished: so that the last kill still meets work, each run gets its share of it.
        after_s = chance.uniform(0.5, 2 * took / kills)
        hit += kill(feeds, folder / "killed.duckdb", replay.port, after_s)
    run(f"made feeds, after {hit} kills", feeds, folder / "killed.duckdb", replay.port)
    odd = differences(folder / "killed.duckdb", says(folder / "calm.duckdb"))
    lost += [f"after kills: {name}: {rows[:3]}" for name, rows in odd.items()]
    return hit


def under_faults(feeds: Path, folder: Path, port: int, lost: list[str]) -> int:
    """Number of runs needed to get every recorded page from a server that fails at first."""
    expected = says(folder / "calm.duckdb")
    for number in range(1, FAULTY_RUNS + 1):
        run(f"faulty server, run {number}", feeds, folder / "faulty.duckdb", port)
        odd = differences(folder / "faulty.duckdb", expected)
        if not odd:
            return number
    lost += [f"faulty server: {name}: {rows[:3]}" for name, rows in odd.items()]
    return FAULTY_RUNS


def main() -> int:
    """Run the campaign; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.campaign", description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2] / "shared")
    parser.add_argument("--kills", type=int, default=12)
    given = parser.parse_args()
    lost: list[str] = []
    port = free_port()  # one for all servers: addresses are identity
    with tempfile.TemporaryDirectory(prefix="campaign-") as name:
        folder = Path(name)
        with replaying(given.shared, port=port) as replay:
            accounts = over_everything(replay, folder, lost)
            hit = under_kills(replay, folder, given.kills, lost)
        with replaying(given.shared, "--fault-rate", "0.2", "--late", "1", port=port):
            runs = under_faults(folder / "made.toml", folder, port, lost)
    print(*lost, sep="\n")
    print(json.dumps({**accounts, "kills": hit, "runs_until_whole": runs, "lost": lost}))
    return bool(lost)


if __name__ == "__main__":
    sys.exit(main())
