"""Items that many pages show: stories, events, and facts with the sentences that they are based on.

A fact is shown as it is stored, with its status, confidence and evidence. Nothing here draws conclusions from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Day
from datetime import datetime, timedelta

from fivegwatch.desk.wording import incident_sentence, measure_sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A sentence that a fact is based on, and the story that contains it."""

    story_id: str
    url: str
    quote: str | None
    """The sentence; None when a person added the fact and gave no reason."""
    status: str
    field: str
    """Where the sentence is: ``title`` or ``text`` of the story; ``correction`` for a fact that a person added."""
    confidence: float
    published_day: Day | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureFact:
    """A measure (who does what against whom) as the stories of one event report it."""

    event_id: str
    by: str
    """Country code of the state that acts, or the name of a body or company."""
    action: str
    target: str
    scope: str
    scope_words: str
    """The scope in words that fit into a sentence; empty for ``other``."""
    instrument: str | None
    status: str
    date: str | None
    """When the measure was decided or takes effect, as exactly as it is known: YYYY, YYYY-MM or YYYY-MM-DD."""
    date_source: str | None
    """``said`` if a story states ``date``; ``resolved`` if it was computed from words such as "next month" and the
    publication date."""
    confidence: float
    stories: int
    first_day: Day | None
    last_day: Day | None
    deadline: str | None = None
    """Date by which the measure must be carried out, such as the year by which equipment must be removed."""
    evidence: tuple[Evidence, ...] = ()

    @property
    def sentence(self) -> str:
        """The measure in words: an English clause."""
        return measure_sentence(self.by, self.action, self.target, scope=self.scope_words, status=self.status)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFact:
    """An incident (what was done to whom) as the stories of one event report it."""

    event_id: str
    kind: str
    victims: tuple[str, ...]
    actor: str | None
    country: str | None
    """Code of the victim's country, as most stories name it; None when none does."""
    method: str | None
    status: str
    date: str | None
    confidence: float
    stories: int
    first_day: Day | None
    last_day: Day | None
    evidence: tuple[Evidence, ...] = ()

    @property
    def sentence(self) -> str:
        """The incident in words: an English clause."""
        return incident_sentence(self.kind, self.victims, actor=self.actor, country=self.country)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """A story as one line of a list."""

    id: str
    title: str
    url: str
    site: str
    site_name: str
    language: str
    published_at: datetime | None
    published_precision: str
    """``minute`` or ``day``; empty when it is undated."""
    first_seen_at: datetime | None
    score: float
    topics: tuple[str, ...]
    countries: tuple[str, ...]
    reason: str
    cluster_id: str
    event_id: str = ""
    lag: timedelta | None = None
    """Time between the first story of the event and this one; only on an event's page, None for undated stories."""
    gloss: str = ""
    """The story in one English line, on pages that show such lines; empty for a story in English."""

    @property
    def outlet(self) -> str:
        """The name of the outlet, or its domain when the page does not name it."""
        return self.site_name or self.site

    @property
    def appeared_at(self) -> datetime | None:
        """When the story was published or, if it is undated, first seen."""
        return self.published_at or self.first_seen_at


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """An event as one line of a list, with the facts extracted from its stories."""

    event_id: str
    title: str
    language: str
    """Language of the event's title."""
    stories: int
    outlets: tuple[str, ...]
    languages: tuple[str, ...]
    first_outlet: str
    first_published_at: datetime | None
    last_published_at: datetime | None
    seen_at: datetime | None
    """When the newest story of the event was first seen."""
    topics: tuple[str, ...]
    """Topics of its stories, the most frequent first."""
    countries: tuple[str, ...]
    reason: str
    """The stated reason for keeping the event's first story."""
    measures: tuple[MeasureFact, ...] = ()
    incidents: tuple[IncidentFact, ...] = ()

    @property
    def latest_at(self) -> datetime | None:
        """When the latest dated story of the event was published; if none is dated, when the newest was first seen."""
        return self.last_published_at or self.seen_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic of the watchlist."""

    code: str
    label: str
    description: str
