"""Runs users' SQL on the published corpus: read-only, without access to other files, limited in time and memory.

Importing this module must stay quick: commands that only query start in under half a second.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb

from fivegwatch.extractors.errors import QueryError, StorageError
from fivegwatch.storage.connections import Connection, translated
from fivegwatch.storage.disk.reader_lock import lock_for_reading

if TYPE_CHECKING:
    import pyarrow as pa

Parameters = list[Any] | dict[str, Any] | None
Result = TypeVar("Result")

# read_only protects only the tables: without these settings a query could read and write any file of this user.
# lock_configuration is last, since no setting can be changed after it.
LOCKDOWN = (
    "set global TimeZone = 'UTC'",  # global: connections of this process to the same file share the lock
    "set max_temp_directory_size = '1GB'",
    "set autoinstall_known_extensions = false",
    "set autoload_known_extensions = false",
    "set python_enable_replacements = false",
    "set enable_external_access = false",
    "set lock_configuration = true",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryLimits:
    """Bounds on one query."""

    timeout_s: float | None = 60.0
    """Maximum duration in seconds; None for no limit."""
    memory: str = "2GB"
    """Maximum memory in DuckDB's notation, such as ``2GB``."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a query."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]

    def dicts(self) -> list[dict[str, Any]]:
        """The rows as dicts by column name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


class QuerySession:
    """A read-only connection to one published version, for any number of queries.

    When the session opens, ``db`` is a link to the newest version. The session keeps that version until it is closed,
    even if a newer one is published. Temporary tables and variables that a query makes exist as long as the session.
    Only one thread may use a session.

    Raises: StorageError when the corpus cannot be opened.
    """

    def __init__(self, db: Path, *, limits: QueryLimits | None = None, locked: bool = True) -> None:
        """Open the session.

        ``locked`` False leaves out the sandbox and the bound on memory: for the user's own program.
        """
        self.db = db
        self.limits = limits or QueryLimits()
        self.version, self._con, self._lock = _connect(db, self.limits, locked=locked)
        # In a thread of its own: DuckDB ignores signals while it works, but the waiting main thread receives Ctrl-C.
        self._worker = ThreadPoolExecutor(1)

    def __enter__(self) -> QuerySession:
        """The session itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the session."""
        self.close()

    def close(self) -> None:
        """Close the connection; no further queries are possible."""
        self._worker.shutdown()
        self._con.close()
        if self._lock >= 0:  # once, or a handle of somebody else may have its number
            os.close(self._lock)
            self._lock = -1

    def ask(self, sql: str, parameters: Parameters = None) -> Answer:
        """The result of the last statement of ``sql``, with ``parameters`` for that statement.

        Ctrl-C stops the query and raises KeyboardInterrupt.

        Raises: QueryError when the SQL is wrong, forbidden, too slow or needs too much memory.
        """
        return self._in_thread(lambda: _answer(self._last(sql, parameters)))

    def table(self, sql: str, parameters: Parameters = None) -> pa.Table:
        """Run ``sql`` as `ask` does; returns the rows as an Arrow table with DuckDB's types.

        Raises: as `ask`.
        """
        return self._in_thread(lambda: self._last(sql, parameters).to_arrow_table())

    def _last(self, sql: str, parameters: Parameters) -> Connection:
        """Run all statements; returns the connection with the result of the last one."""
        statements = self._con.extract_statements(sql)
        if not statements:
            raise QueryError("there is no SQL statement in the query.", kind="query")
        for statement in statements[:-1]:
            self._con.execute(statement)
        return (
            self._con.execute(statements[-1], parameters) if parameters else self._con.execute(statements[-1])
        )

    def _in_thread(self, work: Callable[[], Result]) -> Result:
        try:
            future = self._worker.submit(work)
            try:
                return future.result(self.limits.timeout_s)
            finally:
                if not future.done():  # time is up (DuckDB has no statement timeout of its own), or Ctrl-C
                    self._con.interrupt()
                    future.exception()
        except TimeoutError as exc:
            text = f"the query took longer than {self.limits.timeout_s:g} s and was stopped."
            text += " Narrow it, or raise --timeout."
            raise QueryError(text, path=str(self.db), kind="query_timeout") from exc
        except duckdb.Error as exc:
            raise _query_error(exc, self.db, self.limits) from exc


def run_query(
    db: Path, sql: str, parameters: Parameters = None, *, limits: QueryLimits | None = None
) -> Answer:
    """The result of the last statement of ``sql`` on the published corpus ``db``.

    Ctrl-C stops the query and raises KeyboardInterrupt.

    Raises: QueryError when the SQL is wrong, forbidden, too slow or needs too much memory; StorageError when the
    corpus cannot be opened.
    """
    with QuerySession(db, limits=limits) as session:
        return session.ask(sql, parameters)


def query_rows(db: Path, sql: str, parameters: Parameters = None) -> list[dict[str, Any]]:
    """The rows of the query ``sql`` on the published corpus ``db``, as dicts by column name."""
    return run_query(db, sql, parameters).dicts()


def _connect(db: Path, bounds: QueryLimits, *, locked: bool) -> tuple[Path, Connection, int]:
    """The version that ``db`` links to, a connection to it, and the handle that keeps it from being patched."""
    for last in (False, False, True):
        version = db.resolve()
        try:
            return version, *_connect_version(version, db, bounds, locked=locked)
        except (StorageError, FileNotFoundError):
            # Two publications since the link was read: it leads to another version now, and the older one is patched
            # or removed, be it between the lock and the opening.
            if last or db.resolve() == version:
                raise
    raise AssertionError


def _connect_version(version: Path, db: Path, bounds: QueryLimits, *, locked: bool) -> tuple[Connection, int]:
    if not db.exists():
        raise StorageError(
            f"there is no corpus at {db}. Name one with --db, or make one there with `fivegwatch init`.",
            path=str(db),
            kind="missing",
        )
    try:
        lock = lock_for_reading(version)
    except PermissionError as exc:
        raise translated(duckdb.IOException(f"Permission denied: {exc}"), db) from exc
    try:
        con = duckdb.connect(str(version), read_only=True)
        for command in (f"set memory_limit = '{bounds.memory}'", *LOCKDOWN) if locked else LOCKDOWN[:1]:
            con.execute(command)
    except duckdb.Error as exc:
        os.close(lock)
        raise translated(exc, db) from exc
    return con, lock


def _answer(result: Connection) -> Answer:
    return Answer(tuple(column[0] for column in result.description or ()), result.fetchall())


def _query_error(exc: duckdb.Error, db: Path, bounds: QueryLimits) -> QueryError:
    text = str(exc).strip()
    kind = "query"
    if isinstance(exc, duckdb.InterruptException):
        kind = "query_timeout"
        text = f"the query took longer than {bounds.timeout_s:g} s and was stopped. Narrow it,"
        text += " or allow it more with --timeout."
    elif isinstance(exc, duckdb.OutOfMemoryException):
        kind = "query_memory"
        text = f"the query needs more than {bounds.memory} of memory. Narrow it, or select fewer columns."
    elif isinstance(exc, duckdb.PermissionException) or re.search(
        r"read-only mode|disabled by configuration|configuration has been locked", text
    ):
        kind = "query_forbidden"
        text = f"the corpus is open for reading only, and nothing outside it: {text}"
    elif isinstance(exc, duckdb.CatalogException):
        text += "\n`fivegwatch sql` without a query lists the views, macros and named queries."
    return QueryError(text, path=str(db), kind=kind)
