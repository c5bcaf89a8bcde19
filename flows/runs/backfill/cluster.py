"""Reads archives on the workers of a Dask cluster: the same slices, delivered to a spool that all machines share.

If a worker dies, the scheduler gives its slice to another one, which delivers the same records again. Workers must run
the same version of fivegwatch as this machine.
"""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from fivegwatch.extractors.errors import ExtractionError, SettingsError
from fivegwatch.flows.runs.backfill.slices import SliceJob, SliceResult

CONNECT_S = 15
FILES_A_THREAD, FILES_AT_LEAST = 2, 32
"""Number of files read at a time: FILES_A_THREAD for each thread of the workers, but at least FILES_AT_LEAST, because
more workers may join.
"""


@dataclass(slots=True)
class ClusterReader:
    """Has slices read by the workers of a cluster."""

    client: Any
    watchlist: str
    """The name under which the workers have the watchlist."""
    at_once: int
    address: str
    numbers: Iterator[int] = field(default_factory=itertools.count)
    is_lost: bool = False
    """Whether the scheduler is gone, and with it the watchlist of its workers."""

    async def read(self, job: SliceJob) -> SliceResult:
        """The result of the slice ``job``, read by one of the workers.

        Raises: ExtractionError (``parse_crash``; ``lost_cluster``, transient, if the scheduler is gone), NewsError.
        """
        from distributed.scheduler import KilledWorker

        from fivegwatch.flows.runs.backfill.cluster_worker import bounded_slice

        if self.is_lost:
            raise self._lost(job)
        # A new key each time: Dask would take the result of an earlier attempt for this one's.
        key = f"slice-{job.run_id}-{job.unit.id}-{job.start}-{next(self.numbers)}"
        try:
            result: SliceResult = await self.client.submit(
                bounded_slice, self.watchlist, job, key=key, pure=False
            )
        except KilledWorker as exc:
            message = f"{job.path}: the workers that read it died, one after the other ({exc})"
            raise ExtractionError(message, url=job.path, kind="parse_crash") from exc
        except (CancelledError, OSError) as exc:
            # A closed connection, or Dask's (not asyncio's) error for work the scheduler has forgotten.
            self.is_lost = True
            raise self._lost(job) from exc
        return result

    def _lost(self, job: SliceJob) -> ExtractionError:
        message = f"{job.path}: the Dask scheduler at {self.address} went away. Give the command again when it is back"
        return ExtractionError(message, url=job.path, kind="lost_cluster", transient=True)


@asynccontextmanager
async def cluster_reader(address: str, files: Mapping[str, str]) -> AsyncIterator[ClusterReader]:
    """Yield a reader on the cluster whose scheduler is at ``address`` (``tcp://host:8786``).

    Raises: SettingsError if the library is missing, if nothing answers at ``address``, or if the scheduler has no
    worker.
    """
    try:
        from distributed import Client

        from fivegwatch.flows.runs.backfill.cluster_worker import ClusterWatchlist
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
        watchlist = ClusterWatchlist(files)
        await client.register_plugin(watchlist)
        yield ClusterReader(client, watchlist.name, at_once, address)
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
