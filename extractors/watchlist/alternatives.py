"""Searches texts with regular expressions of many alternatives, trying only the alternatives whose letters are in the
text.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from functools import cached_property

from fivegwatch.extractors.watchlist.inflection import Pattern
from fivegwatch.extractors.watchlist.scanner import Scanner

_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{[\d,]*\}|.", re.DOTALL)
_TIED = re.compile(r"\\\d|\(\?[^:!=<]|\(\?<[^!=]")
"""Syntax by which one part of an expression refers to another or changes its meaning: references, names, flags,
conditions. An expression that has any is not divided."""
_UNSAFE = re.compile(r"[\x00-\x1f]")
_LONG_S_AND_KELVIN = frozenset("\u017f\u212a")
"""Letters beyond ASCII, besides the Turkish ı, that match a letter of ASCII if case is ignored."""
_MOST_KNOWN = 64
Patterns = Sequence[tuple[str, re.Pattern[str]]]


class Alternatives:
    """Named regular expressions for folded texts, as a watchlist has them: each a list of words of many languages.

    Most of the words are of other languages than the text. One scan finds the letters of all of them, and only
    alternatives whose letters are in the text are tried.
    """

    def __init__(self, patterns: Patterns) -> None:
        self.patterns = patterns
        self._all: list[tuple[str, list[re.Pattern[str]]]] = []
        """For each pattern its name and its alternatives; the pattern itself if it cannot be divided."""
        self._always: list[tuple[int, int]] = []
        """Pattern and alternative that are always tried: no letters of theirs are sure to be in a match."""
        self._lettered: list[tuple[int, int]] = []
        """For each number of the scanner, the pattern and the alternative whose letters it finds."""
        letters_of: list[tuple[int, Pattern]] = []
        for number, (name, pattern) in enumerate(patterns):
            alternatives = _alternatives(pattern) or (("", pattern),)
            self._all.append((name, [alternative for _, alternative in alternatives]))
            for place, (letters, _) in enumerate(alternatives):
                if letters and not _UNSAFE.search(letters):
                    letters_of.append((len(self._lettered), Pattern(letters, tail=-1, inner=True)))
                    self._lettered.append((number, place))
                else:
                    self._always.append((number, place))
        self._scanner = Scanner(letters_of, unbroken=False) if letters_of else None

    def _tried(self, text: str) -> list[tuple[int, int]]:
        """Pattern and alternative of all that may match, in their order."""
        if self._scanner is None:
            return self._always
        hits = self._scanner.scan(f" {text} ")
        if not hits:
            return self._always
        return sorted({*self._always, *(self._lettered[number] for _, _, number in hits)})

    def first(self, text: str) -> str:
        """The name of the first pattern that matches; empty if none does."""
        for number, place in self._tried(text):
            name, alternatives = self._all[number]
            if alternatives[place].search(text):
                return name
        return ""

    def names(self, text: str) -> set[str]:
        """The names of all patterns that match."""
        names: set[str] = set()
        for number, place in self._tried(text):
            name, alternatives = self._all[number]
            if name not in names and alternatives[place].search(text):
                names.add(name)
        return names

    def starts(self, text: str) -> Iterator[tuple[str, int]]:
        """Where the matches of each pattern begin, as ``finditer`` gives them, with its name."""
        tried: dict[int, list[re.Pattern[str]]] = {}
        for number, place in self._tried(text):
            tried.setdefault(number, []).append(self._all[number][1][place])
        for number, alternatives in tried.items():
            whole = self.patterns[number][1]
            divided = alternatives[0] is not whole
            begins = _starts(alternatives, text) if divided else (m.start() for m in whole.finditer(text))
            for start in begins:
                yield self._all[number][0], start


class CasedAlternatives:
    """A regular expression of many alternatives with ``re.IGNORECASE``, for pieces of texts as they are written.

    In a piece of ASCII, letters of the alternatives are looked for before the expression is tried.
    """

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.pattern = pattern

    def matches(self, text: str, start: int = 0, end: int = sys.maxsize) -> bool:
        """Whether the expression matches in ``text`` from ``start`` to ``end``; words may begin before ``start``."""
        piece = text[start:end]
        if piece.isascii() and self._scanner and not self._scanner.scan(f" {piece.lower()} "):
            return False
        return self.pattern.search(text, start, end) is not None

    @cached_property
    def _scanner(self) -> Scanner | None:
        """The scanner for letters of every alternative that ASCII may match; None if some alternative may match without
        any."""
        wanted: set[str] = set()
        alternatives = _alternatives(re.compile(self.pattern.pattern))
        for letters, _ in alternatives:
            lower = letters.lower().replace("ı", "i")  # which match each other
            if not letters or _UNSAFE.search(letters) or not _LONG_S_AND_KELVIN.isdisjoint(letters):
                return None
            if lower.isascii():
                wanted.add(lower)
        patterns = [(0, Pattern(letters, tail=-1, inner=True)) for letters in sorted(wanted)]
        return Scanner(patterns, unbroken=False) if alternatives else None


_known: dict[int, Alternatives] = {}


def alternatives_of(patterns: Patterns) -> Alternatives:
    """The search for these patterns, made the first time. ``patterns`` must not change."""
    known = _known.get(id(patterns))
    if known is None:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        known = _known[id(patterns)] = Alternatives(patterns)  # it keeps the patterns, and so their id
    return known


def _starts(tried: Sequence[re.Pattern[str]], text: str) -> Iterator[int]:
    following = [alternative.search(text) for alternative in tried]
    reached = 0
    while True:
        first: re.Match[str] | None = None
        for number, match in enumerate(following):
            if match and match.start() < reached:
                match = following[number] = tried[number].search(text, reached)
            if match and (first is None or match.start() < first.start()):
                first = match
        if first is None:
            return
        yield first.start()
        reached = first.end()


def _alternatives(pattern: re.Pattern[str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The alternatives of a pattern, each with letters that every match has; empty if the pattern cannot be divided."""
    if pattern.flags != re.UNICODE or _TIED.search(pattern.pattern) or pattern.match(""):
        return ()
    sources, runs, depth = [""], [[""]], 0
    for piece in _PIECE.findall(pattern.pattern):
        depth += (piece == "(") - (piece == ")")
        if piece == "|" and not depth:
            sources.append("")
            runs.append([""])
            continue
        sources[-1] += piece
        if len(piece) == 1 and piece not in "()|*+?.^$" and not depth:
            runs[-1][-1] += piece
            continue
        if piece in "*?" or piece[0] == "{":  # the letter before it may be absent
            runs[-1][-1] = runs[-1][-1][:-1]
        runs[-1].append("")
    compiled = [re.compile(source) for source in sources]
    if any(alternative.search("") for alternative in compiled):
        return ()
    letters = (max((run.strip() for run in own), key=len) for own in runs)
    return tuple(zip(letters, compiled, strict=True))
