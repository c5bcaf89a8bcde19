"""``python -m benchmarks.rivals [--entries 300000]``: a quarter of an hour, by plain means a user would pick.

Each keeps one table of addresses and one of texts, with fewer columns than ours and neither history nor summaries:
DuckDB with primary keys and upserts, DuckDB with delete and insert, DuckDB row by row (`executemany`), SQLite with
upserts and FTS5. A quarter of an hour is that of `benchmarks.corpus`: 2,500 known addresses announced again, 200 new
ones, 2 texts. Prints CPU seconds and MB written of a process that opens the file, writes and closes it, and of one
question. Compare with ``python -m benchmarks.corpus``, whose figures contain publishing a copy that nobody blocks.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import sqlite3
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

import duckdb

KNOWN, NEW, TEXTS, TURNS = 2_500, 200, 2, 3
TABLES = """
create table entries (id varchar{key}, url varchar, title varchar, feed varchar, first_seen bigint, last_seen bigint);
create table stories (id varchar{key}, url varchar, title varchar, seen bigint, text varchar);
"""
Row = tuple[str, str, str, str, int, int]
UPSERT = "insert into entries values (?, ?, ?, ?, ?, ?) on conflict (id) do update set last_seen = excluded.last_seen"


def entry(number: int, now: int) -> Row:
    url = f"https://www.outlet{number % 1500}.example/2026/11/a-headline-of-some-words-{number}"
    return (
        hashlib.sha256(url.encode()).hexdigest(),
        url,
        f"Headline {number}",
        f"feed-{number % 300}",
        now,
        now,
    )


def text(number: int) -> str:
    chance = random.Random(number)
    return " ".join(f"word{int(20_000 ** chance.random())}" for _ in range(450))


def quarter(entries: int, turn: int) -> list[Row]:
    chance, start = random.Random(turn), entries + NEW * turn
    known = [entry(chance.randrange(entries), 10**6 + turn) for _ in range(KNOWN)]
    rows = {row[0]: row for row in (*known, *(entry(start + i, 10**6 + turn) for i in range(NEW)))}
    return list(rows.values())


def stories(first: int, count: int) -> list[tuple[str, str, str, int, str]]:
    return [(*entry(n, n)[:3], n, text(n)) for n in range(first, first + count)]


class Duck:
    """DuckDB; ``way`` is keys, delete or rows."""

    def __init__(self, way: str) -> None:
        self.way = way

    def make(self, path: Path, entries: int) -> None:
        con = duckdb.connect(str(path))
        con.execute(TABLES.format(key="" if self.way == "delete" else " primary key"))
        con.execute(
            """insert into entries
               select sha256(url), url, 'Headline ' || n, 'feed-' || n % 300, n, n
               from (select n, 'https://www.outlet' || n % 1500 || '.example/2026/11/a-headline-of-some-words-' || n
                     as url
                     from range(?) t(n))""",
            [entries],
        )
        con.execute(
            "insert into stories select unnest(?, recursive := true)",
            [self._rows(stories(0, entries // 75))],
        )
        con.close()

    @staticmethod
    def _rows(rows: list[tuple[str, str, str, int, str]]) -> list[dict[str, object]]:
        return [dict(zip(("id", "url", "title", "seen", "text"), row, strict=True)) for row in rows]

    def write(self, path: Path, entries: int, turn: int) -> None:
        con, rows = duckdb.connect(str(path)), quarter(entries, turn)
        con.execute("begin")
        if self.way == "rows":
            con.executemany(UPSERT, rows)
        else:
            names = ("id", "url", "title", "feed", "first_seen", "last_seen")
            con.execute(
                "create temp table fresh as select unnest(?, recursive := true)",
                [[dict(zip(names, row, strict=True)) for row in rows]],
            )
            if self.way == "keys":
                con.execute(
                    "insert into entries from fresh on conflict (id) do update set last_seen = excluded.last_seen"
                )
            else:
                con.execute("update fresh f set first_seen = e.first_seen from entries e where e.id = f.id")
                con.execute("delete from entries where id in (select id from fresh)")
                con.execute("insert into entries from fresh")
        con.executemany("insert into stories values (?, ?, ?, ?, ?)", stories(entries + NEW * turn, TEXTS))
        con.execute("commit")
        con.close()

    def ask(self, path: Path, word: str) -> int:
        con = duckdb.connect(str(path), read_only=True)
        sql = "select id, title from stories where contains(lower(text), ?) order by seen desc limit 20"
        return len(con.execute(sql, [word]).fetchall())


class Lite:
    """SQLite with keys, write-ahead log and an FTS5 index of the texts."""

    def make(self, path: Path, entries: int) -> None:
        con = sqlite3.connect(path)
        con.executescript("pragma journal_mode = wal;" + TABLES.format(key=" primary key"))
        con.execute("create virtual table words using fts5(title, text, content = 'stories')")
        con.executemany(UPSERT, (entry(n, n) for n in range(entries)))
        self._stories(con, 0, entries // 75)
        con.commit()
        con.close()

    @staticmethod
    def _stories(con: sqlite3.Connection, first: int, count: int) -> None:
        for row in stories(first, count):
            number = con.execute("insert into stories values (?, ?, ?, ?, ?)", row).lastrowid
            con.execute("insert into words (rowid, title, text) values (?, ?, ?)", (number, row[2], row[4]))

    def write(self, path: Path, entries: int, turn: int) -> None:
        con = sqlite3.connect(path)
        con.executemany(UPSERT, quarter(entries, turn))
        self._stories(con, entries + NEW * turn, TEXTS)
        con.commit()
        con.close()

    def ask(self, path: Path, word: str) -> int:
        con = sqlite3.connect(path)
        sql = "select id from stories where rowid in (select rowid from words(?)) order by seen desc limit 20"
        return len(con.execute(sql, [word]).fetchall())


RIVALS: dict[str, Duck | Lite] = {
    "DuckDB, keys and upserts": Duck("keys"),
    "DuckDB, delete and insert": Duck("delete"),
    "DuckDB, row by row": Duck("rows"),
    "SQLite, upserts and FTS5": Lite(),
}


def cost(work: Callable[[], object]) -> tuple[float, float]:
    """CPU seconds and MB written of ``work`` in a child process."""
    child = os.fork()
    if child == 0:
        try:
            work()
            os._exit(0)
        except Exception:
            traceback.print_exc()
            os._exit(1)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit("a rival failed")
    return usage.ru_utime + usage.ru_stime, usage.ru_oublock * 512 / 1e6


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rivals", description=__doc__)
    parser.add_argument("--entries", type=int, default=300_000)
    given = parser.parse_args()
    print(f"{'':28} {'file MB':>8} {'write CPU s':>12} {'MB written':>11} {'ask CPU s':>10}")
    with tempfile.TemporaryDirectory() as folder:
        for name, rival in RIVALS.items():
            path = Path(folder, "rival.db")
            cost(lambda rival=rival, path=path: rival.make(path, given.entries))  # type: ignore[misc]
            turns = [
                cost(lambda rival=rival, path=path, turn=turn: rival.write(path, given.entries, turn))  # type: ignore[misc]
                for turn in range(TURNS)
            ]
            asked, _ = cost(lambda rival=rival, path=path: rival.ask(path, "word77"))  # type: ignore[misc]
            cpu, written = (sorted(values)[TURNS // 2] for values in zip(*turns, strict=True))
            size = path.stat().st_size / 1e6
            print(f"{name:28} {size:8.1f} {cpu:12.2f} {written:11.1f} {asked:10.2f}", flush=True)
            for left in Path(folder).iterdir():
                left.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
