"""``python -m benchmarks.kill_loader [--rounds N]``: kill the loader again and again, compare with an undisturbed one.

Each round spools a few overlapping batches and kills the loader at a random instant of its life. At the end one load
runs undisturbed, and the corpus is compared, row by row, with one that was never disturbed. Prints a table of where
the kills hit and one JSON line; exit code 1 when anything was lost, doubled or changed.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import load, run_loader
from fivegwatch.storage.load.published_copies import versions
from fivegwatch.storage.read.checks import check_corpus
from fivegwatch.storage.read.store import select
from fivegwatch.storage.spool.batches import pending, put_batch
from tests.storage.contents import contents
from tests.storage.workers import batches, kill_after, start


def loaded_batches(layout: Layout) -> int | None:
    """Number of batches in the store; None if it has no schema yet."""
    rows = select(layout, "select count(*) as n from base.load_log")
    return int(rows[0]["n"]) if rows else None


def where(layout: Layout, before: int) -> str:
    """The phase in which the loader was killed, read from its files; ``before``: batches loaded until then."""
    if not layout.store.exists():
        return "before the store was opened"
    closing = layout.store_wal.exists()
    loaded = loaded_batches(layout)
    if loaded is None:
        return "creating the schema"
    waiting = pending(layout)
    if loaded == before:
        return "before the commit" + (" (log present)" if closing else "")
    if waiting:
        return "after the commit, closing" if closing else "after closing, retiring batches"
    return "publishing" if _unpublished(layout) else "after publishing"


def _unpublished(layout: Layout) -> bool:
    stat = layout.store.stat()
    present = versions(layout)
    return not present or not present[-1].stem.endswith(f"{stat.st_mtime_ns}-{stat.st_size}")


EVENTS = ("start", "opened", "committed", "closed", "published")
# How long after the event the kill comes at most, in seconds: about as long as the phase takes.
LONGEST_S = {"start": 0.4, "opened": 0.3, "committed": 0.1, "closed": 0.005, "published": 0.01}


def await_event(layout: Layout, event: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the loader ``process`` reaches ``event``, which its files show, or ends."""
    waiting, known, stamp = len(pending(layout)), set(versions(layout)), _stamp(layout.store)
    log = _stamp(layout.store_wal)
    while process.poll() is None:
        if event == "start":
            return
        if event == "opened" and (_stamp(layout.store) != stamp or _holds(process, layout.store)):
            return
        if event == "committed" and _stamp(layout.store_wal) not in (log, None):
            return
        if event == "closed" and len(pending(layout)) < waiting:
            return
        if event == "published" and (set(versions(layout)) != known or any(layout.public.glob(".*.tmp"))):
            return
        time.sleep(0.0005)


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_size


def _holds(process: subprocess.Popen[bytes], path: Path) -> bool:
    """Whether the process has ``path`` open; always false where there is no /proc."""
    try:
        return any(link.resolve() == path for link in Path(f"/proc/{process.pid}/fd").iterdir())
    except OSError:
        return False


def campaign(folder: Path, rounds: int, seed: int) -> dict[str, object]:
    """The figures of all rounds."""
    chance = random.Random(seed)
    calm, wild = (Layout.for_database(folder / name / "corpus.duckdb") for name in ("calm", "wild"))
    for layout in (calm, wild):
        prepare(layout)
    per_round, phases = 3, Counter[str]()
    made = list(batches(seed, rounds * per_round))
    for batch in made:
        put_batch(calm, batch)
    load(calm)
    for number in range(rounds):
        for batch in made[number * per_round : (number + 1) * per_round]:
            put_batch(wild, batch)
        before = loaded_batches(wild) or 0
        process = start("fivegwatch.storage.load.loader", str(wild.link))
        event = chance.choice(EVENTS)
        await_event(wild, event, process)
        killed = kill_after(process, chance.uniform(0, LONGEST_S[event]))
        phases[where(wild, before) if killed else "finished before the kill"] += 1
    report = run_loader(wild.link)
    failed = [check.name for check in check_corpus(wild) if not check.ok]
    return {
        "rounds": rounds,
        "kills": rounds - phases["finished before the kill"],
        "phases": dict(phases.most_common()),
        "same_corpus": contents(wild) == contents(calm),
        "quarantined": len(report.quarantined),
        "failed_checks": failed,
    }


def main() -> int:
    """Print the table and the JSON line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kill_loader", description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = campaign(Path(folder), given.rounds, given.seed)
    phases = figures["phases"]
    assert isinstance(phases, dict)
    for phase, count in phases.items():
        print(f"{count:6d}  {phase}")
    print(f"{figures['kills']:6d}  kills; same corpus: {figures['same_corpus']}")
    print(json.dumps(figures))
    good = figures["same_corpus"] and not figures["quarantined"] and not figures["failed_checks"]
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
