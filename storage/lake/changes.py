"""Finds what changed in a corpus since its last publication: the days whose rows differ, and a small corpus of only
these rows.

    stamps of a table's rows, added up by day -> days that differ -> their rows in memory -> our views over these

The stamp of a row is the hash of some short columns, chosen so that at least one changes whenever the row does. So a
whole table is added up in a tenth of the time that reading its views would take. The views of the small corpus then
return the rows of the changed days only, because each row of these views depends on a single page or address.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from fivegwatch.storage.connections import Connection

UNDATED = "undated"
"""Used in place of a day for rows whose date is unknown."""
ALL = "all"
"""Used in place of a day for all rows of a table or view that is not divided by days."""
MOST_RANGES = 100
"""Maximum number of ranges of days in one condition. If there are more, the condition lists single days; DuckDB then
has to read every file."""
Sums = dict[str, tuple[int, str]]
"""For each day, the number of its rows and the sum of their stamps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A table of the schema ``base`` that views read."""

    at: str
    """The column from which the day of a row is taken; empty if the table is not divided by days."""
    stamp: str
    """Columns, at least one of which changes whenever the row does."""
    id: str = ""
    """The column with the id of the page or address that a row belongs to; empty if there is none."""
    key: str = ""
    """The column with the 64-bit key of ``id``."""
    rows: str = "true"
    """SQL condition for the rows that the views show."""


SOURCES = {
    "articles": Source(
        at="published_at", id="article_id", key="article_key",
        stamp="article_key, captured_at, judged_at, digest, content_id, relevant, published_at, first_seen_at,"
        " sightings, feeds, entities, countries, countries_named, cluster_id, moved_to, corrected_topics,"
        " corrected_countries, corrected_relevant, raw_ref, text_kept, (facts).version",
    ),
    "entries": Source(
        at="first_seen_at", id="entry_id", key="entry_key",
        stamp="entry_key, article_key, variant, announced_at, changed_at, first_seen_at, published_at,"
        " latest_published_at, state, attempts, attempted_at, next_attempt_at, retry_after_at, status, retrying_since",
    ),
    "sightings": Source(
        at="first_seen_at", id="entry_id", key="entry_key", rows="versions is not null",
        stamp="entry_key, feed_id, rank, first_seen_at, versions, coalesce(last_version_at, last_seen_at)",
    ),
    "decisions": Source(
        at="judged_at", id="article_id", key="article_key",
        stamp="article_key, captured_at, judged_at, digest, rules_fingerprint",
    ),
    "polls": Source(at="polled_at", stamp="feed_id, polled_at, outcome, bytes, seconds"),
    "poll_days": Source(at="polled_on", stamp="feed_id, polled_on, polls, bytes, seconds"),
    "failures": Source(at="failed_at", stamp="url, stage, kind, failed_at, digest, repeats"),
    "feeds": Source(at="", stamp="feed_id, title"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """A view whose rows can be computed for only some pages, addresses or days."""

    sources: tuple[str, ...]
    """The tables that the view reads; the day of a row is taken from the first one."""
    at: str = ""
    """The view's column with that day; empty if it has none."""
    id: str = ""
    """The view's column with the id of the page or address; empty if it has none."""


SLICES = {
    "roles": Slice(sources=("articles",), id="story_id"),
    "ledger": Slice(sources=("articles",), at="published_at", id="id"),
    "stories": Slice(sources=("articles",), at="published_at", id="id"),
    "mentions": Slice(sources=("articles",), at="published_day", id="story_id"),
    "evidence": Slice(sources=("articles",), id="story_id"),
    "entries": Slice(sources=("entries",), at="first_seen_at", id="id"),
    "sightings": Slice(
        sources=("sightings", "entries", "articles", "feeds"), at="first_seen_at", id="entry_id"
    ),
    "decisions": Slice(sources=("decisions",), at="valid_from", id="story_id"),
    "polls": Slice(sources=("polls", "poll_days"), at="polled_at"),
    "poll_days": Slice(sources=("poll_days", "polls"), at="polled_on"),
    "failures": Slice(sources=("failures",), at="failed_at"),
}
"""All large views in which each row depends on a single page or address; a view comes after the views that it reads."""


def day_of(column: str) -> str:
    """An SQL expression for the day (UTC) of ``column``, a date or time; null if ``column`` is null."""
    # A cast of a time with a zone would ask for the calendar of every row.
    return column if column.endswith(("_day", "_on")) else f"make_timestamp(epoch_us({column}))::date"


def sums_of(con: Connection, source: str) -> Sums:
    """For every day in a table of the attached ``corpus``, the number of rows and the sum of their stamps."""
    table = SOURCES[source]
    day = f"coalesce({day_of(table.at)}::varchar, '{UNDATED}')" if table.at else f"'{ALL}'"
    rows = con.execute(
        f"select {day}, count(*), sum(hash({table.stamp})::hugeint)::varchar"  # noqa: S608 - our names
        f" from corpus.base.{source} where {table.rows} group by 1"
    ).fetchall()
    return {day: (count, checksum) for day, count, checksum in rows}


def changed_days(before: Sums, now: Sums) -> set[str]:
    """The days whose rows differ between the two sums."""
    return {day for day in before.keys() | now.keys() if before.get(day) != now.get(day)}


def share_of(days: Collection[str], now: Sums) -> float:
    """The share of a table's rows that belong to ``days``, 0 to 1; 1 if some days changed and the table is empty
    now.
    """
    rows = sum(count for count, _ in now.values())
    return sum(now[day][0] for day in days if day in now) / rows if rows else float(bool(days))


def rows_of_days(column: str, days: Collection[str]) -> str:
    """An SQL condition: ``column`` is on one of ``days``. It is written as ranges, so that DuckDB can skip files."""
    dated = sorted(date.fromisoformat(day) for day in days if day != UNDATED)
    is_date = column.endswith(("_day", "_on"))
    kind, zone = ("date", "") if is_date else ("timestamptz", " 00:00:00+00")
    ranges = [
        f"({column} >= {kind} '{first}{zone}' and {column} < {kind} '{after}{zone}')"
        for first, after in _runs(dated)
    ]
    if len(ranges) > MOST_RANGES:
        listed = ", ".join(f"'{day}'" for day in sorted(days))
        return f"coalesce({day_of(column)}::varchar, '{UNDATED}') in ({listed})"
    if UNDATED in days:
        ranges.append(f"{column} is null")
    return f"({' or '.join(ranges)})" if ranges else "false"


def _runs(days: list[date]) -> Iterator[tuple[date, date]]:
    """The days as ranges without a gap: for each, the first day and the day after the last."""
    start = 0
    for at, day in enumerate(days):
        if at + 1 == len(days) or days[at + 1] > day + timedelta(days=1):
            yield days[start], day + timedelta(days=1)
            start = at + 1


class SmallCorpus:
    """The views of the attached ``corpus``, computed over the rows of changed days only, in the connection's own
    database.
    """

    def __init__(self, con: Connection, changed: Mapping[str, set[str]]) -> None:
        """``changed`` are the changed days of every source."""
        self._con, self._changed = con, changed
        con.execute("create schema if not exists memory.base")
        # A page that came from an archive has a sighting by its own key.
        self._keep_keys("pages", "articles")
        self._keep_keys("addresses", "entries", "sightings", "articles")
        self._keep_keys("verdicts", "decisions")
        self._copy("articles", "pages", "addresses")
        self._copy("entries", "addresses")
        self._copy("sightings", "addresses")
        self._copy("decisions", "verdicts")
        for source in ("polls", "poll_days", "failures"):
            self._table(source, rows_of_days(SOURCES[source].at, self._days_without_ids(source)))
        self._table("feeds", "true")
        sql = dict(
            con.execute("select view_name, sql from duckdb_views() where database_name = 'corpus'").fetchall()
        )
        for view in SLICES:
            con.execute(sql[view].replace("CREATE VIEW ", "create or replace view memory.main.", 1))

    def _keep_keys(self, name: str, *sources: str) -> None:
        keys = " union ".join(
            f"select {SOURCES[source].key} as key from corpus.base.{source}"  # noqa: S608 - our names
            f" where {SOURCES[source].rows} and {rows_of_days(SOURCES[source].at, self._changed[source])}"
            for source in sources
        )
        self._con.execute(f"create or replace temp table {name} as {keys}")

    def _copy(self, source: str, *keys: str) -> None:
        """Copy the rows of a table that have one of these keys. Their row numbers are looked up first, so that DuckDB
        reads the long columns of these rows alone."""
        wanted = " union ".join(f"select key from {name}" for name in keys)  # noqa: S608 - our names
        rows = f"select rowid as number from corpus.base.{source} where {SOURCES[source].key} in ({wanted})"  # noqa: S608
        self._con.execute(f"create or replace temp table row_numbers as {rows}")
        self._table(source, "rowid in (select number from row_numbers)")

    def _table(self, source: str, where: str) -> None:
        self._con.execute(
            f"create or replace table memory.base.{source} as from corpus.base.{source} where {where}"
        )

    def _days_without_ids(self, source: str) -> set[str]:
        """The changed days for all views without an id column that use this source."""
        views = [one for one in SLICES.values() if not one.id and source in one.sources]
        return {day for view in views for used in view.sources for day in self._changed[used]}

    def rows_in(self, view: str) -> tuple[str, str]:
        """Two pieces of SQL for the comparison of ``view``: its new rows (a table of the small corpus with a
        condition), and the condition for its rows published before."""
        of = SLICES[view]
        if not of.id:
            days = rows_of_days(of.at, self._days_without_ids(of.sources[0]))
            return f"memory.main.{view} where {days}", days
        source = of.sources[0]
        known = f"{of.id} in (select {SOURCES[source].id} from memory.base.{source})"  # noqa: S608 - our names
        if not of.at:
            return f"memory.main.{view} where true", known
        changed = self._changed[source]
        rows = self._con.execute(
            f"select distinct coalesce({day_of(SOURCES[source].at)}::varchar, '{UNDATED}')"  # noqa: S608 - our names
            f" from memory.base.{source}"
        ).fetchall()
        near = rows_of_days(of.at, changed | {day for (day,) in rows})
        # A row of a changed day whose page is gone or has another day now must go as well.
        return f"memory.main.{view} where true", f"{near} and ({rows_of_days(of.at, changed)} or {known})"
