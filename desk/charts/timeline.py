"""The timeline of an event: which outlet had it when, and who had it first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from fivegwatch.desk.charts.chart import WIDTH, Chart, Row, element, link, picture, shortened, tooltip, words

_LABEL, _ROW, _TOP = 210.0, 26.0, 30.0
_ROWS = 40
"""Outlets in the picture; the table has every story."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One story of the event."""

    outlet: str
    title: str
    language: str
    at: datetime | None
    """Publication (UTC); None when undated."""
    copy: bool = False
    """Whether its text is that of an earlier story."""
    href: str = ""


def event_timeline(reports: Sequence[Report]) -> Chart:
    """A row for each outlet in order of its first story, a dot for each story: hollow for a copy, a diamond first."""
    title = "Who reported it when"
    columns = ("Outlet", "Published (UTC)", "After the first", "Language", "Headline", "Copy")
    dated = sorted(
        ((report.at, report) for report in reports if report.at is not None),
        key=lambda pair: (pair[0], pair[1].outlet, pair[1].title),
    )
    undated = [report for report in reports if report.at is None]
    if not dated:
        rows = tuple(_row(report, None, None) for report in undated)
        return Chart(
            name="timeline", title=title, summary="No dated stories.", svg="", columns=columns, rows=rows
        )
    first, last = dated[0][0], dated[-1][0]
    rows = (
        *(_row(report, at, at - first) for at, report in dated),
        *(_row(report, None, None) for report in undated),
    )
    outlets = list(dict.fromkeys(report.outlet for _, report in dated))
    summary = f"{dated[0][1].outlet} was first, at {first:%Y-%m-%d %H:%M} UTC."
    if len(outlets) > 1:
        behind = next(at for at, report in dated if report.outlet == outlets[1]) - first
        summary += f" {outlets[1]} followed {after(behind)}; {len(outlets)} outlets in all."
        summary += f" The last story came {after(last - first)}."
    shown = outlets[:_ROWS]
    span = max((last - first) / timedelta(seconds=1), 3600.0)
    bottom = _TOP + _ROW * len(shown)

    def x_of(at: datetime) -> float:
        return _LABEL + 14 + (at - first) / timedelta(seconds=1) / span * (WIDTH - _LABEL - 40)

    parts = [_axis(first, span, bottom)]
    for number, outlet in enumerate(shown):
        y = _TOP + _ROW * (number + 0.5)
        parts.append(words(shortened(outlet, 28), 0, y + 4))
        parts.append(element("line", x1=_LABEL, x2=WIDTH, y1=y, y2=y, class_="grid"))
    for number, (at, report) in enumerate(dated):
        if report.outlet in shown:
            y = _TOP + _ROW * (shown.index(report.outlet) + 0.5)
            parts.append(_dot(report, at, x_of(at), y, earliest=number == 0))
    svg = picture("timeline", title, summary, bottom + 26, parts)
    return Chart(name="timeline", title=title, summary=summary, svg=svg, columns=columns, rows=rows)


def after(lag: timedelta) -> str:
    """A lag in words, such as ``3 h later``."""
    minutes = lag / timedelta(minutes=1)
    if minutes < 1:
        return "at the same time"
    if minutes < 60:
        return f"{minutes:.0f} min later"
    return f"{minutes / 60:.0f} h later" if minutes < 48 * 60 else f"{minutes / 1440:.0f} days later"


def _row(report: Report, at: datetime | None, lag: timedelta | None) -> Row:
    when = f"{at:%Y-%m-%d %H:%M}" if at else "undated"
    behind = "" if lag is None else after(lag) if lag else "first"
    cells = (report.outlet, when, behind, report.language, report.title, "copy" if report.copy else "")
    return Row(cells=cells, href=report.href)


def _dot(report: Report, at: datetime, x: float, y: float, *, earliest: bool) -> str:
    note = tooltip(
        f"{report.outlet}, {at:%Y-%m-%d %H:%M} UTC: {report.title}{' (copy)' if report.copy else ''}"
    )
    if earliest:
        diamond = f"M{x:.1f},{y - 9:.1f}l9,9 -9,9 -9,-9z"
        return link(report.href, element("path", note, d=diamond, class_="dot first"))
    return link(
        report.href, element("circle", note, cx=x, cy=y, r=6, class_="dot copy" if report.copy else "dot")
    )


def _axis(first: datetime, span_s: float, bottom: float) -> str:
    """Times at five points of the axis, as days when they are more than four days apart in all."""
    parts = []
    pattern = "%Y-%m-%d" if span_s > 4 * 86400 else "%d %b %H:%M"
    for at in range(5):
        x = _LABEL + 14 + at / 4 * (WIDTH - _LABEL - 40)
        moment = first + timedelta(seconds=span_s * at / 4)
        parts.append(element("line", x1=x, x2=x, y1=_TOP, y2=bottom, class_="grid"))
        anchor = "start" if at == 0 else "end" if at == 4 else "middle"
        parts.append(words(moment.strftime(pattern), x if at < 4 else WIDTH, bottom + 18, "note", anchor))
    return element("g", *parts)
