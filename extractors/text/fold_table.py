"""The folded form of every character in an array for compiled code; a character is added when it is first met."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable
from functools import cached_property

CODES = 0x110000
UNKNOWN, UNFIT = 255, 254
"""Widths that mark a character that was not met yet, and a character whose folded form the table cannot store."""
WIDTH_BIT, KIND_BIT = 16, 24
_BLANK = 0x20


class FoldTable:
    """The folded forms of characters as an array of numbers, ``entries``; a character is added when it is first met.

    ``entries[code]`` packs the first folded letter (16 bits), the number of folded letters (8) and the kinds (8).
    """

    def __init__(self, fold: Callable[[str], str], kinds: Callable[[str], int]) -> None:
        """``fold`` returns the folded form of a character, ``kinds`` up to eight bits that describe the character."""
        self._fold, self._kinds = fold, kinds
        self.longer: dict[int, tuple[int, ...]] = {}
        """Folded letters of the characters that fold to several letters."""

    @cached_property
    def entries(self) -> array[int]:
        """For each character code: the first folded letter, the number of folded letters and the kinds, packed in one
        number."""
        return array("I", (UNKNOWN << WIDTH_BIT,)) * CODES

    def learn(self, characters: Iterable[str]) -> None:
        """Add characters to the table."""
        for char in characters:
            folded = tuple(map(ord, self._fold(char)))
            fits = len(folded) < UNFIT and all(letter <= 0xFFFF for letter in folded)
            width, first = len(folded) if fits else UNFIT, folded[0] if fits and folded else _BLANK
            self.entries[ord(char)] = first | width << WIDTH_BIT | self._kinds(char) << KIND_BIT
            if fits and len(folded) > 1:
                self.longer[ord(char)] = folded

    def knows(self, code: int) -> bool:
        """True if the character ``code`` was met, even if its folded form does not fit."""
        return self.entries[code] >> WIDTH_BIT & 0xFF != UNKNOWN
