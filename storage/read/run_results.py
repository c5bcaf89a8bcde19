"""What an ingest run changed: its new stories, and the feeds that failed in it or began to work again.

Functions with the parameter ``after``, the id of an earlier run, also include the ingest runs between that run and this
one, because a killed run never reported its results. Ids of runs sort in the order in which the runs began.
"""

from __future__ import annotations

from pathlib import Path

from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.read.queries import query_rows
from fivegwatch.storage.read.store import Row, select
from fivegwatch.storage.spool.records import Run

RUNS = """
    with runs_reported as (
        select run_id from base.runs where run_id = $1 or (flow like 'ingest%' and run_id > $2 and run_id <= $1)
    )
"""
"""SQL for the table ``runs_reported``: the ids of the run $1 and of all ingest runs after the run $2."""


def new_stories(db: Path, run_id: str, after: str, most: int) -> list[Row]:
    """Stories that were first kept in this run, newest first: id, title, url, site, published_at, score, reason."""
    return query_rows(
        db,
        f"""{RUNS}
        select id, title, url, site, published_at, score, reason from stories
        where id in (
            select article_id from base.decisions where relevant group by article_id
            having arg_min(run_id, judged_at) in (from runs_reported)
        )
        order by published_at desc nulls last, id limit $3
        """,  # noqa: S608  # our own text
        [run_id, after, most],
    )


def failing_feeds(db: Path, run_id: str, most: int) -> list[Row]:
    """Feeds that failed in this run, the longest failing first: feed_id, url, since, failures, problem, status."""
    return query_rows(
        db,
        """
        select h.feed_id, h.url, h.first_failed_at as since, h.failures, p.message as problem, h.status
        from base.polls p join base.feed_states_now() h using (feed_id)
        where p.run_id = $1 and p.outcome = 'failed' order by h.failures desc, h.feed_id limit $2
        """,
        [run_id, most],
    )


def feed_transitions(db: Path, run_id: str, after: str) -> list[Row]:
    """Changes of feeds' health that are worth an alert: rows of the view ``transitions`` without the run and the
    time.
    """
    return query_rows(
        db,
        f"""{RUNS}
        select feed_id, url, before, after, event, coalesce(problem, '') as problem from transitions
        where run_id in (from runs_reported) and event <> '' order by changed_at, feed_id
        """,  # noqa: S608  # our own text
        [run_id, after],
    )


def unended_runs(layout: Layout) -> list[Run]:
    """The records of runs without an end: they are still at work, or their process was killed."""
    found = select(
        layout,
        "select run_id, flow, started_at, ended_at, state, message, counts from base.runs where state = 'Running'",
    )
    return [
        Run(**row | {"counts": dict(row["counts"] or {}), "message": row["message"] or ""}) for row in found
    ]
