"""The page about the corpus: what it holds, which rules made its verdicts, and how often these are right, measured on
labelled texts and by reviews of people.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from fivegwatch.desk.reads.asked import Asked
from fivegwatch.desk.reads.items import Topic
from fivegwatch.desk.reads.lists import topics
from fivegwatch.storage.read.corpus import Corpus


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How often one step is right, measured on texts of publishers and events that it was not trained or tuned on."""

    what: str
    precision: float
    """Share of the step's findings that a human reader agrees with, 0 to 1."""
    recall: float
    """Share of a human reader's findings that the step finds too, 0 to 1."""
    texts: str


MEASURED_ON = date(2026, 11, 29)
_STORIES = "333 stories and 377 other texts, publisher and event unseen (docs/measured.md)"
_FOLDS = "263 annotated stories, publisher and event unseen (docs/facts.md)"
_FACTS = "263 annotated stories, from whose errors the rules were written (docs/facts.md)"
MEASURED = (
    Measured(what="kept as a story", precision=0.923, recall=0.934, texts=_STORIES),
    Measured(what="countries a story is about", precision=0.97, recall=0.88, texts=_FOLDS),
    Measured(what="topics", precision=0.91, recall=0.84, texts=_FOLDS),
    Measured(what="vendors in question", precision=0.96, recall=0.93, texts=_FACTS),
    Measured(what="measures: who, what, whom", precision=0.84, recall=0.49, texts=_FOLDS),
    Measured(what="measures: who, what, whom and status", precision=0.81, recall=0.46, texts=_FOLDS),
    Measured(what="incidents: kind", precision=0.96, recall=0.79, texts=_FACTS),
    Measured(what="incidents: kind and a victim", precision=0.85, recall=0.65, texts=_FACTS),
)
"""The figures as published in docs/measured.md and docs/facts.md on the day MEASURED_ON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """One version of the rules, by which some verdicts in the corpus were made."""

    fingerprint: str
    pages: int
    """Number of pages whose current verdict was made by these rules."""
    last_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What the page about the corpus shows."""

    stories: int
    near_misses: int
    rejected: int
    events: int
    outlets: int
    languages: int
    first_day: date | None
    last_day: date | None
    feeds: int
    rules: tuple[RuleSet, ...]
    """The versions of the rules; the one that made the most verdicts comes first."""
    rule_hits: tuple[tuple[str, str, int], ...]
    """The rules that matched in the most stories, each with id, facet and number of stories."""
    topics: tuple[Topic, ...]
    confirmed: int
    """Number of kept stories that a person confirmed to be a story."""
    refuted: int
    """Number of pages that were kept and that a person judged not to be a story."""
    recovered: int
    """Number of pages that were not kept and that a person judged to be a story."""
    measured: tuple[Measured, ...]
    measured_on: date


def read_about(corpus: Corpus, asked: Asked) -> About:  # noqa: ARG001 - as every read
    """What the page about the corpus shows: counts, rules, and how often the rules are right."""
    counts = next(
        iter(
            corpus.sql(
                """select
                       (select count(*) from stories) as stories,
                       count(*) filter (where verdict = 'near_miss') as near_misses,
                       count(*) filter (where verdict = 'rejected') as rejected,
                       (select count(distinct event_id) from event_stories) as events,
                       (select count(distinct site) from stories) as outlets,
                       (select count(distinct split_part(language, '-', 1)) from stories) as languages,
                       (select min(published_day) from stories) as first_day,
                       (select max(published_day) from stories) as last_day,
                       (select count(*) from feed_health where status <> 'off') as feeds
                   from ledger"""
            )
        )
    )
    reviews = next(
        iter(
            corpus.sql(
                """select
                       count(*) filter (where l.verdict = 'kept' and c.value = 'true') as confirmed,
                       count(*) filter (where l.verdict = 'kept' and c.value = 'false') as refuted,
                       count(*) filter (where l.verdict <> 'kept' and c.value = 'true') as recovered
                   from corrections c join ledger l on l.id = c.story_id
                   where c.field = 'relevant' and c.in_force"""
            )
        )
    )
    return About(
        **counts,
        **reviews,
        rules=tuple(
            RuleSet(**row)
            for row in corpus.sql(
                """select rules_fingerprint as fingerprint, count(*) as pages, max(judged_at) as last_at
                   from ledger group by all order by pages desc, fingerprint limit 10"""
            )
        ),
        rule_hits=tuple(
            (row["rule"], row["facet"], row["stories"])
            for row in corpus.sql(
                """select rule, any_value(facet) as facet, count(distinct story_id) as stories
                   from evidence where relevant group by rule order by stories desc, rule limit 40"""
            )
        ),
        topics=topics(corpus),
        measured=MEASURED,
        measured_on=MEASURED_ON,
    )
