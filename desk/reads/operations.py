"""The pages about operation: feeds with their health, gaps and worth; runs; failures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fivegwatch.desk.reads.asked import Asked
from fivegwatch.extractors.feeds.health import TROUBLES
from fivegwatch.storage.read.corpus import Corpus

MOST_RUNS = 100
MOST_GAPS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLine:
    """One feed as a line of the list of feeds, with its health and worth."""

    feed_id: str
    title: str | None
    url: str | None
    status: str
    since: datetime | None
    problem: str
    remedy: str
    polled_at: datetime | None
    newest_at: datetime | None
    polls: int
    entries: int
    stories: int
    first_with: int
    """Number of stories that the feed announced first and another feed later."""
    only_with: int
    """Number of stories that no other feed announced."""
    lead_hours: float | None
    gaps: int
    language: str | None
    country: str | None

    @property
    def troubled(self) -> bool:
        """Whether the feed is in trouble: it is watched but brings nothing."""
        return self.status in TROUBLES


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A gap: two polls of a feed whose documents share no item, so that items between them may have been missed."""

    feed_id: str
    from_at: datetime
    to_at: datetime
    at_most: int
    """Upper bound of the number of items that may have been missed."""
    state: str
    filled: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Feeds:
    """What the page of feeds shows."""

    troubled: tuple[FeedLine, ...]
    """Feeds in trouble: they are watched but bring nothing."""
    others: tuple[FeedLine, ...]
    """All other feeds, those with the most stories first."""
    gaps: tuple[Gap, ...]
    """The newest gaps."""
    drifting: tuple[Mapping[str, Any], ...]
    """Outlets whose newest pages differ from their earlier ones: site, what was measured, value now, usual value, since
    when."""


def read_feeds(corpus: Corpus, asked: Asked) -> Feeds:  # noqa: ARG001 - as every read
    """All feeds of the watchlist with their health, gaps and worth."""
    rows = corpus.sql(
        """select feed_id, title, url, status, since, coalesce(problem, '') as problem,
               coalesce(remedy, '') as remedy, polled_at, newest_at, polls::bigint as polls,
               entries::bigint as entries, stories::bigint as stories, first_with::bigint as first_with,
               only_with::bigint as only_with, lead_hours, gaps::bigint as gaps, language, country
           from feed_health order by stories desc, feed_id"""
    )
    lines = [FeedLine(**row) for row in rows]
    return Feeds(
        troubled=tuple(line for line in lines if line.troubled),
        others=tuple(line for line in lines if not line.troubled),
        gaps=tuple(
            Gap(**row)
            for row in corpus.sql(
                f"""select feed_id, from_at, to_at, at_most, state, filled, coalesce(message, '') as message
                    from gaps order by to_at desc, feed_id limit {MOST_GAPS}"""  # noqa: S608 - our own number
            )
        ),
        drifting=tuple(
            corpus.sql(
                """select site, measure, value, usual, since from outlet_drift
                   where drifts order by since desc, site, measure"""
            )
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a flow, as the page of runs shows it."""

    run_id: str
    flow: str
    started_at: datetime
    ended_at: datetime | None
    seconds: float | None
    state: str
    message: str
    counts: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureKind:
    """All failures of one kind at one stage in the last seven days."""

    stage: str
    kind: str
    addresses: int
    last_at: datetime
    message: str
    """Message of the latest failure."""
    url: str
    """Address of the latest failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """What the page of runs shows."""

    runs: tuple[Run, ...]
    """The last runs, newest first."""
    failures: tuple[FailureKind, ...]
    """Failures of the last seven days by stage and kind, the most frequent first."""


def read_runs(corpus: Corpus, asked: Asked) -> Runs:
    """The last runs, and the failures of the last seven days by stage and kind."""
    rows = corpus.sql(
        f"""select run_id, flow, started_at, ended_at, seconds, state, coalesce(message, '') as message, counts
            from runs order by started_at desc limit {MOST_RUNS}"""  # noqa: S608 - our own number
    )
    failures = corpus.sql(
        """select stage, kind, count(distinct url) as addresses, max(failed_at) as last_at,
               coalesce(arg_max(message, failed_at), '') as message, arg_max(url, failed_at) as url
           from failures where failed_at > $now - interval 7 day
           group by stage, kind order by addresses desc, stage, kind limit 60""",
        {"now": asked.now},
    )
    return Runs(
        runs=tuple(Run(**row | {"counts": dict(row["counts"] or {})}) for row in rows),
        failures=tuple(FailureKind(**row) for row in failures),
    )
