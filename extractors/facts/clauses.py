"""Clauses: the parts of a sentence between two marks. A negation or a modal word applies to the acts in its clause."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

from fivegwatch.extractors.facts.sentences import Sentence
from fivegwatch.extractors.watchlist.alternatives import words_of

_MARK = re.compile(r"[,;:!?(){}“”„«»—|،؛，；：、（）「」.–-](?:(?<![.–-])|(?<=\w\.)(?=\s)|(?<=\s[–-])(?=\s))")
"""Marks that end a clause, among them a full stop after a word and a dash between blanks."""
_TURN = words_of(
    r"\b(?:but|while|whereas|although|maar|terwijl|hoewel|aber|während|obwohl|mais|tandis|alors que|pero|mientras|aunque"
    r"|ma|mentre|mas|enquanto|ale|podczas|men|medan|но|хотя|але|ama|ancak|nhưng|لكن|लेकिन|但|而)\b"
)
"""Words that begin another clause."""


def clause_of(sentence: Sentence, at: int) -> tuple[int, int]:
    """Start and end (offsets into the field, end exclusive) of the clause of ``sentence`` that contains the offset
    ``at``."""
    starts, ends = sentence.once(_marks)
    before, after = bisect_right(ends, at), bisect_left(starts, at)
    start = ends[before - 1] if before else sentence.start
    return start, starts[after] if after < len(starts) else sentence.end


def _marks(sentence: Sentence) -> tuple[list[int], list[int]]:
    """Where the marks and turning words of a sentence start and where they end, in order."""
    start, value = sentence.start, sentence.text.value
    lists = sentence.language == "zh"  # where "、" joins the items of a list
    marks = [m.span() for m in _MARK.finditer(value, start, sentence.end) if not lists or m[0] != "、"]
    marks += [(start + a, start + b) for _, a, b in _TURN.spans(sentence.value)]
    return sorted(a for a, _ in marks), sorted(b for _, b in marks)
