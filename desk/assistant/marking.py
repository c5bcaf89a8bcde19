"""Prepares answers for an assistant: plain values of limited size; every text that others wrote is marked as untrusted.

The marks contain a random token that is made when the server starts, so that no page can close or imitate a mark.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import quote

from fivegwatch.extractors.text.plain import strip_controls

LONGEST_TEXT = 1_500
"""Maximum number of characters of one text in an answer; the answer says how many were cut off."""
MOST_ITEMS = 60
MOST_EVIDENCE = 3
"""Maximum number of sentences shown as evidence for one fact, those with the highest confidence first."""
OWN = frozenset({
    "action", "agency", "captured_at", "cluster_id", "code", "column_name", "comment", "countries", "country", "date",
    "date_source", "event_id", "facet", "field", "id", "kind", "language", "languages", "macro", "parameters", "period",
    "published_day", "published_precision", "published_source", "quality", "role", "rule", "rules_fingerprint", "scope",
    "since", "state", "status", "story_id", "topics", "type", "verdict", "view",
})  # fmt: skip
"""Names of fields whose values this program writes: codes, ids, days. The text of every other field counts as written
by others."""


@dataclass(frozen=True, slots=True)
class Marker:
    """Turns values into answers for an assistant; ``token`` is in every mark of untrusted text."""

    token: str
    own: frozenset[str] = OWN
    """Names of the fields whose texts are not marked."""

    @property
    def strict(self) -> Marker:
        """A marker that marks every text, for values whose names cannot be trusted, such as the columns of a query."""
        return Marker(self.token, frozenset())

    def text(self, text: str, *, longest: int = LONGEST_TEXT) -> str:
        """``text``, written by others, between marks; without control characters, and cut to ``longest`` characters."""
        clean = strip_controls(text).replace(self.token, "")
        if len(clean) > longest:
            clean = f"{clean[:longest]} [{len(clean) - longest:,} more characters]"
        return f"<untrusted-{self.token}>{clean}</untrusted-{self.token}>"

    def answer(self, value: Any, name: str = "") -> Any:
        """``value`` in a form that JSON can hold, with untrusted texts marked; ``name`` is the name of the field with
        the value.
        """
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
