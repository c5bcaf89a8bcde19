"""Determines the position of a country towards a vendor from its acts (measures): what is decided, since when, and by
which date it must be carried out.

The deadline of an act is the one that a story states. Without one, the date of the act is taken as the deadline if that
date (a day, month or year) begins after the first report. For a phase-out ("by the end of this year") it is enough that
the date ends after the first report.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date as Day

from fivegwatch.desk.reads.items import MeasureFact

KEEP_OUT = ("ban", "restrict", "phase_out", "revoke", "remove_fund")
"""Actions by which a vendor is kept out of networks or removed from them."""
BINDING = ("decided", "in_force", "rejected", "lifted")
"""Statuses of an act that is decided: it counts even if a later demand or draft says otherwise."""
_DONE = ("decided", "in_force")
_FIRM = ("decided", "in_force", "announced")
_OVER = ("rejected", "lifted")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The date by which a vendor must be out of one part of the network, or from which it is kept out."""

    date: str
    """YYYY, YYYY-MM or YYYY-MM-DD."""
    scope: str
    action: str
    status: str
    firm: bool
    """Whether the deadline is decided or announced; False if it is only proposed, considered or demanded."""
    passed: bool
    """Whether the last day of ``date`` is over."""
    event_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The position of a country towards a vendor, from several acts: the act that counts, since when it is decided, and
    the deadlines.
    """

    scope: str
    """The part of the network that all of these acts cover; empty if acts on all parts were considered."""
    act: MeasureFact
    """The act that counts: the latest binding act or, without one, the latest act. Its evidence is left out."""
    decided: str | None
    """Earliest date (or first report) of a decision with the same direction as ``act``: against the vendor or not. None
    if nothing is decided."""
    decided_said: bool
    """Whether a story states the date in ``decided``; if not, that is the day of the first report."""
    decided_event: str
    """Id of the event in which the decision was reported; empty if nothing is decided."""
    deadlines: tuple[Deadline, ...]
    """One deadline for each part of the network. A firm deadline is preferred to a plan, and a newer report to an older
    one."""


def standing(acts: Sequence[MeasureFact], today: Day, scope: str = "") -> Standing:
    """The position of a country towards a vendor, from its ``acts`` (at least one)."""
    act = max(acts, key=rank)
    decided, said, event = _decided(acts, keep_out=act.action in KEEP_OUT)
    return Standing(
        scope=scope,
        act=replace(act, evidence=()),
        decided=decided,
        decided_said=said,
        decided_event=event,
        deadlines=_deadlines(acts, today),
    )


def standings_by_scope(acts: Sequence[MeasureFact], today: Day) -> tuple[Standing, ...]:
    """The position for each part of the network that an act names; the part whose act ranks highest comes first."""
    parts: dict[str, list[MeasureFact]] = defaultdict(list)
    for act in acts:
        parts[act.scope].append(act)
    each = [standing(members, today, scope) for scope, members in parts.items()]
    return tuple(sorted(each, key=lambda one: rank(one.act), reverse=True))


def rank(act: MeasureFact) -> tuple[bool, Day, int, float, str]:
    """The sort key of acts, as in the view ``ban_tracker``: binding acts rank above those that are only discussed, then
    newer above older.
    """
    return act.status in BINDING, _day_of(act), act.stories, act.confidence, act.action


def _day_of(act: MeasureFact) -> Day:
    """The last day that the act's own date can mean, if the first report is later: a story may tell of an old act."""
    said = [day for day in (_last_day(act.date or ""), act.first_day) if day]
    return min(said, default=Day.min)


def _last_day(date: str) -> Day | None:
    """The last day that a date of the form YYYY, YYYY-MM or YYYY-MM-DD can mean; None if it is not one."""
    try:
        year, month, day = (int(part) for part in f"{date}{'-12-31'[len(date) - 10 :]}"[:10].split("-"))
        return Day(year, month, min(day, monthrange(year, month)[1]))
    except ValueError:
        return None


def _decided(acts: Sequence[MeasureFact], *, keep_out: bool) -> tuple[str | None, bool, str]:
    dates = []
    for act in acts:
        if act.status in _DONE and (act.action in KEEP_OUT) == keep_out:
            said = bool(act.date) and not _is_later(act)
            day = act.date if said else act.first_day and act.first_day.isoformat()
            if day:
                dates.append((day, said, act.event_id))
    return min(dates, default=(None, False, ""))


def _deadlines(acts: Sequence[MeasureFact], today: Day) -> tuple[Deadline, ...]:
    dated = [a for a in acts if a.action in KEEP_OUT and a.status not in _OVER and deadline_of(a)]
    dated.sort(key=lambda a: (a.status in _FIRM, a.last_day or Day.min, deadline_of(a)), reverse=True)
    first: dict[str, MeasureFact] = {}
    for act in dated:
        first.setdefault(act.scope, act)
    return tuple(_deadline(act, today) for act in first.values())


def _deadline(act: MeasureFact, today: Day) -> Deadline:
    day = deadline_of(act)
    return Deadline(
        date=day, scope=act.scope, action=act.action, status=act.status, firm=act.status in _FIRM,
        passed=day < today.isoformat()[: len(day)], event_id=act.event_id,
    )  # fmt: skip


def deadline_of(act: MeasureFact) -> str:
    """The date by which the act must be carried out; empty when no story states one."""
    return act.deadline or (act.date or "" if _is_later(act) else "")


def _is_later(act: MeasureFact) -> bool:
    """Whether the act's date comes after the first report; False if either is unknown."""
    if not act.date or not act.first_day:
        return False
    rest = "-12-31" if act.action == "phase_out" else "-01-01"
    return f"{act.date}{rest[len(act.date) - 10 :]}"[:10] > act.first_day.isoformat()
