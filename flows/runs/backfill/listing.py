"""Units that list addresses: each portion becomes one batch, entries and cursor together."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

from fivegwatch.extractors.errors import NewsError, StorageError
from fivegwatch.extractors.model import Failure, Listing, Origin, Unit
from fivegwatch.flows.runs.backfill.account import ORIGINS, Desk
from fivegwatch.storage.read.units import UnitProgress
from fivegwatch.storage.spool.batches import Batch
from fivegwatch.storage.spool.records import Failed, Progress, Sighting

Reader = Callable[[Unit, str], AsyncIterator[Listing]]
"""Reads a unit from a cursor on; empty for its beginning."""


async def list_unit(desk: Desk, progress: UnitProgress, reader: Reader) -> tuple[Unit, ...]:
    """Read ``progress.unit`` to its end, or until it fails; returns the further units it named."""
    unit = progress.unit
    found: list[Unit] = []
    counts, cursor, position, step = Counter(progress.counts), progress.cursor, progress.position, 0
    try:
        async for portion in reader(unit, cursor):
            step += 1
            cursor, position = portion.cursor, portion.position
            before = Counter(counts)
            counts.update(_counted(portion))
            desk.put(_batch(desk, unit, portion, counts, step))
            desk.account.found(unit, before, counts)
            desk.tools.report.detail(f"{desk.account.counts['entries']:,} addresses")
            found += further_units(unit, portion)
    except StorageError:
        raise
    except NewsError as error:
        reached = UnitProgress(
            unit=unit, cursor=cursor, position=position, attempts=progress.attempts, counts=dict(counts)
        )
        desk.failed(reached, error, step=step + 1)
    else:
        desk.account.units_done += 1
    return tuple(found)


def further_units(unit: Unit, portion: Listing) -> tuple[Unit, ...]:
    """The units a portion names, each marked with the one the user asked for, so that a later run finds them."""
    root = unit.option("of") or unit.id
    return tuple(replace(item, options=(*item.options, ("of", root))) for item in portion.units)


def _counted(portion: Listing) -> Counter[str]:
    counts = Counter(f"skipped.{reason}" for reason, _ in portion.skipped)
    counts["entries"] += len(portion.entries)
    counts["outside"] += portion.outside
    counts["units"] += len(portion.units)
    return +counts


def _batch(desk: Desk, unit: Unit, portion: Listing, counts: Counter[str], step: int) -> Batch:
    batch = Batch()
    for entry in portion.entries:
        batch.add(Sighting.of(desk.run_id, entry, seen_at=desk.at))
    for further in further_units(unit, portion):
        batch.add(Progress.of(desk.run_id, further, state="pending", at=desk.at))
    origin = Origin(kind=ORIGINS[unit.source], locator=unit.locator)
    for number, (reason, given) in enumerate(portion.skipped, 1):
        message = f"{unit.locator}, portion {step}, unusable item {number}: {reason}"
        batch.add(
            Failed.of(
                desk.run_id,
                Failure(
                    url=given,
                    stage="parse",
                    kind=reason,
                    message=message,
                    transient=False,
                    failed_at=desk.at,
                    origin=origin,
                ),
            )
        )
    batch.add(
        replace(
            Progress.of(desk.run_id, unit, state="done" if portion.done else "running", at=desk.at),
            cursor=portion.cursor,
            position=portion.position,
            step=step,
            counts=counts,
        )
    )
    return batch
