"""Makes the charts of each page from the page's dataclass. Templates call these functions; ``href`` makes a link to a
page.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from fivegwatch.desk.charts.acts import Act, acts_by_month
from fivegwatch.desk.charts.chart import Chart
from fivegwatch.desk.charts.lags import outlet_lags
from fivegwatch.desk.charts.levels import LEVELS, level_of
from fivegwatch.desk.charts.matrix import Standing, vendor_matrix
from fivegwatch.desk.charts.timeline import Report, event_timeline
from fivegwatch.desk.charts.weeks import Week, stories_a_week, topics_a_week
from fivegwatch.desk.charts.worldmap import Mark, world_map
from fivegwatch.desk.reads.bans import BanLine
from fivegwatch.desk.reads.countries import Countries, Country
from fivegwatch.desk.reads.event import Event
from fivegwatch.desk.reads.items import MeasureFact
from fivegwatch.desk.reads.outlets import Outlets
from fivegwatch.desk.reads.pictures import Stance
from fivegwatch.desk.reads.subjects import Subject
from fivegwatch.desk.reads.topic_pages import TopicPage, Topics
from fivegwatch.desk.wording import country_name, plain

Href = Callable[..., str]
FEWEST = 5
"""Minimum number of stories for a picture by week; fewer are read more quickly as a list."""


def ban_pictures(lines: Sequence[BanLine], href: Href) -> tuple[Chart, ...]:
    """The charts of the ban tracker: a world map, on which each country is drawn by its heaviest measure, and the
    matrix of countries and vendors.
    """
    standings = [
        Standing(
            country=country_name(line.country), target=line.target, action=line.action, status=line.status,
            scope="" if line.scope == "other" else line.scope, date=line.date or "",
            href=href("event", event_id=line.latest.event_id),
        )
        for line in lines
    ]  # fmt: skip
    return (_map(lines, "Measures against vendors by country", href), vendor_matrix(standings))


def countries_pictures(page: Countries, href: Href) -> tuple[Chart, ...]:
    """The chart of the list of countries: a world map of their measures."""
    return (_map(page.stances, "Measures against vendors by country", href),)


def country_pictures(page: Country, href: Href) -> tuple[Chart, ...]:
    """The charts of one country: what it did against which vendors, and how many stories are about it."""
    acts = [_act(act, act.target, href) for line in page.bans for act in line.history if act.first_day]
    return (acts_by_month(acts, "What it did about which vendor"), *_weeks(page.weeks))


def subject_pictures(page: Subject, href: Href) -> tuple[Chart, ...]:
    """The charts of one vendor, operator, actor or law: how many stories are about it.

    For a vendor also what each state does against it, and when.
    """
    if page.kind != "vendor":
        return _weeks(page.weeks)
    acts = [
        _act(act, country_name(act.by), href) for line in page.bans for act in line.history if act.first_day
    ]
    return (
        _map(page.bans, f"Where states stand towards {page.line.name}", href),
        acts_by_month(acts, "Which state did what when"),
        *_weeks(page.weeks),
    )


def topic_page_pictures(page: TopicPage) -> tuple[Chart, ...]:
    """The chart of one topic: its stories by week."""
    return _weeks(page.weeks)


def topic_pictures(page: Topics, labels: Mapping[str, str], href: Href) -> tuple[Chart, ...]:
    """The charts of the list of topics: all stories by week, and the stories of each topic by week."""
    hrefs = {code: href("topic", code=code) for code in labels}
    return (stories_a_week(page.weeks), topics_a_week(page.weeks, labels, hrefs))


def outlet_pictures(page: Outlets, href: Href) -> tuple[Chart, ...]:
    """The chart of the list of outlets: how long after the first report of an event each outlet reports it."""
    return (outlet_lags([replace(one, href=href("outlet", site=one.outlet)) for one in page.lags]),)


def event_pictures(page: Event, href: Href) -> tuple[Chart, ...]:
    """The chart of one event: a timeline of its stories. Empty if there is only one story."""
    reports = [
        Report(
            outlet=story.outlet, title=story.title, language=story.language, at=story.published_at,
            copy=story is not text.story, href=href("story", story_id=story.id),
        )
        for text in page.texts
        for story in (text.story, *text.copies)
    ]  # fmt: skip
    return (event_timeline(reports),) if len(reports) > 1 else ()


def _map(stances: Sequence[Stance | BanLine], title: str, href: Href) -> Chart:
    by_country: dict[str, list[Stance | BanLine]] = defaultdict(list)
    for one in stances:
        by_country[one.country].append(one)
    marks = {
        code: Mark(
            name=country_name(code),
            level=min((level_of(one.action, one.status) for one in acts), key=LEVELS.index),
            note="; ".join(f"{one.target}: {plain(one.action)}, {plain(one.status)}" for one in acts),
            href=href("country", code=code),
        )
        for code, acts in by_country.items()
    }
    return world_map(marks, title)


def _act(act: MeasureFact, name: str, href: Href) -> Act:
    assert act.first_day
    return Act(
        name=name, day=act.first_day, level=level_of(act.action, act.status),
        note=f"{act.sentence} ({plain(act.status)})", href=href("event", event_id=act.event_id),
    )  # fmt: skip


def _weeks(weeks: Sequence[Week]) -> tuple[Chart, ...]:
    """The chart of stories by week; empty if there are fewer than FEWEST stories, or all are of one week."""
    enough = sum(week.stories for week in weeks) >= FEWEST and sum(week.stories > 0 for week in weeks) > 1
    return (stories_a_week(weeks),) if enough else ()
