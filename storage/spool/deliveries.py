"""Brings a worker's results to the corpus: directly into the spool, or through a shared folder or object store.

A delivery consists of one batch and the archive file that it refers to. The archive file is written first, so that it
exists whenever the batch is visible. Addresses with ``://`` are opened through fsspec (``s3://bucket/prefix``,
``file:///shared/spool``).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fivegwatch.extractors.errors import StorageError
from fivegwatch.storage.disk.files import disk_errors, put_file
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.page_store import ArchivePart, put_part
from fivegwatch.storage.spool.batches import Batch, batch_bytes, batch_name, put_batch


def deliver(target: str, batch: Batch, part: ArchivePart | None = None) -> None:
    """Deliver ``batch`` and ``part`` to ``target``: the path of the published database, or the address of a shared
    spool.

    Raises: StorageError; the batch is not visible then.
    """
    if "://" not in target:
        layout = Layout.for_database(Path(target))
        if part is not None and part.pages:
            put_part(layout, part.name, part.content())
        put_batch(layout, batch)
        return
    with _store(target) as (files, root):
        if part is not None and part.pages:
            _put(files, f"{root}/raw/{part.name}", part.content())
        _put(files, f"{root}/incoming/{batch_name()}", batch_bytes(batch))


def gather(target: str, layout: Layout) -> int:
    """Move every delivery at ``target`` into the corpus's own spool and archive; returns the number of batches moved.

    If the process is killed, nothing is lost: a file is removed from the shared spool only when it is durable here. A
    batch that is gathered twice has the same name, so it is loaded once.

    Raises: StorageError.
    """
    with _store(target) as (files, root):
        # Batches are listed first: the parts of all listed batches are there by then.
        batches = _listed(files, f"{root}/incoming/*.parquet")
        parts = _listed(files, f"{root}/raw/*/*.warc.gz")
        for path in parts:
            name = "/".join(path.rsplit("/", 2)[-2:])
            put_part(layout, name, files.cat_file(path))
        for path in batches:
            content = files.cat_file(path)
            with disk_errors(layout.incoming, "write a batch into the spool"):
                put_file(layout.incoming / posixpath.basename(path), content)
        for path in [*batches, *parts]:
            files.rm_file(path)
    return len(batches)


def check_target(target: str) -> None:
    """Raise StorageError unless the shared spool at ``target`` can be written."""
    with _store(target) as (files, root):
        probe = f"{root}/.probe"
        _put(files, probe, b"")
        files.rm_file(probe)


@contextmanager
def _store(target: str) -> Iterator[tuple[Any, str]]:
    try:
        import fsspec

        files, root = fsspec.core.url_to_fs(target)
        # A listing from memory would hide what other machines delivered since.
        files.invalidate_cache()
        yield files, root.rstrip("/")
    except ImportError as exc:
        raise StorageError(
            f"{target}: the library for this kind of address is missing ({exc}). Install fivegwatch[cluster].",
            path=target,
            kind="missing_library",
        ) from exc
    except (OSError, ValueError) as exc:
        raise StorageError(
            f"the shared spool {target} cannot be used: {exc}. Check the address and the credentials.",
            path=target,
            kind="shared_spool",
            transient=True,
        ) from exc


def _listed(files: Any, pattern: str) -> list[str]:
    return sorted(files.glob(pattern))


def _put(files: Any, path: str, content: bytes) -> None:
    """Write a file completely or not at all: an object store guarantees this, a file system needs a rename."""
    if "file" not in (files.protocol if isinstance(files.protocol, tuple) else (files.protocol,)):
        files.pipe_file(path, content)
        return
    folder = Path(path).parent
    folder.mkdir(parents=True, exist_ok=True)
    put_file(Path(path), content)
