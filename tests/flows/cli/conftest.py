"""The tests of this folder load in their own process."""

from tests.flows.loads_here import loads_here

__all__ = ["loads_here"]
