"""Finds words for acts and attacks in a text, by kind: one scan for all kinds of a language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from unicodedata import normalize

from fivegwatch.extractors.facts import act_words, act_words_attack, act_words_status
from fivegwatch.extractors.facts.act_words import LANGUAGES
from fivegwatch.extractors.facts.reading import Text
from fivegwatch.extractors.text.folding import fold_term
from fivegwatch.extractors.text.language_tags import primary_subtag
from fivegwatch.extractors.watchlist.inflection import UNBROKEN, Pattern
from fivegwatch.extractors.watchlist.scanner import Scanner

_TAIL = 12
"""How many letters may follow the listed beginning of a word."""
_SHORT = 300
_ENGLISH = re.compile(
    r"\b(?:the|to|for|of|and|with|by|from|over|against|into|uses?|using|targets?|linked|hackers?|breach(?:ed)?|new|their|its"
    r"|is|are|was|will|may|could|after|before|how|why|who|says?|warns?|seeks|urges|foreign|suppliers?|carriers?|telecoms?|telcos?"
    r"|networks?|flaws?|bug|attacks?|hacked|stolen)\b",
    re.IGNORECASE,
)
"""English words: an English headline has at least two of them, one in another language hardly any."""
_ATTACHED = ("zh", "ja", "ko")
_MARKED = re.compile("[\u0103\u0111\u01a1\u01b0\u1ea0-\u1ef9]|[aeouyAEOUY]\u0323")
"""Letters that only Vietnamese has; a text with any of them is written with accents."""


class Phrase(NamedTuple):
    """A word of one kind in a text; offsets are str indices, end exclusive."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class _Kinds:
    names: tuple[str, ...]
    marked: tuple[str, ...]
    """For each name, its word as written if the word has Vietnamese accents, without which it is another word; else
    empty."""
    scanner: Scanner


def find_phrases(text: Text, language: str) -> list[Phrase]:
    """The phrases of a text, in the order of their starts.

    Kinds are acts (``act:ban``), statuses (``status:decided``), attacks (``attack:x``) and their stages (``stage:x``),
    negation (``not``), and having a vendor's equipment (``use``).
    """
    primary = "en" if _is_english(text.value) else primary_subtag(language)
    kinds = _kinds(primary if primary in LANGUAGES else "en", text.folded.attached)
    marked = any(kinds.marked) and _MARKED.search(text.value) is not None
    phrases = []
    for start, minus_end, number in kinds.scanner.scan(text.folded.text):
        span = text.folded.original_span(start, -minus_end)
        if not marked or _has_marks(text.value[slice(*span)], kinds.marked[number]):
            phrases.append(Phrase(*span, kinds.names[number]))
    return phrases


def _has_marks(value: str, word: str) -> bool:
    return normalize("NFC", value).lower().startswith(word)


def _is_english(value: str) -> bool:
    """Whether a short text is English although its story is in another language: some feeds put the original headline
    above a summary."""
    return len(value) < _SHORT and len({word.lower() for word in _ENGLISH.findall(value)}) > 1


@lru_cache(maxsize=64)
def _kinds(language: str, attached: bool) -> _Kinds:
    names: list[str] = []
    marked: list[str] = []
    patterns: list[tuple[int, Pattern]] = []
    groups: tuple[tuple[str, Mapping[str, str]], ...] = (
        ("act:", act_words.ACTIONS), ("status:", act_words_status.STATUSES),
        ("attack:", act_words_attack.ATTACKS), ("stage:", act_words_attack.STAGES),
        ("", {"not": act_words_status.NEGATION, "use": act_words.USE}),
    )  # fmt: skip
    for prefix, kinds in groups:
        for kind, lines in kinds.items():
            line = dict(zip(LANGUAGES, lines.strip().split("\n"), strict=True))[language]
            for pattern, word in {_pattern(word, language): word for word in line.split()}.items():
                patterns.append((len(names), pattern))
                names.append(prefix + kind)
                marked.append(
                    "" if word.isascii() or language != "vi" else word.strip("=_*").replace("_", " ")
                )
    return _Kinds(
        tuple(names), tuple(marked), Scanner(sorted(patterns, key=lambda p: p[0]), unbroken=attached)
    )


def _pattern(word: str, language: str) -> Pattern:
    bare = word.removeprefix("=").strip("_")
    wild, text = bare.endswith("*"), fold_term(bare.replace("*", "").replace("_", " "))
    if language in _ATTACHED and (UNBROKEN.search(text) or language == "ko"):
        return Pattern(text, tail=-1, inner=True)
    if "*" in bare[:-1]:
        regex = r"\w* ".join(fold_term(piece) for piece in bare.replace("_", " ").split("*") if piece.strip())
        return Pattern(fold_term(bare.split("*")[0].replace("_", " ")), tail=_TAIL, regex=regex + r"\w*")
    if language == "ar":
        return Pattern(text, tail=4 if wild else 0, inner=True)
    return Pattern(text, tail=_TAIL if wild else 0)
