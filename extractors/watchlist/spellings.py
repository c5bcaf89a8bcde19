"""The spellings of a term, and which names may have case endings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fivegwatch.extractors.watchlist.inflection import Pattern, spell_out
from fivegwatch.extractors.watchlist.model import Term

_IDENTIFIER_TAIL = 20
"""Letters and digits that may follow the anchor (the fixed beginning) of an identifier."""
_DECLINED = ("vendor:", "operator:", "threat_actor:", "malware:")
"""Types of entities whose names may have case endings (Huaweiem), in the languages that have them."""
_SHORTEST_DECLINED = 5
"""Fewest letters of a name that may have an ending; a shorter name with an ending is often another word."""


def spellings_of(term: Term) -> Iterator[Pattern]:
    """The patterns of a term's spellings. Words of a language are inflected; names and anchors of identifiers are not.

    `decline` adds case endings to the patterns of names.
    """
    if not (term.entity or term.regex):
        yield from spell_out(term.text, term.language)
        return
    for pattern in spell_out(term.text, term.language, exact=True):
        yield replace(pattern, tail=_IDENTIFIER_TAIL) if term.regex else pattern


def may_decline(term: Term) -> bool:
    """Whether the term is the name of an entity whose type allows case endings, and may be written without capitals."""
    return term.id.startswith(_DECLINED) and not term.case


def may_end(pattern: Pattern) -> bool:
    """Whether case endings may follow the pattern: its literal is long enough, and nothing else may follow it."""
    return len(pattern.literal) >= _SHORTEST_DECLINED and not pattern.tail and not pattern.regex
