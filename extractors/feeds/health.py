"""The health of a feed as one of ten states, and which changes of state are worth an alert.

what the last polls gave -> status and problem -> trouble that begins or ends

Brief faults raise no alert: a feed must fail for hours, and answer for a day before its trouble is over. So a site that
is down every night is one trouble.
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
"""What each status means."""
TROUBLES = frozenset({"overdue", "silent", "failing", "blocked", "walled", "moved", "gone"})
TELL_AFTER = timedelta(hours=6)
"""How long a feed must fail, be empty or have refused pages before that is a status; maintenance is shorter."""
TELL_POLLS = 3
SURE_AFTER = timedelta(hours=24)
"""How long a feed must answer before its trouble is over."""
WALL_KINDS = frozenset({"http_401", "http_402", "http_403", "http_407", "http_429", "http_451", "bot_wall"})
GONE_KINDS = frozenset({"http_404", "http_410"})
REFUSED_PAGES = 5
"""Pages in a row that must be refused before a feed counts as blocked."""
SAME_TROUBLE = (frozenset({"failing", "walled"}), frozenset({"blocked", "walled"}))
"""Statuses that are signs of one trouble of a site: a change from one to another raises no further alert."""
OF_A_GONE_FEED = frozenset({"gone", "failing", "walled"})
"""A feed with the status gone keeps it while it has one of these, whatever its server answers in between."""


WALLS = frozenset({"paywall", "consent_wall", "bot_wall", "script_wall"})
"""Flags of an article that a wall hides in part; a later visit may give more."""
STUBS = frozenset({"too_short", "no_story"})
"""Flags of an article that may not be the story yet: a notice in words we do not know, or a headline that will grow."""
PARTLY_READ = "judged on what there is: "
"""Beginning of the message of an attempt that gave such an article; the flags follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTally:
    """What became of the last pages that a feed announced."""

    refused: int = 0
    """Pages announced after the last one that was read whole, requested and not read whole: refused, missing, behind a
    wall, no answer."""
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
    """Why the first item cannot be used, if none of the document can."""
    lateness: float = 0.0
    """As `rhythm.Rhythm.lateness`."""
    newest_at: datetime | None = None
    moved_to: str = ""
    """Address polled, if it is not the watchlist's."""
    pages: PageTally = PageTally()


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """The status of a feed, the problem in a sentence (empty for ok and quiet), and whether it has lasted long enough
    for an alert."""

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
    """The trouble of a feed for which an alert was raised; without a name there is none."""

    name: str = ""
    """The status in the alert; empty while there is none."""
    well_since: datetime | None = None
    """Since when the feed has been well again, until the trouble is over."""


Event = Literal["", "begins", "changes", "ends"]


def follow(trouble: Trouble, diagnosis: Diagnosis, now: datetime) -> Trouble:
    """The trouble after a poll that left a feed with this diagnosis."""
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
    """Whether a trouble begins, changes or ends between ``before`` and ``after``; empty if it stays."""
    if before.name == after.name:
        return ""
    return "begins" if not before.name else "ends" if not after.name else "changes"


def is_recorded(before: str, after: str, event: Event) -> bool:
    """Whether a change of status becomes a transition; changes between ok and quiet happen every night and do not."""
    return bool(event) or (before != after and not {before, after} <= {"ok", "quiet", ""})


def _at(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
