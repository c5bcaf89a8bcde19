"""The health of a feed as one of ten statuses, and which changes of status are worth an alert.

results of the last polls -> status and problem -> trouble that begins or ends

Brief faults raise no alert: trouble begins when a feed has failed for hours, and ends when it has answered for a day.
So a site that is down every night has one trouble, not one per night.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Status = Literal["ok", "quiet", "overdue", "silent", "failing", "blocked", "walled", "moved", "gone", "off"]
STATUSES: dict[str, str] = {
    "ok": "it answers and brings news",
    "quiet": "no news for a while, as is usual for this feed",
    "overdue": "no news for longer than its rhythm explains",
    "silent": "it answers, but its document has no items",
    "failing": "it cannot be reached or read",
    "blocked": "it answers, but its pages do not, or show only their beginning",
    "walled": "its server refuses us, or asks for a login or a check",
    "moved": "it is polled at a new address; the watchlist has the old one",
    "gone": "its server says that it does not exist; it is still tried, ever more rarely",
    "off": "switched off in the watchlist",
}
"""Each status and its meaning."""
TROUBLES = frozenset({"overdue", "silent", "failing", "blocked", "walled", "moved", "gone"})
TELL_AFTER = timedelta(hours=6)
"""How long a feed must fail, be empty or have its pages refused before an alert is raised, or before it counts as gone;
maintenance is shorter."""
TELL_POLLS = 3
SURE_AFTER = timedelta(hours=24)
"""How long a feed must answer before its trouble ends; the troubles ``overdue`` and ``moved`` end at once."""
WALL_KINDS = frozenset({"http_401", "http_402", "http_403", "http_407", "http_429", "http_451", "bot_wall"})
GONE_KINDS = frozenset({"http_404", "http_410"})
REFUSED_PAGES = 5
"""How many pages in a row must be refused before a feed counts as blocked."""
SAME_TROUBLE = (frozenset({"failing", "walled"}), frozenset({"blocked", "walled"}))
"""Statuses that are signs of the same trouble of a site: a change from one of them to another raises no further
alert."""
OF_A_GONE_FEED = frozenset({"gone", "failing", "walled"})
"""While a feed in trouble ``gone`` has one of these statuses, its trouble stays ``gone``, whatever its server
answers."""


WALLS = frozenset({"paywall", "consent_wall", "bot_wall", "script_wall"})
"""Flags of an article that a wall hides in part; a later visit may get more of it."""
STUBS = frozenset({"too_short", "no_story"})
"""Flags of an article that may not be the story yet: a notice in words that the wall phrases lack, or a headline whose
story will follow."""
PARTLY_READ = "judged on what there is: "
"""First words of the message about a page whose article has a flag of `WALLS` or `STUBS`; the flags follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTally:
    """Results of the requests for the last pages that a feed announced."""

    refused: int = 0
    """Number of requested pages, announced after the last page that was read whole, that were not read whole: refused,
    missing, behind a wall, no answer."""
    since: datetime | None = None
    """Time of the first of these refusals."""
    kind: str = ""
    """The most frequent kind of refusal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """What is known of a feed after a poll."""

    kind: str = ""
    """Kind of the failure; empty if the feed answered."""
    message: str = ""
    failures: int = 0
    failing_since: datetime | None = None
    empty_polls: int = 0
    empty_since: datetime | None = None
    unusable: str = ""
    """Why the first item is unusable, if no item of the document is usable."""
    lateness: float = 0.0
    """The pause without news, as a share of the longest usual one (`rhythm.Rhythm.lateness`)."""
    newest_at: datetime | None = None
    moved_to: str = ""
    """The address that was polled, if it is not the one in the watchlist."""
    pages: PageTally = PageTally()


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """The status of a feed, its problem in a sentence (empty for ok and quiet), and whether the status has lasted long
    enough for an alert."""

    status: Status
    problem: str = ""
    lasting: bool = True


def diagnose(vitals: Vitals, now: datetime) -> Diagnosis:
    """The status of a feed after a poll."""
    if vitals.kind:
        return _of_failure(vitals, now)
    if vitals.empty_since:
        return Diagnosis(
            status="silent",
            problem=f"it answers, but has had no items that can be used since {_at(vitals.empty_since)}"
            f" (the first: {vitals.unusable})"
            if vitals.unusable
            else f"it answers, but has had no items since {_at(vitals.empty_since)}",
            lasting=vitals.empty_polls >= 2 and now - vitals.empty_since >= TELL_AFTER,
        )
    pages = vitals.pages
    if pages.refused >= REFUSED_PAGES and pages.since:
        return Diagnosis(
            status="blocked",
            problem=f"none of its last {pages.refused} pages could be read whole"
            f" since {_at(pages.since)} ({pages.kind})",
            lasting=now - pages.since >= TELL_AFTER,
        )
    if vitals.lateness >= 1 and vitals.newest_at:
        problem = f"nothing new since {_at(vitals.newest_at)}, longer than its rhythm explains"
        return Diagnosis(status="overdue", problem=problem)
    if vitals.moved_to:
        return Diagnosis(status="moved", problem=f"it is polled at {vitals.moved_to} now")
    return Diagnosis(status="quiet" if vitals.lateness >= 0.5 else "ok")


def _of_failure(vitals: Vitals, now: datetime) -> Diagnosis:
    since = vitals.failing_since or now
    # A server that names a time for the next poll is not polled three times within hours.
    enough = 2 if now - since >= 2 * TELL_AFTER else TELL_POLLS
    lasting = now - since >= TELL_AFTER and vitals.failures >= enough
    status: Status = "failing"
    if vitals.kind == "http_410" or (vitals.kind in GONE_KINDS and lasting):
        status, lasting = "gone", True
    elif vitals.kind in WALL_KINDS:
        status = "walled"
    polls = "1 poll" if vitals.failures == 1 else f"{vitals.failures} polls"
    return Diagnosis(
        status=status, problem=f"{vitals.kind} since {_at(since)}, {polls}: {vitals.message}", lasting=lasting
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """The trouble of a feed for which an alert was raised; an empty name means that there is none."""

    name: str = ""
    """The status named in the alert; empty while there is no trouble."""
    well_since: datetime | None = None
    """Since when the feed has answered again, while the trouble has not ended yet."""


Event = Literal["", "begins", "changes", "ends"]


def follow(trouble: Trouble, diagnosis: Diagnosis, now: datetime) -> Trouble:
    """The feed's trouble after a poll with this diagnosis; ``trouble`` is the one before."""
    status = diagnosis.status
    if status in TROUBLES and not diagnosis.lasting:
        return Trouble(name=trouble.name)
    if status in TROUBLES:
        if not trouble.name:
            return Trouble(name=status)
        same = any({status, trouble.name} <= pair for pair in SAME_TROUBLE)
        if status == trouble.name or same or (trouble.name == "gone" and status in OF_A_GONE_FEED):
            return Trouble(name=trouble.name)
        return Trouble(name=status)
    if not trouble.name:
        return trouble
    if trouble.name in ("overdue", "moved"):
        return Trouble()
    well = trouble.well_since or now
    if now - well < SURE_AFTER:
        return Trouble(name=trouble.name, well_since=well)
    return Trouble()


def event_between(before: Trouble, after: Trouble) -> Event:
    """Whether a trouble begins, changes or ends between ``before`` and ``after``; empty if it stays the same."""
    if before.name == after.name:
        return ""
    return "begins" if not before.name else "ends" if not after.name else "changes"


def is_recorded(before: str, after: str, event: Event) -> bool:
    """Whether a change of status is stored as a transition. Changes between ok and quiet happen every night and are not
    stored."""
    return bool(event) or (before != after and not {before, after} <= {"ok", "quiet", ""})


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
