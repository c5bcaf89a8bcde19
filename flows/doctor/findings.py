"""The result of one check of `doctor`."""

from __future__ import annotations

from dataclasses import dataclass

OK, NOTE, FAULT = "ok", "note", "fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The result of one check."""

    check: str
    level: str = OK
    """``ok``; ``note``: works, but could be better; ``fault``: does not work, or will not for long."""
    detail: str = ""
    remedy: str = ""
    """What to do, in one sentence; empty if the detail says it."""
