"""Draws stories by week: their number, and their share of the judged pages, for all stories and by topic."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from fivegwatch.desk.charts.chart import (
    WIDE,
    Chart,
    Frame,
    Row,
    both,
    element,
    link,
    nice_ceiling,
    picture,
    shortened,
    tooltip,
    words,
)

_LEFT, _TALL = 44.0, 92.0
_A_YEAR = 66.0
"""Width needed to write a month with its year under the bars."""
_WIDEST = 30.0
"""Maximum width of a bar, so that a few weeks do not fill the whole picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Numbers of pages published in one week."""

    start: date
    """The Monday of the week."""
    judged: int
    """Number of judged pages published in the week, kept or not."""
    stories: int
    topics: Mapping[str, int]
    """Number of stories by topic code; a story with several topics counts for each."""


def stories_a_week(weeks: Sequence[Week]) -> Chart:
    """A chart with two rows of bars by week: stories, and stories per 1,000 judged pages.

    The second row shows attention independently of volume: if more pages are read in a week, there are more stories
    too.
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
        f"{_counted(sum(week.stories for week in weeks))} in {len(weeks)} weeks from {weeks[0].start:%-d %b %Y};"
        f" most in the week from {most.start:%-d %b %Y}: {most.stories:,}. Below: stories per 1,000 pages judged."
    )
    starts = [week.start for week in weeks]
    numbers = [float(week.stories) for week in weeks]

    def draw(frame: Frame) -> str:
        parts = [
            _bars(frame, "Stories", starts, numbers, 24.0),
            _bars(frame, "Stories per 1,000 pages judged", starts, shares, 24.0 + _TALL + 42),
            *_ticks(frame, starts, 2 * _TALL + 84, _LEFT),
        ]
        return picture(frame, "weeks", (title, summary), 2 * _TALL + 94, parts)

    return Chart(name="weeks", title=title, summary=summary, columns=columns, rows=rows, **both(draw))


def topics_a_week(weeks: Sequence[Week], labels: Mapping[str, str], hrefs: Mapping[str, str]) -> Chart:
    """A chart with a row of bars for each topic, all on one scale: stories per 1,000 judged pages.

    Topics with the most stories come first.
    """
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
    summary = f"Most stories: {most}. Bars are stories per 1,000 pages judged; all rows have one scale."
    shares = {code: [_share(week.topics.get(code, 0), week.judged) for week in weeks] for code in codes}
    top = max(max(row) for row in shares.values()) or 1
    starts = [week.start for week in weeks]

    def draw(frame: Frame) -> str:
        # On a phone the name of a topic has a line of its own above its bars.
        left, row = (290.0, 30.0) if frame == WIDE else (0.0, 46.0)
        parts = []
        for number, code in enumerate(codes):
            base = (number + 1) * row
            label = link(
                hrefs.get(code, ""), words(shortened(labels[code], 32 if left else 40), 0, base - row + 22)
            )
            count = words(f"{totals[code]:,}", (left or frame.width) - 12, base - row + 22, "number", "end")
            parts += [
                label,
                count,
                _thin_bars(frame, shares[code], starts, (left, base, 24.0 if left else 20.0, top)),
            ]
        parts += _ticks(frame, starts, len(codes) * row + 18, left)
        return picture(frame, "topics", (title, summary), len(codes) * row + 28, parts)

    return Chart(name="topics", title=title, summary=summary, columns=columns, rows=rows, **both(draw))


def _counted(stories: int) -> str:
    return "1 story" if stories == 1 else f"{stories:,} stories"


def _share(stories: int, judged: int) -> float:
    """Stories per 1,000 judged pages; 0 if no page was judged."""
    return round(1000 * stories / judged, 1) if judged else 0.0


def _step(frame: Frame, left: float, weeks: int) -> float:
    """The width of a week in the picture."""
    return min(_WIDEST, (frame.width - left) / weeks)


def _bars(frame: Frame, label: str, starts: Sequence[date], values: Sequence[float], top: float) -> str:
    """A row of bars with its scale, the top of the scale at ``top``."""
    most = nice_ceiling(max(values))
    step = _step(frame, _LEFT, len(values))
    parts = [words(label, 0, top - 10, "head")]
    for share in (0, 0.5, 1) if most % 2 == 0 else (0, 1):
        y = top + _TALL * (1 - share)
        parts.append(element("line", x1=_LEFT, x2=frame.width, y1=y, y2=y, class_="grid"))
        parts.append(words(f"{most * share:,g}", _LEFT - 8, y + 4, "number", "end"))
    for at, (start, value) in enumerate(zip(starts, values, strict=True)):
        if value:
            tall = max(1.5, value / most * _TALL)
            note = tooltip(f"Week from {start}: {value:,g}") if frame == WIDE else ""
            box = {
                "x": _LEFT + at * step,
                "y": top + _TALL - tall,
                "width": max(1.0, step - 2),
                "height": tall,
            }
            parts.append(element("rect", note, **box, class_="bar"))
    return element("g", *parts)


def _thin_bars(
    frame: Frame, shares: Sequence[float], starts: Sequence[date], room: tuple[float, float, float, float]
) -> str:
    """A row of bars without a scale; ``room`` holds the left edge, the base line, the height, and the value of a bar
    with full height.
    """
    left, base, tall, top = room
    step = _step(frame, left, len(shares))
    parts = [element("line", x1=left, x2=frame.width, y1=base, y2=base, class_="grid")]
    for at, (start, share) in enumerate(zip(starts, shares, strict=True)):
        if share:
            height = max(1.5, share / top * tall)
            note = tooltip(f"Week from {start}: {share:,g}") if frame == WIDE else ""
            box = {"x": left + at * step, "y": base - height, "width": max(1.0, step - 1), "height": height}
            parts.append(element("rect", note, **box, class_="bar"))
    return element("g", *parts)


def _ticks(frame: Frame, starts: Sequence[date], y: float, left: float) -> Iterator[str]:
    """The labels of the axis: the name of the month at its first week, with the year at the first label and in
    January.
    """
    months = [at for at, start in enumerate(starts) if at == 0 or start.month != starts[at - 1].month]
    step, every = _step(frame, left, len(starts)), -(-len(months) // frame.ticks)
    if len(months) > 1 and months[1] * step < _A_YEAR:
        months = months[1:]
    year = 0
    for at in months[::every]:
        start = starts[at]
        x = left + at * step
        if x < frame.width - 30:
            yield words(f"{start:%b}" if start.year == year else f"{start:%b %Y}", x, y, "note")
            year = start.year
