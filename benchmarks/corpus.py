"""``python -m benchmarks.corpus --size S|M|L|XL``: what loads, publishing and questions cost on a corpus of that size.

The corpus is made by `corpus_tables.sql` in the tables of schema 7 and migrated by the loader, as a user's old corpus
would be. Then a quarter of an hour is run three times: 300 polls, 200 new addresses, 2,500 known ones announced again,
60 pages judged, 2 of them kept; two loads and a publication. At last each question is asked in a process of its own.
Prints CPU seconds, MB written and peak memory of every process.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fivegwatch.extractors.copies.version import VERSION
from fivegwatch.extractors.model import Origin
from fivegwatch.storage.connections import opened
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.schema.migrate import apply, migrations
from fivegwatch.storage.spool.batches import Batch, put_batch
from fivegwatch.storage.spool.records import Attempt, Poll, Sighting
from tests.storage.builders import (
    id_of,
    make_article,
    make_decision,
    make_entry,
    make_feed,
    make_judged,
    make_state,
)

UNTIL = datetime(2026, 11, 28, 12, tzinfo=UTC)
SCHEMA = 7
Sizes = dict[str, int]
SIZES: dict[str, Sizes] = {
    "S": {"kept": 2_000, "articles": 40_000, "entries": 80_000, "sites": 400, "days": 60, "polls": 150_000,
          "runs": 600, "open": 1_500},
    "M": {"kept": 20_000, "articles": 1_000_000, "entries": 1_500_000, "sites": 1_500, "days": 600,
          "polls": 2_500_000, "runs": 28_000, "open": 5_800},
    "L": {"kept": 140_000, "articles": 1_750_000, "entries": 5_400_000, "sites": 3_000, "days": 1_500,
          "polls": 5_000_000, "runs": 60_000, "open": 7_100},
    "XL": {"kept": 1_000_000, "articles": 3_000_000, "entries": 9_000_000, "sites": 5_000, "days": 3_650,
           "polls": 5_000_000, "runs": 90_000, "open": 7_100},
}  # fmt: skip
COMPILE = """
from fivegwatch.flows.workers.compiled_rules import gates_of
from fivegwatch.sources.files.watchlist import read_watchlist
gates_of(read_watchlist(None, ""))
"""
"""Puts the compiled rules into the user's cache, as any run does; `explain` reads them there."""
URL = "(select url from stories order by first_seen_at desc limit 1)"
QUESTIONS = {
    "select 1": ["sql", "select 1"],
    "stories, any 20": ["sql", "select id, title from stories limit 20"],
    "newest 20 stories": [
        "sql",
        "select published_day, site, title, reason from stories order by first_seen_at desc limit 20",
    ],
    "what-is-new": ["sql", "--query", "what-is-new"],
    "who-bans-whom": ["sql", "--query", "who-bans-whom"],
    "operators-attacked": ["sql", "--query", "operators-attacked"],
    "near-misses": ["sql", "--query", "near-misses"],
    "topic-over-time": ["sql", "--query", "topic-over-time", "--param", "topic=T01"],
    "coverage('DE')": ["sql", "select id, title from coverage('DE') limit 20"],
    "search('eoeøнt')": ["sql", "select id, title from search('eoeøнt') limit 20"],
    "story(url)": ["sql", f"select id, title from story({URL})"],
    "sightings of a story": ["sql", "from sightings where story_id = '{id}'"],
    "clusters, any 20": ["sql", "select cluster_id, members from clusters limit 20"],
    "feed_health": ["sql", "select feed_id, status, entries, stories from feed_health"],
    "outlet_drift": ["sql", "select * from outlet_drift where drifts"],
    "ledger by url": ["sql", "select id, verdict from ledger where url = '{url}'"],
    "status": ["status"],
    "explain URL": ["explain", "{url}"],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one process cost."""

    cpu_s: float
    written_mb: float
    """MB that it wrote to the disk."""
    peak_mb: int
    """Peak of its memory."""
    answer: str
    failed: bool


def cost_of(command: list[str]) -> Cost:
    """Run a Python module with arguments in a process of its own."""
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen([sys.executable, "-m", *command], stdout=out, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        answer = out.read().decode(errors="replace")
    return Cost(
        cpu_s=round(usage.ru_utime + usage.ru_stime, 2),
        written_mb=round(usage.ru_oublock * 512 / 1e6, 1),
        peak_mb=usage.ru_maxrss // 1024,
        answer=answer,
        # `status` of a made corpus may rightly say that no run ended lately.
        failed=process.returncode not in (0, 1) or "Traceback" in answer,
    )


def make_tables(store: Path, sizes: Sizes) -> None:
    """Write the corpus in the tables of schema 7 into the new file ``store``."""
    with opened(store, read_only=False) as con:
        con.execute("set memory_limit = '3GB'")
        apply(con, migrations()[:SCHEMA])
        values = {**sizes, "feeds": 300, "fingerprints": VERSION}
        for name, value in values.items():
            con.execute(f"set variable {name} = {value}")
        con.execute(f"set variable until = timestamptz '{UNTIL:%Y-%m-%d %H:%M:%S}+00'")
        con.execute((Path(__file__).parent / "corpus_tables.sql").read_text(encoding="utf-8"))


def quarter_of_an_hour(number: int, known: list[tuple[str, str]]) -> Iterator[Iterator[Batch]]:
    """The batches of the two loads of one run; ``known`` are ids and addresses announced before."""
    chance, now, run = random.Random(number), UNTIL + timedelta(minutes=15 * number), f"run-x{number}"
    new = [f"https://www.outlet{i}.example/new/{number}-{i}" for i in range(200)]

    def announcements() -> Iterator[Batch]:
        for part in range(6):
            batch = Batch()
            for feed in range(50 * part, 50 * part + 50):
                batch.add(Poll.of(run, make_state(make_feed(f"feed-{feed}")), outcome="new", polled_at=now))
            again = known[len(known) * part // 6 : len(known) * (part + 1) // 6]
            entries = [make_entry(url, id=entry_id) for entry_id, url in again]
            entries += [make_entry(url) for url in new[part::6]]
            for entry in entries:
                feed_id = f"feed-{chance.randrange(300)}"
                seen = replace(entry, origin=Origin(kind="feed", locator=feed_id, rank=3))
                batch.add(Sighting.of(run, seen, feed_id=feed_id, seen_at=now))
            yield batch

    def verdicts() -> Iterator[Batch]:
        batch, at = Batch(), now + timedelta(minutes=3)
        for place, url in enumerate(new[:60]):
            text = " ".join(f"word{chance.randrange(5_000)}" for _ in range(450))
            article = make_article(url, text=text)
            decision = make_decision(article, relevant=place < 2)
            batch.add(
                make_judged(
                    article, decision, run=run, entry_id=id_of(url), captured_at=at, keep_text=place < 3
                )
            )
            batch.add(
                Attempt(
                    run_id=run,
                    entry_id=id_of(url),
                    attempted_at=at,
                    state="done",
                    attempts=1,
                    article_id=article.id,
                )
            )
        yield batch

    yield announcements()
    yield verdicts()


def runs(layout: Layout, number: int) -> list[dict[str, float]]:
    """The cost of each of several quarters of an hour: two loads, and the publication with its search index.

    A run publishes with its second load and saves the start of a process, 0.2 CPU s.
    """
    with opened(layout.store, read_only=True) as con:
        known = con.execute(
            "select entry_id, url from base.entries order by announced_at desc, entry_id limit 2500"
        ).fetchall()
    found = []
    for turn in range(number):
        row: dict[str, float] = {}
        for load, batches in enumerate(quarter_of_an_hour(turn + 1, known), 1):
            for batch in batches:
                put_batch(layout, batch)
            cost, report = loaded(layout, "--no-publish")
            row |= {
                f"load {load} CPU s": cost.cpu_s, f"load {load} MB": cost.written_mb,
                f"load {load} peak MB": cost.peak_mb,
                f"load {load} store held s": report["store_seconds"],
            }  # fmt: skip
        cost, report = loaded(layout, "--copy-share", "1")
        row |= {
            "publish CPU s": cost.cpu_s, "publish MB": cost.written_mb, "publish peak MB": cost.peak_mb,
            "of it the version, MB": round(report["published_bytes"] / 1e6, 1),
        }  # fmt: skip
        found.append(row | {"published by": report["published_by"]})
    return found


def loaded(layout: Layout, *options: str) -> tuple[Cost, dict[str, Any]]:
    """What the loader cost, and its report."""
    cost = cost_of(["fivegwatch.storage.load.loader", str(layout.link), *options])
    if cost.failed:
        raise SystemExit(cost.answer)
    return cost, json.loads(cost.answer.splitlines()[-1])


def questions(layout: Layout) -> Iterator[tuple[str, Cost]]:
    """Each question and what it cost."""
    with opened(layout.link, read_only=True) as con:
        row = con.execute(
            "select id, url from stories order by first_seen_at desc limit 1 offset 100"
        ).fetchone()
    assert row is not None
    subprocess.run([sys.executable, "-c", COMPILE], check=True)
    for name, command in QUESTIONS.items():
        words = [word.replace("{id}", row[0]).replace("{url}", row[1]) for word in command]
        yield name, cost_of(["fivegwatch.flows.cli.start", words[0], "--db", str(layout.link), *words[1:]])


def main() -> int:
    """Make the corpus, run and ask, print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus", description=__doc__)
    parser.add_argument("--size", choices=list(SIZES), default="S")
    parser.add_argument("--folder", type=Path, help="where to make it; a corpus made there before is taken")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--make", type=Path, help="only make the tables in this file")
    given = parser.parse_args()
    if given.make:
        make_tables(given.make, SIZES[given.size])
        return 0
    with tempfile.TemporaryDirectory(dir=given.folder) as temporary:
        folder = given.folder or Path(temporary)
        layout = Layout.for_database(folder / f"corpus-{given.size}.duckdb")
        prepare(layout)
        if not layout.store.exists():
            # In a process of its own: the peak memory of later ones would not be counted below that of this one.
            made = cost_of(["benchmarks.corpus", "--size", given.size, "--make", str(layout.store)])
            if made.failed:
                raise SystemExit(made.answer)
            print(f"made in {made.cpu_s:.0f} CPU s, {layout.store.stat().st_size / 1e6:,.0f} MB")
        cost = cost_of(["fivegwatch.storage.load.loader", str(layout.link)])
        size = layout.store.stat().st_size / 1e6
        print(f"migrated, published, indexed: {cost.cpu_s} CPU s, peak {cost.peak_mb} MB; {size:,.0f} MB")
        for row in runs(layout, given.runs):
            print(" ".join(f"{name}: {value};" for name, value in row.items()))
        for name, cost in questions(layout):
            print(
                f"{name:24} {cost.cpu_s:7.2f} CPU s {cost.peak_mb:6,} MB {'FAILED' if cost.failed else ''}",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
