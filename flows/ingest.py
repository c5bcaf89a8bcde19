"""The scheduled flow: feeds -> entries -> pages -> articles -> decisions -> corpus."""

from __future__ import annotations

from functools import partial
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from fivegwatch.flows.alerts.watched_run import watched
from fivegwatch.flows.announcing import announce_ingest
from fivegwatch.flows.engine import Ended, Engine, run_flow
from fivegwatch.flows.runs.clock import utc_now
from fivegwatch.flows.runs.ingest import run_ingest
from fivegwatch.flows.runs.tools import new_run_id
from fivegwatch.flows.settings.settings import Settings


@flow(name="ingest", flow_run_name="ingest", validate_parameters=True, persist_result=False)
async def ingest(home: str | None = None, due_only: bool = True) -> State[Any]:
    """Poll the feeds that are due, judge their new pages, load and publish the corpus.

    Args:
        home: The working directory; empty means ``FIVEGWATCH_HOME``, else the directory the run starts in.
        due_only: False polls every feed now and retries failed pages now, as a run by hand does.
    """

    async def work(settings: Settings, engine: Engine) -> Ended:
        run_id = new_run_id(utc_now())
        ingest = partial(
            run_ingest,
            settings,
            engine.report,
            due_only=due_only,
            flow="ingest",
            step=engine.step,
            run_id=run_id,
        )
        summary = await watched(settings, engine.report, engine.step, ingest)
        await announce_ingest(settings, run_id)
        counts = summary.counts().items()
        table = [{"count": name.replace("_", " "), "number": number} for name, number in counts]
        return Ended(message=summary.sentence(), key="ingest-summary", table=table)

    return await run_flow("ingest", home, work, progress="pages of this run", scheduled=due_only)
