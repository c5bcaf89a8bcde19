"""Separate deadlines for parts of the network: "out of the core by 2026, out of access networks by 2029"."""

from __future__ import annotations

from collections.abc import Iterable

from fivegwatch.extractors.facts.act_dates import deadlines_in
from fivegwatch.extractors.watchlist.alternatives import Patterns, alternatives_of

Part = tuple[str, str]
"""A scope as the watchlist names it, and the deadline for it (``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``)."""

_CLOSE = 16
"""Two scopes at most this many characters apart are one: in "radio access networks", "networks" does not mean all
networks."""


def first_fit(folded: str, patterns: Patterns) -> str:
    """The name of the first pattern that matches a folded sentence; empty if none does."""
    return alternatives_of(patterns).first(folded)


def parts_in(folded: str, scopes: Patterns, deadline: str) -> tuple[Part, ...]:
    """The parts of the network for which a folded sentence sets a deadline, in the order of the sentence.

    ``deadline`` is the first deadline in the sentence; if it is empty there are no parts. If there are several
    deadlines, each must have a scope of its own: all scopes before their deadlines, or all after them.
    """
    if not deadline:
        return ()
    deadlines = deadlines_in(folded)
    if len({value for _, _, value in deadlines}) < 2:
        scope = _last(folded[: deadlines[0][0]], scopes) if deadlines else ""
        scope = scope or first_fit(folded, scopes)
        return ((scope, deadline),) if scope else ()
    starts, ends = [start for start, _, _ in deadlines], [end for _, end, _ in deadlines]
    before = [folded[a:b] for a, b in zip([0, *ends], starts, strict=False)]
    after = [folded[a:b] for a, b in zip(ends, [*starts[1:], len(folded)], strict=True)]
    for segments in (before, after):
        named = [first_fit(segment, scopes) for segment in segments]
        if all(named) and len(set(named)) == len(named):
            return tuple((scope, value) for scope, (_, _, value) in zip(named, deadlines, strict=True))
    return ()


def _last(folded: str, scopes: Patterns) -> str:
    """The scope that is named last, the narrowest of those close together; empty if there is none."""
    starts = {name: max((m.start() for m in words.finditer(folded)), default=-1) for name, words in scopes}
    end = max(starts.values(), default=-1)
    return (
        next((name for name, start in starts.items() if start >= max(0, end - _CLOSE)), "")
        if end >= 0
        else ""
    )


def merged_parts(parts: Iterable[Part], more: Iterable[Part]) -> tuple[Part, ...]:
    """The parts from both arguments, each scope once; where both name a scope, the first deadline counts."""
    return tuple({**dict(more), **dict(parts)}.items())
