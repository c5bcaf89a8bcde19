"""Reads units that list addresses: unit -> portions -> one batch for each portion, with its entries and the cursor."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from fivegwatch.extractors.errors import NewsError, StorageError
from fivegwatch.extractors.model import Failure, Listing, Origin, Unit
from fivegwatch.flows.runs.backfill.failures import record_failure
from fivegwatch.flows.runs.backfill.sources import source_of
from fivegwatch.flows.runs.backfill.state import BackfillRun
from fivegwatch.storage.read.units import UnitProgress
from fivegwatch.storage.spool.records import Failed, Progress, Record, Sighting


async def list_unit(run: BackfillRun, progress: UnitProgress) -> tuple[Unit, ...]:
    """Read ``progress.unit`` to its end, or until it fails; returns the further units that it names."""
    unit = progress.unit
    further: list[Unit] = []
    counts, reached, step = Counter(progress.counts), progress, 0
    try:
        async for portion in source_of(unit).read(run, unit, progress.cursor):
            step += 1
            before = Counter(counts)
            counts.update(_counts(portion))
            run.put(*_records(run, unit, portion, counts, step))
            reached = replace(reached, cursor=portion.cursor, position=portion.position, counts=dict(counts))
            run.account.add(unit, before, counts)
            run.tools.report.detail(f"{run.account.counts['entries']:,} addresses")
            further += further_units(unit, portion)
    except StorageError:
        raise
    except NewsError as error:
        record_failure(run, reached, error, step=step + 1)
    else:
        run.account.units_done += 1
    return tuple(further)


def further_units(unit: Unit, portion: Listing) -> tuple[Unit, ...]:
    """The units that ``portion`` names, each marked with the unit that the user requested, so that a later run finds
    them.
    """
    root = unit.option("of") or unit.id
    return tuple(replace(item, options=(*item.options, ("of", root))) for item in portion.units)


def _counts(portion: Listing) -> Counter[str]:
    counts = Counter(f"skipped.{reason}" for reason, _ in portion.skipped)
    counts["entries"] += len(portion.entries)
    counts["outside"] += portion.outside
    counts["units"] += len(portion.units)
    return +counts


def _records(
    run: BackfillRun, unit: Unit, portion: Listing, counts: Counter[str], step: int
) -> Iterator[Record]:
    """The records of one portion: its entries, further units and failures, and the progress of ``unit``."""
    run_id, at = run.tools.run_id, run.started_at
    for entry in portion.entries:
        yield Sighting.of(run_id, entry, seen_at=at)
    for further in further_units(unit, portion):
        yield Progress.of(run_id, further, state="pending", at=at)
    origin = Origin(kind=unit.source, locator=unit.locator)
    for number, (reason, given) in enumerate(portion.skipped, 1):
        message = f"{unit.locator}, portion {step}, unusable item {number}: {reason}"
        failure = Failure(
            url=given, stage="parse", kind=reason, message=message, transient=False, failed_at=at, origin=origin
        )  # fmt: skip
        yield Failed.of(run_id, failure)
    yield replace(
        Progress.of(run_id, unit, state="done" if portion.done else "running", at=at),
        cursor=portion.cursor,
        position=portion.position,
        step=step,
        counts=counts,
    )
