"""Why annotated measures are missed: ``python -m benchmarks.misses --gold FILE --texts FILE...``.

Prints for each language how many annotated measures are shown in folds, and the others by the first thing that fails:
the target, the actor, a word for the act, all three in one sentence, the stage, the confidence.
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from benchmarks.annotated import Annotated, read_annotated
from benchmarks.fact_folds import measure_folds
from benchmarks.train_facts import MeasureTask, measure_key
from fivegwatch.extractors.facts.act_kinds import GROUPS
from fivegwatch.extractors.facts.facts_of_story import measure_grounds
from fivegwatch.extractors.facts.reading import Reading, read_story
from fivegwatch.extractors.watchlist.compile import compile_rules
from fivegwatch.sources.files.watchlist import read_watchlist

CAUSES = (
    "shown", "target is a description of its own", "vendor is no subject", "actor is unknown", "no word for the act",
    "never in one sentence", "other stage", "confidence too low",
)  # fmt: skip
DESCRIBED = ("high-risk vendors", "Chinese vendors", "operators", "subscribers")
"""Targets of the guideline that are no names."""


def causes(stories: Sequence[Annotated], readings: Sequence[Reading]) -> dict[str, Counter[str]]:
    """Number of annotated measures by language and cause; ``all`` holds all languages."""
    task = MeasureTask(stories, readings)
    shown = measure_folds(task, [story.publisher for story in stories], seed=0)
    offered: dict[int, set[tuple[str, str, str, str]]] = defaultdict(set)
    for i, m in task.keys:
        offered[i].add(measure_key(m.by, m.action, m.target, m.status))
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for i, (story, reading) in enumerate(zip(stories, readings, strict=True)):
        given = {measure_key(m.by, m.action, m.target, m.status) for m in shown[i]}
        for key in {
            measure_key(m["by"], m["action"], m["target"], m["status"]) for m in story.gold["measures"]
        }:
            cause = "shown" if key in given else _cause(key, offered[i], reading)
            for language in ("all", story.article.language):
                table[language][cause] += 1
    return table


def _cause(key: tuple[str, str, str, str], offered: set[tuple[str, str, str, str]], reading: Reading) -> str:
    if key in offered:
        return "confidence too low"
    if key[:3] in {other[:3] for other in offered}:
        return "other stage"
    _, sentences, countries, roles = measure_grounds(reading)
    by, group, target, _ = key
    subjects = {r.name for r in roles if r.is_subject}
    if target not in {*DESCRIBED, *(r.name for r in roles)}:
        return "target is a description of its own"
    if target not in {*DESCRIBED, *subjects}:
        return "vendor is no subject"
    if by not in {r.entity for r in countries} | {r.name for r in roles}:
        return "actor is unknown"
    acts = {GROUPS[kind] for s in sentences for kind in s.kinds("act:")}
    return "never in one sentence" if group in acts else "no word for the act"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--texts", type=Path, nargs="+", required=True)
    options = parser.parse_args()
    rules = compile_rules(read_watchlist(None))
    stories = read_annotated(options.gold, options.texts)
    table = causes(stories, [read_story(story.article, rules) for story in stories])
    languages = sorted(table, key=lambda name: -sum(table[name].values()))
    print(f"{'':<36}{''.join(f'{name:>8}' for name in languages)}")
    for cause in CAUSES:
        print(f"{cause:<36}{''.join(f'{table[name][cause]:8}' for name in languages)}")


if __name__ == "__main__":
    main()
