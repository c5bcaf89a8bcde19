"""Batches of records, and the spool: immutable Parquet files, one a batch, that wait for the loader.

A batch appears whole or not at all: written under a hidden name, synced, renamed, folder synced.
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
from fivegwatch.storage.spool.records import KINDS, RECORDS, Kind, Record
from fivegwatch.storage.spool.shape import arrow_type, digest_of, plain

if TYPE_CHECKING:
    import pyarrow as pa

# A leftover of a killed worker; nobody takes a day to write a batch.
STALE_TMP_S = 86_400.0


@dataclass(slots=True)
class Batch:
    """Records on their way to the corpus. Collect a unit of work, then ``put_batch`` it: all or nothing.

    What belongs together goes into one batch: a feed's new state with its entries, an attempt with the
    article it brought.
    """

    rows: list[tuple[Kind, str, dict[str, Any]]] = field(default_factory=list)
    """(kind, digest, columns), in the order added; the order has no meaning."""

    def __len__(self) -> int:
        return len(self.rows)

    def add(self, record: Record) -> None:
        """Take ``record`` into the batch. Raises: ValueError for a time without a zone."""
        kind, row = KINDS[type(record)], plain(record)
        self.rows.append((kind, digest_of(kind, row), row))


def put_batch(layout: Layout, batch: Batch) -> Path:
    """Write ``batch`` durably into the spool and return its file.

    Raises: StorageError when the folder is not writable or the disk is full; nothing is visible then.
    """
    name = batch_name()
    with disk_errors(layout.incoming, "write a batch into the spool"):
        put_file(layout.incoming / name, batch_bytes(batch))
    return layout.incoming / name


def batch_name() -> str:
    """A name for a new batch; by name, batches sort in the order they were made."""
    return f"{time.time_ns():020d}-{uuid.uuid4().hex}.parquet"


def batch_bytes(batch: Batch) -> bytes:
    """The batch as a Parquet file. Raises: StorageError for an empty one."""
    import pyarrow.parquet as pq  # the commands that only read must not pay for it

    content = io.BytesIO()
    pq.write_table(_table(batch), content, compression="zstd")
    return content.getvalue()


def pending(layout: Layout) -> list[Path]:
    """Batches not yet loaded, oldest first."""
    if not layout.incoming.is_dir():
        return []
    return sorted(
        path for path in layout.incoming.iterdir() if path.suffix == ".parquet" and path.name[0] != "."
    )


def retire(layout: Layout, batches: list[Path]) -> None:
    """Move loaded batches to ``done``. Only after the commit: a crash before is harmless, one after loses."""
    with disk_errors(layout.done, "move loaded batches"):
        for path in batches:
            path.replace(layout.done / path.name)
        if batches:
            sync_folder(layout.done)


def quarantine(layout: Layout, path: Path, reason: str) -> None:
    """Move a file that cannot be loaded to ``bad`` and write the reason beside it."""
    with disk_errors(layout.bad, "put an unreadable batch aside"):
        path.replace(layout.bad / path.name)
        (layout.bad / f"{path.name}.reason.txt").write_text(reason + "\n", encoding="utf-8")


def sweep(layout: Layout, keep_days: float, *, now: float | None = None) -> int:
    """Remove batches loaded more than ``keep_days`` days ago and stale leftovers; return how many files.

    ``now`` is in seconds since the epoch. ``done`` is what a lost store is rebuilt from: keep it as long
    as the newest backup is old.
    """
    clock = time.time() if now is None else now
    stale = [*layout.done.glob("*.parquet")] if layout.done.is_dir() else []
    doomed = [path for path in stale if _written_s(path) < clock - keep_days * 86_400.0]
    for folder in (layout.incoming, layout.public):
        leftovers = folder.glob(".*.tmp") if folder.is_dir() else []
        doomed += [path for path in leftovers if path.stat().st_mtime < clock - STALE_TMP_S]
    with disk_errors(layout.root, "remove old batches"):
        for path in doomed:
            path.unlink(missing_ok=True)
    return len(doomed)


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
        columns[kind] = pa.array(rows, arrow_type(RECORDS[kind]))
    return pa.table(columns)
