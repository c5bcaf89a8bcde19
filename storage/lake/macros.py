"""The macros that a lake can have: those of the published file whose SQL uses views alone."""

from __future__ import annotations

import re

from fivegwatch.storage.connections import Connection
from fivegwatch.storage.schema.migrate import HERE

_STATEMENT = re.compile(r"create or replace macro (?:base\.)?(\w+)\(.*?;\n", re.DOTALL)
_OF_TABLES = re.compile(r"\bbase\.|\bstory\(")
"""Tables of schema base are not in a lake, nor is the macro that reads them."""


def lake_macros() -> list[str]:
    """The statements that make them, in order: excerpt, search, timeline, coverage, developing, known_on."""
    text = (
        (HERE / "views" / "macros.sql").read_text(encoding="utf-8").replace("base.pattern_of", "pattern_of")
    )
    statements = (match[0] for match in _STATEMENT.finditer(text))
    return [one.rstrip(";\n") for one in statements if not _OF_TABLES.search(one)]


def make_macros(con: Connection, schema: str) -> None:
    """Make the macros in a schema of the attached ``lake``, in place of those that are there."""
    con.execute(f'use lake."{schema}"')
    try:
        for statement in lake_macros():
            con.execute(statement)
    finally:
        con.execute("use memory.main")
