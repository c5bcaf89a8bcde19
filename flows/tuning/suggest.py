"""For `watchlist suggest`: expressions in stories that the watchlist does not have. A person decides which to add."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fivegwatch.extractors.judging.matching import find_matches
from fivegwatch.extractors.text.folding import fold_text
from fivegwatch.extractors.tuning.keyness import (
    Keyness,
    count_texts,
    function_words,
    log_odds,
    without_function_words,
    without_parts,
)
from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.storage.read.samples import Sample

LEAST_STORIES = 3
"""Least number of stories in a language, and of stories with an expression, for the expression to be suggested."""
BACKGROUND_TEXTS = 20
"""If fewer rejected pages of a language have a stored text, titles are compared instead, which all pages have."""
CHECKED = 400
"""Most expressions of a language that are examined, the best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """An expression that occurs more often in stories than in other pages, and that the watchlist does not have."""

    language: str
    expression: str
    """The expression, spelt as in one of the stories."""
    z: float
    """How much more often it occurs in stories, in standard deviations (`keyness`)."""
    stories: int
    others: int
    """Number of other pages in the ledger in which it occurs."""
    compared: str
    """What was compared: ``texts`` or ``titles``."""
    example: str
    """Title of a story in which it occurs."""


def suggest(pages: Iterable[Sample], rules: Rules, *, most: int = 30) -> list[Suggestion]:
    """Expressions that occur more often in stories than in the other pages of their language, the strongest first."""
    by_language: dict[str, list[Sample]] = defaultdict(list)
    for page in pages:
        by_language[page.language].append(page)
    suggestions: list[Suggestion] = []
    for language, group in by_language.items():
        suggestions += _suggest_in(language, group, rules, most)
    suggestions.sort(key=lambda item: (-item.z, item.language, item.expression))
    return suggestions[:most]


def _suggest_in(language: str, pages: list[Sample], rules: Rules, most: int) -> Iterator[Suggestion]:
    stories = [page for page in pages if page.kept]
    others = [page for page in pages if not page.kept]
    with_text = [page for page in others if page.text]
    whole = len(with_text) >= BACKGROUND_TEXTS
    if len(stories) < LEAST_STORIES or not others:
        return
    first, _ = count_texts(_read(page, whole) for page in stories)
    second, number = count_texts(_read(page, whole) for page in (with_text if whole else others))
    common = function_words(second, number)
    ranked = without_parts(without_function_words(log_odds(first, second, least=LEAST_STORIES), common))
    suggested = 0
    for item in ranked[:CHECKED]:
        written, example = _written(item, stories, whole)
        if item.z > 0 and suggested < most and not _is_known(written, rules, language):
            suggested += 1
            yield Suggestion(
                language=language, expression=written, z=item.z, stories=item.first, others=item.second,
                compared="texts" if whole else "titles", example=example,
            )  # fmt: skip


def _read(page: Sample, whole: bool) -> str:
    return f"{page.title}\n{page.text}" if whole else page.title


def _written(item: Keyness, stories: list[Sample], whole: bool) -> tuple[str, str]:
    """The expression as a story spells it, and the title of that story."""
    for page in stories:
        value = _read(page, whole)
        folded = fold_text(value)
        start = folded.text.find(f" {item.expression} ") + 1 or folded.text.find(item.expression)
        if start > 0:
            begin, end = folded.original_span(start, start + len(item.expression))
            return value[begin:end], page.title
    return item.expression, ""


def _is_known(expression: str, rules: Rules, language: str) -> bool:
    """Whether terms of the watchlist already cover all letters and digits of ``expression``."""
    matches = find_matches(expression, "", rules, language)
    covered = {index for match in matches for index in range(match.start, match.end)}
    return bool(covered) and all(
        index in covered or not character.isalnum() for index, character in enumerate(expression)
    )
