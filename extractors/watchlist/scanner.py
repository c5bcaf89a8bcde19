"""Finds thousands of patterns in one pass over folded text: by a compiled trie or, without a compiler, by `automaton`.

The trie has the fixed beginning (literal) of every pattern, sorted. A short *program*, used instead of a regular
expression, describes the text that must follow a literal. It is a string of characters and of these codes.

    ``LETTERS`` n      at most n letters
    ``ENDING`` s       nothing, or one of the endings in set s
    ``NAME_ENDING`` s  as ``ENDING``, followed by a blank or by a letter of another script
    ``NO_LETTER``      the end of a word

A trie is one block of bytes, which can be kept in a file and shared by processes (`Blocks`).
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol, Self

from fivegwatch.extractors.native import compiled
from fivegwatch.extractors.watchlist.automaton import Automaton, uncollected
from fivegwatch.extractors.watchlist.inflection import Pattern

if TYPE_CHECKING:
    from typing_extensions import Buffer

ANYWHERE, WHOLE, TAIL, PROGRAM = range(4)
LETTERS, ENDING, NAME_ENDING, NO_LETTER = map(chr, range(1, 5))
_INNER = "\0"
"""Marks the literals that may begin inside a word; it is put in front of them."""
# Everything that ``inflection`` writes into a regular expression.
_TOKEN = re.compile(
    r"\\w\{0,(\d+)\}|\(\?:([^()\\]*)\)\?(\(\?!\[\^[^]]*\]\))?|\(\?!\\w\)|\\(.)|(.)", re.DOTALL
)


class Blocks(Protocol):
    """A store in which processes share the blocks of tries. Keys are letters and digits."""

    def get(self, key: str) -> Buffer | None:
        """The block stored under ``key``, perhaps damaged; None if there is none."""

    def put(self, key: str, block: Buffer) -> None:
        """Store ``block`` under ``key``. If that is not possible, nothing is raised."""


class Scanner:
    """Finds every pattern in a folded text, with word boundaries and endings verified."""

    def __init__(
        self, patterns: Iterable[tuple[int, Pattern]], *, unbroken: bool, programs: Programs | None = None
    ) -> None:
        """``patterns`` are term numbers, each with one of its spellings; all different. ``unbroken``: for texts in
        scripts without spaces. ``programs``: shared with other scanners that have nearly the same patterns."""
        with uncollected():
            if compiled:
                self._open(None, _Tables(patterns, programs or Programs()).block(), unbroken=unbroken)
            else:
                self._open(Automaton(patterns, unbroken=unbroken), b"", unbroken=unbroken)

    def _open(self, twin: Automaton | None, block: Buffer, *, unbroken: bool) -> None:
        if (twin is None) != (compiled is not None):
            raise ValueError("made with the compiled search and read without it, or the other way round")
        self._twin, self.block, self._unbroken = twin, block, unbroken
        self.trie = compiled.open_trie(block, unbroken) if compiled else None
        """The trie, for the functions of ``native`` that search a text; None without a compiler."""

    @classmethod
    def _of(cls, twin: Automaton | None, block: Buffer, *, unbroken: bool) -> Self:
        scanner = cls.__new__(cls)
        scanner._open(twin, block, unbroken=unbroken)
        return scanner

    @classmethod
    def of_block(cls, block: Buffer, *, unbroken: bool) -> Self:
        """The scanner that ``block`` stores; the block is not copied.

        Raises: ValueError if the block is damaged, of another version, or of a machine with another byte order.
        """
        return cls._of(None, block, unbroken=unbroken)

    def for_script(self, *, unbroken: bool) -> Scanner:
        """A scanner of the same patterns; ``unbroken``: for texts in scripts without spaces."""
        twin = self._twin and Automaton(self._twin.patterns, unbroken=unbroken)
        return self._of(twin, self.block, unbroken=unbroken)

    def __getstate__(self) -> tuple[Automaton | None, bytes, bool]:
        return self._twin, bytes(self.block), self._unbroken  # a trie does not pickle

    def __setstate__(self, state: tuple[Automaton | None, bytes, bool]) -> None:
        twin, block, unbroken = state
        self._open(twin, block, unbroken=unbroken)

    def scan(self, text: str) -> list[tuple[int, int, int]]:
        """One (start, -end, term number) for each hit in the folded ``text``, sorted.

        The end is negative so that of hits with the same start the longest comes first.
        """
        if self._twin is not None:
            return self._twin.scan(text)
        assert compiled is not None
        hits: list[tuple[int, int, int]] = compiled.hits(text, self.trie)
        return hits


class Programs:
    """The programs made from regular expressions. Scanners of the same rules share them, because most of their patterns
    are equal and making the programs takes most of the time."""

    def __init__(self) -> None:
        self.endings: dict[str, int] = {}
        """The alternatives of a set of endings, joined by ``|``, to the number of the set."""
        self._known: dict[str, str] = {}

    def of(self, pattern: Pattern) -> str:
        """The program for the text that must follow the literal of ``pattern``."""
        known = self._known.get(pattern.regex)
        if known is None:
            code = "".join(map(self._code, _TOKEN.finditer(pattern.regex)))
            assert code.startswith(pattern.literal), pattern
            known = self._known[pattern.regex] = code[len(pattern.literal) :]
        return known

    def forget(self) -> None:
        """Drop the programs made so far; the numbers of the endings stay."""
        self._known.clear()

    def _code(self, token: re.Match[str]) -> str:
        letters, endings, of_name, escaped, plain = token.groups()
        if letters:
            return LETTERS + chr(int(letters))
        if endings is not None:
            number = self.endings.setdefault(endings, len(self.endings))
            return (NAME_ENDING if of_name else ENDING) + chr(number)
        return NO_LETTER if token.group() == r"(?!\w)" else escaped or plain or ""


class _Tables:
    """The tables of patterns, each with the number of its term."""

    def __init__(self, patterns: Iterable[tuple[int, Pattern]], programs: Programs) -> None:
        self._all = programs
        self._programs: dict[str, int] = {}
        # Two literals that nothing has, so that neither kind is empty.
        checks: dict[str, list[int]] = {f"{_INNER}\x01\x01\x01\x01\x01": [], "\x01": []}
        for term, pattern in patterns:
            key = _INNER + pattern.literal if pattern.inner else pattern.literal
            checks.setdefault(key, []).extend((*self._check(pattern), term))
        self._words = sorted(checks)
        self._firsts, self._checks = array("i", [0]), array("i")
        for word in self._words:
            self._checks.extend(checks[word])
            self._firsts.append(len(self._checks) // 3)

    def block(self) -> bytes:
        """The block of a trie of these patterns."""
        assert compiled is not None
        endings, firsts = list[str](), array("i", [0])
        for alternatives in self._all.endings:
            endings += alternatives.split("|")
            firsts.append(len(endings))
        block: bytes = compiled.trie(
            self._words, self._firsts, self._checks, list(self._programs), endings, firsts
        )
        return block

    def _check(self, pattern: Pattern) -> tuple[int, int]:
        """How a hit of ``pattern`` is checked (one of four kinds), and the number that this check needs, else 0."""
        if pattern.regex:
            return PROGRAM, self._programs.setdefault(self._all.of(pattern), len(self._programs))
        if pattern.tail < 0:
            return ANYWHERE, 0
        return (TAIL, pattern.tail) if pattern.tail else (WHOLE, 0)
