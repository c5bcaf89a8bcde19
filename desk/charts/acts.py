"""Draws acts (measures of states against vendors) over time: a square with the level's letter in the month of the first
report.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fivegwatch.desk.charts.chart import (
    Chart,
    Frame,
    Row,
    both,
    element,
    link,
    picture,
    shortened,
    tooltip,
    words,
)
from fivegwatch.desk.charts.levels import LEVELS, Level, legend_of

_ROW, _TOP, _SIDE = 26.0, 10.0, 20.0
_ROWS = 24
"""Maximum number of rows in the picture; the table has every act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One act: a measure of one state against one vendor."""

    name: str
    """Name of the row that shows the act: a vendor on the page of a country, a country on the page of a vendor."""
    day: date
    """Day of the first story that reports the act."""
    level: Level
    note: str
    """The act in words."""
    href: str = ""


def acts_by_month(acts: Sequence[Act], title: str) -> Chart:
    """A chart with one row for each name, the names with the most acts first.

    Its columns are months, or longer periods if months would not fit side by side.
    """
    columns = ("Who", "First reported", "Level", "Act")
    ordered = sorted(acts, key=lambda act: (act.day, act.name, act.note))
    rows = tuple(
        Row(cells=(act.name, act.day.isoformat(), act.level.meaning, act.note), href=act.href)
        for act in ordered
    )
    if not ordered:
        return Chart(name="acts", title=title, summary="No dated acts.", svg="", columns=columns, rows=())
    counts: dict[str, int] = defaultdict(int)
    for act in ordered:
        counts[act.name] += 1
    names = sorted(counts, key=lambda name: (-counts[name], name))
    first, last = ordered[0], ordered[-1]
    summary = f"{len(ordered)} {'act' if len(ordered) == 1 else 'acts'}, by the day of the first report. "
    summary += f"The first: {first.day:%-d %b %Y}, {first.note}."
    if last is not first:
        summary += f" The latest: {last.day:%-d %b %Y}, {last.note}."

    def draw(frame: Frame) -> str:
        return _draw(frame, ordered, names[:_ROWS], (title, summary))

    legend = legend_of({act.level for act in ordered})
    return Chart(
        name="acts", title=title, summary=summary, columns=columns, rows=rows, legend=legend, **both(draw)
    )


def _draw(frame: Frame, ordered: Sequence[Act], shown: Sequence[str], about: tuple[str, str]) -> str:
    left, start = frame.label + 4, ordered[0].day.year * 12 + ordered[0].day.month - 1
    months = ordered[-1].day.year * 12 + ordered[-1].day.month - start
    length = next(length for length in (1, 2, 3, 6, 12, 24, 60, 240, 12_000) if _fits(frame, months, length))
    periods = -(-months // length)
    step = min(44.0, (frame.width - left) / periods)
    bottom = _TOP + _ROW * len(shown)
    cells: dict[tuple[str, int], list[Act]] = defaultdict(list)
    for act in ordered:
        cells[act.name, (act.day.year * 12 + act.day.month - 1 - start) // length].append(act)
    parts = []
    for number, name in enumerate(shown):
        y = _TOP + _ROW * (number + 1)
        parts.append(words(shortened(name, frame.letters), 0, y - 8))
        parts.append(element("line", x1=0, x2=left + step * periods, y1=y, y2=y, class_="grid"))
    for (name, period), some in cells.items():
        if name in shown:
            parts.append(_square(some, left + step * (period + 0.5), _TOP + _ROW * shown.index(name)))
    every = max(1, -(-periods // frame.ticks), int(70 / step) + 1)
    for period in range(0, periods, every):
        month = start + period * length
        text, x = f"{date(month // 12, month % 12 + 1, 1):%b %Y}", left + step * period
        if x < frame.width - 56:
            parts.append(words(text, x, bottom + 18, "note"))
    return picture(frame, "acts", about, bottom + 28, parts)


def _fits(frame: Frame, months: int, length: int) -> bool:
    """Whether squares for periods of ``length`` months fit side by side."""
    return -(-months // length) * (_SIDE + 2) <= frame.width - frame.label - 4


def _square(some: Sequence[Act], x: float, top: float) -> str:
    """The SVG of the square for one period. It shows the heaviest act of the period; the chart's table has all acts."""
    heaviest = min(some, key=lambda act: LEVELS.index(act.level))
    level = heaviest.level
    more = f"; {len(some) - 1} more by {some[-1].day:%-d %b %Y}" if len(some) > 1 else ""
    note = tooltip(f"{heaviest.day:%-d %b %Y}: {heaviest.note}{more}")
    box = {"x": x - _SIDE / 2, "y": top + 3, "width": _SIDE, "height": _SIDE, "rx": 3}
    square = element("rect", **box, class_=f"level {level.css}")
    letter = words(level.letter, x, top + 18, f"on-level {level.css}", "middle")
    return link(heaviest.href, element("g", note, square, letter))
