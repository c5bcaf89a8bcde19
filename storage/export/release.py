"""Makes a monthly release: a folder that never changes again, with everything needed to cite and check it."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

from fivegwatch.extractors.errors import StorageError
from fivegwatch.extractors.watchlist.subject import Subject
from fivegwatch.storage.disk.files import disk_errors, put_file, sync_folder
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.export.files import VIEWS, ExportedFile, export_view
from fivegwatch.storage.read.store import select

_README = """# {title}: stories of {month}

Stories published in {month} (UTC) that fivegwatch kept, and every page it judged, with score and reason. Without the
texts, which belong to their publishers.

{files}
`datapackage.json` describes every column and holds a SHA-256 checksum of every file. Cite it as `CITATION.cff` says.
"""
_CITATION = """cff-version: 1.2.0
message: If you use these data, please cite them as below.
type: dataset
title: "{title}: stories of {month}"
authors:
  - name: "{author}"
date-released: "{day}"
version: "{month}"
"""


def make_release(
    db: Path, month: str, folder: Path, *, author: str, now: datetime
) -> tuple[Path, list[ExportedFile]]:
    """Make the folder fivegwatch-``month`` in ``folder`` from the corpus ``db``; returns its path and its files.

    ``month`` is ``2026-03``; ``author`` is who publishes the release. The release appears completely or not at all.

    Raises: StorageError when the month is malformed or not over, has no story, or was already released there.
    """
    target = folder / f"fivegwatch-{month}"
    _check(month, target, now)
    work = folder / f".fivegwatch-{month}.{os.getpid()}.tmp"
    with disk_errors(folder, "write the release"):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            files = [file for view in VIEWS for file in export_view(db, work, view, "parquet", month=month)]
            if not any(file.rows for file in files if file.path.startswith("stories/")):
                raise StorageError(
                    f"the corpus has no story published in {month}.", path=str(db), kind="empty"
                )
            lines = "".join(f"- `{file.path}`: {file.rows:,} rows\n" for file in files)
            title = title_of(db)
            put_file(work / "README.md", _README.format(title=title, month=month, files=lines).encode())
            author, title = author.replace('"', "'"), title.replace('"', "'")
            citation = _CITATION.format(title=title, month=month, author=author, day=f"{now:%Y-%m-%d}")
            put_file(work / "CITATION.cff", citation.encode())
            work.rename(target)
        finally:
            shutil.rmtree(work, ignore_errors=True)
        sync_folder(folder)
    return target, files


def title_of(db: Path) -> str:
    """The title of the corpus: what it is about, as the newest watchlist says."""
    answer = select(Layout.for_database(db), "select value from base.meta where name = 'title'")
    return str(answer[0]["value"]) if answer else Subject().title


def _check(month: str, target: Path, now: datetime) -> None:
    try:
        first = datetime.strptime(month, "%Y-%m").replace(tzinfo=now.tzinfo)
    except ValueError:
        raise StorageError(f"{month!r} is no month. Write it as 2026-03.", kind="month") from None
    if (first.year, first.month) >= (now.year, now.month):
        raise StorageError(f"{month} is not over yet; a release does not change any more.", kind="month")
    if target.exists():
        raise StorageError(
            f"{target} was released before, and a release does not change. Move it away, or name another folder.",
            path=str(target),
            kind="released",
        )
