"""Writes a publication into a lake: rows that differ are deleted and inserted, for all views in one snapshot.

    tables of the version -> days whose sums differ (`changes.py`) -> hash of each row of these days, in corpus and lake
    -> rows that differ -> delete, insert -> commit

The sums of the days are stored in the lake itself (table lake_days), so that they change in one transaction with the
rows. Small views, and views in which much changed, are compared as a whole. Once a day, all views are.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field

from fivegwatch.extractors.errors import SchemaVersionError, StorageError
from fivegwatch.storage.connections import Connection, number, quoted
from fivegwatch.storage.lake.changes import (
    ALL,
    SLICES,
    SOURCES,
    SmallCorpus,
    Sums,
    changed_days,
    share_of,
    sums_of,
)
from fivegwatch.storage.lake.definition import Lake
from fivegwatch.storage.schema.migrate import HERE

UNUSED_HOURS = 24
MOST_CHANGED = 0.2
"""If more than this share of a table's rows belongs to changed days, the whole table is compared."""
ONCE = frozenset({"decisions"})
"""Views that are computed once and stored in a temporary table, since their window functions are costly."""
INFO, DAYS = "lake_info", "lake_days"
_OWN = {
    INFO: (
        "schema_version bigint, contract varchar, version varchar, published_at timestamptz",
        "One row: number of migrations of the corpus, digest of its columns, file name of the published version, time.",
    ),
    DAYS: (
        'source varchar, "day" varchar, "rows" bigint, checksum varchar',
        "Rows of every table of the corpus by day, and the sum of their hashes, by which the next publication knows"
        " what changed.",
    ),
}
_OTHER = 'Write another lake_name in [corpus], for example lake_name = "desk2", or name another lake.'
Columns = dict[str, tuple[str, str]]
"""Type and comment of each column, by its name."""


@dataclass(slots=True)
class Written:
    """What one publication did."""

    snapshot: int = 0
    """Number of the lake's snapshot with this publication."""
    views: list[str] = field(default_factory=list)
    """Names of the views in which rows changed."""
    inserted: int = 0
    deleted: int = 0
    """Rows deleted and rows inserted; a changed row counts as both."""


def write_version(con: Connection, lake: Lake, name: str, *, whole: bool) -> Written:
    """Bring the lake to the state of the published version attached as ``corpus``, whose file name is ``name``.

    With ``whole``, every row of every view is compared.

    Raises: StorageError when the lake has pages that this corpus lacks, so that it holds another corpus or a newer
    state of this one.
    """
    done, target = Written(), f'lake."{lake.schema}"'
    views, notes, present = _columns(con, lake.schema)
    if INFO not in present:
        _claim(con, lake, target, present)
    version = number(con, "select max(number) from corpus.base.schema_migrations")
    contract = hashlib.sha256(repr((views, notes, lake_macros())).encode()).hexdigest()[:16]
    before = _stored_sums(con, target) if DAYS in present or not present else {}
    now = {source: sums_of(con, source) for source in SOURCES}
    changed = {source: changed_days(before.get(source, {}), sums) for source, sums in now.items()}
    many = {source for source, days in changed.items() if share_of(days, now[source]) > MOST_CHANGED}
    # A transaction can write into one database, so this is made before it begins.
    small = None if whole else _small_corpus(con, changed, many)
    con.execute("begin")
    made = _contract_of(con, lake, target, version)
    for gone in present.keys() - views.keys() - _OWN.keys():  # views that a later schema no longer has
        con.execute(f'drop table {target}."{gone}"')
    if present and DAYS not in present:  # a lake of a version that kept its sums otherwise
        _make_own(con, target, DAYS)
    if _stored_sums(con, target) != before:
        raise StorageError(
            f"another program was writing into the lake at {lake.catalogue}. The next run tries again.",
            path=lake.catalogue, kind="lake_busy", transient=True,
        )  # fmt: skip
    for view, columns in views.items():
        remade = present.get(view) != {column: kind for column, (kind, _) in columns.items()}
        if remade:
            _make_table(con, target, view, columns)
        if made != contract:
            _comment(con, target, view, notes[view], columns)
        sources = SLICES[view].sources if view in SLICES else ()
        if not sources:
            now[view] = {ALL: _sum_of_view(con, view, columns)}
        if whole or remade or many.intersection(sources) or (not sources and now[view] != before.get(view)):
            _write_view(con, lake, view, columns, done)
        elif small and any(changed[source] for source in sources):
            _write_view(con, lake, view, columns, done, *small.rows_in(view))
    if made != contract:
        make_macros(con, lake.schema)
    _keep_sums(con, f"{target}.{DAYS}", before, now)
    if done.views or made != contract:
        con.execute(f"delete from {target}.{INFO}")
        con.execute(f"insert into {target}.{INFO} values (?, ?, ?, now())", [version, contract, name])
        con.execute("call lake.set_commit_message('fivegwatch', ?)", [f"{lake.schema}: {name}"])
    con.execute("commit")
    done.snapshot = number(con, "select max(snapshot_id) from lake.snapshots()")
    return done


def _small_corpus(con: Connection, changed: dict[str, set[str]], many: set[str]) -> SmallCorpus | None:
    """The rows of the changed days; None if there are none. Tables in ``many``, of which too many rows changed, are
    left out."""
    some = {source: set() if source in many else days for source, days in changed.items()}
    return SmallCorpus(con, some) if any(some.values()) else None


def _stored_sums(con: Connection, target: str) -> dict[str, Sums]:
    found: dict[str, Sums] = {}
    for source, day, rows, checksum in con.execute(f"from {target}.{DAYS}").fetchall():
        found.setdefault(source, {})[day] = (rows, checksum)
    return found


def _keep_sums(con: Connection, table: str, before: dict[str, Sums], now: dict[str, Sums]) -> None:
    rows = [
        {"source": source, "day": day, "rows": of[0], "checksum": of[1]}
        for source, sums in now.items()
        for day, of in sums.items()
        if before.get(source, {}).get(day) != of
    ]
    gone = [
        (source, day)
        for source, sums in before.items()
        for day in sums
        if sums[day] != now.get(source, {}).get(day)
    ]
    if gone:
        con.execute(
            f'delete from {table} where (source, "day") in (select unnest(?), unnest(?))',
            [[source for source, _ in gone], [day for _, day in gone]],
        )
    if rows:
        con.execute(f"insert into {table} from (select unnest(?, recursive := true))", [rows])


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
    if inside and not number(con, "select max(snapshot_id) from lake.snapshots()"):
        # The clean-up removes files that the catalogue does not name.
        raise StorageError(
            f"[corpus] lake_files = {lake.files} is not empty ({inside[0]}), and the lake {lake.catalogue} is new."
            " Name an empty folder, or the catalogue that these files belong to.",
            path=lake.files, kind="lake_files",
        )  # fmt: skip
    con.execute("begin")
    con.execute(f"create schema if not exists {target}")
    for table in _OWN:
        _make_own(con, target, table)
    con.execute("commit")


def _make_own(con: Connection, target: str, table: str) -> None:
    columns, note = _OWN[table]
    con.execute(f"create table {target}.{table} ({columns})")
    con.execute(f"comment on table {target}.{table} is {quoted(note)}")


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


def _row_hash(columns: Columns) -> str:
    # A text is not hashed: it changes with captured_at only.
    return "hash({})".format(", ".join(f'"{name}"' for name in columns if name != "body"))


def _sum_of_view(con: Connection, view: str, columns: Columns) -> tuple[int, str]:
    row = con.execute(
        f'select count(*), coalesce(sum({_row_hash(columns)}::hugeint), 0)::varchar from corpus.main."{view}"'
    ).fetchone()
    assert row is not None
    return int(row[0]), str(row[1])


def _write_view(
    con: Connection, lake: Lake, view: str, columns: Columns, done: Written, rows: str = "", within: str = "true"
) -> None:  # fmt: skip
    """Change the rows of one table in the lake that differ from those of the view.

    ``rows`` is a table with a condition, which are compared instead of all rows of the view; ``within`` is the
    condition for the rows in the lake.
    """
    table, row_hash = f'lake."{lake.schema}"."{view}"', _row_hash(columns)
    if not rows and view in ONCE:
        con.execute(f'create or replace temp table whole as from corpus.main."{view}"')
    rows = rows or ("whole where true" if view in ONCE else f'corpus.main."{view}" where true')
    deleted = 0
    if con.execute(f"from {table} limit 1").fetchone():
        _compare(
            con, f"{row_hash} as h from {rows}", f"rowid as row, {row_hash} as h from {table} where {within}"
        )
        rows += f" and {row_hash} in (select h from differ)"
        if number(con, "select count(n_before) from differ"):
            gone = f"from {table} where rowid in (select row from stored semi join differ using (h))"
            if view == "ledger":
                _refuse_loss(con, lake, gone)
            deleted = number(con, f"delete {gone}")
        inserted = (
            _insert(con, table, view, columns, rows) if number(con, "select count(n) from differ") else 0
        )
    else:
        inserted = _insert(con, table, view, columns, rows)
    done.inserted += inserted
    done.deleted += deleted
    if inserted or deleted:
        done.views.append(view)


def _compare(con: Connection, rows: str, stored: str) -> None:
    """Fill the temporary tables ``stored`` and ``differ``. The second has each hash of a row that occurs more often on
    one side than on the other."""
    con.execute(f"create or replace temp table present as select {rows}")
    con.execute(f"create or replace temp table stored as select {stored}")
    con.execute(
        "create or replace temp table differ as with"
        " now as (select h, count(*) as n from present group by 1),"
        " before as (select h, count(*) as n from stored group by 1)"
        " select h, now.n, before.n as n_before from now full join before using (h)"
        " where now.n is distinct from before.n"
    )


def _insert(con: Connection, table: str, view: str, columns: Columns, rows: str) -> int:
    chosen = ", ".join(f'"{name}"' for name in columns)
    of = SLICES.get(view)
    # In the order by which rows are looked for, so that DuckDB leaves out files.
    order = (of.at or of.id) if of else "all"
    return number(con, f"insert into {table} select {chosen} from {rows} order by {order}")


def _refuse_loss(con: Connection, lake: Lake, gone: str) -> None:
    """Raise StorageError if the rows to delete include a page that this corpus never judged. Judged pages stay in the
    ledger for ever, so such a lake holds another corpus or a newer state of this one.
    """
    con.execute(f"create or replace temp table gone as select id, url {gone}")
    # By keys of 64 bits: one page in a hundred thousand costs no more than all of them.
    lost = con.execute(
        "select url from gone where md5_number_lower(id) not in (select article_key from corpus.base.articles) limit 1"
    ).fetchone()
    if lost:
        raise StorageError(
            f"the schema {lake.schema} of the lake {lake.catalogue} has pages that this corpus has not, such as"
            f" {lost[0]}: it holds another corpus, or a newer state of this one. {_OTHER}",
            path=lake.catalogue, kind="other_lake",
        )  # fmt: skip


def clean(con: Connection, lake: Lake) -> None:
    """Merge small files, delete snapshots older than ``lake.days``, and remove files that no snapshot needs.

    A replaced file is kept for `UNUSED_HOURS`, because somebody may still be reading it. So is a file that no snapshot
    names, because somebody may still be writing it.
    """
    old = f"older_than => now() - interval '{lake.days} days'"
    con.execute("call ducklake_flush_inlined_data('lake')")
    con.execute(f"call ducklake_expire_snapshots('lake', {old})")
    con.execute("call ducklake_rewrite_data_files('lake')")
    con.execute("call ducklake_merge_adjacent_files('lake')")
    unused = f"older_than => now() - interval '{UNUSED_HOURS} hours'"
    con.execute(f"call ducklake_cleanup_old_files('lake', {unused})")
    con.execute(f"call ducklake_delete_orphaned_files('lake', {unused})")


_STATEMENT = re.compile(r"create or replace macro (?:base\.)?(\w+)\(.*?;\n", re.DOTALL)
_OF_TABLES = re.compile(r"\bbase\.|\bstory\(")
"""Finds macros that cannot work in a lake: they read tables of the schema ``base``, which a lake does not have, or use
the macro ``story``."""


def lake_macros() -> list[str]:
    """The statements that create the macros of a lake, in order: excerpt, pattern_of, search, timeline, coverage,
    developing, known_on.
    """
    text = (
        (HERE / "views" / "macros.sql").read_text(encoding="utf-8").replace("base.pattern_of", "pattern_of")
    )
    statements = (match[0] for match in _STATEMENT.finditer(text))
    return [one.rstrip(";\n") for one in statements if not _OF_TABLES.search(one)]


def make_macros(con: Connection, schema: str) -> None:
    """Create the macros in ``schema`` of the attached ``lake``, in place of older ones."""
    con.execute(f'use lake."{schema}"')
    try:
        for statement in lake_macros():
            con.execute(statement)
    finally:
        con.execute("use memory.main")
