"""How each character of Unicode folds, as an array: filled as characters are met, read by compiled code and numpy."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import numpy.typing as npt

CODES = 0x110000
UNKNOWN, UNFIT = 255, 254
"""Widths of characters not met yet, and of those whose letters the table cannot hold."""
WIDTH_BIT, KIND_BIT = 16, 24
_BLANK = 0x20


class FoldTable:
    """``entries`` by code: the first letter it folds to, above it how many they are, above them its kinds."""

    def __init__(self, fold: Callable[[str], str], kinds: Callable[[str], int]) -> None:
        """``fold`` gives the folded form of a character, ``kinds`` up to eight bits of what it is."""
        self._fold, self._kinds = fold, kinds
        self.entries: npt.NDArray[np.uint32] = np.full(CODES, UNKNOWN << WIDTH_BIT, dtype=np.uint32)
        self.longer: dict[int, tuple[int, ...]] = {}
        """Letters of those that fold to several."""

    def learn(self, characters: Iterable[str]) -> None:
        """Fill in characters."""
        for char in characters:
            folded = tuple(map(ord, self._fold(char)))
            fits = len(folded) < UNFIT and all(letter <= 0xFFFF for letter in folded)
            width, first = len(folded) if fits else UNFIT, folded[0] if fits and folded else _BLANK
            self.entries[ord(char)] = first | width << WIDTH_BIT | self._kinds(char) << KIND_BIT
            if fits and len(folded) > 1:
                self.longer[ord(char)] = folded

    def knows(self, code: int) -> bool:
        """Whether a character was met; it may not fit all the same."""
        return int(self.entries[code]) >> WIDTH_BIT & 0xFF != UNKNOWN
