"""Mends the times of records that were made while the machine's clock was ahead.

    times over a day later than now -> a map that keeps their order -> batches rewritten -> store updated -> published

The map puts these late times between the last believable record and now. A run after the clock was corrected has
late times too, because its records must not be earlier than the latest record. But the id of that run holds the true
time of its start, so the run gets its true times back.

Batches are rewritten before the store, because the store can be rebuilt from them. A second attempt repeats the same
steps.
"""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from fivegwatch.storage.connections import Connection, opened
from fivegwatch.storage.disk.files import disk_errors, hold, prepare, put_file
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.load.loader import load_locked
from fivegwatch.storage.load.publish import publish_locked

WAIT_S = 60.0
FAR = timedelta(days=1)
"""A record whose time is later than now by more than this was made while the clock was ahead."""
STAMPS = frozenset(
    {
        "polled_at", "synced_at", "attempted_at", "announced_at", "first_seen_at", "last_seen_at", "changed_at",
        "started_at", "ended_at", "judged_at", "captured_at", "first_captured_at", "failed_at", "loaded_at",
        "applied_at", "checked_at", "first_failed_at", "done_at", "article_at", "retrying_since", "found_at", "seen_at",
        "raised_at", "made_at", "last_new_at", "last_version_at", "health_since", "from_at", "to_at",
        "measured_at",
    }
)  # fmt: skip
"""Columns with the time at which this program recorded or did something."""
DUE = frozenset({"next_poll_at", "next_attempt_at", "retry_after_at"})
"""Columns with a time for which this program planned an action; they are moved along with the stamps of their row."""
CLAIMED = frozenset({"published_at", "updated_at", "claimed_at", "latest_published_at", "newest_at", "since"})
"""Columns with times that pages or feeds claim; they are never moved, except those in `_STAMPS_ALSO`."""
_STAMPS_ALSO = frozenset({("units", "updated_at"), ("unit", "updated_at"), ("drift", "since")})
"""Further stamps, as pairs: table or kind of record, column."""
_COUNTED_ON = frozenset(
    {"polled_at", "synced_at", "attempted_at", "announced_at", "started_at", "ended_at", "updated_at"}
)
"""Stamps that are never set to a time before the latest record of the corpus; other stamps are the system's time."""
_KNOTS = 400
"""Maximum number of runs that define the map; times between two runs are interpolated."""
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class FarStamps:
    """The late times in a store: those that are later than now by more than `FAR`."""

    believable: datetime | None
    """The latest time of a record that is not late, but at most now; None if all records are late."""
    first: datetime
    last: datetime
    runs: tuple[tuple[datetime, datetime], ...]
    """Pairs of times, in order, for runs whose recorded start is late: that start, and the start by the run's id.
    Runs whose id gives no believable time are left out."""

    def sentence(self) -> str:
        """The problem in one sentence, with the earliest and latest of the late times."""
        return (
            f"records are stamped from {self.first:%Y-%m-%d %H:%M} to {self.last:%Y-%m-%d %H:%M} UTC, which is yet to"
            " come: an earlier run had a clock that was ahead"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """How many records and batches were changed by a repair of late times."""

    stamps: FarStamps
    rows: int
    """Number of rows of the store that were changed."""
    batches: int
    """Number of spool batches that were rewritten."""

    def sentence(self) -> str:
        """What the repair changed, in one line."""
        return (
            f"{self.rows:,} rows and {self.batches:,} batches stamped from {self.stamps.first:%Y-%m-%d} to"
            f" {self.stamps.last:%Y-%m-%d} have times before now again; their order is unchanged"
        )


class TimeMap:
    """Maps late times to times before now. Keeps their order and, where there is enough room, the durations between
    them.
    """

    def __init__(self, knots: Sequence[tuple[datetime, datetime]]) -> None:
        self._from = [far for far, _ in knots]
        self._to = [near for _, near in knots]

    @classmethod
    def of(cls, stamps: FarStamps, now: datetime) -> TimeMap:
        """The map for the times in ``stamps``. Of two different times, the later one stays the later one."""
        begin = (stamps.believable or min(now - (stamps.last - stamps.first), now - FAR)) + _TICK
        step = max(1, -(-len(stamps.runs) // _KNOTS))
        knots = [(stamps.first, begin)]
        for far, near in stamps.runs[::step]:
            if far > knots[-1][0] and knots[-1][1] < near < now:
                knots.append((far, near))
        # Room for the last stretch; where there is none, it is squeezed into a moment.
        end = max(now, knots[-1][1] + _TICK)
        return cls([*knots, (max(stamps.last, knots[-1][0] + _TICK), end)])

    @property
    def first(self) -> datetime:
        """The earliest time that is mapped."""
        return self._from[0]

    def near(self, far: datetime) -> datetime:
        """The time that replaces ``far``; a planned time after the last record keeps its distance to that record."""
        index = max(0, min(bisect_right(self._from, far) - 1, len(self._from) - 2))
        begin, end = self._from[index], self._from[index + 1]
        to_begin, to_end = self._to[index], self._to[index + 1]
        scale = min(1.0, (to_end - to_begin) / (end - begin))
        return to_begin + min(far - begin, end - begin) * scale + max(far - end, timedelta())

    def sql(self, column: str) -> str:
        """An SQL expression for `near` of the times in ``column``; exact to the microsecond."""
        cases = []
        for (begin, end), (to_begin, to_end) in zip(pairwise(self._from), pairwise(self._to), strict=True):
            scale = min(1.0, (to_end - to_begin) / (end - begin))
            inside = f"least(epoch_us({column}), {_us(end)}) - {_us(begin)}"
            after = f"greatest(epoch_us({column}) - {_us(end)}, 0)"
            whole = f"make_timestamptz({_us(to_begin)} + (({inside}) * {scale!r}::double)::bigint + {after})"
            cases.append((end, whole))
        *firsts, (_, last) = cases
        whens = " ".join(f"when epoch_us({column}) < {_us(end)} then {value}" for end, value in firsts)
        return f"case {whens} else {last} end" if firsts else last


def far_stamps(layout: Layout, now: datetime) -> FarStamps | None:
    """The late times in the store, by ``now``, a time known to be right; None if there are none or no store.

    Raises: CorpusBusyError, StorageError.
    """
    if not layout.store.exists():
        return None
    with opened(layout.store, read_only=True) as con:
        return _far_stamps(con, now)


def mend_far_stamps(layout: Layout, now: datetime) -> Mended | None:
    """Give records with late times a time before ``now`` and publish the corpus; None if there were no such records.

    ``now`` must be right: if it is too early, correct records are moved as well. The caller holds the run lock.

    Raises: CorpusBusyError when a loader is at work for longer than a minute; StorageError.
    """
    prepare(layout)
    with hold(layout.load_lock, "a load", wait_s=WAIT_S):
        load_locked(layout, wait_s=WAIT_S)
        stamps = far_stamps(layout, now)
        if stamps is None:
            return None
        times = TimeMap.of(stamps, now)
        batches = sum(_mend_batch(path, times, now) for path in sorted(layout.done.glob("*.parquet")))
        with opened(layout.store, read_only=False, wait_s=WAIT_S) as con:
            con.execute("begin")
            rows = sum(
                _mend_table(con, table, columns, times, now) for table, columns in _columns(con).items()
            )
            con.execute("commit")
        publish_locked(layout)
    return Mended(stamps=stamps, rows=rows, batches=batches)


def _far_stamps(con: Connection, now: datetime) -> FarStamps | None:
    parts = [
        f"select {column} as t, {column in _COUNTED_ON} as counted_on from base.{table}"  # noqa: S608  # our own tables
        for table, columns in _columns(con).items()
        for column in columns
        if _is_stamp(table, column) and table not in {"schema_migrations", "load_log"}
    ]
    if not parts:
        return None
    row = con.execute(
        "select max(t) filter (where counted_on and t <= $1), min(t) filter (where t > $1), max(t) from"  # noqa: S608
        f" ({' union all '.join(parts)})",
        [now + FAR],
    ).fetchone()
    assert row is not None
    if row[1] is None:
        return None
    runs = con.execute(
        """
        select started_at, regexp_extract(run_id, '(\\d{8}T\\d{6})Z', 1) as began from base.runs
        where started_at > $1 and began <> '' order by started_at
        """,
        [now + FAR],
    ).fetchall()
    known = (
        (started, datetime.strptime(began, "%Y%m%dT%H%M%S").replace(tzinfo=UTC)) for started, began in runs
    )
    believable = min(row[0], now) if row[0] else None
    return FarStamps(believable, row[1], row[2], tuple(pair for pair in known if pair[1] <= now))


def _columns(con: Connection) -> dict[str, list[str]]:
    """For each table, the names of its columns that hold times."""
    answer = con.execute(
        """
        select table_name, list(column_name order by column_index) from duckdb_columns()
        where schema_name = 'base' and data_type = 'TIMESTAMP WITH TIME ZONE'
            and table_name in (select table_name from duckdb_tables() where schema_name = 'base')
        group by all order by all
        """
    ).fetchall()
    return dict(answer)


def _is_stamp(table: str, column: str) -> bool:
    return column in STAMPS or (table, column) in _STAMPS_ALSO


def _mend_table(con: Connection, table: str, columns: list[str], times: TimeMap, now: datetime) -> int:
    stamps = [column for column in columns if _is_stamp(table, column)]
    if not stamps:
        return 0
    limit, first = (f"make_timestamptz({_us(moment)})" for moment in (now + FAR, times.first))
    changes = [
        # A poll may be planned for more than a day ahead: only what the far clock planned is moved.
        f"{column} = case when {column} > {limit} and {column} >= {first} then {times.sql(column)} else {column} end"
        for column in columns
        if column in DUE or column in stamps
    ]
    row = con.execute(
        f"update base.{table} set {', '.join(changes)} where greatest({', '.join(stamps)}) > {limit}"  # noqa: S608
    ).fetchone()
    return int(row[0]) if row else 0


def _mend_batch(path: Path, times: TimeMap, now: datetime) -> bool:
    """Rewrite a batch under its own name if it holds far stamps; returns whether it did."""
    import pyarrow as pa
    import pyarrow.parquet as pq  # slow to import, and seldom needed

    with disk_errors(path, "rewrite a batch"):
        table = pq.read_table(path)
    changed = False
    for index, column in enumerate(table.schema):
        if not pa.types.is_struct(column.type):
            continue
        rows = table.column(index).to_pylist()
        mended = [row and _mend_record(column.name, row, times, now) for row in rows]
        if mended != rows:
            table, changed = table.set_column(index, column, pa.array(mended, column.type)), True
    if changed:
        content = io.BytesIO()
        pq.write_table(table, content, compression="zstd")
        with disk_errors(path, "rewrite a batch"):
            put_file(path, content.getvalue())
    return changed


def _mend_record(kind: str, record: dict[str, Any], times: TimeMap, now: datetime) -> dict[str, Any]:
    def is_far(name: str) -> bool:
        return isinstance(record[name], datetime) and record[name] > now + FAR and record[name] >= times.first

    stamps = {name for name in record if _is_stamp(kind, name)}
    if not any(map(is_far, stamps)):
        return record
    moved = {name: times.near(record[name]) for name in record if name in stamps | DUE and is_far(name)}
    return record | moved


def _us(moment: datetime) -> int:
    return round((moment - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(microseconds=1))
