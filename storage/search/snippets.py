"""Snippets: the excerpt of a text that contains most of a query's words, with these words marked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from fivegwatch.storage.search.syntax import Words
from fivegwatch.storage.search.tokens import token_spans

SNIPPET_CHARS = 220
LEAD_CHARS = 60
"""Number of characters that a snippet shows before its first matched word."""
_MOST_TOKENS = 20_000
"""Number of tokens of a text that are examined; words after them are not marked."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """An excerpt of a text, put on one line. ``hits`` are the matched words: start and end (exclusive) in
    characters.
    """

    text: str
    hits: tuple[tuple[int, int], ...]

    def marked(self, before: str, after: str) -> str:
        """The text with ``before`` and ``after`` around every matched word."""
        parts, at = [], 0
        for start, end in self.hits:
            parts += [self.text[at:start], before, self.text[start:end], after]
            at = end
        return "".join([*parts, self.text[at:]])


def highlight(text: str, words: Sequence[Words]) -> Snippet:
    """The whole ``text`` as a snippet in which ``words`` are marked; for short texts such as headlines."""
    return Snippet(_printable(text), tuple(_merged([span for span, _ in _hits(text, words)])))


def snippet(text: str, words: Sequence[Words], *, chars: int = SNIPPET_CHARS) -> Snippet:
    """The excerpt of ``text``, about ``chars`` characters long, that contains most of ``words``; if none occurs, its
    beginning.
    """
    hits = _hits(text, [one for one in words if not one.title_only])
    best, most = 0, (0, 0)
    for at, (span, _) in enumerate(hits):
        inside = [which for (_, end), which in hits[at:] if end <= span[0] + chars - LEAD_CHARS]
        if (len(set(inside)), len(inside)) > most:
            best, most = at, (len(set(inside)), len(inside))
    first = hits[best][0][0] if hits else 0
    start = _word_start(text, max(0, first - LEAD_CHARS), first)
    end = _word_end(text, min(len(text), start + chars))
    spans = [(a - start, b - start) for (a, b), _ in hits if start <= a and b <= end]
    shown = _printable(text[start:end])
    lead = "… " if start else ""
    tail = " …" if end < len(text) else ""
    moved = tuple((a + len(lead), b + len(lead)) for a, b in _merged(spans))
    return Snippet(lead + shown + tail, moved)


def _printable(text: str) -> str:
    """The text on one line; characters that could control a terminal are blanks. Offsets stay."""
    return "".join(char if char.isprintable() else " " for char in text)


def _hits(text: str, words: Sequence[Words]) -> list[tuple[tuple[int, int], int]]:
    """Every hit in ``text`` in order: its span in characters, and the number of the word or phrase."""
    folded, spans = token_spans(text)
    tokens = [span for _, span in zip(range(_MOST_TOKENS), spans, strict=False)]
    hits = []
    for which, wanted in enumerate(words):
        size = len(wanted.tokens)
        for at in range(len(tokens) - size + 1):
            if matches_at([token for token, _, _ in tokens[at : at + size]], wanted):
                start, end = folded.original_span(tokens[at][1], tokens[at + size - 1][2])
                hits.append(((start, end), which))
    return sorted(hits)


def matches_at(tokens: Sequence[str], words: Words) -> bool:
    """Whether ``tokens``, which has the length of ``words``, equals that phrase (its last word may be a prefix)."""
    *firsts, last = words.tokens
    same = tokens[-1].startswith(last) if words.prefix else tokens[-1] == last
    return same and list(tokens[:-1]) == firsts


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif end > start:
            merged.append((start, end))
    return merged


def _word_start(text: str, start: int, latest: int) -> int:
    """The start of the first word that begins at ``start`` or later, at the latest at ``latest``."""
    if start == 0:
        return 0
    blank = re.compile(r"\s+").search(text, start, latest)
    return blank.end() if blank else start


def _word_end(text: str, end: int) -> int:
    """The end of the last whole word before ``end``, if one ends within 25 characters."""
    if end >= len(text):
        return len(text)
    blank = text.rfind(" ", end - 25, end)
    return blank if blank > 0 else end
