"""Makes the index of a published version, from nothing or by updating the index of an earlier version.

    checksum of every bucket -> buckets that differ from the index -> their pages -> remove, add -> rename

An update reads only pages that changed, and depends neither on the order of records nor on a clock. It changes the
index of a version that is no longer kept. After a kill, the next update continues with the hidden file.
"""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import sys
import threading
from contextlib import nullcontext
from pathlib import Path

from fivegwatch.extractors.errors import NewsError
from fivegwatch.storage.connections import opened
from fivegwatch.storage.disk.files import disk_errors, need_space, sync_folder
from fivegwatch.storage.search.index import (
    FORMAT,
    PART_GROWTH,
    PART_PAGES,
    STORIES,
    Writer,
    belongs,
    connect,
    create,
    identity_of,
    index_path,
    keep_common,
    meta_of,
    parts_of,
    transaction,
)
from fivegwatch.storage.search.pages import PageSource
from fivegwatch.storage.search.tokens import tokens_of

_log = logging.getLogger(__name__)
WORK = ".corpus.search.work"
"""Name of the hidden file in which the publishing step makes an index."""
BYTES = {STORIES: 5000}
BYTES_A_HEADLINE = 700
"""Free disk space, in bytes for each page, that is required before pages are indexed. Measured use: 2.9 kB for a text
of 3 kB, 0.4 kB for a headline."""
FIRST_BYTES = 200 << 20
"""Size of the database in bytes above which the first index is made after the load lock is released, by
`make_first_index`, because it takes minutes."""
SAMPLED = 1000
"""Number of stories in which the most common words are counted. A corpus with fewer stories is searched quickly without
pairs."""
DEAD_SHARE = 4
"""An index is made again when one in so many of its pages was removed."""
_MAKING = threading.Lock()
"""Lock of the thread that makes a missing index, since all threads of a process would write the same hidden file."""


def update_indexes(kept: list[Path]) -> None:
    """Make the index of the newest of the ``kept`` versions (given oldest first), and remove the indexes of other
    versions.

    Publishing must not fail because of an index: an error is only logged, and `fivegwatch search` makes the index
    later. The caller holds the load lock.
    """
    if not kept:
        return
    newest, folder = kept[-1], kept[-1].parent
    try:
        spare = None if index_path(newest).exists() else _spare(kept)
        if spare or (folder / WORK).exists() or newest.stat().st_size <= FIRST_BYTES:
            make_index(newest, spare, work=folder / WORK)
        _sweep(kept)
    except (NewsError, sqlite3.Error, OSError) as exc:
        _log.warning("the search index of %s was not made; `search` will make it: %s", newest.name, exc)


def make_first_index(version: Path) -> None:
    """Make the index of a published ``version`` if it has none. Batches can be loaded meanwhile; errors are logged."""
    try:
        if version.exists() and not index_path(version).exists():
            make_index(version)
    except (NewsError, sqlite3.Error, OSError) as exc:
        _log.warning("the search index of %s was not made; `search` will make it: %s", version.name, exc)


def make_index(
    version: Path, spare: Path | None = None, *, target: Path | None = None, work: Path | None = None
) -> Path:
    """The path of the index of ``version``, which is made if it is missing: ``target``, or else beside ``version``.

    ``spare`` is the index of another version that is no longer needed and is updated for this one. ``work`` is the
    hidden file to write; a caller that names one must hold a lock, since the next call continues with that file.

    Raises: StorageError when ``version`` cannot be read, the folder cannot be written, or the disk is full.
    """
    target = target or index_path(version)
    identity = identity_of(version)
    own = work is None
    with nullcontext() if work else _MAKING, disk_errors(target, "write the search index"):
        if is_index_of(target, identity):
            return target
        # Process ids alone are not enough: two containers that share the folder may both have number 1.
        work = work or target.with_name(f".{target.name}.{os.getpid()}-{os.urandom(4).hex()}.work")
        target.parent.mkdir(parents=True, exist_ok=True)
        if spare is not None and _claim(spare):
            _forget(work)
            spare.replace(work)
        try:
            with opened(version, read_only=True) as con:
                made = _made(PageSource(con), work, identity)
            made.chmod(0o444)
            made.replace(target)
        finally:
            if own:
                _forget(work.with_name(work.name + ".new.work"))
        sync_folder(target.parent)
    return target


def is_index_of(path: Path, identity: str) -> bool:
    """Whether ``path`` holds a complete index, made from the database file with this identity."""
    if not path.exists():
        return False
    con = connect(path, write=False)
    try:
        return belongs(con, identity)
    finally:
        con.close()


def _spare(kept: list[Path]) -> Path | None:
    """The index to update: that of a version that was removed, else a copy of the index of the version before the
    newest.
    """
    folder, names = kept[-1].parent, {index_path(version).name for version in kept}
    gone = sorted(path for path in folder.glob("corpus-*.search") if path.name not in names)
    if gone and _has_our_format(gone[-1]):
        return gone[-1]
    earlier = [index_path(version) for version in kept[:-1] if _has_our_format(index_path(version))]
    if not earlier or (folder / WORK).exists():
        return None
    copy = folder / "corpus-copy.search"
    _forget(copy)  # with its journal, which a kill may have left and SQLite would apply to the new copy
    need_space(folder, 2 * earlier[-1].stat().st_size, "copy the search index")
    shutil.copyfile(earlier[-1], copy)
    return copy


def _has_our_format(path: Path) -> bool:
    """Whether ``path`` is an index in the format of this version of the code, so that it can be brought up to date."""
    if not path.exists():
        return False
    try:
        con = connect(path, write=False)
    except sqlite3.Error as error:  # a kill left its journal: both are removed once the new index is made
        _log.warning("%s cannot be read, so a new index is made: %s", path.name, error)
        return False
    try:
        return meta_of(con).get("format") == FORMAT
    finally:
        con.close()


def _claim(spare: Path) -> bool:
    """Mark an index as belonging to no database file, so that it may be changed; False while a search reads it."""
    spare.chmod(0o644)
    con = connect(spare, write=True)
    try:
        if meta_of(con).get("format") != FORMAT:
            return False
        with transaction(con):
            con.execute("update meta set value = '' where name = 'identity'")
    except sqlite3.Error:
        return False
    finally:
        con.close()
    return True


def _forget(path: Path) -> None:
    for end in ("", "-journal", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _sweep(kept: list[Path]) -> None:
    """Remove the indexes of versions that are not kept, and unfinished files of killed searches."""
    names = [index_path(version).name for version in kept]
    for path in (*kept[-1].parent.glob("corpus-*.search"), *kept[-1].parent.glob(".corpus-*.work")):
        if not any(name in path.name for name in names):
            _forget(path)


def _made(source: PageSource, work: Path, identity: str) -> Path:
    """Make the index by updating the file ``work`` or, if that is not possible, from nothing; returns the finished
    file.
    """
    if work.exists():
        try:
            work.chmod(0o644)
            if _update(source, work, identity):
                return work
        except sqlite3.DatabaseError as exc:
            _log.info("the index %s is damaged and is made again: %s", work, exc)
        _forget(work)
    # Under a name of its own, which is never resumed: the file is synced only at its end.
    fresh = work.with_name(work.name + ".new.work")
    _forget(fresh)
    _update(source, fresh, identity)
    return fresh


def _update(source: PageSource, work: Path, identity: str) -> bool:
    """Make the index or bring it up to date; returns False if that is not possible and it must be made from nothing."""
    fresh = not work.exists()
    index = connect(work, write=True)
    try:
        if fresh:
            index.execute("pragma synchronous = off")
            create(index)
        elif meta_of(index).get("format") != FORMAT:
            return False
        with transaction(index):
            for kind in source.kinds:
                _apply_changes(source, index, kind, work.parent)
        live, dead = index.execute(
            "select (select count(*) from docs), (select count(*) from dead)"
        ).fetchone()
        grown = any(
            part.pages > PART_GROWTH * PART_PAGES[kind]
            for kind in source.kinds
            for part in parts_of(index, kind)
        )
        if not fresh and (dead * DEAD_SHARE > live or grown):
            return False
        index.execute("pragma synchronous = full")
        with transaction(index):
            index.execute("insert or replace into meta values ('identity', ?)", [identity])
    finally:
        index.close()
    return True


def _apply_changes(source: PageSource, index: sqlite3.Connection, kind: str, folder: Path) -> None:
    """Make the pages of ``kind`` in the index equal to those of the source."""
    sums = source.sums(kind)
    known = dict(index.execute("select bucket, sum from sums where kind = ?", [kind]).fetchall())
    buckets = [bucket for bucket in sums.keys() | known.keys() if sums.get(bucket) != known.get(bucket)]
    stored: dict[str, tuple[int, int]] = {}
    for bucket in buckets if known else ():
        rows = index.execute("select id, key, stamp from docs where kind = ? and bucket = ?", (kind, bucket))
        stored |= {row[0]: row[1:] for row in rows}
    wanted = source.stamps(kind, buckets)
    if not known:
        _note_common(source, index, kind, list(wanted))
    share = max(1, len(wanted) // PART_PAGES[kind])
    writer = Writer(index, pages_a_part=None if known else -(-len(wanted) // share))
    writer.remove([key for id_, (key, stamp) in stored.items() if wanted.get(id_) != stamp])
    fresh = [id_ for id_, stamp in wanted.items() if id_ not in stored or stored[id_][1] != stamp]
    need_space(folder, len(fresh) * BYTES.get(kind, BYTES_A_HEADLINE), "write the search index")
    for pages in source.pages(kind, fresh):
        writer.add(pages)
    writer.keep_sums(kind, {bucket: sums.get(bucket) for bucket in buckets})


def _note_common(source: PageSource, index: sqlite3.Connection, kind: str, ids: list[str]) -> None:
    """Store the common tokens, whose pairs are indexed, chosen from a sample of the stories of a new index."""
    if kind == STORIES and len(ids) >= SAMPLED:
        sample = source.pages(kind, ids[:: len(ids) // SAMPLED])
        keep_common(index, [tokens_of(page.body) for pages in sample for page in pages])


if __name__ == "__main__":
    print(make_index(Path(sys.argv[1]).resolve()))
