"""The reference page of the SQL contract, written from the comments of a new corpus."""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb

from docs.markdown import page, table
from fivegwatch.storage.read.named.catalogue import named_queries
from fivegwatch.storage.schema.migrate import migrate


def sql_page() -> str:
    """Every view and macro with its columns, by the comments of a new corpus."""
    with duckdb.connect() as con:
        migrate(con)
        views = con.execute(
            "select view_name, comment from duckdb_views() where not internal order by view_oid"
        ).fetchall()
        macros = con.execute(
            "select function_name, function_type, parameters, comment from duckdb_functions()"
            " where not internal and schema_name = 'main' and function_type in ('macro', 'table_macro')"
            " order by function_oid"
        ).fetchall()
        columns = con.execute(
            "select table_name, column_name, comment from duckdb_columns() where schema_name = 'main' and not internal"
            " order by table_name, column_index"
        ).fetchall()
        parts = [part for name, note in views for part in _view(con, name, note)]
        functions = [part for row in macros for part in _macro(con, *row)]
    queries = [
        (f"`{one.name}`", one.title, " ".join(f"`{parameter.usage}`" for parameter in one.parameters))
        for one in named_queries().values()
    ]
    return page(
        "SQL",
        "What can be asked of `corpus.duckdb`. Every view, column and macro has this text as its `COMMENT` too:"
        " `fivegwatch sql` lists them. Times are `TIMESTAMP WITH TIME ZONE`; days are days of UTC. The tables"
        " behind the views (schema `base`,"
        " [storage/schema/schema.generated.sql](../../storage/schema/schema.generated.sql)) may change.",
        "How the views join, one line a column that leads to another view:",
        _picture(columns),
        table(("view", "what it holds"), [(f"[`{name}`](#{name})", note) for name, note in views]),
        table(("macro", "what it gives"), [(f"[`{row[0]}`](#{row[0]}-1)" if row[0] in dict(views) else
                                            f"[`{row[0]}`](#{row[0]})", row[3]) for row in macros]),
        "Named queries, run by `fivegwatch sql --query NAME --param name=value`; parameters in brackets are optional:",
        table(("query", "what it answers", "parameters"), queries),
        *parts,
        *functions,
    )  # fmt: skip


def _picture(columns: list[tuple[str, str, str]]) -> str:
    """The joins of the views as an entity-relationship diagram (Mermaid), read from "Joins view.column" in comments."""
    lines = []
    for view, column, note in columns:
        for target in (
            re.findall(r"(?<!\w)(?:Joins|and) (\w+)\.\w+", note) if note.startswith("Joins") else ()
        ):
            lines.append(f'    {target} ||--o{{ {view} : "{column}"')
    return "```mermaid\nerDiagram\n" + "\n".join(dict.fromkeys(lines)) + "\n```"


def _view(con: duckdb.DuckDBPyConnection, name: str, note: str) -> Iterator[str]:
    columns = con.execute(
        "select column_name, data_type, comment from duckdb_columns()"
        " where schema_name = 'main' and table_name = ? order by column_index",
        [name],
    ).fetchall()
    yield f"## {name}"
    yield note
    yield table(("column", "type", "meaning"), [(f"`{c}`", f"`{kind}`", text) for c, kind, text in columns])


def _macro(
    con: duckdb.DuckDBPyConnection, name: str, kind: str, parameters: list[str], note: str
) -> Iterator[str]:
    yield f"## {name}"
    signature, _, meaning = note.partition(": ")
    yield f"`{signature}`: {meaning}"
    if kind == "table_macro":
        empty = con.execute("select count(*) from duckdb_functions() where function_name = ?", [name])
        assert empty.fetchone()
        required = [item for item in parameters if not re.search(rf"\b{item} :=", signature)]
        found = con.execute(f"describe from {name}({', '.join('null' for _ in required)})").fetchall()
        yield "Columns: " + ", ".join(f"`{row[0]}`" for row in found) + "."
