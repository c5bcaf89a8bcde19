"""An ingest run with alerts: the channels of ``[alerts]`` get its notices, and a good run calls the heartbeat."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fivegwatch.extractors.errors import NewsError
from fivegwatch.flows.alerts.delivery import Delivery, forget_failure, heartbeat, tell, tell_of_failure
from fivegwatch.flows.printing.progress import Reporter
from fivegwatch.flows.runs.batching import Step
from fivegwatch.flows.runs.clock import utc_now
from fivegwatch.flows.runs.summary import Summary
from fivegwatch.flows.settings.settings import Settings


async def watched(
    settings: Settings, report: Reporter, step: Step, ingest: Callable[[], Awaitable[Summary]]
) -> Summary:
    """The account of ``ingest``, after its alerts were sent. A channel that fails does not fail the run.

    Raises: what ``ingest`` raises, after the channels were sent the failure.
    """
    try:
        summary = await ingest()
    except Exception as error:
        await tell_of_failure(settings, error)
        raise
    alerts = settings.alerts
    if not alerts.channels and not alerts.heartbeat:
        return summary
    forget_failure(settings)
    offline = summary.outage()
    try:
        done: Delivery = await step("alerts", lambda: tell(settings, utc_now(), offline=offline))
    except NewsError as error:
        report.note(f"alerts: {error}")
    else:
        for channel, problem in done.failed:
            report.note(f"alerts: channel {channel.name}: {problem}; it is tried again")
    if not offline and (problem := await heartbeat(settings)):
        report.note(problem)
    return summary
