"""The folder of a frozen site: writes files completely, never touches files of others, and keeps a list of its own
files with digests.

open: refuse a folder with files of others, read the list -> write: only files that differ -> finish: remove old files

A journal records every path before it is written. So after a kill, the next run recognises all files of the killed run
as its own, and writes again those that may be incomplete.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO, Any

from fivegwatch.extractors.errors import StorageError
from fivegwatch.storage.disk.files import disk_errors, put_file

MANIFEST, JOURNAL, WORK = ".fivegwatch-site.json", ".fivegwatch-site.log", ".fivegwatch-site.work"
FORMAT = 1


class SiteFolder:
    """The folder that a site is written to, locked while it is open."""

    def __init__(self, folder: Path) -> None:
        """Open ``folder``, which is made if it is missing.

        Raises: StorageError when it holds other files, cannot be written, or another process publishes to it.
        """
        self.folder = folder
        self.state: dict[str, Any] = {}
        """What the last run remembered besides its files, for the next one."""
        self.written = 0
        self.unchanged = 0
        self.removed = 0
        self._before: dict[str, str] = {}
        self._now: dict[str, str] = {}
        with disk_errors(folder, "write the site"):
            folder.mkdir(parents=True, exist_ok=True)
            self._read()
            self._lock = self._locked()
            shutil.rmtree(folder / WORK, ignore_errors=True)
            (folder / WORK).mkdir()
            self._journal: IO[str] = (folder / JOURNAL).open("a", encoding="utf-8")

    def __enter__(self) -> SiteFolder:
        """The folder itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Unlock the folder.

        If `finish` was not called, the files written so far stay and are written again next time.
        """
        self._journal.close()
        shutil.rmtree(self.folder / WORK, ignore_errors=True)
        os.close(self._lock)

    @cached_property
    def before(self) -> frozenset[str]:
        """Paths of the files that the previous run wrote completely or kept."""
        return frozenset(path for path, digest in self._before.items() if digest)

    def whole(self, start: str) -> bool:
        """Whether the previous run left files whose paths begin with ``start``, and all of these still exist and are
        complete.
        """
        named = [path for path in self._before if path.startswith(start)]
        return bool(named) and all(self._before[path] and (self.folder / path).exists() for path in named)

    def keep(self, path: str) -> None:
        """Keep a file of the previous run unchanged."""
        self._now[path] = self._before[path]
        self.unchanged += 1

    def write(self, path: str, content: bytes) -> None:
        """Write a file unless it already has this content; ``path`` is relative to the folder, with ``/``.

        Raises: StorageError if a file that is not ours has this path.
        """
        digest = hashlib.sha256(content).hexdigest()[:32]
        target = self.folder / path
        self._now[path] = digest
        if self._before.get(path) == digest and target.exists():
            self.unchanged += 1
            return
        if path not in self._before and target.exists():
            raise StorageError(
                f"{target} is not a file that `fivegwatch publish` wrote. Move it away, or publish to another folder.",
                path=str(target),
                kind="not_ours",
            )
        with disk_errors(target, "write the site"):
            self._journal.write(path + "\n")
            self._journal.flush()
            work = self.folder / WORK / "file"
            work.write_bytes(content)
            try:
                work.replace(target)
            except FileNotFoundError:
                target.parent.mkdir(parents=True, exist_ok=True)
                work.replace(target)
        self.written += 1

    def finish(self) -> None:
        """Remove files of former runs that were neither written nor kept in this run, and store the list of the present
        files.
        """
        with disk_errors(self.folder, "write the site"):
            for path in self._before.keys() - self._now.keys():
                (self.folder / path).unlink(missing_ok=True)
                self.removed += 1
            _remove_empty(self.folder, self._before.keys() - self._now.keys())
            manifest = {"format": FORMAT, "files": self._now, "state": self.state}
            put_file(self.folder / MANIFEST, json.dumps(manifest, ensure_ascii=False).encode())
            (self.folder / JOURNAL).unlink(missing_ok=True)

    def _read(self) -> None:
        manifest, journal = self.folder / MANIFEST, self.folder / JOURNAL
        if not manifest.exists() and not journal.exists():
            if others := sorted(path.name for path in self.folder.iterdir()):
                raise StorageError(
                    f"{self.folder} holds files that `fivegwatch publish` did not write, such as {others[0]}. Name an"
                    " empty or new folder.",
                    path=str(self.folder),
                    kind="not_ours",
                )
            return
        try:
            stored = json.loads(manifest.read_text(encoding="utf-8")) if manifest.exists() else {}
            if stored.get("format", FORMAT) == FORMAT:
                self._before = {
                    path: str(digest) for path, digest in stored.get("files", {}).items() if _inside(path)
                }
                self.state = dict(stored.get("state", {}))
        except (ValueError, AttributeError) as exc:
            raise StorageError(
                f"{manifest} is damaged. Delete {self.folder} if it holds nothing but the site, and publish again.",
                path=str(manifest),
                kind="not_ours",
            ) from exc
        if journal.exists():
            begun = journal.read_text(encoding="utf-8", errors="replace").splitlines()
            self._before |= {path: "" for path in begun if _inside(path)}

    def _locked(self) -> int:
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            os.close(handle)
            raise StorageError(
                f"another `fivegwatch publish` writes to {self.folder} right now. Wait for its end.",
                path=str(self.folder),
                kind="busy",
            ) from exc
        return handle


def _inside(path: object) -> bool:
    """Whether a path from the list of files is inside the folder. A list that somebody edited may have other paths."""
    if not isinstance(path, str) or not path:
        return False
    parts = PurePosixPath(path).parts
    return (
        not PurePosixPath(path).is_absolute() and ".." not in parts and not parts[0].startswith(".fivegwatch")
    )


def _remove_empty(folder: Path, paths: Iterable[str]) -> None:
    """Remove the folders of removed files that are empty now, the deepest first."""
    parents = {parent for path in paths for parent in (folder / path).parents if folder in parent.parents}
    for parent in sorted(parents, key=lambda parent: -len(parent.parts)):
        if parent.is_dir() and not any(parent.iterdir()):
            parent.rmdir()
