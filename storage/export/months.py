"""The months of a view: which month a row belongs to, and a checksum of each month that tells whether it changed."""

from __future__ import annotations

import hashlib

from fivegwatch.storage.read.queries import QuerySession

ALL = "all"
"""In place of a month: all rows of a view that is not divided by months."""
UNDATED = "undated"
"""In place of a month: the rows whose date is unknown."""
BY_MONTH = {
    "stories": "published_at",
    "ledger": "published_at",
    "mentions": "published_day",
    "entries": "first_seen_at",
    "sightings": "first_seen_at",
    "decisions": "valid_from",
    "polls": "polled_at",
    "failures": "failed_at",
}
"""Views that are divided by months, and the column that gives a row its month."""


def month_of(column: str | None) -> str:
    """SQL for the month (``2026-03``, UTC) of a row, by its ``column`` of days or times.

    If ``column`` is None, the view has no months, and all of its rows belong together.
    """
    if column is None:
        return f"'{ALL}'"
    moment = column if column.endswith("_day") else f"({column} at time zone 'UTC')"
    return f"coalesce(strftime({moment}, '%Y-%m'), '{UNDATED}')"


def checksums(
    session: QuerySession, view: str, columns: dict[str, tuple[str, str]], month: str
) -> dict[str, tuple[int, str]]:
    """The number of rows and the checksum of every month of a view.

    ``month`` is SQL for the month of a row. Types and comments of the ``columns`` are part of the checksum.

    The hashes of rows are added up: with an exclusive or, two equal rows would count as none. Texts are not hashed, but
    count by ``captured_at``, which changes with them.
    """
    hashed = ", ".join(f'"{name}"' for name in columns if name != "body")
    rows = session.ask(
        f"select {month}, count(*), sum(hash({hashed})::hugeint)::varchar from {view} group by 1 order by 1"  # noqa: S608
    ).rows
    shape = repr(list(columns.items()))
    return {
        name: (count, hashlib.sha256(f"{total} {shape}".encode()).hexdigest()[:16])
        for name, count, total in rows
    }
