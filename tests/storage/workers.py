"""Worker and loader as processes of their own, to be killed at chosen instants.

``python -m tests.storage.workers FOLDER SEED BATCHES`` writes batches that depend on nothing but the seed.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from fivegwatch.extractors.model import Origin, Unit, UnitState
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.feed_records import Poll
from fivegwatch.storage.spool.records import Attempt, Progress, Sighting
from tests.conftest import ROOT
from tests.storage.builders import (
    at,
    id_of,
    make_article,
    make_decision,
    make_entry,
    make_feed,
    make_judged,
    make_state,
)


def batches(seed: int, count: int) -> Iterator[Batch]:
    """Overlapping batches: the same entries and articles come back, edited, retried, judged again."""
    chance = random.Random(seed)
    for number in range(count):
        batch, run = Batch(), f"run-{seed}"
        feed = make_feed(f"feed-{chance.randrange(3)}")
        batch.add(Poll.of(run, make_state(feed, etag=str(number)), outcome="new", polled_at=at(number)))
        for _ in range(8):
            url = f"https://a.example/{chance.randrange(40)}"
            origin = Origin(kind="feed", locator=feed.id, rank=0)
            entry = make_entry(url, title=f"Title {chance.randrange(2)}", origin=origin)
            batch.add(Sighting.of(run, entry, feed_id=feed.id, seen_at=at(number)))
            read = chance.random() < 0.5
            if read:
                article = make_article(url, text=f"Text {chance.randrange(3)} " * 200)
                decision = make_decision(article, relevant=chance.random() < 0.7)
                batch.add(
                    make_judged(
                        article, decision, run=run, entry_id=id_of(url), origin=origin, captured_at=at(number)
                    )
                )
            state = chance.choice(("done", "retry"))
            found = id_of(url) if read else None
            batch.add(
                Attempt(
                    run_id=run,
                    entry_id=id_of(url),
                    attempted_at=at(number),
                    state=state,
                    attempts=1,
                    article_id=found,
                )
            )
        unit = Unit(source="warc", kind="file", locator=f"{number % 3}.warc.gz", size=100)
        progress: UnitState = ("pending", "running", "done")[number % 7 % 3]
        batch.add(
            replace(Progress.of(run, unit, state=progress, at=at(number)), step=number, position=number)
        )
        yield batch


def start(module: str, *arguments: str) -> subprocess.Popen[bytes]:
    """A Python process running ``module``."""
    return subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def kill_after(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """SIGKILL ``process`` after ``seconds``, unless it ends before; returns whether it was killed."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
    process.communicate()
    return process.returncode == -signal.SIGKILL


def main() -> None:
    """Write the batches, reporting each one that is durably in the spool."""
    layout = Layout.for_database(Path(sys.argv[1]))
    for batch in batches(int(sys.argv[2]), int(sys.argv[3])):
        name = put_batch(layout, batch).name
        os.write(1, f"{name}\n".encode())
        time.sleep(0.002)


if __name__ == "__main__":
    main()
