"""Draws the lags of outlets: how long after the first report of an event each outlet reports it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from fivegwatch.desk.charts.chart import (
    NARROW,
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
from fivegwatch.desk.charts.timeline import after

_ROW, _TOP = 26.0, 12.0
_ROWS = 30
"""Maximum number of outlets in the picture; the table has all outlets."""
_MARKS = (0, 1, 6, 24, 72, 168, 336)
"""Marks on the axis, in hours; the stories of an event spread over at most about two weeks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletLag:
    """The lags of one outlet: for each event that other outlets reported too, the hours between the first report and
    its own.
    """

    outlet: str
    events: int
    first: int
    """Number of events that the outlet reported first."""
    quarter: float
    median: float
    three_quarters: float
    href: str = ""

    @property
    def quartiles(self) -> tuple[float, float, float]:
        """The quartiles of the lags in hours: a quarter, a half and three quarters of the outlet's reports came within
        them.
        """
        return self.quarter, self.median, self.three_quarters


def outlet_lags(outlets: Sequence[OutletLag]) -> Chart:
    """A chart with a row for each outlet, the quickest first: a dot at its median lag, on a bar between the
    quartiles."""
    title = "Who is first, who follows"
    columns = (
        "Outlet",
        "Events",
        "First",
        "Lag: a quarter within (h)",
        "Median lag (h)",
        "Three quarters within (h)",
    )
    ordered = sorted(outlets, key=lambda one: (one.median, -one.events, one.outlet))
    rows = tuple(
        Row(cells=(one.outlet, one.events, one.first, *map(_hours, one.quartiles)), href=one.href)
        for one in ordered
    )
    if not ordered:
        return Chart(
            name="lags", title=title, summary="No event of two outlets.", svg="", columns=columns, rows=()
        )
    quickest = ordered[0]
    summary = (
        f"{len(ordered)} outlets. Quickest: {quickest.outlet}, median {after(timedelta(hours=quickest.median))}, first"
        f" in {quickest.first} of {quickest.events} shared events. Dots are medians, bars hold the middle half."
    )
    if len(ordered) > _ROWS:
        summary += f" The {_ROWS} quickest are drawn."

    def draw(frame: Frame) -> str:
        return _draw(frame, ordered[:_ROWS], (title, summary))

    return Chart(name="lags", title=title, summary=summary, columns=columns, rows=rows, **both(draw))


def _draw(frame: Frame, shown: Sequence[OutletLag], about: tuple[str, str]) -> str:
    bottom = _TOP + _ROW * len(shown)
    parts = []
    for hours in _MARKS:
        if frame == NARROW and hours in (1, 6, 72):
            continue
        x = _x(frame, hours)
        mark = f"{hours} h" if hours < 72 else f"{hours // 24} d"
        parts.append(element("line", x1=x, x2=x, y1=_TOP, y2=bottom, class_="grid"))
        parts.append(words(mark, x, bottom + 18, "note", "middle"))
    for at, one in enumerate(shown):
        y = _TOP + _ROW * (at + 0.5)
        note = f"{one.outlet}: median {one.median:.1f} h over {one.events:,} events, first in {one.first:,}"
        left, right = _x(frame, one.quarter), _x(frame, one.three_quarters)
        parts.append(
            link(one.href, words(shortened(one.outlet.removeprefix("www."), frame.letters), 0, y + 4))
        )
        parts.append(
            element(
                "g",
                tooltip(note),
                element("rect", x=left, y=y - 4, width=max(2, right - left), height=8, rx=4, class_="span"),
                element("circle", cx=_x(frame, one.median), cy=y, r=6, class_="dot"),
            )
        )
    return picture(frame, "lags", about, bottom + 26, parts)


def _hours(hours: float) -> float:
    return round(hours, 1)


def _x(frame: Frame, hours: float) -> float:
    """The horizontal position of a lag. The axis follows the square root of the time, up to two weeks, so that early
    hours have more room."""
    share = min(max(hours, 0.0), _MARKS[-1]) / _MARKS[-1]
    return float(frame.label + 14 + (frame.width - frame.label - 36) * share**0.5)
