"""The flow that writes the brief of the last whole week."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from fivegwatch.desk.brief.periods import week_of
from fivegwatch.desk.brief.write import brief_as, file_name, week_in
from fivegwatch.flows.alerts.briefs import send_brief
from fivegwatch.flows.engine import Ended, Engine, run_flow
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.storage.disk.files import disk_errors, put_file


@flow(name="brief", flow_run_name="brief", persist_result=False)
async def brief(
    home: str | None = None,
    week: str = "last",
    folder: str = "briefs",
    format: str = "html",
    send: list[str] | None = None,
) -> State[Any]:
    """Write the brief of a week to a folder, and send it to channels.

    Args:
        home: The working directory; empty means ``FIVEGWATCH_HOME``, else the directory the run starts in.
        week: A week such as ``2026-W48``; ``last`` is the last whole one.
        folder: The folder of the briefs, below the working directory unless it is absolute.
        format: ``html``, ``markdown``, ``docx`` or ``text``.
        send: Names of channels of ``[alerts.channels]`` that get it, by mail as HTML and text.
    """

    async def work(settings: Settings, engine: Engine) -> Ended:
        path, sent = await engine.step(
            "brief",
            lambda: asyncio.to_thread(_write, settings, week, settings.home / folder, format, send or []),
        )
        message = f"{path} written{''.join(f'; {line}' for line in sent)}"
        return Ended(message=message, key="brief", table=[{"file": str(path)}])

    return await run_flow("brief", home, work, scheduled=True)


def _write(
    settings: Settings, name: str, folder: Path, kind: str, channels: list[str]
) -> tuple[Path, list[str]]:
    period = week_of(name, datetime.now(UTC).date())
    week = week_in(settings.database, period)
    path = folder / file_name(period, kind)
    with disk_errors(path, "write the brief"):
        folder.mkdir(parents=True, exist_ok=True)
        put_file(path, brief_as(week, kind))
    return path, send_brief(settings, channels, week)
