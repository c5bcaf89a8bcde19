"""What a brief says, in sentences from templates; every renderer shows the same ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from fivegwatch.desk.reads.items import IncidentFact, MeasureFact
from fivegwatch.desk.reads.week import BanChange, Numbers, Period, Week, WeekEvent
from fivegwatch.desk.wording import language_name, plain
from fivegwatch.extractors.text.plain import strip_controls

MOST_FACTS, MOST_SOURCES = 2, 6
"""Most facts and outlets of one line; further outlets are counted."""
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_LEAST = 0.7
"""Least confidence of a fact in a line, as on the pages of the desk."""
NOTE = (
    "Headlines are those of the outlets. Facts in English are drawn by machine, with the status the story gives"
    " them; each links to the story whose sentence it rests on."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Words that may lead somewhere; ``url`` is empty or an address of http or https."""

    text: str
    url: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventText:
    """One event as one line."""

    facts: tuple[Link, ...]
    """Sentences in English."""
    headline: Link
    in_language: str
    """Name of the headline's language; empty for English."""
    sources: tuple[Link, ...]
    more_sources: int
    continued: str
    """When it was first reported, if before the week."""


def heading(week: Week) -> str:
    """The title of the brief."""
    return plain_line(f"{week.title or 'What the press reported'}: {days(week.period)}")


def days(period: Period) -> str:
    """The period in words: ``week 48, 23 to 29 November 2026``."""
    first, last = period.first, period.last
    start = f"{first.day}"
    if first.year != last.year:
        start += f" {first:%B %Y}"
    elif first.month != last.month:
        start += f" {first:%B}"
    span = f"{start} to {last.day} {last:%B %Y}" if first != last else f"{last.day} {last:%B %Y}"
    return f"week {int(period.name[-2:])}, {span}" if period.name else span


def opening(week: Week) -> str:
    """What the week was, in two or three sentences; an empty week says so."""
    numbers, before = week.numbers, week.before
    if not numbers.stories:
        told = f" The days before had {count(before.stories, 'story', 'stories')}." if before.stories else ""
        return f"No story was kept.{told}"
    most = [group for group in week.countries if group.code][:3]
    where = ", ".join(f"{group.name} ({group.events})" for group in most)
    text = (
        f"{count(numbers.stories, 'story', 'stories')} by {count(numbers.outlets, 'outlet', 'outlets')} in"
        f" {count(numbers.languages, 'language', 'languages')} reported on"
        f" {count(week.events + week.more_events, 'event', 'events')}; {_compared(numbers, before)}."
    )
    return f"{text} Most events: {where}." if where else text


def _compared(numbers: Numbers, before: Numbers) -> str:
    if not before.stories:
        return "none in the days before"
    if before.stories == numbers.stories:
        return "as many stories as in the days before"
    return f"{before.stories:,} stories in the days before"


def numbers_of(week: Week) -> list[tuple[str, str, str]]:
    """Rows of the table of numbers: what, now, before."""
    rows = [
        (name, f"{getattr(week.numbers, key):,}", f"{getattr(week.before, key):,}")
        for name, key in (
            ("Stories kept", "stories"),
            ("Outlets", "outlets"),
            ("Languages", "languages"),
            ("Countries", "countries"),
            ("Pages judged", "judged"),
        )
    ]
    return rows


def event_text(event: WeekEvent) -> EventText:
    """The line of one event: its facts in English, its headline, who reported it."""
    line = event.line
    every: list[MeasureFact | IncidentFact] = [*line.measures, *line.incidents]
    facts = [fact for fact in every if fact.confidence >= _LEAST]
    unique = {fact.sentence: fact for fact in facts}
    english = not line.language or line.language.split("-")[0] == "en"
    return EventText(
        facts=tuple(fact_link(fact) for fact in list(unique.values())[:MOST_FACTS]),
        headline=link(line.title or "(no headline)", event.url, line.language),
        in_language="" if english else language_name(line.language),
        sources=tuple(link(source.outlet, source.url) for source in event.sources[:MOST_SOURCES]),
        more_sources=max(0, len(event.sources) - MOST_SOURCES),
        continued=f"first reported {line.first_published_at:%d %B %Y}".replace(" 0", " ")
        if event.continued and line.first_published_at
        else "",
    )


def fact_link(fact: MeasureFact | IncidentFact) -> Link:
    """A fact as a sentence that leads to the story it rests on; with its date, and doubts of an incident."""
    text = fact.sentence
    if isinstance(fact, IncidentFact) and fact.status not in ("", "confirmed"):
        text += f" ({plain(fact.status)})"
    if fact.date:
        text += f", {fact.date}"
    if isinstance(fact, MeasureFact) and fact.deadline:
        text += f", by {fact.deadline}"
    return link(f"{text}.", fact.evidence[0].url if fact.evidence else "")


def change_link(change: BanChange) -> Link:
    """A change in the ban tracker: the new act, and what was known before."""
    act, before = change.act, change.before
    new = fact_link(act)
    known = "New in the tracker."
    if before is not None:
        same = before.action == act.action and before.status == act.status
        known = "As before." if same else f"Before: {plain(before.action)}, {plain(before.status)}."
    return Link(text=f"{new.text} {known}", url=new.url)


def silent_lines(week: Week) -> list[str]:
    """The sources in trouble, one line each, and how many were merely quiet."""
    lines = [
        plain_line(f"{feed.title}: {feed.status}" + (f", {feed.problem}" if feed.problem else ""))
        for feed in week.silent
    ]
    if week.quiet:
        sources = count(week.quiet, "further source", "further sources")
        lines.append(f"{sources} announced nothing new since the period began.")
    return lines


def link(text: str, url: str, language: str = "") -> Link:
    """Words with an address, which is left out unless it is one of the web."""
    clean = plain_line(text)
    try:
        web = urlsplit(url).scheme in ("http", "https") and url.isprintable()
    except ValueError:
        web = False
    return Link(text=clean, url=url if web else "", language=language)


def plain_line(text: str) -> str:
    """``text`` on one line, without control characters and without those that turn the direction of writing."""
    return " ".join(_TURNING.sub("", strip_controls(text)).split())


def count(number: int, one: str, many: str) -> str:
    """``1 story``, ``2 stories``."""
    return f"{number:,} {one if number == 1 else many}"


def joined(parts: Sequence[str], more: int) -> str:
    """``a, b and 3 more``."""
    return ", ".join(parts) + (f" and {more} more" if more else "")
