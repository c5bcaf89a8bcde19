"""A person's correction of one fact of a story, as a record of the spool."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

TOPIC_CODE = r"\w[\w-]{0,30}"
"""Pattern of a topic's code; which codes exist is defined by the watchlist."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """One correction. A correction is never changed or removed; of several about the same thing the latest one wins.

    ``field`` is ``topic``, ``country``, ``event``, ``relevant``, ``measure`` or ``incident``; ``action`` is ``add``,
    ``remove``, ``set``, or ``undo``, after which the program's own fact counts again. ``value`` is a code, an event id,
    ``true`` or ``false``, a measure as ``by action target``, or an incident as ``kind`` (to remove) or ``kind victim``.
    """

    story_id: str
    field: str
    action: str
    value: str
    made_by: str
    reason: str
    made_at: datetime
