"""The facts of 60 invented stories in 12 languages: a floor just under what they reach, for precision and recall.

``facts.jsonl`` was annotated before the first run. Rules and weights may be mended with real stories in view, not with
these: they say what to expect of stories that nobody has read. Errors in incidents have been read: those floors say
less.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from benchmarks.annotated import read_annotated
from benchmarks.annotations import Names, Score, score_facts
from fivegwatch.extractors.facts.facts_of_story import read_facts
from tests.extractors.watchlist_builder import shipped_rules

FILE = Path(__file__).parent / "facts.jsonl"


@pytest.fixture(scope="module")
def scores() -> Mapping[str, Mapping[str, Score]]:
    """The scores of each slot, by language."""
    rules = shipped_rules()
    stories = read_annotated(FILE, [FILE])
    assert len(stories) == 60
    return score_facts(stories, [read_facts(story.article, rules) for story in stories], Names(rules))


@pytest.mark.parametrize(
    ("slot", "precision", "recall"),
    [
        ("countries", 0.93, 0.94),
        ("topics", 0.88, 0.76),
        ("vendors", 0.9, 0.9),
        ("operators", 0.87, 0.8),
        ("measures", 0.79, 0.66),
        ("who, act group, whom", 0.84, 0.69),
        ("incidents (kind)", 0.89, 0.89),
        ("incidents (kind, a victim)", 0.63, 0.63),
    ],
)
def test_no_slot_falls_below_its_floor(
    scores: Mapping[str, Mapping[str, Score]], slot: str, precision: float, recall: float
) -> None:
    score = scores[slot]["all"]
    assert score.precision >= precision, score
    assert score.recall >= recall, score
