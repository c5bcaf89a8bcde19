"""Counts how often each term occurs in texts that a person has labelled, for authors who have no corpus yet.

One JSON object a line: ``label`` (``relevant`` or ``irrelevant``; ``borderline`` is left out), ``title``, ``text``,
``language``. Other keys are ignored.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.extractors.judging.matching import find_matches
from fivegwatch.extractors.text.language_tags import primary_subtag
from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.sources.files.given import UnusableFileError, given_text
from fivegwatch.storage.read.samples import RuleUse

GOLD_BYTES = 256 * 1024 * 1024
LEAST_TEXTS = 20
"""The terms of a language are measured only if it has this many irrelevant texts."""
_LABELS = ("relevant", "borderline", "irrelevant")
_KEYS = ("title", "text", "language")


def rule_use_in(file: Path, rules: Rules) -> tuple[list[RuleUse], dict[str, tuple[int, int]]]:
    """For each term, in how many relevant and how many irrelevant texts it occurs; and for each primary language, the
    numbers of relevant and of irrelevant texts.

    Raises: SettingsError with file, line and remedy for a line that is not a labelled text.
    """
    kept: Counter[tuple[str, str]] = Counter()
    rejected: Counter[tuple[str, str]] = Counter()
    pages: dict[str, tuple[int, int]] = {}
    for label, title, text, language in _labelled(file):
        relevant = label == "relevant"
        primary = primary_subtag(language)
        stories, others = pages.get(primary, (0, 0))
        pages[primary] = (stories + relevant, others + (not relevant))
        matched = {(match.rule, match.facet) for match in find_matches(title, text, rules, language)}
        (kept if relevant else rejected).update(matched)
    uses = [
        RuleUse(rule=rule, facet=facet, kept=kept[rule, facet], rejected=rejected[rule, facet])
        for rule, facet in sorted({*kept, *rejected})
    ]
    return uses, pages


def _labelled(file: Path) -> Iterator[tuple[str, str, str, str]]:
    """Label, title, text and language of each text in ``file``; those labelled ``borderline`` are left out."""
    try:
        lines = given_text(file, most=GOLD_BYTES).split("\n")
    except UnusableFileError as exc:
        raise SettingsError(f"{file}: cannot be read: {exc}", key="gold") from exc
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as exc:
            raise SettingsError(
                f"{file}:{number}: not JSON ({exc}). Write one JSON object a line.", key="gold"
            ) from exc
        if not isinstance(row, dict) or row.get("label") not in _LABELS:
            raise SettingsError(
                f"{file}:{number}: no label. Each line needs label, one of {', '.join(_LABELS)}.", key="gold"
            )
        values = [row.get(key) or "" for key in _KEYS]
        if not all(isinstance(value, str) for value in values):
            raise SettingsError(f"{file}:{number}: {', '.join(_KEYS)} must be strings.", key="gold")
        if row["label"] != "borderline":
            yield row["label"], *values
