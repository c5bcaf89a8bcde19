"""Opens database files of the corpus, and turns DuckDB's errors into errors of this package."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from fivegwatch.extractors.errors import CorpusBusyError, SchemaVersionError, StorageError

# Readable by DuckDB 1.5 and its tools, and the first version that honours USING COMPRESSION zstd.
STORAGE_VERSION = "v1.5.0"
FIRST_WAIT_S = 0.02
LONGEST_WAIT_S = 1.0

Connection = duckdb.DuckDBPyConnection


@contextmanager
def opened(path: Path, *, read_only: bool, wait_s: float = 30.0) -> Iterator[Connection]:
    """A connection to ``path`` with time zone UTC, closed at the end of the block.

    Waits up to ``wait_s`` seconds while another process holds the file.

    Raises: CorpusBusyError, which names the process that holds the file; SchemaVersionError for a file of a newer
    DuckDB; StorageError for a file that is missing, unreadable or not a database, and for a full disk.
    """
    con = _connect(path, read_only=read_only, wait_s=wait_s)
    try:
        with duckdb_errors(path):
            # A user's session on the same file in this process has set it already, and locked all settings.
            if con.execute("select current_setting('TimeZone')").fetchone() != ("UTC",):
                con.execute("set TimeZone = 'UTC'")
            yield con
    finally:
        with duckdb_errors(path):
            con.close()


def _connect(path: Path, *, read_only: bool, wait_s: float) -> Connection:
    if read_only and not path.exists():
        raise StorageError(
            f"{path} does not exist. Name another path, or make a corpus there with `fivegwatch init`.",
            path=str(path),
            kind="missing",
        )
    end, delay = time.monotonic() + wait_s, FIRST_WAIT_S
    while True:
        try:
            config: dict[str, str | bool | int | float | list[str]] = {}
            if not read_only:
                config["storage_compatibility_version"] = STORAGE_VERSION
            return duckdb.connect(str(path), read_only=read_only, config=config)
        except duckdb.Error as exc:
            ours = translated(exc, path)
            if not isinstance(ours, CorpusBusyError) or time.monotonic() >= end:
                raise ours from exc
            # Jitter, or two waiting processes keep trying at the same moments.
            time.sleep(min(delay, max(0.0, end - time.monotonic())) * random.uniform(0.5, 1.5))  # noqa: S311
            delay = min(delay * 2, LONGEST_WAIT_S)


@contextmanager
def duckdb_errors(path: Path) -> Iterator[None]:
    """Turn DuckDB errors raised inside the block into `StorageError` about ``path``."""
    try:
        yield
    except duckdb.Error as exc:
        raise translated(exc, path) from exc


def translated(exc: duckdb.Error, path: Path) -> StorageError:
    """The `StorageError` for ``exc``; its message says what is wrong with ``path`` and what to do."""
    text, name = str(exc), str(path)
    if "Could not set lock" in text:
        holder = re.search(r"held in (.*?)\(PID (\d+)\)", text, re.DOTALL)
        who = f"process {holder.group(2)} ({holder.group(1).strip()})" if holder else "another process"
        return CorpusBusyError(
            f"{name} is locked by {who}. Close it there; open the published database instead of this file.",
            path=name,
        )
    if "newer version of DuckDB" in text or "read a database file with version number" in text:
        return SchemaVersionError(
            f"{name} was made by a newer DuckDB than {duckdb.__version__}. Upgrade duckdb.",
            path=name,
            kind="newer",
        )
    if "not a valid DuckDB database file" in text or "Could not read enough bytes" in text:
        return StorageError(
            f"{name} is not a DuckDB database. Name another file; if it belongs to a corpus, `fivegwatch maintain`"
            " publishes it again.",
            path=name,
            kind="not_duckdb",
        )
    if "Corrupt database file" in text or "Failure while replaying WAL" in text:
        return StorageError(
            f"{name} is damaged: {_first_line(text)}. Replace it with a backup, or with the newest file in"
            f" {path.parent.parent / 'public'}.",
            path=name,
            kind="damaged",
        )
    if "No space left" in text or "max_temp_directory_size" in text:
        return StorageError(
            f"no space left for {name}. Free some space and run again; nothing is lost."
            f" ({_first_line(text)})",
            path=name,
            kind="disk_full",
            transient=True,
        )
    if "Permission denied" in text or "read-only file system" in text.lower():
        return StorageError(
            f"{name} cannot be opened: permission denied. Give this user the right to its folder and files.",
            path=name,
            kind="unwritable",
        )
    return StorageError(f"{name}: {_first_line(text)}", path=name, kind="duckdb")


def _first_line(text: str) -> str:
    return text.strip().split("\n", 1)[0]


def number(con: Connection, sql: str, parameters: list[Any] | None = None) -> int:
    """The whole number that the query ``sql`` returns in its only row and column; 0 for null."""
    row = con.execute(sql, parameters or []).fetchone()
    assert row is not None
    return int(row[0] or 0)


def quoted(text: str) -> str:
    """``text`` as an SQL string literal, for statements that accept no parameters."""
    return "'" + text.replace("'", "''") + "'"
