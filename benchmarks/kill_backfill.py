"""``python -m benchmarks.kill_backfill [--kills N]``: SIGKILL backfills over and over, then compare.

Two backfills, one of archives and one of a site's sitemaps and pages, each begun again and again while the run, one
of its readers or its loader is killed at random instants. At the end one run is left alone, and its corpus is
compared with that of an undisturbed backfill. Prints what was killed how often and one JSON line; exit code 1 when
anything was lost, doubled or changed, or when finished work is done again.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from pathlib import Path
from typing import Any

from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.read.checks import check_corpus
from tests.flows.backfilled import LISTED, Killer, PressFake, backfill, facts, seconds_of, write_archives
from tests.flows.press import make_home


def campaign(
    folder: Path, arguments: tuple[str | Path, ...], kills: int, seed: int, *, fake: PressFake | None = None
) -> dict[str, Any]:
    """Run one backfill undisturbed and with kills; returns the figures."""
    allow = sorted(fake.allow) if fake else []
    queries = LISTED if fake else None
    calm, wild = (make_home(folder / name, allow=allow, shipped_watchlist=True) for name in ("calm", "wild"))
    took = seconds_of(calm, *arguments)
    killer = Killer(home=wild, arguments=arguments, chance=random.Random(seed))
    # What is finished stays finished: short lives, so that the last kill still meets a run at work.
    struck = sum(killer.strike(max(8.0, 3 * took / kills)) for _ in range(kills))
    backfill(wild, *arguments)
    before, after = facts(calm, queries), facts(wild, queries)
    odd = [name for name in before if before[name] != after[name]]
    odd += [check.name for check in check_corpus(Layout.for_database(wild / "corpus.duckdb")) if not check.ok]
    again = backfill(wild, *arguments)
    if again["units"] or again["asked.pages"]:
        odd.append("what was done was done again")
    rows = {name: len(rows) for name, rows in after.items()}
    return {
        "undisturbed_s": round(took, 1),
        "struck": struck,
        "hits": dict(killer.hits),
        "rows": rows,
        "odd": odd,
    }


def main() -> int:
    """Run both; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kill_backfill", description=__doc__)
    parser.add_argument("--kills", type=int, default=40, help="kills of each backfill")
    parser.add_argument(
        "--copies", type=int, default=6, help="of the press in the archives: how long they take"
    )
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kill-") as name:
        folder = Path(name)
        archives = write_archives(folder / "archives", files=3, copies=given.copies)
        figures = {"archives": campaign(folder / "warc", ("warc", archives), given.kills, given.seed)}
        print(f"archives: {figures['archives']}", flush=True)
        with PressFake() as press:
            site = folder / "site"
            figures["site"] = campaign(site, ("sitemap", press.url), given.kills, given.seed, fake=press)
        print(f"site: {figures['site']}", flush=True)
    print(json.dumps(figures))
    return int(any(result["odd"] for result in figures.values()))


if __name__ == "__main__":
    sys.exit(main())
