"""What all Prefect flows use: settings, lock, steps as task runs, artifacts, and the final state of a flow run.

settings -> lost runs -> lock -> progress artifact -> work, step by step -> table artifact -> event -> final state
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from prefect import task
from prefect.artifacts import acreate_progress_artifact, acreate_table_artifact, aupdate_progress_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.context import FlowRunContext
from prefect.logging import get_run_logger
from prefect.states import Completed, Failed

from fivegwatch.extractors.errors import CorpusBusyError, NewsError
from fivegwatch.flows.announcing import announce_run
from fivegwatch.flows.serving.lost_runs import crash_lost_runs, drop_missed_runs, marked_alive
from fivegwatch.flows.settings.settings import Settings, load_settings
from fivegwatch.storage.disk.files import hold
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.locks import RunLockedError, check_corpus_exists, run_lock

T = TypeVar("T")
UPDATE_EVERY_S = 5.0
RUN_WAIT_S = 3 * 3600.0
"""How many seconds a run waits for the run that is at work. An ingest ends after ``run_seconds``; judging a large
corpus again takes hours.
"""
Log = logging.Logger | logging.LoggerAdapter[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What a run reports at its end."""

    message: str
    """The summary of the run in one line; it is the message of the final state."""
    table: list[dict[str, Any]] | None = None
    """Rows of the table artifact ``<key>``; None for no such artifact."""
    key: str = ""
    name: str = "Completed"
    """Name of the final state; ``Failed`` makes the flow run fail."""


class FlowReporter:
    """Writes progress to the run's log, and updates its progress artifact every few seconds."""

    def __init__(self, log: Log, artifact: UUID | None) -> None:
        self._log, self._artifact = log, artifact
        self._name, self._total, self._done, self._published_s, self._detail = "", 0.0, 0.0, 0.0, ""

    def stage(self, name: str, total: int) -> None:
        """Log that a stage of ``total`` units begins."""
        self._name, self._total, self._done, self._detail = name, total, 0.0, ""
        self._log.info("%s: %d", name, total)

    def grow(self, more: float) -> None:
        """Add ``more`` units to the current stage."""
        self._total = max(1.0, self._total + more)

    def advance(self, done: float = 1) -> None:
        """Count ``done`` more units as finished; the artifact is updated at the end of the next step."""
        self._done += done

    def detail(self, text: str) -> None:
        """Keep ``text`` for the next line on progress."""
        self._detail = text

    def note(self, text: str) -> None:
        """Log ``text``."""
        self._log.info("%s", text)

    def warn(self, text: str) -> None:
        """Log ``text`` as a warning."""
        self._log.warning("%s", text)

    async def publish(self) -> None:
        """Write the finished share to log and artifact, unless that was done a moment ago."""
        if self._artifact and self._total and time.monotonic() - self._published_s > UPDATE_EVERY_S:
            self._published_s = time.monotonic()
            tail = f"; {self._detail}" if self._detail else ""
            line = f"{self._name}: {self._done:,.0f} of {self._total:,.0f}{tail}"
            self._log.info("%s", line)
            share = min(100.0, 100.0 * self._done / self._total)
            await aupdate_progress_artifact(artifact_id=self._artifact, progress=share, description=line)


@dataclass(frozen=True, slots=True)
class Engine:
    """What Prefect gives a run: a reporter, and a way to record each step."""

    report: FlowReporter

    async def step(self, name: str, work: Callable[[], Awaitable[T]]) -> T:
        """The result of ``work``, which is recorded in Prefect as a task run called ``name``."""

        # Each step is a task around a closure, so no page or feed passes through the engine.
        @task(name=name.partition(":")[0], task_run_name=name, cache_policy=NO_CACHE, persist_result=False)
        async def recorded() -> T:
            return await work()

        result: T = await recorded()
        await self.report.publish()
        return result


async def run_flow(
    flow: str,
    home: str | None,
    work: Callable[[Settings, Engine], Awaitable[Ended]],
    *,
    progress: str = "",
    lock: Callable[[Layout], AbstractContextManager[Any]] = run_lock,
    scheduled: bool = False,
) -> State[Any]:
    """Run ``work`` under the lock of the corpus in ``home``; returns the final state of the flow run.

    Args:
        flow: The flow's name, first part of its artifacts' keys.
        home: The working directory; empty means ``FIVEGWATCH_HOME``, else the directory the run starts in.
        work: Performs the run.
        progress: Description of the progress artifact; without one there is no such artifact.
        lock: The lock to hold. A run waits for ``run_lock``, and fails after hours; with another lock that is taken
            it is skipped at once.
        scheduled: The schedule starts it: it is skipped where ``enabled = false`` is set, and while another run of
            this flow works or waits.
    """
    log, settings = get_run_logger(), None
    try:
        settings = load_settings(os.environ, home)
        if scheduled and not settings.enabled:
            return _skipped(flow, "enabled = false in fivegwatch.toml", settings)
        if os.environ.get("FIVEGWATCH_ENTER_HOME"):  # `serve` starts runs elsewhere; see there
            os.chdir(settings.home)
        layout = Layout.for_database(settings.database)
        check_corpus_exists(layout)
        own = FlowRunContext.get()
        run = own.flow_run if own else None
        with ExitStack() as held:
            held.enter_context(marked_alive(layout, run.id if run else None))
            _crash_lost(layout, run.deployment_id if run else None, log)
            if scheduled:
                try:
                    held.enter_context(hold(layout.root / f"{flow}.lock", f"a scheduled {flow}"))
                except CorpusBusyError as error:
                    return _skipped(flow, str(error), settings)
            held.enter_context(await _entered(lock, layout, RUN_WAIT_S if lock is run_lock else 0.0, log))
            ended = await _with_artifacts(flow, work, settings, log, progress)
    except RunLockedError as error:
        log.warning("%s", error)
        if lock is not run_lock:
            return _skipped(flow, str(error), settings)
        ended = Ended(message=str(error), name="Failed")
    except NewsError as error:
        log.error("%s", error)
        ended = Ended(message=str(error), name="Failed")
    announce_run(flow, ended.name.lower(), ended.message, settings)
    if ended.name == "Failed":
        return Failed(message=ended.message)
    return Completed(name=ended.name, message=ended.message)


def _skipped(flow: str, why: str, settings: Settings | None) -> State[Any]:
    announce_run(flow, "skipped", why, settings)
    return Completed(name="Skipped", message=why)


async def _entered(
    lock: Callable[[Layout], AbstractContextManager[Any]], layout: Layout, wait_s: float, log: Log
) -> AbstractContextManager[Any]:
    """Wait for ``lock`` without blocking the event loop; returns a context manager that already holds it.

    Raises:
        RunLockedError: the lock is not free within ``wait_s`` seconds.
    """
    end, noted, stack = time.monotonic() + wait_s, False, ExitStack()
    while True:
        try:
            stack.enter_context(lock(layout))
        except RunLockedError as error:
            if time.monotonic() >= end:
                raise
            if not noted:
                log.info("waiting: %s", error)
            noted = True
            await asyncio.sleep(1)
        else:
            return stack


def _crash_lost(layout: Layout, deployment: UUID | None, log: Log) -> None:
    """Mark flow runs as crashed that a killed worker left open.

    If the Prefect server is too busy for that, the present run continues.
    """
    try:
        if lost := crash_lost_runs(layout, [deployment] if deployment else []):
            log.info("%d runs whose process has ended are marked as crashed", lost)
        drop_missed_runs([deployment] if deployment else [])
    except Exception as error:
        log.warning("runs of killed processes could not be looked for: %s", error)


async def _with_artifacts(
    flow: str,
    work: Callable[[Settings, Engine], Awaitable[Ended]],
    settings: Settings,
    log: Log,
    progress: str,
) -> Ended:
    artifact = None
    if progress:
        artifact = await acreate_progress_artifact(progress=0.0, key=f"{flow}-progress", description=progress)
        assert isinstance(artifact, UUID)
    ended = await work(settings, Engine(FlowReporter(log, artifact)))
    if artifact:
        await aupdate_progress_artifact(artifact_id=artifact, progress=100.0, description=ended.message)
    if ended.table is not None:
        await acreate_table_artifact(key=ended.key, table=ended.table, description=ended.message)
    return ended
