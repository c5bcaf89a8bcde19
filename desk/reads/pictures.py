"""Reads for pictures: stories and pages judged by week, outlets' lags."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from fivegwatch.desk.charts.lags import OutletLag
from fivegwatch.desk.charts.weeks import Week
from fivegwatch.storage.read.corpus import Corpus

WEEKS = 52
FEWEST = 2
"""Shared events of an outlet in the picture of lags: one says nothing."""


def read_weeks(corpus: Corpus, now: datetime) -> tuple[Week, ...]:
    """The last WEEKS weeks up to ``now``, the oldest first, without the empty ones before the first story."""
    monday = now.date() - timedelta(days=now.weekday())
    bounds = {"first": monday - timedelta(weeks=WEEKS - 1), "last": monday + timedelta(days=7)}
    weeks = """date_trunc('week', published_at at time zone 'UTC')::date as week, count(*) as number"""
    dated = "where published_at >= $first and published_at < $last group by all"
    judged = _counts(corpus, f"select {weeks} from ledger {dated}", bounds)  # noqa: S608 - our own words
    kept = _counts(corpus, f"select {weeks} from stories {dated}", bounds)  # noqa: S608 - our own words
    topics: dict[date, dict[str, int]] = {}
    for row in corpus.sql(
        f"select {weeks}, topic from (select published_at, unnest(topics) as topic from stories) {dated}",  # noqa: S608
        bounds,
    ):
        topics.setdefault(row["week"], {})[row["topic"]] = row["number"]
    if not kept:
        return ()
    starts = [monday - timedelta(weeks=ago) for ago in reversed(range(WEEKS))]
    return tuple(
        Week(
            start=start, judged=judged.get(start, 0), stories=kept.get(start, 0), topics=topics.get(start, {})
        )
        for start in starts
        if start >= min(kept)
    )


def read_lags(corpus: Corpus) -> tuple[OutletLag, ...]:
    """The lag of each outlet with at least FEWEST events that other outlets reported as well."""
    rows = corpus.sql(
        f"""with report as (
                select event_id, site, min(published_at) as reported_at from event_stories
                where published_at is not null group by all
            ),
            behind as (
                select site, epoch(reported_at - min(reported_at) over (partition by event_id)) / 3600 as hours,
                    count(*) over (partition by event_id) as outlets
                from report
            )
            select site as outlet, count(*) as events, count(*) filter (where hours = 0) as first,
                quantile_cont(hours, 0.25) as quarter, median(hours) as median,
                quantile_cont(hours, 0.75) as three_quarters
            from behind where outlets > 1 group by site having count(*) >= {FEWEST} order by site"""  # noqa: S608 - a number
    )
    return tuple(OutletLag(**row) for row in rows)


def _counts(corpus: Corpus, query: str, bounds: dict[str, date]) -> dict[date, int]:
    return {row["week"]: row["number"] for row in corpus.sql(query, bounds)}
