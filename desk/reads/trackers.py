"""The trackers: who bans whom (country by vendor), and who was attacked by whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date as Day

from fivegwatch.desk.reads.asked import Asked
from fivegwatch.desk.reads.facts import acts, incidents
from fivegwatch.desk.reads.items import IncidentFact, MeasureFact
from fivegwatch.desk.reads.standings import Deadline, Standing, rank, standing, standings_by_scope
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
    instrument: str | None
    decided: str | None
    """Since when it is decided; None if nothing is. See `Standing.decided`."""
    decided_said: bool
    """Whether a story says that date; else it is the day of the first report."""
    deadlines: tuple[Deadline, ...]
    """By when the vendor must be out, one for each part of the network; none when no story says one."""
    by_scope: tuple[Standing, ...]
    """Where the country stands in each part of the network that an act names."""
    since: Day | None
    """Day of the first story about it."""
    last_day: Day | None
    stories: int
    history: tuple[MeasureFact, ...]
    """Every act with its evidence, newest first."""

    @property
    def latest(self) -> MeasureFact:
        """The act that the line shows, with its evidence."""
        return max(self.history, key=rank)

    @property
    def date(self) -> str | None:
        """The first deadline or, without any, the date of the act shown; None when no story says one."""
        return self.deadlines[0].date if self.deadlines else self.latest.date

    @property
    def newest(self) -> MeasureFact | None:
        """The newest act, which may be a demand or a plan after a decision; None without any."""
        return next(iter(self.history), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class BanTracker:
    """The page of bans; `country`, `target` and `scope` are the filters in force, empty for none."""

    country: str
    target: str
    scope: str
    lines: tuple[BanLine, ...]
    unsure: tuple[MeasureFact, ...]
    """Acts that are less certain, with a confidence from 0.7 to 0.8; only for one country and one vendor."""
    countries: tuple[str, ...]
    """All countries with a line, whatever the filters."""
    targets: tuple[str, ...]
    scopes: tuple[str, ...]
    """Parts of the network that acts name, and those of the watchlist."""


_ACTS = (
    """action in ('ban', 'restrict', 'phase_out', 'allow', 'revoke', 'remove_fund') and length("by") = 2"""
)
_SURE = 0.8
"""Least confidence of an act that counts, as in the view ``ban_tracker``."""


def read_bans(corpus: Corpus, asked: Asked) -> BanTracker:
    """The ban tracker, filtered by the parameters ``country``, ``target`` and ``scope``; the newest report first.

    With a scope only acts of that scope count, also for where a country stands.
    """
    country, target, scope = asked.text("country").upper(), asked.text("target").lower(), asked.text("scope")
    chosen = {"country": country, "target": target, "scope": scope}
    filters = """($country = '' or "by" = $country) and ($target = '' or lower(target) = $target)
        and ($scope = '' or scope = $scope)"""
    pairs: dict[tuple[str, str], list[tuple[MeasureFact, frozenset[str]]]] = defaultdict(list)
    unsure = []
    for act, stories in acts(corpus, f"{_ACTS} and {filters}", chosen):
        if act.confidence >= _SURE:
            pairs[act.by, act.target].append((act, stories))
        elif country and target:
            unsure.append(act)
    lines = [_ban_line(members, asked) for members in pairs.values()]
    lines.sort(
        key=lambda one: (-(one.last_day or Day.min).toordinal(), -one.stories, one.country, one.target)
    )
    known = (
        f'select distinct "by", target, scope from measure_evidence where {_ACTS} and confidence >= {_SURE}'  # noqa: S608 - our own words
    )
    every = list(corpus.sql(known))
    scopes = {row["scope"] for row in every} | {
        row["scope"] for row in corpus.sql("select scope from scopes")
    }
    return BanTracker(
        country=country,
        target=asked.text("target"),
        scope=scope,
        lines=tuple(lines),
        unsure=tuple(unsure),
        countries=tuple(sorted({row["by"] for row in every})),
        targets=tuple(sorted({row["target"] for row in every})),
        scopes=tuple(sorted(scopes, key=lambda name: (name == "other", name.lower()))),
    )


def _ban_line(members: Sequence[tuple[MeasureFact, frozenset[str]]], asked: Asked) -> BanLine:
    """The line of all acts of one country towards one vendor, newest first, each with the ids of its stories."""
    history, today = tuple(act for act, _ in members), asked.now.date()
    now = standing(history, today)
    days = [day for act in history for day in (act.first_day, act.last_day) if day]
    return BanLine(
        country=now.act.by,
        target=now.act.target,
        action=now.act.action,
        status=now.act.status,
        scope=now.act.scope,
        instrument=now.act.instrument or next((act.instrument for act in history if act.instrument), None),
        decided=now.decided,
        decided_said=now.decided_said,
        deadlines=now.deadlines,
        by_scope=standings_by_scope(history, today),
        since=min(days, default=None),
        last_day=max(days, default=None),
        stories=len(frozenset().union(*(stories for _, stories in members))),
        history=history,
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
