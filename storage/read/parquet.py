"""Answers as Parquet files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from fivegwatch.storage.disk.files import disk_errors, sync_folder

if TYPE_CHECKING:
    import pyarrow as pa


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write ``table`` to ``path`` with zstd, completely or not at all; a file that is there is replaced.

    Raises: StorageError when the folder cannot be written or the disk is full.
    """
    import pyarrow.parquet as pq

    work = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with disk_errors(path, "write the Parquet file"):
        try:
            pq.write_table(table, work, compression="zstd")
            work.replace(path)
        finally:
            work.unlink(missing_ok=True)
        sync_folder(path.parent)
