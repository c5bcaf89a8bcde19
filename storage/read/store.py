"""Queries on the store. Each query opens the store read-only for a moment, and waits while a loader holds it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from fivegwatch.storage.connections import Connection, opened
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.schema.migrate import is_current

WAIT_S = 30.0

Row = dict[str, Any]
Parameters = list[Any] | dict[str, Any] | None


def rows(con: Connection, sql: str, parameters: Parameters = None) -> list[Row]:
    """The rows of the query ``sql`` on the open database ``con``, as dicts by column name."""
    result = con.execute(sql, parameters or [])
    names = [column[0] for column in result.description or ()]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def read(db: Path, sql: str, parameters: Parameters = None) -> list[Row]:
    """The rows of the query ``sql`` on the published corpus ``db``, as dicts by column name. Raises: StorageError."""
    with opened(db, read_only=True) as con:
        return rows(con, sql, parameters)


def select(layout: Layout, sql: str, parameters: Parameters = None, *, wait_s: float = WAIT_S) -> list[Row]:
    """The rows of the query ``sql`` on the store; none if there is no store or a loader died while creating it.

    Raises: CorpusBusyError when the store is held for longer than ``wait_s`` seconds; SchemaVersionError;
    StorageError.
    """
    if not layout.store.exists():
        return []
    with opened(layout.store, read_only=True, wait_s=wait_s) as con:
        return rows(con, sql, parameters) if is_current(con) else []


def latest_time(layout: Layout) -> datetime | None:
    """The latest time in any record of a run; None for an empty corpus."""
    answer = select(
        layout,
        """
        select greatest(
            (select max(polled_at) from base.feed_states), (select max(synced_at) from base.feeds),
            (select max(attempted_at) from base.attempts), (select max(announced_at) from base.entries),
            (select max(greatest(started_at, ended_at)) from base.runs),
            (select max(updated_at) from base.units)
        ) as latest
        """,
    )
    return answer[0]["latest"] if answer else None
