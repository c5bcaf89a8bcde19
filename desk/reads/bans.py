"""The ban tracker: who bans whom, country by vendor."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date as Day

from fivegwatch.desk.reads.asked import Asked
from fivegwatch.desk.reads.facts import acts
from fivegwatch.desk.reads.items import MeasureFact
from fivegwatch.desk.reads.prepared import is_kept, kept
from fivegwatch.desk.reads.standings import Deadline, Standing, rank, standing, standings_by_scope
from fivegwatch.storage.read.corpus import Corpus


@dataclass(frozen=True, slots=True, kw_only=True)
class BanLine:
    """One line of the ban tracker: one country and one vendor, with the act that counts now and all acts (measures) of
    the country against the vendor.

    A decision counts before a demand or a plan.
    """

    country: str
    """ISO 3166-1 alpha-2; EU is the European Union."""
    target: str
    action: str
    status: str
    scope: str
    instrument: str | None
    """The law, order or list by which the act is done; None when the stories name none."""
    decided: str | None
    """Since when the direction of the act shown is decided; None if nothing is decided. See `Standing.decided`."""
    decided_said: bool
    """Whether a story states the date in ``decided``; if not, that is the day of the first report."""
    decided_event: str
    """Id of the event in which the decision was reported; empty if nothing is decided."""
    deadlines: tuple[Deadline, ...]
    """Dates by which the vendor must be out of the network, one for each part of it; empty if no story states a
    date."""
    by_scope: tuple[Standing, ...]
    """The country's position for each part of the network that an act names."""
    since: Day | None
    """Day of the first story about these acts."""
    last_day: Day | None
    stories: int
    history: tuple[MeasureFact, ...]
    """Every act with its evidence, newest first."""

    @property
    def latest(self) -> MeasureFact:
        """The act that counts now and that the line shows, with its evidence."""
        return max(self.history, key=rank)

    @property
    def date(self) -> str | None:
        """The earliest deadline of the country or, without one, the date of the act that the line shows.

        None when no story states a date.
        """
        return self.deadlines[0].date if self.deadlines else self.latest.date

    @property
    def newest(self) -> MeasureFact | None:
        """The newest act, which can differ from `latest`: a demand or a plan after a decision. None if there is no
        act.
        """
        return next(iter(self.history), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class BanTracker:
    """The data of the ban tracker's page; `country`, `target` and `scope` are the filters in force, empty for none."""

    country: str
    target: str
    scope: str
    lines: tuple[BanLine, ...]
    unsure: tuple[MeasureFact, ...]
    """Acts that are less certain (confidence from 0.7 to 0.8). Given only if the filters name one country and one
    vendor."""
    countries: tuple[str, ...]
    """All countries that have a line when no filter is set."""
    targets: tuple[str, ...]
    scopes: tuple[str, ...]
    """Parts of the network that acts name or that the watchlist defines."""


ACTS = """action in ('ban', 'restrict', 'phase_out', 'allow', 'revoke', 'remove_fund') and length("by") = 2"""
SURE = 0.8
"""Minimum confidence of an act that counts, 0 to 1; the view ``ban_tracker`` uses the same."""


def read_bans(corpus: Corpus, asked: Asked) -> BanTracker:
    """The ban tracker, filtered by the parameters ``country``, ``target`` and ``scope``; the line with the newest
    report comes first.

    With ``scope``, only acts on that part of the network are listed, and a country's position is determined from these
    acts only.
    """
    country, target, scope = asked.text("country").upper(), asked.text("target").lower(), asked.text("scope")
    if is_kept(corpus) and not (country and target):
        every = kept(corpus, "bans", [scope], lambda _: {scope: _read_bans(corpus, asked, "", "", scope)})[
            scope
        ]
        lines = tuple(
            line
            for line in every.lines
            if country in ("", line.country) and target in ("", line.target.lower())
        )
        return replace(every, country=country, target=asked.text("target"), lines=lines)
    return _read_bans(corpus, asked, country, target, scope)


def _read_bans(corpus: Corpus, asked: Asked, country: str, target: str, scope: str) -> BanTracker:
    chosen = {"country": country, "target": target, "scope": scope}
    filters = """($country = '' or "by" = $country) and ($target = '' or lower(target) = $target)
        and ($scope = '' or scope = $scope)"""
    pairs: dict[tuple[str, str], list[tuple[MeasureFact, frozenset[str]]]] = defaultdict(list)
    unsure = []
    for act, stories in acts(corpus, f"{ACTS} and {filters}", chosen):
        if act.confidence >= SURE:
            pairs[act.by, act.target].append((act, stories))
        elif country and target:
            unsure.append(act)
    lines = [_ban_line(members, asked) for members in pairs.values()]
    lines.sort(
        key=lambda one: (-(one.last_day or Day.min).toordinal(), -one.stories, one.country, one.target)
    )
    known = f'select distinct "by", target, scope from measure_evidence where {ACTS} and confidence >= {SURE}'  # noqa: S608 - our own words
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
        instrument=now.act.instrument,
        decided=now.decided,
        decided_said=now.decided_said,
        decided_event=now.decided_event,
        deadlines=now.deadlines,
        by_scope=standings_by_scope(history, today),
        since=min(days, default=None),
        last_day=max(days, default=None),
        stories=len(frozenset().union(*(stories for _, stories in members))),
        history=history,
    )
