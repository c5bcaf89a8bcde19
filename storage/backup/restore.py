"""Restores a backup into a working directory. An existing corpus is moved aside, never overwritten.

check the backup -> copy it beside the corpus -> move the present corpus aside -> put the copy in its place
"""

from __future__ import annotations

import shutil
import uuid
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from fivegwatch.extractors.errors import StorageError
from fivegwatch.storage.backup.manifest import BAD, BATCHES, CORPUS, RAW, RULES, Manifest, faults_of
from fivegwatch.storage.disk.files import disk_errors, hold, need_space, sync_folder
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.locks import run_lock
from fivegwatch.storage.schema.migrate import migrations

FAULTS_SHOWN = 10


def check_backup(backup: Path, manifest: Manifest) -> None:
    """Raise StorageError unless every file of the backup is unchanged and this code can read its corpus."""
    known = len(migrations())
    if manifest.schema > known:
        what = f"{backup} has schema {manifest.schema}, this fivegwatch knows {known}. Upgrade fivegwatch."
        raise StorageError(what, path=str(backup), kind="newer")
    faults = list(faults_of(backup, manifest))
    if faults:
        more = f"; and {len(faults) - FAULTS_SHOWN} more" if len(faults) > FAULTS_SHOWN else ""
        what = f"{backup} is damaged: {'; '.join(faults[:FAULTS_SHOWN])}{more}."
        raise StorageError(
            f"{what} Use another backup; nothing was changed.", path=str(backup), kind="damaged"
        )


def restore_files(backup: Path, manifest: Manifest, home: Path) -> int:
    """Copy the files of the working directory (settings, watchlist) that are missing in ``home`` from the backup;
    returns their number.

    Raises:
        StorageError: the directory cannot be written.
    """
    restored = 0
    with disk_errors(home, "restore the files of the directory"):
        home.mkdir(parents=True, exist_ok=True)
        for name in sorted(manifest.files):
            folder, _, relative = name.partition("/")
            if folder != "home":
                continue
            target = home / relative
            if target.exists():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(backup / name, target)
            restored += 1
    return restored


def restore_corpus(backup: Path, manifest: Manifest, layout: Layout) -> Path | None:
    """Restore the backup's corpus at ``layout``. Returns the path to which a corpus that was there was moved, or None.

    The caller must then run the loader, which loads the batches, migrates and publishes.

    Raises:
        RunLockedError: a run is at work on the corpus there.
        StorageError: the folder cannot be written, or has no room.
    """
    fresh = layout.root.with_name(f"{layout.root.name}.restoring-{uuid.uuid4().hex[:8]}")
    with disk_errors(layout.root, "restore the corpus"):
        layout.link.parent.mkdir(parents=True, exist_ok=True)
        need_space(layout.link.parent, manifest.size(), "restore the corpus")
        try:
            _copy(backup, manifest, Layout(link=layout.link, root=fresh))
            with ExitStack() as locks:
                locks.enter_context(run_lock(layout, new=True))
                for what, lock in (("a load", layout.load_lock), ("a backfill", layout.backfill_lock),
                                   ("`fivegwatch serve`", layout.serve_lock)):  # fmt: skip
                    locks.enter_context(hold(lock, what))
                return _swap(layout, fresh)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


def _copy(backup: Path, manifest: Manifest, fresh: Layout) -> None:
    for folder in fresh.folders():
        folder.mkdir(parents=True, exist_ok=True)
    places = {BATCHES: fresh.incoming, RAW: fresh.raw, RULES: fresh.root / "rules", BAD: fresh.bad}
    for name in manifest.files:
        part, _, relative = name.partition("/")
        if name == CORPUS:
            target = fresh.store
        elif part in places:
            target = places[part] / relative
        else:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(backup / name, target)
        target.chmod(0o644)


def _swap(layout: Layout, fresh: Path) -> Path | None:
    """Move the restored working folder to its place; returns the path to which a folder that was there was moved, or
    None.

    Prefect's database stays where it is, since backups do not contain it.
    """
    had_corpus = layout.store.exists() or layout.link.is_symlink() or any(layout.public.iterdir())
    aside = layout.root.with_name(f"{layout.root.name}.before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}")
    if (layout.root / "prefect").is_dir():
        (layout.root / "prefect").replace(fresh / "prefect")
    layout.root.replace(aside)
    fresh.replace(layout.root)
    if layout.link.is_symlink():
        layout.link.unlink()
    elif layout.link.exists():
        layout.link.replace(aside / layout.link.name)
    sync_folder(layout.link.parent)
    if had_corpus:
        return aside
    shutil.rmtree(aside)
    return None
