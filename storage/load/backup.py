"""The copy of the store that is kept before its schema is migrated."""

from __future__ import annotations

import shutil
from pathlib import Path

from fivegwatch.storage.connections import opened
from fivegwatch.storage.disk.files import disk_errors
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.transfer import clone, copy
from fivegwatch.storage.schema.migrate import check_version, waiting_migrations

KEEP = 2
"""Two, as a migration that was killed after some of its steps is begun again with a backup of its own."""


def back_up_before_migrating(layout: Layout, *, wait_s: float = 30.0) -> Path | None:
    """Keep a copy of a store whose schema is old, beside it; returns its path, None when nothing is to be migrated.

    A whole copy left by a migration that was killed is taken as it is. The caller holds the load lock.

    Raises: CorpusBusyError, SchemaVersionError, StorageError (no room for the copy; nothing was changed).
    """
    if not layout.store.exists():
        return None
    with opened(layout.store, read_only=True, wait_s=wait_s) as con:
        waiting = waiting_migrations(con)
    if not waiting:
        return None
    if layout.store_wal.exists():
        with opened(layout.store, read_only=False, wait_s=wait_s) as con:
            con.execute("checkpoint")
    target = layout.store.with_name(f"before-schema-{waiting[0].number:03d}.duckdb")
    if not target.exists():
        with disk_errors(target, "back up the store before its migration"):
            if not clone(layout.store, target):
                copy(layout.store, target)
    for older in backups(layout)[:-KEEP]:
        older.unlink(missing_ok=True)
    return target


def backups(layout: Layout) -> list[Path]:
    """Stores kept before a migration, oldest schema first."""
    return sorted(layout.store.parent.glob("before-schema-*.duckdb"))


def migration_plan(layout: Layout) -> dict[str, object]:
    """What the next load would migrate: schema of the store, names of the migrations, bytes needed and free.

    Raises: CorpusBusyError, SchemaVersionError, StorageError.
    """
    if not layout.store.exists():
        return {"schema": 0, "migrations": [], "bytes_needed": 0, "bytes_free": 0}
    with opened(layout.store, read_only=True) as con:
        version, waiting = check_version(con), waiting_migrations(con)
    # The backup, and the columns that are written again.
    needed = 2 * layout.store.stat().st_size if waiting else 0
    return {
        "schema": version,
        "migrations": [f"{step.number:03d}_{step.name}" for step in waiting],
        "bytes_needed": needed,
        "bytes_free": shutil.disk_usage(layout.store.parent).free,
    }
