"""What is wrong with a page's text, as flags: nothing is dropped in silence."""

from __future__ import annotations

from extractors.limits import LIMITS


def quality_flags(title: str, text: str) -> tuple[str, ...]:
    """The flags of a text, in alphabetical order; empty when nothing is wrong with it."""
    flags = set()
    if len(text) < LIMITS.stub_chars:
        flags.add("too_short")
    return tuple(sorted(flags))
