"""``python -m benchmarks.chaos [--rounds N]``: trouble of every kind, and after each the corpus of an undisturbed run.

Each round takes a corpus of yesterday, has today's run meet one trouble or (after each has had its turn) two, and then
runs again, as a schedule would, until a run completes. The corpus must then equal that of an undisturbed run in all
but times, or a run must have refused aloud and changed nothing. `benchmarks.troubles` has the list. Prints a line for
each round and one JSON line; exit code 1 when anything was lost, doubled, changed or hangs.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.troubles import TROUBLES, Field
from fivegwatch.flows.demo.newsroom import Newsroom, subscriptions
from fivegwatch.storage.connections import opened
from fivegwatch.storage.read.checks import check_corpus
from fivegwatch.storage.spool.batches import bad_batches
from tests.flows.corpora import differences, says, unaccounted
from tests.flows.press import make_home

# No outlet with copies: in what order the versions of one story were read is history, and another one after a kill.
OUTLETS = ("harbour-ledger", "switchyard", "kurier-sieci")
RUNS_TO_HEAL = 4
"""Runs after which a corpus must be whole; a page or feed that failed is asked again by each."""


@dataclass(slots=True)
class Ground:
    """What all rounds share."""

    folder: Path
    newsroom: Newsroom
    before: Path
    """A working directory after yesterday's run."""
    expected: dict[str, list[tuple[Any, ...]]]
    """What the corpus says after an undisturbed run of today."""
    took_s: float


def prepare_ground(folder: Path, newsroom: Newsroom) -> Ground:
    """Yesterday's corpus, and what today's undisturbed run makes of it."""
    before = make_home(folder / "before", allow=[("127.0.0.1", newsroom.port)], limits={"retry_base_s": 0.1})
    tables = subscriptions(newsroom.url).strip().split("\n\n")
    wanted = [table for table in tables if table.startswith(tuple(f"[{name}]" for name in OUTLETS))]
    (before / "watchlist" / "feeds.toml").write_text("\n\n".join(wanted), encoding="utf-8")
    _must_complete(Field(before, newsroom, random.Random(0), 0.0))
    newsroom.advance()
    calm = shutil.copytree(before, folder / "calm", symlinks=True)
    began = time.monotonic()
    _must_complete(Field(calm, newsroom, random.Random(0), 0.0))
    took_s = time.monotonic() - began
    return Ground(folder, newsroom, before, says(calm / "corpus.duckdb"), took_s)


def _must_complete(where: Field) -> None:
    assert where.ended(where.start()) == 0, where.aloud


def play_round(ground: Ground, names: Sequence[str], seed: int) -> tuple[str, str]:
    """How a round ended (``equal``, ``refused`` or ``ODD``), and in the latter cases why."""
    home = ground.folder / f"round-{seed}"
    shutil.copytree(ground.before, home, symlinks=True)
    where = Field(home, ground.newsroom, random.Random(seed), ground.took_s)
    try:
        for name in names:
            TROUBLES[name](where)
        completed = any(where.ended(where.start()) == 0 for _ in range(RUNS_TO_HEAL))
        wrong = [text for text in where.aloud if "Traceback" in text or text.startswith("HANGS")]
        if wrong:
            return "ODD", wrong[0]
        if not completed:
            return _refusal(where)
        for _ in range(RUNS_TO_HEAL):  # pages and feeds that failed are asked again
            if not (odd := _odd(where, ground)):
                return "equal", ""
            where.ended(where.start())
        return "ODD", odd
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _refusal(where: Field) -> tuple[str, str]:
    """A refusal is right if it names the remedy and the store still holds what it held."""
    text = where.aloud[-1] if where.aloud else ""
    aloud = "Restore" in text or "Nothing was changed" in text
    return ("refused" if aloud else "ODD"), text


def _odd(where: Field, ground: Ground) -> str:
    """What is wrong with the corpus, in a line; empty if nothing is."""
    layout = where.layout
    if found := {**differences(layout.link, ground.expected), **unaccounted(layout.link)}:
        return str(found)[:600]
    failed = [check.name for check in check_corpus(layout) if not check.ok]
    if (
        len(bad_batches(layout)) <= where.cut
    ):  # what the trouble itself cut is named aloud, and the corpus is equal
        failed = [name for name in failed if name != "quarantine"]
    with opened(layout.link, read_only=True) as con:
        stories = con.execute("select count(*) from stories").fetchone()
    if stories != (len(ground.expected["stories"]),):
        failed.append(f"the published copy has {stories} stories")
    return "; ".join(failed)


def rounds_of(number: int, seed: int) -> Iterator[list[str]]:
    """The troubles of each round: all in random order, again and again; from the second turn on also two in a round."""
    chance, played = random.Random(seed), 0
    while True:
        for name in chance.sample(sorted(TROUBLES), len(TROUBLES)):
            if played == number:
                return
            second = (
                [chance.choice(sorted(TROUBLES))] if played >= len(TROUBLES) and chance.random() < 0.5 else []
            )
            yield [name, *second]
            played += 1


def campaign(rounds: Iterable[Sequence[str]], seed: int) -> dict[str, Any]:
    """Play rounds, each given as the names of its troubles; returns the figures."""
    ends: dict[str, Counter[str]] = {}
    odd: list[str] = []
    with tempfile.TemporaryDirectory(prefix="chaos-") as name, Newsroom(slow_s=0.1) as newsroom:
        ground = prepare_ground(Path(name), newsroom)
        for index, names in enumerate(rounds):
            end, why = play_round(ground, names, seed * 1_000_000 + index)
            title = " + ".join(names)
            ends.setdefault(names[0], Counter())[end] += 1
            if end == "ODD":
                odd.append(f"round {index}: {title}: {why}")
            print(f"{index:5} {end:8} {title} {why}", flush=True)
    by_trouble = {name: dict(counts) for name, counts in sorted(ends.items())}
    played = sum(sum(counts.values()) for counts in ends.values())
    return {"rounds": played, "seed": seed, "ends": by_trouble, "odd": odd}


def main() -> int:
    """Run the campaign; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    figures = campaign(rounds_of(given.rounds, given.seed), given.seed)
    print(json.dumps(figures))
    return int(bool(figures["odd"]))


if __name__ == "__main__":
    sys.exit(main())
