"""What a publication changes in a lake: rows that differ are deleted and inserted, all views in one snapshot.

    views of the version -> hash of each row -> months whose sums differ -> rows that differ -> delete, insert -> commit

The sums of the months stand in the lake itself (table lake_months), so that they change with the rows or not at all.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from fivegwatch.extractors.errors import SchemaVersionError, StorageError
from fivegwatch.storage.connections import Connection
from fivegwatch.storage.export.months import BY_MONTH, month_of, rows_of_months
from fivegwatch.storage.lake.connection import quoted
from fivegwatch.storage.lake.definition import Lake

UNUSED_HOURS = 24
ONCE = frozenset({"decisions"})
"""Views that are computed once and kept, as DuckDB cannot compute one month of them alone (window functions)."""
INFO, MONTHS = "lake_info", "lake_months"
_OWN = {
    INFO: (
        "schema_version bigint, contract varchar, version varchar, published_at timestamptz",
        "One row: number of migrations of the corpus, digest of its columns, file name of the published version, time.",
    ),
    MONTHS: (
        '"view" varchar, "month" varchar, "rows" bigint, checksum varchar',
        "Rows of every view by month, and the sum of their hashes, by which the next publication knows what changed.",
    ),
}
_OTHER = 'Write another lake_name in [corpus], for example lake_name = "desk2", or name another lake.'
Columns = dict[str, tuple[str, str]]
"""Type and comment by name."""
Sums = dict[str, tuple[int, str]]
"""Number of rows and sum of their hashes by month."""


@dataclass(slots=True)
class Written:
    """What one publication did."""

    snapshot: int = 0
    """Number of the snapshot that holds it."""
    views: list[str] = field(default_factory=list)
    """Views with rows that changed."""
    inserted: int = 0
    deleted: int = 0
    """Rows; one that changed is deleted and inserted."""


def write_version(con: Connection, lake: Lake, name: str) -> Written:
    """Bring the lake to the state of the published version attached as ``corpus``, whose file name is ``name``.

    Raises: StorageError when the lake holds what this corpus does not: it is of another corpus, or of a newer one.
    """
    done, target = Written(), f'lake."{lake.schema}"'
    views, notes, present = _columns(con, lake.schema)
    if INFO not in present:
        _claim(con, lake, target, present)
    version = _one(con, "select max(number) from corpus.base.schema_migrations")
    contract = hashlib.sha256(repr((views, notes)).encode()).hexdigest()[:16]
    con.execute("begin")
    made = _contract_of(con, lake, target, version)
    for gone in present.keys() - views.keys() - _OWN.keys():  # views that a later schema no longer has
        con.execute(f'drop table {target}."{gone}"')
    before: dict[str, Sums] = {view: {} for view in views}
    for view, month, rows, checksum in con.execute(f"from {target}.{MONTHS}").fetchall():
        before.setdefault(view, {})[month] = (rows, checksum)
    now: list[tuple[str, str, int, str]] = []
    for view, columns in views.items():
        if present.get(view) != {column: kind for column, (kind, _) in columns.items()}:
            _make_table(con, target, view, columns)
            before[view] = {}
        if made != contract:
            _comment(con, target, view, notes[view], columns)
        sums = _write_view(con, lake, view, columns, before[view], done)
        now += [(view, month, *of) for month, of in sums.items()]
    if done.views or made != contract:
        con.execute(f"delete from {target}.{INFO}")
        con.execute(f"insert into {target}.{INFO} values (?, ?, ?, now())", [version, contract, name])
        con.execute(f"delete from {target}.{MONTHS}")
        con.execute(
            f"insert into {target}.{MONTHS} from (select unnest(?, recursive := true))",
            [[dict(zip(("view", "month", "rows", "checksum"), row, strict=True)) for row in now]],
        )
        con.execute("call lake.set_commit_message('fivegwatch', ?)", [f"{lake.schema}: {name}"])
    con.execute("commit")
    done.snapshot = _one(con, "select max(snapshot_id) from lake.snapshots()")
    return done


def _one(con: Connection, sql: str) -> int:
    row = con.execute(sql).fetchone()
    assert row is not None
    return int(row[0] or 0)


def _columns(
    con: Connection, schema: str
) -> tuple[dict[str, Columns], dict[str, str], dict[str, dict[str, str]]]:
    """Columns and comments of the views of the corpus, and the types of the columns of the tables in the lake."""
    notes = dict(
        con.execute(
            "select view_name, coalesce(comment, '') from duckdb_views()"
            " where database_name = 'corpus' and schema_name = 'main' and not internal"
            " order by view_name <> 'ledger', view_name"
        ).fetchall()
    )
    views: dict[str, Columns] = {name: {} for name in notes}
    tables: dict[str, dict[str, str]] = {}
    # Asked once: DuckDB binds every view and reads the lake's catalogue for it.
    rows = con.execute(
        "select database_name, table_name, column_name, data_type, coalesce(comment, '') from duckdb_columns()"
        " where (database_name, schema_name) in (('corpus', 'main'), ('lake', ?)) order by table_name, column_index",
        [schema],
    ).fetchall()
    for database, table, column, kind, note in rows:
        if database == "lake":
            tables.setdefault(table, {})[column] = kind
        elif table in views:
            views[table][column] = (kind, note)
    return views, notes, tables


def _claim(con: Connection, lake: Lake, target: str, present: dict[str, dict[str, str]]) -> None:
    """Make the schema of this corpus with our own two tables, before any file is written.

    Raises: StorageError when the schema, or the folder of a new lake, has something in it that is not ours.
    """
    if present:
        raise StorageError(
            f"the schema {lake.schema} of the lake {lake.catalogue} has tables that fivegwatch did not make:"
            f" {', '.join(sorted(present)[:3])}. {_OTHER}",
            path=lake.catalogue, kind="other_lake",
        )  # fmt: skip
    inside = con.execute("select file from glob(?) limit 1", [f"{lake.files.rstrip('/')}/**"]).fetchone()
    if inside and not _one(con, "select max(snapshot_id) from lake.snapshots()"):
        # The clean-up removes files that the catalogue does not name.
        raise StorageError(
            f"[corpus] lake_files = {lake.files} is not empty ({inside[0]}), and the lake {lake.catalogue} is new."
            " Name an empty folder, or the catalogue that these files belong to.",
            path=lake.files, kind="lake_files",
        )  # fmt: skip
    con.execute("begin")
    con.execute(f"create schema if not exists {target}")
    for table, (columns, note) in _OWN.items():
        con.execute(f"create table {target}.{table} ({columns})")
        con.execute(f"comment on table {target}.{table} is {quoted(note)}")
    con.execute("commit")


def _contract_of(con: Connection, lake: Lake, target: str, version: int) -> str:
    """The digest of the columns in the lake, empty if nothing was published yet.

    Raises: SchemaVersionError when a newer fivegwatch published it.
    """
    made, contract = con.execute(f"select schema_version, contract from {target}.{INFO}").fetchone() or (
        0,
        "",
    )
    if made > version:
        raise SchemaVersionError(
            f"the lake {lake.catalogue} was written by a newer fivegwatch (schema {made}, the corpus has {version})."
            " Upgrade fivegwatch here.",
            path=lake.catalogue, kind="newer",
        )  # fmt: skip
    return str(contract)


def _make_table(con: Connection, target: str, view: str, columns: Columns) -> None:
    typed = ", ".join(f'"{column}" {kind}' for column, (kind, _) in columns.items())
    con.execute(f'drop table if exists {target}."{view}"')
    con.execute(f'create table {target}."{view}" ({typed})')


def _comment(con: Connection, target: str, view: str, note: str, columns: Columns) -> None:
    con.execute(f'comment on table {target}."{view}" is {quoted(note)}')
    for column, (_, text) in columns.items():
        con.execute(f'comment on column {target}."{view}"."{column}" is {quoted(text)}')


def _write_view(
    con: Connection, lake: Lake, view: str, columns: Columns, before: Sums, done: Written
) -> Sums:
    """Change the rows of one table that differ from those of the view; returns the new sums of its months."""
    table, source = f'lake."{lake.schema}"."{view}"', f'corpus.main."{view}"'
    if view in ONCE:
        con.execute(f"create or replace temp table whole as from {source}")
        source = "whole"
    dated = BY_MONTH.get(view)
    # A text is not hashed: it changes with captured_at only.
    row_hash = "hash({})".format(", ".join(f'"{name}"' for name in columns if name != "body"))
    con.execute(
        f"create or replace temp table present as select {month_of(dated)} as month, {row_hash} as h from {source}"
    )
    rows = con.execute("select month, count(*), sum(h::hugeint)::varchar from present group by 1").fetchall()
    now = {name: (count, checksum) for name, count, checksum in rows}
    changed = sorted(name for name in now.keys() | before.keys() if now.get(name) != before.get(name))
    if not changed:
        return now
    within = rows_of_months(dated, changed)
    con.execute(
        f"create or replace temp table stored as select rowid as row, {row_hash} as h from {table} where {within}"
    )
    con.execute(
        "create or replace temp table differ as with"
        f" now as (select h, count(*) as n from present where month in (select unnest({changed})) group by 1),"
        " before as (select h, count(*) as n from stored group by 1)"
        " select h, now.n, before.n as n_before from now full join before using (h)"
        " where now.n is distinct from before.n"
    )
    if _one(con, "select count(n_before) from differ"):
        gone = f"from {table} where rowid in (select row from stored semi join differ using (h))"
        if view == "ledger":
            _refuse_loss(con, lake, f"select url {gone} and id not in (select id from {source}) limit 1")
        done.deleted += _one(con, f"delete {gone}")
    if _one(con, "select count(n) from differ"):
        chosen, order = ", ".join(f'"{name}"' for name in columns), dated or "all"
        new = f"from {source} where ({within}) and {row_hash} in (select h from differ) order by {order}"
        done.inserted += _one(con, f"insert into {table} select {chosen} {new}")
    done.views.append(view)
    return now


def _refuse_loss(con: Connection, lake: Lake, sql: str) -> None:
    """Every judged page stays in the ledger for ever: one that would go means another corpus, or an older one."""
    if gone := con.execute(sql).fetchone():
        raise StorageError(
            f"the schema {lake.schema} of the lake {lake.catalogue} has pages that this corpus has not, such as"
            f" {gone[0]}: it holds another corpus, or a newer state of this one. {_OTHER}",
            path=lake.catalogue, kind="other_lake",
        )  # fmt: skip


def clean(con: Connection, lake: Lake) -> None:
    """Join small files, let snapshots go that are older than ``lake.days``, and remove files that nobody can need.

    A file stays for `UNUSED_HOURS` after it was replaced, as a reader may be at it; so does a file that no snapshot
    names, as its writer may be at work.
    """
    old = f"older_than => now() - interval '{lake.days} days'"
    con.execute("call ducklake_flush_inlined_data('lake')")
    con.execute(f"call ducklake_expire_snapshots('lake', {old})")
    con.execute("call ducklake_rewrite_data_files('lake')")
    con.execute("call ducklake_merge_adjacent_files('lake')")
    unused = f"older_than => now() - interval '{UNUSED_HOURS} hours'"
    con.execute(f"call ducklake_cleanup_old_files('lake', {unused})")
    con.execute(f"call ducklake_delete_orphaned_files('lake', {unused})")
