"""Publishing: a closed, read-only copy of the store under the name users open.

Readers of an older version keep it until they close it. Versions have names of their own because DuckDB puts
its log beside the file it opens: a log left under a fixed name would make the next version unreadable.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from fivegwatch.extractors.errors import StorageError
from fivegwatch.storage.corpus import opened
from fivegwatch.storage.disk.files import disk_errors, hold, need_space, prepare, sync_folder
from fivegwatch.storage.disk.layout import Layout

KEEP = 2
# corpus-<sequence>-<what of the store it is a copy of>.duckdb
VERSION = re.compile(r"corpus-(\d{10})-(\d+-\d+)\.duckdb")


def publish(layout: Layout, *, wait_s: float = 60.0) -> Path | None:
    """Publish the store if it changed since the last time; returns the new version, or None.

    Raises: CorpusBusyError when a loader is at work for longer than ``wait_s`` seconds; StorageError when the
    name to publish under is taken by something else, or the disk is full.
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
        # A loader died while closing. Opening replays its log, closing folds it into the file.
        with opened(layout.store, read_only=False) as con:
            con.execute("checkpoint")
    stat = layout.store.stat()
    identity = f"{stat.st_mtime_ns}-{stat.st_size}"
    present = versions(layout)
    newest = present[-1] if present else None
    if newest and _parts(newest)[1] == identity:
        _swing(layout, newest)
        return None
    sequence = _parts(newest)[0] + 1 if newest else 1
    target = layout.public / f"corpus-{sequence:010d}-{identity}.duckdb"
    need_space(layout.public, stat.st_size + 1_000_000, "publish the corpus")
    with disk_errors(layout.public, "publish the corpus"):
        _copy(layout.store, target)
        _swing(layout, target)
        for old in versions(layout)[:-KEEP]:
            old.unlink(missing_ok=True)
            old.with_name(old.name + ".wal").unlink(missing_ok=True)
    return target


def versions(layout: Layout) -> list[Path]:
    """Published versions, oldest first."""
    if not layout.public.is_dir():
        return []
    return sorted(path for path in layout.public.iterdir() if VERSION.fullmatch(path.name))


def _parts(version: Path) -> tuple[int, str]:
    parts = VERSION.fullmatch(version.name)
    assert parts is not None
    return int(parts.group(1)), parts.group(2)


def check_link(layout: Layout) -> None:
    """Raise StorageError when the name to publish under is a file or a link that is not ours."""
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


def _copy(store: Path, target: Path) -> None:
    tmp = target.with_name(f".{target.name}.tmp")
    try:
        # Never while this process has the store open: closing any handle on it would drop DuckDB's lock.
        shutil.copyfile(store, tmp)
        tmp.chmod(0o444)
        with tmp.open("rb") as handle:
            os.fsync(handle.fileno())
        tmp.replace(target)
    except BaseException:
        tmp.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)


def _swing(layout: Layout, version: Path) -> None:
    relative = Path(layout.root.name, "public", version.name)
    if layout.link.is_symlink() and layout.link.readlink() == relative:
        return
    fresh = layout.root / ".link.new"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(relative)
    # The link's text is relative to where it ends up, so a corpus can be moved as a whole.
    fresh.replace(layout.link)
    sync_folder(layout.link.parent)
