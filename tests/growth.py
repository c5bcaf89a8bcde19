"""Asserts that processing time grows in proportion to the size of the input, which holds on any machine."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

TIMES = 8
ROOM = 2.5
"""Linear work on 8 times the input takes 8 times as long, quadratic work 64 times; the bound is 20 times."""
FLOOR_S = 0.004
"""Shorter times are noise of the clock, or the fixed cost of a call."""
ATTEMPTS = 5
HOPELESS = 2.0
"""After an attempt this many times over the bound, no further one is made."""


def assert_costs_in_proportion(prepare: Callable[[int], Callable[[], object]], size: int) -> None:
    """Fail if the work of ``prepare(size)`` takes more than ``TIMES * ROOM`` times as long as for an eighth of it.

    Preparing is not timed. Processor time of this thread counts, so a busy machine or another thread hardly matters.
    Noise only ever adds time: the shortest of several runs counts. Work that grows faster is over the bound each time.
    """
    small, large = prepare(size // TIMES), prepare(size)
    few, many = min(_seconds(small) for _ in range(3)), float("inf")
    bound = TIMES * ROOM * max(few, FLOOR_S)
    for _ in range(ATTEMPTS):
        many = min(many, _seconds(large))
        if many <= bound:
            return
        if many > HOPELESS * bound:
            break
    raise AssertionError(
        f"{TIMES} times the input took {many / few:.0f} times as long: {few:.3f} s, {many:.3f} s"
    )


def _seconds(work: Callable[[], object]) -> float:
    """Processor seconds of ``work``, without the garbage collector, which would walk the objects of earlier tests."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        began = time.thread_time()
        work()
        return time.thread_time() - began
    finally:
        if collecting:
            gc.enable()
