"""Where the files of units are: on this disk, at an address read in place, or downloaded for as long as need be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fivegwatch.extractors.model import Unit
from fivegwatch.sources.http.client import Web
from fivegwatch.sources.http.downloads import Downloads
from fivegwatch.sources.warc.versions import check_unchanged
from fivegwatch.storage.disk.files import disk_errors
from fivegwatch.storage.disk.layout import Layout


class Places:
    """Makes the files of units readable; what it downloads it removes again."""

    def __init__(self, web: Web, layout: Layout, max_disk: int) -> None:
        self._web = web
        self._folder = layout.root / "downloads"
        self._max_disk = max_disk
        self._downloads: Downloads | None = None

    @asynccontextmanager
    async def of(self, unit: Unit) -> AsyncIterator[str]:
        """A path (or an address that fsspec opens) of the unit's file, for the length of the block.

        Raises: FetchError when it cannot be downloaded; what is there of it is gone on with the next time.
        ExtractionError when a file became another one, before or within the block: what was read may be of either.
        """
        if unit.kind != "download":
            await asyncio.to_thread(check_unchanged, unit)
            yield unit.locator
            await asyncio.to_thread(check_unchanged, unit)
            return
        if self._downloads is None:
            with disk_errors(self._folder, "make the folder for downloads"):
                self._downloads = Downloads(self._web, self._folder, max_bytes=self._max_disk)
        async with self._downloads.file(unit.locator) as path:
            yield str(path)
