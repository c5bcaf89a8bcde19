"""What the workers of a Dask cluster import: the watchlist that is brought to them, and the reading of slices.

Imported only where Dask is installed. It imports no database and no HTTP client: a worker does not need them, and they
would take 40 MB in each.
"""

from __future__ import annotations

import contextlib
import hashlib
import resource
from collections.abc import Mapping

from distributed import WorkerPlugin, get_worker

from fivegwatch.flows.runs.backfill.slices import SLICE_S, SliceJob, SliceResult, scan_slice, start_scanning
from fivegwatch.storage.no_pandas import without_pandas


class ClusterWatchlist(WorkerPlugin):
    """Brings the texts of a watchlist to each worker before it reads, also to workers that join later or start again.

    (Data that Dask scatters is lost with the last worker that holds it, and all waiting slices with it.) The watchlist
    stays on the cluster until the cluster ends, so that a second command with the same watchlist can use it.
    """

    idempotent = True
    """A cluster that has this watchlist already keeps it."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = dict(files)
        parts = sorted(self.files.items())
        self.name = f"fivegwatch-watchlist-{hashlib.sha256(repr(parts).encode()).hexdigest()}"


def bounded_slice(watchlist: str, job: SliceJob) -> SliceResult:
    """On a worker: read the slice ``job`` by the watchlist called ``watchlist``. A slice that takes too much processor
    time ends the worker's process.
    """
    plugin = get_worker().plugins[watchlist]
    assert isinstance(plugin, ClusterWatchlist)
    with without_pandas():
        start_scanning(plugin.files)
        soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
        used = resource.getrusage(resource.RUSAGE_SELF)
        with contextlib.suppress(ValueError, OSError):  # a lower bound set from outside is kept
            resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime + SLICE_S) + 1, hard))
        try:
            return scan_slice(job)
        finally:
            with contextlib.suppress(ValueError, OSError):
                resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))
