"""Reads for charts: stories and judged pages by week, states' measures against vendors, lags of outlets."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from fivegwatch.desk.charts.lags import OutletLag
from fivegwatch.desk.charts.weeks import Week
from fivegwatch.storage.read.corpus import Corpus

WEEKS = 52
_WEEK = "date_trunc('week', published_at at time zone 'UTC')::date as week, count(*) as number"
_DATED = "published_at >= $first and published_at < $last"
FEWEST = 2
"""Minimum number of shared events for an outlet to be in the chart of lags."""


def read_weeks(corpus: Corpus, now: datetime) -> tuple[Week, ...]:
    """The last WEEKS weeks up to ``now``, the oldest first, without the weeks before the first story."""
    monday = _monday(now)
    bounds = {"first": monday - timedelta(weeks=WEEKS - 1), "last": monday + timedelta(days=7)}
    topics: dict[date, dict[str, int]] = {}
    for row in corpus.sql(
        f"select {_WEEK}, topic from (select published_at, unnest(topics) as topic from stories) "  # noqa: S608
        f"where {_DATED} group by all",
        bounds,
    ):
        topics.setdefault(row["week"], {})[row["topic"]] = row["number"]
    kept = _counts(corpus.sql(f"select {_WEEK} from stories where {_DATED} group by week", bounds))  # noqa: S608
    return _weeks(kept, read_judged(corpus), bounds["last"], topics)


def read_whole_weeks(
    corpus: Corpus, now: datetime, where: str, values: Mapping[str, Any]
) -> tuple[Week, ...]:
    """The last WEEKS complete weeks, with the stories that meet ``where``, a condition on the view ``stories`` under
    the alias ``s``.

    The numbers of judged pages are for all topics and rounded to two digits, so that a page of a frozen site does not
    change because of a few late pages (`read_judged_digest`).
    """
    last = _monday(now)
    bounds = {"first": last - timedelta(weeks=WEEKS), "last": last, **values}
    kept = _counts(
        corpus.sql(f"select {_WEEK} from stories s where {_DATED} and {where} group by week", bounds)  # noqa: S608
    )
    judged = {week: _rounded(number) for week, number in read_judged(corpus).items()}
    return _weeks(kept, judged, last, {})


def read_judged(corpus: Corpus) -> dict[date, int]:
    """The number of judged pages by week of publication; the key is the Monday of the week."""
    # Counted once for every version of the corpus: a frozen site asks for them on many pages.
    return _counts(
        corpus.sql(
            f"create temp table if not exists judged_weeks as select {_WEEK} from ledger "  # noqa: S608 - our own words
            "where published_at is not null group by week; select week, number from judged_weeks"
        )
    )


def read_judged_digest(corpus: Corpus, now: datetime) -> str:
    """A digest of what `read_whole_weeks` depends on besides the stories: the present week and the numbers of judged
    pages.
    """
    last = _monday(now)
    weeks = (last - timedelta(weeks=ago) for ago in range(1, WEEKS + 1))
    judged = read_judged(corpus)
    return hashlib.sha256(
        repr([last, *(_rounded(judged.get(week, 0)) for week in weeks)]).encode()
    ).hexdigest()[:16]


def _weeks(
    kept: Mapping[date, int], judged: Mapping[date, int], last: date, topics: Mapping[date, Mapping[str, int]]
) -> tuple[Week, ...]:
    starts = [last - timedelta(weeks=ago) for ago in range(WEEKS, 0, -1)]
    return tuple(
        Week(
            start=start, judged=judged.get(start, 0), stories=kept.get(start, 0), topics=topics.get(start, {})
        )
        for start in starts
        if kept and start >= min(kept)
    )


def _monday(now: datetime) -> date:
    return now.date() - timedelta(days=now.weekday())


def _rounded(number: int) -> int:
    """``number`` rounded to its first two digits, the others 0."""
    return round(number, 2 - len(str(number)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stance:
    """The present measure of a state against a vendor, without earlier ones."""

    country: str
    """ISO 3166-1 alpha-2; EU is the European Union."""
    target: str
    action: str
    status: str


def read_stances(corpus: Corpus) -> tuple[Stance, ...]:
    """The present measure of every state against every vendor, for the map."""
    rows = corpus.sql("select country, target, action, status from ban_tracker order by country, target")
    return tuple(Stance(**row) for row in rows)


def read_lags(corpus: Corpus) -> tuple[OutletLag, ...]:
    """The lags of each outlet that shares at least FEWEST events with other outlets."""
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


def _counts(rows: Iterable[Mapping[str, Any]]) -> dict[date, int]:
    return {row["week"]: row["number"] for row in rows}
