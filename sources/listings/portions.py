"""Makes the portions of a listing in a thread, so that a long document does not hold up other tasks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Generator, Iterable
from typing import TypeVar

_T = TypeVar("_T")


async def in_thread(portions: Iterable[_T]) -> AsyncIterator[_T]:
    """Yield the items of ``portions``, each made in a thread; ``portions`` is closed if the caller stops early."""
    walk = iter(portions)
    try:
        while (portion := await asyncio.to_thread(next, walk, None)) is not None:
            yield portion
    finally:
        if isinstance(walk, Generator):
            walk.close()
