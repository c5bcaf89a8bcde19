"""One page that was judged, kept or not: its text with the passages marked, its entities, facts, score and copies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from fivegwatch.desk.reads.asked import Asked, missing
from fivegwatch.desk.reads.event import Edit, edits_of
from fivegwatch.desk.reads.facts import incidents, measures
from fivegwatch.desk.reads.items import IncidentFact, MeasureFact
from fivegwatch.storage.read.corpus import Corpus

Fact = TypeVar("Fact", MeasureFact, IncidentFact)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """Words that a rule of the watchlist matched."""

    field: str
    """``title`` or ``text``."""
    start: int
    """Offset in characters in that field."""
    end: int
    rule: str
    facet: str
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The part that a country, firm, actor, body or law has in the story."""

    type: str
    entity: str
    name: str
    country: str
    role: str
    """accused, acts, applies, victim, in_question, subject, or named (a bystander)."""
    subject: bool
    """Whether the story is about it."""
    confidence: float
    count: int
    quote: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Another page with the same text."""

    story_id: str
    title: str
    url: str
    site: str
    appeared_at: datetime | None
    similarity: float | None
    """Shared words as a share of all, 0 to 1."""
    relevant: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An origin that announced the address."""

    origin_kind: str
    origin_locator: str
    feed: str | None
    first_seen_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionMade:
    """A correction by a person."""

    field: str
    action: str
    value: str
    made_by: str
    reason: str
    made_at: datetime
    in_force: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """The page of a story, or of any page that was judged."""

    id: str
    url: str
    title: str
    text: str | None
    """None when the text is not stored."""
    verdict: str
    """kept, near_miss or rejected, as judged."""
    kept: bool
    """Whether it is a story of the corpus, corrections included."""
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
    """Where the page itself is archived; None when it is not."""
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
    """Verdicts from the first to the current one: valid_from, verdict, score, rules_fingerprint."""

    @property
    def outlet(self) -> str:
        """The name of the outlet, or its domain when the page does not name it."""
        return self.site_name or self.site


def read_story(corpus: Corpus, asked: Asked) -> Story:
    """The page with the id ``story_id``.

    Raises: QueryError of kind ``not_found`` when none was judged.
    """
    given = asked.text("story_id")
    row = _row(corpus, given)
    chosen, passages = {"id": row["id"]}, _passages(row.pop("matches"))
    outlet = row["site_name"] or row["site"] or ""
    texts = ("title", "reason", "language", "site", "site_name", "published_precision", "published_source")
    lists = ("topics", "countries", "quality", "authors")
    return Story(
        **row
        | {name: row[name] or "" for name in texts}
        | {name: tuple(row[name] or ()) for name in lists}
        | {"passages": passages},
        parts=_parts(corpus, chosen),
        measures=_own(measures(corpus, "event_id = $event", {"event": row["event_id"]}), row["id"]),
        incidents=_own(incidents(corpus, "event_id = $event", {"event": row["event_id"]}), row["id"]),
        copies=_copies(corpus, chosen),
        edits=edits_of(corpus, row["id"], outlet),
        seen=tuple(
            Seen(**seen)
            for seen in corpus.sql(
                """select origin_kind, origin_locator, feed, first_seen_at, last_seen_at from sightings
                   where story_id = $id order by first_seen_at, origin_locator limit 50""",
                chosen,
            )
        ),
        corrections=tuple(
            CorrectionMade(**made)
            for made in corpus.sql(
                """select field, action, value, made_by, reason, made_at, in_force from corrections
                   where story_id = $id order by made_at desc""",
                chosen,
            )
        ),
        history=tuple(
            corpus.sql(
                """select valid_from, verdict, score, rules_fingerprint from decisions
                   where story_id = $id order by valid_from""",
                chosen,
            )
        ),
    )


def _row(corpus: Corpus, given: str) -> dict[str, Any]:
    rows = list(
        corpus.sql(
            """select
                   p.id, p.url, p.title, p.body as text, p.verdict, p.reason, p.score, p.threshold, p.language, p.site,
                   p.site_name, p.published_at, p.published_precision, p.published_source, p.captured_at, p.judged_at,
                   p.quality, p.rules_fingerprint, p.raw_ref, p.matches,
                   s.id is not null as kept, s.authors, coalesce(s.topics, p.topics) as topics,
                   coalesce(s.countries, []) as countries,
                   (select event_id from event_stories where story_id = p.id limit 1) as event_id
               from story($id) p
               left join stories s on s.id = p.id""",
            {"id": given},
        )
    )
    if not rows:
        raise missing(f"no page with the id {given} was judged")
    return rows[0]


def _passages(matches: list[dict[str, Any]] | None) -> tuple[Passage, ...]:
    passages = [Passage(**{name: match[name] for name in Passage.__slots__}) for match in matches or ()]
    return tuple(sorted(passages, key=lambda one: (one.field != "title", one.start, -one.end)))


def _parts(corpus: Corpus, chosen: dict[str, str]) -> tuple[Part, ...]:
    rows = corpus.sql(
        """select type, entity, name, country, role, subject, confidence, count, quote from roles
           where story_id = $id order by subject desc, confidence desc, count desc, name""",
        chosen,
    )
    return tuple(Part(**row | {"country": row["country"] or ""}) for row in rows)


def _copies(corpus: Corpus, chosen: dict[str, str]) -> tuple[Copy, ...]:
    rows = corpus.sql(
        """select story_id, title, url, site, appeared_at, similarity, relevant from cluster_members
           where cluster_id = (select cluster_id from cluster_members where story_id = $id limit 1)
               and story_id <> $id
           order by appeared_at nulls last, story_id limit 50""",
        chosen,
    )
    return tuple(Copy(**row | {"title": row["title"] or ""}) for row in rows)


def _own(facts: tuple[Fact, ...], story_id: str) -> tuple[Fact, ...]:
    """The facts that rest on a sentence of this story."""
    return tuple(fact for fact in facts if any(one.story_id == story_id for one in fact.evidence))
