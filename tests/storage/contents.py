"""The whole corpus as values, for comparison."""

from __future__ import annotations

from typing import Any

from fivegwatch.storage.connections import Connection, opened
from fivegwatch.storage.disk.layout import Layout

# When and how often something was loaded is no part of what the corpus says.
BOOKKEEPING = {"load_log", "schema_migrations", "meta"}


def contents_of(con: Connection) -> dict[str, list[tuple[Any, ...]]]:
    con.execute("set TimeZone = 'UTC'")
    tables = con.execute("select table_name from duckdb_tables() where schema_name = 'base'").fetchall()
    return {
        name: sorted(con.execute(f"from base.{name}").fetchall(), key=repr)
        for (name,) in tables
        if name not in BOOKKEEPING
    }


def contents(layout: Layout) -> dict[str, list[tuple[Any, ...]]]:
    with opened(layout.store, read_only=True) as con:
        return contents_of(con)


def ask(layout: Layout, sql: str) -> list[tuple[Any, ...]]:
    with opened(layout.store, read_only=True) as con:
        return con.execute(sql).fetchall()
