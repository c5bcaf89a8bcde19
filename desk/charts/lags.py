"""How far outlets are behind the first report of the events they share with others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from fivegwatch.desk.charts.chart import WIDTH, Chart, Row, element, link, picture, shortened, tooltip, words
from fivegwatch.desk.charts.timeline import after

_LABEL, _ROW, _TOP = 210.0, 26.0, 30.0
_ROWS = 30
"""Outlets in the picture; the table has all."""
_MARKS = (0, 1, 6, 24, 72, 168, 336)
"""Hours on the axis; events hold stories of about two weeks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletLag:
    """One outlet over the events that it shares with others. Lags are hours after the first story."""

    outlet: str
    events: int
    first: int
    """Events that it reported first."""
    quarter: float
    median: float
    three_quarters: float
    href: str = ""

    @property
    def quartiles(self) -> tuple[float, float, float]:
        """The lags within which a quarter, half and three quarters of its reports came."""
        return self.quarter, self.median, self.three_quarters


def outlet_lags(outlets: Sequence[OutletLag]) -> Chart:
    """A dot for each outlet's median lag on a bar from the first to the third quartile; the quickest first."""
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
    shown = ordered[:_ROWS]
    bottom = _TOP + _ROW * len(shown)
    parts = []
    for hours in _MARKS:
        x = _x(hours)
        mark = f"{hours} h" if hours < 72 else f"{hours // 24} d"
        parts.append(element("line", x1=x, x2=x, y1=_TOP, y2=bottom, class_="grid"))
        parts.append(words(mark, x, bottom + 18, "note", "middle"))
    for at, one in enumerate(shown):
        y = _TOP + _ROW * (at + 0.5)
        note = f"{one.outlet}: median {one.median:.1f} h over {one.events:,} events, first in {one.first:,}"
        left, right = _x(one.quarter), _x(one.three_quarters)
        parts.append(link(one.href, words(shortened(one.outlet, 28), 0, y + 4)))
        parts.append(
            element(
                "g",
                tooltip(note),
                element("rect", x=left, y=y - 4, width=max(2, right - left), height=8, rx=4, class_="span"),
                element("circle", cx=_x(one.median), cy=y, r=6, class_="dot"),
            )
        )
    svg = picture("lags", title, summary, bottom + 26, parts)
    return Chart(name="lags", title=title, summary=summary, svg=svg, columns=columns, rows=rows)


def _hours(hours: float) -> float:
    return round(hours, 1)


def _x(hours: float) -> float:
    """The place of a lag on an axis that gives early hours more room: the square root of its share of two weeks."""
    share = min(max(hours, 0.0), _MARKS[-1]) / _MARKS[-1]
    return float(_LABEL + 14 + (WIDTH - _LABEL - 50) * share**0.5)
