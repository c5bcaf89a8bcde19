"""The sentences of a brief, made from templates; all output formats contain the same sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from fivegwatch.desk.reads.items import IncidentFact, MeasureFact
from fivegwatch.desk.reads.week import BanChange, CountryGroup, Numbers, Period, Week, WeekEvent
from fivegwatch.desk.wording import language_name, plain
from fivegwatch.extractors.text.language_tags import primary_subtag
from fivegwatch.extractors.text.plain import strip_controls

FEW, WIDELY = 4, 3
"""The events of a country with at most FEW events get no topic headings. An event reported by at least WIDELY outlets
can be named in the opening of the brief.
"""
MOST_FACTS, MOST_SOURCES = 2, 6
"""Maximum number of facts, and of outlets, in the line of an event; of further outlets only the number is given."""
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_LEAST = 0.7
"""Minimum confidence of a fact that is shown, 0 to 1; the pages of the desk use the same."""
NOTE = (
    "Headlines are those of the outlets. Facts in English are drawn by machine, with the status the story gives"
    " them; each links to the story whose sentence it rests on."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A text with or without a link; ``url`` is an address of http or https, or empty."""

    text: str
    url: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventText:
    """One event as a line of the brief."""

    facts: tuple[Link, ...]
    """The facts of the event, as English sentences."""
    headline: Link
    in_language: str
    """Name of the headline's language; empty for English."""
    sources: tuple[Link, ...]
    more_sources: int
    continued: str
    """The day of the first report, if it was before the week."""

    @property
    def aside(self) -> str:
        """The remark in brackets after the headline."""
        return "; ".join(note for note in (self.in_language, self.continued) if note)


class Block(NamedTuple):
    """One block of the brief, such as a heading or a list; each output format has its own markup for it."""

    kind: Literal["title", "heading", "subheading", "paragraph", "list", "table", "note"]
    text: str = ""
    items: Sequence[Link | EventText | str] = ()
    """The items of a list."""
    rows: Sequence[tuple[str, str, str]] = ()
    """The rows of the table; the first row has the column headings."""


def blocks_of(week: Week) -> Iterator[Block]:
    """All blocks of the brief in order, from the title to the note at the end."""
    yield Block("title", heading(week))
    yield Block("paragraph", opening(week))
    if changes := change_links(week):
        yield Block("heading", "What changed in the trackers")
        yield Block("list", items=changes)
    if week.incidents:
        yield Block("heading", "Incidents first reported")
        yield Block("list", items=fact_links(week.incidents))
    for country in week.countries:
        yield Block("heading", country.name)
        for label, events in sections_of(country):
            if label:
                yield Block("subheading", label)
            yield Block("list", items=[event_text(event) for event in events])
    if week.more_events:
        yield Block("paragraph", f"{week.more_events:,} further events are in the corpus.")
    yield Block("heading", "Numbers")
    yield Block("table", rows=[columns_of(week), *numbers_of(week)])
    if silent := silent_lines(week):
        yield Block("heading", "Silent sources, as of now")
        yield Block("list", items=silent)
    yield Block("note", NOTE)


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
    """The opening of the brief, two to four sentences: how many stories, the most widely reported events, the
    countries.

    An empty week has an opening too.
    """
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
    if top := _most_reported(week):
        text += f" {top}"
    return f"{text} Most events: {where}." if where else text


def _most_reported(week: Week) -> str:
    """A sentence on the event reported by the most outlets, in English if the event has a fact; empty if no event was
    reported by three outlets.
    """
    events = [event for country in week.countries for topic in country.topics for event in topic.events]
    top = max(events, key=lambda event: len(event.sources), default=None)
    if top is None or len(top.sources) < WIDELY:
        return ""
    text = event_text(top)
    what = text.facts[0].text if text.facts else f"“{text.headline.text}”."
    return f"Most widely reported, by {len(top.sources)} outlets: {what}"


def _compared(numbers: Numbers, before: Numbers) -> str:
    if not before.stories:
        return "none in the days before"
    if before.stories == numbers.stories:
        return "as many stories as in the days before"
    return f"{before.stories:,} stories in the days before"


def columns_of(week: Week) -> tuple[str, str, str]:
    """The column headings of the table of numbers."""
    return ("", "This week", "Week before") if week.period.name else ("", "These days", "As many days before")


def numbers_of(week: Week) -> list[tuple[str, str, str]]:
    """The rows of the table of numbers: what is counted, the number this week, the number in the week before."""
    return [
        (name, f"{getattr(week.numbers, key):,}", f"{getattr(week.before, key):,}")
        for name, key in (
            ("Stories kept", "stories"),
            ("Outlets", "outlets"),
            ("Languages", "languages"),
            ("Countries", "countries"),
            ("Pages judged", "judged"),
        )
    ]


def event_text(event: WeekEvent) -> EventText:
    """One event as a line of the brief: its facts in English, its headline, who reported it."""
    line = event.line
    every: list[MeasureFact | IncidentFact] = [*line.measures, *line.incidents]
    facts = [fact for fact in every if fact.confidence >= _LEAST]
    english = primary_subtag(line.language or "en") == "en"
    return EventText(
        facts=tuple(fact_links(facts)[:MOST_FACTS]),
        headline=link(line.title or "(no headline)", event.url, line.language),
        in_language="" if english else language_name(line.language),
        sources=tuple(link(source.outlet, source.url) for source in event.sources[:MOST_SOURCES]),
        more_sources=max(0, len(event.sources) - MOST_SOURCES),
        continued=f"first reported {line.first_published_at:%d %B %Y}".replace(" 0", " ")
        if event.continued and line.first_published_at
        else "",
    )


def fact_link(fact: MeasureFact | IncidentFact) -> Link:
    """A fact as a sentence that links to its story. The sentence gives the date and, for an incident that is not
    confirmed, the status.
    """
    text = fact.sentence
    if isinstance(fact, IncidentFact) and fact.status not in ("", "confirmed"):
        text += f" ({plain(fact.status)})"
    if fact.date:
        text += f", {fact.date}"
    if isinstance(fact, MeasureFact) and fact.deadline:
        text += f", by {fact.deadline}"
    return link(f"{text}.", fact.evidence[0].url if fact.evidence else "")


def fact_links(facts: Sequence[MeasureFact | IncidentFact]) -> list[Link]:
    """The facts as sentences without repetition. A measure against several targets becomes one sentence that names all
    targets.
    """
    acts: dict[tuple[str | None, ...], list[MeasureFact | IncidentFact]] = {}
    for fact in facts:
        key: tuple[str | None, ...] = (fact.sentence,)
        if isinstance(fact, MeasureFact):
            key = (fact.by, fact.action, fact.status, fact.scope, fact.date)
        acts.setdefault(key, []).append(fact)
    return [fact_link(_of_all(some)) for some in acts.values()]


def _of_all(facts: Sequence[MeasureFact | IncidentFact]) -> MeasureFact | IncidentFact:
    """The first fact, with the targets of all ``facts``."""
    first = facts[0]
    if not isinstance(first, MeasureFact):
        return first
    return replace(first, target=_listed([fact.target for fact in facts if isinstance(fact, MeasureFact)]))


def _listed(names: Sequence[str]) -> str:
    """The names as a list in words:

    ``a``, ``a and b``, ``a, b and c``. A repeated name is listed once; of more than six names only the first five are
    listed.
    """
    once = list(dict.fromkeys(names))
    if len(once) > 6:
        once = [*once[:5], f"{len(once) - 5} more"]
    return " and ".join([", ".join(once[:-1]), once[-1]]) if len(once) > 1 else once[0]


def change_links(week: Week) -> list[Link]:
    """The changes in the ban tracker, as sentences: the new measure, and what was known before.

    Equal measures share a line. A measure that only repeats what the tracker already had is no change.
    """
    alike: dict[tuple[str | None, ...], list[BanChange]] = {}
    for change in week.changes:
        act, before = change.act, change.before
        if before and (before.action, before.status) == (act.action, act.status):
            continue
        known = (
            f"Until now: {plain(before.action)}, {plain(before.status)}." if before else "New in the tracker."
        )
        alike.setdefault((act.by, act.action, act.status, act.scope, act.date, known), []).append(change)
    links = []
    for (*_, so_far), changes in alike.items():
        new = fact_link(_of_all([change.act for change in changes]))
        links.append(Link(text=f"{new.text} {so_far}", url=new.url))
    return links


def sections_of(country: CountryGroup) -> list[tuple[str, tuple[WeekEvent, ...]]]:
    """The events of a country, grouped by topic under headings; a country with few events has no headings."""
    if country.events <= FEW:
        events = [event for topic in country.topics for event in topic.events]
        return [("", tuple(sorted(events, key=lambda event: -len(event.sources))))]
    return [(topic.label, topic.events) for topic in country.topics]


def silent_lines(week: Week) -> list[str]:
    """One line for each feed in trouble, and one with the number of feeds that work but announced nothing new."""
    lines = [
        plain_line(f"{feed.title}: {feed.status}" + (f", {feed.problem}" if feed.problem else ""))
        for feed in week.silent
    ]
    if week.quiet:
        sources = count(week.quiet, "further source", "further sources")
        lines.append(f"{sources} announced nothing new since the period began.")
    return lines


def link(text: str, url: str, language: str = "") -> Link:
    """``text`` as a link to ``url``; as plain text if that is no web address."""
    clean = plain_line(text)
    try:
        web = urlsplit(url).scheme in ("http", "https") and url.isprintable()
    except ValueError:
        web = False
    return Link(text=clean, url=url if web else "", language=language)


def plain_line(text: str) -> str:
    """``text`` on one line, without control characters and characters that change the direction of writing."""
    return " ".join(_TURNING.sub("", strip_controls(text)).split())


def count(number: int, one: str, many: str) -> str:
    """The number with its noun: ``1 story``, ``2 stories``."""
    return f"{number:,} {one if number == 1 else many}"


def joined(parts: Sequence[str], more: int) -> str:
    """The parts as a list in words, with the number of further parts: ``a, b and 3 more``."""
    return ", ".join(parts) + (f" and {more} more" if more else "")
