"""What was delivered comes into the corpus while a backfill is still at it: status and queries see it grow.

A backfill may run for days. What its workers deliver is safe in the spool, but nobody can ask for it there.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from fivegwatch.extractors.errors import StorageError
from fivegwatch.flows.printing.progress import Reporter
from fivegwatch.flows.runs.steps import Step
from fivegwatch.flows.runs.tools import load_batches
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.spool.batches import pending
from fivegwatch.storage.spool.deliveries import gather

EVERY_S = 60.0
SHARE = 20
"""Loading and publishing copies a corpus that grows: a load is followed by a pause of so many times its length."""


class Loading:
    """The loads of one run, one at a time."""

    def __init__(
        self, settings: Settings, layout: Layout, step: Step, report: Reporter, *, spool: str = ""
    ) -> None:
        self._settings, self._layout, self._step, self._report = settings, layout, step, report
        self._spool = spool
        self._one_at_a_time = asyncio.Lock()

    async def now(self, name: str, *, publish: bool = False) -> None:
        """Merge all that was delivered, wherever to. Raises: StorageError."""
        async with self._one_at_a_time:
            if self._spool:
                await asyncio.to_thread(gather, self._spool, self._layout)
            await self._step(f"load: {name}", lambda: load_batches(self._settings, publish=publish))

    @asynccontextmanager
    async def now_and_then(self, before: Callable[[], None]) -> AsyncIterator[None]:
        """Load and publish now and then for the length of the block; ``before`` is called before each time."""
        over = asyncio.Event()
        task = asyncio.create_task(self._until(over, before))
        try:
            yield
        finally:
            over.set()
            await task

    async def _until(self, over: asyncio.Event, before: Callable[[], None]) -> None:
        pause = EVERY_S
        while not await _within(over, pause):
            before()
            if not self._spool and not await asyncio.to_thread(pending, self._layout):
                continue
            began = time.monotonic()
            try:
                await self.now("so far", publish=True)
            except StorageError as error:
                # Nothing is lost: what waits is loaded the next time, or at the end, where trouble ends the run.
                self._report.note(f"not loaded yet: {error}")
            pause = max(EVERY_S, SHARE * (time.monotonic() - began))


async def _within(event: asyncio.Event, seconds: float) -> bool:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()
