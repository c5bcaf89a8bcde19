"""An ingest run with alerts: it sends notices to the channels in ``[alerts]``, and a good run requests the
heartbeat.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fivegwatch.extractors.errors import NewsError, RequestError
from fivegwatch.flows.alerts.alert_step import Delivery, heartbeat, send_alerts
from fivegwatch.flows.alerts.failures import begun_runs, send_failure, send_recovery
from fivegwatch.flows.printing.progress import Reporter
from fivegwatch.flows.runs.batching import Step
from fivegwatch.flows.runs.clock import utc_now
from fivegwatch.flows.runs.summary import Summary
from fivegwatch.flows.settings.settings import Settings

KILLED_RUNS = 3
"""An alert is raised if this many runs in a row are killed; fewer may be because the machine was switched off."""


async def watched(
    settings: Settings, report: Reporter, step: Step, ingest: Callable[[], Awaitable[Summary]]
) -> Summary:
    """The summary of the run ``ingest``, after its alerts have been sent. A channel that fails does not fail the run.

    Raises: what ``ingest`` raises, after the channels got a message about it.
    """
    with begun_runs(settings) as killed:
        if killed >= KILLED_RUNS:
            message = f"the last {killed} runs were killed before they ended, as when memory runs out"
            await send_failure(settings, message, utc_now())
        try:
            summary = await ingest()
        except RequestError:  # a mistyped name of a run by hand
            raise
        except Exception as error:
            await send_failure(settings, str(error), utc_now())
            raise
    alerts = settings.alerts
    if not alerts.channels and not alerts.heartbeat:
        return summary
    await send_recovery(settings, utc_now())
    offline = summary.outage()
    try:
        done: Delivery = await step("alerts", lambda: send_alerts(settings, utc_now(), offline=offline))
    except NewsError as error:
        report.note(f"alerts: {error}")
    else:
        for channel, problem in done.failed:
            report.note(f"alerts: channel {channel.name}: {problem}; it is tried again")
    if not offline and (problem := await heartbeat(settings)):
        report.note(problem)
    return summary
