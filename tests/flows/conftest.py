"""Makes the tests of this room load in their own process, and lets corpora with fixed dates grow older."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from fivegwatch.flows.runs import clock
from tests.flows.loads_here import loads_here

__all__ = ["loads_here"]


@pytest.fixture(scope="package", autouse=True)
def corpora_grow_older() -> Iterator[None]:
    """A run refuses a clock 300 days after the last run; the dates in corpora of tests will be that old one day."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "SWITCHED_OFF", timedelta(days=36_500))
        yield
