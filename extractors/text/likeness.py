"""How alike two texts are, by their words. Languages without spaces count characters as words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from fivegwatch.extractors.text.scripts import UNSPACED

_WORD = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+")
_BETWEEN = re.compile(r"[\W_]+")


def key(text: str) -> str:
    """What two spellings of a line share: letters and digits, compatibility forms and case folded."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text).casefold())


def words(text: str) -> list[str]:
    """The words of ``text``, folded, in order."""
    return _WORD.findall(unicodedata.normalize("NFKC", text).casefold())


def shared(one: str, other: str) -> float:
    """Share of the shorter text's distinct words that the other has too, 0 to 1."""
    first, second = set(words(one)), set(words(other))
    return len(first & second) / max(1, min(len(first), len(second)))


def alike(one: str, other: str) -> float:
    """F1 of the words of two texts with their counts, 0 to 1; the measure of the extraction benchmark."""
    first, second = Counter(words(one)), Counter(words(other))
    common = sum((first & second).values())
    return 2 * common / (sum(first.values()) + sum(second.values())) if common else 0.0


def phrases(text: str, length: int = 3) -> set[tuple[str, ...]]:
    """Every run of ``length`` words in ``text``; of a shorter text, itself."""
    found = words(text)
    return (
        {tuple(found[at : at + length]) for at in range(max(1, len(found) - length + 1))} if found else set()
    )
