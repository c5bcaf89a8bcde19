"""Folds text for matching, and records the original offset of every folded character.

Spellings that look equal become equal: full-width and mathematical letters (NFKC), case, diacritics of Latin, Greek and
Cyrillic letters, Arabic vowel signs, invisible characters. A character that is not part of a word becomes a space, so
that the pattern ``" 5g "`` matches whole words. In words that mix scripts, look-alike letters are replaced.

Standard: Unicode Standard Annex 15 (NFKC), Unicode Technical Standard 39 (mixed-script confusables).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate, islice

from fivegwatch.extractors.makers import maker_of
from fivegwatch.extractors.native import compiled
from fivegwatch.extractors.text.fold_table import FoldTable
from fivegwatch.extractors.text.scripts import ARABIC, INVISIBLE, JOINERS, UNBROKEN

_RUNS = re.compile(r"([^\x00-\x7f]+)")
# Kept in words although no letter: AT&T, G&D.
_JOINERS = "&"
_ASCII_TABLE = bytes(
    ord(chr(i).lower()) if i > 127 or chr(i).isalnum() or chr(i) in _JOINERS else 32 for i in range(128)
) + bytes(range(128, 256))
# Letters that NFD does not decompose.
_BARRED = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
# The same newspapers write alef, ya and ta marbuta with and without their signs.
_ARABIC = str.maketrans({"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ة": "ه", "ی": "ي", "ک": "ك"})
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u3164\uffa0")
_TATWEEL = "\u0640"
_MARKED_SCRIPTS = ("LATIN", "GREEK", "CYRILLIC")
_SHAPELESS = f"[{INVISIBLE}{JOINERS}]"
MIXED = re.compile(
    rf"[A-Za-z\u00c0-\u024f]{_SHAPELESS}*[\u0370-\u052f]|[\u0370-\u052f]{_SHAPELESS}*[A-Za-z\u00c0-\u024f]"
    r"|[0-9][\u050c\u050d]"
)
_WORD = re.compile(rf"[^\W_]+(?:{_SHAPELESS}+[^\W_]+)*")
# Folded look-alikes: Cyrillic and Greek to Latin (UTS 39), and Latin to Cyrillic.
_TO_LATIN = {
    **dict(zip("авсԁеԍһіјкӏмнорԛѕтуԝхьъгѵ", "abcdeghijklmhopqstywxbbrv", strict=True)),
    **dict(zip("αβεηικνορτυχγωκμδ", "abenikvoptuxywkud", strict=True)),
}
_TO_CYRILLIC = dict(zip("abcehikmoptxyr", "авсенікмортхуг", strict=True))
# 5-G, with any hyphen or minus. In small letters it is a weight: a 5-g dose.
_HYPHENS = "-\u2010\u2011\u2012\u2013\u2212\uff0d"
_GENERATIONS = "23456"
_APART = re.compile(rf"(?<![^\W_])([{_GENERATIONS}])[{_HYPHENS}](?=G(?![^\W_]))")
_CACHE_LIMIT = 50_000
# Flags of characters: Greek or Cyrillic; of a script whose words have no spaces between them (Han, kana, Thai) or have
# others attached (Arabic articles, Korean particles). The third is a flag of runs: folding changes their length.
GREEK_CYRILLIC, ATTACHED, _UNEVEN = 1, 2, 4
_ATTACHED = re.compile(f"[{ARABIC}{UNBROKEN}]")


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text with one space on either side; `original_span` maps offsets to the original."""

    text: str
    """The folded text; begins and ends with a space."""
    breaks: tuple[int, ...] = ()
    """Folded offsets from which the distance between folded and original offsets is another one; empty when it never
    changes."""
    origins: tuple[int, ...] = ()
    """The original offset for each of ``breaks``."""
    attached: bool = False
    """True if the text has a script without spaces between words, or one that attaches particles to words."""

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Span of ``text[start:end]`` in the original text (str indices, end exclusive)."""
        return self.origin(start), self.origin(end - 1) + 1

    def origin(self, at: int) -> int:
        """The offset in the original text of the folded offset ``at``."""
        if not self.breaks:
            return at - 1
        i = bisect_right(self.breaks, at) - 1
        return self.origins[i] + at - self.breaks[i]


_folded = maker_of(Folded)


def fold_text(text: str) -> Folded:
    """``text`` folded, in linear time. Nearly all texts keep their length, so that no offsets need to be mapped."""
    text = join_generations(text)
    if text.isascii():
        return _folded(f" {text.encode().translate(_ASCII_TABLE).decode()} ", (), (), False)
    folded, kinds = _fold(text)
    if kinds & GREEK_CYRILLIC and MIXED.search(text):
        folded, _ = _fold(_exchange_lookalikes(text))
    return folded


def join_generations(text: str) -> str:
    """``text`` with the hyphen of 5-G replaced by a soft hyphen, so that "5-G" folds like "5G".

    The length stays the same.
    """
    # Seven times as fast as a search for each hyphen.
    at = text.find("G", 2)
    while at > 0 and (text[at - 1] not in _HYPHENS or text[at - 2] not in _GENERATIONS):
        at = text.find("G", at + 1)
    return _APART.sub("\\1\u00ad", text) if at > 0 else text


def _fold(text: str) -> tuple[Folded, int]:
    """``text`` folded character by character, and bits for the kinds of its characters."""
    while compiled is not None:
        result = compiled.fold(text, TABLE.entries, TABLE.longer)
        if not isinstance(result, int):
            plain, (breaks, origins), kinds = result
            return _folded(plain, breaks, origins, bool(kinds & ATTACHED)), kinds
        if TABLE.knows(result):
            break  # a character whose folded form does not fit
        TABLE.learn(set(text))
    return fold_by_runs(text)


def fold_by_runs(text: str) -> tuple[Folded, int]:
    """Pure-Python twin of ``native.fold``, used without a compiler, and for texts with a character whose folded form
    does not fit into the table of ``native.fold``. It may record more `Folded.breaks` than ``native.fold`` does."""
    folded, flags, uneven = _fold_runs(text)
    # surrogatepass: a lone surrogate from a broken feed must not end the run.
    plain = folded.encode("utf-8", "surrogatepass").translate(_ASCII_TABLE).decode("utf-8", "surrogatepass")
    breaks, origins = _trace(uneven) if uneven else ((), ())
    return Folded(f" {plain} ", tuple(breaks), tuple(origins), bool(flags & ATTACHED)), flags & ~_UNEVEN


def _fold_runs(text: str) -> tuple[str, int, list[tuple[int, str]]]:
    """``text`` with its non-ASCII runs folded; the flags of all runs; and (offset, run) for each run whose length
    changed."""
    parts = _RUNS.split(text)  # ASCII at even indices, runs at odd ones
    known = _runs
    met = 0
    for run in set(parts[1::2]):
        met |= known[run][1]
    uneven: list[tuple[int, str]] = []
    if met & _UNEVEN:
        starts = accumulate((len(part) for part in parts), initial=0)
        runs = islice(zip(starts, parts, strict=False), 1, None, 2)
        uneven = [(start, run) for start, run in runs if known[run][1] & _UNEVEN]
    parts[1::2] = [known[run][0] for run in parts[1::2]]
    return "".join(parts), met, uneven


def fold_term(term: str) -> str:
    """The folded form of a term or name, with single spaces between words and none at its ends."""
    return " ".join(fold_text(term).text.split())


def _trace(uneven: list[tuple[int, str]]) -> tuple[list[int], list[int]]:
    """The ``breaks`` and ``origins`` of a `Folded`, from the runs whose length changed."""
    breaks, origins = [0], [-1]
    folded_at = 1  # the leading space
    read = 0
    for start, run in uneven:
        folded_at += start - read
        for offset, char in enumerate(run, start):
            width = len(fold_char(char))
            # One entry for each folded character, so that offsets inside an expansion (ß to ss) are exact.
            for i in range(width):
                breaks.append(folded_at + i)
                origins.append(offset)
            folded_at += width
        read = start + len(run)
        breaks.append(folded_at)
        origins.append(read)
    return breaks, origins


class _Runs(dict[str, tuple[str, int]]):
    """A cache of folded runs of non-ASCII characters with their flags; only short runs are kept, because they recur."""

    def __missing__(self, run: str) -> tuple[str, int]:
        folded = run.translate(_table)
        flags = 0 if _uneven_chars.isdisjoint(run) else _UNEVEN
        highest, lowest = max(run), min(run)
        if highest >= "\u0370" and lowest <= "\u052f":
            flags |= GREEK_CYRILLIC
        if highest >= "\u0600" and _ATTACHED.search(run):
            flags |= ATTACHED
        result = folded, flags
        if len(run) <= 24:
            if len(self) >= _CACHE_LIMIT:
                self.clear()
            self[run] = result
        return result


def fold_char(char: str) -> str:
    """The folded form of one character: empty, a space, or one or more letters."""
    return _table[ord(char)]


class _Table(dict[int, str]):
    """A translation table for ``str.translate``; a character is added when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _compute_fold(chr(code))
        if len(folded) != 1:
            _uneven_chars.add(chr(code))
        return folded


def _kinds(char: str) -> int:
    return GREEK_CYRILLIC * ("\u0370" <= char <= "\u052f") | ATTACHED * bool(_ATTACHED.match(char))


TABLE = FoldTable(fold_char, _kinds)
_table = _Table()
_uneven_chars: set[str] = set()
_runs = _Runs()


def _compute_fold(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Cf" or char in _INVISIBLE or char == _TATWEEL or "\ufe00" <= char <= "\ufe0f":
        return ""
    if "\u0300" <= char <= "\u036f" or "\u064b" <= char <= "\u065f" or char == "\u0670":
        return ""  # combining marks: decomposed text, Arabic vowel signs
    wide = unicodedata.normalize("NFKC", char)
    folded = "".join(_strip_marks(c) for c in unicodedata.normalize("NFKC", wide.casefold()))
    folded = folded.translate(_BARRED).translate(_ARABIC)
    kept = "".join(c if _is_word(c) else " " for c in folded)
    return kept if kept.strip() else " " if folded else ""


def _strip_marks(char: str) -> str:
    if not unicodedata.name(char, "").startswith(_MARKED_SCRIPTS):
        return "" if "\u0300" <= char <= "\u036f" else char
    bare = unicodedata.normalize("NFD", char)
    # A final sigma is a sigma.
    return "".join(c for c in bare if not unicodedata.combining(c)).replace("ς", "σ")


def _is_word(char: str) -> bool:
    return char in _JOINERS or unicodedata.category(char)[0] in "LNM"


def _exchange_lookalikes(text: str) -> str:
    """``text`` with each word of mixed scripts rewritten in one script, if its foreign letters are look-alikes."""
    parts, end = list[str](), 0
    for mixed in MIXED.finditer(text):
        if mixed.start() >= end:
            # The words between two blanks; few of a text are mixed.
            begin, behind = text.rfind(" ", 0, mixed.start()) + 1, text.find(" ", mixed.end())
            parts.append(text[end:begin])
            end = behind if behind >= 0 else len(text)
            parts.append(_WORD.sub(lambda match: _exchange_word(match.group()), text[begin:end]))
    return "".join((*parts, text[end:]))


def _exchange_word(word: str) -> str:
    if not MIXED.search(word):
        return word
    folded = [fold_char(c) if not c.isascii() else c.lower() for c in word]
    foreign = [c for c in folded if c and "\u0370" <= c[0] <= "\u052f"]
    latin = [c for c in folded if c and c.isascii() and c.isalpha()]
    if all(c in _TO_LATIN for c in foreign) and (latin or len(foreign) == 1):
        return "".join(_TO_LATIN.get(f, w) for f, w in zip(folded, word, strict=True))
    if latin and all(c in _TO_CYRILLIC for c in latin):
        return "".join(
            _TO_CYRILLIC.get(f, w) if f.isascii() else w for f, w in zip(folded, word, strict=True)
        )
    return word
