"""Reads units that hold pages: unit -> file -> slices, each read and delivered by a worker; several files at once."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from fivegwatch.extractors.errors import ExtractionError, NewsError, StorageError
from fivegwatch.extractors.model import Unit
from fivegwatch.flows.runs.backfill.failures import record_failure
from fivegwatch.flows.runs.backfill.slices import SLICE_S, SliceJob, SliceResult, scan_slice
from fivegwatch.flows.runs.backfill.state import BackfillRun
from fivegwatch.flows.workers.bounded_pool import Pool
from fivegwatch.sources.http.large_files import Downloads
from fivegwatch.sources.warc.file_identity import check_unchanged
from fivegwatch.sources.warc.records import Cursor
from fivegwatch.storage.disk.files import disk_errors
from fivegwatch.storage.read.units import UnitProgress

SLICE_MEMORY = 2048 * 1024 * 1024
POISON = frozenset({"parse_timeout", "parse_memory", "parse_crash"})
"""Kinds of ExtractionError that mean that a page in the slice has killed the process that read it."""
OF_THE_FILE = frozenset({"unreadable_file", "missing_library", "shared_spool"})
"""Kinds of StorageError caused by the file that is read, not by our own disk."""


class SliceReader(Protocol):
    """Reads slices, in child processes on this machine or on a cluster."""

    @property
    def at_once(self) -> int:
        """Number of files to read at a time."""

    async def read(self, job: SliceJob) -> SliceResult:
        """The result of the slice ``job``, read and delivered. Raises: ExtractionError of a kind in POISON if a page
        killed the process that read it.
        """


@dataclass(slots=True)
class LocalReader:
    """Reads slices in child processes of this machine, so that each may be killed without the others."""

    pool: Pool

    @property
    def at_once(self) -> int:
        """Number of files to read at a time: one for every process, and one that is downloaded in the meantime."""
        return self.pool.workers + 1

    async def read(self, job: SliceJob) -> SliceResult:
        """The result of the slice ``job``, read in a child process."""
        return await self.pool.run(
            scan_slice, job, timeout_s=SLICE_S, url=job.path, memory=SLICE_MEMORY, error=ExtractionError
        )  # fmt: skip


async def scan_file(run: BackfillRun, progress: UnitProgress, reader: SliceReader) -> None:
    """Read a WARC unit to its end, until time is up, or until it fails."""
    unit, reached, slices = progress.unit, progress, 0

    def count(result: SliceResult) -> None:
        nonlocal reached, slices
        slices += 1
        run.account.add(unit, Counter(reached.counts), Counter(result.counts))
        run.tools.report.advance((result.position - reached.position) / 1e6)
        run.tools.report.detail(run.rate())
        reached = replace(
            reached, cursor=str(result.cursor), position=result.position, counts=dict(result.counts)
        )

    try:
        async with file_of(run, unit) as path:
            job = _first_job(run, progress, path)
            # The size of a download is known once it is complete.
            run.tools.report.grow((job.unit.size - unit.size) / 1e6)
            result = await scan_slices(job, reader, run.is_over, count)
    except NewsError as error:
        if isinstance(error, StorageError) and error.kind not in OF_THE_FILE:
            raise  # our own disk, not the file, is at fault
        record_failure(run, reached, error, step=2 * slices + 1)
    else:
        run.account.units_done += result.done
        run.account.units_left += not result.done


async def scan_slices(
    job: SliceJob, reader: SliceReader, is_over: Callable[[], bool], count: Callable[[SliceResult], None]
) -> SliceResult:
    """Read slice after slice, from ``job`` on, to the end of the file or until time is up; returns the last result.

    ``count`` is called with each result. A page that kills its reader is recorded as unread, and reading continues
    behind it.

    Raises: NewsError if the file cannot be read any further.
    """
    careful = False
    while True:
        try:
            result = await reader.read(replace(job, max_items=1) if careful else job)
        except ExtractionError as error:
            if error.kind not in POISON or job.refuse_first:
                raise
            # One of the slice's pages is to blame: they are read one at a time until it shows.
            if careful:
                message = f"this page kills the process that reads it: {str(error).partition(': ')[2]}"
                job = replace(job, refuse_first=(error.kind, message))
            careful = True
            continue
        count(result)
        if result.done or is_over():
            return result
        careful = careful and job.refuse_first is None
        job = job.after(result)


def _first_job(run: BackfillRun, progress: UnitProgress, path: str) -> SliceJob:
    unit = progress.unit
    if unit.kind == "download":
        unit = replace(unit, size=Path(path).stat().st_size)
    return SliceJob(
        unit=unit,
        path=path,
        name=file_name(unit.locator),
        target=run.target,
        run_id=run.tools.run_id,
        at=run.started_at,
        start=Cursor.parse(progress.cursor),
        position=progress.position,
        counts=progress.counts,
    )


def file_name(locator: str) -> str:
    """The name by which sightings refer to a WARC file; it is the same for a downloaded file and a local one."""
    return Path(urlsplit(locator).path if "://" in locator else locator).name


@asynccontextmanager
async def file_of(run: BackfillRun, unit: Unit) -> AsyncIterator[str]:
    """Yield a path to the file of ``unit`` (or an address that fsspec opens), valid for the length of the block.

    A download is removed after the block, unless that is cancelled; a partial one is resumed at the next attempt.

    Raises: FetchError if the file cannot be downloaded; ExtractionError of kind ``changed`` if the file has changed
    before or during the block, because the pages read may be of either version.
    """
    if unit.kind != "download":
        await asyncio.to_thread(check_unchanged, unit)
        yield unit.locator
        await asyncio.to_thread(check_unchanged, unit)
        return
    if run.downloads is None:
        folder = run.tools.layout.root / "downloads"
        with disk_errors(folder, "make the folder for downloads"):
            most = round(run.options.max_disk_gb * 1e9)
            run.downloads = Downloads(run.web, folder, max_bytes=most)
    async with run.downloads.file(unit.locator) as path:
        yield str(path)
