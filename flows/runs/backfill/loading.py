"""Loads delivered results while a backfill is still at work, so that `status` and queries show how the corpus grows.

A backfill may run for days. What its workers deliver is safe in the spool, but cannot be queried there.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fivegwatch.extractors.errors import StorageError
from fivegwatch.flows.runs.backfill.state import BackfillRun
from fivegwatch.flows.runs.tools import load_batches
from fivegwatch.storage.spool.batches import pending
from fivegwatch.storage.spool.deliveries import gather

EVERY_S = 60.0
SHARE = 20
"""The pause after a load lasts this many times as long as the load: each load copies the whole corpus, which grows."""


async def load(run: BackfillRun, name: str, *, publish: bool = False) -> None:
    """Merge all delivered batches, from here or from a shared spool, one load at a time. Raises: StorageError."""
    async with run.load_lock:
        if run.options.spool:
            await asyncio.to_thread(gather, run.options.spool, run.tools.layout)
        settings = run.tools.settings
        await run.step(f"load: {name}", lambda: load_batches(settings, publish=publish))


@asynccontextmanager
async def loading_now_and_then(run: BackfillRun, before: Callable[[], None]) -> AsyncIterator[None]:
    """Load and publish at intervals while the block is executed; ``before`` is called before each load."""
    over = asyncio.Event()
    task = asyncio.create_task(_load_until(run, over, before))
    try:
        yield
    finally:
        over.set()
        await task


async def _load_until(run: BackfillRun, over: asyncio.Event, before: Callable[[], None]) -> None:
    pause = EVERY_S
    while not await _within(over, pause):
        before()
        if not run.options.spool and not await asyncio.to_thread(pending, run.tools.layout):
            continue
        began = time.monotonic()
        try:
            await load(run, "so far", publish=True)
        except StorageError as error:
            # Nothing is lost: the next load takes it, or the last one, whose failure ends the run.
            run.tools.report.warn(f"what was delivered cannot be loaded yet: {error}")
        pause = max(EVERY_S, SHARE * (time.monotonic() - began))


async def _within(event: asyncio.Event, seconds: float) -> bool:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()
