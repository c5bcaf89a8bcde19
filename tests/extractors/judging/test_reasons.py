from __future__ import annotations

import json
import re

import pytest

from fivegwatch.extractors.judging.judgement import judge
from fivegwatch.extractors.model import Article, Decision
from tests.conftest import ROOT
from tests.extractors.watchlist_builder import shipped_rules

GOLD = ROOT / "tests" / "gold"


def judged(name: str) -> list[Decision]:
    """The decisions on a set of labelled texts."""
    rows = [json.loads(line) for line in (GOLD / name).read_text(encoding="utf-8").splitlines()]
    return [
        judge(
            Article(id=row["id"], url="", title=row["title"], text=row["text"], language=row["language"]),
            shipped_rules(),
        )
        for row in rows
    ]


@pytest.fixture(scope="module")
def decisions() -> list[Decision]:
    return judged("gold.jsonl")


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
        for label in re.findall(
            r"(?:despite|outweighed by|against it:|\) and) ([a-z][^();]*?) \(", decision.reason
        ):
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
            "(Huawei) beside a word (Senators) that alone shows no danger to them, ban or attack",
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


def reason_of(title: str, text: str) -> str:
    return judge(Article(id="a", url="", title=title, text=text, language="en"), shipped_rules()).reason


def test_one_expression_that_is_all_the_evidence_is_shown_with_the_words_beside_it() -> None:
    reason = reason_of("Lab warns that 5Ghoul crashes modems of buses", "")
    assert "5Ghoul, modems" in reason
    assert "5Ghoul)" in reason_of("A word on 5Ghoul", "")


def test_words_of_a_reason_that_are_part_of_another_one_are_left_out() -> None:
    for title in ("Hackers break into phone company", "Hackers hit 5G network of a phone company"):
        words = reason_of(title, "They stayed for a year.").partition(": ")[2].partition(")")[0].split(", ")
        assert len(words) > 1
        assert not any(word in other for word in words for other in words if word != other)


def test_a_near_miss_says_whether_counter_evidence_outweighed_the_rest() -> None:
    outweighed = alone = 0
    for decision in judged("written.jsonl"):
        against = [part.value for part in decision.parts if part.value < 0 and part.name != "base"]
        if ", outweighed by " in decision.reason:
            outweighed += 1
            assert not decision.relevant and decision.score - sum(against) >= decision.threshold
        if ", alone too little for a story" in decision.reason:
            alone += 1
            assert not decision.relevant
    assert outweighed and alone


@pytest.mark.parametrize(("sentences", "named"), [(5, False), (1, True)])
def test_a_story_names_the_counter_evidence_only_if_it_takes_much_of_its_lead(
    sentences: int, named: bool
) -> None:
    title = "Government bans Huawei from the 5G networks of all operators over espionage"
    body = [
        "The order takes effect in May.",
        "Operators must remove antennas of Huawei and ZTE from their mobile networks.",
        "Intelligence services had found backdoors in base stations.",
        "The regulator will audit the core networks.",
        "Spies could have intercepted calls, said the ministry.",
    ][:sentences]
    article = Article(id="a", url="", title=title, text=" ".join([*body, "Banks wait."]), language="en")
    decision = judge(article, shipped_rules())
    taken = -sum(part.value for part in decision.parts if part.name.endswith("sectors"))
    assert decision.relevant and taken > 0.3
    assert (taken >= decision.score / 5, "despite other sectors (Banks)" in decision.reason) == (named, named)


def test_a_story_told_in_everyday_words_shows_the_kinds_of_its_words() -> None:
    reason = reason_of(
        "The suitcase in the square", "Somebody listened to the calls of ministers at the phone company."
    )
    assert reason.startswith("Looks like ") and ", in everyday words: telephones, " in reason


def test_no_objection_repeats_the_words_of_another_one(decisions: list[Decision]) -> None:
    pairs = 0
    for decision in decisions:
        both = re.search(
            r"(?:despite|outweighed by|against it:) [^()]*\(([^)]*)\) and [^()]*\(([^)]*)\)", decision.reason
        )
        if both:
            pairs += 1
            assert set(both[1].split(", ")).isdisjoint(both[2].split(", ")), decision.reason
    assert pairs
