"""The flow to start by hand after a change of rules: judges stored texts and archived pages again, without the
network.
"""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from fivegwatch.flows.engine import Ended, Engine, run_flow
from fivegwatch.flows.runs.refilter import Refilter, run_refilter, sorted_changes
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.storage.disk.locks import run_lock

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

    async def work(settings: Settings, engine: Engine) -> Ended:
        request = Refilter(dry_run=dry_run, since=since)
        account = await run_refilter(settings, engine.report, request, step=engine.step)
        changes = sorted_changes(account.outcome.changes)[:TABLE_ROWS]
        table: list[dict[str, Any]] = [
            {"change": c.movement, "from": round(c.score_before, 2), "to": round(c.score_after, 2),
             "by": "; ".join(c.by), "title": c.title, "url": c.url}
            for c in changes
        ]  # fmt: skip
        counts = [{"count": name, "number": number} for name, number in account.counts().items()]
        return Ended(message=account.sentence(), key="refilter-changes", table=table or counts)

    # A dry run reads the published corpus and writes nothing.
    lock = (lambda _: nullcontext()) if dry_run else run_lock
    return await run_flow("refilter", home, work, progress="texts judged again", lock=lock)
