"""Migrates a database to the current schema (that of this code): numbered migrations, then views, macros and comments.

To add a column to the ledger, add a field in `storage.spool.records`, a new file in ``migrations/`` (never change a
released one), and the column in ``storage/load/merge/``, ``views/ledger.sql`` and ``table_comments.sql``. Then write
``schema.generated.sql`` again as its first line says. Tests compare all of these.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from fivegwatch.extractors.errors import SchemaVersionError
from fivegwatch.storage.connections import STORAGE_VERSION, Connection, number
from fivegwatch.storage.read.named.catalogue import queries_view

HERE = Path(__file__).parent
_VIEWS = "corrections events facts stories ledger clusters operations drift entities macros"
CONTRACT = (*(f"views/{name}.sql" for name in _VIEWS.split()), "table_comments.sql")
"""SQL files that are run after the migrations, in this order: a view comes after the views that it reads."""
COPIES = {"articles": "revisions", "entries": "open_entries"}
"""Tables, each with a second table that has the same columns and gets the same comments on them."""
SUMMARIES = {
    "entities", "countries", "countries_named", "sightings", "first_seen_at", "last_seen_at", "feeds", "feeds_seen_at",
    "cluster_id", "moved_to", "agency", "corrected_topics", "corrected_countries", "corrected_relevant",
}  # fmt: skip
"""Columns that the table ``articles`` has and its copy ``revisions`` lacks."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One change of the schema, applied once to a database; its file is never edited after a release."""

    number: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """SHA-256 (hex) of the SQL; `storage.read.checks` compares it with the one recorded when the migration was
        applied.
        """
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations(folder: Path = HERE / "migrations") -> tuple[Migration, ...]:
    """All migrations in ``folder``, in order; their numbers run from 1 without a gap."""
    steps = tuple(
        Migration(int(path.name[:3]), path.stem[4:], path.read_text(encoding="utf-8"))
        for path in sorted(folder.glob("[0-9][0-9][0-9]_*.sql"))
    )
    assert [step.number for step in steps] == list(range(1, len(steps) + 1)), "migration numbers have a gap"
    return steps


def contract() -> str:
    """The SQL that creates views, macros and all comments; it can be run repeatedly."""
    sql = "\n".join([*((HERE / name).read_text(encoding="utf-8") for name in CONTRACT), queries_view()])
    repeated = [
        line.replace(f"base.{table}", f"base.{copy}", 1)
        for table, copy in COPIES.items()
        for line in re.findall(rf"^comment on column base\.{table}\..*$", sql, re.MULTILINE)
        if not (copy == "revisions" and line.split(" is ")[0].rpartition(".")[2] in SUMMARIES)
    ]
    return "\n".join([sql, *repeated])


def version_of(con: Connection) -> int:
    """The number of the last migration applied; 0 for an empty database.

    Raises: SchemaVersionError for a database whose tables are not those of a corpus.
    """
    tables = {
        f"{schema}.{name}"
        for schema, name in con.execute("select schema_name, table_name from duckdb_tables()").fetchall()
    }
    if "base.schema_migrations" in tables:
        return number(con, "select max(number) from base.schema_migrations")
    if tables:
        raise SchemaVersionError(
            f"{_path(con)} is not a corpus: it holds other tables ({', '.join(sorted(tables)[:3])}). Move it away"
            " or name another file.",
            path=_path(con),
            kind="foreign",
        )
    return 0


def check_version(con: Connection) -> int:
    """The number of the last migration applied; 0 for an empty database.

    Raises: SchemaVersionError for a database that is not a corpus, or that a newer fivegwatch wrote.
    """
    version, known = version_of(con), len(migrations())
    if version > known:
        raise SchemaVersionError(
            f"{_path(con)} has schema {version}, this fivegwatch knows {known}. Upgrade fivegwatch.",
            path=_path(con),
            kind="newer",
        )
    return version


def is_current(con: Connection) -> bool:
    """Whether the open database has the current schema; False for an empty one.

    Raises: SchemaVersionError for the database of another fivegwatch version or another program.
    """
    version = check_version(con)
    if 0 < version < len(migrations()):
        raise SchemaVersionError(
            f"{_path(con)} has schema {version}, this fivegwatch needs {len(migrations())}."
            " Run `fivegwatch ingest`.",
            path=_path(con),
            kind="older",
        )
    return version > 0


def migrate(con: Connection, steps: tuple[Migration, ...] | None = None) -> list[int]:
    """Bring the open database to the latest schema; returns the numbers of the migrations applied.

    Each migration is one transaction, and the views are another. After a kill, the next call continues where this one
    stopped.

    Raises: SchemaVersionError for the database of a newer fivegwatch or of another program.
    """
    wanted = apply(con, migrations() if steps is None else steps)
    sql = contract()
    fingerprint = hashlib.sha256(sql.encode()).hexdigest()
    if not wanted and _contract_is(con, fingerprint):
        return []
    con.execute("begin")
    con.execute(sql)
    con.execute("delete from base.meta where name = 'contract'")
    con.execute("insert into base.meta values ('contract', ?)", [fingerprint])
    con.execute("commit")
    return wanted


def apply(con: Connection, steps: tuple[Migration, ...]) -> list[int]:
    """Apply the migrations in ``steps`` that the open database lacks, but create no views; returns their numbers.

    Raises: SchemaVersionError for the database of a newer fivegwatch or of another program.
    """
    wanted = steps[check_version(con) :]
    for step in wanted:
        con.execute("begin")
        con.execute(step.sql)
        con.execute(
            "insert into base.schema_migrations values (?, ?, ?, now())",
            [step.number, step.name, step.sha256],
        )
        con.execute("commit")
    return [step.number for step in wanted]


def waiting_migrations(con: Connection) -> list[Migration]:
    """The migrations that the open database lacks; none if the database is empty.

    Raises: SchemaVersionError for the database of a newer fivegwatch or of another program.
    """
    version = check_version(con)
    return list(migrations()[version:]) if version else []


def is_migrated(con: Connection) -> bool:
    """Whether the open database has the current schema and views, so that `migrate` would do nothing.

    Raises: SchemaVersionError for the database of a newer fivegwatch or of another program.
    """
    fingerprint = hashlib.sha256(contract().encode()).hexdigest()
    return check_version(con) == len(migrations()) and _contract_is(con, fingerprint)


def _contract_is(con: Connection, fingerprint: str) -> bool:
    return con.execute("select value from base.meta where name = 'contract'").fetchone() == (fingerprint,)


def storage_version(con: Connection) -> str:
    """The file format of the open database, such as ``v1.5.0+``."""
    row = con.execute(
        "select tags['storage_version'] from duckdb_databases() where database_name = current_database()"
    ).fetchone()
    return str(row[0]) if row and row[0] else ""


def check_format(con: Connection) -> None:
    """Raise SchemaVersionError when the file has a format in which DuckDB silently drops text compression."""
    file_format = storage_version(con)
    if not file_format.startswith(STORAGE_VERSION):
        raise SchemaVersionError(
            f"{_path(con)} has DuckDB file format {file_format or 'unknown'}, not {STORAGE_VERSION}. Copy it with"
            f" COPY FROM DATABASE into a file attached with STORAGE_VERSION '{STORAGE_VERSION}'.",
            path=_path(con),
            kind="format",
        )


def _path(con: Connection) -> str:
    row = con.execute(
        "select path from duckdb_databases() where database_name = current_database()"
    ).fetchone()
    return str(row[0]) if row else ""
