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
    start, end = sentence.start, sentence.end
    for mark in _MARK.finditer(sentence.text.value, sentence.start, sentence.end):
        if mark.end() <= at:
            start = mark.end()
        elif mark.start() >= at:
            return start, mark.start()
    return start, end
