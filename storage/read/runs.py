"""Records of runs, read from the store."""

from __future__ import annotations

from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.read.store import select
from fivegwatch.storage.spool.records import Run


def unended_runs(layout: Layout) -> list[Run]:
    """The records of runs that have begun and not ended: those at work, and those whose process was killed."""
    found = select(
        layout,
        "select run_id, flow, started_at, ended_at, state, message, counts from base.runs where state = 'Running'",
    )
    return [
        Run(**row | {"counts": dict(row["counts"] or {}), "message": row["message"] or ""}) for row in found
    ]
