"""Decides whether two texts are copies. Words -> shingles -> keys that nominate pairs -> exact comparison of the
shingles.

A *shingle* is a hash of three words in a row, or of six characters in scripts without spaces. Two kinds of keys
nominate pairs of texts: *bands* of the MinHash signature are equal if the texts are alike as a whole, *anchors* (the
least shingle of every short stretch) are equal if one text contains a stretch of the other. ``compare`` then decides.
``storage/load/merge/clusters.py`` looks up and links the pairs in the store.
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

WORDS_A_SHINGLE: Final = 3
CHARACTERS_A_SHINGLE: Final = 6
BANDS: Final = 24
ROWS: Final = 3
STRETCH: Final = 16
"""Number of shingles from which one anchor is chosen: two texts with this many shingles in a row in common share an
anchor."""
ANCHORS_AT_MOST: Final = 1_024
FEW_WORDS: Final = 20
"""A text with fewer words than this cannot identify a story, so its title is added."""
SAME: Final = 0.6
"""Two texts are copies if the longer one contains at least this share of the shorter one.

This number and the limits below were measured by ``benchmarks.duplicates``.
"""
REWORDED: Final = 0.45
"""For two texts of like length this lower share is enough, if they have at least ``LONG`` shingles in common, which is
more than a footer or a quotation has. A text in which every fifth word was replaced keeps half of its shingles."""
LONG: Final = 100
LIKE_LENGTH: Final = 0.6
"""Two texts are of like length if the shorter has at least this share of the longer one's shingles."""
PART: Final = 1 / 3
"""A text with less than this share of the other text's length must match the beginning of the other, as a teaser does;
otherwise a digest would be a copy of every story that it quotes."""

# ``re`` does not count vowel signs as letters; without them Indic words would be split.
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff\u0f71-\u0fbc"
_TOKEN = re.compile(rf"[{UNSPACED}]|(?:[^\W_{UNSPACED}]|[{_MARKS}])+")
_ONE_UNSPACED = re.compile(rf"[{UNSPACED}]")
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_STEP = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Shingles:
    """The shingles of one text."""

    ordered: Hashes
    """The shingles in the order of the text, with repetitions."""
    distinct: Hashes
    """Each shingle once, sorted."""

    def __len__(self) -> int:
        return len(self.distinct)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """The keys by which the store looks up copies of a text."""

    text_key: int
    """Signed 64-bit number, equal for texts with equal shingles."""
    shingles: int
    """Number of distinct shingles."""
    bands: tuple[int, ...]
    """The bands as ``BANDS`` keys of 32 bits; the number of a band is part of its key."""
    anchors: tuple[int, ...]
    """The anchors as 32-bit keys, each once, sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How two texts overlap, in numbers of distinct shingles."""

    shared: int
    one: int
    other: int
    head: int
    """Number of shingles of the shorter text that are in the beginning of the longer one."""

    @property
    def jaccard(self) -> float:
        """Shingles that both texts have, as a share (0 to 1) of the shingles that either has."""
        return self.shared / max(1, self.one + self.other - self.shared)

    @property
    def same(self) -> bool:
        """Whether the texts are copies: equal, edited or shortened, or a teaser and its full version."""
        short, long = sorted((self.one, self.other))
        if self.shared >= max(LONG, REWORDED * short) and short >= LIKE_LENGTH * long:
            return True
        return self.shared >= SAME * short and (short >= PART * long or self.head >= SAME * short)


def tokens(text: str) -> list[str]:
    """The words of ``text`` in order, with case and compatibility forms folded; in scripts without spaces, single
    characters."""
    return _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())


def shingles_of(title: str, text: str) -> Shingles | None:
    """The shingles of a story; None when it has no word."""
    parts = tokens(text)
    unspaced = 2 * sum(map(_is_unspaced, parts)) > len(parts)
    if len(parts) < (2 * FEW_WORDS if unspaced else FEW_WORDS):
        parts = tokens(title) + parts
    if not parts:
        return None
    width = min(CHARACTERS_A_SHINGLE if unspaced else WORDS_A_SHINGLE, len(parts))
    words = np.fromiter(map(_word_hash, parts), np.uint64, len(parts))
    rows = len(parts) - width + 1
    ordered = np.full(rows, width, np.uint64)
    for offset in range(width):
        ordered = _mixed(ordered + words[offset : offset + rows])
    return Shingles(ordered, np.unique(ordered))


def fingerprint(title: str, text: str) -> Fingerprint | None:
    """The fingerprint of a story; None when it has no word.

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
    """The exact overlap of two texts."""
    short, long = sorted((one, other), key=lambda text: (len(text), text.distinct.tobytes()))
    shared = len(np.intersect1d(short.distinct, long.distinct, assume_unique=True))
    if len(short) >= PART * len(long):
        head = shared
    else:
        # Half as long again as the teaser: this leaves room for a line before it, but not for a digest's next item.
        start = np.unique(long.ordered[: len(short) * 3 // 2])
        head = len(np.intersect1d(short.distinct, start, assume_unique=True))
    return Likeness(shared=shared, one=len(one), other=len(other), head=head)


def _is_unspaced(token: str) -> bool:
    return len(token) == 1 and _ONE_UNSPACED.match(token) is not None


@lru_cache(maxsize=65_536)
def _word_hash(word: str) -> int:
    # Not ``hash``, which differs between processes.
    return int.from_bytes(blake2b(word.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _mixed(values: Hashes) -> Hashes:
    """The hashes mixed so that every bit depends on every bit of the value (the finaliser of splitmix64)."""
    values = values + _STEP
    values = (values ^ (values >> np.uint64(30))) * _MIX[0]
    values = (values ^ (values >> np.uint64(27))) * _MIX[1]
    return values ^ (values >> np.uint64(31))


_SEEDS: Final = _mixed(np.arange(1, BANDS * ROWS + 1, dtype=np.uint64))


def _bands(shingles: Hashes) -> tuple[int, ...]:
    # Xor and multiplication by an odd factor are one-to-one, so each seed puts all shingles in another order.
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
    # The least hashes begin with zeros; without mixing again all keys would be small numbers.
    keys = np.unique(_mixed(shingles) >> np.uint64(32))[:ANCHORS_AT_MOST]
    return tuple(keys.tolist())
