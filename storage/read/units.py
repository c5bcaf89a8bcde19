"""Reads the units of backfills, and how far each unit was read, from the store."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from fivegwatch.extractors.model import Unit, UnitSource, UnitState
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.read.store import Row, select

LONGEST_PAUSE = timedelta(days=2)
"""A next attempt that is further off than this was planned while the clock was ahead, so the unit is due now. Our own
pauses are at most a day, and so are those of servers, unless the settings allow more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitProgress:
    """A unit and how far it was read."""

    unit: Unit
    state: UnitState = "pending"
    cursor: str = ""
    position: int = 0
    attempts: int = 0
    next_attempt_at: datetime | None = None
    problem: str = ""
    message: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    updated_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        """Whether the unit should be worked on at ``now``: it is not done, and if it failed its next attempt is due."""
        if self.state == "failed":
            # A time further off than any pause was set by a clock that was ahead.
            return self.next_attempt_at is not None and not now < self.next_attempt_at <= now + LONGEST_PAUSE
        return self.state != "done"


def known_units(layout: Layout, units: Sequence[Unit]) -> dict[str, UnitProgress]:
    """Progress by unit id: of all ``units`` that the corpus knows, and of further units found while reading these."""
    rows = select(
        layout,
        """
        select * from base.units
        where list_contains($ids::varchar[], unit_id)
            or list_contains($ids::varchar[], options::json ->> '$.of')
        order by found_at, unit_id
        """,
        {"ids": [unit.id for unit in units]},
    )
    return {row["unit_id"]: _progress(row) for row in rows}


def units_of(layout: Layout, source: UnitSource | None) -> list[UnitProgress]:
    """All units, or those of one source, in the order they were planned."""
    rows = select(
        layout,
        "select * from base.units where $source is null or source = $source order by found_at, unit_id",
        {"source": source},
    )
    return [_progress(row) for row in rows]


def stories_of_run(layout: Layout, run_id: str) -> tuple[int, int]:
    """The number of stories and of near misses among the pages that a run judged, by their current verdicts.

    A story counts once even if the run judged several of its pages. It counts even if an earlier run had already kept
    it.
    """
    rows = select(
        layout,
        """
        select
            count(*) filter (where verdict = 'kept') as stories,
            count(*) filter (where verdict = 'near_miss') as near_misses
        from ledger where id in (select article_id from base.attempts where run_id = $run)
        """,
        {"run": run_id},
    )
    return (rows[0]["stories"], rows[0]["near_misses"]) if rows else (0, 0)


def _progress(row: Row) -> UnitProgress:
    unit = Unit(
        source=row["source"],
        kind=row["kind"],
        locator=row["locator"],
        options=tuple(sorted(json.loads(row["options"]).items())),
        size=row["size"],
    )
    return UnitProgress(
        unit=unit,
        state=row["state"],
        cursor=row["cursor"],
        position=row["position"],
        attempts=row["attempts"],
        next_attempt_at=row["next_attempt_at"],
        problem=row["problem"],
        message=row["message"],
        counts=dict(row["counts"]),
        updated_at=row["updated_at"],
    )
