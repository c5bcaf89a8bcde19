"""What many pages show: stories, events, and facts with the sentences they rest on.

A fact is shown as stored: its status word, its confidence, its evidence. Nothing here concludes anything from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date as Day
from datetime import datetime, timedelta

from fivegwatch.desk.wording import incident_sentence, measure_sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A sentence that a fact rests on, and the story it is in."""

    story_id: str
    url: str
    quote: str | None
    """None when a person added the fact without a reason."""
    status: str
    field: str
    """``title``, ``text``, or ``correction`` for what a person added."""
    confidence: float
    published_day: Day | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureFact:
    """Who does what against whom, by the stories of one event."""

    event_id: str
    by: str
    """Country code of the state that acts, or the name of a body or company."""
    action: str
    target: str
    scope: str
    scope_words: str
    """How a sentence says the scope; empty for ``other``."""
    instrument: str | None
    status: str
    date: str | None
    """When it was decided or takes effect, as far as it is known: YYYY, YYYY-MM or YYYY-MM-DD."""
    date_source: str | None
    """``said`` when written out, ``resolved`` when relative to the publication date."""
    confidence: float
    stories: int
    first_day: Day | None
    last_day: Day | None
    deadline: str | None = None
    """Until when it must be carried out, such as the year by which equipment must be out."""
    evidence: tuple[Evidence, ...] = ()

    @property
    def sentence(self) -> str:
        """The measure in words: an English clause."""
        return measure_sentence(self.by, self.action, self.target, scope=self.scope_words, status=self.status)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentFact:
    """What was done to whom, by the stories of one event."""

    event_id: str
    kind: str
    victims: tuple[str, ...]
    actor: str | None
    country: str | None
    """Country code of the victim; None when no story says it."""
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
    """Time after the first story of its event; None outside an event's page, and for undated stories."""
    gloss: str = ""
    """What it tells, in English, where its page was asked for that; empty for an English story."""

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
    """An event as one entry of a list, with the facts drawn from its stories."""

    event_id: str
    title: str
    language: str
    """Language of the title."""
    stories: int
    outlets: tuple[str, ...]
    languages: tuple[str, ...]
    first_outlet: str
    first_published_at: datetime | None
    last_published_at: datetime | None
    seen_at: datetime | None
    """When its newest story was first seen."""
    topics: tuple[str, ...]
    """Topics of its stories, the most frequent first."""
    countries: tuple[str, ...]
    reason: str
    """Why its first story is kept."""
    measures: tuple[MeasureFact, ...] = ()
    incidents: tuple[IncidentFact, ...] = ()

    @property
    def latest_at(self) -> datetime | None:
        """When the latest story of the event appeared."""
        return self.last_published_at or self.seen_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic of the watchlist."""

    code: str
    label: str
    description: str
