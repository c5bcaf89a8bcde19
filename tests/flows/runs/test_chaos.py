"""Ten rounds of `benchmarks.chaos`: a trouble each; runs that only hand in batches where the network has no part."""

from __future__ import annotations

import sys

import pytest

from benchmarks.chaos import campaign, rounds_of
from benchmarks.troubles import TROUBLES

ROUNDS = ("run killed", "loader killed", "publisher killed", "disk full", "store cut short", "migration killed",
          "batch cut short", "store lost", "connections dropped", "two runs at once")  # fmt: skip


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="finds the children of a process in /proc")
def test_after_any_trouble_the_corpus_equals_that_of_an_undisturbed_run() -> None:
    figures = campaign(([name] for name in ROUNDS), seed=7, kind="loads")
    assert figures["odd"] == [] and figures["rounds"] == len(ROUNDS)


def test_each_trouble_has_its_turn_before_two_come_together() -> None:
    rounds = list(rounds_of(3 * len(TROUBLES), seed=1))
    assert all(set(names) <= set(TROUBLES) for names in rounds)
    alone = rounds[: len(TROUBLES)]
    assert sorted(name for (name,) in alone) == sorted(TROUBLES)
    assert {len(names) for names in rounds[len(TROUBLES) :]} == {1, 2}
