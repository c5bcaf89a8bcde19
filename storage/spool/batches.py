"""Batches of records, and the spool: a folder of immutable Parquet files, one a batch, that wait for the loader.

    incoming (waiting) -> done (loaded) or bad (unreadable)

A batch appears completely or not at all: it is written under a hidden name, synced and renamed, and the folder is
synced.
"""

from __future__ import annotations

import io
import re
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fivegwatch.extractors.errors import StorageError
from fivegwatch.storage.disk.files import disk_errors, put_file, sync_folder
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.no_pandas import without_numpy
from fivegwatch.storage.spool.column_types import arrow_type, digest_of, plain
from fivegwatch.storage.spool.records import KINDS, RECORDS, Kind, Record

if TYPE_CHECKING:
    import pyarrow as pa

STALE_TMP_S = 86_400.0
"""Age in seconds from which a hidden file counts as left by a killed process; no batch takes a day to write."""


LATER = frozenset(
    {"facts", "health", "health_since", "problem", "proposed_url", "newest_at", "memory", "repeats"}
)
"""Fields that were added to records after their first release. If such a field is null, it is left out of the digest,
so that the digests of older records stay the same."""


@dataclass(slots=True)
class Batch:
    """Records to be merged into the corpus together, or not at all.

    Records that depend on each other go into one batch: a feed's new state and its entries, an attempt and the
    article it gave.
    """

    rows: list[tuple[Kind, str, dict[str, Any]]] = field(default_factory=list)
    """The kind, digest and columns of each record; the order of records has no meaning."""

    def __len__(self) -> int:
        return len(self.rows)

    def add(self, record: Record) -> None:
        """Add ``record`` to the batch. Raises: ValueError for a time without a time zone."""
        kind, row = KINDS[type(record)], plain(record)
        for name in LATER & row.keys():
            if row[name] is None:
                del row[name]
        self.rows.append((kind, digest_of(kind, row), row))


def put_batch(layout: Layout, batch: Batch) -> Path:
    """Write ``batch`` durably into the spool; returns the path of its file.

    Raises: StorageError when the folder is not writable or the disk is full; the spool is then unchanged.
    """
    name = batch_name()
    with disk_errors(layout.incoming, "write a batch into the spool"):
        put_file(layout.incoming / name, batch_bytes(batch))
    return layout.incoming / name


def put_records(layout: Layout, *records: Record) -> None:
    """Put one batch of ``records`` into the spool. Raises: StorageError, as `put_batch` does."""
    batch = Batch()
    for record in records:
        batch.add(record)
    put_batch(layout, batch)


def batch_name() -> str:
    """A file name for a new batch; names sort by time of creation."""
    return f"{time.time_ns():020d}-{uuid.uuid4().hex}.parquet"


def batch_bytes(batch: Batch) -> bytes:
    """The batch as a Parquet file. Raises: StorageError for an empty one."""
    with without_numpy():
        import pyarrow.parquet as pq  # slow to import, and not needed by commands that only read

    content = io.BytesIO()
    pq.write_table(_table(batch), content, compression="zstd")
    return content.getvalue()


def pending(layout: Layout) -> list[Path]:
    """Batches that are not loaded yet, oldest first."""
    if not layout.incoming.is_dir():
        return []
    return sorted(
        path for path in layout.incoming.iterdir() if path.suffix == ".parquet" and path.name[0] != "."
    )


def bad_batches(layout: Layout) -> list[Path]:
    """Batches that could not be loaded, oldest first; a text file beside each one gives the reason."""
    return sorted(layout.bad.glob("*.parquet")) if layout.bad.is_dir() else []


def retire(layout: Layout, batches: list[Path]) -> None:
    """Move loaded batches to ``done``. Call this only when their commit is durable; otherwise a crash would lose
    them.
    """
    with disk_errors(layout.done, "move loaded batches"):
        for path in batches:
            path.replace(layout.done / path.name)
        if batches:
            sync_folder(layout.done)


def quarantine(layout: Layout, path: Path, reason: str) -> None:
    """Move a file that cannot be loaded to ``bad``, with the reason in a text file beside it."""
    with disk_errors(layout.bad, "put an unreadable batch aside"):
        path.replace(layout.bad / path.name)
        (layout.bad / f"{path.name}.reason.txt").write_text(reason + "\n", encoding="utf-8")


def sweep(layout: Layout, keep_days: float, *, now: float | None = None) -> int:
    """Remove loaded batches older than ``keep_days`` days, and files left by killed processes; returns the number of
    files removed.

    ``now`` is in seconds since the epoch. ``keep_days`` should exceed the age of the oldest backup in use, because a
    store restored from a backup is completed with batches from ``done``.
    """
    clock = time.time() if now is None else now
    loaded = [*layout.done.glob("*.parquet")] if layout.done.is_dir() else []
    old = [path for path in loaded if _written_s(path) < clock - keep_days * 86_400.0]
    for folder in (layout.incoming, layout.public):
        leftovers = folder.glob(".*.tmp") if folder.is_dir() else []
        old += [path for path in leftovers if path.stat().st_mtime < clock - STALE_TMP_S]
    with disk_errors(layout.root, "remove old batches"):
        for path in old:
            path.unlink(missing_ok=True)
    return len(old)


def _written_s(path: Path) -> float:
    stamp = re.match(r"(\d{20})-", path.name)
    return int(stamp.group(1)) / 1e9 if stamp else path.stat().st_mtime


def _table(batch: Batch) -> pa.Table:
    import pyarrow as pa

    if not batch.rows:
        raise StorageError("an empty batch was to be written", kind="empty_batch")
    columns: dict[str, Any] = {
        "kind": pa.array([kind for kind, _, _ in batch.rows], pa.string()),
        "digest": pa.array([digest for _, digest, _ in batch.rows], pa.string()),
    }
    # Only the kinds that occur: a hundred empty columns would cost more than a small batch's rows.
    for kind in dict.fromkeys(kind for kind, _, _ in batch.rows):
        rows = [row if k == kind else None for k, _, row in batch.rows]
        shape = arrow_type(RECORDS[kind])
        absent = LATER - {name for row in rows if row for name in LATER & row.keys()}
        if absent:
            shape = pa.struct(
                [shape.field(i) for i in range(shape.num_fields) if shape.field(i).name not in absent]
            )
        columns[kind] = pa.array(rows, shape)
    return pa.table(columns)
