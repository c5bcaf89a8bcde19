"""What a text is recognised by on another site: shingles, a MinHash signature, and keys to look it up with.

A *shingle* is a hash of a few words in a row (of more characters where words are not spaced). Two kinds of keys
bring texts together that may share shingles: *bands* of the MinHash signature meet when the sets are alike as a
whole, *anchors* (the least shingle of every short stretch) meet when one text holds a stretch of the other. Keys
only nominate; ``compare`` decides, on the shingles themselves.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Final

import numpy as np
import numpy.typing as npt

from fivegwatch.extractors.text.scripts import UNSPACED

Hashes = npt.NDArray[np.uint64]

VERSION: Final = 1
"""Changes with anything that changes a fingerprint; storage then makes all of them anew."""
WORDS_A_SHINGLE: Final = 3
CHARACTERS_A_SHINGLE: Final = 6
BANDS: Final = 24
ROWS: Final = 3
STRETCH: Final = 16
"""Shingles in the stretch that gives one anchor: two texts that share so many in a row share an anchor."""
ANCHORS_AT_MOST: Final = 1_024
FEW_WORDS: Final = 20
"""A shorter text does not tell a story from others: its title is read with it."""
SAME: Final = 0.6
"""Share of the shorter text that the longer one must have."""
REWORDED: Final = 0.45
"""The same, for two texts of like length that share at least ``LONG`` shingles: too much for a footer or a quotation,
and a text with every fifth word replaced keeps half of its runs of three."""
LONG: Final = 100
LIKE_LENGTH: Final = 0.6
PART: Final = 1 / 3
"""A text shorter than this share of the other one is the same only if it is the other's beginning: a teaser. A
digest holds the whole of many short texts and is none of them."""

# Vowel signs are marks, not letters, to ``re``: without them Indic words fall to pieces.
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff\u0f71-\u0fbc"
_TOKEN = re.compile(rf"[{UNSPACED}]|(?:[^\W_{UNSPACED}]|[{_MARKS}])+")
_ONE_UNSPACED = re.compile(rf"[{UNSPACED}]")
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_STEP = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Shingles:
    """The shingles of one text."""

    ordered: Hashes
    """In the order of the text, repetitions included."""
    distinct: Hashes
    """Sorted, each once."""

    def __len__(self) -> int:
        return len(self.distinct)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """What is stored of a text to find its copies by."""

    text_key: int
    """Signed 64 bits; equal for texts of equal shingles."""
    shingles: int
    """How many different ones."""
    bands: tuple[int, ...]
    """``BANDS`` keys of 32 bits, the band's number folded in."""
    anchors: tuple[int, ...]
    """Keys of 32 bits, sorted, each once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How two texts overlap, in shingles; shares from 0 to 1."""

    shared: int
    one: int
    other: int
    head: int
    """Shingles of the shorter text that are in the beginning of the longer one."""

    @property
    def jaccard(self) -> float:
        """Shingles in both among those in either."""
        return self.shared / max(1, self.one + self.other - self.shared)

    @property
    def containment(self) -> float:
        """Share of the shorter text that is in the longer one."""
        return self.shared / max(1, min(self.one, self.other))

    @property
    def same(self) -> bool:
        """Whether they are the same text: a copy, an edited copy, a cut one, or a teaser and its full version."""
        short, long = sorted((self.one, self.other))
        if self.shared >= max(LONG, REWORDED * short) and short >= LIKE_LENGTH * long:
            return True
        return self.shared >= SAME * short and (short >= PART * long or self.head >= SAME * short)


def tokens(text: str) -> list[str]:
    """The words of ``text`` in order, case and compatibility forms folded; single characters of unspaced scripts."""
    return _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())


def shingles_of(title: str, text: str) -> Shingles | None:
    """The shingles of a story; None when there is no word in it."""
    found = tokens(text)
    unspaced = sum(map(_is_unspaced, found))
    spaceless = 2 * unspaced > len(found)
    if len(found) < (2 * FEW_WORDS if spaceless else FEW_WORDS):
        found = tokens(title) + found
    if not found:
        return None
    width = min(CHARACTERS_A_SHINGLE if spaceless else WORDS_A_SHINGLE, len(found))
    words = np.fromiter(map(_word_hash, found), np.uint64, len(found))
    rows = len(found) - width + 1
    ordered = np.full(rows, width, np.uint64)
    for place in range(width):
        ordered = _mixed(ordered + words[place : place + rows])
    return Shingles(ordered, np.unique(ordered))


def fingerprint(title: str, text: str) -> Fingerprint | None:
    """What to find copies of this story by; None when there is no word in it.

    Standard: MinHash (Broder 1997), banded for look-up; anchors by winnowing (Schleimer, Wilkerson, Aiken 2003).
    """
    shingles = shingles_of(title, text)
    if shingles is None:
        return None
    digest = blake2b(shingles.distinct.astype("<u8").tobytes(), digest_size=8).digest()
    return Fingerprint(
        text_key=int.from_bytes(digest, "little", signed=True),
        shingles=len(shingles),
        bands=_bands(shingles.distinct),
        anchors=_anchors(shingles.ordered),
    )


def compare(one: Shingles, other: Shingles) -> Likeness:
    """How these texts overlap, exactly."""
    short, long = sorted((one, other), key=lambda found: (len(found), found.distinct.tobytes()))
    shared = len(np.intersect1d(short.distinct, long.distinct, assume_unique=True))
    if len(short) >= PART * len(long):
        head = shared
    else:
        # Half as long again as the teaser: room for a line before it, too little for the second item of a digest.
        start = np.unique(long.ordered[: len(short) * 3 // 2])
        head = len(np.intersect1d(short.distinct, start, assume_unique=True))
    return Likeness(shared=shared, one=len(one), other=len(other), head=head)


def _is_unspaced(token: str) -> bool:
    return len(token) == 1 and _ONE_UNSPACED.match(token) is not None


@lru_cache(maxsize=65_536)
def _word_hash(word: str) -> int:
    # Not ``hash``: it differs from process to process.
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _mixed(values: Hashes) -> Hashes:
    """Every bit of the result depends on every bit of the value (the finaliser of splitmix64)."""
    values = values + _STEP
    values = (values ^ (values >> np.uint64(30))) * _MIX[0]
    values = (values ^ (values >> np.uint64(27))) * _MIX[1]
    return values ^ (values >> np.uint64(31))


_SEEDS: Final = _mixed(np.arange(1, BANDS * ROWS + 1, dtype=np.uint64))


def _bands(shingles: Hashes) -> tuple[int, ...]:
    # Xor and an odd factor are both one-to-one, so each seed is another order of all shingles.
    least = np.array([((shingles ^ seed) * _MIX[1]).min() for seed in _SEEDS], np.uint64)
    keys = np.arange(BANDS, dtype=np.uint64)
    for row in least.reshape(BANDS, ROWS).T:
        keys = _mixed(keys + row)
    return tuple((keys >> np.uint64(32)).tolist())


def _anchors(shingles: Hashes) -> tuple[int, ...]:
    if len(shingles) > STRETCH:
        shingles = np.lib.stride_tricks.sliding_window_view(shingles, STRETCH).min(axis=1)
    else:
        shingles = shingles.min(keepdims=True)
    # Least hashes begin with zeros: mixed again, or all keys would be small numbers.
    keys = np.unique(_mixed(shingles) >> np.uint64(32))[:ANCHORS_AT_MOST]
    return tuple(keys.tolist())
