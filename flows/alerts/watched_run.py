"""An ingest run with alerts: the channels of ``[alerts]`` get its notices, and a good run calls the heartbeat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fivegwatch.extractors.errors import NewsError, RequestError
from fivegwatch.flows.alerts.delivery import Delivery, heartbeat, send_alerts
from fivegwatch.flows.alerts.failures import begun_runs, send_failure, send_recovery
from fivegwatch.flows.printing.progress import Reporter
from fivegwatch.flows.runs.batching import Step
from fivegwatch.flows.runs.clock import utc_now
from fivegwatch.flows.runs.summary import Summary
from fivegwatch.flows.settings.settings import Settings

KILLED_RUNS = 3
"""Runs in a row that must be killed before an alert: a machine that stops is no trouble of the runs."""


async def watched(
    settings: Settings, report: Reporter, step: Step, ingest: Callable[[], Awaitable[Summary]]
) -> Summary:
    """The account of ``ingest``, once its alerts have been sent. A channel that fails does not fail the run.

    Raises: what ``ingest`` raises, after a message on that failure was sent to the channels.
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
