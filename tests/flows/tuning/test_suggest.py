"""`watchlist suggest`: expressions of stories that the watchlist does not know yet."""

from __future__ import annotations

from pathlib import Path

import pytest

from fivegwatch.extractors.watchlist.compile import compile_rules
from fivegwatch.flows.tuning.suggest import suggest
from fivegwatch.storage.read.samples import Sample
from tests.extractors.watchlist_builder import FILES
from tests.flows.cli_runner import fivegwatch

pytestmark = pytest.mark.slow


def pages_of(language: str, stories: list[str], others: list[str]) -> list[Sample]:
    titles = [(title, True) for title in stories] + [(title, False) for title in others]
    return [Sample(title=title, text="", language=language, kept=kept) for title, kept in titles]


def test_suggestions_set_stories_of_their_language_apart_and_are_not_in_the_watchlist() -> None:
    english = pages_of(
        "en",
        [f"Huawei ban: the SIM farm of {town}" for town in ("Lyon", "Porto", "Graz", "Turku")],
        [f"The football of {town}" for town in ("Lyon", "Porto", "Graz", "Turku")] * 3,
    )
    chinese = pages_of("zh", [f"偽基地台案{n}" for n in "甲乙丙丁"], [f"足球賽{n}" for n in "甲乙丙丁"] * 3)
    suggestions = suggest(english + chinese, compile_rules(FILES))
    assert {(item.language, item.expression) for item in suggestions} >= {
        ("en", "SIM farm"),
        ("zh", "偽基地台"),
    }
    expressions = {item.expression.lower() for item in suggestions}
    # Known to the watchlist; part of a longer one; a function word; of the other side.
    assert not expressions & {"huawei", "ban", "huawei ban", "sim", "farm", "the", "of", "football", "足球"}
    assert all(item.z > 0 and item.example and item.compared == "titles" for item in suggestions)


def test_suggest_says_what_it_needs_if_it_finds_nothing(home: Path) -> None:
    ran = fivegwatch("watchlist", "suggest", cwd=home)
    assert ran.code == 0 and "Nothing stands out yet" in ran.out
