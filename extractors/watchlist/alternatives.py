"""Searches texts with regular expressions of many alternatives; only alternatives whose letters are in the text are
tried."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from fivegwatch.extractors.watchlist.inflection import Pattern
from fivegwatch.extractors.watchlist.scanner import Scanner

_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{[\d,]*\}|.", re.DOTALL)
_TIED = re.compile(r"\\\d|\(\?[^:!=<]|\(\?<[^!=]")
"""Syntax by which one part of an expression refers to another part or changes its meaning: references, names, flags,
conditions. An expression with such syntax is not divided."""
_UNSAFE = re.compile(r"[\x00-\x1f]")
_LONG_S_AND_KELVIN = frozenset("\u017f\u212a")
"""Letters beyond ASCII, besides the Turkish ı, that match an ASCII letter if case is ignored."""
_EMPTY = re.compile(r"\\[bB]|\(\?<?[!=]")
"""Beginning of an atom that matches no letter but only looks at its neighbours."""
_KNOWN_PLACE = 3
"""How many letters whose place in the match is unknown are worth as much as one whose place is known."""
_MOST_KNOWN = 64
Patterns = Sequence[tuple[str, re.Pattern[str]]]
_Key = tuple[int, int]
"""The number of a pattern, and the number of one of its alternatives."""
_Atoms = list[str]
"""One alternative in pieces: letters, sets, escapes or whole groups, each with its quantifier."""


@dataclass(frozen=True)
class _Alternative:
    source: str
    letters: str = ""
    """Letters that are in every match; empty if no letters are certain."""
    before: int = -1
    """How many letters of a match come before ``letters``; -1 if the number varies."""

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return re.compile(self.source)

    def spans(self, text: str, places: Sequence[int] | None) -> Iterator[tuple[int, int]]:
        """Start and end of a match, for each offset where a match begins.

        ``places``: the offsets of ``letters`` in the text, None if they are not known.
        """
        if places is None or self.before < 0:
            match = self._pattern.search(text)
            while match:
                yield match.span()
                match = self._pattern.search(text, match.start() + 1)
        elif self.letters == self.source:
            yield from ((place, place + len(self.letters)) for place in places)
        else:
            for place in places:
                if place >= self.before and (match := self._pattern.match(text, place - self.before)):
                    yield match.span()


class Alternatives:
    """Named regular expressions for folded texts, each a list of words in many languages, as a watchlist has them.

    Most of the words are in other languages than the text. One scan finds certain letters of every alternative, and an
    alternative is tried only where its letters were found.
    """

    def __init__(self, patterns: Patterns) -> None:
        self.patterns = patterns

    @cached_property
    def _all(self) -> list[tuple[_Alternative, ...]]:
        """The alternatives of each pattern; a pattern that cannot be divided has none."""
        return [_alternatives(pattern) for _, pattern in self.patterns]

    @cached_property
    def _search(self) -> tuple[list[_Key], dict[_Key, None], Scanner | None]:
        """The alternatives by the scanner's numbers for their letters; the alternatives that are always tried; and the
        scanner."""
        keys = [(number, place) for number, each in enumerate(self._all) for place in range(len(each) or 1)]
        letters_of = {key: self._all[key[0]][key[1]].letters if self._all[key[0]] else "" for key in keys}
        lettered = [key for key in keys if letters_of[key]]
        patterns = [Pattern(letters_of[key], tail=-1, inner=True) for key in lettered]
        scanner = Scanner(enumerate(patterns), unbroken=False) if patterns else None
        return lettered, dict.fromkeys(key for key in keys if not letters_of[key]), scanner

    def _tried(self, text: str) -> list[tuple[_Key, list[int] | None]]:
        """The alternatives that may match, in their order, with the places of their letters."""
        lettered, always, scanner = self._search
        tried: dict[_Key, list[int] | None] = {**always}
        for start, _, number in scanner.scan(f" {text} ") if scanner else ():
            places = tried.setdefault(lettered[number], [])
            assert places is not None
            places.append(start - 1)
        return sorted(tried.items())

    def _spans(self, key: _Key, text: str, places: list[int] | None) -> Iterator[tuple[int, int]]:
        number, place = key
        if self._all[number]:
            return self._all[number][place].spans(text, places)
        return (match.span() for match in self.patterns[number][1].finditer(text))

    def first(self, text: str) -> str:
        """The name of the first pattern, in their order, that matches ``text``; empty if none matches."""
        for key, places in self._tried(text):
            for _ in self._spans(key, text, places):
                return self.patterns[key[0]][0]
        return ""

    def matches(self, text: str) -> bool:
        """Whether any of the patterns matches ``text``."""
        return any(True for key, places in self._tried(text) for _ in self._spans(key, text, places))

    def names(self, text: str) -> set[str]:
        """The names of all patterns that match ``text``."""
        names: set[str] = set()
        for key, places in self._tried(text):
            name = self.patterns[key[0]][0]
            if name not in names and any(True for _ in self._spans(key, text, places)):
                names.add(name)
        return names

    def spans(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Name, start and end of each match, pattern by pattern; the matches of a pattern are those that ``finditer``
        gives."""
        of: defaultdict[int, list[tuple[int, int, int]]] = defaultdict(list)
        for (number, place), places in self._tried(text):
            of[number] += ((start, place, end) for start, end in self._spans((number, place), text, places))
        for number, spans in of.items():
            reached = 0
            for start, _, end in sorted(spans):
                if start >= reached:
                    yield self.patterns[number][0], start, end
                    reached = end


class CasedAlternatives:
    """A regular expression of many alternatives with ``re.IGNORECASE``, for parts of texts as they are written.

    In an ASCII part, letters of the alternatives are searched for before the expression is tried.
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
        """The scanner for letters of every alternative that can match ASCII; None if some alternative can match without
        such letters."""
        wanted: set[str] = set()
        alternatives = _alternatives(re.compile(self.pattern.pattern))
        for alternative in alternatives:
            lower = alternative.letters.lower().replace("ı", "i")  # which match each other
            if not lower or not _LONG_S_AND_KELVIN.isdisjoint(alternative.letters):
                return None
            if lower.isascii():
                wanted.add(lower)
        patterns = [(0, Pattern(letters, tail=-1, inner=True)) for letters in sorted(wanted)]
        return Scanner(patterns, unbroken=False) if alternatives else None


_known: dict[int, Alternatives] = {}


def alternatives_of(patterns: Patterns) -> Alternatives:
    """The `Alternatives` of ``patterns``, made at the first call and then remembered; ``patterns`` must not change."""
    known = _known.get(id(patterns))
    if known is None:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        known = _known[id(patterns)] = Alternatives(patterns)  # it keeps the patterns, and so their id
    return known


def words_of(pattern: str) -> Alternatives:
    """The `Alternatives` of one regular expression."""
    return Alternatives((("", re.compile(pattern)),))


def _alternatives(pattern: re.Pattern[str]) -> tuple[_Alternative, ...]:
    """The alternatives of a pattern; empty if it cannot be divided."""
    if pattern.flags != re.UNICODE or _TIED.search(pattern.pattern):
        return ()
    divided = [atoms for one in _split(pattern.pattern) for atoms in _spread(one)]
    if not all(any(_width(atom) or atom[-1] == "+" for atom in atoms) for atoms in divided):
        return ()  # an empty match has no place of its own
    return tuple(_Alternative("".join(atoms), *_letters(atoms)) for atoms in divided)


def _split(source: str) -> list[_Atoms]:
    """The alternatives of a regular expression at its top level, outside of groups."""
    alternatives: list[_Atoms] = [[]]
    depth = 0
    for piece in _PIECE.findall(source):
        if depth or ((piece in "*+?" or piece[0] == "{") and alternatives[-1]):
            alternatives[-1][-1] += piece
        elif piece == "|":
            alternatives.append([])
        else:
            alternatives[-1].append(piece)
        depth += (piece == "(") - (piece == ")")
    return alternatives


def _spread(atoms: _Atoms) -> list[_Atoms]:
    """An alternative without certain letters as several ones: one for each alternative of its first group."""
    if not _letters(atoms)[0]:
        for i, atom in enumerate(atoms):
            if atom.startswith("(?:") and atom.endswith(")"):
                return [
                    one for inner in _split(atom[3:-1]) for one in _spread(atoms[:i] + inner + atoms[i + 1 :])
                ]
            if _width(atom) is None:
                break
    return [atoms]


def _letters(atoms: _Atoms) -> tuple[str, int]:
    """Letters that every match has, and how many are before them, as in `_Alternative`."""
    runs: list[tuple[str, int]] = [("", 0)]
    for atom in atoms:
        letters, start = runs[-1]
        if len(atom) == 1 and atom not in ".^$":
            runs[-1] = (letters + atom, start)
        else:
            width = _width(atom)
            runs.append(("", start + len(letters) + width if start >= 0 and width is not None else -1))
    letters, before = max(
        (run for run in runs if not _UNSAFE.search(run[0])),
        key=lambda run: len(run[0].strip()) * (_KNOWN_PLACE if run[1] >= 0 else 1),
        default=("", -1),
    )
    return letters.strip(), before + len(letters) - len(letters.lstrip()) if before >= 0 else -1


def _width(atom: str) -> int | None:
    """How many letters an atom matches; None if the number varies."""
    if _EMPTY.match(atom) and atom[-1] not in "*+?}":
        return 0
    return 1 if len(_PIECE.findall(atom)) == 1 and atom not in ("^", "$") else None
