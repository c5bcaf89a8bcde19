"""The trackers: who bans whom (country by vendor), and who was attacked by whom."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date as Day

from fivegwatch.desk.reads.asked import Asked
from fivegwatch.desk.reads.facts import incidents, measures
from fivegwatch.desk.reads.items import IncidentFact, MeasureFact
from fivegwatch.desk.regions import REGIONS, region_named
from fivegwatch.extractors.errors import QueryError
from fivegwatch.storage.read.corpus import Corpus

MOST_INCIDENTS = 100
"""Incidents on one page; the filters narrow it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BanLine:
    """Where a country stands towards a vendor, and every act: a decision counts before a demand or a plan."""

    country: str
    """ISO 3166-1 alpha-2; EU is the European Union."""
    target: str
    action: str
    status: str
    scope: str
    date: str | None
    """Date or deadline of the latest such act that has one; None when no story says one."""
    instrument: str | None
    since: Day | None
    """Day of the first story about it."""
    last_day: Day | None
    stories: int
    history: tuple[MeasureFact, ...]
    """Every act with its evidence, newest first."""

    @property
    def latest(self) -> MeasureFact | None:
        """The act that the line shows, with its evidence."""
        same = [
            act
            for act in self.history
            if (act.action, act.status, act.date) == (self.action, self.status, self.date)
        ]
        return next(iter(same or self.history), None)

    @property
    def newest(self) -> MeasureFact | None:
        """The newest act, which may be a demand or a plan after a decision; None without any."""
        return next(iter(self.history), None)

    @property
    def dated(self) -> tuple[MeasureFact, ...]:
        """The acts for which a story says a date or deadline, one a date, action and scope, the latest date first."""
        dated = [(act.deadline or act.date or "", act) for act in reversed(self.history)]
        once = {(day, act.action, act.scope): act for day, act in dated if day}
        return tuple(once[key] for key in sorted(once, reverse=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class BanTracker:
    """The page of bans; `country` and `target` are the filters in force, empty for none."""

    country: str
    target: str
    lines: tuple[BanLine, ...]
    countries: tuple[str, ...]
    """All countries with a line, whatever the filters."""
    targets: tuple[str, ...]


def read_bans(corpus: Corpus, asked: Asked) -> BanTracker:
    """The ban tracker, filtered by the parameters ``country`` and ``target``; the newest act first."""
    country, target = asked.text("country").upper(), asked.text("target")
    rows = list(corpus.sql(
        """select country, target, action, status, scope, date, instrument, since, last_day, stories
           from ban_tracker order by last_day desc nulls last, stories desc, country, target"""
    ))  # fmt: skip
    chosen = [
        row
        for row in rows
        if (not country or row["country"] == country)
        and (not target or row["target"].lower() == target.lower())
    ]
    acts: dict[tuple[str, str], list[MeasureFact]] = defaultdict(list)
    for act in measures(
        corpus,
        """action in ('ban', 'restrict', 'phase_out', 'allow', 'revoke', 'remove_fund') and length("by") = 2
           and confidence >= 0.8 and ($country = '' or "by" = $country)
           and ($target = '' or lower(target) = lower($target))""",
        {"country": country, "target": target},
    ):
        acts[act.by, act.target].append(act)
    return BanTracker(
        country=country,
        target=target,
        lines=tuple(BanLine(**row, history=tuple(acts[row["country"], row["target"]])) for row in chosen),
        countries=tuple(sorted({row["country"] for row in rows})),
        targets=tuple(sorted({row["target"] for row in rows})),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentLine:
    """An incident with the headline of the first story that reports it."""

    title: str
    language: str
    fact: IncidentFact


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentTracker:
    """The page of incidents; the fields before ``lines`` are the filters in force, empty for none."""

    country: str
    region: str
    actor: str
    kind: str
    since: Day | None
    lines: tuple[IncidentLine, ...]
    more: int
    """Incidents that meet the filters and are not among the lines."""
    unplaced: int
    """Incidents that meet the other filters, but no story says in which country; 0 without a filter by place."""
    countries: tuple[str, ...]
    """All victims' countries, whatever the filters."""
    actors: tuple[str, ...]
    kinds: tuple[str, ...]


def read_incidents(corpus: Corpus, asked: Asked) -> IncidentTracker:
    """The incident tracker without mere weaknesses, newest first.

    Filters: the parameters ``country`` and ``region`` (of the victim), ``actor``, ``kind`` and ``since`` (day of the
    last story).

    Raises: QueryError for a region that does not exist.
    """
    wanted = {
        "country": asked.text("country").upper(),
        "region": region_named(asked.text("region")),
        "actor": asked.text("actor"),
        "kind": asked.text("kind"),
    }
    if asked.text("region") and not wanted["region"]:
        raise QueryError(f"there is no such region. The regions are: {', '.join(REGIONS)}.", kind="parameter")
    since = asked.day("since")
    every = incidents(corpus, "kind <> 'vulnerability'")
    anywhere = [
        fact
        for fact in every
        if (not wanted["actor"] or (fact.actor or "").lower() == wanted["actor"].lower())
        and (not wanted["kind"] or fact.kind == wanted["kind"])
        and (since is None or (fact.last_day is not None and fact.last_day >= since))
    ]
    chosen = [
        fact
        for fact in anywhere
        if (not wanted["country"] or fact.country == wanted["country"])
        and (not wanted["region"] or fact.country in REGIONS[wanted["region"]])
    ]
    placed = bool(wanted["country"] or wanted["region"])
    titles = {
        row["event_id"]: row
        for row in corpus.sql(
            """select event_id, title, language from event_stories
               where first and event_id in (select unnest($events))""",
            {"events": [fact.event_id for fact in chosen[:MOST_INCIDENTS]] or [""]},
        )
    }
    return IncidentTracker(
        **wanted,
        since=since,
        lines=tuple(
            IncidentLine(
                title=titles[fact.event_id]["title"] or "",
                language=titles[fact.event_id]["language"] or "",
                fact=fact,
            )
            for fact in chosen[:MOST_INCIDENTS]
        ),
        more=max(0, len(chosen) - MOST_INCIDENTS),
        unplaced=sum(1 for fact in anywhere if not fact.country) if placed else 0,
        countries=tuple(sorted({fact.country for fact in every if fact.country})),
        actors=tuple(sorted({fact.actor for fact in every if fact.actor})),
        kinds=tuple(sorted({fact.kind for fact in every})),
    )
