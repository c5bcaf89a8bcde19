"""Answers for an assistant: plain values, bounded, with every text that others wrote marked as untrusted.

The mark holds a token that is drawn when the server starts, so no page can close it or imitate it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from fivegwatch.extractors.text.plain import strip_controls

LONGEST_TEXT = 1_500
"""Most characters of one text in an answer; the answer says how many were cut off."""
MOST_ITEMS = 60
MOST_EVIDENCE = 3
"""Sentences shown for one fact; the surest come first."""
OWN = frozenset({
    "action", "agency", "captured_at", "cluster_id", "code", "column_name", "comment", "countries", "country", "date",
    "date_source", "event_id", "facet", "field", "id", "kind", "language", "languages", "macro", "parameters", "period",
    "published_day", "published_precision", "published_source", "quality", "role", "rule", "rules_fingerprint", "scope",
    "since", "state", "status", "story_id", "topics", "type", "verdict", "view",
})  # fmt: skip
"""Names of values that this program writes: codes, ids, days. Every other text counts as written by others."""


@dataclass(frozen=True, slots=True)
class Marker:
    """Makes answers for an assistant; ``token`` is in every mark of untrusted text."""

    token: str
    own: frozenset[str] = OWN
    """Names of fields whose texts are not marked."""

    @property
    def strict(self) -> Marker:
        """A marker for values whose names others choose, such as columns of a query: every text is marked."""
        return Marker(self.token, frozenset())

    def text(self, text: str, *, longest: int = LONGEST_TEXT) -> str:
        """``text``, which somebody else wrote, between marks; without control characters, cut if it is long."""
        clean = strip_controls(text).replace(self.token, "")
        if len(clean) > longest:
            clean = f"{clean[:longest]} [{len(clean) - longest:,} more characters]"
        return f"<untrusted-{self.token}>{clean}</untrusted-{self.token}>"

    def answer(self, value: Any, name: str = "") -> Any:
        """``value`` as JSON can hold it, untrusted text marked; ``name`` is the field that holds the value."""
        if is_dataclass(value) and not isinstance(value, type):
            value = {field.name: getattr(value, field.name) for field in fields(value)}
        if isinstance(value, Mapping):
            return {self._key(key): self.answer(inner, str(key)) for key, inner in value.items()}
        if isinstance(value, str):
            if self.own and (name == "url" or name.endswith("_url")):
                return quote(value, safe=":/?#[]@!$&'()*+,;=%-._~")[:LONGEST_TEXT]
            return value if name in self.own or not value else self.text(value)
        if isinstance(value, Sequence) and not isinstance(value, bytes):
            most = MOST_EVIDENCE if name == "evidence" else MOST_ITEMS
            items = [self.answer(inner, name) for inner in value[:most]]
            return [*items, f"{len(value) - most:,} more are left out"] if len(value) > most else items
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, datetime | date):
            return value.isoformat()
        return value.total_seconds() if isinstance(value, timedelta) else self.text(str(value))

    def _key(self, key: object) -> str:
        text = str(key)
        return text if text.isidentifier() else self.text(text, longest=80)
