"""``python -m benchmarks.kill_loader [--rounds N]``: SIGKILL the loader over and over, then compare.

Each round spools a few overlapping batches and kills the loader at a random instant of its life. At the end
one clean load, and the corpus is compared, row by row, with one that was never disturbed. Prints a table of
where the kills hit and one JSON line; exit code 1 when anything was lost, doubled or changed.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from extractors.errors import StorageError
from storage import spool
from storage.checks import check_corpus
from storage.files import prepare
from storage.layout import Layout
from storage.load import load, run_loader
from storage.publish import versions
from storage.spool import put_batch
from tests.storage.contents import ask, contents
from tests.storage.workers import batches, kill_after, start


def where(layout: Layout, before: int) -> str:
    """The phase the kill hit, as the files tell; ``before`` is the number of batches loaded until then."""
    if not layout.store.exists():
        return "before the store was opened"
    closing = layout.store_wal.exists()
    try:
        loaded = ask(layout, "select count(*) from base.load_log")[0][0]
    except StorageError:
        return "creating the schema"
    waiting = spool.pending(layout)
    if loaded == before:
        return "before the commit" + (" (log present)" if closing else "")
    if waiting:
        return "after the commit, closing" if closing else "after closing, retiring batches"
    return "publishing" if _unpublished(layout) else "after publishing"


def _unpublished(layout: Layout) -> bool:
    stat = layout.store.stat()
    present = versions(layout)
    return not present or not present[-1].stem.endswith(f"{stat.st_mtime_ns}-{stat.st_size}")


def campaign(folder: Path, rounds: int, seed: int) -> dict[str, object]:
    """Run it and return the figures."""
    chance = random.Random(seed)
    calm, wild = (Layout.for_database(folder / name / "corpus.duckdb") for name in ("calm", "wild"))
    for layout in (calm, wild):
        prepare(layout)
    per_round, phases = 3, Counter[str]()
    made = list(batches(seed, rounds * per_round))
    for batch in made:
        put_batch(calm, batch)
    load(calm)
    span = 0.6
    for number in range(rounds):
        for batch in made[number * per_round : (number + 1) * per_round]:
            put_batch(wild, batch)
        before = (
            ask(wild, "select count(*) from base.load_log")[0][0] if number and wild.store.exists() else 0
        )
        started = time.perf_counter()
        # Most of the loader's life is Python's start: aim at the rest.
        killed = kill_after(start("storage.load", str(wild.link)), chance.uniform(0.25 * span, 1.05 * span))
        if not killed:
            span = 0.8 * span + 0.2 * (time.perf_counter() - started)
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
