"""Divides a view into months, and computes a checksum of each month by which changes are detected."""

from __future__ import annotations

import hashlib

from fivegwatch.storage.read.queries import QuerySession

ALL = "all"
"""Used in place of a month for all rows of a view that is not divided by months."""
UNDATED = "undated"
"""Used in place of a month for rows whose date is unknown."""
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
"""The views that are divided by months, each with the column from which the month of a row is taken."""


def month_of(column: str | None) -> str:
    """An SQL expression for the month (``2026-03``, UTC) of ``column``, which holds days or times.

    If ``column`` is None, the view is not divided by months, and the expression is `ALL` for every row.
    """
    if column is None:
        return f"'{ALL}'"
    moment = column if column.endswith("_day") else f"({column} at time zone 'UTC')"
    return f"coalesce(strftime({moment}, '%Y-%m'), '{UNDATED}')"


def checksums(
    session: QuerySession, view: str, columns: dict[str, tuple[str, str]], month: str
) -> dict[str, tuple[int, str]]:
    """For every month of a view, the number of its rows and their checksum.

    ``month`` is the SQL expression for the month of a row. Types and comments of the ``columns`` are part of the
    checksum.

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
