"""Subjects are vendors, operators, actors and laws: the list of each kind, and the page of one with its stories,
measures and incidents.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from fivegwatch.desk.charts.weeks import Week
from fivegwatch.desk.reads.asked import Asked, missing
from fivegwatch.desk.reads.bans import BanLine, read_bans
from fivegwatch.desk.reads.facts import incidents, measures
from fivegwatch.desk.reads.incident_tracker import IncidentLine, Victim, titled_lines, victims_of
from fivegwatch.desk.reads.items import EventLine, MeasureFact
from fivegwatch.desk.reads.lists import events_where
from fivegwatch.desk.reads.pictures import read_whole_weeks
from fivegwatch.storage.read.corpus import Corpus

TYPES: Mapping[str, str] = {"vendor": "vendor", "operator": "operator", "actor": "threat_actor", "law": "law"}
"""For each kind of page, the type of its entity in the corpus."""
MOST_EVENTS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectLine:
    """One vendor, operator, actor or law as a line of a list."""

    id: str
    name: str
    country: str
    about: int
    """Number of stories that are about the subject."""
    stories: int
    """Number of stories that name the subject."""
    last_day: date | None
    """Day of the latest story that names the subject."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subjects:
    """What the list of all vendors, operators, actors or laws shows."""

    kind: str
    """``vendor``, ``operator``, ``actor`` or ``law``."""
    country: str
    """Country to which the list is limited; empty for all countries."""
    lines: tuple[SubjectLine, ...]
    """The subjects with the most stories come first."""
    countries: tuple[str, ...]
    """The countries of all subjects of this kind, independent of the filter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """Another entity that is a subject of stories about this one."""

    kind: str
    """Kind of the other entity's page; ``country`` for a country."""
    id: str
    name: str
    stories: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What the page of one vendor, operator, actor or law shows."""

    kind: str
    line: SubjectLine
    bans: tuple[BanLine, ...]
    """Acts of states against the subject, if it is a vendor."""
    measures: tuple[MeasureFact, ...]
    """Measures by or against the subject; for a vendor, those not in ``bans``; for a law, those based on it."""
    incidents: tuple[IncidentLine, ...]
    """Incidents in which the subject is the victim or the actor."""
    victims: tuple[Victim, ...]
    """Victims that the incidents of an actor name."""
    events: tuple[EventLine, ...]
    """Events about the subject, newest first."""
    related: tuple[Related, ...]
    weeks: tuple[Week, ...]
    """Stories about the subject by week, for a picture."""


_LINES = """
    select
        r.entity as id, any_value(r.name) as name, coalesce(any_value(r.country), '') as country,
        count(distinct r.story_id) filter (where r.subject) as about, count(distinct r.story_id) as stories,
        max(s.published_day) as last_day
    from roles r join stories s on s.id = r.story_id
    where r.type = $type and ($id = '' or r.entity = $id)
    group by r.entity order by about desc, stories desc, id
"""
_ACTS = {
    "vendor": """lower(target) = lower($name) and (length("by") <> 2 or action not in
        ('ban', 'restrict', 'phase_out', 'allow', 'revoke', 'remove_fund') or confidence < 0.8)""",
    "operator": """lower(target) = lower($name) or lower("by") = lower($name)""",
    "law": "contains(lower(coalesce(instrument, '')), lower($name))",
}
_ATTACKS = {
    "vendor": "list_contains(victims, $name)",
    "operator": "list_contains(victims, $name)",
    "actor": "lower(actor) = lower($name)",
}

_ABOUT = "s.id in (select story_id from roles where type = $type and entity = $id and subject)"


def read_subjects(kind: str, corpus: Corpus, asked: Asked) -> Subjects:
    """All subjects of this ``kind``; with the parameter ``country``, only those from that country."""
    country = asked.text("country").upper()
    every = [SubjectLine(**row) for row in corpus.sql(_LINES, {"type": TYPES[kind], "id": ""})]
    return Subjects(
        kind=kind,
        country=country,
        lines=tuple(line for line in every if country in ("", line.country)),
        countries=tuple(sorted({line.country for line in every if line.country})),
    )


def read_subject(kind: str, corpus: Corpus, asked: Asked) -> Subject:
    """The subject of this ``kind`` with the parameter ``id`` as its id.

    Raises: QueryError of kind ``not_found`` when no story names it.
    """
    given = asked.text("id")
    rows = list(corpus.sql(_LINES, {"type": TYPES[kind], "id": given}))
    if not given or not rows:
        raise missing(f"no story names a {kind} with the id {given}")
    line = SubjectLine(**rows[0])
    name = {"name": line.name}
    attacks = titled_lines(corpus, incidents(corpus, _ATTACKS[kind], name)) if kind in _ATTACKS else ()
    chosen = {"type": TYPES[kind], "id": line.id}
    return Subject(
        kind=kind,
        line=line,
        bans=read_bans(corpus, Asked(now=asked.now, values={"target": line.name})).lines
        if kind == "vendor"
        else (),
        measures=measures(corpus, _ACTS[kind], name) if kind in _ACTS else (),
        incidents=attacks,
        victims=victims_of(attacks) if kind == "actor" else (),
        events=events_where(corpus, _ABOUT, chosen, limit=MOST_EVENTS),
        related=_related(corpus, TYPES[kind], line.id),
        weeks=read_whole_weeks(corpus, asked.now, _ABOUT, chosen),
    )


def _related(corpus: Corpus, type_: str, entity: str) -> tuple[Related, ...]:
    kinds = {stored: kind for kind, stored in TYPES.items()} | {"country": "country"}
    rows = corpus.sql(
        """select o.type, o.entity as id, any_value(o.name) as name, count(distinct o.story_id) as stories
           from roles o
           where o.subject and o.relevant and not (o.type = $type and o.entity = $id)
               and o.type in ('vendor', 'operator', 'threat_actor', 'law', 'country')
               and o.story_id in (select story_id from roles where type = $type and entity = $id and subject)
           group by o.type, o.entity order by stories desc, id limit 18""",
        {"type": type_, "id": entity},
    )
    return tuple(
        Related(kind=kinds[row["type"]], id=row["id"], name=row["name"], stories=row["stories"])
        for row in rows
    )
