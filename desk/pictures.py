"""Pictures of pages: the dataclass that a read gave in, charts out. Templates call these with their ``href``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from fivegwatch.desk.charts.chart import Chart
from fivegwatch.desk.charts.lags import outlet_lags
from fivegwatch.desk.charts.levels import LEVELS, level_of
from fivegwatch.desk.charts.matrix import Standing, vendor_matrix
from fivegwatch.desk.charts.timeline import Report, event_timeline
from fivegwatch.desk.charts.weeks import stories_a_week, topics_a_week
from fivegwatch.desk.charts.worldmap import Mark, world_map
from fivegwatch.desk.reads.event import Event
from fivegwatch.desk.reads.outlets import Outlets
from fivegwatch.desk.reads.topic_pages import Topics
from fivegwatch.desk.reads.trackers import BanLine
from fivegwatch.desk.wording import country_name, plain

Href = Callable[..., str]


def ban_pictures(lines: Sequence[BanLine], href: Href) -> tuple[Chart, ...]:
    """The world map of measures, each country by its heaviest, and the matrix of countries by vendors."""
    standings = [
        Standing(
            country=country_name(line.country), target=line.target, action=line.action, status=line.status,
            scope=line.scope, date=line.date or "",
            href=href("event", event_id=line.latest.event_id) if line.latest else "",
        )
        for line in lines
    ]  # fmt: skip
    by_country: dict[str, list[BanLine]] = defaultdict(list)
    for line in lines:
        by_country[line.country].append(line)
    marks = {
        code: Mark(
            name=country_name(code),
            level=min((level_of(one.action, one.status) for one in acts), key=LEVELS.index),
            note="; ".join(f"{one.target}: {plain(one.action)}, {plain(one.status)}" for one in acts),
            href=href("country", code=code),
        )
        for code, acts in by_country.items()
    }
    return (world_map(marks, "Measures against vendors by country"), vendor_matrix(standings))


def topic_pictures(page: Topics, labels: Mapping[str, str], href: Href) -> tuple[Chart, ...]:
    """Stories a week, and the same by topic."""
    hrefs = {code: href("topic", code=code) for code in labels}
    return (stories_a_week(page.weeks), topics_a_week(page.weeks, labels, hrefs))


def outlet_pictures(page: Outlets, href: Href) -> tuple[Chart, ...]:
    """Outlets by their lag."""
    return (outlet_lags([replace(one, href=href("outlet", site=one.outlet)) for one in page.lags]),)


def event_pictures(page: Event, href: Href) -> tuple[Chart, ...]:
    """The timeline of an event that more than one story reports; nothing for a single story."""
    reports = [
        Report(
            outlet=story.outlet, title=story.title, language=story.language, at=story.published_at,
            copy=story is not text.story, href=href("story", story_id=story.id),
        )
        for text in page.texts
        for story in (text.story, *text.copies)
    ]  # fmt: skip
    return (event_timeline(reports),) if len(reports) > 1 else ()
