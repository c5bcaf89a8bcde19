"""Migrates an existing store to the current schema: a copy is migrated, and replaces the store when it is complete.

    copy the store to .part -> migrate it -> link the old store as before-schema-NNN -> rename .part to the store

If the process is killed, either the old store or the new one is left, both usable. The store itself is never migrated
in place: DuckDB cannot replay the log of every migration, so a store might not open again after a kill.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from fivegwatch.extractors.errors import CorpusBusyError
from fivegwatch.storage.connections import opened
from fivegwatch.storage.disk.files import copy_file, disk_errors, need_space, sync_folder
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.transfer import clone
from fivegwatch.storage.schema.migrate import (
    check_format,
    check_version,
    is_migrated,
    migrate,
    waiting_migrations,
)

KEEP = 2
"""Number of stores of former schemas that are kept."""


def unfinished(layout: Layout) -> Path:
    """The path of a temporary file that will become the store once it is complete. Removes what a killed attempt left
    there.
    """
    part = layout.store.with_name(layout.store.name + ".part")
    for left in (part, part.with_name(part.name + ".wal")):
        left.unlink(missing_ok=True)
    return part


def migrate_store(layout: Layout, *, wait_s: float, memory_mb: int) -> list[int]:
    """Migrate the store to the current schema and views; returns the numbers of the migrations applied.

    The store of the former schema is kept beside the new one. ``memory_mb`` is the memory limit for DuckDB. The caller
    holds the load lock. If there is no store, nothing is done.

    Raises: CorpusBusyError (also when another program wrote to the store meanwhile), SchemaVersionError, StorageError
    (no room for the copy); the store is unchanged then.
    """
    if not layout.store.exists():
        return []
    with opened(layout.store, read_only=True, wait_s=wait_s) as con:
        if is_migrated(con):
            return []
        waiting = waiting_migrations(con)
    if layout.store_wal.exists():
        with opened(layout.store, read_only=False, wait_s=wait_s) as con:
            con.execute("checkpoint")
    before = layout.store.stat()
    part = unfinished(layout)
    need_space(part.parent, _bytes_needed(layout, bool(waiting)), "migrate the corpus")
    with disk_errors(part, "copy the store to migrate it"):
        if not clone(layout.store, part):
            copy_file(layout.store, part, mode=0o644)
        part.chmod(0o644)
    with opened(part, read_only=False) as con:
        con.execute(f"set memory_limit = '{memory_mb}MiB'")
        done = migrate(con)
        check_format(con)
        con.execute("checkpoint")
    now = layout.store.stat()
    if (now.st_mtime_ns, now.st_size) != (before.st_mtime_ns, before.st_size) or layout.store_wal.exists():
        unfinished(layout)
        raise CorpusBusyError(
            f"{layout.store} was written to by another program while it was migrated. Close it there and run again;"
            " nothing was changed.",
            path=str(layout.store),
        )
    with disk_errors(layout.store, "put the migrated store in place"):
        if waiting:
            _keep(layout, layout.store.with_name(f"before-schema-{waiting[0].number:03d}.duckdb"))
        part.replace(layout.store)
        sync_folder(layout.store.parent)
    for older in backups(layout)[:-KEEP]:
        older.unlink(missing_ok=True)
    return done


def _keep(layout: Layout, target: Path) -> None:
    """Link the store under a second name, ``target``, by which it is kept when the new store takes its first name."""
    target.unlink(missing_ok=True)
    try:
        os.link(layout.store, target)
    except OSError:  # a file system without links
        copy_file(layout.store, target, mode=0o644)
    target.chmod(0o444)


def _bytes_needed(layout: Layout, rows: bool) -> int:
    """Bytes of disk that a migration needs: for a copy of the store and, if it rewrites ``rows``, for new columns."""
    return layout.store.stat().st_size * (2 if rows else 1)


def backups(layout: Layout) -> list[Path]:
    """Stores that were kept as they were before a migration, oldest schema first."""
    return sorted(layout.store.parent.glob("before-schema-*.duckdb"))


def migration_plan(layout: Layout) -> dict[str, object]:
    """What the next load would migrate: the store's schema, the names of the migrations, disk space needed and free
    (bytes).

    Raises: CorpusBusyError, SchemaVersionError, StorageError.
    """
    if not layout.store.exists():
        return {"schema": 0, "migrations": [], "bytes_needed": 0, "bytes_free": 0}
    with opened(layout.store, read_only=True) as con:
        version, waiting = check_version(con), waiting_migrations(con)
    needed = _bytes_needed(layout, True) if waiting else 0
    return {
        "schema": version,
        "migrations": [f"{step.number:03d}_{step.name}" for step in waiting],
        "bytes_needed": needed,
        "bytes_free": shutil.disk_usage(layout.store.parent).free,
    }
