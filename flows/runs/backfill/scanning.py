"""Units that hold pages: WARC files, read by worker processes slice by slice, several files at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from fivegwatch.extractors.errors import ExtractionError, NewsError, StorageError
from fivegwatch.extractors.model import Unit
from fivegwatch.flows.runs.backfill.account import Desk
from fivegwatch.flows.runs.backfill.slices import SliceJob, SliceResult, scan_slice
from fivegwatch.flows.workers.pool import Pool
from fivegwatch.sources.warc.records import Cursor
from fivegwatch.storage.read.units import UnitProgress

SLICE_S = 180.0
"""Processor seconds a slice may take; it takes a few."""
SLICE_MEMORY = 2048 * 1024 * 1024
POISON = frozenset({"parse_timeout", "parse_memory", "parse_crash"})

OF_THE_FILE = frozenset({"unreadable_file", "missing_library", "shared_spool"})
"""Kinds of StorageError that are the file's, not our own disk's."""

Told = Callable[[SliceResult], None]
Place = Callable[[Unit], AbstractAsyncContextManager[str]]
"""Makes a unit's file readable for the length of a block: where it lies, or a download of it."""


class Reader(Protocol):
    """Reads slices: here, or on a cluster."""

    @property
    def at_once(self) -> int:
        """How many files to read at a time."""

    async def read(self, job: SliceJob) -> SliceResult:
        """The slice, read and delivered. Raises: ExtractionError of a kind in POISON when it kills its reader."""


@dataclass(slots=True)
class LocalReader:
    """Reads in child processes of this machine that may be killed one by one."""

    pool: Pool

    @property
    def at_once(self) -> int:
        """Files enough for every process, and for one to be fetched meanwhile."""
        return max(2, self.pool.workers)

    async def read(self, job: SliceJob) -> SliceResult:
        """The slice, read in a child."""
        return await self.pool.run(
            scan_slice, job, timeout_s=SLICE_S, url=job.place, memory=SLICE_MEMORY, error=ExtractionError
        )  # fmt: skip


@dataclass(slots=True)
class Scanner:
    """Reads files slice by slice."""

    reader: Reader
    is_over: Callable[[], bool]
    """Whether time is up: no further slice is begun then, and the next run goes on behind the last one."""

    async def scan(self, job: SliceJob, told: Told) -> SliceResult:
        """Read the unit to its end, or until time is up; ``told`` hears of every slice that is finished.

        A page that kills its reader is put on record unread, and reading goes on behind it.

        Raises: NewsError when the unit cannot be read any further.
        """
        careful = False
        while True:
            try:
                result = await self.reader.read(replace(job, max_items=1) if careful else job)
            except ExtractionError as error:
                if error.kind not in POISON or job.refuse_first:
                    raise
                # One of the slice's pages is to blame: they are read one at a time until it shows.
                if careful:
                    job = replace(job, refuse_first=(error.kind, _without_place(error)))
                careful = True
                continue
            told(result)
            if result.done or self.is_over():
                return result
            careful = careful and job.refuse_first is None
            job = replace(
                job, start=result.cursor, position=result.position, number=job.number + 1, counts=result.counts,
                refuse_first=None,
            )  # fmt: skip


def _without_place(error: ExtractionError) -> str:
    return f"this page kills the process that reads it: {str(error).partition(': ')[2]}"


async def scan_file(desk: Desk, progress: UnitProgress, scanner: Scanner, place: Place) -> None:
    """Read a WARC unit to its end, or until it fails."""
    unit = progress.unit
    reached, slices = progress, 0

    def told(result: SliceResult) -> None:
        nonlocal reached, slices
        slices += 1
        before, after = Counter(reached.counts), Counter(result.counts)
        desk.account.found(unit, before, after)
        desk.account.cpu_s += result.cpu_s
        desk.tools.report.advance((result.position - reached.position) / 1e6)
        desk.tools.report.detail(desk.rate())
        reached = replace(reached, cursor=str(result.cursor), position=result.position, counts=dict(after))

    try:
        async with place(unit) as path:
            progress = replace(progress, unit=_measured(unit, path))
            # What a download weighs is known when it is there.
            desk.tools.report.grow((progress.unit.size - unit.size) / 1e6)
            result = await scanner.scan(_job(desk, progress, path), told)
    except NewsError as error:
        if isinstance(error, StorageError) and error.kind not in OF_THE_FILE:
            raise  # our own disk; the file has no part in it
        desk.failed(reached, error, step=2 * slices + 1)
    else:
        desk.account.units_done += result.done
        desk.account.units_left += not result.done


def _measured(unit: Unit, path: str) -> Unit:
    return replace(unit, size=Path(path).stat().st_size) if unit.kind == "download" else unit


def _job(desk: Desk, progress: UnitProgress, path: str) -> SliceJob:
    return SliceJob(
        unit=progress.unit,
        place=path,
        name=file_name(progress.unit.locator),
        target=desk.target,
        run_id=desk.run_id,
        at=desk.at,
        start=Cursor.parse(progress.cursor),
        position=progress.position,
        counts=progress.counts,
    )


def file_name(locator: str) -> str:
    """What a WARC file is called in sightings: the same whether it was downloaded or lay there."""
    return Path(urlsplit(locator).path if "://" in locator else locator).name
