"""Divides measures into five levels for drawing. Each level has a CSS class, a letter and a name in words.

A level is a group of actions and statuses. Each picture also prints the stored action and status of a measure.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

_OVER = frozenset({"lifted", "rejected"})
_OPEN = frozenset({"demanded", "considered", "proposed", "in_court"})
_EXCLUDES = frozenset({"ban", "phase_out", "revoke", "remove_fund"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """A group of measures that are drawn in the same way."""

    css: str
    letter: str
    meaning: str


EXCLUDED = Level(css="excluded", letter="X", meaning="ban, phase-out or removal")
RESTRICTED = Level(css="restricted", letter="R", meaning="restriction")
OPEN = Level(css="open", letter="P", meaning="proposed or in court")
ALLOWED = Level(css="allowed", letter="A", meaning="allowed")
OVER = Level(css="over", letter="L", meaning="lifted or rejected")
LEVELS = (EXCLUDED, RESTRICTED, OPEN, ALLOWED, OVER)
"""All levels, the heaviest measures first."""


def level_of(action: str, status: str) -> Level:
    """The level of a measure by its action and status, as the view ``ban_tracker`` has them."""
    if status in _OVER:
        return OVER
    if status in _OPEN:
        return OPEN
    if action == "allow":
        return ALLOWED
    return EXCLUDED if action in _EXCLUDES else RESTRICTED


def legend_of(levels: Container[Level]) -> tuple[tuple[str, str, str], ...]:
    """The legend for ``levels``, the heaviest first: CSS class, letter and meaning of each."""
    return tuple((f"level {level.css}", level.letter, level.meaning) for level in LEVELS if level in levels)
