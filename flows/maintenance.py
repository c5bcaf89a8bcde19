"""The daily flow: removes old spool batches and archived pages, checks the corpus, and publishes a copy."""

from __future__ import annotations

import asyncio
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from fivegwatch.flows.engine import Ended, Engine, run_flow
from fivegwatch.flows.runs.upkeep import do_upkeep
from fivegwatch.flows.serving.lost_runs import KEPT_DAYS, forget_old_runs
from fivegwatch.flows.serving.registering import deployments_of
from fivegwatch.flows.settings.settings import Settings


@flow(name="maintenance", flow_run_name="maintenance", persist_result=False)
async def maintenance(home: str | None = None) -> State[Any]:
    """Sweep, check and publish; ends Failed when a check finds the corpus wrong.

    Args:
        home: The working directory; empty means ``FIVEGWATCH_HOME``, else the directory the run starts in.
    """

    async def work(settings: Settings, engine: Engine) -> Ended:
        await asyncio.to_thread(_forget_old_runs, settings, engine)
        done = await engine.step("maintain", lambda: asyncio.to_thread(do_upkeep, settings))
        name = "Failed" if done.problems else "Completed"
        return Ended(message=done.sentence(), key="maintenance", table=done.rows(), name=name)

    return await run_flow("maintenance", home, work, scheduled=True)


def _forget_old_runs(settings: Settings, engine: Engine) -> None:
    """Remove old runs of this directory from Prefect's database; if the server refuses, the present run continues."""
    try:
        if number := forget_old_runs(deployments_of(settings.home)):
            engine.report.note(
                f"{number} runs that ended more than {KEPT_DAYS} days ago are removed from Prefect"
            )
    except Exception as error:
        engine.report.note(f"old runs could not be removed from Prefect: {error}")
