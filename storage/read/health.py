"""What `status` reads: the corpus's counts, runs, feeds and outlets, over one connection."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from fivegwatch.extractors.feeds.health import TROUBLES
from fivegwatch.storage.connections import Connection, opened
from fivegwatch.storage.read.completeness import last_measured
from fivegwatch.storage.read.store import Row, rows
from fivegwatch.storage.schema.migrate import is_current

_COUNTS = """
    select
        count(*) filter (where verdict = 'kept') as stories,
        count(*) filter (where verdict = 'near_miss') as near_misses,
        count(*) filter (where verdict = 'rejected') as rejected
    from ledger
"""
_ENTRIES = """
    select
        count(*) filter (where state = 'pending' or state = 'retry' and kind is distinct from 'walled') as waiting,
        count(*) filter (where state = 'retry' and kind = 'walled') as walled,
        (select coalesce(sum(entries), 0)::bigint from base.entry_counts where state = 'gone') as given_up
    from base.open_entries
"""
# 60 runs show the interval of the schedule beside runs by hand. No parameter: with one, DuckDB imports pandas where it
# is installed, which takes a second.
_RUNS = """
    select run_id, flow, started_at, ended_at, seconds, state, message from runs
    order by started_at desc
    limit 60
"""
_FEEDS = """
    select feed_id, status, failures, first_failed_at as since, problem, polled_at, last_outcome,
        entries > 0 as worked
    from base.feed_states_now() order by failures desc, feed_id
"""
_DRIFTING = """
    select site, measure, value, usual, low, high, since, chance, newest, earlier
    from outlet_drift where drifts order by since desc, site, measure
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What `status` shows of the corpus: counts, last runs, feeds and outlets."""

    counts: dict[str, int]
    """Numbers of stories, near misses and rejected pages; of pages that wait, that were judged by the part shown and
    are requested again (a wall or a notice hides the rest), or that were given up; and the corpus's size in bytes."""
    runs: list[Row]
    """The last runs, newest first."""
    feeds: list[Row]
    """Every feed with its state; feeds with the most failed polls in a row come first."""
    drifting: list[Row] = field(default_factory=list)
    """Outlets whose newest pages differ from their earlier pages; see the view ``outlet_drift``."""

    completeness: list[Row] = field(default_factory=list)
    """The last measurement of completeness by each independent index; see the view ``completeness``."""

    @property
    def troubled(self) -> list[Row]:
        """All feeds that are in trouble of any kind."""
        return [row for row in self.feeds if row["status"] in TROUBLES]

    @property
    def latest(self) -> datetime | None:
        """The latest time in the record of any run; None before the first run."""
        return max((row["ended_at"] or row["started_at"] for row in self.runs), default=None)


def overview(db: Path) -> Overview:
    """The overview of the published corpus ``db``.

    Raises: CorpusBusyError, SchemaVersionError, StorageError.
    """
    with opened(db, read_only=True) as con:
        is_current(con)
        return Overview(
            counts=_counts(con, db),
            runs=rows(con, _RUNS),
            feeds=rows(con, _FEEDS),
            drifting=rows(con, _DRIFTING),
            completeness=last_measured(con),
        )


def corpus_counts(db: Path) -> dict[str, int]:
    """The numbers in `Overview.counts`, of the published corpus ``db``. Raises: CorpusBusyError, StorageError."""
    with opened(db, read_only=True) as con:
        return _counts(con, db)


def _counts(con: Connection, db: Path) -> dict[str, int]:
    return {**rows(con, _COUNTS)[0], **rows(con, _ENTRIES)[0], "bytes": db.stat().st_size}
