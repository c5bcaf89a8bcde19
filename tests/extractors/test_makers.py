"""Objects made fast are the objects that the constructor makes."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, astuple, replace

import pytest

from fivegwatch.extractors.makers import maker_of
from fivegwatch.extractors.model import Decision, Match


def test_objects_made_fast_equal_those_of_the_constructor_and_stay_frozen() -> None:
    slow = Match(rule="huawei", facet="vendor", field="title", start=0, end=6, quote="Huawei")
    fast = maker_of(Match)(*astuple(slow))
    assert (fast, type(fast), hash(fast), repr(fast)) == (slow, Match, hash(slow), repr(slow))
    assert replace(pickle.loads(pickle.dumps(fast)), end=3) == replace(slow, end=3)
    with pytest.raises(FrozenInstanceError):
        fast.end = 3  # type: ignore[misc]


def test_what_a_class_inherits_it_keeps() -> None:
    slow = Decision(
        article_id="a", relevant=False, near_miss=True, score=0.5, threshold=1.0, reason="Too little."
    )
    assert maker_of(Decision)(*astuple(slow)).verdict == slow.verdict == "near_miss"
