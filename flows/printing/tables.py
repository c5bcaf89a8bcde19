"""Prints tables: columns aligned by display width, every value as plain text; fast for hundreds of rows."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

CELL_CHARS = 300
NARROWEST = 12
"""Least width, in characters, to which a column is narrowed."""


def print_table(columns: Sequence[str], rows: Sequence[Sequence[Any]], *, count: bool = True) -> None:
    """Print the rows under the names of their columns; with ``count``, also the number of rows.

    On a terminal, the widest columns are cut until a row fits; elsewhere, only values longer than `CELL_CHARS` are cut.
    """
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    for line in table_lines(columns, rows, room):
        print(line)
    if count:
        print(f"({len(rows)} row{'' if len(rows) == 1 else 's'})")


def table_lines(columns: Sequence[str], rows: Sequence[Sequence[Any]], room: int | None) -> Iterator[str]:
    """The lines of a table. If ``room`` (in characters) is given, the widest columns are cut until a row fits."""
    from rich.cells import cell_len

    table = [list(columns), *([cell_text(value) for value in row] for row in rows)]
    widths = [max(cell_len(row[index]) for row in table) for index in range(len(columns))]
    if room is not None:
        widths = _squeezed(widths, room)
    right = [all(isinstance(row[index], int | float) for row in rows) for index in range(len(columns))]
    for number, row in enumerate(table):
        yield _line(row, widths, right if number else [False] * len(columns))
        if number == 0:
            yield "  ".join("-" * width for width in widths)


def cell_text(value: Any) -> str:
    """The value as text on one line, control characters replaced."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, float):
        return f"{value:.3f}".rstrip("0").rstrip(".")
    text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    text = "".join(
        c if c.isprintable() else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in text
    )
    return text if len(text) <= CELL_CHARS else text[: CELL_CHARS - 1] + "…"


def _squeezed(widths: list[int], room: int) -> list[int]:
    """The widths of the columns, of which the widest are narrowed until a row fits or all have the least width."""
    widths = list(widths)
    while sum(widths) + 2 * (len(widths) - 1) > room and max(widths) > NARROWEST:
        widths[widths.index(max(widths))] -= 1
    return widths


def _line(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    from rich.cells import cell_len, set_cell_size

    cells = []
    for text, width, to_the_right in zip(row, widths, right, strict=True):
        if cell_len(text) > width:
            text = set_cell_size(text, width - 1) + "…"
        gap = " " * (width - cell_len(text))
        cells.append(gap + text if to_the_right else text + gap)
    return "  ".join(cells).rstrip()
