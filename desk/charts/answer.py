"""Draws the result of a query as horizontal bars: the first column of numbers, with another column as names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from fivegwatch.desk.charts.chart import (
    WIDE,
    Chart,
    Frame,
    Row,
    both,
    element,
    picture,
    shortened,
    tooltip,
    words,
)

MOST_BARS = 40
_HEIGHT = 24


def answer_bars(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> Chart | None:
    """A chart with a bar for each of the first rows; None if there is no column of numbers or no column for names.

    Names are taken from the first column of days or texts in which no value occurs twice; without one, from the first
    two such columns together.
    """
    shown = rows[:MOST_BARS]
    values = next((at for at in range(len(columns)) if _is_number(at, shown)), None)
    texts = [at for at in range(len(columns)) if _is_text(at, shown)]
    keys = next((ats for ats in (*([at] for at in texts), texts[:2]) if ats and _is_key(ats, shown)), None)
    if values is None or keys is None or len(shown) < 2:
        return None
    names = [", ".join(_name(row[at]) for at in keys) for row in shown]
    numbers = [max(0.0, float(row[values] or 0)) for row in shown]
    top = max(numbers) or 1.0
    what = columns[values].replace("_", " ")
    more = f", the first {len(shown)} of {len(rows)} rows" if len(rows) > len(shown) else ""
    summary = f"Most {what}: {names[numbers.index(max(numbers))]}{more}."
    heading = f"{title} ({what})"

    def draw(frame: Frame) -> str:
        left, letters = (300, 38) if frame == WIDE else (150, 19)
        parts = []
        for at, (name, number, row) in enumerate(zip(names, numbers, shown, strict=True)):
            y, wide = at * _HEIGHT, max(1.0, (frame.width - left - 70) * number / top)
            written = f"{row[values]:,}"
            note = tooltip(f"{name}: {written}")
            parts += [
                words(shortened(name, letters), left - 10, y + 17, anchor="end"),
                element("rect", note, x=left, y=y + 4, width=wide, height=16, class_="bar"),
                words(written, left + wide + 8, y + 17, "number"),
            ]
        return picture(frame, "answer", (heading, summary), len(shown) * _HEIGHT + 8, parts)

    return Chart(
        name="answer",
        title=heading,
        summary=summary,
        columns=(", ".join(columns[at].replace("_", " ") for at in keys), what),
        rows=tuple(Row(cells=(name, row[values])) for name, row in zip(names, shown, strict=True)),
        **both(draw),
    )


def _is_number(at: int, rows: Sequence[Sequence[Any]]) -> bool:
    given = [row[at] for row in rows if row[at] is not None]
    return bool(given) and all(
        isinstance(value, int | float) and not isinstance(value, bool) for value in given
    )


def _is_text(at: int, rows: Sequence[Sequence[Any]]) -> bool:
    given = [row[at] for row in rows if row[at] is not None]
    return bool(given) and all(isinstance(value, str | date | datetime) for value in given)


def _is_key(ats: Sequence[int], rows: Sequence[Sequence[Any]]) -> bool:
    return len({tuple(row[at] for at in ats) for row in rows}) == len(rows)


def _name(value: Any) -> str:
    return (
        f"{value:%Y-%m-%d}" if isinstance(value, date | datetime) else "none" if value is None else str(value)
    )
