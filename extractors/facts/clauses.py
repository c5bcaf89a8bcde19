"""Clauses: the part of a sentence between two marks, within which a negation or a modal word governs an act."""

from __future__ import annotations

import re

from fivegwatch.extractors.facts.sentences import Sentence

_MARK = re.compile(
    r"[,;:!?(){}“”„«»—|،؛，；：、（）「」]|(?<=\w)[.](?=\s)|\s[-–]\s"
    r"|\b(?:but|while|whereas|although|maar|terwijl|hoewel|aber|wahrend|obwohl|mais|tandis|alors que|pero|mientras|aunque"
    r"|ma|mentre|mas|enquanto|ale|podczas|men|medan|но|хотя|але|ama|ancak|nhung|لكن|लेकिन|但|而)\b"
)
"""Marks that end a clause, and words that turn to another one."""


def clause_of(sentence: Sentence, at: int) -> tuple[int, int]:
    """Start and end (offsets into the field, end exclusive) of the clause of ``sentence`` that holds offset ``at``."""
    start = sentence.start
    for mark_start, mark_end in sentence.once(_marks):
        if mark_end <= at:
            start = mark_end
        elif mark_start >= at:
            return start, mark_start
    return start, sentence.end


def _marks(sentence: Sentence) -> list[tuple[int, int]]:
    found = _MARK.finditer(sentence.text.value, sentence.start, sentence.end)
    return [
        m.span() for m in found if sentence.language != "zh" or m[0] != "、"
    ]  # there it joins the items of a list
