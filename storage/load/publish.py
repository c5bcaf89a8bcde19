"""Publishing: a read-only copy of the closed store, and the link that users open switched to it.

    store closed -> copy under a new name -> link switched -> all but the last two versions removed

Readers of an older version keep it until they close it.
"""

from __future__ import annotations

from pathlib import Path

from fivegwatch.extractors.errors import StorageError
from fivegwatch.storage.connections import opened
from fivegwatch.storage.disk.files import copy_file, disk_errors, hold, need_space, prepare, sync_folder
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.published_copies import parts_of, versions
from fivegwatch.storage.load.recovery import check_complete

KEEP = 2
"""Versions kept. Two, so that a reader that has just resolved the link still finds its version."""


def publish(layout: Layout, *, wait_s: float = 60.0) -> Path | None:
    """Publish the store if it changed since the last publication; returns the new version, or None.

    Raises: CorpusBusyError when a loader is at work for longer than ``wait_s`` seconds; StorageError when the
    name to publish under is taken by another file, the store lacks batches that a version has, or the disk is full.
    """
    prepare(layout)
    with hold(layout.load_lock, "a load", wait_s=wait_s):
        return publish_locked(layout)


def publish_locked(layout: Layout) -> Path | None:
    """``publish`` for a caller that holds the load lock and has no connection to the store."""
    if not layout.store.exists():
        return None
    check_link(layout)
    if layout.store_wal.exists():
        # A loader was killed while it closed the store. Opening replays the log, closing writes it into the file.
        with opened(layout.store, read_only=False) as con:
            con.execute("checkpoint")
    stat = layout.store.stat()
    identity = f"{stat.st_mtime_ns}-{stat.st_size}"
    present = versions(layout)
    newest = present[-1] if present else None
    if newest and parts_of(newest)[1] == identity:
        _switch_link(layout, newest)
        return None
    check_complete(layout)
    sequence = parts_of(newest)[0] + 1 if newest else 1
    target = layout.public / f"corpus-{sequence:010d}-{identity}.duckdb"
    need_space(layout.public, stat.st_size + 1_000_000, "publish the corpus")
    with disk_errors(layout.public, "publish the corpus"):
        # Never while this process has the store open: closing any handle on it would drop DuckDB's lock.
        copy_file(layout.store, target, mode=0o444)
        _switch_link(layout, target)
        for old in versions(layout)[:-KEEP]:
            old.unlink(missing_ok=True)
            old.with_name(old.name + ".wal").unlink(missing_ok=True)
    return target


def check_link(layout: Layout) -> None:
    """Raise StorageError when ``link`` is a file, a folder, or a link to anything but a published version."""
    link = layout.link
    if link.is_symlink():
        target = link.parent / link.readlink()
        if target.parent.absolute() == layout.public:
            return
        problem = f"a link to {target}"
    elif link.is_dir():
        problem = "a folder"
    elif link.exists():
        problem = "a file that fivegwatch did not publish"
    else:
        return
    raise StorageError(
        f"{link} is {problem}. Move it away or name another database; to go on with a copied corpus, move it"
        f" to {layout.store}.",
        path=str(link),
        kind="link_taken",
    )


def _switch_link(layout: Layout, version: Path) -> None:
    relative = Path(layout.root.name, "public", version.name)
    if layout.link.is_symlink() and layout.link.readlink() == relative:
        return
    fresh = layout.root / ".link.new"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(relative)
    # Relative, so that a corpus can be moved as a whole: the text of a link counts from where the link is.
    fresh.replace(layout.link)
    sync_folder(layout.link.parent)
