"""Merging batches into the corpus. The SQL files beside this one say how, one per family of records.

Every merge is commutative, associative and idempotent. So the same records give the same corpus, in whatever order they
arrive, however they are divided into batches, and even if a batch arrives twice.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from fivegwatch.storage.connections import Connection
from fivegwatch.storage.spool.column_types import columns, sql_type
from fivegwatch.storage.spool.records import RECORDS

HERE = Path(__file__).parent
# What is known first: the merges compare with it. Sightings before entries: an entry's state is read from them.
ORDER = ("feeds", "known", "sightings", "entries", "articles", "facts", "units", "completeness")
OF_STORIES = ("entry", "attempt", "judged", "correction")
"""Kinds of records that change entries, articles, or tables derived from these."""
WITHOUT_STORIES = ("feeds", "facts", "units", "completeness", "poll_counts")
"""Names of the SQL files that are enough for a load without records of `OF_STORIES`, such as after a run that found
nothing new. They take a third of the time of all files."""
VERSIONS_KEPT = 32
"""Maximum number of announced versions of an entry that are stored as separate rows, per origin; all further versions
share one row."""

FAILURES_KEPT = 16
"""Of failures with the same address, stage and kind, only so many stay in the corpus: the latest ones."""


class UnreadableBatchError(Exception):
    """A batch cannot be merged: it is not Parquet, not in our format, or lacks a required value."""


def load_batches(con: Connection, batches: list[Path]) -> dict[str, int]:
    """Merge ``batches`` in one transaction; returns the number of records by kind, and of ``new_entries`` and
    ``new_articles``.

    A batch loaded before is skipped. On an error the transaction is left open for the caller to roll back.

    Raises: UnreadableBatchError if a batch cannot be read. A full disk or a fault in our own SQL raises DuckDB's error,
    so that no batch is put aside for it.
    """
    con.execute("begin")
    names = _not_loaded(con, batches)
    counts: dict[str, int] = {**dict.fromkeys(RECORDS, 0)} | {"new_entries": 0, "new_articles": 0}
    if names:
        counts |= _staged(con, [str(path) for path in batches if path.name in names])
        before = _sizes(con)
        con.execute("set variable versions_kept = ?", [VERSIONS_KEPT])
        con.execute("set variable failures_kept = ?", [FAILURES_KEPT])
        if any(counts[kind] for kind in OF_STORIES):
            from fivegwatch.storage.load.merge.clusters import update_clusters
            from fivegwatch.storage.load.merge.events import update_events

            _run(con, ORDER)
            update_clusters(con)
            update_events(con)
            _run(con, ("summaries", "drift"))
        else:
            _run(con, WITHOUT_STORIES)
        after = _sizes(con)
        counts["new_entries"], counts["new_articles"] = (b - a for a, b in zip(before, after, strict=True))
        con.execute("insert into base.load_log select batch, rows, now() from staged")
    con.execute("commit")
    return counts


def _refuse_strangers(con: Connection) -> None:
    # Parquet of another program, or a batch of a newer version: dropping unknown records would lose them.
    kinds = ", ".join(f"'{kind}'" for kind in RECORDS)
    row = con.execute(
        f"""select count(*), any_value(kind) from spool
            where kind is null or digest is null or kind not in ({kinds})"""  # noqa: S608  # our own names
    ).fetchone()
    assert row is not None
    if row[0]:
        raise UnreadableBatchError(
            f"{row[0]} records of an unknown kind ({row[1]}): no batch, or a newer one"
        )


def _staged(con: Connection, files: list[str]) -> dict[str, int]:
    try:
        return _stage(con, files)
    except (duckdb.FatalException, duckdb.OutOfMemoryException, duckdb.InterruptException):
        raise
    except duckdb.Error as exc:
        if "No space left" in str(exc):
            raise
        raise UnreadableBatchError(str(exc).strip()) from exc


def _run(con: Connection, names: tuple[str, ...]) -> None:
    for name in names:
        try:
            con.execute((HERE / f"{name}.sql").read_text(encoding="utf-8"))
        except duckdb.ConstraintException as exc:
            raise UnreadableBatchError(str(exc).strip()) from exc


def _not_loaded(con: Connection, batches: list[Path]) -> set[str]:
    rows = con.execute(
        "select name from (select unnest(?::varchar[]) as name) anti join base.load_log l on l.batch = name",
        [[path.name for path in batches]],
    ).fetchall()
    return {name for (name,) in rows}


def _sizes(con: Connection) -> tuple[int, int]:
    # A table's row count is kept by DuckDB: no scan.
    row = con.execute(
        "select (select count(*) from base.entries), (select count(*) from base.articles)"
    ).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def _stage(con: Connection, files: list[str]) -> dict[str, int]:
    """Read the files into one temporary table for each kind of record, without duplicates; returns the number of rows
    of each.
    """
    shape = ", ".join(f"{kind} {sql_type(record)}" for kind, record in RECORDS.items())
    con.execute(
        f"create or replace temp table shape (kind VARCHAR, digest VARCHAR, filename VARCHAR, {shape})"
    )
    # The empty table comes first: it fixes the types, and fields that an older batch lacks become null.
    con.execute(
        """create or replace temp table spool as
           select * from shape union all by name
           select * from read_parquet(?, union_by_name = true, filename = true)""",
        [files],
    )
    _refuse_strangers(con)
    con.execute(
        """create or replace temp table staged as
           select parse_filename(f) as batch, count(s.filename) as rows
           from (select unnest(?::varchar[]) as f) left join spool s on s.filename = f group by all""",
        [files],
    )
    counts: dict[str, int] = {}
    for kind, record in RECORDS.items():
        names = ", ".join(f'{kind}."{name}" as "{name}"' for name in columns(record))
        con.execute(
            f"""create or replace temp table in_{kind} as
                select distinct on (digest) digest, {names} from spool where kind = '{kind}'"""  # noqa: S608
        )
        row = con.execute(f"select count(*) from in_{kind}").fetchone()  # noqa: S608  # names are our own
        assert row is not None
        counts[kind] = int(row[0])
    con.execute("drop table spool")
    return counts
