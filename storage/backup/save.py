"""Makes a backup of a corpus while runs and loads go on. (`manifest` checks a backup, `restore` puts it back.)

1. Under the load lock, for a moment: choose the newest published version and link the batches that it lacks.
2. Copy the version, these batches, the page archive, the former watchlists and the directory's files.
3. Write the manifest and give the folder its name.

The page archive is copied after the batches are chosen. A page is on disk before a batch refers to it, so the copy has
every page that these batches refer to.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fivegwatch.extractors.errors import StorageError
from fivegwatch.storage.backup.manifest import (
    BAD,
    BATCHES,
    CORPUS,
    RAW,
    RULES,
    Manifest,
    backups_in,
    read_manifest,
    write_manifest,
)  # fmt: skip
from fivegwatch.storage.connections import Connection, opened
from fivegwatch.storage.disk.files import disk_errors, hold, need_space, sha256_of, sync_folder
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.locks import check_corpus_exists
from fivegwatch.storage.load.publish import publish_locked
from fivegwatch.storage.load.published_copies import versions
from fivegwatch.storage.schema.migrate import version_of
from fivegwatch.storage.spool.batches import pending

LOCK_WAIT_S = 600.0
PARTIAL = ".partial-"
STALE_S = 86_400.0


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What a backup copies: an open published version, which nobody may change meanwhile, and links to batches."""

    version: Path | None
    con: Connection | None
    batches: Path


def make_backup(
    layout: Layout, home: Path, files: Mapping[str, Path], target: Path, *, with_pages: bool = True
) -> Path:
    """Make a backup in a new folder of ``target``, named after the time; returns that folder.

    Args:
        layout: The corpus.
        home: The working directory, for the manifest.
        files: Further files (settings, watchlist) by their path below the working directory.
        target: The folder of backups. Files of the newest one there that have not changed are linked, not copied.
        with_pages: False leaves out the page archive.

    Raises:
        CorpusBusyError: a load holds the corpus for too long.
        StorageError: there is no corpus, it cannot be read, or the target cannot be written.
    """
    check_corpus_exists(layout)
    now = datetime.now(UTC)
    folder = target / f"{now:%Y%m%dT%H%M%SZ}"
    partial = target / f"{PARTIAL}{uuid.uuid4().hex[:8]}"
    with disk_errors(target, "make a backup"):
        if target.resolve().is_relative_to(layout.root.resolve()):
            what = f"{target} lies in {layout.root}: what is lost with the corpus is no backup. Name another folder."
            raise StorageError(what, path=str(target), kind="bad_target")
        target.mkdir(parents=True, exist_ok=True)
        if folder.exists():
            raise StorageError(
                f"{folder} is there already. Try again in a second.", path=str(folder), kind="exists"
            )
        partial.mkdir()
    try:
        with disk_errors(target, "make a backup"), _chosen(layout) as chosen:
            need_space(target, _wanted(chosen), "make a backup")
            copier = _Copier(partial, _previous(target))
            counts, schema = _copy_corpus(chosen, copier)
            trees = {RULES: layout.root / "rules", BAD: layout.bad} | (
                {RAW: layout.raw} if with_pages else {}
            )
            for name, source in trees.items():
                copier.tree(source, name)
            for name, source in files.items():
                copier.file(source, f"home/{name}")
            write_manifest(partial, Manifest(created_at=now, home=str(home), schema=schema, counts=counts,
                                             files=copier.files))  # fmt: skip
            partial.rename(folder)
            sync_folder(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def remove_old(target: Path, keep: int) -> list[Path]:
    """Remove all backups but the newest ``keep``, and unfinished backups of killed processes; returns the backups
    removed.
    """
    old = backups_in(target)[:-keep] if keep > 0 else []
    with disk_errors(target, "remove old backups"):
        for path in (*old, *_stale(target, f"{PARTIAL}*")):
            shutil.rmtree(path)
    return old


def _stale(folder: Path, pattern: str) -> list[Path]:
    """Files in a folder that killed backups left: files older than a day, since no backup takes that long."""
    limit = datetime.now(UTC).timestamp() - STALE_S
    return [path for path in folder.glob(pattern) if path.stat().st_mtime < limit]


@contextmanager
def _chosen(layout: Layout) -> Iterator[_Chosen]:
    links = layout.root / f".backup-{uuid.uuid4().hex[:8]}"
    with disk_errors(layout.root, "choose what is backed up"):
        for stale in _stale(layout.root, ".backup-*"):  # its links would keep swept batches on the disk
            shutil.rmtree(stale)
        links.mkdir()
    con = None
    try:
        with hold(layout.load_lock, "a load", wait_s=LOCK_WAIT_S):
            version = _complete_version(layout)
            held = _merged(version) if version else frozenset[str]()
            for batch in (*pending(layout), *sorted(layout.done.glob("*.parquet"))):
                if batch.name not in held:
                    _link(batch, links / batch.name)
            if version:
                # A connection keeps the publisher from writing a later version into this file.
                context = opened(version, read_only=True)
                con = context.__enter__()
        try:
            yield _Chosen(version, con, links)
        finally:
            if con is not None:
                context.__exit__(None, None, None)
    finally:
        shutil.rmtree(links, ignore_errors=True)


def _complete_version(layout: Layout) -> Path | None:
    """The newest published version whose batches, together with ``done`` and ``incoming``, are all batches of the
    store. If there is none, the store is published now."""
    newest = versions(layout)[-1:]
    if layout.store.exists():
        spool = {path.name for path in (*pending(layout), *layout.done.glob("*.parquet"))}
        held = _merged(newest[0]) if newest else frozenset[str]()
        if not newest or _merged(layout.store) - held - spool:
            publish_locked(layout, copy_share=1.0)
            newest = versions(layout)[-1:]
    return newest[0] if newest else None


def _merged(path: Path) -> frozenset[str]:
    with opened(path, read_only=True) as con:
        if not version_of(con):
            return frozenset()
        return frozenset(name for (name,) in con.execute("select batch from base.load_log").fetchall())


def _link(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:  # a file system without hard links
        shutil.copy2(source, target)


def _wanted(chosen: _Chosen) -> int:
    batches = sum(path.stat().st_size for path in chosen.batches.iterdir())
    return batches + (chosen.version.stat().st_size if chosen.version else 0)


def _previous(target: Path) -> Path | None:
    newest = backups_in(target)[-1:]
    return newest[0] if newest else None


def _copy_corpus(chosen: _Chosen, copier: _Copier) -> tuple[dict[str, int], int]:
    """Copy version and batches; returns the version's counts and its schema."""
    for batch in sorted(chosen.batches.iterdir()):
        copier.file(batch, f"{BATCHES}/{batch.name}")
    if chosen.version is None or chosen.con is None:
        return {}, 0
    schema = version_of(chosen.con)
    counts = {}
    if schema:
        queries = {"stories": "stories", "pages judged": "ledger", "feeds": "base.feeds"}
        for name, view in queries.items():
            row = chosen.con.execute(f"select count(*) from {view}").fetchone()  # noqa: S608  # constants above
            counts[name] = int(row[0]) if row else 0
    copier.corpus(chosen.version)
    return counts, schema


class _Copier:
    """Copies files into a backup and notes their sizes and digests."""

    def __init__(self, folder: Path, previous: Path | None) -> None:
        self._folder, self._previous = folder, previous
        self._known = read_manifest(previous).files if previous else {}
        self.files: dict[str, tuple[int, str]] = {}

    def file(self, source: Path, name: str) -> None:
        """Copy a file, or link the previous backup's copy if size and time of change are equal."""
        target = self._folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if self._previous and name in self._known and _same(source, self._previous / name):
            with suppress(OSError):
                target.hardlink_to(self._previous / name)
                self.files[name] = self._known[name]
                return
        shutil.copyfile(source, target)
        stat = source.stat()
        os.utime(target, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        self._note(name)

    def corpus(self, source: Path) -> None:
        """Copy the corpus in a process of its own: closing the file here would end DuckDB's lock on it."""
        code = "import shutil, sys; shutil.copyfile(sys.argv[1], sys.argv[2])"
        command = [sys.executable, "-I", "-c", code, str(source), str(self._folder / CORPUS)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own interpreter
        if done.returncode:
            tail = (done.stderr.strip().splitlines() or ["no message"])[-1]
            raise StorageError(f"cannot copy {source}: {tail}", path=str(source), kind="io", transient=True)
        self._note(CORPUS)

    def tree(self, source: Path, name: str) -> None:
        """Copy all files below a folder; one that is removed meanwhile, as too old, is left out."""
        for path in sorted(source.rglob("*")) if source.is_dir() else ():
            if path.is_file() and not path.name.startswith("."):
                with suppress(FileNotFoundError):
                    self.file(path, f"{name}/{path.relative_to(source).as_posix()}")

    def _note(self, name: str) -> None:
        path = self._folder / name
        with path.open("rb") as handle:
            os.fsync(handle.fileno())
        self.files[name] = (path.stat().st_size, sha256_of(path))


def _same(source: Path, copied: Path) -> bool:
    try:
        one, other = source.stat(), copied.stat()
    except OSError:
        return False
    return (one.st_size, one.st_mtime_ns) == (other.st_size, other.st_mtime_ns)
