from __future__ import annotations

import json
import re

import pytest

from fivegwatch.extractors.judging.judgement import judge
from fivegwatch.extractors.model import Article, Decision
from tests.conftest import ROOT
from tests.extractors.watchlist_builder import shipped_rules

GOLD = ROOT / "tests" / "gold"


@pytest.fixture(scope="module")
def decisions() -> list[Decision]:
    rows = [json.loads(line) for line in (GOLD / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    return [
        judge(
            Article(id=row["id"], url="", title=row["title"], text=row["text"], language=row["language"]),
            shipped_rules(),
        )
        for row in rows
    ]


def roles(decision: Decision) -> set[str]:
    facets = shipped_rules().facets
    return {facets[match.facet].role for match in decision.matches if match.facet in facets}


def test_a_reason_never_denies_what_the_matches_show(decisions: list[Decision]) -> None:
    for decision in decisions:
        if decision.reason.startswith("It names neither"):
            assert not roles(decision) & {"subject", "direct", "angle"}
        if "but no danger, ban or attack" in decision.reason:
            assert not roles(decision) & {"angle", "direct"}
        if decision.reason.startswith("It tells of a danger"):
            assert not roles(decision) & {"subject", "direct"}


def test_the_words_of_a_reason_are_words_of_its_matches(decisions: list[Decision]) -> None:
    for decision in decisions:
        named = re.match(r"[^(]*\((?:title|\d+ passages?)[^:]*: ([^)]*)\)", decision.reason)
        if named and len(decision.matches) < 13:
            quotes = {" ".join(match.quote.split()) for match in decision.matches}
            assert all(word in quotes for word in named[1].split(", ")), decision.reason


def test_what_spoke_against_a_story_took_something_from_its_score(decisions: list[Decision]) -> None:
    rules = shipped_rules()
    labels = {facet.label: name for name, facet in rules.facets.items()}
    labels |= {rule.label: rule.id for rule in rules.combinations}
    seen = 0
    for decision in decisions:
        for label in re.findall(r"(?:despite|;|\) and) ([a-z][^();]*?) \(", decision.reason):
            name = labels.get(label)
            if name:
                seen += 1
                assert any(part.value < 0 and part.name.endswith(name) for part in decision.parts)
    assert seen >= 8


def test_an_operator_and_an_attack_that_no_sentence_joins_are_said_to_be_apart() -> None:
    text = "Hackers stole data from a bank. In other news, the mobile network of the island grew."
    article = Article(id="a", url="", title="News of the week", text=text, language="en")
    reason = judge(article, shipped_rules()).reason
    assert "mobile network" in reason and "Hackers" in reason


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "Senators question a nominee over Huawei ties",
            "She once worked for it.",
            "(Huawei) only with what is no danger, ban or attack on them (Senators)",
        ),
        (
            "China warns of a dispute",
            "Ministers ban Huawei from 5G networks.",
            "Contested vendor + network + ban",
        ),
        ("Researchers find a flaw in SIM cards", "", "flaw"),
    ],
)
def test_a_reason_says_what_a_sentence_joins_and_names_the_strongest_of_it(
    title: str, text: str, expected: str
) -> None:
    assert (
        expected
        in judge(Article(id="a", url="", title=title, text=text, language="en"), shipped_rules()).reason
    )
