"""Reports for the command line, read from the published corpus."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fivegwatch.extractors.model import Match, Part, Unit, WithVerdict
from fivegwatch.storage.read.named.catalogue import named_queries
from fivegwatch.storage.read.queries import QuerySession, query_rows

Row = dict[str, Any]
CONTRACT_QUERY = """
    select 'view' as kind, view_name as name, comment as "what it gives" from duckdb_views()
    where schema_name = 'main' and not internal
    union all
    select 'macro', function_name, comment from duckdb_functions()
    where schema_name = 'main' and not internal and function_type in ('macro', 'table_macro')
    order by kind desc, name
"""
"""An SQL query for the views and macros that analysts use, with their comments."""


def contract(session: QuerySession) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
    """A table of all views, macros and named queries, each with a line of description; returns column names and
    rows.
    """
    answer = session.ask(CONTRACT_QUERY)
    queries = [("query", one.name, one.title) for one in named_queries().values()]
    return answer.columns, [*answer.rows, *queries]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict(WithVerdict):
    """A judged page with its current verdict and the evidence for it."""

    url: str
    title: str
    text: str | None
    """The page's text; None when it is not stored because the page was rejected and is no near miss."""
    relevant: bool
    near_miss: bool
    score: float
    threshold: float
    reason: str
    topics: tuple[str, ...]
    topic_reasons: tuple[tuple[str, str], ...] = ()
    """For each topic code, the signs with the most weight for it; empty if no facts of the page are stored."""
    matches: tuple[Match, ...]
    parts: tuple[Part, ...]
    entities: tuple[str, ...]
    rules_fingerprint: str
    language: str = ""
    history: tuple[Row, ...]
    """Former verdicts and the current one, oldest first, each with ``valid_from``, ``verdict``, ``score`` and
    ``rules_fingerprint``."""


def verdict_on(db: Path, address: str, page_id: str = "") -> Verdict | None:
    """The current verdict on the page with this ``address`` (announced or canonical) or id; None if it was never
    judged.

    ``page_id`` is the id computed from the address; by it the page is found even if it is stored under a variant of
    ``address``.

    Raises:
        StorageError: the corpus cannot be opened.
    """
    with QuerySession(db) as session:
        rows = session.ask("from story($1)", [address]).dicts()
        if not rows and page_id:
            rows = session.ask("from story($1)", [page_id]).dicts()
        if not rows:
            return None
        row = rows[0]
        history = session.ask(
            "select valid_from, verdict, score, rules_fingerprint from decisions where story_id = $1"
            " order by valid_from",
            [row["id"]],
        ).dicts()
        reasons = session.ask(
            """select t.code, t.reason from (
                   select unnest((facts).topics) as t from base.articles where article_key = md5_number_lower($1)
               )""",
            [row["id"]],
        ).dicts()
    return Verdict(
        url=row["url"],
        title=row["title"],
        text=row["body"],
        relevant=row["relevant"],
        near_miss=row["near_miss"],
        score=row["score"],
        threshold=row["threshold"],
        reason=row["reason"],
        topics=tuple(row["topics"] or ()),
        topic_reasons=tuple((r["code"], r["reason"]) for r in reasons if r["code"] in (row["topics"] or ())),
        matches=tuple(Match(**match) for match in row["matches"] or ()),
        parts=tuple(Part(**part) for part in row["parts"] or ()),
        entities=tuple(mention["name"] for mention in row["mentions"] or ()),
        rules_fingerprint=row["rules_fingerprint"],
        language=row["language"] or "",
        history=tuple(history),
    )


def ids_from(db: Path, start: str) -> list[str]:
    """The ids of pages and entries that begin with ``start``, sorted, at most ten."""
    found = query_rows(
        db,
        """
        select article_id as id from base.articles where starts_with(article_id, $1)
        union select entry_id from base.entries where starts_with(entry_id, $1) order by id limit 10
        """,
        [start],
    )
    return [row["id"] for row in found]


def unjudged(db: Path, address: str, page_id: str) -> Row | None:
    """For an announced page that was not judged: the state, attempts and last problem of its entry; None if never
    announced.
    """
    rows = query_rows(
        db,
        """
        select url, title, state, attempts, next_attempt_at, coalesce(message, kind, '') as trouble
        from base.entries where rowid in (
            select rowid from base.entries
            where url_key = md5_number_lower($1)
                or entry_key in (md5_number_lower($1), md5_number_lower(sha256($1)), md5_number_lower($2))
        )
        """,
        [address, page_id],
    )
    return rows[0] if rows else None


def backfill_totals(db: Path) -> list[Row]:
    """For each backfill source, one row with the progress of its units and what they contained.

    ``pages`` is the number of archived pages, several of which may hold the same story; ``stories`` is the number of
    rows in the view ``stories`` that the source announced.
    """
    return query_rows(
        db,
        """
        select
            source,
            count(*) as units,
            count(*) filter (where state = 'done') as done,
            count(*) filter (where state in ('pending', 'running')) as pending,
            count(*) filter (where state = 'failed') as failed,
            round(100 * sum(share * greatest(size, 1)) / sum(greatest(size, 1)) filter (where share is not null), 1)
                as "% read",
            coalesce(sum(counts['pages']), 0)::bigint as pages,
            coalesce(sum(counts['kept']), 0)::bigint as "pages kept",
            coalesce(any_value(stories), 0) as stories,
            coalesce(sum(counts['entries']), 0)::bigint as addresses,
            max(updated_at) as last_run_at
        from backfill_units left join (
            select origin_kind as source, count(distinct story_id) as stories
            from sightings semi join stories on stories.id = story_id group by all
        ) using (source) group by source order by source
        """,
    )


def archives_begun(db: Path) -> list[Unit]:
    """The WARC files, local or remote, that were read at least in part."""
    rows = query_rows(
        db,
        """
        select source, kind, locator, options, size from backfill_units
        where source = 'warc' and kind = 'file' and (state <> 'pending' or position > 0) order by locator
        """,
    )
    return [Unit(**row | {"options": tuple(json.loads(row["options"]).items())}) for row in rows]


def backfill_rates(db: Path) -> list[Row]:
    """The last five backfill runs: duration, pages per second, and the hours that the remaining archives take at that
    rate.

    For a run in state Running, the figures are those of its last progress report.
    """
    return query_rows(
        db,
        """
        with recent as (
            select r.*, epoch(ended_at - started_at) as seconds, counts['found.pages'] as pages
            from runs r where flow like 'backfill%' order by started_at desc limit 5
        ),
        open as (
            select sum(size - position) filter (where size > 0) as bytes_left from backfill_units
            where state in ('pending', 'running') and source = 'warc'
        ),
        pace as (
            select sum(position) / sum(counts['pages']) as bytes_a_page from backfill_units
            where source = 'warc' and counts['pages'] > 0
        )
        select
            run_id as run, state, started_at, round(seconds, 1) as seconds, counts['units_done'] as "units done",
            coalesce(pages, 0)::bigint as pages, round(pages / nullif(seconds, 0), 1) as "pages/s",
            round(bytes_left / nullif(bytes_a_page * pages / nullif(seconds, 0), 0) / 3600, 2) as "hours left",
            message
        from recent, open, pace order by started_at desc
        """,
    )


def backfill_problems(db: Path) -> list[Row]:
    """For each problem of failed units: how many units failed for good, and how many are tried again."""
    return query_rows(
        db,
        """
        select
            source, problem, count(*) filter (where next_attempt_at is null) as for_good,
            count(*) filter (where next_attempt_at is not null) as again_later, min(next_attempt_at) as next_at,
            any_value(message) as example
        from backfill_units where state = 'failed' group by source, problem order by for_good desc, source, problem
        """,
    )


def backfill_pages(db: Path) -> list[Row]:
    """Pages announced by backfills that wait or were given up, grouped: number, problem, time of the next attempt."""
    return query_rows(
        db,
        """
        select
            origin_kind as source, state, problem, count(*) as pages, min(next_attempt_at) as next_at,
            any_value(message) as example
        from (
            select distinct s.origin_kind, e.* from entries e join sightings s on s.entry_id = e.id
            where e.state in ('pending', 'retry', 'gone') and s.origin_kind not in ('feed', 'warc')
        )
        group by all order by pages desc, source, state, problem limit 30
        """,
    )


def unit_problems(db: Path) -> list[Row]:
    """Failed units with their problems, at most a thousand."""
    return query_rows(
        db,
        """
        select source, locator, problem, message, attempts, next_attempt_at from backfill_units
        where state = 'failed' order by source, locator limit 1000
        """,
    )
