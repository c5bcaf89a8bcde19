"""Types of facts: roles, topics, measures, incidents, and the features by which stories are compared.

The vocabularies are those of the annotation guideline in ``docs/facts.md``. A field is empty if the text says nothing
about it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

VERSION = 9
"""Version of the method. ``refilter`` computes facts of another version again; raise it when results change."""

ROLES = ("accused", "acts", "applies", "victim", "in_question", "subject", "named")
ACTIONS = (
    "ban", "restrict", "phase_out", "review", "allow", "remove_fund", "certify", "law", "licence", "revoke", "fine",
    "sanction", "advise", "sue",
)  # fmt: skip
STATUSES = (
    "demanded", "considered", "proposed", "announced", "decided", "in_force", "rejected", "lifted", "in_court",
)  # fmt: skip
INCIDENT_KINDS = (
    "intrusion", "espionage", "disruption", "signalling_abuse", "fake_base_station", "data_theft", "vulnerability",
    "interception_abuse", "insider", "fraud_on_operator",
)  # fmt: skip
INCIDENT_STATUSES = ("alleged", "confirmed", "demonstrated", "denied", "patched")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """The sentence that supports a fact; offsets are str indices into ``field``, end exclusive."""

    field: str
    """``title`` or ``text``."""
    start: int
    end: int
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """The role of a country or an entity in a story."""

    type: str
    """``country``, or the entity's type: vendor, operator, threat_actor, agency, law, ..."""
    entity: str
    """ISO 3166-1 alpha-2 code of a country, or the id of an entity."""
    name: str
    country: str
    role: str
    """One of ``ROLES``; ``named`` means that it is mentioned without being a subject."""
    confidence: float
    """0 to 1: how likely a reader would call the country or entity a subject of the story."""
    count: int
    """How often the country or entity is named."""
    passage: Passage

    @property
    def is_subject(self) -> bool:
        """Whether the story is about this country or entity."""
        return self.role != "named"


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A topic of a story, with the reason for it."""

    code: str
    confidence: float
    reason: str
    """The signs that weigh most, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One act of a government, body or operator: who does what against whom."""

    by: str
    """Country code, or the name of the body or company that acts."""
    action: str
    target: str
    scope: str
    instrument: str
    """Name of the law, order or list; empty when none is named."""
    status: str
    date: str
    """When the act was decided or takes effect: ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``; empty when the text gives no
    date."""
    date_source: str
    """How date and deadline are known: ``said`` (written out), ``resolved`` (relative to the publication) or empty."""
    confidence: float
    passage: Passage
    deadline: str = ""
    """The date by which the act must be carried out, written like ``date``; empty when the text gives none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """What was done to a network, its operator or its users, or was shown to be possible."""

    kind: str
    victims: tuple[str, ...]
    """Names of the operators, bodies or people that suffered the incident; empty when none is named."""
    actor: str
    """Name of the attacker; empty when none is named."""
    country: str
    """Country code of the victims; empty when the text does not say it."""
    method: str
    status: str
    """How certain the text is: ``confirmed``, ``alleged``, ``denied``, ..."""
    date: str
    """As `Measure.date`; ``date_source`` as `Measure.date_source`."""
    date_source: str
    confidence: float
    """0 to 1."""
    passage: Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSigns:
    """The features by which stories of the same days are compared."""

    words: tuple[str, ...]
    """First letters of the words of title and lead, folded, without short words; pairs of characters in scripts without
    spaces."""
    numbers: tuple[str, ...]
    """Numbers of two digits or more in title and lead."""
    names: tuple[str, ...]
    """Ids of the entities in title and lead."""
    acts: tuple[str, ...]
    """Kinds of measures and incidents (``ban``, ``espionage``, ...), and the code of the likeliest topic."""
    reports_event: bool = field(metadata={"stored": "told"})
    """False for columns, explainers and questions."""

    @property
    def told(self) -> bool:
        """``reports_event``, under the name that its column has in stored batches."""
        return self.reports_event


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All facts of a story that could be extracted."""

    version: int
    roles: tuple[Role, ...]
    topics: tuple[Topic, ...]
    measures: tuple[Measure, ...]
    incidents: tuple[Incident, ...]
    event: EventSigns
