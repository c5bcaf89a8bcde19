"""A phase-out in stages: each part of the network has its own deadline."""

from __future__ import annotations

from datetime import date

import pytest

from fivegwatch.extractors.facts.act_dates import dates_in
from fivegwatch.extractors.facts.act_parts import merged_parts, parts_in
from fivegwatch.extractors.text.folding import fold_text
from tests.extractors.facts.test_facts import facts
from tests.extractors.watchlist_builder import shipped_rules

SCOPES = shipped_rules().subject.scopes
STAGES = {"core": "2026", "RAN": "2029"}


@pytest.mark.parametrize(
    ("sentence", "parts"),
    [
        ("It must leave core networks by the end of 2026 and radio access networks by 2029.", STAGES),
        ("By the end of 2026 it has to be out of the core, by 2029 out of all antennas.", STAGES),
        ("Bis Ende 2026 aus den Kernnetzen (core), bis 2029 aus Zugangs- und Transportnetzen.", STAGES),
        ("Base stations must be replaced by 2028.", {"RAN": "2028"}),
        ("The core was finished in 2023, antennas follow by 2027.", {"RAN": "2027"}),
        ("All must be out by 2026, or by 2029 where no other supplier delivers antennas.", {}),
        ("The core is to be rebuilt soon.", {}),
    ],
)  # fmt: skip
def test_a_part_has_the_deadline_said_of_it(sentence: str, parts: dict[str, str]) -> None:
    folded = fold_text(sentence).text
    assert dict(parts_in(folded, SCOPES, dates_in(folded, date(2024, 7, 11)).deadline)) == parts


def test_of_one_scope_the_first_deadline_counts_whatever_comes_later() -> None:
    assert merged_parts([("core", "2026")], [("core", "2027"), ("RAN", "2029")]) == (
        ("core", "2026"),
        ("RAN", "2029"),
    )


@pytest.mark.parametrize(
    "text",
    [
        "The government decided that Huawei must be removed from core networks by the end of 2026 and from radio access"
        " networks by the end of 2029.",
        "The government decided that Huawei must be removed from core networks by the end of 2026. It also ordered that"
        " Huawei must be removed from radio access networks by the end of 2029.",
    ],
)
def test_a_phase_out_in_stages_is_one_measure_for_each_part(text: str) -> None:
    told = facts(
        "Germany orders Huawei out of its 5G networks in two stages",
        text + " Operators agreed to the plan. " * 5,
    )
    assert {
        (m.by, m.target, m.scope, m.deadline) for m in told.measures if m.action in ("ban", "phase_out")
    } >= {
        ("DE", "Huawei", "core", "2026"),
        ("DE", "Huawei", "RAN", "2029"),
    }
