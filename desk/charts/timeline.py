"""The timeline of an event: when each outlet reported it, and which did so first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

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

_ROW, _TOP = 26.0, 10.0
_ROWS = 40
"""Maximum number of outlets in the picture; the table has every story."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One story of the event, as the chart shows it."""

    outlet: str
    title: str
    language: str
    at: datetime | None
    """Time of publication (UTC); None if the story is undated."""
    copy: bool = False
    """Whether the story is a copy of an earlier one."""
    href: str = ""


def event_timeline(reports: Sequence[Report]) -> Chart:
    """A chart with a row for each outlet, in the order of their first stories. A story is a dot, a copy is a hollow
    dot, and the first story of all is a diamond.
    """
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
    if len(outlets) > _ROWS:
        summary += f" The first {_ROWS} outlets are drawn."

    def draw(frame: Frame) -> str:
        return _draw(frame, dated, outlets[:_ROWS], (title, summary))

    return Chart(name="timeline", title=title, summary=summary, columns=columns, rows=rows, **both(draw))


def _draw(
    frame: Frame, dated: Sequence[tuple[datetime, Report]], shown: Sequence[str], about: tuple[str, str]
) -> str:
    first, last = dated[0][0], dated[-1][0]
    span_s = max((last - first) / timedelta(seconds=1), 3600.0)
    bottom = _TOP + _ROW * len(shown)
    left, wide = frame.label + 14, frame.width - frame.label - 30
    parts = [_axis(frame, first, span_s, bottom)]
    for number, outlet in enumerate(shown):
        y = _TOP + _ROW * (number + 0.5)
        parts.append(words(shortened(outlet.removeprefix("www."), frame.letters), 0, y + 4))
        parts.append(element("line", x1=frame.label, x2=frame.width, y1=y, y2=y, class_="grid"))
    for number, (at, report) in enumerate(dated):
        if report.outlet in shown:
            y = _TOP + _ROW * (shown.index(report.outlet) + 0.5)
            x = left + (at - first) / timedelta(seconds=1) / span_s * wide
            parts.append(_dot(report, at, x, y, earliest=number == 0))
    return picture(frame, "timeline", about, bottom + 26, parts)


def after(lag: timedelta) -> str:
    """The time since the first story in words, such as ``3 h later``."""
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


def _axis(frame: Frame, first: datetime, span_s: float, bottom: float) -> str:
    """The labels of the time axis at a few points: days if the axis covers more than four days, else times."""
    parts = []
    pattern = "%-d %b %Y" if span_s > 4 * 86400 else "%-d %b %H:%M"
    last = 4 if frame == WIDE else 2
    left, wide = frame.label + 14, frame.width - frame.label - 30
    for at in range(last + 1):
        x = left + at / last * wide
        moment = first + timedelta(seconds=span_s * at / last)
        parts.append(element("line", x1=x, x2=x, y1=_TOP, y2=bottom, class_="grid"))
        anchor = "start" if at == 0 else "end" if at == last else "middle"
        if frame == WIDE or at != 1:
            parts.append(
                words(moment.strftime(pattern), x if at < last else frame.width, bottom + 18, "note", anchor)
            )
    return element("g", *parts)
