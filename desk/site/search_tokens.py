"""Divides texts into words for the search of a frozen site; ``assets/site-search.js`` divides a reader's query in the
same way.

Case, accents and compatibility forms are removed by steps that Python and browsers share (NFKC, lower case, no marks).
Korean, and scripts without blanks between words, give one token for each character.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from fivegwatch.extractors.text.scripts import UNBROKEN

_ASCII = re.compile(r"[a-z0-9]+")
_ANY = re.compile(rf"[{UNBROKEN}]|[^\W_{UNBROKEN}]+")
PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")
OTHER_SHARDS = 64
"""Number of shards for tokens that do not begin with two ASCII letters or digits."""


def site_tokens(text: str) -> list[str]:
    """The words of a text in order, in the form in which the search compares them (lower case, no marks)."""
    if text.isascii():
        return _ASCII.findall(text.lower())
    folded = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).lower())
    bare = "".join(c for c in folded if not unicodedata.category(c).startswith("M"))
    return _ANY.findall(unicodedata.normalize("NFC", bare))  # puts the letters of Korean together again


def shard_of(token: str) -> str:
    """The name of the shard with ``token`` and all tokens that begin with it: its first two characters, or a number for
    other scripts."""
    first = token[:2]
    if set(first) <= PLAIN:
        return first
    return f"x{ord(token[0]) % OTHER_SHARDS}"


def encode(numbers: Iterable[int], before: str = "") -> str:
    """Append ascending ``numbers`` to ``before``, a text that holds smaller numbers in the same form: differences in
    base 36.

    The first number after ``before`` is written in full, with ``=``, so that ``before`` need not be decoded.
    """
    parts = [before] if before else []
    last = 0
    for number in numbers:
        parts.append(f"={_base36(number)}" if before and not last else _base36(number - last))
        last = number
    return " ".join(parts)


def decode(text: str) -> list[int]:
    """The numbers that `encode` wrote."""
    numbers, last = [], 0
    for part in text.split():
        last = int(part[1:], 36) if part[0] == "=" else last + int(part, 36)
        numbers.append(last)
    return numbers


def _base36(number: int) -> str:
    digits = "0123456789abcdefghijklmnopqrstuvwxyz"
    text = digits[number % 36]
    while number := number // 36:
        text = digits[number % 36] + text
    return text
