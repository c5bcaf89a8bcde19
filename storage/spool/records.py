"""What a worker may tell the corpus: eight kinds of records, collected in a batch.

The corpus is a function of the *set* of records ever written. Order of arrival and repetition change
nothing, because each record is either a fact (kept once, by ``digest``) or a claim about a key (the one
with the latest time stamp *inside the record* wins, the digest decides between equals).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from fivegwatch.extractors.copies.agencies import agency_of
from fivegwatch.extractors.copies.fingerprints import VERSION, fingerprint
from fivegwatch.extractors.model import (
    Article,
    Decision,
    Entry,
    EntryState,
    Failure,
    Feed,
    FeedState,
    Origin,
    PollOutcome,
    Unit,
    UnitState,
)

Kind = Literal["subscription", "poll", "entry", "attempt", "judged", "failure", "run", "unit"]
Row = dict[str, Any]

MATCH = {
    "rule": "VARCHAR", "facet": "VARCHAR", "field": "VARCHAR", "start": "BIGINT", "end": "BIGINT",
    "quote": "VARCHAR",
}  # fmt: skip
MENTION = {
    "entity": "VARCHAR", "name": "VARCHAR", "type": "VARCHAR", "country": "VARCHAR", "count": "BIGINT",
    "field": "VARCHAR", "start": "BIGINT",
}  # fmt: skip
PART = {"name": "VARCHAR", "value": "DOUBLE"}
DATE = {
    "source": "VARCHAR", "claimed_at": "TIMESTAMPTZ", "precision": "VARCHAR", "zone_known": "BOOLEAN",
}  # fmt: skip
LENGTH = {"method": "VARCHAR", "chars": "BIGINT"}
STRUCTS: dict[str, dict[str, str]] = {
    "MATCH": MATCH, "MENTION": MENTION, "PART": PART, "DATE": DATE, "LENGTH": LENGTH,
}  # fmt: skip

# The shape of a batch, once, for the writer (Arrow) and the loader (SQL). Fields may be added at the end;
# batches written before that read as null there. Never rename, retype or remove: done/ must stay loadable.
FIELDS: dict[Kind, dict[str, str]] = {
    "subscription": {
        "feed_id": "VARCHAR", "url": "VARCHAR", "title": "VARCHAR", "site_url": "VARCHAR",
        "publisher": "VARCHAR", "language": "VARCHAR", "country": "VARCHAR", "category": "VARCHAR",
        "active": "BOOLEAN", "inactive_reason": "VARCHAR", "synced_at": "TIMESTAMPTZ",
    },
    "poll": {
        "run_id": "VARCHAR", "feed_id": "VARCHAR", "polled_at": "TIMESTAMPTZ", "outcome": "VARCHAR",
        "status": "BIGINT", "entries_seen": "BIGINT", "skipped": "BIGINT", "bytes": "BIGINT",
        "seconds": "DOUBLE", "message": "VARCHAR",
        "url": "VARCHAR", "etag": "VARCHAR", "last_modified": "VARCHAR", "body_hash": "VARCHAR",
        "checked_at": "TIMESTAMPTZ", "failures": "BIGINT", "first_failed_at": "TIMESTAMPTZ",
        "next_poll_at": "TIMESTAMPTZ", "retry_after_at": "TIMESTAMPTZ", "moved_to": "VARCHAR",
        "moved_count": "BIGINT", "disabled_reason": "VARCHAR", "subscribed_url": "VARCHAR",
    },
    "entry": {
        "run_id": "VARCHAR", "entry_id": "VARCHAR", "feed_id": "VARCHAR", "seen_at": "TIMESTAMPTZ",
        "origin_kind": "VARCHAR", "origin_locator": "VARCHAR", "rank": "BIGINT",
        "announced_hash": "VARCHAR", "variant": "VARCHAR",
        "url": "VARCHAR", "canonical_url": "VARCHAR", "title": "VARCHAR", "summary": "VARCHAR",
        "content": "VARCHAR", "guid": "VARCHAR", "authors": "VARCHAR[]", "categories": "VARCHAR[]",
        "published_at": "TIMESTAMPTZ", "updated_at": "TIMESTAMPTZ", "language": "VARCHAR",
    },
    "attempt": {
        "run_id": "VARCHAR", "entry_id": "VARCHAR", "attempted_at": "TIMESTAMPTZ", "state": "VARCHAR",
        "attempts": "BIGINT", "next_attempt_at": "TIMESTAMPTZ", "retry_after_at": "TIMESTAMPTZ",
        "article_id": "VARCHAR", "status": "BIGINT", "kind": "VARCHAR", "message": "VARCHAR",
        "etag": "VARCHAR", "last_modified": "VARCHAR", "retrying_since": "TIMESTAMPTZ",
    },
    "judged": {
        "run_id": "VARCHAR", "article_id": "VARCHAR", "entry_id": "VARCHAR", "url": "VARCHAR",
        "site": "VARCHAR", "title": "VARCHAR", "text": "VARCHAR", "authors": "VARCHAR[]",
        "published_at": "TIMESTAMPTZ", "published_precision": "VARCHAR", "published_source": "VARCHAR",
        "language": "VARCHAR", "section": "VARCHAR", "tags": "VARCHAR[]", "text_hash": "VARCHAR",
        "content_id": "VARCHAR", "text_kept": "BOOLEAN", "text_chars": "BIGINT",
        "method": "VARCHAR", "quality": "VARCHAR[]",
        "captured_at": "TIMESTAMPTZ", "judged_at": "TIMESTAMPTZ", "page_hash": "VARCHAR",
        "raw_ref": "VARCHAR", "origin_kind": "VARCHAR", "origin_locator": "VARCHAR",
        "relevant": "BOOLEAN", "near_miss": "BOOLEAN", "score": "DOUBLE", "threshold": "DOUBLE",
        "reason": "VARCHAR", "stage": "VARCHAR", "topics": "VARCHAR[]", "matches": "MATCH[]",
        "mentions": "MENTION[]", "parts": "PART[]", "rules_fingerprint": "VARCHAR",
        "site_name": "VARCHAR", "dates": "DATE[]", "lengths": "LENGTH[]", "page_chars": "BIGINT",
        "fingerprint_version": "BIGINT", "text_key": "BIGINT", "shingles": "BIGINT", "bands": "BIGINT[]",
        "anchors": "BIGINT[]", "agency": "VARCHAR",
    },
    "failure": {
        "run_id": "VARCHAR", "url": "VARCHAR", "stage": "VARCHAR", "kind": "VARCHAR", "message": "VARCHAR",
        "transient": "BOOLEAN", "failed_at": "TIMESTAMPTZ", "origin_kind": "VARCHAR",
        "origin_locator": "VARCHAR",
    },
    "run": {
        "run_id": "VARCHAR", "flow": "VARCHAR", "started_at": "TIMESTAMPTZ", "ended_at": "TIMESTAMPTZ",
        "state": "VARCHAR", "message": "VARCHAR", "counts": "MAP(VARCHAR, BIGINT)",
    },
    "unit": {
        "run_id": "VARCHAR", "unit_id": "VARCHAR", "source": "VARCHAR", "kind": "VARCHAR",
        "locator": "VARCHAR", "options": "VARCHAR", "size": "BIGINT", "state": "VARCHAR",
        "cursor": "VARCHAR", "position": "BIGINT", "step": "BIGINT", "attempts": "BIGINT",
        "next_attempt_at": "TIMESTAMPTZ", "problem": "VARCHAR", "message": "VARCHAR",
        "counts": "MAP(VARCHAR, BIGINT)", "updated_at": "TIMESTAMPTZ",
    },
}  # fmt: skip


def digest_of(*values: object) -> str:
    """128-bit BLAKE2b (hex) of values by content: equal values give equal digests in any process."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=True, default=_plain)
    return hashlib.blake2b(text.encode("ascii"), digest_size=16).hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"a record cannot hold {type(value).__name__}")


def _clean(value: Any) -> Any:
    """``value`` as Parquet can hold it: UTC times; text without NULs and lone surrogates."""
    # Hundreds of short values a record: types are compared first, and plain ASCII is left as it is.
    kind = type(value)
    if kind is str:
        if value.isascii() and "\x00" not in value:
            return value
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if kind is int or kind is float or kind is bool or value is None:
        return value
    if kind is dict:  # its keys are names of our own
        return {name: _clean(item) for name, item in value.items()}
    if kind is list or kind is tuple:
        return [_clean(item) for item in value]
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"a record needs aware times, not {value.isoformat()}")
        return value.astimezone(UTC)
    if isinstance(value, str):
        return _clean(str(value))
    return value


def _struct(value: object, names: Iterable[str]) -> Row:
    return {name: getattr(value, name) for name in names}


@dataclass(slots=True)
class Batch:
    """Records on their way to the corpus. Collect a unit of work, then ``put_batch`` it: all or nothing.

    What belongs together goes into one batch: a feed's new state with its entries, an attempt with the
    article it brought.
    """

    rows: list[tuple[Kind, str, Row]] = field(default_factory=list)
    """(kind, digest, fields), in the order given; the order has no meaning."""

    def __len__(self) -> int:
        return len(self.rows)

    def _add(self, kind: Kind, values: Mapping[str, Any]) -> None:
        row = _clean({name: values.get(name) for name in FIELDS[kind]})
        self.rows.append((kind, digest_of(kind, row), row))

    def subscription(self, feed: Feed, *, synced_at: datetime) -> None:
        """A feed as the watchlist has it at ``synced_at``; give a removed one with ``active=False``."""
        values = _struct(feed, FIELDS["subscription"].keys() - {"feed_id", "synced_at"})
        self._add("subscription", values | {"feed_id": feed.id, "synced_at": synced_at})

    def poll(
        self,
        run_id: str,
        feed: Feed,
        *,
        state_after: FeedState,
        outcome: PollOutcome,
        polled_at: datetime,
        status: int | None = None,
        entries_seen: int = 0,
        skipped: int = 0,
        bytes: int = 0,
        seconds: float = 0.0,
        message: str = "",
    ) -> None:
        """One poll of ``feed`` and what to remember of it. Its entries belong into the same batch."""
        values = {name: getattr(state_after, name) for name in FIELDS["poll"] if hasattr(state_after, name)}
        self._add(
            "poll",
            values
            | {
                "run_id": run_id, "feed_id": feed.id, "polled_at": polled_at, "outcome": outcome,
                "status": status, "entries_seen": entries_seen, "skipped": skipped, "bytes": bytes,
                "seconds": seconds, "message": message,
            },
        )  # fmt: skip

    def entry(self, run_id: str, entry: Entry, *, feed_id: str = "", seen_at: datetime) -> None:
        """An entry announced by its origin at ``seen_at``.

        An unknown one becomes pending. One that is done becomes pending again when *the same origin*
        announces it with another title, summary or update time: the story was edited.
        """
        announced = _struct(entry, _ANNOUNCEMENT)
        origin = entry.origin
        variant = digest_of(_clean(announced), feed_id, origin.kind, origin.locator)
        self._add(
            "entry",
            announced
            | {
                "run_id": run_id, "entry_id": entry.id, "feed_id": feed_id, "seen_at": seen_at,
                "origin_kind": origin.kind, "origin_locator": origin.locator, "rank": origin.rank,
                "variant": variant,
                "announced_hash": digest_of(_clean([entry.title, entry.summary, entry.updated_at]))[:16],
            },
        )  # fmt: skip

    def attempt(
        self,
        run_id: str,
        entry_id: str,
        *,
        at: datetime,
        state_after: EntryState,
        attempts: int,
        next_attempt_at: datetime | None = None,
        retry_after_at: datetime | None = None,
        article_id: str | None = None,
        status: int | None = None,
        kind: str = "",
        message: str = "",
        etag: str | None = None,
        last_modified: str | None = None,
        retrying_since: datetime | None = None,
    ) -> None:
        """One try at an entry's page. Validators and article of an earlier success outlive a failure.

        ``state_after`` "retry" with an ``article_id``: the page was judged and shall be read again all the same.
        """
        self._add(
            "attempt",
            {
                "run_id": run_id, "entry_id": entry_id, "attempted_at": at, "state": state_after,
                "attempts": attempts, "next_attempt_at": next_attempt_at, "retry_after_at": retry_after_at,
                "article_id": article_id, "status": status, "kind": kind, "message": message, "etag": etag,
                "last_modified": last_modified, "retrying_since": retrying_since,
            },
        )  # fmt: skip

    def judged(
        self,
        run_id: str,
        article: Article,
        decision: Decision,
        *,
        entry_id: str | None,
        origin: Origin,
        captured_at: datetime,
        judged_at: datetime,
        keep_text: bool,
        page_hash: str = "",
        raw_ref: str | None = None,
    ) -> None:
        """An article and the verdict on it. The latest capture counts, of one capture the latest verdict.

        ``keep_text`` False leaves the text out; a text the corpus has already is never dropped for that.
        """
        values = _struct(article, _ARTICLE) | _struct(decision, _DECISION)
        for name, shape in (("matches", MATCH), ("mentions", MENTION), ("parts", PART)):
            values[name] = [_struct(item, shape) for item in getattr(decision, name)]
        values["dates"] = [
            _struct(date, DATE.keys() - {"claimed_at"}) | {"claimed_at": date.at} for date in article.dates
        ]
        values["lengths"] = [{"method": method, "chars": chars} for method, chars in article.lengths]
        self._add(
            "judged",
            values
            | {
                "run_id": run_id, "article_id": article.id, "entry_id": entry_id,
                "text": article.text if keep_text else None, "text_kept": keep_text,
                "text_chars": len(article.text),
                "content_id": digest_of(_clean([article.title, article.text])),
                "captured_at": captured_at, "judged_at": judged_at, "page_hash": page_hash,
                "raw_ref": raw_ref, "origin_kind": origin.kind, "origin_locator": origin.locator,
            }
            | (_recognition(article) if keep_text else {}),
        )  # fmt: skip

    def failure(self, run_id: str, failure: Failure) -> None:
        """Something that could not be done."""
        origin = failure.origin
        self._add(
            "failure",
            {name: getattr(failure, name, None) for name in FIELDS["failure"]}
            | {
                "run_id": run_id,
                "origin_kind": origin.kind if origin else None,
                "origin_locator": origin.locator if origin else None,
            },
        )

    def run(
        self,
        run_id: str,
        *,
        flow: str,
        started_at: datetime,
        ended_at: datetime | None = None,
        state: str = "Running",
        message: str = "",
        counts: Mapping[str, int] | None = None,
    ) -> None:
        """A run: once when it starts, once more (with ``ended_at``) when it ends; the latter wins."""
        self._add(
            "run",
            {
                "run_id": run_id, "flow": flow, "started_at": started_at, "ended_at": ended_at,
                "state": state, "message": message, "counts": dict(counts or {}),
            },
        )  # fmt: skip

    def unit(
        self,
        run_id: str,
        unit: Unit,
        *,
        state: UnitState,
        at: datetime,
        cursor: str = "",
        position: int = 0,
        step: int = 0,
        attempts: int = 0,
        next_attempt_at: datetime | None = None,
        problem: str = "",
        message: str = "",
        counts: Mapping[str, int] | None = None,
    ) -> None:
        """How far a unit of a backfill is, in one batch with all that was read on the way there.

        ``pending`` says only that there is such a unit; anything else said of it outweighs that. Of the rest
        the latest ``at`` counts, of one time the latest ``step``: give the time of the run and number what it
        tells of the unit, and a part that is done twice says the same twice. ``counts`` are of the whole unit.
        """
        self._add(
            "unit",
            {
                "run_id": run_id, "unit_id": unit.id, "source": unit.source, "kind": unit.kind,
                "locator": unit.locator, "options": json.dumps(dict(unit.options), sort_keys=True),
                "size": unit.size, "state": state, "cursor": cursor, "position": position, "step": step,
                "attempts": attempts, "next_attempt_at": next_attempt_at, "problem": problem,
                "message": message, "counts": dict(counts or {}), "updated_at": at,
            },
        )  # fmt: skip


def _recognition(article: Article) -> Row:
    """What the loader finds copies of this text by; it would work it out itself, but the store is held then."""
    title, text = _clean([article.title, article.text])
    made = fingerprint(title, text)
    if made is None:
        return {}
    return {
        "fingerprint_version": VERSION, "text_key": made.text_key, "shingles": made.shingles,
        "bands": list(made.bands), "anchors": list(made.anchors), "agency": agency_of(text),
    }  # fmt: skip


_ANNOUNCEMENT = dict.fromkeys(
    ("url", "canonical_url", "title", "summary", "content", "guid", "authors", "categories", "published_at",
     "updated_at", "language"),
    "",
)  # fmt: skip
_ARTICLE = dict.fromkeys(
    ("url", "site", "title", "authors", "published_at", "published_precision", "published_source", "language",
     "section", "tags", "text_hash", "method", "quality", "site_name", "page_chars"),
    "",
)  # fmt: skip
_DECISION = dict.fromkeys(
    ("relevant", "near_miss", "score", "threshold", "reason", "stage", "topics", "rules_fingerprint"), ""
)
