"""``python -m benchmarks.kill_publish [--rounds N]``: kill publications again and again, open and read every version.

Each round a child changes the store and publishes it, over and over, every other time also an unchanged store, and is
killed at a random instant. In every third round a reader holds the older version meanwhile, so that the store is
copied; in every third another one opens what the link leads to, reads it whole and closes it, over and over. What a
kill left under a hidden name is torn further, as a power cut may. After each kill every version with a name is read
whole: DuckDB compares the checksum of each block, the sums over two tables must be those of the version's turn, and
the turn that the link shows never goes back. Exit code 1 when a version was not whole, a reader failed, or the link
led to none.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path

from fivegwatch.extractors.errors import NewsError
from fivegwatch.storage.connections import Connection, opened
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load import publish as publishing
from fivegwatch.storage.load.loader import load
from fivegwatch.storage.load.publish import publish_locked
from fivegwatch.storage.load.published_copies import versions
from fivegwatch.storage.read.queries import QuerySession

ROWS = 100_000
WAYS = Path(tempfile.gettempdir()) / f"ways-{os.getpid()}"
"""The file in which children note how they published."""
SHUFFLED = "select bit_xor(hash(h, place)) from base.shuffled"


def change(con: Connection, turn: int) -> None:
    """Replace a tenth of the rows, so that blocks are freed and written in other parts of the file."""
    con.execute("update base.turn set n = ?", [turn])
    con.execute("delete from base.kept where part = ?", [turn % 10])
    con.execute(
        f"insert into base.kept select {turn % 10}, {turn}, hash(i + {turn}) from range({ROWS // 10}) t(i)"
    )
    # The same 8-byte words in another order: DuckDB's checksum of the block stays as it was.
    con.execute(
        f"""create or replace table base.shuffled as
            select h, row_number() over (order by hash(h, {turn})) as place
            from (select hash(i) as h from range(20000) t(i)) order by place"""
    )
    con.execute(
        f"update base.turn set total = (select bit_xor(hash(k)) from base.kept k), shuffled = ({SHUFFLED})"
    )


def work(layout: Layout, turn: int, *, clones: bool) -> None:
    """Change and publish the store until killed."""
    if not clones:
        publishing.clone = lambda *_: False
    while True:
        turn += 1
        with opened(layout.store, read_only=False) as con:
            con.execute("begin")
            change(con, turn)
            con.execute("commit")
        way = publish_locked(layout, copy_share=1).way
        with WAYS.open("a") as notes:
            notes.write(f"{way}\n")
        if turn % 2 and publish_locked(layout, copy_share=1).version:
            raise AssertionError("an unchanged store was published")


def await_version(layout: Layout, number: int) -> None:
    """Wait until the child makes its ``number``-th version under a hidden name; what kills left is no version."""
    end, left = time.monotonic() + 20, set(layout.public.glob(".corpus-*.tmp"))
    seen = set[Path]()
    while time.monotonic() < end:
        now = set(layout.public.glob(".corpus-*.tmp")) - left
        seen |= now
        if now and len(seen) >= number:
            return
        time.sleep(0.0005)


def turn_of(version: Path) -> int | None:
    """The turn in which ``version`` was made; None when its tables are not those of its turn.

    Raises: StorageError when a block cannot be read.
    """
    with QuerySession(version, locked=False) as session:
        (row,) = session.ask(
            "select total, (select bit_xor(hash(k)) from base.kept k), (select count(*) from base.kept),"
            f" shuffled, ({SHUFFLED}), n from base.turn"
        ).rows
    return int(row[5]) if row[0] == row[1] and row[2] == ROWS and row[3] == row[4] else None


def read_on(link: Path) -> None:
    """Open, read and close what ``link`` leads to until killed; ends when it is not whole or older than before."""
    last = 0
    while (turn := turn_of(link)) is not None and turn >= last:
        last = turn


def tear(path: Path, chance: random.Random) -> None:
    """Overwrite a part of a file, or cut it short."""
    size = path.stat().st_size
    path.chmod(0o644)
    with path.open("r+b") as file:
        if chance.random() < 0.5:
            file.truncate(chance.randrange(size + 1))
        else:
            file.seek(chance.randrange(size + 1))
            file.write(b"torn" * 10_000)


def campaign(layout: Layout, rounds: int, seed: int, *, clones: bool) -> tuple[Counter[str], list[str]]:
    """Counts of what the kills left, and the faults found."""
    chance, seen, faults, last = random.Random(seed), Counter[str](), list[str](), 0
    for number in range(rounds):
        held = versions(layout)[0] if number % 3 == 0 else None
        child = os.fork()
        if child == 0:
            try:
                work(layout, 1000 * (number + 1), clones=clones)
            except Exception:
                traceback.print_exc()  # the parent counts the exit as a fault
            os._exit(1)  # not through the clean-up of its parent
        reader = os.fork() if number % 3 != 2 else -1
        if reader == 0:
            try:
                if held:
                    with opened(held, read_only=True, wait_s=0):
                        time.sleep(60)
                read_on(layout.link)
            except Exception:
                traceback.print_exc()  # the parent counts the exit as a fault
            os._exit(1)
        if chance.random() < 0.8:
            await_version(layout, chance.randrange(1, 4))
            time.sleep(chance.uniform(0, 0.02))
        else:
            time.sleep(chance.uniform(0, 1))
        for process in (child, reader) if reader > 0 else (child,):
            os.kill(process, signal.SIGKILL)
            _, status = os.waitpid(process, 0)
            if os.WIFEXITED(status):  # neither ends before it is killed unless it fails
                faults.append(f"round {number}: a {'reader' if process == reader else 'publisher'} failed")
        left = list(layout.public.glob(".corpus-*.tmp"))
        seen["killed while a version was made" if left else "killed elsewhere"] += 1
        for path in left:
            tear(path, chance)
        for version in versions(layout):
            try:
                turn, problem = turn_of(version), "its tables are not those of its turn"
            except NewsError as exc:
                turn, problem = None, str(exc)
            seen["versions read"] += 1
            if turn is None:
                faults.append(f"round {number}: {version}: {problem}")
            elif layout.link.resolve() == version:
                if turn < last:
                    faults.append(f"round {number}: the link went back from turn {last} to {turn}")
                last = turn
        if layout.link.resolve() not in versions(layout):
            faults.append(f"round {number}: {layout.link} leads to no version")
    return seen, faults


def main() -> int:
    """Print the counts and one JSON line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kill_publish", description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where to work, such as a file system that can clone")
    parser.add_argument("--clones", action="store_true", help="clone where the file system can")
    given = parser.parse_args()
    WAYS.touch()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        layout = Layout.for_database(Path(folder, "corpus.duckdb"))
        prepare(layout)
        load(layout)
        with opened(layout.store, read_only=False) as con:
            con.execute("create table base.turn (n bigint, total ubigint, shuffled ubigint)")
            con.execute("create table base.kept (part bigint, n bigint, h ubigint)")
            con.execute("insert into base.turn values (0, 0, 0)")
            for turn in range(10):
                change(con, turn)
        for _ in range(2):
            publish_locked(layout, copy_share=1)
            with opened(layout.store, read_only=False) as con:
                change(con, 10)
        seen, faults = campaign(layout, given.rounds, given.seed, clones=given.clones)
        sound = publish_locked(layout, copy_share=1).version is None or turn_of(layout.link) is not None
    for way, count in Counter(WAYS.read_text().split()).items():
        seen[f"published by {way}"] = count
    WAYS.unlink()
    for name, count in seen.most_common():
        print(f"{count:6d}  {name}")
    print(*faults[:20], sep="\n")
    print(json.dumps({"rounds": given.rounds, **seen, "faults": len(faults), "sound_after": sound}))
    return 0 if not faults and sound else 1


if __name__ == "__main__":
    sys.exit(main())
