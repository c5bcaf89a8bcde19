"""What a corpus says, without what differs between two ways to the same end: times, run ids, file names."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from fivegwatch.storage.connections import opened
from fivegwatch.storage.disk.layout import Layout
from tests.conftest import ROOT

SAYS = {
    "stories": "select id, url, title, site, published_at, language, score, topics, reason, entities, body, feeds"
    " from stories",
    "ledger": "select id, url, title, verdict, score, reason, language, text_chars from ledger",
    "decisions": "select story_id, relevant, score, reason, title from decisions",
    "entries": "select id, url, state, status, problem, story_id from entries",
    "sightings": "select entry_id, origin_kind, origin_locator, rank, versions from sightings",
}
ACCOUNTED = {
    "an entry neither done, nor to retry, nor given up": "select url from entries"
    " where state not in ('done', 'retry', 'gone')",
    "an entry that is not done, without a reason": "select url from entries"
    " where state <> 'done' and coalesce(problem, '') = ''",
    "an entry to retry without a time": "select url from entries where state = 'retry' and next_attempt_at is null",
    "an entry done without a row in the ledger": "select url from entries where state = 'done'"
    " and (story_id is null or story_id not in (select id from ledger))",
    "an entry nobody announced": "select url from entries where id not in (select entry_id from sightings)",
    "a story announced by nobody": "select url from stories where sightings = 0",
    "a failed page without a failure row": "select e.url from entries e anti join failures f on f.url = e.url"
    " where e.state in ('retry', 'gone') and e.problem <> 'walled'",
    "a page behind a wall that is neither judged nor due again": "select e.url from entries e"
    " left join ledger l on l.id = e.story_id where e.problem = 'walled' and (l.id is null or e.state <> 'retry')",
}


def ask(database: Path, sql: str) -> list[tuple[Any, ...]]:
    """Rows of ``sql`` on the working store of ``database``."""
    with opened(Layout.for_database(database).store, read_only=True) as con:
        return con.execute(sql).fetchall()


def says(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All that must not depend on how the corpus came about."""
    with opened(Layout.for_database(database).store, read_only=True) as con:
        return {name: sorted(con.execute(sql).fetchall(), key=repr) for name, sql in SAYS.items()}


def differences(
    database: Path, expected: dict[str, list[tuple[Any, ...]]]
) -> dict[str, list[tuple[Any, ...]]]:
    """Rows that one of the two has and the other lacks, by view; counted, so a doubled row shows."""
    found = says(database)
    odd = {}
    for name, rows in expected.items():
        have, want = Counter(map(repr, found[name])), Counter(map(repr, rows))
        odd[name] = [("too many", row) for row in have - want] + [("lacks", row) for row in want - have]
    return {name: rows for name, rows in odd.items() if rows}


def unaccounted(database: Path) -> dict[str, list[tuple[Any, ...]]]:
    """What fell between two states, by what is wrong; empty when every entry is accounted for."""
    with opened(Layout.for_database(database).store, read_only=True) as con:
        found = {what: con.execute(sql).fetchall() for what, sql in ACCOUNTED.items()}
    return {what: rows for what, rows in found.items() if rows}


def start_ingest(feeds: Path, database: Path, port: int, *more: str) -> subprocess.Popen[str]:
    """``fivegwatch ingest`` in a process of its own, with no settings from outside."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("FIVEGWATCH", "PREFECT"))
    }
    command = [sys.executable, "-m", "fivegwatch.flows.cli.start", "ingest", "--feeds", str(feeds),
               "--db", str(database), "--allow-address", f"127.0.0.1:{port}", "--json", "--new", *more]  # fmt: skip
    return subprocess.Popen(
        command, cwd=database.parent, env=environment | {"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def descendants(pid: int) -> set[int]:
    """Process ids of all that came of ``pid``, directly or not."""
    children: dict[int, list[int]] = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            parent = int(status.read_text().rpartition(")")[2].split()[1])
            children.setdefault(parent, []).append(int(status.parent.name))
    found: set[int] = set()
    waiting = [pid]
    while waiting:
        waiting += (fresh := [child for child in children.get(waiting.pop(), []) if child not in found])
        found.update(fresh)
    return found


def left_alive(pids: Iterable[int], within_s: float) -> set[int]:
    """Those that still run after ``within_s`` seconds."""
    deadline = time.monotonic() + within_s
    alive = {pid for pid in pids if _runs(pid)}
    while alive and time.monotonic() < deadline:
        time.sleep(0.05)
        alive = {pid for pid in alive if _runs(pid)}
    return alive


def _runs(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False
