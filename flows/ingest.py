"""The scheduled flow: feeds -> entries -> pages -> articles -> decisions -> corpus.

It adds to ``flows.runs.ingest`` what the engine is for: task runs by the batch, a progress artifact, a table, a
final state.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from uuid import UUID

from prefect import flow, task
from prefect.artifacts import acreate_progress_artifact, acreate_table_artifact, aupdate_progress_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.states import Completed, Failed

from fivegwatch.extractors.errors import NewsError
from fivegwatch.flows.runs.ingest import run_ingest
from fivegwatch.flows.runs.summary import Summary
from fivegwatch.flows.settings.settings import Settings, load_settings
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.locks import RunLockedError, run_lock

T = TypeVar("T")
UPDATE_EVERY_S = 5.0


class FlowReporter:
    """Tells the run's log, and keeps a progress artifact up to date every few seconds."""

    def __init__(self, log: logging.Logger | logging.LoggerAdapter[Any], artifact: UUID) -> None:
        self._log, self._artifact = log, artifact
        self._name, self._total, self._done, self._told_at, self._detail = "", 0.0, 0.0, 0.0, ""

    def stage(self, name: str, total: int) -> None:
        """Log that a stage begins."""
        self._name, self._total, self._done, self._detail = name, total, 0.0, ""
        self._log.info("%s: %d", name, total)

    def grow(self, more: float) -> None:
        """Count on more."""
        self._total = max(1.0, self._total + more)

    def advance(self, done: float = 1) -> None:
        """Count; the artifact follows at the end of the next step."""
        self._done += done

    def detail(self, text: str) -> None:
        """Logged with the next word on progress."""
        self._detail = text

    def note(self, text: str) -> None:
        """Log the line."""
        self._log.info("%s", text)

    async def publish(self) -> None:
        """Write the share done to the artifact, unless that was a moment ago."""
        if self._total and time.monotonic() - self._told_at > UPDATE_EVERY_S:
            self._told_at = time.monotonic()
            tail = f"; {self._detail}" if self._detail else ""
            told = f"{self._name}: {self._done:,.0f} of {self._total:,.0f}{tail}"
            self._log.info("%s", told)
            share = min(100.0, 100.0 * self._done / self._total)
            await aupdate_progress_artifact(artifact_id=self._artifact, progress=share, description=told)


@flow(name="ingest", flow_run_name="ingest", validate_parameters=True, persist_result=False)
async def ingest(home: str | None = None, due_only: bool = True) -> State[Any]:
    """Poll the feeds that are due, judge their new pages, load and publish the corpus.

    Args:
        home: The working directory; empty means ``FIVEGWATCH_HOME``, else the directory the run starts in.
        due_only: False polls every feed now and retries failed pages now, as a run by hand does.
    """
    log = get_run_logger()
    try:
        settings = load_settings(os.environ, home)
        if not settings.enabled:
            return Completed(name="Skipped", message="enabled = false in fivegwatch.toml")
        return await _locked(settings, log, due_only=due_only)
    except NewsError as error:
        log.error("%s", error)
        return Failed(message=str(error))


async def _locked(settings: Settings, log: Any, *, due_only: bool) -> State[Any]:
    try:
        with run_lock(Layout.for_database(settings.database)):
            summary = await ingest_with_tasks(settings, log, due_only=due_only)
    except RunLockedError as error:  # a late run is skipped, not queued up
        log.warning("%s", error)
        return Completed(name="Skipped", message=str(error))
    return Completed(message=summary.sentence())


async def ingest_with_tasks(settings: Settings, log: Any, *, due_only: bool) -> Summary:
    """The run, each step a task run of the current flow run, with a progress and a table artifact."""
    artifact = await acreate_progress_artifact(
        progress=0.0, key="ingest-progress", description="pages of this run"
    )
    report = FlowReporter(log, artifact)

    async def step(name: str, work: Callable[[], Awaitable[T]]) -> T:
        # A task of its own around a closure: no page or feed travels through the engine.
        @task(name=name.partition(":")[0], task_run_name=name, cache_policy=NO_CACHE, persist_result=False)
        async def recorded() -> T:
            return await work()

        result: T = await recorded()
        await report.publish()
        return result

    summary = await run_ingest(settings, report, due_only=due_only, flow="ingest", step=step)
    await aupdate_progress_artifact(artifact_id=artifact, progress=100.0)
    table = [{"count": name.replace("_", " "), "number": number} for name, number in summary.counts().items()]
    await acreate_table_artifact(key="ingest-summary", table=table, description=summary.sentence())
    return summary
