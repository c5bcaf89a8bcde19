"""Where every file of a corpus lives: one rule, derived from the name users open."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

WORK_SUFFIX = ".d"


@dataclass(frozen=True, slots=True)
class Layout:
    """The files of one corpus. ``link`` is what users open; ``root`` is the working folder beside it.

    ``link`` points at the newest read-only version in ``public``. ``store`` belongs to the loader alone:
    a reader that keeps it open would stop every load.
    """

    link: Path
    root: Path

    @classmethod
    def for_database(cls, db: Path) -> Layout:
        """The layout of the database users open as ``db``: everything else lives in ``db`` + ``.d``."""
        # absolute(), not resolve(): the link itself must not be followed to the version it points at.
        link = db.expanduser().absolute()
        return cls(link=link, root=link.with_name(link.name + WORK_SUFFIX))

    @property
    def incoming(self) -> Path:
        """Batches that wait for the loader."""
        return self.root / "spool" / "incoming"

    @property
    def done(self) -> Path:
        """Batches that are in the store; together they can rebuild it."""
        return self.root / "spool" / "done"

    @property
    def bad(self) -> Path:
        """Files from ``incoming`` that are no batches, each with a ``.reason.txt`` beside it."""
        return self.root / "spool" / "bad"

    @property
    def load_lock(self) -> Path:
        """Held by the one loader at work."""
        return self.root / "spool" / "load.lock"

    @property
    def run_lock(self) -> Path:
        """Held by the one run at work."""
        return self.root / "run.lock"

    @property
    def backfill_lock(self) -> Path:
        """Held by the one backfill at work."""
        return self.root / "backfill.lock"

    @property
    def store(self) -> Path:
        """The loader's database."""
        return self.root / "store" / "corpus.duckdb"

    @property
    def store_wal(self) -> Path:
        """DuckDB's log beside the store; present only while it is open or after a crash."""
        return self.store.with_name(self.store.name + ".wal")

    @property
    def public(self) -> Path:
        """Read-only published versions; ``link`` points at the newest."""
        return self.root / "public"

    @property
    def raw(self) -> Path:
        """The page archive: WARC files, one folder a month."""
        return self.root / "raw"

    def folders(self) -> tuple[Path, ...]:
        """Every folder that must exist and be writable, parents first."""
        return (self.root, self.incoming, self.done, self.bad, self.store.parent, self.public, self.raw)
