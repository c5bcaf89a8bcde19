"""Items are worked on in batches, a few at a time, each batch a step of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest

from fivegwatch.extractors.errors import StorageError
from fivegwatch.flows.runs.batching import BATCHES_AT_ONCE, in_batches, the_error


def test_every_item_is_in_one_batch_and_each_batch_is_a_named_step() -> None:
    steps: list[str] = []

    async def step(name: str, work: Callable[[], Awaitable[Any]]) -> Any:
        steps.append(name)
        return await work()

    async def total(batch: Sequence[int]) -> int:
        return sum(batch)

    results = asyncio.run(in_batches("add", range(10), 4, total, step))
    assert sorted(results) == [6, 17, 22]
    assert sorted(steps) == ["add: 1 (4)", "add: 2 (4)", "add: 3 (2)"]


def test_after_the_deadline_no_new_batch_is_begun() -> None:
    async def nothing(batch: Sequence[int]) -> int:
        return len(batch)

    over = time.monotonic() - 1.0
    assert asyncio.run(in_batches("add", range(10), 4, nothing, plain, deadline=over)) == []


def test_only_a_few_batches_are_worked_on_at_once() -> None:
    running, most = 0, 0

    async def slow(batch: Sequence[int]) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.001)
        running -= 1

    asyncio.run(in_batches("wait", range(40), 2, slow, plain))
    assert most == BATCHES_AT_ONCE


def test_an_error_of_ours_ends_the_run_as_itself() -> None:
    async def broken(batch: Sequence[int]) -> None:
        raise StorageError("the disk is full", kind="disk_full")

    with pytest.raises(StorageError, match="disk is full"):
        asyncio.run(in_batches("write", range(3), 1, broken, plain))


def test_a_bug_among_the_errors_is_the_one_that_is_raised() -> None:
    expected, bug = StorageError("the disk is full", kind="disk_full"), KeyError("bug")
    error = the_error(ExceptionGroup("both", [expected, bug]))
    assert isinstance(error, ExceptionGroup) and error.exceptions == (bug,)


async def plain(name: str, work: Callable[[], Awaitable[Any]]) -> Any:
    return await work()
