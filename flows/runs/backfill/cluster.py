"""Archives read by the workers of a Dask cluster: the same slices, delivered to a shared spool.

A worker that dies takes nothing with it but the slice it was at: the scheduler gives that to another one, which says
what the first one said again, and goes on.
"""

from __future__ import annotations

import contextlib
import itertools
import resource
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fivegwatch.extractors.errors import ExtractionError, SettingsError
from fivegwatch.flows.runs.backfill.scanning import SLICE_S
from fivegwatch.flows.runs.backfill.slices import SliceJob, SliceResult, scan_slice, start_scanning

CONNECT_S = 15
FILES_A_THREAD, FILES_AT_LEAST = 2, 32
"""Files read at a time: enough for workers that join later to find something to do at once."""


@dataclass(slots=True)
class ClusterReader:
    """Reads slices on a cluster."""

    client: Any
    files: Any
    """The watchlist, sent to the workers once."""
    at_once: int
    address: str
    numbers: Iterator[int] = field(default_factory=itertools.count)
    is_lost: bool = False
    """The scheduler went away; what it knew, the watchlist among it, went with it."""

    async def read(self, job: SliceJob) -> SliceResult:
        """The slice, read by some worker.

        Raises: ExtractionError (``parse_crash``; ``lost_cluster``, transient, when the scheduler is gone), NewsError.
        """
        from distributed.scheduler import KilledWorker

        if self.is_lost:
            raise self._lost(job)
        # A key of its own each time: the result of an earlier attempt must not be taken for this one's.
        key = f"slice-{job.run_id}-{job.unit.id}-{job.start}-{next(self.numbers)}"
        try:
            result: SliceResult = await self.client.submit(
                bounded_slice, self.files, job, key=key, pure=False
            )
        except KilledWorker as exc:
            message = f"{job.place}: the workers that read it died, one after the other ({exc})"
            raise ExtractionError(message, url=job.place, kind="parse_crash") from exc
        except (CancelledError, OSError) as exc:
            # A closed connection, or (not asyncio's cancelling) the client's word for work that was forgotten.
            self.is_lost = True
            raise self._lost(job) from exc
        return result

    def _lost(self, job: SliceJob) -> ExtractionError:
        message = f"{job.place}: the Dask scheduler at {self.address} went away. Give the command again when it is back"
        return ExtractionError(message, url=job.place, kind="lost_cluster", transient=True)


def bounded_slice(files: Mapping[str, str], job: SliceJob) -> SliceResult:
    """A slice as a worker of a cluster reads it: one that takes far too long ends its process, which is replaced."""
    start_scanning(files)
    soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
    used = resource.getrusage(resource.RUSAGE_SELF)
    with contextlib.suppress(ValueError, OSError):  # a bound set from outside stands
        resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + SLICE_S) + 1, hard))
    try:
        return scan_slice(job)
    finally:
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


@asynccontextmanager
async def cluster_reader(address: str, files: Mapping[str, str]) -> AsyncIterator[ClusterReader]:
    """A reader on the cluster whose scheduler is at ``address`` (``tcp://host:8786``).

    Raises: SettingsError when the library is missing, nobody answers there or no worker is known there.
    """
    try:
        from distributed import Client
    except ImportError as exc:
        raise SettingsError(
            f"--scheduler needs Dask ({exc}). Install fivegwatch[cluster].", key="scheduler"
        ) from exc
    try:
        client = await Client(  # type: ignore[no-untyped-call]
            address, asynchronous=True, timeout=CONNECT_S
        )
    except (OSError, TimeoutError, ValueError) as exc:
        raise SettingsError(f"no Dask scheduler answers at {address}: {exc}", key="scheduler") from exc
    try:
        await _some_worker(client, address)
        threads = sum((await client.nthreads()).values())
        at_once = max(FILES_AT_LEAST, FILES_A_THREAD * threads)
        yield ClusterReader(client, await client.scatter(dict(files), broadcast=True), at_once, address)
    finally:
        await client.close()


async def _some_worker(client: Any, address: str) -> None:
    try:
        await client.wait_for_workers(1, timeout=CONNECT_S)
    except TimeoutError as exc:
        raise SettingsError(
            f"the Dask scheduler at {address} has no workers. Start some: dask worker {address} --nthreads 1",
            key="scheduler",
        ) from exc
