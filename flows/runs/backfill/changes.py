"""What was read before, held against what is there now: a file that has changed is begun anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from fivegwatch.extractors.model import Unit
from fivegwatch.sources.warc.versions import as_it_is, change
from fivegwatch.storage.read.reports import archives_begun
from fivegwatch.storage.read.units import UnitProgress

OF_THE_REQUEST = frozenset({"blocked_address", "disk_budget", "missing_library", "port"})
"""Problems whose remedy is another argument (``--allow-address``, ``--max-disk``) or a library."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where the units of a request stand."""

    progress: dict[str, UnitProgress]
    """By the units' identities; also of those that were found in them."""
    changed: dict[str, str] = field(default_factory=dict)
    """How files changed since they were read, in whole or in part, by their locators."""

    def anew(self) -> list[Unit]:
        """The units of the files that changed."""
        files = (item.unit for item in self.progress.values() if item.unit.source == "warc")
        return [unit for unit in files if unit.locator in self.changed]


def standing(units: Sequence[Unit], known: Mapping[str, UnitProgress]) -> Standing:
    """Where ``units``, as they are now, stand by what is ``known`` of them.

    Of a file that is another one by now neither what is done nor a cursor holds: it is read from its start.
    """
    found = Standing(progress={unit.id: UnitProgress(unit=unit) for unit in units} | dict(known))
    for unit in units:
        before = known.get(unit.id)
        if before is None or unit.source != "warc":
            continue
        why = change(before.unit, unit)
        if not why:
            # From here on its version is on record, also if an older fivegwatch planned it.
            now = unit if unit.option("version") else before.unit
            found.progress[unit.id] = replace(before, unit=now)
        elif is_begun(before):
            found.progress[unit.id] = UnitProgress(unit=unit, state="running")
            found.changed[unit.locator] = why
        else:
            found.progress[unit.id] = UnitProgress(unit=unit)
    return found


def is_open(item: UnitProgress, now: datetime, *, retry_failed: bool) -> bool:
    """Whether a run that begins ``now`` works on it.

    What failed for the way it was asked for is always open: it may be asked for in another way now, and if it is not,
    finding that out costs next to nothing.
    """
    if item.state == "failed" and (retry_failed or item.problem in OF_THE_REQUEST):
        return True
    return item.is_open(now)


def is_begun(item: UnitProgress) -> bool:
    """Whether anything was read of it."""
    return item.state != "pending" or item.position > 0


def changed_archives(db: Path) -> dict[str, str]:
    """The files that changed since they were read, by the corpus that users open, and how; those that are gone by now
    are none of them."""
    now = ((unit, as_it_is(unit)) for unit in archives_begun(db))
    return {unit.locator: why for unit, there in now if (why := change(unit, there))}


def in_a_line(changed: Mapping[str, str]) -> str:
    """Which files changed and how, for a person."""
    named = "; ".join(f"{locator}: {why}" for locator, why in sorted(changed.items())[:3])
    files = "1 file has" if len(changed) == 1 else f"{len(changed):,} files have"
    more = "; ..." if len(changed) > 3 else ""
    return f"{files} changed since {'it was' if len(changed) == 1 else 'they were'} read: {named}{more}"


def as_rows(told: Mapping[str, str]) -> list[dict[str, str]]:
    """What is told of units by their locators, for programs."""
    return [{"unit": locator, "why": why} for locator, why in sorted(told.items())]
