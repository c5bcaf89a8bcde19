"""The page of incidents: who was attacked, where, and by whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date as Day

from fivegwatch.desk.reads.asked import Asked
from fivegwatch.desk.reads.facts import incidents
from fivegwatch.desk.reads.items import IncidentFact
from fivegwatch.desk.regions import REGIONS, region_named
from fivegwatch.extractors.errors import QueryError
from fivegwatch.storage.read.corpus import Corpus

MOST_INCIDENTS = 100
"""Maximum number of incidents on the page; with filters a reader reaches the others."""
NOT_HAPPENED = ("demonstrated", "patched")
"""Statuses of attacks that were only shown to be possible, without a victim."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLine:
    """An incident with the headline of its first story, and with links to the pages of victims and actors."""

    title: str
    language: str
    fact: IncidentFact
    victims: tuple[Named, ...]
    actor: Named | None
    homes: tuple[str, ...]
    """Home countries of the victims; only if no story says in which country the incident happened."""
    also: tuple[str, ...]
    """Further statuses that sentences give the incident, such as ``denied``."""

    @property
    def countries(self) -> tuple[str, ...]:
        """The country where the incident happened; if no story names it, the home countries of the victims."""
        return (self.fact.country,) if self.fact.country else self.homes


@dataclass(frozen=True, slots=True, kw_only=True)
class Victim:
    """A victim, the number of events in which it was attacked, and the last day."""

    named: Named
    events: int
    last_day: Day | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentTracker:
    """The data of the page of incidents; the fields before ``lines`` are the filters in force, empty for none."""

    country: str
    region: str
    actor: str
    kind: str
    status: str
    since: Day | None
    month: str
    """Month (YYYY-MM) in which a story must have reported the incident."""
    lines: tuple[IncidentLine, ...]
    more: int
    """Number of incidents that meet the filters but do not fit on the page."""
    unplaced: int
    """Number of incidents that meet the other filters but whose country is not known; 0 without a filter by place."""
    shown_only: int
    """Number of mere demonstrations that meet the filters. They are listed only with a filter on the status
    ``demonstrated`` or ``patched``."""
    countries: tuple[str, ...]
    """The countries of all victims, independent of the filters."""
    actors: tuple[str, ...]
    kinds: tuple[str, ...]
    statuses: tuple[str, ...]


def read_incidents(corpus: Corpus, asked: Asked) -> IncidentTracker:
    """The incidents, newest first; vulnerabilities that nobody is known to have exploited are left out.

    The filters are the parameters ``country`` and ``region`` (of the victim), ``actor``, ``kind``, ``status``,
    ``since`` (earliest day of the last story) and ``month`` (YYYY-MM, in which a story reported the incident).

    Raises: QueryError for a region that does not exist, and for a malformed day or month.
    """
    place = {"country": asked.text("country").upper(), "region": region_named(asked.text("region"))}
    if asked.text("region") and not place["region"]:
        raise QueryError(f"there is no such region. The regions are: {', '.join(REGIONS)}.", kind="parameter")
    wanted = {name: asked.text(name) for name in ("actor", "kind", "status")}
    since, month = asked.day("since"), asked.month("month")
    every = incident_lines(corpus, incidents(corpus, "kind <> 'vulnerability'"))
    anywhere = [
        line
        for line in every
        if (not wanted["actor"] or (line.fact.actor or "").lower() == wanted["actor"].lower())
        and (not wanted["kind"] or line.fact.kind == wanted["kind"])
        and (not wanted["status"] or wanted["status"] in (line.fact.status, *line.also))
        and (since is None or (line.fact.last_day is not None and line.fact.last_day >= since))
        and (not month or _reported_in(line.fact, month))
    ]
    placed = [line for line in anywhere if _is_in(line, place["country"], place["region"])]
    chosen = [line for line in placed if wanted["status"] or line.fact.status not in NOT_HAPPENED]
    return IncidentTracker(
        **place,
        **wanted,
        since=since,
        month=month,
        lines=_with_titles(corpus, chosen[:MOST_INCIDENTS]),
        more=max(0, len(chosen) - MOST_INCIDENTS),
        unplaced=sum(not line.countries for line in anywhere) if any(place.values()) else 0,
        shown_only=len(placed) - len(chosen),
        countries=tuple(sorted({code for line in every for code in line.countries})),
        actors=tuple(sorted({line.fact.actor for line in every if line.fact.actor})),
        kinds=tuple(sorted({line.fact.kind for line in every})),
        statuses=tuple(sorted({status for line in every for status in (line.fact.status, *line.also)})),
    )


def _is_in(line: IncidentLine, country: str, region: str) -> bool:
    return (not country or country in line.countries) and (
        not region or any(code in REGIONS[region] for code in line.countries)
    )


def _reported_in(fact: IncidentFact, month: str) -> bool:
    first, last = fact.first_day or fact.last_day, fact.last_day
    return first is not None and last is not None and f"{first:%Y-%m}" <= month <= f"{last:%Y-%m}"


def incident_lines(corpus: Corpus, facts: Sequence[IncidentFact]) -> tuple[IncidentLine, ...]:
    """The incidents in ``facts``, in the same order, with links to the pages of victims and actors; without
    headlines.
    """
    names = {name for fact in facts for name in (*fact.victims, fact.actor or "")} - {""}
    named = read_named(corpus, names, {fact.event_id for fact in facts}) if names else {}
    return tuple(
        IncidentLine(
            title="",
            language="",
            fact=fact,
            victims=tuple(named[name] for name in fact.victims),
            actor=named[fact.actor] if fact.actor else None,
            homes=()
            if fact.country
            else tuple(sorted({named[name].country for name in fact.victims} - {""})),
            also=tuple(sorted({one.status for one in fact.evidence} - {fact.status})),
        )
        for fact in facts
    )


def titled_lines(corpus: Corpus, facts: Sequence[IncidentFact]) -> tuple[IncidentLine, ...]:
    """The incidents in ``facts``, in the same order, with links to the pages of victims and actors, and with
    headlines.
    """
    return _with_titles(corpus, incident_lines(corpus, facts))


def _with_titles(corpus: Corpus, lines: Sequence[IncidentLine]) -> tuple[IncidentLine, ...]:
    titles = {
        row["event_id"]: (row["title"] or "", row["language"] or "")
        for row in corpus.sql(
            """select event_id, title, language from event_stories
               where first and event_id in (select unnest($events))""",
            {"events": [line.fact.event_id for line in lines] or [""]},
        )
    }
    return tuple(
        replace(line, title=titles[line.fact.event_id][0], language=titles[line.fact.event_id][1])
        for line in lines
    )


def victims_of(lines: Sequence[IncidentLine]) -> tuple[Victim, ...]:
    """The victims that the incidents name; those attacked in the most events first. Mere descriptions ("an operator")
    are left out.
    """
    events: Counter[Named] = Counter()
    last: dict[Named, Day] = {}
    seen = set()
    for line in lines:
        for named in line.victims:
            if named.is_description or (line.fact.event_id, named) in seen:
                continue
            seen.add((line.fact.event_id, named))
            events[named] += 1
            if line.fact.last_day:
                last[named] = max(last.get(named, Day.min), line.fact.last_day)
    each = [Victim(named=named, events=number, last_day=last.get(named)) for named, number in events.items()]
    return tuple(sorted(each, key=lambda one: (-one.events, one.named.name)))


KINDS: Mapping[str, str] = {
    "operator": "operator",
    "vendor": "vendor",
    "threat_actor": "actor",
    "country": "country",
}
"""For each type of entity in the corpus, the kind of page that it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A victim or actor under the name that a fact gives, with the page to which the name is linked."""

    name: str
    kind: str = ""
    """Kind of the page: ``operator``, ``vendor``, ``actor`` or ``country``; empty if the watchlist does not have the
    name."""
    id: str = ""
    country: str = ""
    """Home country of the victim or actor (ISO 3166-1 alpha-2); empty if it has none or the country is not known."""

    @property
    def is_description(self) -> bool:
        """Whether the name is only a description of somebody whom no story names, such as "telecom operators"."""
        return not self.kind and self.name[:1].islower()


def read_named(corpus: Corpus, names: Collection[str], events: Collection[str]) -> Mapping[str, Named]:
    """For each of ``names``, the victim or actor that it stands for in the stories of ``events``, with what its page's
    address needs.
    """
    rows = corpus.sql(
        """select r.name, r.type, r.entity, any_value(r.country) as country, count(*) as stories
           from roles r join event_stories e using (story_id)
           where e.event_id in (select unnest($events)) and r.name in (select unnest($names))
               and (r.type in ('operator', 'vendor', 'threat_actor') or r.type = 'country' and r.subject)
           group by r.name, r.type, r.entity order by stories, r.type desc, r.entity""",
        {"events": sorted(events) or [""], "names": sorted(names) or [""]},
    )
    known = {
        row["name"]: Named(
            name=row["name"], kind=KINDS[row["type"]], id=row["entity"], country=row["country"] or ""
        )
        for row in rows
    }
    return {name: known.get(name, Named(name=name)) for name in names}
