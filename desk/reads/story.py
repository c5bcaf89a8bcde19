"""The page of a judged page, kept or not: text with matched passages, entities, facts, score and copies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from fivegwatch.desk.reads.asked import Asked, missing
from fivegwatch.desk.reads.event import Edit, edits_of
from fivegwatch.desk.reads.facts import incidents, measures
from fivegwatch.desk.reads.items import IncidentFact, MeasureFact
from fivegwatch.storage.export.citations import ARCHIVE
from fivegwatch.storage.read.corpus import Corpus

Fact = TypeVar("Fact", MeasureFact, IncidentFact)
_COLUMNS = """p.id, p.url, p.title, p.verdict, p.reason, p.score, p.threshold, p.language, p.site, p.site_name,
    p.published_at, p.published_precision, p.published_source, p.captured_at, p.judged_at, p.quality,
    p.rules_fingerprint, p.raw_ref, s.id is not null as kept, s.authors, coalesce(s.topics, p.topics) as topics,
    coalesce(s.countries, []) as countries, e.event_id"""
_ONE = f"""select {_COLUMNS}, p.body as text, p.matches
    from story($id) p
    left join stories s on s.id = p.id
    left join event_stories e on e.story_id = p.id"""  # noqa: S608 - names of our own
# story() finds a page by any of its addresses; asked for 200 ids at once it takes 10 GB, hence another way to many.
_MANY = f"""select {_COLUMNS}, s.body as text, m.matches
    from stories s
    join ledger p on p.id = s.id
    left join event_stories e on e.story_id = s.id
    left join (
        select
            story_id,
            list({{field: field, start: "start", 'end': "end", rule: rule, facet: facet, quote: quote}}) as matches
        from evidence where story_id in (select unnest($ids)) group by story_id
    ) m on m.story_id = s.id
    where s.id in (select unnest($ids))"""  # noqa: S608 - names of our own
"""Reads the stories whose ids are in the parameter ``ids``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Words that a rule of the watchlist matched."""

    field: str
    """``title`` or ``text``."""
    start: int
    """Start of the passage in ``field``, in characters."""
    end: int
    rule: str
    facet: str
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A country, company, actor, authority or law that the story names, and its role there."""

    type: str
    entity: str
    name: str
    country: str
    role: str
    """accused, acts, applies, victim, in_question, subject, or named (a bystander)."""
    subject: bool
    """Whether the story is about this entity: its role is another than ``named``."""
    confidence: float
    count: int
    quote: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Another page with the text of this story."""

    story_id: str
    title: str
    url: str
    site: str
    appeared_at: datetime | None
    similarity: float | None
    """Shingles that both texts have, as a share of those in either text, 0 to 1."""
    relevant: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An origin, such as a feed, that announced the story's address."""

    origin_kind: str
    origin_locator: str
    feed: str | None
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionMade:
    """A correction of this story that a person made."""

    field: str
    action: str
    value: str
    made_by: str
    reason: str
    made_at: datetime
    in_force: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The data of the page about a judged page, kept or not."""

    id: str
    url: str
    title: str
    text: str | None
    """The text; None when it is not stored."""
    verdict: str
    """The verdict of the rules: kept, near_miss or rejected."""
    kept: bool
    """Whether the page counts as a story, by the verdict and the corrections of people."""
    reason: str
    score: float
    threshold: float
    language: str
    site: str
    site_name: str
    authors: tuple[str, ...]
    published_at: datetime | None
    published_precision: str
    published_source: str
    captured_at: datetime | None
    judged_at: datetime | None
    topics: tuple[str, ...]
    countries: tuple[str, ...]
    quality: tuple[str, ...]
    rules_fingerprint: str
    raw_ref: str | None
    """Reference of the archived page; None when it is not archived."""
    event_id: str | None
    passages: tuple[Passage, ...]
    parts: tuple[Part, ...]
    measures: tuple[MeasureFact, ...]
    incidents: tuple[IncidentFact, ...]
    copies: tuple[Copy, ...]
    edits: tuple[Edit, ...]
    seen: tuple[Seen, ...]
    corrections: tuple[CorrectionMade, ...]
    history: tuple[dict[str, Any], ...]
    """All verdicts from the first to the current one, each with valid_from, verdict, score and rules_fingerprint."""

    @property
    def outlet(self) -> str:
        """The name of the outlet, or its domain when the page does not name it."""
        return self.site_name or self.site

    @property
    def archive_url(self) -> str:
        """Address of the Wayback Machine's copy of the page from about the time at which this corpus read the page."""
        return (
            f"{ARCHIVE}/{self.captured_at:%Y%m%d%H%M%S}/{self.url}"
            if self.captured_at
            else f"{ARCHIVE}/{self.url}"
        )


def read_story(corpus: Corpus, asked: Asked) -> Story:
    """The page with the id ``story_id``, kept or not.

    Raises: QueryError of kind ``not_found`` when none was judged.
    """
    given = asked.text("story_id")
    stories = _stories(corpus, list(corpus.sql(_ONE, {"id": given})))
    if not stories:
        raise missing(f"no page with the id {given} was judged")
    return stories[0]


def read_stories(corpus: Corpus, ids: Sequence[str]) -> tuple[Story, ...]:
    """The stories with these ``ids``, in the same order; ids of pages that are not kept are left out."""
    rows = {row["id"]: row for row in corpus.sql(_MANY, {"ids": list(ids)})}
    return _stories(corpus, [rows[one] for one in dict.fromkeys(ids) if one in rows])


def _stories(corpus: Corpus, chosen: list[dict[str, Any]]) -> tuple[Story, ...]:
    """The stories of ``chosen``, rows of the queries _ONE or _MANY, completed by one query for each kind of detail."""
    known = {"ids": [row["id"] for row in chosen]}
    events = {"events": sorted({row["event_id"] for row in chosen if row["event_id"]})}
    acts = _by_story(measures(corpus, "event_id in (select unnest($events))", events))
    attacks = _by_story(incidents(corpus, "event_id in (select unnest($events))", events))
    details = {name: _grouped(corpus.sql(query, known), make) for name, (make, query) in _DETAILS.items()}
    edited = {
        row["story_id"]
        for row in corpus.sql(
            "select distinct story_id from revisions where story_id in (select unnest($ids))", known
        )
    }
    passages = {row["id"]: _passages(row.pop("matches")) for row in chosen}
    texts = ("title", "reason", "language", "site", "site_name", "published_precision", "published_source")
    lists = ("topics", "countries", "quality", "authors")
    return tuple(
        Story(
            **row
            | {name: row[name] or "" for name in texts}
            | {name: tuple(row[name] or ()) for name in lists}
            | {"passages": passages[row["id"]]}
            | {name: by_story[row["id"]] for name, by_story in details.items()},
            measures=acts[row["id"]],
            incidents=attacks[row["id"]],
            edits=edits_of(corpus, row["id"], row["site_name"] or row["site"] or "")
            if row["id"] in edited
            else (),
        )
        for row in chosen
    )


def _passages(matches: list[dict[str, Any]] | None) -> tuple[Passage, ...]:
    passages = [Passage(**{name: match[name] for name in Passage.__slots__}) for match in matches or ()]
    return tuple(sorted(passages, key=lambda one: (one.field != "title", one.start, -one.end, one.rule)))


def _grouped(rows: Iterable[dict[str, Any]], make: Callable[..., Any]) -> Mapping[str, tuple[Any, ...]]:
    """The items that ``make`` makes from the rows, grouped by the column ``of``; an empty tuple for a key without
    rows.
    """
    groups: dict[str, tuple[Any, ...]] = defaultdict(tuple)
    for row in rows:
        groups[row.pop("of")] += (make(**row),)
    return groups


_DETAILS: Mapping[str, tuple[Callable[..., Any], str]] = {
    "parts": (
        Part,
        """select story_id as of, type, entity, name, coalesce(country, '') as country, role, subject, confidence,
               count, quote
           from roles where story_id in (select unnest($ids))
           order by subject desc, confidence desc, count desc, name""",
    ),
    "copies": (
        Copy,
        """select c.story_id as of, m.story_id, coalesce(m.title, '') as title, m.url, m.site, m.appeared_at,
               m.similarity, m.relevant
           from cluster_members c
           join cluster_members m on m.cluster_id = c.cluster_id and m.story_id <> c.story_id
           where c.story_id in (select unnest($ids))
           qualify row_number() over (partition by c.story_id order by m.appeared_at nulls last, m.story_id) <= 50
           order by m.appeared_at nulls last, m.story_id""",
    ),
    "seen": (
        Seen,
        """select story_id as of, origin_kind, origin_locator, feed, first_seen_at, last_seen_at
           from sightings where story_id in (select unnest($ids))
           qualify row_number() over (partition by story_id order by first_seen_at, origin_locator) <= 50
           order by first_seen_at, origin_locator""",
    ),
    "corrections": (
        CorrectionMade,
        """select story_id as of, field, action, value, made_by, reason, made_at, in_force from corrections
           where story_id in (select unnest($ids)) order by made_at desc""",
    ),
    "history": (
        dict,
        """select story_id as of, valid_from, verdict, score, rules_fingerprint from decisions
           where story_id in (select unnest($ids)) order by valid_from""",
    ),
}
"""For each field of a story that is a list: the function that makes one item from a row, and the query for the rows."""


def _by_story(facts: Iterable[Fact]) -> Mapping[str, tuple[Fact, ...]]:
    """For each story, by its id, the facts that are based on a sentence of the story."""
    groups: dict[str, tuple[Fact, ...]] = defaultdict(tuple)
    for fact in facts:
        for story_id in {one.story_id for one in fact.evidence}:
            groups[story_id] += (fact,)
    return groups
