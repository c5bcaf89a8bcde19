"""What `doctor --repair` does: only repairs that lose nothing, each reported in one line."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from fivegwatch.flows.runs.trusted_clock import mend_clock
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.sources.files.watchlist import read_watchlist
from fivegwatch.storage.disk.files import prepare
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.locks import run_lock
from fivegwatch.storage.load.loader import run_loader
from fivegwatch.storage.spool.batches import sweep


def repair(settings: Settings) -> Iterator[str]:
    """Repair the corpus of a directory; yields a line for each repair.

    Missing folders are made. The store is completed from published versions and batches, migrated, loaded and
    published. Files left by killed processes are removed. Records with a time more than a day ahead get a time before
    now.

    Raises:
        RunLockedError: a run is at work.
        ClockError: the clock cannot be trusted.
        StorageError: the corpus cannot be completed without a loss; the message names the remedy.
    """
    layout = Layout.for_database(settings.database)
    missing = [folder for folder in layout.folders() if not folder.is_dir()]
    with run_lock(layout):
        prepare(layout)
        if missing:
            yield f"made missing folders: {', '.join(map(str, missing))}"
        report = run_loader(settings.database)
        if report.recovered:
            yield report.recovered
        if report.migrated:
            yield f"migrated to schema {report.migrated[-1]}"
        if report.batches:
            yield f"loaded {report.batches} batches that waited"
        if report.published:
            yield f"published {report.published}"
        # No batch is that many days old, so only leftovers of killed processes are removed.
        if removed := sweep(layout, 36_500):
            yield f"removed {removed} leftovers of killed processes"
    mended = asyncio.run(mend_clock(settings, read_watchlist(settings.watchlist)))
    if mended:
        yield mended.sentence()
