"""What the tests of this room share: they load in their own process, read compiled rules once, and let corpora with
fixed dates grow older.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from fivegwatch.flows.runs import clock
from fivegwatch.flows.workers import bounded_pool, compiled_rules
from tests.flows import read_rules
from tests.flows.loads_here import loads_here

__all__ = ["loads_here"]


@pytest.fixture(scope="package", autouse=True)
def corpora_grow_older() -> Iterator[None]:
    """A run refuses a clock 300 days after the last run; the dates in corpora of tests will be that old one day."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "SWITCHED_OFF", timedelta(days=36_500))
        yield


@pytest.fixture(scope="package", autouse=True)
def rules_are_read_once() -> Iterator[None]:
    """In this process, and in the one that its children are forked from."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compiled_rules, "_read", read_rules.ReadOnce(read_rules.read))
        patch.setattr(bounded_pool, "_PRELOAD", (*bounded_pool._PRELOAD, "tests.flows.forked"))
        yield
