"""How the cost of hostile input grows with its size: a law that holds on any machine, where seconds do not."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

TIMES = 8
ROOM = 2.5
"""Linear work on 8 times the input takes 8 times as long, quadratic work 64 times; the bound is 20 times."""
FLOOR_S = 0.004
"""Less than this is the noise of the clock and of what every call costs."""
ATTEMPTS = 5
HOPELESS = 2.0
"""So many times over the bound, no further attempt will be within it."""


def assert_costs_in_proportion(prepare: Callable[[int], Callable[[], object]], size: int) -> None:
    """Fail unless the work that ``prepare(size)`` returns grows no faster than ``size``, seen from an eighth of it.

    Preparing is not timed. The processor's time of this thread counts, so neither a busy machine nor a thread that an
    earlier test left matters much. What noise remains only ever adds: the best of a few runs stands, and the larger
    input is tried until it is within the bound; work that grows faster is over it each time.
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
    """Without the garbage collector: late in a long process it walks all that earlier tests left."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        began = time.thread_time()
        work()
        return time.thread_time() - began
    finally:
        if collecting:
            gc.enable()
