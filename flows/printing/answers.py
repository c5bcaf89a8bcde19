"""Prints the answer to a query as a table, lines, JSON, CSV or Markdown; a long answer goes through a pager."""

from __future__ import annotations

import csv
import io
import json
import os
import pydoc
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from fivegwatch.flows.printing.lines import counted, json_line, printable
from fivegwatch.flows.printing.tables import table_lines

Columns = Sequence[str]
Rows = Sequence[Sequence[Any]]


def answer_lines(columns: Columns, rows: Rows, shape: str, *, room: int | None) -> Iterator[str]:
    """The lines of an answer, in one of the ``SHAPES``; ``room`` is the width of the terminal in characters, None for a
    file.
    """
    return SHAPES[shape](columns, rows, room)


def print_answer(columns: Columns, rows: Rows, shape: str, *, pager: bool = True) -> None:
    """Print an answer; if it is longer than the terminal, it goes through the pager (``PAGER``, or less)."""
    size = shutil.get_terminal_size() if sys.stdout.isatty() else None
    lines = answer_lines(columns, rows, shape, room=size and size.columns)
    if size and pager and sys.stdin.isatty():
        shown = list(lines)
        if len(shown) >= size.lines:
            # -S: wide rows are scrolled sideways.
            os.environ.setdefault("LESS", "FRSX")
            pydoc.pager("\n".join(shown) + "\n")
            return
        lines = iter(shown)
    for line in lines:
        print(line)


def _table(columns: Columns, rows: Rows, room: int | None) -> Iterator[str]:
    yield from table_lines(columns, rows, room)
    yield f"({counted(len(rows), 'row', 'rows')})"


def _lines(columns: Columns, rows: Rows, room: int | None) -> Iterator[str]:
    """The lines of an answer whose rows are wider than the screen: one line for each column of each row; nothing is
    cut.
    """
    del room
    width = max(map(len, columns), default=0)
    for number, row in enumerate(rows, 1):
        yield f"-- row {number} --"
        for name, value in zip(columns, row, strict=True):
            first, *more = printable(_text(value)).split("\n")
            yield f"{name:<{width}}  {first}".rstrip()
            yield from (" " * (width + 2) + line for line in more)
    yield f"({counted(len(rows), 'row', 'rows')})"


def _json(columns: Columns, rows: Rows, room: int | None) -> Iterator[str]:
    del room
    for row in rows:
        yield json_line(dict(zip(columns, row, strict=True)), default=_plain)


def _csv(columns: Columns, rows: Rows, room: int | None) -> Iterator[str]:
    del room
    for row in (columns, *([_cell(value) for value in row] for row in rows)):
        out = io.StringIO()
        csv.writer(out, lineterminator="").writerow(row)
        yield out.getvalue()


def _markdown(columns: Columns, rows: Rows, room: int | None) -> Iterator[str]:
    del room

    def cells(row: Sequence[Any]) -> str:
        texts = (printable(_text(value)).replace("|", "\\|").replace("\n", "<br>") for value in row)
        return "| " + " | ".join(texts) + " |"

    right = [
        bool(rows) and all(isinstance(row[at], int | float) for row in rows) for at in range(len(columns))
    ]
    yield cells(columns)
    yield "| " + " | ".join("---:" if number else "---" for number in right) + " |"
    for row in rows:
        yield cells(row)


SHAPES: dict[str, Callable[[Columns, Rows, int | None], Iterator[str]]] = {
    "table": _table,
    "line": _lines,
    "json": _json,
    "csv": _csv,
    "markdown": _markdown,
}


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple) and not any(isinstance(one, dict | list) for one in value):
        return ", ".join(map(str, value))
    if isinstance(value, dict | list | tuple):
        return json.dumps(value, default=_plain, ensure_ascii=False)
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else str(value)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _cell(value: Any) -> Any:
    """``value`` for a spreadsheet; a text that it would read as a formula gets a quote in front."""
    if isinstance(value, list | dict | tuple):
        value = json.dumps(value, default=_plain, ensure_ascii=False)
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value
