"""Publishing: makes a read-only version of the closed store, and points the link that users open to it.

    store closed -> version made under a new name -> link switched -> all but the last two versions removed

During a load, readers see the last version. A reader keeps the version that it opened until it closes it. The version
is made in the cheapest way (`storage.load.transfer`): nothing is made if the store has not changed; else a clone where
the file system can share blocks; else an older version that nobody reads is patched; else a copy. Copies may take only
a given share of the time.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import dataclass
from math import inf
from pathlib import Path

from fivegwatch.extractors.errors import StorageError
from fivegwatch.storage.connections import opened
from fivegwatch.storage.disk.files import disk_errors, hold, prepare, put_file, sync_folder
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.bounds import BOUNDS
from fivegwatch.storage.load.published_copies import is_changed, parts_of, seal, versions
from fivegwatch.storage.load.recovery import check_complete
from fivegwatch.storage.load.transfer import clone, copy, patch, remove_leftovers
from fivegwatch.storage.search.make_index import update_indexes

KEEP = 2
"""Number of versions kept: two, so that a reader that has just followed the link still finds the file."""
QUICK_COPY_S = 1.0
"""A copy that takes less time than this, in seconds, is never put off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """The outcome of one attempt to publish."""

    version: Path | None = None
    """The new version; None if the store had not changed or the copy was put off until a later run."""
    way: str = ""
    """How the version was made: clone, patch or copy."""
    written: int = 0
    """Bytes written to make it."""
    put_off: str = ""
    """One sentence that says why a copy was put off; empty if none was."""


def publish(layout: Layout, *, wait_s: float = 60.0) -> Path | None:
    """Publish the store if it changed since the last publication; returns the new version, or None.

    Raises: CorpusBusyError when a loader is at work for longer than ``wait_s`` seconds; StorageError when a file that
    is not ours has the name of the link, when the store lacks batches that a version has, or when the disk is full.
    """
    prepare(layout)
    with hold(layout.load_lock, "a load", wait_s=wait_s):
        return publish_locked(layout).version


def publish_locked(
    layout: Layout, *, copy_share: float = BOUNDS.copy_share, checked: bool = False
) -> Publication:
    """`publish` for a caller that holds the load lock and has no connection to the store.

    ``checked``: the caller has already checked, under the lock, that the store has all batches of the published
    versions. ``copy_share`` is the share of the total time that copies may take, 0 to 1.
    """
    if not layout.store.exists():
        return Publication()
    check_link(layout)
    if layout.store_wal.exists():
        # A loader was killed while it closed the store. Opening replays the log, closing writes it into the file.
        with opened(layout.store, read_only=False) as con:
            con.execute("checkpoint")
    stat = layout.store.stat()
    identity = f"{stat.st_mtime_ns}-{stat.st_size}"
    present = versions(layout)
    newest = present[-1] if present else None
    changed = [version for version in present if is_changed(version)]
    if newest and parts_of(newest)[1] == identity and newest not in changed:
        _switch_link(layout, newest)
        return Publication()
    if not checked:
        check_complete(layout)
    sequence = parts_of(newest)[0] + 1 if newest else 1
    target = layout.public / f"corpus-{sequence:010d}-{identity}.duckdb"
    with disk_errors(layout.public, "publish the corpus"):
        remove_leftovers(layout.public)
        # A version that someone wrote to is replaced at once.
        done = _make_version(layout, target, present, inf if newest in changed else copy_share)
        if done.version:
            seal(target)
            _switch_link(layout, target)
            for old in {*versions(layout)[:-KEEP], *changed}:
                old.unlink(missing_ok=True)
                old.with_name(old.name + ".wal").unlink(missing_ok=True)
            update_indexes(versions(layout))
    return done


def _make_version(layout: Layout, target: Path, present: list[Path], copy_share: float) -> Publication:
    # Never while this process has the store open: closing any handle on it would drop DuckDB's lock.
    if clone(layout.store, target):
        return Publication(version=target, way="clone")
    published = layout.link.resolve()
    for older in reversed(present[:-1]):
        if older.resolve() == published:
            continue
        written = patch(layout.store, older, target)
        if written is not None:
            return Publication(version=target, way="patch", written=written)
    wait_s = _copy_wait_s(layout, copy_share) if published in present else 0.0
    if wait_s > 0:
        reason = "an older published version is in use, so that the corpus would have to be copied as a whole"
        return Publication(
            put_off=f"Nothing was published: {reason}. The next run that ends at least {wait_s:.0f} s from now copies"
            " it; the setting copy_percent bounds the time that copies take."
        )
    started = time.monotonic()
    written = copy(layout.store, target)
    note = {"ended_at": time.time(), "seconds": round(time.monotonic() - started, 3)}
    put_file(_note_of(layout), json.dumps(note).encode())
    return Publication(version=target, way="copy", written=written)


def _note_of(layout: Layout) -> Path:
    """The file that says when the last copy ended, and how long it took."""
    return layout.store.parent / "last-copy.json"


def _copy_wait_s(layout: Layout, share: float) -> float:
    """Seconds until a copy may begin, so that copies take no more than ``share`` of the time; 0 or less for now."""
    ended_at, seconds = 0.0, 0.0
    with suppress(OSError, ValueError, KeyError, TypeError):
        note = json.loads(_note_of(layout).read_text(encoding="utf-8"))
        ended_at, seconds = float(note["ended_at"]), float(note["seconds"])
    since = time.time() - ended_at
    if seconds < QUICK_COPY_S or since < 0:  # the clock was set back
        return 0.0
    return seconds / share - since


def check_link(layout: Layout) -> None:
    """Raise StorageError when the path that users open is a file, a folder, or a link to anything but a published
    version.
    """
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
