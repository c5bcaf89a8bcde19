"""Near misses: pages that were almost kept, for a person to review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fivegwatch.desk.reads.asked import Asked
from fivegwatch.storage.read.corpus import Corpus

ROWS = 50
MOST_PAGES = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """A page whose score came close to the threshold."""

    id: str
    title: str
    url: str
    site: str
    language: str
    published_at: datetime | None
    score: float
    threshold: float
    reason: str
    decision: str | None
    """What a person said of it: ``true`` (a story), ``false`` (none), or None when nobody reviewed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMisses:
    """A page of the list."""

    total: int
    reviewed: int
    number: int
    pages: int
    order: str
    """``score`` (the closest first) or ``newest``."""
    all: bool
    """Whether reviewed pages are listed, too."""
    rows: tuple[NearMiss, ...]


_MISSES = """
    with review as (select story_id, value from corrections where field = 'relevant' and in_force),
    miss as (
        select l.id, l.title, l.url, l.site, l.language, l.published_at, l.score, l.threshold, l.reason,
            r.value as decision
        from ledger l left join review r on r.story_id = l.id
        where l.verdict = 'near_miss'
    )
"""


def read_near_misses(corpus: Corpus, asked: Asked) -> NearMisses:
    """Near misses nobody reviewed, the closest first; parameters: order (``newest``), all (``1``), page."""
    number = asked.number("page", 1, most=MOST_PAGES)
    order, every = ("newest" if asked.text("order") == "newest" else "score"), asked.text("all") == "1"
    by = "published_at desc nulls last" if order == "newest" else "score - threshold desc"
    counts = next(
        iter(
            corpus.sql(
                f"""{_MISSES} select count(*) filter (where $every or decision is null) as total,
                        count(decision) as reviewed from miss""",  # noqa: S608 - our own words
                {"every": every},
            )
        )
    )
    rows = corpus.sql(
        f"""{_MISSES} select * from miss where $every or decision is null
            order by {by}, id limit {ROWS} offset $skip""",  # noqa: S608 - our own words
        {"every": every, "skip": (number - 1) * ROWS},
    )
    texts = ("title", "site", "language", "reason")
    return NearMisses(
        **counts,
        number=number,
        pages=-(-counts["total"] // ROWS),
        order=order,
        all=every,
        rows=tuple(NearMiss(**row | {name: row[name] or "" for name in texts}) for row in rows),
    )
