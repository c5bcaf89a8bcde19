"""The loader: merges all waiting batches into the store, in a process of its own.

    lock -> recover -> open -> migrate -> begin -> stage -> merge -> commit -> close -> retire -> publish

A kill at any point loses nothing: before the commit the store is unchanged, and after it the batches still in
``incoming`` are recognised as loaded. A batch that cannot be read is moved to ``bad``, and the others are merged.
``python -m fivegwatch.storage.load.loader DB`` prints the report as one JSON line.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import fivegwatch
from fivegwatch.extractors.errors import CorpusBusyError, NewsError, SchemaVersionError, StorageError
from fivegwatch.storage.connections import Connection, opened
from fivegwatch.storage.disk.files import hold, need_space, prepare, sync_folder
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.bounds import BOUNDS, Bounds
from fivegwatch.storage.load.migration import migrate_store, migration_plan, unfinished
from fivegwatch.storage.load.recovery import (
    UNUSABLE,
    is_complete,
    note_closed,
    note_complete,
    recover,
    replace_unusable,
)
from fivegwatch.storage.load.watchlist_words import note_watchlist
from fivegwatch.storage.no_pandas import block_pandas
from fivegwatch.storage.schema.migrate import check_format, is_migrated, migrate
from fivegwatch.storage.spool.batches import pending, quarantine, retire

_log = logging.getLogger(__name__)
LOCK_WAIT_S = 60.0
NEW_STORE_BYTES = 3_000_000
"""Free disk space required before a store is created. Its tables need 1.3 MB; if the disk were full in the middle of
them, DuckDB could not replay the log."""
# Bounds on one transaction; further batches go into the next one.
BATCHES_AT_ONCE = 1_000
BYTES_AT_ONCE = 256 * 1024 * 1024
ONE_THREAD_BYTES = 4 * 1024 * 1024
"""Batches up to this total size are merged by one thread, as several threads would mostly wait for each other. Measured
on a run of 1,000 feeds: 1.6 CPU seconds with two threads, 1.3 with one."""

HERE_BATCHES = 30
"""Maximum number of batches that are loaded in the process of the run, not in a child process; 30 batches hold the
states of 3,000 feeds. Loading the states of 1,000 feeds takes 30 MB there; a run of 10,000 feeds already takes 380 MB
without a load."""


@dataclass(slots=True)
class LoadReport:
    """What one run of the loader did."""

    batches: int = 0
    """Number of batches loaded, including those that an earlier run had already merged."""
    quarantined: list[str] = field(default_factory=list)
    """Names of files moved to ``bad``."""
    rows: dict[str, int] = field(default_factory=dict)
    """Number of distinct records read, by kind."""
    new_entries: int = 0
    new_articles: int = 0
    migrated: list[int] = field(default_factory=list)
    published: str | None = None
    """The new published version; None if the store had not changed or the copy was put off until a later run."""
    published_by: str = ""
    """How the published version was made: clone, patch or copy."""
    published_bytes: int = 0
    """Bytes written to make the published version."""
    put_off: str = ""
    """One sentence that says why a copy was put off; empty if none was."""
    recovered: str = ""
    """One sentence about a store that was incomplete; empty when it was complete."""
    seconds: float = 0.0
    store_seconds: float = 0.0
    """How long the store was held open, in seconds."""

    def add(self, counts: dict[str, int]) -> None:
        """Add the counts of one transaction to the report."""
        self.new_entries += counts.pop("new_entries")
        self.new_articles += counts.pop("new_articles")
        for kind, count in counts.items():
            self.rows[kind] = self.rows.get(kind, 0) + count


def is_loaded(layout: Layout) -> bool:
    """Whether the store can be queried without a load: it is complete, no batch waits, and its schema is the current
    one.

    Raises: CorpusBusyError, SchemaVersionError (a newer fivegwatch wrote it), StorageError.
    """
    if pending(layout) or not layout.store.exists() or layout.store_wal.exists():
        return False
    try:
        with opened(layout.store, read_only=True) as con:
            migrated = is_migrated(con)
        return migrated and is_complete(layout)
    except StorageError as exc:
        if exc.kind in UNUSABLE:  # the loader replaces it, or says why it cannot
            return False
        raise


def load(layout: Layout, *, wait_s: float = LOCK_WAIT_S) -> LoadReport:
    """Merge every waiting batch into the store and return the report. The store is created if there is no corpus yet.

    Raises: CorpusBusyError when another loader or program holds the store for ``wait_s`` seconds; StorageError.
    """
    prepare(layout)
    with hold(layout.load_lock, "a load", wait_s=wait_s):
        return load_locked(layout, wait_s=wait_s)


def load_locked(layout: Layout, *, wait_s: float = LOCK_WAIT_S, bounds: Bounds = BOUNDS) -> LoadReport:
    """`load` for a caller that already holds the load lock."""
    started = time.perf_counter()
    report = LoadReport(recovered=recover(layout, wait_s=wait_s))
    try:
        _load_waiting(layout, report, wait_s, bounds)
    except StorageError as exc:
        if exc.kind not in UNUSABLE or report.recovered:
            raise
        # A store that is cut short beside DuckDB's log can be opened, and fails where a lost block is read.
        report = LoadReport(recovered=replace_unusable(layout, "cannot be read"))
        _load_waiting(layout, report, wait_s, bounds)
    report.seconds = round(time.perf_counter() - started, 4)
    return report


def _load_waiting(layout: Layout, report: LoadReport, wait_s: float, bounds: Bounds) -> None:
    report.migrated = migrate_store(layout, wait_s=wait_s, memory_mb=duckdb_memory(bounds))
    while True:
        waiting = pending(layout)
        if not waiting and layout.store.exists() and not layout.store_wal.exists():
            note_closed(layout)
            break
        _load_some(layout, _portion(waiting), report, wait_s, bounds)
        if not pending(layout):
            break


def _portion(waiting: list[Path]) -> list[Path]:
    total = 0
    portion: list[Path] = []
    for path in waiting[:BATCHES_AT_ONCE]:
        total += path.stat().st_size
        if portion and total > BYTES_AT_ONCE:
            break
        portion.append(path)
    return portion


def _load_some(
    layout: Layout, batches: list[Path], report: LoadReport, wait_s: float, bounds: Bounds
) -> None:
    need_space(layout.store.parent, 3 * sum(path.stat().st_size for path in batches), "load batches")
    if not layout.store.exists():
        report.migrated += _make_store(layout)
    with opened(layout.store, read_only=False, wait_s=wait_s) as con:
        opened_at = time.perf_counter()
        con.execute(f"set memory_limit = '{duckdb_memory(bounds)}MiB'")
        # A commit writes the file itself. Otherwise it would write the log, and closing would write all of it again.
        con.execute("set checkpoint_threshold = '1KB'")
        if sum(path.stat().st_size for path in batches) <= ONE_THREAD_BYTES:
            con.execute("set threads = 1")
        con.execute("set variable poll_days = ?", [bounds.poll_days])
        check_format(con)
        note_watchlist(con, layout)  # before the merge, which asks for its common names
        bad = _merge(con, batches, report)
    report.store_seconds = round(report.store_seconds + time.perf_counter() - opened_at, 4)
    note_closed(layout)
    # The store is closed and durable; only now may the batches be moved.
    for path, reason in bad.items():
        quarantine(layout, path, reason)
        report.quarantined.append(path.name)
    loaded = [path for path in batches if path not in bad]
    retire(layout, loaded)
    report.batches += len(loaded)


def _make_store(layout: Layout) -> list[int]:
    """Make an empty store with all migrations; returns their numbers.

    It gets its name once it is whole: DuckDB cannot replay every log of migrations, so a store that was killed while
    it was made could not be opened again.
    """
    need_space(layout.store.parent, NEW_STORE_BYTES, "make the corpus")
    part = unfinished(layout)
    with opened(part, read_only=False) as con:
        numbers = migrate(con)
        con.execute("checkpoint")
    part.replace(layout.store)
    sync_folder(layout.store.parent)
    return numbers


def _merge(con: Connection, batches: list[Path], report: LoadReport) -> dict[Path, str]:
    """Merge ``batches`` in one transaction, or one by one if any is unreadable; returns the unreadable ones with the
    reasons.
    """
    if not batches:
        return {}
    # Imported here: a run imports this module, but merges nothing itself.
    from fivegwatch.storage.load.merge import UnreadableBatchError, load_batches

    try:
        report.add(load_batches(con, batches))
    except UnreadableBatchError:
        con.execute("rollback")
    else:
        return {}
    bad = {}
    for path in batches:
        try:
            report.add(load_batches(con, [path]))
        except UnreadableBatchError as exc:
            con.execute("rollback")
            bad[path] = str(exc)
    return bad


def duckdb_memory(bounds: Bounds) -> int:
    """Memory limit for DuckDB itself, in MB (2**20 bytes), by ``bounds``."""
    # The process needs about 300 MB besides what DuckDB counts (measured on corpora of 2 to 5 GB).
    return max(bounds.memory_mb - 300, bounds.memory_mb // 2)


def run_loader(
    db: Path,
    *,
    wait_s: float = LOCK_WAIT_S,
    publish: bool = True,
    bounds: Bounds = BOUNDS,
    quiet_run: bool = False,
) -> LoadReport:
    """In a new process, load and publish the corpus that users open as ``db``; returns the report.

    The load has its own process because DuckDB's lock on the store ends when any code of the process closes that file,
    and because a load takes memory. With ``quiet_run``, a few small batches are loaded in this process, since starting
    another one would take most of the time. The caller sets it if its run brought only states of feeds and if it does
    not touch the store during the load.

    Raises: CorpusBusyError, SchemaVersionError or StorageError, as the new process reports.
    """
    arguments = [str(db), "--wait", str(wait_s), *([] if publish else ["--no-publish"])]
    arguments += ["--copy-share", str(bounds.copy_share), "--memory-mb", str(bounds.memory_mb)]
    arguments += ["--poll-days", str(bounds.poll_days)]
    here = quiet_run and _is_small(Layout.for_database(db))
    answer = answer_to(arguments) if here else _answer_of_process(arguments)
    if "error" in answer:
        raise _error_from(answer["error"])
    report = LoadReport(**answer)
    for noted in filter(None, (report.recovered, report.put_off)):
        _log.warning("%s", noted)
    return report


def _is_small(layout: Layout) -> bool:
    """Whether the store is complete and published, and only a few small batches wait."""
    whole = layout.store.exists() and not layout.store_wal.exists() and layout.link.exists()
    batches = pending(layout) if whole else []
    size = sum(path.stat().st_size for path in batches)
    return whole and len(batches) <= HERE_BATCHES and size <= ONE_THREAD_BYTES


def _answer_of_process(arguments: list[str]) -> dict[str, Any]:
    """Run `answer_to` in a process of its own and return its answer. Raises: StorageError if the process gives none."""
    # -P: a folder "fivegwatch" in the current directory must not be imported instead of ours.
    command = [sys.executable, "-P", "-m", "fivegwatch.storage.load.loader", *arguments]
    done = subprocess.run(  # noqa: S603  # our own interpreter and module
        command, capture_output=True, text=True, check=False, env=child_environment()
    )
    try:
        answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    except (IndexError, ValueError):
        tail = done.stderr.strip().splitlines()[-1:] or ["no message"]
        raise StorageError(
            f"the loader of {arguments[0]} ended with status {done.returncode}: {tail[0]}."
            " Batches stay in the spool; run again.",
            path=arguments[0],
            kind="loader",
            transient=True,
        ) from None
    return answer


def child_environment() -> dict[str, str]:
    """Environment variables with which a child process imports this package from the same folder as this process."""
    import os

    root = str(Path(fivegwatch.__file__).resolve().parent.parent)
    paths = [root, *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(dict.fromkeys(paths))}


def _error_from(error: dict[str, Any]) -> StorageError:
    message, path, kind = error["message"], error["path"], error["kind"]
    if kind == "busy":
        return CorpusBusyError(message, path=path)
    if error["type"] == "SchemaVersionError":
        return SchemaVersionError(message, path=path, kind=kind)
    return StorageError(message, path=path, kind=kind, transient=error["transient"])


def main(arguments: list[str]) -> int:
    """Load all waiting batches into the corpus DB, publish it, and print one JSON line."""
    answer = answer_to(arguments)
    print(json.dumps(answer))
    return 1 if "error" in answer else 0


def answer_to(arguments: list[str]) -> dict[str, Any]:
    """Do a load with the command-line arguments of `main`; returns its report, or its ``error``, as values that JSON
    can hold.
    """
    import argparse

    from fivegwatch.storage.load.publish import publish_locked

    parser = argparse.ArgumentParser(
        prog="python -m fivegwatch.storage.load.loader", description=main.__doc__
    )
    parser.add_argument("db", type=Path)
    parser.add_argument("--wait", type=float, default=LOCK_WAIT_S)
    parser.add_argument("--no-publish", action="store_true")
    parser.add_argument("--check", action="store_true", help="say what would be migrated, and do nothing")
    parser.add_argument("--copy-share", type=float, default=BOUNDS.copy_share)
    parser.add_argument("--memory-mb", type=int, default=BOUNDS.memory_mb)
    parser.add_argument("--poll-days", type=int, default=BOUNDS.poll_days)
    given = parser.parse_args(arguments)
    layout = Layout.for_database(given.db)
    try:
        if given.check:
            return migration_plan(layout)
        prepare(layout)
        with hold(layout.load_lock, "a load", wait_s=given.wait):
            bounds = Bounds(memory_mb=given.memory_mb, poll_days=given.poll_days)
            report = load_locked(layout, wait_s=given.wait, bounds=bounds)
            if not given.no_publish:
                # `load_locked` saw to it that the store is complete, and the lock was held since.
                done = publish_locked(layout, copy_share=given.copy_share, checked=True)
                report.published = str(done.version) if done.version else None
                report.published_by, report.published_bytes = done.way, done.written
                report.put_off = done.put_off
                note_complete(layout)
        if not given.no_publish:
            from fivegwatch.storage.search.make_index import make_first_index

            make_first_index(layout.link.resolve())
    except NewsError as exc:
        error = {
            "type": type(exc).__name__, "message": str(exc), "path": exc.url, "kind": exc.kind,
            "transient": exc.transient,
        }  # fmt: skip
        return {"error": error}
    return asdict(report)


if __name__ == "__main__":
    block_pandas()
    sys.exit(main(sys.argv[1:]))
