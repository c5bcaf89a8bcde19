"""The daily flow: old spool batches and archived pages are swept, the corpus is checked, a copy is published."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from prefect import flow, task
from prefect.artifacts import acreate_table_artifact
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.states import Completed, Failed

from fivegwatch.extractors.errors import NewsError
from fivegwatch.flows.runs.housekeeping import Housekeeping, keep_house
from fivegwatch.flows.settings.settings import load_settings
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.locks import RunLockedError, run_lock


@flow(name="maintenance", flow_run_name="maintenance", persist_result=False)
async def maintenance(home: str | None = None) -> State[Any]:
    """Sweep, check and publish; ends Failed when a check finds the corpus wrong.

    Args:
        home: The working directory; empty means ``FIVEGWATCH_HOME``, else the directory the run starts in.
    """
    log = get_run_logger()
    try:
        settings = load_settings(os.environ, home)

        @task(name="maintain", cache_policy=NO_CACHE, persist_result=False)
        async def maintain() -> Housekeeping:
            return await asyncio.to_thread(keep_house, settings)

        with run_lock(Layout.for_database(settings.database)):
            done = await maintain()
    except RunLockedError as error:
        return Completed(name="Skipped", message=str(error))
    except NewsError as error:
        log.error("%s", error)
        return Failed(message=str(error))
    await acreate_table_artifact(key="maintenance", table=done.rows(), description=done.sentence())
    return Failed(message=done.sentence()) if done.problems else Completed(message=done.sentence())
