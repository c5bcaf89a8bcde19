"""The list of near misses, pages that were almost kept, for a person to review."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fivegwatch.desk.reads.asked import Asked
from fivegwatch.desk.reads.glosses import read_glosses
from fivegwatch.desk.reads.items import StoryLine
from fivegwatch.desk.reads.lists import stories
from fivegwatch.storage.read.corpus import Corpus

ROWS = 50
MOST_PAGES = 2000
DAYS, LEAST_SHARED, MOST_ELSEWHERE = 4, 2, 3
"""Limits for stories in other languages shown beside a near miss: maximum number of days between the two, minimum
number of names in both, maximum number of stories shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMiss:
    """A page whose score was just below the threshold."""

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
    """The review of a person: ``true`` (it is a story) or ``false`` (it is not); None if nobody reviewed the page."""
    gloss: str
    """The page in one English line; empty for a page in English."""
    elsewhere: tuple[StoryLine, ...]
    """Kept stories in other languages that seem to report the same event (by days and names), which speaks for keeping
    the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearMisses:
    """The data of one page of the list of near misses."""

    total: int
    reviewed: int
    number: int
    pages: int
    order: str
    """``score`` (the closest first) or ``newest``."""
    all: bool
    """Whether pages that were already reviewed are listed too."""
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
    """The near misses that nobody has reviewed; those closest to the threshold first.

    Parameters: ``order`` (``newest`` for newest first), ``all`` (``1`` to include reviewed ones), ``page``.
    """
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
    rows = list(corpus.sql(
        f"""{_MISSES} select * from miss where $every or decision is null
            order by {by}, id limit {ROWS} offset $skip""",  # noqa: S608 - our own words
        {"every": every, "skip": (number - 1) * ROWS},
    ))  # fmt: skip
    ids = [row["id"] for row in rows]
    glosses, elsewhere = read_glosses(corpus, ids), _elsewhere(corpus, ids)
    texts = ("title", "site", "language", "reason")
    return NearMisses(
        **counts,
        number=number,
        pages=-(-counts["total"] // ROWS),
        order=order,
        all=every,
        rows=tuple(
            NearMiss(
                **row | {name: row[name] or "" for name in texts},
                gloss=glosses.get(row["id"], ""),
                elsewhere=tuple(elsewhere[row["id"]]),
            )
            for row in rows
        ),
    )


def _elsewhere(corpus: Corpus, pages: Sequence[str]) -> Mapping[str, list[StoryLine]]:
    """Stories in another language, at most DAYS days apart, that share at least LEAST_SHARED names with each page."""
    chosen = {"pages": list(pages) or [""], "days": DAYS, "least": LEAST_SHARED, "most": MOST_ELSEWHERE}
    shared = list(corpus.sql(
        """with miss as (
               select l.id, l.published_at, split_part(l.language, '-', 1) as language, r.type, r.entity
               from ledger l join roles r on r.story_id = l.id
               where l.id in (select unnest($pages)) and r.subject and r.type <> 'person'
           ),
           pair as (
               select m.id, s.id as story_id, count(*) as names
               from miss m
               join roles r on r.type = m.type and r.entity = m.entity and r.subject and r.relevant
               join stories s on s.id = r.story_id
               where split_part(s.language, '-', 1) <> m.language
                   and abs(epoch(s.published_at - m.published_at)) <= $days * 86400
               group by m.id, s.id
               having count(*) >= $least and count(*) filter (r.type <> 'country') > 0
           )
           select id, story_id from pair
           qualify row_number() over (partition by id order by names desc, story_id) <= $most
           order by id, names desc, story_id""",
        chosen,
    ))  # fmt: skip
    lines = stories(
        corpus, "list_contains($ids, s.id)", {"ids": [row["story_id"] for row in shared]}, limit=500
    )
    by_id = {line.id: line for line in lines}
    elsewhere: dict[str, list[StoryLine]] = defaultdict(list)
    for row in shared:
        elsewhere[row["id"]].append(by_id[row["story_id"]])
    return elsewhere
