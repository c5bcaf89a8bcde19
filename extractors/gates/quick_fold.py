"""Fast folding for the first test of a page: each character by a table, and runs of blanks as one.

An upper bound of ``fold_text``, since words separated by punctuation are neighbours here. Several times faster on text
with accents; offsets are an array.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fivegwatch.extractors.native import compiled
from fivegwatch.extractors.text.fold_table import KIND_BIT, UNFIT, UNKNOWN, WIDTH_BIT
from fivegwatch.extractors.text.folding import ATTACHED, GREEK_CYRILLIC, MIXED, TABLE, join_generations

_BLANK = 0x20

Origins = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class QuickFolded:
    """Folded text with one blank on either side."""

    text: str
    origins: Origins
    """The offset in the original of each character; meaningless for the blanks at both ends."""
    attached: bool
    """True if the text has a script whose words have no spaces between them, or others attached."""

    def origin(self, at: int) -> int:
        """The offset in the original of the folded offset ``at``."""
        return int(self.origins[at])

    def offset_of(self, origin: int) -> int:
        """The folded offset of the first character at or after the original offset ``origin``."""
        return min(int(np.searchsorted(self.origins, origin)), len(self.text) - 1)


def quick_fold(text: str) -> QuickFolded | None:
    """``text`` folded; None if single characters are not enough: mixed scripts, rare planes of Unicode."""
    text = join_generations(text)
    found = _by_table(text) if compiled else fold_by_arrays(text)
    if found is None:
        return None
    folded, origins, kinds = found
    if kinds & GREEK_CYRILLIC and MIXED.search(text):
        return None
    return QuickFolded(folded, origins, bool(kinds & ATTACHED))


def _by_table(text: str) -> tuple[str, Origins, int] | None:
    """The folded text, its origins and the kinds of its characters, by compiled code."""
    assert compiled is not None
    while isinstance(found := compiled.fold(text, TABLE.entries, TABLE.longer, True), int):
        if TABLE.knows(found):
            return None
        TABLE.learn(set(text))
    folded, origins, kinds = found
    return folded, np.frombuffer(origins, dtype=np.int32), kinds


def fold_by_arrays(text: str) -> tuple[str, Origins, int] | None:
    """Pure-Python twin of ``native.fold``, used without a compiler."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    entries = TABLE.entries[codes]
    if ((entries >> WIDTH_BIT & 0xFF) == UNKNOWN).any():
        TABLE.learn(set(text))
        entries = TABLE.entries[codes]
    width = (entries >> WIDTH_BIT & 0xFF).astype(np.uint32)
    if (width == UNFIT).any():
        return None
    folded = entries.astype(np.uint16)
    origins = np.arange(codes.size, dtype=np.int32)
    if (width != 1).any():
        folded, origins = _widened(codes, folded, width)
    blank = folded == _BLANK
    kept = np.flatnonzero(~(blank & np.concatenate(([True], blank[:-1]))))
    around = np.full(kept.size + 2, _BLANK, dtype=np.uint16)
    around[1:-1] = folded[kept]
    plain = around.tobytes().decode("utf-16-le", "surrogatepass")
    ends = np.concatenate(([-1], origins[kept], [codes.size])).astype(np.int32)
    kinds = 0
    for met in np.unique(entries >> KIND_BIT).tolist():
        kinds |= int(met)
    return plain, ends, kinds


def _widened(
    codes: npt.NDArray[np.uint32], folded: npt.NDArray[np.uint16], width: npt.NDArray[np.uint32]
) -> tuple[npt.NDArray[np.uint16], Origins]:
    """Folded characters and origins, where characters fold to nothing or to several."""
    origins = np.repeat(np.arange(codes.size, dtype=np.int32), width)
    wide = folded[origins]
    several = np.flatnonzero(width > 1)
    if several.size:
        ends = np.cumsum(width, dtype=np.intp)
        for at in several.tolist():
            letters = TABLE.longer[int(codes[at])]
            wide[int(ends[at]) - len(letters) : int(ends[at])] = letters
    return wide, origins
