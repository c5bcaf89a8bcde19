"""Archives read by the workers of a Dask cluster: the same slices, delivered to a shared spool.

A worker that dies takes nothing with it but the slice it was at: the scheduler gives its unit to another one, which
says what the first one said again, and goes on.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from extractors.errors import ExtractionError, SettingsError
from flows.backfill.scanning import Told
from flows.backfill.slices import SliceJob, SliceResult, scan_unit

CONNECT_S = 15


@dataclass(slots=True)
class ClusterScanner:
    """Reads whole units on a cluster."""

    client: Any
    files: Any
    """The watchlist, sent to the workers once."""

    async def scan(self, job: SliceJob, told: Told) -> SliceResult:
        """The unit read to its end by some worker. Raises: ExtractionError (``lost_workers``), NewsError."""
        from distributed.scheduler import KilledWorker

        try:
            result: SliceResult = await self.client.submit(
                scan_unit, self.files, job, key=f"{job.run_id}-{job.unit.id}", pure=False
            )
        except KilledWorker as exc:
            # One of its pages may kill its reader; on one machine such a page is found and put on record.
            raise ExtractionError(
                f"{job.place}: the workers that read it died, one after the other ({exc}). Read this file without "
                "--scheduler: there a page that kills its reader is found and left out.",
                url=job.place,
                kind="lost_workers",
            ) from exc
        told(result)
        return result


@asynccontextmanager
async def cluster_scanner(address: str, files: Mapping[str, str]) -> AsyncIterator[ClusterScanner]:
    """A scanner on the cluster whose scheduler is at ``address`` (``tcp://host:8786``).

    Raises: SettingsError when the library is missing or nobody answers there.
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
        yield ClusterScanner(client, await client.scatter(dict(files), broadcast=True))
    finally:
        await client.close()
