"""Exports views as files, one for each month of publication, with a ``datapackage.json`` that has descriptions and
checksums.

    checksum of every month in the corpus -> months that differ from the last export -> files -> datapackage.json

A file is written completely or not at all, and ``datapackage.json`` last. After a kill, the next export writes again
every file whose checksum is not in ``datapackage.json``. Standard: Frictionless Data Package 1.0 (Table Schema).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fivegwatch.extractors.errors import StorageError
from fivegwatch.storage.disk.files import disk_errors, hidden, put_file, sha256_of
from fivegwatch.storage.export.months import checksums, month_of
from fivegwatch.storage.read.queries import QueryLimits, QuerySession

if TYPE_CHECKING:
    import pyarrow as pa

FORMATS = ("parquet", "csv", "jsonl")
DESCRIPTION = "datapackage.json"
VIEWS = {
    "stories": ("id", "published_at"),
    "ledger": ("id", "published_at"),
    "mentions": ("story_id, entity", "published_day"),
}
"""The views that can be exported. For each: the columns by which its rows are sorted, and the column that gives the
month."""
_TYPES = {
    "VARCHAR": "string", "BOOLEAN": "boolean", "BIGINT": "integer", "INTEGER": "integer", "HUGEINT": "integer",
    "DOUBLE": "number", "DATE": "date", "TIMESTAMP WITH TIME ZONE": "datetime",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedFile:
    """One file of an export."""

    path: str
    """Path of the file, relative to the export's folder."""
    rows: int
    rows_before: int | None
    """Number of rows of the file that this one replaces; None when the file is new."""
    changed: bool
    """Whether the file was written (or removed, if it has 0 rows now)."""


def export_view(
    db: Path, folder: Path, view: str, kind: str, *, text: bool = False, month: str = ""
) -> list[ExportedFile]:
    """Export ``view`` (one of VIEWS) into ``folder`` as files of ``kind`` (one of FORMATS), and write
    ``datapackage.json``.

    Only months that changed since the last export are written. ``month`` (``2026-03``) limits the export to one month.
    ``text`` adds the texts of stories.

    Raises: StorageError when the folder holds an export of another kind or cannot be written.
    """
    with (
        disk_errors(folder, "export the corpus"),
        QuerySession(db, limits=QueryLimits(timeout_s=None)) as session,
    ):
        folder.mkdir(parents=True, exist_ok=True)
        package = _described(folder)
        columns = _columns(session, view, text)
        known = {one["path"]: one for one in package["resources"] if one["name"].startswith(f"{view}-")}
        _refuse_other(folder, known, kind, columns)
        done, months = [], checksums(session, view, columns, month_of(VIEWS[view][1]))
        for name, (rows, fingerprint) in sorted(months.items()):
            if month and name != month:
                continue
            path = f"{view}/{name}.{kind}"
            before = known.get(path)
            same = before and before["fingerprint"] == fingerprint and _is_whole(folder / path, before)
            if not same:
                _write(session, folder / path, view, columns, name, kind)
                package["resources"] = [one for one in package["resources"] if one["path"] != path]
                package["resources"].append(_resource(folder, path, view, columns, rows, fingerprint))
            done.append(_file(path, rows, before, changed=not same))
        for path, before in known.items():
            if not month and Path(path).stem not in months:
                (folder / path).unlink(missing_ok=True)
                package["resources"].remove(before)
                done.append(_file(path, 0, before, changed=True))
        _describe(folder, package)
    return done


def _file(path: str, rows: int, before: dict[str, Any] | None, *, changed: bool) -> ExportedFile:
    return ExportedFile(path=path, rows=rows, rows_before=before["rows"] if before else None, changed=changed)


def _columns(session: QuerySession, view: str, text: bool) -> dict[str, tuple[str, str]]:
    """The type and meaning of every column, in the order of the view."""
    rows = session.ask(
        "select column_name, data_type, comment from duckdb_columns() where table_name = $view and schema_name = 'main'"
        " order by column_index",
        {"view": view},
    ).rows
    return {name: (kind, note) for name, kind, note in rows if name != "body" or text}


def _write(
    session: QuerySession, path: Path, view: str, columns: dict[str, tuple[str, str]], month: str, kind: str
) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    table = session.table(
        f"select {names} from {view} where {month_of(VIEWS[view][1])} = $month order by {VIEWS[view][0]}",  # noqa: S608
        {"month": month},
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with hidden(path, f".{path.name}.{os.getpid()}.tmp") as work:
        _WRITERS[kind](table, work)


def _write_parquet(table: pa.Table, path: Path) -> None:
    import pyarrow.parquet as pq

    pq.write_table(table, path, compression="zstd")


def _write_csv(table: pa.Table, path: Path) -> None:
    """Write ``table`` as CSV (RFC 4180, UTF-8): lists and structures as JSON, times as ISO 8601, null as an empty
    cell."""
    import csv

    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table.column_names)
        writer.writerows([_cell(value) for value in row.values()] for row in _rows(table))


def _write_jsonl(table: pa.Table, path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        for row in _rows(table):
            file.write(json.dumps(row, ensure_ascii=False, default=_plain) + "\n")


_WRITERS: dict[str, Callable[[Any, Path], None]] = {
    "parquet": _write_parquet,
    "csv": _write_csv,
    "jsonl": _write_jsonl,
}


def _rows(table: pa.Table) -> Iterator[dict[str, Any]]:
    for batch in table.to_batches(max_chunksize=1000):
        yield from batch.to_pylist()


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=_plain)
    return _plain(value) if isinstance(value, date | datetime) else value


def _plain(value: date | datetime) -> str:
    return value.isoformat()


def _described(folder: Path) -> dict[str, Any]:
    path = folder / DESCRIPTION
    if not path.exists():
        return {"name": "fivegwatch", "profile": "data-package", "resources": []}
    try:
        package = json.loads(path.read_text(encoding="utf-8"))
        assert all(
            {"path", "name", "fingerprint", "hash", "rows"} <= one.keys() for one in package["resources"]
        )
    except (ValueError, KeyError, TypeError, AssertionError, AttributeError) as exc:
        raise StorageError(
            f"{path} was not written by fivegwatch. Export into another folder.",
            path=str(path),
            kind="foreign",
        ) from exc
    return dict(package)


def _refuse_other(
    folder: Path, known: dict[str, dict[str, Any]], kind: str, columns: dict[str, tuple[str, str]]
) -> None:
    """Raise StorageError if an export would mix formats, or lack columns of earlier files, on which readers rely."""
    for one in known.values():
        before = [field["name"] for field in one["schema"]["fields"]]
        gone = [name for name in before if name not in columns]
        if one["format"] != kind or gone:
            what = (
                f"is in format {one['format']}"
                if not gone
                else f"has the columns {', '.join(gone)}, which would go"
            )
            remedy = (
                "Give --text as before, or export into another folder."
                if gone == ["body"]
                else "Take another folder."
            )
            raise StorageError(
                f"{folder / one['path']} {what}. {remedy}", path=str(folder), kind="other_export"
            )


def _is_whole(path: Path, resource: dict[str, Any]) -> bool:
    return path.exists() and f"sha256:{sha256_of(path)}" == resource["hash"]


def _resource(
    folder: Path, path: str, view: str, columns: dict[str, tuple[str, str]], rows: int, fingerprint: str
) -> dict[str, Any]:
    kind = Path(path).suffix[1:]
    fields = [
        {"name": name, "type": _TYPES.get(sql, "array" if sql.endswith("]") else "any"), "description": note}
        for name, (sql, note) in columns.items()
    ]
    return {
        "name": f"{view}-{Path(path).stem}", "path": path, "format": kind, "encoding": "utf-8",
        "bytes": (folder / path).stat().st_size, "hash": f"sha256:{sha256_of(folder / path)}", "rows": rows,
        "fingerprint": fingerprint, "schema": {"fields": fields, "primaryKey": VIEWS[view][0].split(", ")},
    }  # fmt: skip


def _describe(folder: Path, package: dict[str, Any]) -> None:
    package["resources"].sort(key=lambda one: one["path"])
    content = json.dumps(package, ensure_ascii=False, indent=1) + "\n"
    path = folder / DESCRIPTION
    without_time = {**package, "created": package.get("created", "")}
    if path.exists() and json.loads(path.read_text("utf-8")) == without_time:
        return
    package["created"] = datetime.now(UTC).isoformat(timespec="seconds")
    content = json.dumps(package, ensure_ascii=False, indent=1) + "\n"
    put_file(path, content.encode())


if TYPE_CHECKING:
    import pyarrow as pa


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write ``table`` to ``path``, compressed with zstd, completely or not at all; an existing file is replaced.

    Raises: StorageError when the folder cannot be written or the disk is full.
    """
    name = f".{path.name}.{os.getpid()}.tmp"
    with disk_errors(path, "write the Parquet file"), hidden(path, name) as work:
        _write_parquet(table, work)
