"""Where a regular expression of many alternatives matches, without trying those whose letters are not in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{[\d,]*\}|.", re.DOTALL)
_TIED = re.compile(r"\\\d|\(\?[^:!=<]|\(\?<[^!=]")
"""What may refer to other alternatives or change their meaning: references, names, flags, conditions."""


def starts_of(pattern: re.Pattern[str], text: str) -> Iterator[int]:
    """Where the matches of ``pattern.finditer(text)`` begin.

    Most of a watchlist's alternatives are words of other languages. To look for their letters costs a hundredth of
    trying them at every character.
    """
    alternatives = _alternatives(pattern)
    if not alternatives:
        yield from (match.start() for match in pattern.finditer(text))
        return
    tried = [alternative for letters, alternative in alternatives if letters in text]
    following = [alternative.search(text) for alternative in tried]
    reached = 0
    while True:
        first: re.Match[str] | None = None
        for number, match in enumerate(following):
            if match and match.start() < reached:
                match = following[number] = tried[number].search(text, reached)
            if match and (first is None or match.start() < first.start()):
                first = match
        if first is None:
            return
        yield first.start()
        reached = first.end()


@lru_cache(maxsize=256)
def _alternatives(pattern: re.Pattern[str]) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The alternatives of a pattern, each with letters that every match has; empty if the pattern cannot be divided."""
    if pattern.flags != re.UNICODE or _TIED.search(pattern.pattern) or pattern.match(""):
        return ()
    sources, runs, depth = [""], [[""]], 0
    for piece in _PIECE.findall(pattern.pattern):
        depth += (piece == "(") - (piece == ")")
        if piece == "|" and not depth:
            sources.append("")
            runs.append([""])
            continue
        sources[-1] += piece
        if len(piece) == 1 and piece not in "()|*+?.^$" and not depth:
            runs[-1][-1] += piece
            continue
        if piece in "*?" or piece[0] == "{":  # the letter before it may be absent
            runs[-1][-1] = runs[-1][-1][:-1]
        runs[-1].append("")
    compiled = [re.compile(source) for source in sources]
    if any(alternative.search("") for alternative in compiled):
        return ()
    return tuple((max(own, key=len), alternative) for own, alternative in zip(runs, compiled, strict=True))
