"""``python -m benchmarks.load [--sizes 1000 100000]``: the time for which a load of 500 stories holds the store.

For each corpus size: fill a corpus, then time five loads of 500 new and 50 edited articles. The claim is that
the time does not grow with the corpus. Prints a table and one JSON line.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from fivegwatch.extractors.model import Origin
from fivegwatch.storage.connections import opened
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import load
from fivegwatch.storage.load.publish import publish
from fivegwatch.storage.read.queries import run_query
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.records import Attempt, Sighting
from tests.storage.builders import at, id_of, make_article, make_entry, make_judged

# As many words as a newspaper uses: texts of ten words would all be copies of each other to the search for copies.
WORDS = tuple("".join(random.Random(number).choices("aeiklmnoprst", k=6)) for number in range(20_000))
PER_BATCH = 100


def batch_of(numbers: range, chance: random.Random, minute: float) -> Batch:
    """Entries, attempts, articles and decisions for the stories with these numbers."""
    batch = Batch()
    origin = Origin(kind="feed", locator="feed", rank=0)
    for number in numbers:
        url = f"https://site{number % 97}.example/{number}"
        text = " ".join(chance.choices(WORDS, k=400))
        article = make_article(url, text=text, published_at=at(minute))
        batch.add(Sighting.of("run", make_entry(url, origin=origin), feed_id="feed", seen_at=at(minute)))
        batch.add(
            Attempt(
                run_id="run",
                entry_id=id_of(url),
                attempted_at=at(minute),
                state="done",
                attempts=1,
                article_id=id_of(url),
            )
        )
        batch.add(make_judged(article, entry_id=id_of(url), origin=origin, captured_at=at(minute)))
    return batch


def measure(folder: Path, size: int, loads: int) -> dict[str, float]:
    """Medians in milliseconds for one corpus size; ``cpu`` is comparable on a busy machine too."""
    layout = Layout.for_database(folder / "corpus.duckdb")
    prepare(layout)
    chance = random.Random(1)
    filled = time.perf_counter()
    for first in range(0, size, PER_BATCH):
        put_batch(layout, batch_of(range(first, first + PER_BATCH), chance, first / 100))
    load(layout)
    filled = time.perf_counter() - filled
    held, whole, cpu = [], [], []
    for turn in range(loads):
        start = size + 500 * turn
        for first in range(start, start + 500, PER_BATCH):
            put_batch(layout, batch_of(range(first, first + PER_BATCH), chance, first / 100))
        # Fifty of the youngest are edited: they move to the revisions.
        put_batch(layout, batch_of(range(start - 50, start), chance, start / 100 + 1))
        worked = time.process_time()
        report = load(layout)
        cpu.append((time.process_time() - worked) * 1000)
        held.append(report.store_seconds * 1000)
        whole.append(report.seconds * 1000)
    published = time.perf_counter()
    publish(layout)
    published = time.perf_counter() - published
    asked = time.perf_counter()
    run_query(layout.link, "select published_day, count(*) from stories group by 1")
    asked = time.perf_counter() - asked
    with opened(layout.store, read_only=True) as con:
        rows = con.execute("select count(*) from base.articles").fetchone()
    assert rows == (size + 500 * loads,)
    return {
        "corpus": size,
        "store held": round(statistics.median(held)),
        "cpu": round(statistics.median(cpu)),
        "load": round(statistics.median(whole)),
        "publish": round(published * 1000),
        "stories a day": round(asked * 1000),
        "MB": round(layout.store.stat().st_size / 1e6),
        "fill s": round(filled),
    }


def main() -> int:
    """Print the table and the JSON line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--loads", type=int, default=5)
    given = parser.parse_args()
    results = []
    for size in given.sizes:
        with tempfile.TemporaryDirectory() as folder:
            results.append(measure(Path(folder), size, given.loads))
        if len(results) == 1:
            print("".join(f"{name:>15}" for name in results[0]))
        print("".join(f"{value:>15}" for value in results[-1].values()), flush=True)
    print(json.dumps(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
