"""Where the files of units are: on this disk, at an address read in place, or downloaded for as long as need be."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sources.downloads import DiskBudget, download

from extractors.model import Unit
from sources.web import Web
from storage.files import disk_errors, put_file
from storage.layout import Layout


class Places:
    """Makes the files of units readable; what it downloads it removes again."""

    def __init__(self, web: Web, layout: Layout, max_disk: int) -> None:
        self._web = web
        self._folder = layout.root / "downloads"
        self._budget = DiskBudget(max_disk)

    @asynccontextmanager
    async def of(self, unit: Unit) -> AsyncIterator[str]:
        """A path (or an address that fsspec opens) of the unit's file, for the length of the block.

        Raises: FetchError when it cannot be downloaded; what is there of it is gone on with the next time.
        """
        if unit.kind != "download":
            yield unit.locator
            return
        with disk_errors(self._folder, "make the folder for downloads"):
            self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{unit.id[:12]}-{Path(unit.locator).name}"
        async with self._budget.room(unit.size):
            await download(self._web, unit.locator, path)
            yield str(path)
            # Only a unit that was read to its end gets here: a file half read is kept for the next run.
            path.unlink(missing_ok=True)


def kept_input(layout: Layout, content: bytes) -> Path:
    """A copy of what came by standard input, so that a later run can go on with it."""
    folder = layout.root / "lists"
    path = folder / f"{hashlib.sha256(content).hexdigest()[:24]}.txt"
    with disk_errors(folder, "keep the list"):
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            put_file(path, content)
    return path
