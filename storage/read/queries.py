"""Users' SQL on the published corpus: read-only, without access to other files, bounded in time and memory.

Importing this module must stay quick: commands that only query start in under half a second.
"""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from fivegwatch.extractors.errors import QueryError, StorageError
from fivegwatch.storage.connections import Connection, translated

# read_only protects only the tables: without these settings a query could read and write any file of this user.
# lock_configuration is last, since no setting can be changed after it.
LOCKDOWN = (
    "set TimeZone = 'UTC'",
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
    """Seconds; None for no bound."""
    memory: str = "2GB"
    """As DuckDB writes sizes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a query."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def run_query(
    db: Path,
    sql: str,
    parameters: list[Any] | dict[str, Any] | None = None,
    *,
    limits: QueryLimits | None = None,
) -> Answer:
    """The result of ``sql`` (one statement) on the published corpus ``db``.

    Ctrl-C stops the query and raises KeyboardInterrupt.

    Raises: QueryError when the SQL is wrong, forbidden, too slow or needs too much memory; StorageError when the
    corpus cannot be opened.
    """
    bounds = limits or QueryLimits()
    con = _connect(db, bounds)
    # In a thread of its own: DuckDB ignores signals while it works, but the waiting main thread receives Ctrl-C.
    worker = ThreadPoolExecutor(1)
    try:
        future = worker.submit(_answer, con, _one_statement(con, sql), parameters)
        try:
            return future.result(bounds.timeout_s)
        finally:
            if not future.done():  # time is up (DuckDB has no statement timeout of its own), or Ctrl-C
                con.interrupt()
                future.exception()
    except TimeoutError as exc:
        text = f"the query took longer than {bounds.timeout_s:g} s and was stopped. Narrow it, or raise --timeout."
        raise QueryError(text, path=str(db), kind="query_timeout") from exc
    except duckdb.Error as exc:
        raise _query_error(exc, db, bounds) from exc
    finally:
        worker.shutdown()
        con.close()


def _connect(db: Path, bounds: QueryLimits) -> Connection:
    if not db.exists():
        raise StorageError(
            f"there is no corpus at {db}. Name one with --db, or make one there with `fivegwatch init`.",
            path=str(db),
            kind="missing",
        )
    try:
        con = duckdb.connect(str(db), read_only=True)
        con.execute(f"set memory_limit = '{bounds.memory}'")
        for command in LOCKDOWN:
            con.execute(command)
    except duckdb.Error as exc:
        raise translated(exc, db) from exc
    return con


def _one_statement(con: Connection, sql: str) -> str:
    statements = con.extract_statements(sql)
    if len(statements) != 1:
        number = len(statements) or "none"
        raise QueryError(f"exactly one SQL statement is expected, not {number}.", kind="query")
    return sql


def _answer(con: Connection, sql: str, parameters: Any) -> Answer:
    result = con.execute(sql, parameters) if parameters else con.execute(sql)
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
        text += "\nThe views are: stories, sightings, mentions, evidence, ledger, clusters, cluster_members, entries,"
        text += " feed_health, runs, failures, decisions, revisions, polls."
    return QueryError(text, path=str(db), kind=kind)
