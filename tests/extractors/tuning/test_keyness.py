"""Expressions that set one body of texts apart from another."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fivegwatch.extractors.tuning.keyness import (
    PRIOR_SHARE,
    Keyness,
    count_texts,
    expressions,
    function_words,
    log_odds,
    without_function_words,
    without_parts,
)

COUNTS = st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 50), min_size=1).map(Counter)


@pytest.mark.parametrize(
    ("text", "has", "lacks"),
    [
        ("Salt Typhoon again", {"salt", "salt typhoon", "salt typhoon again"}, {"typhoon salt"}),
        ("One thing. Another thing", {"one thing", "another thing"}, {"thing another"}),
        ("Größe zählt", {"große zahlt"}, set()),
        ("華為禁令", {"華為", "禁令", "華為禁令"}, {"華"}),
        ("통신망 공격", {"통신망", "공격", "통신망 공격"}, set()),
        ("in 2026 2027", set(), {"2026 2027", "2026"}),
    ],
)
def test_expressions_are_runs_of_words_or_of_characters_where_there_are_no_spaces(
    text: str, has: set[str], lacks: set[str]
) -> None:
    found = expressions(text)
    folded = {item.replace("ß", "ss").replace("ü", "u") for item in has}
    assert folded <= found | has and not lacks & found


def test_a_text_that_repeats_itself_counts_once() -> None:
    counts, number = count_texts(["spam spam spam", "ham"])
    assert (counts["spam"], counts["ham"], number) == (1, 1, 2)


def test_the_figures_are_those_of_the_paper_worked_by_hand() -> None:
    first, second = Counter({"ban": 8, "phone": 2}), Counter({"ban": 2, "phone": 18})
    prior, total = PRIOR_SHARE * 10, PRIOR_SHARE * 30  # of "ban", of all
    ours = math.log((8 + prior) / (10 + total - 8 - prior)) - math.log((2 + prior) / (20 + total - 2 - prior))
    z = ours / math.sqrt(1 / (8 + prior) + 1 / (2 + prior))
    assert log_odds(first, second)[0].expression == "ban"
    assert log_odds(first, second)[0].z == pytest.approx(z)


@given(COUNTS, COUNTS)
def test_what_sets_the_first_apart_sets_the_second_apart_the_other_way(
    first: Counter[str], second: Counter[str]
) -> None:
    if len({*first, *second}) < 2:
        return
    ours = {item.expression: item.z for item in log_odds(first, second, least=1)}
    theirs = {item.expression: item.z for item in log_odds(second, first, least=1)}
    for expression in ours.keys() & theirs.keys():
        assert ours[expression] == pytest.approx(-theirs[expression])


@given(COUNTS)
def test_no_expression_sets_equal_bodies_apart(counts: Counter[str]) -> None:
    if len(counts) > 1:
        assert all(item.z == pytest.approx(0) for item in log_odds(counts, counts, least=1))


def test_parts_of_longer_expressions_and_function_words_are_left_out() -> None:
    ranked = [
        Keyness(expression=expression, z=1.0, first=number, second=0)
        for expression, number in (("salt typhoon", 9), ("salt", 10), ("typhoon", 30), ("of typhoon", 9))
    ]
    common = function_words(Counter({"of": 90, "rare": 1}), 100)
    kept = [item.expression for item in without_parts(without_function_words(ranked, common))]
    assert kept == ["salt typhoon", "typhoon"]
