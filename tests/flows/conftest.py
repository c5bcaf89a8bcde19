"""The tests of this room load in their own process; those of the loader's process are in ``tests/storage/load``."""

from tests.flows.loads_here import loads_here

__all__ = ["loads_here"]
