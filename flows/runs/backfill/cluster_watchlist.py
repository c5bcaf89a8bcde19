"""The watchlist on the workers of a Dask cluster. Imported only where Dask is installed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from distributed import WorkerPlugin, get_worker


class ClusterWatchlist(WorkerPlugin):
    """Brings the texts of a watchlist to each worker before it reads, also to workers that join later or start again.

    Data that is scattered instead is lost with the last worker that holds it, and all waiting slices with it. It
    stays on the cluster until that ends, so that a second command with the same watchlist shares it.
    """

    idempotent = True
    """A cluster that has it already keeps it."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = dict(files)
        parts = sorted(self.files.items())
        self.name = f"fivegwatch-watchlist-{hashlib.sha256(repr(parts).encode()).hexdigest()}"


def watchlist_here(name: str) -> Mapping[str, str]:
    """On a worker: the texts of the watchlist with that ``name``."""
    plugin = get_worker().plugins[name]
    assert isinstance(plugin, ClusterWatchlist)
    return plugin.files
