"""The settings of a lake: where it is and how long it keeps snapshots. Must import quickly: the settings need it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

MAIN = "main"
"""DuckLake's default schema, which queries need not name."""
KEPT_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Lake:
    """A DuckLake, and the schema in it that holds one corpus."""

    catalogue: str
    """Path of an SQLite file, or ``postgres:`` and a connection string of libpq without the password, which is read
    from PGPASSWORD or ~/.pgpass."""
    files: str
    """Path of a folder for the lake's files alone, or ``s3://BUCKET/FOLDER``."""
    schema: str = MAIN
    """Schema of this corpus in the lake. Each corpus in one lake has its own; readers need not name ``main``."""
    days: int = KEPT_DAYS
    """Snapshots are kept for this many days."""

    @property
    def on_postgres(self) -> bool:
        """Whether the catalogue is in PostgreSQL; otherwise it is an SQLite file."""
        return self.catalogue.startswith("postgres:")

    @property
    def on_s3(self) -> bool:
        """Whether the files are in an object store; otherwise they are in a folder."""
        return self.files.startswith("s3://")

    @property
    def fingerprint(self) -> str:
        """A short digest of the lake's place: catalogue, files and schema."""
        return hashlib.sha256("\n".join((self.catalogue, self.files, self.schema)).encode()).hexdigest()[:16]
