"""Divides the items of a run into batches. Each batch is a step of the run, and a few are worked on at a time.

items -> batches of a few dozen -> a few batches at a time, each a step -> summaries
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

from fivegwatch.extractors.errors import NewsError

BATCHES_AT_ONCE = 3

T = TypeVar("T")
Result = TypeVar("Result")


class Step(Protocol):
    """Executes one step of a run: under Prefect as a task run, which Prefect records; `plain_step` only awaits the
    work.
    """

    async def __call__(self, name: str, work: Callable[[], Awaitable[T]]) -> T:
        """The result of ``work``, run under the name ``name``."""


async def plain_step(name: str, work: Callable[[], Awaitable[T]]) -> T:
    """The result of ``work``, run without Prefect."""
    del name  # only Prefect records it
    return await work()


async def in_batches(
    name: str,
    items: Sequence[T],
    size: int,
    work: Callable[[Sequence[T]], Awaitable[Result]],
    step: Step,
    *,
    deadline: float = float("inf"),
) -> list[Result]:
    """The results of ``work`` for each batch of ``size`` items; a few batches are worked on at a time.

    After ``deadline`` (by ``time.monotonic``) no further batch is begun.
    """
    slots = asyncio.Semaphore(BATCHES_AT_ONCE)
    results: list[Result] = []

    async def one(number: int, batch: Sequence[T]) -> None:
        async with slots:
            if time.monotonic() < deadline:
                results.append(await step(f"{name}: {number} ({len(batch)})", lambda: work(batch)))

    try:
        async with asyncio.TaskGroup() as group:
            for number, start in enumerate(range(0, len(items), size), 1):
                group.create_task(one(number, items[start : start + size]))
    except ExceptionGroup as errors:
        raise the_error(errors) from None
    return results


def the_error(errors: ExceptionGroup[Exception]) -> Exception:
    """The error that ends the run: the group of all bugs in ``errors``; if it has none, the first of our own errors."""
    expected, bugs = errors.split(NewsError)
    error: Exception = bugs or expected or errors
    while bugs is None and isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error
