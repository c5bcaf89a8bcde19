"""Readers of a lake that have DuckDB and its extensions, and nothing of ours."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import duckdb

from fivegwatch.storage.lake.definition import Lake
from fivegwatch.storage.read.queries import QuerySession

# As `python -c`: extensions, ATTACH, then each line of the input is a query that is answered with one line.
PROGRAM = """
import sys, duckdb
con = duckdb.connect(config={"autoinstall_known_extensions": "false"})
con.execute("set TimeZone = 'UTC'")
for statement in sys.argv[1:]:
    con.execute(statement)
for line in sys.stdin:
    print(con.execute(line).fetchall(), flush=True)
"""


def opening(lake: Lake, *options: str) -> list[str]:
    """The statements by which a reader opens a lake."""
    names = ["ducklake", "postgres_scanner" if lake.on_postgres else "sqlite_scanner"]
    names += ["httpfs", "aws"] if lake.on_s3 else []
    catalogue = lake.catalogue if lake.on_postgres else f"sqlite:{lake.catalogue}"
    secret = []
    if lake.on_s3:
        import os

        host = os.environ["AWS_ENDPOINT_URL"].partition("://")[2]
        secret = [
            f"create secret (type s3, provider credential_chain, endpoint '{host}', url_style 'path', use_ssl false)"
        ]
    loads = [f"load '{extension(name)}'" for name in names]
    attach = "attach '{}' as lake ({})".format(
        f"ducklake:{catalogue}".replace("'", "''"), ", ".join(["read_only", *options])
    )
    return [*loads, *secret, attach, f"use lake.{lake.schema}"]


def extension(name: str) -> Path:
    """The file of an extension in its wheel."""
    spec = importlib.util.find_spec(f"duckdb_extension_{name}")
    assert spec and spec.submodule_search_locations
    folder = Path(spec.submodule_search_locations[0]) / "extensions"
    return folder / f"v{duckdb.__version__}" / f"{name}.duckdb_extension"


def start_reader(lake: Lake, *options: str) -> subprocess.Popen[str]:
    """A process with the lake attached, for `ask`."""
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *opening(lake, *options)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def ask(reader: subprocess.Popen[str], sql: str) -> str:
    """The answer to a query, as Python writes it."""
    assert reader.stdin and reader.stdout
    print(sql, file=reader.stdin, flush=True)
    return reader.stdout.readline().strip()


def stop(reader: subprocess.Popen[str]) -> None:
    reader.communicate(timeout=600)


def opened_lake(lake: Lake, *options: str) -> duckdb.DuckDBPyConnection:
    """A connection of this process with the lake attached."""
    con = duckdb.connect(config={"autoinstall_known_extensions": "false"})
    con.execute("set TimeZone = 'UTC'")
    for statement in opening(lake, *options):
        con.execute(statement)
    return con


def rows_of(con: duckdb.DuckDBPyConnection, view: str) -> list[str]:
    return sorted(map(repr, con.execute(f'from "{view}"').fetchall()))


def differences(lake: Lake, db: Path) -> list[str]:
    """The views whose rows or comments are not the same in the lake and in the published file."""
    con = opened_lake(lake)
    with QuerySession(db) as session:
        views = session.ask("select view_name from duckdb_views() where not internal").rows
        assert len(views) > 30
        different = [
            view
            for (view,) in views
            if rows_of(con, view) != sorted(map(repr, session.ask(f'from "{view}"').rows))
        ]
        columns = (
            "select table_name, column_name, data_type, comment from duckdb_columns() where schema_name = '{}'"
            " and database_name = '{}' and not internal and table_name in (select unnest($views)) order by all"
        )
        views = {"views": [name for (name,) in views]}
        of_file = session.ask(columns.format("main", session.version.stem), views).rows
        if con.execute(columns.format(lake.schema, "lake"), views).fetchall() != of_file:
            different.append("columns")
    return different
