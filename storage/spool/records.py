"""The twelve kinds of records by which workers report to the corpus.

The corpus depends only on the *set* of records ever written. Neither their order nor repetition changes anything,
because each record is either a fact (stored once, by its ``digest``) or a claim about a key (the claim with the latest
time stamp *inside the record* wins; between equal times, the digest decides).

The fields of a record are its columns, and the annotations of the fields are the column types. Fields may be added at
the end; in older batches they are read as null. Never rename, retype or remove a field: every batch in ``done/`` must
stay loadable.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from fivegwatch.extractors.copies.agencies import agency_of
from fivegwatch.extractors.copies.version import VERSION
from fivegwatch.extractors.model import (
    Article,
    Decision,
    Entry,
    EntryState,
    Failure,
    Match,
    Mention,
    Origin,
    Page,
    Part,
    Unit,
    UnitState,
)
from fivegwatch.extractors.story_facts import Facts
from fivegwatch.storage.spool.column_types import digest_of, plain, shared_fields
from fivegwatch.storage.spool.corrections import Correction
from fivegwatch.storage.spool.feed_records import Alert, Gap, Poll, Subscription, Transition
from fivegwatch.storage.spool.measurements import Completeness, MissedStory

Kind = Literal[
    "subscription", "poll", "entry", "attempt", "judged", "failure", "run", "unit", "correction", "transition", "gap",
    "alert", "completeness", "missed_story",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """An entry as its origin announced it at ``seen_at``.

    A new entry becomes pending. An entry that is done becomes pending again if *the same origin* announces it with
    another title, summary or update time, which means that the story was edited.
    """

    run_id: str
    entry_id: str
    feed_id: str
    seen_at: datetime
    origin_kind: str
    origin_locator: str
    rank: int | None
    announced_hash: str
    """Digest of title, summary and update time; if it changes, the story was edited."""
    variant: str
    """Digest of everything that was announced, and of the origin."""
    url: str
    canonical_url: str
    title: str
    summary: str
    content: str
    guid: str
    authors: tuple[str, ...]
    categories: tuple[str, ...]
    published_at: datetime | None
    updated_at: datetime | None
    language: str

    @classmethod
    def of(cls, run_id: str, entry: Entry, *, feed_id: str = "", seen_at: datetime) -> Sighting:
        """The record of the announcement of ``entry`` at ``seen_at``."""
        announced, origin = shared_fields(entry, cls), entry.origin
        return cls(
            **announced,
            run_id=run_id,
            entry_id=entry.id,
            feed_id=feed_id,
            seen_at=seen_at,
            origin_kind=origin.kind,
            origin_locator=origin.locator,
            rank=origin.rank,
            announced_hash=digest_of(plain([entry.title, entry.summary, entry.updated_at]))[:16],
            variant=digest_of(plain(announced), feed_id, origin.kind, origin.locator),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt to fetch an entry's page. A failed attempt does not erase the validators and the article of an
    earlier success.

    ``state`` is the entry's state after the attempt. ``retry`` with an ``article_id`` means that the page was judged
    and will be read again.
    """

    run_id: str
    entry_id: str
    attempted_at: datetime
    state: EntryState
    attempts: int
    next_attempt_at: datetime | None = None
    retry_after_at: datetime | None = None
    article_id: str | None = None
    status: int | None = None
    kind: str = ""
    message: str = ""
    etag: str | None = None
    last_modified: str | None = None
    retrying_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DateClaim:
    """One statement about when a story was published; a stored `extractors.model.PageDate`."""

    source: str
    claimed_at: datetime
    precision: str
    zone_known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateLength:
    """Length, in characters, of the text that one extraction method gave."""

    method: str
    chars: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where an article comes from: the entry and the origin that led to its page, and which capture of the page was
    read.
    """

    entry_id: str | None
    origin: Origin
    captured_at: datetime
    page_hash: str = ""
    """SHA-256 (hex) of the page's body."""
    raw_ref: str | None = None
    """Reference of the page in our own page archive; None if it is not archived."""

    @classmethod
    def of(cls, page: Page, entry: Entry, raw_ref: str | None) -> Provenance:
        """The provenance of an article that was read from ``page``, which was fetched because of ``entry``."""
        return cls(
            entry_id=entry.id,
            origin=entry.origin,
            captured_at=page.captured_at,
            page_hash=hashlib.sha256(page.body).hexdigest(),
            raw_ref=raw_ref,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An article and the verdict on it. The latest capture of a page wins; among verdicts on one capture, the latest
    wins.
    """

    run_id: str
    article_id: str
    entry_id: str | None
    url: str
    site: str
    title: str
    text: str | None
    """The article's text; None leaves a text that the corpus already has as it is."""
    authors: tuple[str, ...]
    published_at: datetime | None
    published_precision: str
    published_source: str
    language: str
    section: str
    tags: tuple[str, ...]
    text_hash: str
    content_id: str
    """Digest of the exact title and text."""
    text_kept: bool
    text_chars: int
    method: str
    quality: tuple[str, ...]
    captured_at: datetime
    judged_at: datetime
    page_hash: str
    raw_ref: str | None
    origin_kind: str
    origin_locator: str
    relevant: bool
    near_miss: bool
    score: float
    threshold: float
    reason: str
    stage: str
    topics: tuple[str, ...]
    matches: tuple[Match, ...]
    mentions: tuple[Mention, ...]
    parts: tuple[Part, ...]
    rules_fingerprint: str
    site_name: str
    dates: tuple[DateClaim, ...]
    lengths: tuple[CandidateLength, ...]
    page_chars: int
    # The loader finds copies of a text by these. It could compute them itself, but would hold the store meanwhile.
    fingerprint_version: int | None = None
    text_key: int | None = None
    shingles: int | None = None
    bands: tuple[int, ...] | None = None
    anchors: tuple[int, ...] | None = None
    agency: str | None = None
    facts: Facts | None = None

    @classmethod
    def of(
        cls,
        run_id: str,
        article: Article,
        decision: Decision,
        provenance: Provenance,
        *,
        judged_at: datetime,
        keep_text: bool,
    ) -> Judged:
        """The record of ``decision`` on ``article``; without ``keep_text``, the text is left out."""
        origin = provenance.origin
        values = shared_fields(article, cls) | shared_fields(decision, cls) | shared_fields(provenance, cls)
        values |= {
            "run_id": run_id,
            "article_id": article.id,
            "text": article.text if keep_text else None,
            "content_id": digest_of(plain([article.title, article.text])),
            "text_kept": keep_text,
            "text_chars": len(article.text),
            "judged_at": judged_at,
            "origin_kind": origin.kind,
            "origin_locator": origin.locator,
            "dates": tuple(
                DateClaim(source=d.source, claimed_at=d.at, precision=d.precision, zone_known=d.zone_known)
                for d in article.dates
            ),
            "lengths": tuple(CandidateLength(method=how, chars=chars) for how, chars in article.lengths),
        }
        return cls(**values, **(recognition(article) if keep_text else {}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A step that failed, the document it was about, and why."""

    run_id: str
    url: str
    stage: str
    kind: str
    message: str
    transient: bool
    failed_at: datetime
    origin_kind: str | None
    origin_locator: str | None
    repeats: int | None = None
    """How often the step failed: the number of failed polls or attempts in a row, or of entries of one document with
    this fault."""

    @classmethod
    def of(cls, run_id: str, failure: Failure) -> Failed:
        """The record of ``failure``."""
        origin = failure.origin
        return cls(
            **shared_fields(failure, cls),
            run_id=run_id,
            origin_kind=origin.kind if origin else None,
            origin_locator=origin.locator if origin else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run. It is recorded when it starts and again, with ``ended_at``, when it ends; the second record replaces the
    first.
    """

    run_id: str
    flow: str
    started_at: datetime
    ended_at: datetime | None = None
    state: str = "Running"
    message: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a unit of a backfill was read; written in the same batch as the results of that reading.

    ``pending`` says only that the unit exists; any other state wins over it. Among other states the latest
    ``updated_at`` wins, and between equal times the highest ``step``. ``updated_at`` is the start of the run, and
    ``step`` numbers the records of a unit in it, so that a part of a unit that is read twice gives the same record
    twice. ``counts`` are those of the whole unit.
    """

    run_id: str
    unit_id: str
    source: str
    kind: str
    locator: str
    options: str
    size: int
    state: UnitState
    cursor: str = ""
    position: int = 0
    step: int = 0
    attempts: int = 0
    next_attempt_at: datetime | None = None
    problem: str = ""
    message: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    updated_at: datetime

    @classmethod
    def of(cls, run_id: str, unit: Unit, *, state: UnitState, at: datetime) -> Progress:
        """The record that ``unit`` is in this ``state``; callers add how far it was read with `dataclasses.replace`."""
        values = shared_fields(unit, cls) | {"options": json.dumps(dict(unit.options), sort_keys=True)}
        return cls(**values, run_id=run_id, unit_id=unit.id, state=state, updated_at=at)


Record = (
    Subscription
    | Poll
    | Sighting
    | Attempt
    | Judged
    | Failed
    | Run
    | Progress
    | Correction
    | Transition
    | Gap
    | Alert
    | Completeness
    | MissedStory
)
RECORDS: dict[Kind, type[Record]] = {
    "subscription": Subscription, "poll": Poll, "entry": Sighting, "attempt": Attempt, "judged": Judged,
    "failure": Failed, "run": Run, "unit": Progress, "correction": Correction, "transition": Transition, "gap": Gap,
    "alert": Alert, "completeness": Completeness, "missed_story": MissedStory,
}  # fmt: skip
KINDS: dict[type, Kind] = {record: kind for kind, record in RECORDS.items()}


def recognition(article: Article) -> dict[str, Any]:
    """The fields of a ``Judged`` record by which copies of the article are recognised; empty if its text is too
    short.
    """
    from fivegwatch.extractors.copies.fingerprints import (
        fingerprint,
    )  # numpy, which most processes do without

    title, text = plain([article.title, article.text])
    made = fingerprint(title, text)
    if made is None:
        return {}
    return {
        "fingerprint_version": VERSION, "text_key": made.text_key, "shingles": made.shingles,
        "bands": tuple(made.bands), "anchors": tuple(made.anchors), "agency": agency_of(text),
    }  # fmt: skip
