"""Writes a lake: every view as Parquet files in a folder, for readers on other machines without this program or its
corpus.

    version -> months of each view that changed -> new files -> snapshot (JSON, SQL) -> latest.sql -> old files removed

A file never changes: its name contains the checksum of its rows. A snapshot is an SQL script that creates the views,
with comments, from an exact list of files. So a reader who ran that script sees the same state of the corpus as long as
the snapshot is kept. A copy of the folder can be uploaded in any order, if `latest.sql` comes last.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fivegwatch.extractors.errors import StorageError
from fivegwatch.storage.connections import quoted
from fivegwatch.storage.disk.files import disk_errors, hold, put_file, sync_folder
from fivegwatch.storage.export.months import BY_MONTH, checksums, month_of
from fivegwatch.storage.read.queries import QueryLimits, QuerySession

LATEST = "latest.sql"
KEPT = 12
"""Number of snapshots that are kept, including the newest."""
LEFT_OUT = frozenset({"queries", "alerts"})
"""Views that are not exported: `queries` is only of use to `fivegwatch sql`, and alerts name recipients."""
_HEAD = """\
-- Snapshot {number} of a corpus of fivegwatch, made {made_at} UTC. Makes its views in DuckDB 1.5 or later; nothing
-- else is needed. Say first where the files are, unless in the current folder (a path or address, a slash at its end):
--     set variable lake = '/mnt/lake/';
set variable lake = coalesce(getvariable('lake'), '');
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One state of a lake."""

    number: int
    path: Path
    """Path of the snapshot's SQL script."""
    files: int
    """Number of files that the snapshot lists."""
    written: int
    """Number of files that were newly written for this snapshot."""
    written_bytes: int
    rows: dict[str, int]
    """Number of rows by view."""
    new: bool
    """False when nothing had changed, so that this is the snapshot that existed already."""


def publish_lake(db: Path, folder: Path, *, text: bool = False, keep: int = KEPT) -> Snapshot:
    """Write what changed since the last snapshot into ``folder``, and make a new snapshot. ``text`` adds the texts of
    stories.

    Raises: StorageError when the folder is the lake of another or a newer corpus, has a snapshot with texts while
    ``text`` is False, or cannot be written; CorpusBusyError when another process writes to it.
    """
    with disk_errors(folder, "write the lake"):
        folder.mkdir(parents=True, exist_ok=True)
    with (
        disk_errors(folder, "write the lake"),
        hold(folder / ".lock", "a lake"),
        QuerySession(db, limits=QueryLimits(timeout_s=None), locked=False) as session,
    ):
        numbers = _numbers(folder)
        last = _read(folder, numbers[-1]) if numbers else None
        if last and last["version"] == session.version.name and last["text"] == text:
            return _summary(folder, last, written=[], new=False)
        session.ask("set memory_limit = '1GB'")
        columns = _columns(session, text)
        months = {
            view: checksums(session, view, columns[view], month_of(BY_MONTH.get(view))) for view in columns
        }
        if last:
            _refuse_loss(folder, last, months, text)
        written: list[dict[str, Any]] = []
        files = {
            view: [
                _file(session, folder, view, columns[view], month, of, written) for month, of in by.items()
            ]
            for view, by in months.items()
        }
        snapshot = {
            "number": numbers[-1] + 1 if numbers else 1, "made_at": f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S}",
            "version": session.version.name, "text": text, "files": files,
        }  # fmt: skip
        if last and files == last["files"]:
            snapshot |= {"number": last["number"], "made_at": last["made_at"]}
        _finish(folder, snapshot, _script(session, snapshot, columns))
        _sweep(folder, keep)
        return _summary(folder, snapshot, written=written, new=snapshot["number"] not in numbers)


def _numbers(folder: Path) -> list[int]:
    return sorted(int(path.stem) for path in (folder / "snapshots").glob("*.json") if path.stem.isdecimal())


def _read(folder: Path, number: int) -> dict[str, Any]:
    path = folder / "snapshots" / f"{number:06d}.json"
    try:
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except ValueError as exc:
        raise StorageError(
            f"{path} is damaged. Remove it and its .sql file, and run again.", path=str(path), kind="damaged"
        ) from exc


def _columns(session: QuerySession, text: bool) -> dict[str, dict[str, tuple[str, str]]]:
    """Type and comment of every column, by view."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    rows = session.ask(
        "select table_name, column_name, data_type, coalesce(comment, '') from duckdb_columns()"
        " where schema_name = 'main' and not internal and database_name = current_database()"
        " and table_name in (select view_name from duckdb_views() where not internal)"
        " order by table_name, column_index"
    ).rows
    for view, name, kind, note in rows:
        if view not in LEFT_OUT and (name != "body" or text):
            found.setdefault(view, {})[name] = (kind, note)
    return found


def _refuse_loss(
    folder: Path, last: dict[str, Any], months: dict[str, dict[str, tuple[int, str]]], text: bool
) -> None:
    """Raise StorageError if the new snapshot would have fewer rows than the last one, or no texts although the last one
    has.

    Every judged page stays in the ledger for ever, so fewer rows mean another corpus, or an older one.
    """
    before = sum(file["rows"] for file in last["files"].get("ledger", []))
    after = sum(rows for rows, _ in months["ledger"].values())
    gone = [view for view in last["files"] if view not in months]
    if after < before or gone:
        what = (
            f"the views {', '.join(gone)} would go"
            if gone
            else f"{before:,} pages in its ledger, the corpus {after:,}"
        )
        raise StorageError(
            f"{folder} has a newer corpus or another one: {what}. Take another folder.",
            path=str(folder),
            kind="other_export",
        )
    if last["text"] and not text:
        raise StorageError(
            f"{folder} has the texts of stories, which would go. Give --text as before, or take another folder.",
            path=str(folder),
            kind="other_export",
        )


def _file(
    session: QuerySession, folder: Path, view: str, columns: dict[str, tuple[str, str]], month: str,
    of: tuple[int, str], written: list[dict[str, Any]],
) -> dict[str, Any]:  # fmt: skip
    """The entry of one file in the snapshot; the file is written if it is not there yet."""
    rows, checksum = of
    name = f"{view}/{month}-{checksum}.parquet"
    path = folder / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        work = path.with_name(f".{path.name}.tmp")
        chosen = ", ".join(f'"{column}"' for column in columns)
        order = BY_MONTH.get(view) or "all"
        session.ask(
            f"copy (select {chosen} from {view} where {month_of(BY_MONTH.get(view))} = '{month}' order by {order})"  # noqa: S608
            f" to '{str(work).replace(chr(39), chr(39) * 2)}' (format parquet, compression zstd)"
        )
        with work.open("rb+") as handle:
            os.fsync(handle.fileno())
        work.replace(path)
        sync_folder(path.parent)
        written.append({"path": name, "bytes": path.stat().st_size})
    return {"path": name, "rows": rows, "bytes": path.stat().st_size}


def _script(
    session: QuerySession, snapshot: dict[str, Any], columns: dict[str, dict[str, tuple[str, str]]]
) -> str:
    notes = dict(
        session.ask("select view_name, coalesce(comment, '') from duckdb_views() where not internal").rows
    )
    lines = [_HEAD.format(**snapshot)]
    for view, files in snapshot["files"].items():
        if files:
            paths = ",\n".join(f"    getvariable('lake') || '{file['path']}'" for file in files)
            source = f"from read_parquet([\n{paths}\n], hive_partitioning = false)"
        else:
            typed = ", ".join(f'null::{kind} as "{name}"' for name, (kind, _) in columns[view].items())
            source = f"select {typed} where false"
        lines.append(f"create or replace view {view} as {source};")
        lines.append(f"comment on view {view} is {quoted(notes[view])};")
        lines += [
            f'comment on column {view}."{name}" is {quoted(note)};'
            for name, (_, note) in columns[view].items()
        ]
    return "\n".join(lines) + "\n"


def _finish(folder: Path, snapshot: dict[str, Any], script: str) -> None:
    """Write the script and the description of a snapshot, and last ``latest.sql``, which readers open."""
    snapshots = folder / "snapshots"
    snapshots.mkdir(exist_ok=True)
    put_file(snapshots / f"{snapshot['number']:06d}.sql", script.encode())
    put_file(snapshots / f"{snapshot['number']:06d}.json", json.dumps(snapshot, indent=1).encode())
    put_file(folder / LATEST, script.encode())


def _sweep(folder: Path, keep: int) -> None:
    """Remove snapshots but the last ``keep``, and files that no snapshot names."""
    numbers = _numbers(folder)
    for number in numbers[: -max(1, keep)]:
        for end in (".json", ".sql"):
            (folder / "snapshots" / f"{number:06d}{end}").unlink(missing_ok=True)
    named = {path for number in numbers[-max(1, keep) :] for path in _paths(_read(folder, number))}
    for path in folder.glob("*/*.parquet*"):
        if path.relative_to(folder).as_posix() not in named:
            path.unlink()
    for path in folder.glob("*/.*.parquet.tmp"):
        path.unlink()


def _paths(snapshot: dict[str, Any]) -> Iterator[str]:
    for files in snapshot["files"].values():
        for file in files:
            yield file["path"]


def _summary(folder: Path, snapshot: dict[str, Any], *, written: list[dict[str, Any]], new: bool) -> Snapshot:
    return Snapshot(
        number=snapshot["number"],
        path=folder / "snapshots" / f"{snapshot['number']:06d}.sql",
        files=len(list(_paths(snapshot))),
        written=len(written),
        written_bytes=sum(file["bytes"] for file in written),
        rows={view: sum(file["rows"] for file in files) for view, files in snapshot["files"].items()},
        new=new,
    )
