"""Data for the author of a watchlist, read from the published corpus: use of each term, and texts to compare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from fivegwatch.storage.read.queries import QueryLimits, run_query

TEXT_CHARS = 3_000
"""Number of characters taken from the beginning of each text, which is enough because news states its subject first."""
TEXTS = 20_000
"""Maximum number of stories taken; also the maximum number of other pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The beginning of one judged page."""

    title: str
    text: str
    """Beginning of the page's text; empty when the text is not stored."""
    language: str
    """Primary language subtag."""
    kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleUse:
    """The number of stories, and of other pages, whose evidence contains a certain term or name."""

    rule: str
    facet: str
    kept: int
    rejected: int


def samples(db: Path, since: datetime | None) -> list[Sample]:
    """The newest stories and the newest other pages that were captured from ``since`` on; newest first.

    Raises:
        StorageError: the corpus cannot be opened.
    """
    answer = run_query(
        db,
        f"""
        select title, coalesce(left(text, {TEXT_CHARS}), ''),
            lower(split_part(replace(coalesce(language, ''), '_', '-'), '-', 1)), relevant
        from base.articles
        where $1::timestamptz is null or captured_at >= $1
        qualify row_number() over (partition by relevant order by captured_at desc, article_id) <= {TEXTS}
        order by captured_at desc, article_id
        """,  # noqa: S608  # constants of our own
        [since],
    )
    return [Sample(title=t, text=x, language=lang, kept=kept) for t, x, lang, kept in answer.rows]


def rule_use(db: Path) -> tuple[list[RuleUse], dict[str, tuple[int, int]]]:
    """Two counts: for each term, the stories and the other pages that have it; for each primary language, its stories
    and other pages.

    Raises: StorageError: the corpus cannot be opened.
    """
    answer = run_query(
        db,
        """
        select rule, any_value(facet), count(distinct story_id) filter (where relevant),
            count(distinct story_id) filter (where not relevant)
        from evidence group by rule order by rule
        """,
        limits=QueryLimits(timeout_s=None),
    )
    totals = run_query(
        db,
        """
        select lower(split_part(replace(coalesce(language, ''), '_', '-'), '-', 1)),
            count(*) filter (where relevant), count(*) filter (where not relevant)
        from ledger group by 1
        """,
    ).rows
    uses = [RuleUse(rule=r, facet=f, kept=k, rejected=n) for r, f, k, n in answer.rows]
    return uses, {language: (kept, rejected) for language, kept, rejected in totals}
