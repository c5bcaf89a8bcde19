"""The manual flow after a change of rules: stored texts and archived pages judged again, without the network."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from datetime import datetime
from typing import Any, TypeVar

from prefect import flow, task
from prefect.artifacts import acreate_progress_artifact, acreate_table_artifact, aupdate_progress_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.states import Completed, Failed

from fivegwatch.extractors.errors import NewsError
from fivegwatch.flows.ingest import FlowReporter
from fivegwatch.flows.runs.refilter import Refiltering, run_refilter, sorted_changes
from fivegwatch.flows.settings.settings import Settings, load_settings
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.locks import RunLockedError, run_lock

T = TypeVar("T")
TABLE_ROWS = 500


@flow(name="refilter", flow_run_name="refilter", validate_parameters=True, persist_result=False)
async def refilter(
    home: str | None = None, dry_run: bool = False, since: datetime | None = None
) -> State[Any]:
    """Judge the stored texts again by the watchlist as it is now.

    Args:
        home: The working directory; empty means ``FIVEGWATCH_HOME``, else the directory the run starts in.
        dry_run: True writes nothing: the table artifact shows what would enter and leave, and by which rule.
        since: Only pages captured from then on.
    """
    log = get_run_logger()
    try:
        settings = load_settings(os.environ, home)
        lock = nullcontext() if dry_run else run_lock(Layout.for_database(settings.database))
        with lock:
            account = await _with_tasks(settings, log, dry_run=dry_run, since=since)
    except RunLockedError as error:
        return Completed(name="Skipped", message=str(error))
    except NewsError as error:
        log.error("%s", error)
        return Failed(message=str(error))
    return Completed(message=account.sentence())


async def _with_tasks(settings: Settings, log: Any, *, dry_run: bool, since: datetime | None) -> Refiltering:
    artifact = await acreate_progress_artifact(
        progress=0.0, key="refilter-progress", description="texts judged again"
    )
    report = FlowReporter(log, artifact)

    async def step(name: str, work: Callable[[], Awaitable[T]]) -> T:
        @task(name=name.partition(":")[0], task_run_name=name, cache_policy=NO_CACHE, persist_result=False)
        async def recorded() -> T:
            return await work()

        result: T = await recorded()
        await report.publish()
        return result

    account = await run_refilter(settings, report, dry_run=dry_run, since=since, step=step)
    await aupdate_progress_artifact(artifact_id=artifact, progress=100.0)
    changes = sorted_changes(account.outcome.changes)[:TABLE_ROWS]
    table: list[dict[str, Any]] = [
        {"change": c.movement, "from": round(c.score_before, 2), "to": round(c.score_after, 2),
         "by": "; ".join(c.by), "title": c.title, "url": c.url}
        for c in changes
    ]  # fmt: skip
    counts = [{"count": name, "number": number} for name, number in account.counts().items()]
    await acreate_table_artifact(
        key="refilter-changes", table=table or counts, description=account.sentence()
    )
    return account
