"""The data of a weekly brief: events by country and topic, changes in the trackers, numbers, and feeds that bring
nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from fivegwatch.desk.reads.bans import ACTS, SURE
from fivegwatch.desk.reads.facts import incidents, measures
from fivegwatch.desk.reads.items import EventLine, IncidentFact, MeasureFact
from fivegwatch.desk.reads.lists import events_where, topics
from fivegwatch.desk.wording import country_name
from fivegwatch.storage.read.corpus import Corpus

MOST_EVENTS = 400
"""Maximum number of events in a brief; of further events only the number is given."""
_APPEARED = "coalesce(s.published_at, s.first_seen_at)"
_TRACKED = f"{ACTS} and confidence >= {SURE}"
_TROUBLE = "('overdue', 'silent', 'failing', 'blocked', 'walled', 'gone')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The days from ``first`` to ``last``, both inclusive, in UTC."""

    first: date
    last: date
    name: str
    """Name of the period if it is an ISO week, such as ``2026-W48``; else empty."""

    @property
    def since(self) -> datetime:
        """The time at which the period begins."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def until(self) -> datetime:
        """The time at which the period is over."""
        return datetime.combine(self.last + timedelta(days=1), time(), UTC)

    @property
    def before(self) -> Period:
        """The period before this one, with the same number of days."""
        days = timedelta(days=(self.last - self.first).days + 1)
        return Period(first=self.first - days, last=self.last - days, name="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A story of an event: the outlet and the address."""

    outlet: str
    url: str
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekEvent:
    """An event with its stories in the week, one story for each outlet, the earliest first."""

    line: EventLine
    url: str
    """Address of the story from which the event's headline is taken."""
    country: str
    """Code of the country under which the event is listed; empty for none."""
    sources: tuple[Source, ...]
    continued: bool
    """Whether the first story of the event appeared before the week."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicGroup:
    """The events of one country on one topic."""

    label: str
    events: tuple[WeekEvent, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CountryGroup:
    """The events of one country. An event belongs to the country that most of its stories are about."""

    code: str
    """Country code; empty for events without a country."""
    name: str
    topics: tuple[TopicGroup, ...]

    @property
    def events(self) -> int:
        """Number of events in the group."""
        return sum(len(topic.events) for topic in self.topics)


@dataclass(frozen=True, slots=True, kw_only=True)
class BanChange:
    """A new act in the ban tracker, and the latest act of the same country against the same target before the period,
    if there is one."""

    act: MeasureFact
    before: MeasureFact | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """Numbers for a period; ``judged`` is the number of pages judged in it, kept or not."""

    stories: int
    outlets: int
    languages: int
    countries: int
    judged: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentFeed:
    """A feed that brings nothing now because it is in trouble, with its status and problem."""

    title: str
    status: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """All data of a brief."""

    title: str
    """The title of the watchlist, which says what the corpus is about; empty before the first run."""
    period: Period
    countries: tuple[CountryGroup, ...]
    """Events by country: the countries with the most events first, events without a country last."""
    more_events: int
    changes: tuple[BanChange, ...]
    incidents: tuple[IncidentFact, ...]
    numbers: Numbers
    before: Numbers
    """Numbers of the period before, with the same number of days."""
    silent: tuple[SilentFeed, ...]
    quiet: int
    """Number of feeds that are polled without trouble but announced nothing new since the period began."""

    @property
    def events(self) -> int:
        """Number of events in the brief."""
        return sum(country.events for country in self.countries)


def read_week(corpus: Corpus, period: Period) -> Week:
    """The data of a brief for ``period``, from the published corpus."""
    span = {"since": period.since, "until": period.until}
    dated = f"{_APPEARED} >= $since and {_APPEARED} < $until"
    lines = events_where(corpus, dated, span, limit=10_000)
    chosen = sorted(lines, key=lambda line: (-len(line.outlets), -len(line.measures), line.event_id))
    chosen = chosen[:MOST_EVENTS]
    ids = [line.event_id for line in chosen]
    sources, addresses = _sources(corpus, ids, dated, span)
    places = _countries(corpus, ids)
    labels = {topic.code: topic.label for topic in topics(corpus)}
    events = [
        WeekEvent(
            line=line,
            url=addresses.get((line.event_id, line.title), ""),
            country=next((code for code in places[line.event_id] if code in line.countries), "")
            or next(iter(line.countries), ""),
            sources=sources[line.event_id],
            continued=bool(line.first_published_at and line.first_published_at < period.since),
        )
        for line in chosen
    ]
    silent = corpus.sql(
        f"select title, feed_id, status, problem from feed_health where status in {_TROUBLE} order by title, feed_id"  # noqa: S608 - words of our own
    )
    quiet = corpus.sql(
        """select count(*) as n from feed_health
           where status in ('ok', 'quiet') and coalesce(last_new_at < $since, true)""",
        {"since": period.since},
    )
    titles = list(corpus.sql("select value from base.meta where name = 'title'"))
    return Week(
        title=titles[0]["value"] if titles else "",
        period=period,
        countries=_grouped(events, labels),
        more_events=len(lines) - len(chosen),
        changes=_changes(corpus, period),
        incidents=incidents(
            corpus, "first_day between $first and $last and confidence >= 0.7", _days(period)
        ),
        numbers=_numbers(corpus, dated, span),
        before=_numbers(corpus, dated, {"since": period.before.since, "until": period.before.until}),
        silent=tuple(
            SilentFeed(
                title=row["title"] or row["feed_id"], status=row["status"], problem=row["problem"] or ""
            )
            for row in silent
        ),
        quiet=next(iter(quiet))["n"],
    )


def _days(period: Period) -> dict[str, date]:
    return {"first": period.first, "last": period.last}


def _sources(
    corpus: Corpus, events: Sequence[str], dated: str, span: Mapping[str, datetime]
) -> tuple[Mapping[str, tuple[Source, ...]], dict[tuple[str, str], str]]:
    """Two maps: for each event, its stories in the period, the first one of each outlet; for each event and headline,
    the story's address.

    ``dated`` is an SQL condition for a story of the period, ``span`` has its values.
    """
    addresses: dict[tuple[str, str], str] = {}
    known: dict[str, dict[str, Source]] = defaultdict(dict)
    rows: Iterable[dict[str, Any]] = corpus.sql(
        f"""select e.event_id, s.title, s.site, s.site_name, s.url, s.language, {dated} as dated
            from event_stories e join stories s on s.id = e.story_id
            where e.event_id in (select unnest($events))
            order by s.published_at nulls last, s.first_seen_at, s.id""",  # noqa: S608 - conditions of our own
        {"events": list(events), **span},
    ) if events else ()  # fmt: skip
    for row in rows:
        addresses.setdefault((row["event_id"], row["title"] or ""), row["url"])
        if not row["dated"]:
            continue
        source = Source(
            outlet=row["site_name"] or row["site"], url=row["url"], language=row["language"] or ""
        )
        known[row["event_id"]].setdefault(row["site"], source)
    sources = {event: tuple(sites.values()) for event, sites in known.items()}
    return defaultdict(tuple, sources), addresses


def _countries(corpus: Corpus, events: Sequence[str]) -> Mapping[str, list[str]]:
    """For each event, the countries that its stories are about; countries that act or are hit come before accused
    ones.
    """
    places: dict[str, list[str]] = defaultdict(list)
    for row in corpus.sql(
        """select e.event_id, r.entity, sum(r.confidence * if(r.role = 'accused', 0.2, 1)) as weight
           from roles r join event_stories e on e.story_id = r.story_id
           where r.type = 'country' and r.subject and e.event_id in (select unnest($events))
           group by all order by weight desc, r.entity""",
        {"events": list(events)},
    ) if events else ():  # fmt: skip
        places[row["event_id"]].append(row["entity"])
    return places


def _grouped(events: Sequence[WeekEvent], labels: Mapping[str, str]) -> tuple[CountryGroup, ...]:
    by_country: dict[str, dict[str, list[WeekEvent]]] = defaultdict(lambda: defaultdict(list))
    for event in events:
        code, topic = event.country, next(iter(event.line.topics), "")
        by_country[code][topic].append(event)
    groups = [
        CountryGroup(
            code=code,
            name=country_name(code) or "No single country",
            topics=tuple(
                TopicGroup(label=labels.get(topic, topic) or "Other", events=tuple(members))
                for topic, members in sorted(of_topic.items(), key=lambda item: (-len(item[1]), item[0]))
            ),
        )
        for code, of_topic in by_country.items()
    ]
    return tuple(sorted(groups, key=lambda group: (not group.code, -group.events, group.name)))


def _changes(corpus: Corpus, period: Period) -> tuple[BanChange, ...]:
    """The acts that were first reported in the period, one for each country, target, action and status."""
    new = measures(corpus, f"{_TRACKED} and first_day between $first and $last", _days(period))
    if not new:
        return ()
    earlier: dict[tuple[str, str], MeasureFact] = {}
    for act in measures(corpus, f"{_TRACKED} and first_day < $first", {"first": period.first}):
        earlier.setdefault((act.by, act.target), act)
    unique = {(act.by, act.target, act.action, act.status): act for act in reversed(new)}
    return tuple(
        BanChange(act=act, before=earlier.get((act.by, act.target)))
        for act in sorted(unique.values(), key=lambda act: (country_name(act.by), act.target, act.action))
    )


def _numbers(corpus: Corpus, dated: str, span: Mapping[str, datetime]) -> Numbers:
    countries: Counter[str] = Counter()
    languages, sites, stories = set(), set(), 0
    for row in corpus.sql(
        f"select s.site, s.language, s.countries from stories s where {dated}",  # noqa: S608 - a condition of our own
        dict(span),
    ):
        stories += 1
        sites.add(row["site"])
        languages.add(row["language"])
        countries.update(row["countries"] or ())
    judged = corpus.sql(
        "select count(*) as n from ledger where judged_at >= $since and judged_at < $until", dict(span)
    )
    return Numbers(
        stories=stories, outlets=len(sites), languages=len(languages - {None, ""}), countries=len(countries),
        judged=next(iter(judged))["n"],
    )  # fmt: skip
