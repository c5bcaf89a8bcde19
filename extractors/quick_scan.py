"""The first look at a page: whether anything it says may name a subject at all. Most pages end here.

An upper bound of looking for subjects in ``visible.readings``: the same texts, all of them in one, read by tables and
arrays instead of letter by letter.
"""

from __future__ import annotations

from collections.abc import Iterator

from extractors.folding import fold_text
from extractors.matching import is_spelt
from extractors.quick_fold import QuickFold
from extractors.rules import Rules
from extractors.visible import BREAK, GLUE, Shown, glued, readings

_APART = " . "
"""Between texts. Terms that straddle it would be found for nothing, not missed."""


class QuickScan:
    """For one set of rules."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._folding = QuickFold()

    def may_name_subject(self, shown: Shown, main: str, announced: str = "") -> bool:
        """Whether a sure subject may be among what is shown, told to machines or announced; False is certain."""
        return self._names_subject(_APART.join(_texts(shown, main, announced)))

    def _names_subject(self, text: str) -> bool:
        folded = self._folding.fold(text)
        if folded is None:
            return self._names_subject_slowly(text)
        rules = self._rules
        hits = rules.scanner("", folded.attached, "subjects").scan(folded.text)
        return any(
            not rules.guarded[number]
            or self._is_spelt(
                text[int(folded.origins[start]) : int(folded.origins[-minus_end - 1]) + 1], number
            )
            for start, minus_end, number in hits
        )

    def _names_subject_slowly(self, text: str) -> bool:
        folded = fold_text(text)
        rules = self._rules
        for start, minus_end, number in rules.scanner("", folded.attached, "subjects").scan(folded.text):
            begin, end = folded.original_span(start, -minus_end)
            if not rules.guarded[number] or self._is_spelt(text[begin:end], number):
                return True
        return False

    def _is_spelt(self, quote: str, number: int) -> bool:
        term = self._rules.terms[number]
        return bool(term.regex) or is_spelt(quote, term)


def _texts(shown: Shown, main: str, announced: str) -> Iterator[str]:
    """The texts of ``readings``, tags read as blanks and as nothing.

    Titles are read by themselves too: in broken markup they may say what the page as a whole does not.
    """
    for reading in readings(shown, main, announced):
        yield from _both(reading.text)


def _both(text: str) -> Iterator[str]:
    if BREAK not in text and GLUE not in text:
        yield text
        return
    yield " ".join(text.replace(GLUE, " ").replace(BREAK, " ").split())
    if GLUE in text:
        yield glued(text)[1].text
