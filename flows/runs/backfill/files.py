"""Where a worker finds the file of a unit: on this disk, at an address read in place, or as a download."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fivegwatch.extractors.model import Unit
from fivegwatch.flows.runs.backfill.state import BackfillRun
from fivegwatch.sources.http.downloads import Downloads
from fivegwatch.sources.warc.file_identity import check_unchanged
from fivegwatch.storage.disk.files import disk_errors


@asynccontextmanager
async def file_of(run: BackfillRun, unit: Unit) -> AsyncIterator[str]:
    """A path (or an address that fsspec opens) of the unit's file, for the length of the block.

    A download is removed after the block; a partial one is resumed at the next attempt.

    Raises: FetchError when it cannot be downloaded; ExtractionError of kind ``changed`` when the file has changed
    before or within the block, because what was read may be of either version.
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
