"""Publishes into a lake, in a separate process, what the published version has and the lake lacks.

``update_lake`` never raises a StorageError: the corpus is already published as a file, and the next run tries the lake
again. The note ``lake.json`` beside the corpus says what was last published into the lake, and what is wrong.
"""

from __future__ import annotations

import json
import logging
import os
import random
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fivegwatch.extractors.errors import CorpusBusyError, NewsError, StorageError
from fivegwatch.storage.connections import quoted
from fivegwatch.storage.disk.files import disk_errors, hold, put_file
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.reader_lock import lock_for_reading
from fivegwatch.storage.lake.definition import Lake
from fivegwatch.storage.load.bounds import BOUNDS, Bounds

_log = logging.getLogger(__name__)
RETRY_S = 120.0
"""Seconds for which a publication is tried again while another writer is active."""
QUICK_S = 10.0
"""A publication that takes less processor time than this, in seconds, is never put off."""
CLEAN_EVERY_S = 86_400.0
LONGEST_S = 3_600.0
"""Seconds after which the publishing process is ended. The first publication of 1.5 million entries took 2 minutes."""
CONNECT_S = "10"
"""Seconds for which libpq waits for PostgreSQL."""
Note = dict[str, Any]
"""The content of ``lake.json``: the fingerprint of the ``lake``; ``version``, ``snapshot``, row counts and time
(``at``) of the last publication; ``cleaned_at``; the ``problem`` of the last attempt, and the time ``since`` which
there is one."""
_NOTE = "lake.json"


def lake_problem(db: Path, lake: Lake | None) -> str:
    """What went wrong in the last attempt to publish into the lake, and since when; empty if nothing did."""
    note = _note_for(Layout.for_database(db), lake) if lake else {}
    if not note.get("problem"):
        return ""
    behind = f"the state of {note['at']}" if note.get("at") else "nothing"
    return f"readers of the lake see {behind}, because: {note['problem']} (since {note['since']})"


def lake_sentence(db: Path, lake: Lake) -> str:
    """One line: what was last published into the lake, and where the lake is."""
    note = _note_for(Layout.for_database(db), lake)
    state = (
        f"snapshot {note['snapshot']}, published {note['at']}" if note.get("at") else "nothing published yet"
    )
    return f"{lake.catalogue} ({state})"


def update_lake(db: Path, lake: Lake | None, bounds: Bounds = BOUNDS, *, at_once: bool = False) -> str:
    """Publish the corpus that users open as ``db`` into the lake, if a lake is set and it is not up to date.

    Like copies of the file, this may use only ``bounds.copy_share`` of the total time, unless ``at_once`` is set.
    Returns a sentence on what went wrong; empty if nothing did.
    """
    layout = Layout.for_database(db)
    if lake is None or not db.exists() or _is_up_to_date(layout, lake):
        return ""
    wait_s = 0.0 if at_once else _wait_s(_note_for(layout, lake), bounds.copy_share)
    if wait_s > 0:
        _log.warning(
            "Nothing was published into the lake: the next run that ends at least %.0f s from now does it; the setting"
            " copy_percent bounds the time that it takes.", wait_s,
        )  # fmt: skip
        return ""
    try:
        with hold(layout.root / "lake.lock", "the lake", wait_s=RETRY_S):
            if _is_up_to_date(layout, lake):  # another run published it meanwhile
                return ""
            answer = _run_process(db, lake, bounds)
            note, now = _note_for(layout, lake), f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
            if "problem" in answer:
                note = {"since": now, **note, **answer}
            else:
                note = {
                    "lake": lake.fingerprint,
                    "cleaned_at": note.get("cleaned_at", time.time()),
                    "at": now,
                    **answer,
                }
            put_file(layout.root / _NOTE, json.dumps(note, indent=1).encode())
            problem = str(answer.get("problem", ""))
    except StorageError as exc:
        problem = str(exc)
    if problem:
        _log.warning("the corpus was not published into the lake: %s", problem)
    return problem


def _note_for(layout: Layout, lake: Lake) -> Note:
    """The note on this lake; a new one if the last publication went into another lake."""
    with suppress(OSError, ValueError):
        note = dict(json.loads((layout.root / _NOTE).read_text(encoding="utf-8")))
        if note.get("lake") == lake.fingerprint:
            return note
    return {"lake": lake.fingerprint}


def _is_up_to_date(layout: Layout, lake: Lake) -> bool:
    note = _note_for(layout, lake)
    return note.get("version") == layout.link.resolve().name and "problem" not in note


def _wait_s(note: Note, share: float) -> float:
    """Seconds until the next publication may begin; 0 or less for now."""
    since = time.time() - note.get("ended_at", 0.0)
    if "problem" in note or note.get("cpu_s", 0.0) < QUICK_S or since < 0:  # the clock was set back
        return 0.0
    return float(note["cpu_s"] / share - since)


def _run_process(db: Path, lake: Lake, bounds: Bounds) -> Note:
    """Run the publishing process and return its answer: the note of the publication, or a ``problem``."""
    from fivegwatch.storage.load.loader import child_environment, duckdb_memory

    command = [sys.executable, "-P", "-m", "fivegwatch.storage.lake.publish", str(db)]
    command += [lake.catalogue, lake.files, lake.schema, str(lake.days), str(duckdb_memory(bounds))]
    try:
        done = subprocess.run(  # noqa: S603  # our own interpreter and module
            command, capture_output=True, text=True, check=False, timeout=LONGEST_S,
            env={"PGCONNECT_TIMEOUT": CONNECT_S, **child_environment()},
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return {"problem": f"publishing into the lake took longer than {LONGEST_S:,.0f} s and was stopped."}
    try:
        return dict(json.loads(done.stdout.strip().splitlines()[-1]))
    except (IndexError, ValueError):
        last = done.stderr.strip().splitlines()[-1:] or ["no message"]
        return {"problem": f"publishing into the lake ended with status {done.returncode}: {last[0]}"}


def publish_into(db: Path, lake: Lake, *, clean_too: bool, memory_mb: int) -> Note:
    """Publish, and also clean up if ``clean_too``; returns the new content of the note ``lake.json``.

    Raises: StorageError.
    """
    from fivegwatch.storage.lake.connection import is_busy

    end = time.monotonic() + RETRY_S
    while True:
        try:
            return _publish_once(db, lake, clean_too=clean_too, memory_mb=memory_mb)
        except StorageError as error:
            if not (is_busy(error) or isinstance(error, CorpusBusyError)) or time.monotonic() > end:
                raise
        time.sleep(random.uniform(0.1, 2.0))  # noqa: S311  # or two writers would meet again


def _publish_once(db: Path, lake: Lake, *, clean_too: bool, memory_mb: int) -> Note:
    from fivegwatch.storage.lake.connection import lake_connection, lake_errors
    from fivegwatch.storage.lake.write import clean, write_version

    version = db.resolve()
    with disk_errors(version, "read the published corpus"):
        lock = lock_for_reading(version)
    try:
        with (
            lake_connection(lake, Layout.for_database(db).root / "lake.tmp", memory_mb) as con,
            lake_errors(lake),
        ):
            con.execute(f"attach {quoted(str(version))} as corpus (read_only)")
            done = write_version(con, lake, version.name, whole=clean_too)
            note: Note = {"version": version.name, **asdict(done)}
            if clean_too:
                clean(con, lake)
                note["cleaned_at"] = time.time()
    finally:
        os.close(lock)
    return {**note, "cpu_s": round(time.process_time(), 1), "ended_at": time.time()}


def main(arguments: list[str]) -> int:
    """Entry point of the publishing process: publish, and print the result as one JSON line."""
    db, catalogue, files, schema, days, memory = arguments
    lake = Lake(catalogue=catalogue, files=files, schema=schema, days=int(days))
    note = _note_for(Layout.for_database(Path(db)), lake)
    due = time.time() - note.get("cleaned_at", time.time()) > CLEAN_EVERY_S
    try:
        answer = publish_into(Path(db), lake, clean_too=due, memory_mb=int(memory))
    except NewsError as exc:
        answer = {"problem": str(exc)}
    print(json.dumps(answer))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
