"""Draws a matrix of countries and vendors: what each state does about each vendor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fivegwatch.desk.charts.chart import (
    WIDE,
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
from fivegwatch.desk.charts.levels import LEVELS, Level, legend_of, level_of

_ROW, _HEAD = 26.0, 46.0
_VENDORS = {"laptop": 10, "phone": 4}
"""Maximum number of columns in the picture; the table has every vendor."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What one country does about one vendor: a row of the view ``ban_tracker``."""

    country: str
    """Name of the country."""
    target: str
    action: str
    status: str
    scope: str = ""
    date: str = ""
    href: str = ""
    """Address of the page with the evidence."""

    @property
    def level(self) -> Level:
        """The level of the country's act, by which its square is drawn."""
        return level_of(self.action, self.status)

    @property
    def in_words(self) -> str:
        """Action, status, scope and date as they are stored, in words."""
        parts = (self.action, self.status, self.scope, self.date)
        return ", ".join(part.replace("_", " ") for part in parts if part)


def vendor_matrix(standings: Sequence[Standing]) -> Chart:
    """A chart with a square for each country and vendor; vendors that the most countries act against come first."""
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
    busiest = sorted(targets, key=lambda target: (-targets[target], target))
    count = len({one.country for one in ordered})
    summary = f"{count} {'country' if count == 1 else 'countries'} and {len(targets)} vendors"
    if len(targets) > _VENDORS["laptop"]:
        summary += f", of which the picture shows the {_VENDORS['laptop']} that most countries act on"
    summary += ". Each square has a letter: "
    summary += "; ".join(f"{level.letter} {level.meaning}" for level in LEVELS) + "."

    def draw(frame: Frame) -> str:
        return _draw(frame, ordered, busiest[: _VENDORS[frame.name]], (title, summary))

    legend = legend_of({one.level for one in ordered})
    return Chart(
        name="matrix", title=title, summary=summary, columns=columns, rows=rows, legend=legend, **both(draw)
    )


def _draw(frame: Frame, ordered: Sequence[Standing], shown: Sequence[str], about: tuple[str, str]) -> str:
    countries = sorted({one.country for one in ordered if one.target in shown})
    step = min(100.0, (frame.width - frame.label) / len(shown))
    parts = [
        words(
            shortened(target, int(step / 8.6)), frame.label + step * (at + 0.5), _HEAD - 12, "head", "middle"
        )
        for at, target in enumerate(shown)
    ]
    right = frame.label + step * len(shown)
    for at, country in enumerate(countries):
        y = _HEAD + _ROW * (at + 1)
        parts.append(words(shortened(country, frame.letters), 0, y - 8))
        parts.append(element("line", x1=0, x2=right, y1=y, y2=y, class_="grid"))
    for one in ordered:
        if one.target in shown:
            x = frame.label + step * (shown.index(one.target) + 0.5)
            parts.append(_square(one, x, _HEAD + _ROW * countries.index(one.country), frame))
    return picture(frame, "matrix", about, _HEAD + _ROW * len(countries) + 6, parts)


def _square(one: Standing, x: float, top: float, frame: Frame) -> str:
    half = 22 if frame == WIDE else 17
    return link(
        one.href,
        element(
            "g",
            tooltip(f"{one.country}, {one.target}: {one.in_words}"),
            element(
                "rect",
                x=x - half,
                y=top + 3,
                width=2 * half,
                height=_ROW - 6,
                rx=3,
                class_=f"level {one.level.css}",
            ),
            words(one.level.letter, x, top + 18, f"on-level {one.level.css}", "middle"),
        ),
    )
