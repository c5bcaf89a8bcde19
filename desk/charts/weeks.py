"""Stories a week: their number, their share of the pages judged, and the same by topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fivegwatch.desk.charts.chart import (
    WIDTH,
    Chart,
    Row,
    element,
    link,
    nice_ceiling,
    picture,
    shortened,
    tooltip,
    words,
)

_LEFT, _RIGHT, _TALL = 60.0, 10.0, 120.0
_LABEL, _ROW = 250.0, 30.0
_TICKS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """The pages of one week."""

    start: date
    """Its Monday."""
    judged: int
    """Pages judged that were published in it, kept or not."""
    stories: int
    topics: Mapping[str, int]
    """Stories by the code of a topic; a story may count for several."""


def stories_a_week(weeks: Sequence[Week]) -> Chart:
    """Two rows of bars by week: stories, and stories per 1,000 pages judged.

    The second one tells attention from volume: a week in which more pages were read has more stories, too.
    """
    title = "Stories a week"
    shares = [_share(week.stories, week.judged) for week in weeks]
    rows = tuple(
        Row(cells=(week.start.isoformat(), week.judged, week.stories, share))
        for week, share in zip(weeks, shares, strict=True)
    )
    columns = ("Week from", "Pages judged", "Stories", "Stories per 1,000 pages judged")
    if not weeks:
        return Chart(name="weeks", title=title, summary="No dated stories.", svg="", columns=columns, rows=())
    most = max(weeks, key=lambda week: week.stories)
    summary = (
        f"{sum(week.stories for week in weeks):,} stories in {len(weeks)} weeks from {weeks[0].start}; most in the week"
        f" from {most.start}: {most.stories:,}. Below: stories per 1,000 pages judged."
    )
    starts = [week.start for week in weeks]
    parts = [
        _bars("Stories", starts, [float(week.stories) for week in weeks], 24.0),
        _bars("Per 1,000 pages judged", starts, shares, 24.0 + _TALL + 40),
        _ticks(starts, 24 + 2 * _TALL + 58),
    ]
    svg = picture("weeks", title, summary, 2 * _TALL + 92, parts)
    return Chart(name="weeks", title=title, summary=summary, svg=svg, columns=columns, rows=rows)


def topics_a_week(weeks: Sequence[Week], labels: Mapping[str, str], hrefs: Mapping[str, str]) -> Chart:
    """A row of bars for each topic, most stories first, on one scale: stories per 1,000 pages judged."""
    title = "Topics by week"
    totals = {code: sum(week.topics.get(code, 0) for week in weeks) for code in labels}
    codes = sorted((code for code in labels if totals[code]), key=lambda code: (-totals[code], code))
    columns = ("Topic", "Stories", *(week.start.isoformat() for week in weeks))
    rows = tuple(
        Row(
            cells=(labels[code], totals[code], *(week.topics.get(code, 0) for week in weeks)),
            href=hrefs.get(code, ""),
        )
        for code in codes
    )
    if not codes:
        return Chart(
            name="topics", title=title, summary="No dated stories.", svg="", columns=columns, rows=()
        )
    most = ", ".join(f"{labels[code]} ({totals[code]:,})" for code in codes[:3])
    summary = f"Most stories: {most}. All rows have one scale."
    shares = {code: [_share(week.topics.get(code, 0), week.judged) for week in weeks] for code in codes}
    top = max(max(row) for row in shares.values()) or 1
    parts = []
    for number, code in enumerate(codes):
        base = (number + 1) * _ROW
        parts.append(link(hrefs.get(code, ""), words(shortened(labels[code], 32), 0, base - 8)))
        parts.append(words(f"{totals[code]:,}", _LABEL + 42, base - 8, "number", "end"))
        step = (WIDTH - _LABEL - 60) / len(weeks)
        for at, (week, share) in enumerate(zip(weeks, shares[code], strict=True)):
            if share:
                tall = max(1.5, share / top * (_ROW - 6))
                parts.append(
                    element(
                        "rect",
                        tooltip(f"{labels[code]}, week from {week.start}: {week.topics[code]:,}"),
                        x=_LABEL + 60 + at * step, y=base - tall, width=max(1, step - 1), height=tall, class_="bar",
                    )
                )  # fmt: skip
        parts.append(element("line", x1=_LABEL + 60, x2=WIDTH, y1=base, y2=base, class_="grid"))
    parts.append(_ticks([week.start for week in weeks], len(codes) * _ROW + 18, _LABEL + 60, 0))
    svg = picture("topics", title, summary, len(codes) * _ROW + 28, parts)
    return Chart(name="topics", title=title, summary=summary, svg=svg, columns=columns, rows=rows)


def _share(stories: int, judged: int) -> float:
    """Stories per 1,000 pages judged; 0 when none was."""
    return round(1000 * stories / judged, 1) if judged else 0.0


def _bars(label: str, starts: Sequence[date], values: Sequence[float], top: float) -> str:
    """A row of bars with its scale, the top of the scale at ``top``."""
    most = nice_ceiling(max(values))
    step = (WIDTH - _LEFT - _RIGHT) / len(values)
    parts = [words(label, _LEFT, top - 8, "note")]
    for share in (0, 0.5, 1):
        y = top + _TALL * (1 - share)
        parts.append(element("line", x1=_LEFT, x2=WIDTH - _RIGHT, y1=y, y2=y, class_="grid"))
        parts.append(words(f"{most * share:,g}", _LEFT - 6, y + 4, "number", "end"))
    for at, (start, value) in enumerate(zip(starts, values, strict=True)):
        tall = value / most * _TALL
        note = tooltip(f"Week from {start}: {value:,g}")
        parts.append(
            element(
                "rect",
                note,
                x=_LEFT + at * step,
                y=top + _TALL - tall,
                width=max(1, step - 2),
                height=tall,
                class_="bar",
            )
        )
    return element("g", *parts)


def _ticks(starts: Sequence[date], y: float, left: float = _LEFT, right: float = _RIGHT) -> str:
    """A few of the weeks' days under the bars."""
    step = (WIDTH - left - right) / len(starts)
    every = max(1, -(-len(starts) // _TICKS))
    return "".join(
        words(starts[at].isoformat(), left + at * step, y, "note") for at in range(0, len(starts), every)
        if left + at * step < WIDTH - 70
    )  # fmt: skip
