"""The paths of all files of a corpus, derived from the path of the database that users open."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

WORK_SUFFIX = ".d"


@dataclass(frozen=True, slots=True)
class Layout:
    """The paths of one corpus. Users open ``link``; ``root`` is the working folder beside it.

    ``link`` points to the newest published version in ``public``. Only the loader keeps ``store`` open: a reader that
    kept it open would block every load.
    """

    link: Path
    root: Path

    @classmethod
    def for_database(cls, db: Path) -> Layout:
        """The layout of the database that users open as ``db``; all other files are in the folder ``db`` + ``.d``."""
        # absolute() and not resolve(), which would follow the link to the version it points to.
        link = db.expanduser().absolute()
        return cls(link=link, root=link.with_name(link.name + WORK_SUFFIX))

    @property
    def incoming(self) -> Path:
        """Folder of batches that are not loaded yet."""
        return self.root / "spool" / "incoming"

    @property
    def done(self) -> Path:
        """Folder of batches that were loaded. A lost store is rebuilt from the newest published version and these
        batches.
        """
        return self.root / "spool" / "done"

    @property
    def bad(self) -> Path:
        """Folder of files from ``incoming`` that could not be loaded, each with a ``.reason.txt`` beside it."""
        return self.root / "spool" / "bad"

    @property
    def load_lock(self) -> Path:
        """Lock file of the loader."""
        return self.root / "spool" / "load.lock"

    @property
    def run_lock(self) -> Path:
        """Lock file of the run at work."""
        return self.root / "run.lock"

    @property
    def backfill_lock(self) -> Path:
        """Lock file of the backfill at work."""
        return self.root / "backfill.lock"

    @property
    def serve_lock(self) -> Path:
        """Lock file of the ``serve`` at work."""
        return self.root / "serve.lock"

    @property
    def flow_runs(self) -> Path:
        """Folder of the lock files of Prefect flow runs at work, named after the ids of the runs."""
        return self.root / "flow_runs"

    @property
    def store(self) -> Path:
        """The database file that the loader writes."""
        return self.root / "store" / "corpus.duckdb"

    @property
    def store_wal(self) -> Path:
        """DuckDB's write-ahead log beside the store; it exists while the store is open and after a crash."""
        return self.store.with_name(self.store.name + ".wal")

    @property
    def public(self) -> Path:
        """Folder of published versions, which are read-only; ``link`` points to the newest."""
        return self.root / "public"

    @property
    def logs(self) -> Path:
        """Folder of the runs' logs: JSON lines; for each kind of run one file in use and a few older ones."""
        return self.root / "log"

    @property
    def raw(self) -> Path:
        """Folder of the page archive: WARC files, in one folder for each month."""
        return self.root / "raw"

    def folders(self) -> tuple[Path, ...]:
        """The folders that must exist and be writable, parents first."""
        return (self.root, self.incoming, self.done, self.bad, self.store.parent, self.public, self.raw)


def user_cache() -> Path:
    """The folder for files that can be made again at any time: ``fivegwatch`` in ``XDG_CACHE_HOME``, else in
    ``~/.cache``.
    """
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fivegwatch"
