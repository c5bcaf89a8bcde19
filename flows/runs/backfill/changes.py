"""Which files have changed since a backfill read them; such files are read again from their start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from fivegwatch.extractors.model import Unit
from fivegwatch.sources.warc.file_identity import as_it_is, change
from fivegwatch.storage.read.reports import archives_begun
from fivegwatch.storage.read.units import UnitProgress

OF_THE_REQUEST = frozenset({"blocked_address", "disk_budget", "missing_library", "port"})
"""Problems that another argument (``--allow-address``, ``--max-disk``) or a library solves."""


def current_progress(
    units: Sequence[Unit], known: Mapping[str, UnitProgress]
) -> tuple[dict[str, UnitProgress], dict[str, str]]:
    """The progress of units by their ids, and how files changed since they were read, by locator.

    ``units`` are the units with their present files, ``known`` their progress in the corpus. A changed file is read
    from its start: its earlier progress and cursor are dropped.
    """
    progress = {unit.id: UnitProgress(unit=unit) for unit in units} | dict(known)
    changed: dict[str, str] = {}
    for unit in units:
        before = known.get(unit.id)
        if before is None or unit.source != "warc":
            continue
        why = change(before.unit, unit)
        if not why:
            # From now on the file's version is recorded, also for a unit that an older fivegwatch planned.
            now = unit if unit.option("version") else before.unit
            progress[unit.id] = replace(before, unit=now)
        elif before.state != "pending" or before.position > 0:
            progress[unit.id] = UnitProgress(unit=unit, state="running")
            changed[unit.locator] = why
        else:
            progress[unit.id] = UnitProgress(unit=unit)
    return progress, changed


def is_open(item: UnitProgress, now: datetime, *, retry_failed: bool) -> bool:
    """Whether a run that begins at ``now`` works on the unit of ``item``.

    A unit that failed because of how it was requested is always open: the request may be another one now, and if not,
    failing again costs almost nothing.
    """
    if item.state == "failed" and (retry_failed or item.problem in OF_THE_REQUEST):
        return True
    return item.is_open(now)


def resumable_units(items: Sequence[UnitProgress]) -> tuple[Unit, ...]:
    """The units that `resume` looks at, with their present files; archives that were read to their end only if they
    changed.
    """
    now = [(item, as_it_is(item.unit) if item.unit.source == "warc" else item.unit) for item in items]
    return tuple(
        unit for item, unit in now if item.state != "done" or unit.source != "warc" or change(item.unit, unit)
    )


def changed_archives(db: Path) -> dict[str, str]:
    """For each locator, how the archive changed since it was read for the published corpus; deleted files are left
    out.
    """
    now = ((unit, as_it_is(unit)) for unit in archives_begun(db))
    return {before.locator: why for before, unit in now if (why := change(before, unit))}


def in_a_line(changed: Mapping[str, str]) -> str:
    """One sentence on which files changed, and how."""
    named = "; ".join(f"{locator}: {why}" for locator, why in sorted(changed.items())[:3])
    files = "1 file has" if len(changed) == 1 else f"{len(changed):,} files have"
    more = "; ..." if len(changed) > 3 else ""
    return f"{files} changed since {'it was' if len(changed) == 1 else 'they were'} read: {named}{more}"


def as_rows(reasons: Mapping[str, str]) -> list[dict[str, str]]:
    """``reasons``, a mapping from locators to texts, as rows for JSON."""
    return [{"unit": locator, "why": why} for locator, why in sorted(reasons.items())]
