"""Finds thousands of patterns in folded text by Aho-Corasick; `scanner` uses it where no compiler was available.

Chosen by measurement on 680 kB of news with 6,000 patterns (one core): ahocorasick-rs scans 113 MB/s, gives ``str``
offsets and is built in 7 ms; hyperscan scans 100-145 MB/s, gives byte offsets and is built in 104 ms. Since building is
that fast, no compiled database has to be stored, versioned or shipped for each processor.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import ahocorasick_rs

from fivegwatch.extractors.watchlist.inflection import Pattern

_WORD = re.compile(r"[^\W_]")


@dataclass(slots=True)
class _Entry:
    """What a hit of one literal means: one or more terms, since hundreds of terms begin with the same letters."""

    head: int
    """Number of characters of the literal before the span: its leading space."""
    sure: list[int] = field(default_factory=list)
    """Terms that need no check, because the word boundaries are part of the literal or do not matter."""
    last: int = 0
    """Number of characters of the literal after the span of ``sure`` terms: its trailing space."""
    tails: list[tuple[int, int]] = field(default_factory=list)
    """Terms, each with the most letters that may follow the literal before the word ends."""
    others: list[tuple[int, Pattern]] = field(default_factory=list)
    """Terms whose patterns must match the text after the literal."""
    any_other: re.Pattern[str] | None = None
    """An expression that matches wherever one of ``others`` matches, so that one check replaces dozens."""
    all_others: str = ""
    """The source of ``any_other``, compiled when the literal is first found: most literals never are, and compiling all
    would take seconds."""

    def may_be_other(self, text: str, begin: int) -> bool:
        """Whether any expression in ``others`` may match at ``begin``; this one test replaces trying each of them."""
        if self.any_other is None:
            self.any_other = re.compile(self.all_others)
        return self.any_other.match(text, begin) is not None


def _entries(patterns: Iterable[tuple[int, Pattern]], *, unbroken: bool) -> dict[str, _Entry]:
    """The entry of each literal, by the literal."""
    entries: dict[str, _Entry] = {}
    for term, pattern in patterns:
        head = "" if pattern.inner or unbroken else " "
        closed = not pattern.tail and not pattern.regex and not unbroken
        literal = head + pattern.literal + (" " if closed else "")
        entry = entries.get(literal)
        if entry is None:
            entry = entries[literal] = _Entry(len(head))
        if closed or (pattern.inner and pattern.tail < 0 and not pattern.regex):
            entry.sure.append(term)
            entry.last = int(closed)
        elif unbroken or pattern.regex or pattern.tail < 0:
            entry.others.append((term, pattern))
        else:
            entry.tails.append((term, pattern.tail))
    for entry in entries.values():
        expressions = [pattern.regex for _, pattern in entry.others]
        if len(expressions) > 1 and all(expressions):
            entry.all_others = "|".join(expressions)
    return entries


@contextmanager
def uncollected() -> Iterator[None]:
    """Turn garbage collection off within the ``with`` block: half a million new objects are made and all are kept, so
    that collecting takes longer than all other work."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _automaton(literals: list[str]) -> ahocorasick_rs.AhoCorasick:
    return ahocorasick_rs.AhoCorasick(
        literals, implementation=ahocorasick_rs.Implementation.ContiguousNFA, store_patterns=False
    )


class Automaton:
    """Finds every pattern in a folded text, with word boundaries and tails verified.

    For texts with spaces the boundaries are part of the literals (``" 5g "``), so most hits need no check. For texts
    without spaces (``unbroken``) the literals have none, and the neighbours of each hit are checked.
    """

    def __init__(self, patterns: Iterable[tuple[int, Pattern]], *, unbroken: bool) -> None:
        """``patterns`` are term numbers, each with one of its spellings; all different."""
        self._unbroken = unbroken
        self.patterns = tuple(patterns)
        with uncollected():
            entries = _entries(self.patterns, unbroken=unbroken)
            self._table = [
                (
                    e.head,
                    e.last,
                    tuple(e.sure),
                    tuple(e.tails),
                    tuple(e.others),
                    e.may_be_other if e.all_others else None,
                )
                for e in entries.values()
            ] or [(0, 0, (), (), (), None)]
            """Fields of the entries by number: unpacking a tuple is cheaper than reading attributes."""
        self._regexes: dict[str, re.Pattern[str]] = {}
        self._literals = list(entries) or ["\x00"]
        self._automaton = _automaton(self._literals)

    def __getstate__(self) -> dict[str, Any]:
        # Automata and expressions do not pickle, or as slowly as they are built.
        return {**self.__dict__, "_automaton": None, "_regexes": {}}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._automaton = _automaton(self._literals)

    def scan(self, text: str) -> list[tuple[int, int, int]]:
        """Hits in the folded text as (start, minus end, term), sorted by start, at equal starts the longest first."""
        hits: list[tuple[int, int, int]] = []
        table, verify, find = self._table, self._verify, text.find
        add = hits.append
        for number, start, end in self._automaton.find_matches_as_indexes(text, overlapping=True):
            head, last, sure, tails, others, may_be_other = table[number]
            begin = start + head
            for term in sure:
                add((begin, last - end, term))
            if tails:
                stop = find(" ", end)
                letters = stop - end
                for term, most in tails:
                    if letters <= most:
                        add((begin, -stop, term))
            if others and (may_be_other is None or may_be_other(text, begin)):
                for term, pattern in others:
                    stop = verify(text, begin, end, pattern)
                    if stop:
                        add((begin, -stop, term))
        hits.sort()
        return hits

    def _verify(self, text: str, start: int, end: int, pattern: Pattern) -> int:
        """The offset where the hit ends, or 0 if the characters beside it rule it out."""
        if self._unbroken and not pattern.inner and _joins(text[start - 1], text[start]):
            return 0
        if pattern.regex:
            regex = self._regexes.get(pattern.regex)
            if regex is None:
                regex = self._regexes[pattern.regex] = re.compile(pattern.regex)
            match = regex.match(text, start)
            return match.end() if match else 0
        if pattern.tail < 0:
            return end
        if self._unbroken:
            stop = end
            limit = min(end + pattern.tail + 1, len(text))
            while stop < limit and _joins(text[stop - 1], text[stop]):
                stop += 1
            return stop if stop <= end + pattern.tail else 0
        raise AssertionError("tails in spaced texts are checked by scan")


def _joins(left: str, right: str) -> bool:
    """Whether two neighbouring characters belong to one word: both are letters or digits, of scripts with spaces."""
    if left == " " or right == " ":
        return False
    if left.isascii() != right.isascii():
        # 5G followed by a letter of another script is a word of its own (5G网络, 5G망); Straße is one word.
        other = right if left.isascii() else left
        return other < "\u0590" and bool(_WORD.match(other))
    return left < "\u0e00" and right < "\u0e00"
