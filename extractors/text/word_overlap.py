"""The similarity of two texts by their words; in scripts without spaces each character is a word."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from fivegwatch.extractors.text.scripts import UNSPACED

_WORD = re.compile(rf"[{UNSPACED}]|[^\W{UNSPACED}]+")
_BETWEEN = re.compile(r"[\W_]+")
_ASCII_BETWEEN = bytes(code for code in range(128) if not chr(code).isalnum())


def key(text: str) -> str:
    """The letters and digits of a line, with case and compatibility forms folded: two spellings of a line have equal
    keys."""
    if text.isascii():
        return text.lower().encode().translate(None, _ASCII_BETWEEN).decode()
    plain = _folded(text).encode("utf-8", "surrogatepass").translate(None, _ASCII_BETWEEN)
    return _BETWEEN.sub("", plain.decode("utf-8", "surrogatepass"))


def words(text: str) -> list[str]:
    """The words of ``text``, folded, in order."""
    return _WORD.findall(_folded(text))


def _folded(text: str) -> str:
    # Normalising takes long only if there is something to change, which mostly is a space that does not break.
    return unicodedata.normalize("NFKC", text.replace("\xa0", " ")).casefold()


def shared(one: str, other: str) -> float:
    """Share (0 to 1) of the distinct words of the text with fewer words that are also in the other text."""
    first, second = set(words(one)), set(words(other))
    return len(first & second) / max(1, min(len(first), len(second)))


def alike(one: str, other: str) -> float:
    """F1 (0 to 1) of the words of two texts, repeated words counted; the extraction benchmark uses this measure."""
    first, second = Counter(words(one)), Counter(words(other))
    common = sum((first & second).values())
    return 2 * common / (sum(first.values()) + sum(second.values())) if common else 0.0


def phrases(text: str, length: int = 3) -> set[tuple[str, ...]]:
    """Every sequence of ``length`` words in ``text``; all words if there are fewer."""
    tokens = words(text)
    return (
        {tuple(tokens[at : at + length]) for at in range(max(1, len(tokens) - length + 1))}
        if tokens
        else set()
    )
