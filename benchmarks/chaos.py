"""``python -m benchmarks.chaos [--rounds N]``: trouble of every kind, and after each the corpus of an undisturbed run.

Each round takes a corpus of yesterday, has today's run meet one trouble or (after each has had its turn) two, and then
runs again, as a schedule would, until a run completes. The corpus must then equal that of an undisturbed run in all
but times, or a run must have refused aloud, changed nothing, and named a remedy that works. `benchmarks.troubles` has
the list, `benchmarks.chaos_check` what is accepted. Prints a line for each round, a table and one JSON line; exit code
1 when anything was lost, doubled, changed or hangs.

Three kinds of runs: ``loads`` hands in the batches of the undisturbed run, for troubles of the storage alone;
``run`` is an ingest forked from a process that has imported everything; ``program`` is `fivegwatch ingest` itself.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.chaos_check import Ground, check_refusal, faults
from benchmarks.chaos_field import Field
from benchmarks.chaos_prefect import PrefectServer
from benchmarks.forked_runs import Launcher
from benchmarks.troubles import NETWORK, SLOW, TROUBLES
from fivegwatch.flows.demo.newsroom import Newsroom, subscriptions
from fivegwatch.flows.runs.clock import utc_now
from fivegwatch.storage.search.search import search_ids
from tests.flows.corpora import says
from tests.flows.press import make_home
from tests.storage.contents import contents

# No outlet with copies: in what order the versions of one story were read is history, and another one after a kill.
OUTLETS = ("harbour-ledger", "switchyard", "kurier-sieci")
WORDS = "5G OR network OR Huawei"
LOAD_SHARE = 0.5
"""Time of handing in the batches of a run, as a share of the run's; a kill comes within it."""
RUNS_TO_HEAL = 4
"""Runs after which a corpus must be whole; a page or feed that failed is asked again by each."""
SHARES = {"loads": 0.8, "run": 0.15, "program": 0.05}
"""How often each kind of run is taken; troubles of the network need a real one."""


def prepare_ground(folder: Path, newsroom: Newsroom, launcher: Launcher, prefect: PrefectServer) -> Ground:
    """Yesterday's corpus, and what today's undisturbed run makes of it."""
    before = make_home(folder / "before", allow=[("127.0.0.1", newsroom.port)], limits={"retry_base_s": 0.1})
    for terms in (before / "watchlist" / "terms").glob(
        "*.toml"
    ):  # compiling the others takes longer than a run
        if terms.stem not in ("any", "en"):
            lines = terms.read_text(encoding="utf-8").splitlines(keepends=True)
            terms.write_text(next(line for line in lines if line.startswith("language = ")), encoding="utf-8")
    tables = subscriptions(newsroom.url).strip().split("\n\n")
    wanted = [table for table in tables if table.startswith(tuple(f"[{name}]" for name in OUTLETS))]
    (before / "watchlist" / "feeds.toml").write_text("\n\n".join(wanted), encoding="utf-8")
    _must_complete(Field(before, newsroom, random.Random(0), 0.0, launcher))
    newsroom.advance()
    calm = shutil.copytree(before, folder / "calm", symlinks=True)
    began = time.monotonic()
    field = Field(calm, newsroom, random.Random(0), 0.0, launcher)
    known = {path.name for path in field.layout.done.iterdir()}
    _must_complete(field)
    took_s = time.monotonic() - began
    batches = folder / "batches"
    batches.mkdir()
    for path in field.layout.done.iterdir():
        if path.name not in known:
            shutil.copy(path, batches)
    expected = says(calm / "corpus.duckdb")
    hits = frozenset(search_ids(field.layout.link, WORDS, now=utc_now()))
    assert len(hits) > 3, hits
    rows = contents(field.layout)
    load_s = LOAD_SHARE * took_s
    return Ground(
        folder, newsroom, before, expected, rows, batches, took_s, load_s, launcher, prefect, WORDS, hits
    )


def _must_complete(where: Field) -> None:
    assert where.ended(where.start()) == 0, where.aloud


def play_round(ground: Ground, names: Sequence[str], seed: int, kind: str) -> tuple[str, str, str]:
    """How a round ended (``equal``, ``refused`` or ``ODD``), the reason unless ``equal``, and its kind of runs."""
    home = ground.folder / f"round-{seed}"
    shutil.copytree(ground.before, home, symlinks=True)
    dice = random.Random(seed)
    kind = kind or _kind_of(names, dice)
    if kind == "loads" and NETWORK.intersection(names):
        kind = "run"
    launcher = None if kind == "program" else ground.launcher
    batches = ground.batches if kind == "loads" else None
    took_s = ground.load_s if batches else ground.took_s
    where = Field(home, ground.newsroom, dice, took_s, launcher, batches, ground.prefect)
    try:
        for name in names:
            TROUBLES[name](where)
        held = where.files()
        completed = any(where.ended(where.start()) == 0 for _ in range(RUNS_TO_HEAL))
        wrong = [text for text in where.aloud if _is_wrong(text)]
        if wrong:
            return "ODD", wrong[0], kind
        if not completed:
            odd = check_refusal(where, ground, held)
            return ("ODD" if odd else "refused"), odd or where.aloud[-1], kind
        # Pages and feeds that failed are asked again; so are those of a batch that was cut, by the run after the one
        # that puts it into quarantine.
        more = RUNS_TO_HEAL if NETWORK.intersection(names) else 2 if where.cut else 1
        for _ in range(more):
            if not (odd := faults(where, ground)):
                return "equal", "", kind
            where.ended(where.start())
        return "ODD", faults(where, ground) or f"equal only after a further run: {odd}", kind
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _is_wrong(message: str) -> bool:
    """Whether a message of a run shows a hang or a traceback.

    That of Python's fork server below a run that was killed is no fault: it had half of its parent's order.
    """
    if message.startswith(("-9:", "-15:")) and "multiprocessing/forkserver.py" in message:
        return False
    return "Traceback" in message or message.startswith("HANGS")


def _kind_of(names: Sequence[str], dice: random.Random) -> str:
    kinds = [kind for kind in SHARES if kind != "loads" or not NETWORK.intersection(names)]
    return dice.choices(kinds, [SHARES[kind] for kind in kinds])[0]


def rounds_of(number: int, seed: int, only: str = "") -> Iterator[list[str]]:
    """The troubles of each round: all in random order, again and again; from the second turn on also two in a round.

    Slow ones come in every fifth turn. With ``only``, each round has that trouble alone.
    """
    if only:
        yield from ([only] for _ in range(number))
        return
    chance, played, quick = random.Random(seed), 0, sorted(set(TROUBLES) - SLOW)
    for turn in count():
        names = quick if turn % 5 else sorted(TROUBLES)
        for name in chance.sample(names, len(names)):
            if played == number:
                return
            second = [chance.choice(quick)] if turn and chance.random() < 0.5 else []
            yield [name, *second]
            played += 1


def campaign(rounds: Iterable[Sequence[str]], seed: int, kind: str = "") -> dict[str, Any]:
    """Play rounds, each given as the names of its troubles; returns the figures."""
    ends: dict[str, Counter[str]] = {}
    kinds: Counter[str] = Counter()
    odd: list[str] = []
    with (
        tempfile.TemporaryDirectory(prefix="chaos-") as name,
        Newsroom(slow_s=0.1) as newsroom,
        Launcher() as launcher,
        PrefectServer() as prefect,
    ):
        ground = prepare_ground(Path(name), newsroom, launcher, prefect)
        for index, names in enumerate(rounds):
            end, why, played_as = play_round(ground, names, seed * 1_000_000 + index, kind)
            title = " + ".join(names)
            for one in names:
                ends.setdefault(one, Counter())[end] += 1
            kinds[played_as] += 1
            if end == "ODD":
                odd.append(f"round {index}: {title}: {why}")
            print(f"{index:5} {end:8} {played_as:8} {title} {why}", flush=True)
    by_trouble = {name: dict(counts) for name, counts in sorted(ends.items())}
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return {
        "rounds": kinds.total(),
        "seed": seed,
        "kinds": dict(kinds),
        "cpu_s": round(sum(each.ru_utime + each.ru_stime for each in used), 1),
        "ends": by_trouble,
        "next_run_s": [round(wait, 1) for wait in sorted(prefect.waits)],
        "odd": odd,
    }


def main() -> int:
    """Run the campaign; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--kind", choices=SHARES, default="", help="play all rounds that can with this kind of runs"
    )
    parser.add_argument(
        "--only", choices=sorted(TROUBLES), default="", help="play this trouble in each round"
    )
    given = parser.parse_args()
    figures = campaign(rounds_of(given.rounds, given.seed, given.only), given.seed, given.kind)
    print(f"\n{'trouble':28}{'equal':>8}{'refused':>8}{'ODD':>8}")
    for name, counts in figures["ends"].items():
        print(f"{name:28}" + "".join(f"{counts.get(end, 0):8}" for end in ("equal", "refused", "ODD")))
    print(json.dumps(figures))
    return int(bool(figures["odd"]))


if __name__ == "__main__":
    sys.exit(main())
