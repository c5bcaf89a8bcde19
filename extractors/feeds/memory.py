"""What is remembered of a feed between polls to judge its health and pace: one line of JSON in the feed's state."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache

from fivegwatch.extractors.feeds.health import Trouble
from fivegwatch.extractors.feeds.rhythm import Rhythm
from fivegwatch.extractors.model import Entry

KEYS_KEPT = 4
"""Number of documents whose items are remembered: some servers give an old and a new document in turn."""
TITLE_CHARS = 8
"""Fewest characters of a title that identifies a story; shorter titles, such as "Podcast", belong to many items."""
_KEY_BYTES = 4
NO_RHYTHM, NO_TROUBLE = Rhythm(), Trouble()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedMemory:
    """The memory of one feed."""

    rhythm: Rhythm = NO_RHYTHM
    trouble: Trouble = NO_TROUBLE
    empty_polls: int = 0
    """Polls in a row with a document without items."""
    empty_since: datetime | None = None
    asked_s: float = 0.0
    """Pause between polls that the document asks for (ttl, sy:updatePeriod), in seconds."""
    skip_hours: tuple[int, ...] = ()
    """Hours (UTC) in which the document asks not to be polled."""
    skip_days: tuple[int, ...] = ()
    """Weekdays (Monday 0, UTC) on which the document asks not to be polled."""
    keys: frozenset[bytes] = frozenset()
    """Hashes of the addresses, ids and titles of the items in the last documents."""
    order: tuple[bytes, ...] = ()
    """The hashes in ``keys`` in order, the newest document first."""
    newest_date: datetime | None = None
    """The latest date of an item in the last document that had dates. It is not used for the pace."""
    read_at: datetime | None = None
    """When a whole document, new or not, was last received; an answer "not modified" has no document."""
    validators_lie: bool = False
    """Whether the server once answered "not modified", or repeated its ETag, although its document had changed."""

    def knows(self, entry: Entry) -> bool:
        """Whether one of the last documents had this item, recognised by its address or its id."""
        return not self.keys.isdisjoint(_keys_of(entry))

    def knows_titles(self, entries: Collection[Entry]) -> bool:
        """Whether at least half of the entries have titles that the last documents had too: the stories are then the
        same, even if their addresses and ids differ."""
        titles = [key for entry in entries for key in _title_key(entry)]
        return bool(titles) and 2 * sum(key in self.keys for key in titles) >= len(entries)

    def with_document(self, entries: Iterable[Entry]) -> FeedMemory:
        """The memory after a document with these items."""
        items = list(entries)
        new = tuple(dict.fromkeys(key for entry in items for key in (*_keys_of(entry), *_title_key(entry))))
        order = tuple(dict.fromkeys((*new, *self.order)))[: max(300, KEYS_KEPT * len(new))]
        newest = max((entry.published_at for entry in items if entry.published_at), default=self.newest_date)
        return replace(self, keys=frozenset(order), order=order, newest_date=newest)

    def encoded(self) -> str:
        """The memory as one line of JSON."""
        values = {
            "rhythm": self.rhythm.encoded(),
            "trouble": self.trouble.name,
            "well_since": _stamp(self.trouble.well_since),
            "empty_polls": self.empty_polls,
            "empty_since": _stamp(self.empty_since),
            "asked_s": self.asked_s,
            "skip_hours": self.skip_hours,
            "skip_days": self.skip_days,
            "newest_date": _stamp(self.newest_date),
            "read_at": _stamp(self.read_at),
            "validators_lie": self.validators_lie,
            "keys": base64.b85encode(b"".join(self.order)).decode(),
        }
        return json.dumps({name: value for name, value in values.items() if value}, separators=(",", ":"))

    @classmethod
    @lru_cache(
        maxsize=1024
    )  # one poll reads the same line several times; some hundred feeds are polled at once
    def decoded(cls, line: str | None) -> FeedMemory:
        """The memory that `encoded` wrote as ``line``; an empty memory for None or a malformed line."""
        try:
            values = json.loads(line or "{}")
            packed = base64.b85decode(values.get("keys", ""))
            order = tuple(packed[at : at + _KEY_BYTES] for at in range(0, len(packed), _KEY_BYTES))
            return cls(
                rhythm=Rhythm.decoded(values.get("rhythm")),
                trouble=Trouble(name=values.get("trouble", ""), well_since=_moment(values.get("well_since"))),
                empty_polls=int(values.get("empty_polls", 0)),
                empty_since=_moment(values.get("empty_since")),
                asked_s=float(values.get("asked_s", 0.0)),
                skip_hours=tuple(values.get("skip_hours", ())),
                skip_days=tuple(values.get("skip_days", ())),
                keys=frozenset(order),
                order=order,
                newest_date=_moment(values.get("newest_date")),
                read_at=_moment(values.get("read_at")),
                validators_lie=bool(values.get("validators_lie")),
            )
        except (ValueError, TypeError, AttributeError):
            return cls()


def _keys_of(entry: Entry) -> tuple[bytes, ...]:
    names = (entry.id, entry.guid) if entry.guid else (entry.id,)
    return tuple(map(_key, names))


def _title_key(entry: Entry) -> tuple[bytes, ...]:
    """The hash of the entry's title, if the title is long enough to belong to a single story."""
    return (_key(f"title {entry.title}"),) if len(entry.title) >= TITLE_CHARS else ()


def _key(name: str) -> bytes:
    return zlib.crc32(name.encode("utf-8", "surrogatepass")).to_bytes(_KEY_BYTES, "big")


def _stamp(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0


def _moment(stamp: float | None) -> datetime | None:
    return datetime.fromtimestamp(stamp, UTC) if stamp else None
