"""The disk space of downloads: reserved before a file is fetched, released afterwards."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

from fivegwatch.extractors.errors import FetchError

MARGIN_BYTES = 256 * 1024 * 1024
"""Free space that must remain on the disk."""


def _free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


class DiskBudget:
    """The disk space that downloads may use in ``folder``: ``max_bytes``, or as much as the disk has if that is None.

    Each download has a subfolder; nothing else may be in ``folder``, and one folder has one budget. Files that earlier
    runs left behind count as used space. They can be fetched again, so they are deleted when space is needed, the
    oldest first.
    """

    def __init__(
        self, folder: Path, max_bytes: int | None = None, *, free_bytes: Callable[[Path], int] = _free_bytes
    ) -> None:
        self._folder = folder
        self._max = max_bytes
        self._free = free_bytes
        self._held: dict[str, int] = {}
        self._changed = asyncio.Condition()
        folder.mkdir(parents=True, exist_ok=True)

    def reserve(self, name: str, size: int, *, url: str) -> bool:
        """Reserve ``size`` bytes for the subfolder ``name`` in place of its former reservation; False if other
        downloads hold the space.

        Raises: FetchError of kind ``disk_budget`` if ``size`` is more than the whole budget, or ``disk_full``
        (transient).
        """
        if self._max is not None and size > self._max:
            what = (
                f"has {size:,} bytes, more than the {self._max:,} that downloads may take; raise --max-disk"
            )
            raise FetchError(f"{url}: {what}", url=url, kind="disk_budget", transient=False)
        held = sum(held for other, held in self._held.items() if other != name)
        leftovers = [path for path in self._leftovers() if path.name != name]
        left_over = sum(_size(path) for path in leftovers)
        while leftovers and (not self._fits(held + left_over + size) or self._short_of(name, size)):
            oldest = leftovers.pop(0)
            left_over -= _size(oldest)
            shutil.rmtree(oldest, ignore_errors=True)
        if not self._fits(held + left_over + size):
            return False
        if self._short_of(name, size):
            what = f"has {size:,} bytes and the disk of {self._folder} is full; free some of it"
            raise FetchError(f"{url}: {what}", url=url, kind="disk_full", transient=True)
        self._held[name] = size
        return True

    def _fits(self, total: int) -> bool:
        return self._max is None or total <= self._max

    def _short_of(self, name: str, size: int) -> bool:
        missing = size - _size(self._folder / name)
        return missing > 0 and self._free(self._folder) < missing + MARGIN_BYTES

    def _leftovers(self) -> list[Path]:
        """The subfolders without a reservation, oldest first."""
        folders = [path for path in self._folder.iterdir() if path.is_dir() and path.name not in self._held]
        return sorted(folders, key=lambda path: path.stat().st_mtime)

    async def wait_for(self, name: str, size: int, *, url: str) -> None:
        """Reserve ``size`` bytes as `reserve` does, but wait until other downloads have released enough space.

        Raises: FetchError as `reserve` does.
        """
        async with self._changed:
            while not self.reserve(name, size, url=url):
                await self._changed.wait()

    async def release(self, name: str) -> None:
        """End the reservation of the subfolder ``name``. Files in it count as left behind, so they may be deleted."""
        async with self._changed:
            self._held.pop(name, None)
            self._changed.notify_all()


def _size(folder: Path) -> int:
    try:
        return sum(path.stat().st_size for path in folder.iterdir())
    except OSError:  # deleted in the meantime
        return 0
