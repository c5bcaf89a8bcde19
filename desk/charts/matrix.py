"""Countries by vendors: what each state does about each vendor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fivegwatch.desk.charts.chart import (
    WIDTH,
    Chart,
    Row,
    element,
    legend,
    link,
    picture,
    shortened,
    tooltip,
    words,
)
from fivegwatch.desk.charts.levels import LEVELS, Level, level_of

_LABEL, _ROW, _HEAD = 190.0, 26.0, 46.0
_VENDORS = 10
"""Columns of the picture; the table has every vendor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What one country does about one vendor: a row of the view ``ban_tracker``."""

    country: str
    """Its name."""
    target: str
    action: str
    status: str
    scope: str = ""
    date: str = ""
    href: str = ""
    """Page with the evidence."""

    @property
    def level(self) -> Level:
        """How it is drawn."""
        return level_of(self.action, self.status)

    @property
    def in_words(self) -> str:
        """Action, status, scope and date as stored."""
        parts = (self.action, self.status, self.scope, self.date)
        return ", ".join(part.replace("_", " ") for part in parts if part)


def vendor_matrix(standings: Sequence[Standing]) -> Chart:
    """A square for each country and vendor; the vendors that most countries act on come first."""
    title = "Countries by vendor"
    columns = ("Country", "Vendor", "Action", "Status", "Scope", "Date or deadline")
    ordered = sorted(standings, key=lambda one: (one.country, one.target))
    rows = tuple(
        Row(cells=(one.country, one.target, one.action, one.status, one.scope, one.date), href=one.href)
        for one in ordered
    )
    if not rows:
        return Chart(name="matrix", title=title, summary="No measures.", svg="", columns=columns, rows=())
    targets: dict[str, int] = {}
    for one in ordered:
        targets[one.target] = targets.get(one.target, 0) + 1
    shown = sorted(targets, key=lambda target: (-targets[target], target))[:_VENDORS]
    countries = sorted({one.country for one in ordered if one.target in shown})
    step = (WIDTH - _LABEL) / len(shown)
    summary = f"{len(countries)} countries and {len(shown)} vendors, each square with a letter: " + "; ".join(
        f"{level.letter} {level.meaning}" for level in LEVELS
    )
    if len(shown) < len(targets):
        summary += f". The table has {len(targets) - len(shown)} more vendors"
    summary += "."
    bottom = _HEAD + _ROW * len(countries)
    parts = [
        words(shortened(target, int(step / 7.5)), _LABEL + step * (at + 0.5), _HEAD - 12, "head", "middle")
        for at, target in enumerate(shown)
    ]
    for at, country in enumerate(countries):
        y = _HEAD + _ROW * (at + 1)
        parts.append(words(shortened(country, 25), 0, y - 8))
        parts.append(element("line", x1=0, x2=WIDTH, y1=y, y2=y, class_="grid"))
    for one in ordered:
        if one.target in shown:
            x = _LABEL + step * (shown.index(one.target) + 0.5)
            parts.append(_square(one, x, _HEAD + _ROW * countries.index(one.country)))
    parts.append(
        legend([(f"level {level.css}", f"{level.letter}: {level.meaning}") for level in LEVELS], bottom + 28)
    )
    svg = picture("matrix", title, summary, bottom + 40, parts)
    return Chart(name="matrix", title=title, summary=summary, svg=svg, columns=columns, rows=rows)


def _square(one: Standing, x: float, top: float) -> str:
    return link(
        one.href,
        element(
            "g",
            tooltip(f"{one.country}, {one.target}: {one.in_words}"),
            element(
                "rect", x=x - 22, y=top + 3, width=44, height=_ROW - 6, rx=3, class_=f"level {one.level.css}"
            ),
            words(one.level.letter, x, top + 18, f"on-level {one.level.css}", "middle"),
        ),
    )
