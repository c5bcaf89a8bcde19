"""Draws a world map of measures.

``world.json`` has the outlines of countries from Natural Earth (1:110 million, public domain; read from the package
world-atlas 2.0.2), in the Equal Earth projection, simplified by Visvalingam's method to an area of 1 square unit of a
map 960 units wide, and points for the countries that are too small for an outline. Borders are those of Natural Earth,
with one exception: Somaliland and Northern Cyprus are drawn as parts of Somalia and Cyprus, as the United Nations count
them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from fivegwatch.desk.charts.chart import WIDE, Chart, Row, element, link, picture, tooltip, words
from fivegwatch.desk.charts.levels import LEVELS, Level, legend_of

_UNION = {"EU": (40.0, 300.0)}
"""Position of the square in the margin that stands for the European Union, since its measures are not those of its
members."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What the map shows for one country."""

    name: str
    level: Level
    note: str
    """The country's measures in words."""
    href: str = ""


def world_map(marks: Mapping[str, Mark], title: str = "Measures by country") -> Chart:
    """A map of the world on which each country in ``marks`` (by ISO 3166-1 alpha-2 code, or EU) is shaded by the level
    of its mark.
    """
    outlines = _outlines()
    ordered = sorted(marks.items(), key=lambda pair: pair[1].name)
    rows = tuple(Row(cells=(mark.name, mark.level.meaning, mark.note), href=mark.href) for _, mark in ordered)
    columns = ("Country", "Level", "Measures")
    if not marks:
        return Chart(name="map", title=title, summary="No measures.", svg="", columns=columns, rows=())
    counts = [(level, [mark.name for mark in marks.values() if mark.level == level]) for level in LEVELS]
    summary = (
        "; ".join(f"{level.meaning}: {', '.join(sorted(names))}" for level, names in counts if names) + "."
    )
    summary = summary[0].upper() + summary[1:]
    scale = WIDE.width / outlines["width"]
    height = outlines["height"] * scale
    plain = "".join(path for code, path in outlines["shapes"].items() if code not in marks)
    drawn = [element("path", d=plain, class_="land")]
    drawn += [_country(code, mark, outlines) for code, mark in ordered]
    world = element("g", *drawn, transform=f"scale({scale:g})")
    svg = picture(WIDE, "map", (title, summary), height, [world])
    legend = legend_of({mark.level for mark in marks.values()})
    return Chart(name="map", title=title, summary=summary, svg=svg, columns=columns, rows=rows, legend=legend)


def _country(code: str, mark: Mark, outlines: Mapping[str, Any]) -> str:
    """The SVG of one country: its outline or, if the map has none for it, a dot or square.

    Empty for an unknown code.
    """
    class_ = f"level {mark.level.css}"
    note = tooltip(f"{mark.name}: {mark.note}")
    if code in _UNION:
        x, y = _UNION[code]
        square = element("rect", note, x=x, y=y, width=90, height=56, rx=6, class_=class_)
        return link(
            mark.href, square, words(code, x + 45, y + 38, f"union on-level {mark.level.css}", "middle")
        )
    if code in outlines["shapes"]:
        return link(mark.href, element("path", note, d=outlines["shapes"][code], class_=class_))
    if code in outlines["points"]:
        x, y = outlines["points"][code]
        return link(mark.href, element("circle", note, cx=x, cy=y, r=9, class_=class_))
    return ""


@cache
def _outlines() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(
        files("fivegwatch.desk.charts").joinpath("world.json").read_text(encoding="ascii")
    )
    return loaded
