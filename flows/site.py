"""The flow that publishes the desk's pages as a static site."""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from fivegwatch.desk.site.freeze import SiteReport, checked_searches, publish_site
from fivegwatch.flows.engine import Ended, Engine, run_flow
from fivegwatch.flows.settings.settings import Settings


@flow(name="publish-site", flow_run_name="publish-site", persist_result=False)
async def site(
    home: str | None = None, folder: str = "site", url: str = "", searches: dict[str, str] | None = None
) -> State[Any]:
    """Write the pages whose stories changed to a folder, as `fivegwatch publish` does.

    Args:
        home: The working directory; empty means ``FIVEGWATCH_HOME``, else the directory the run starts in.
        folder: The folder of the site, below the working directory unless it is absolute.
        url: The address that the folder is served at, ending in a slash; empty when it is served nowhere.
        searches: Saved searches by name, such as ``{"typhoon": "\"salt typhoon\""}``: each gets a feed.
    """

    async def work(settings: Settings, engine: Engine) -> Ended:
        target = settings.home / folder
        done = await engine.step(
            "publish site",
            lambda: asyncio.to_thread(_publish, settings, target, url, searches or {}),
        )
        message = f"{done.written:,} files written, {done.removed:,} removed in {target}"
        return Ended(
            message=message, key="publish-site", table=[asdict(done) | {"missing": len(done.missing)}]
        )

    return await run_flow("publish-site", home, work, scheduled=True)


def _publish(settings: Settings, target: Path, url: str, searches: dict[str, str]) -> SiteReport:
    return publish_site(
        settings.database, target, now=datetime.now(UTC), base_url=url, searches=checked_searches(searches)
    )
