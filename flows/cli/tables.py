"""Tables on a terminal: every value as text, nothing in it interpreted."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

CELL_CHARS = 300
PIPE_COLUMNS = 200
"""Width when the output is no terminal."""


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]], *, count: bool = True) -> None:
    """Print the rows under their columns, and (``count``) how many there are."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table()
    for column in columns:
        table.add_column(Text(column))
    for row in rows:
        table.add_row(*(Text(shown(value)) for value in row))
    console = Console(width=None if sys.stdout.isatty() else PIPE_COLUMNS)
    console.print(table)
    if count:
        console.print(f"{len(rows)} row{'' if len(rows) == 1 else 's'}", highlight=False)


def shown(value: Any) -> str:
    """The value as a person reads it; control characters cannot reach the terminal."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    text = "".join(
        character if character.isprintable() or character == "\n" else "\N{REPLACEMENT CHARACTER}"
        for character in text
    )
    return text if len(text) <= CELL_CHARS else text[: CELL_CHARS - 1] + "…"
