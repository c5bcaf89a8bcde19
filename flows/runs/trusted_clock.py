"""The clock of a run. A clock that cannot be believed (`clock.check_clock`) ends the run before it writes anything."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from fivegwatch.flows.printing.progress import Reporter
from fivegwatch.flows.runs import clock as clocks
from fivegwatch.flows.runs.clock import NOTED_BEHIND_S, Clock, check_clock, is_doubtful
from fivegwatch.flows.runs.subscriptions import read_subscriptions
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.sources.http.client import Web
from fivegwatch.sources.http.server_time import server_time
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.read.store import latest_time


async def trusted_clock(
    settings: Settings, layout: Layout, files: Mapping[str, str], report: Reporter, *, offline: bool = False
) -> Clock:
    """The clock of a run on the corpus; its time is never before the latest record in the corpus.

    If the system's clock is more than a day away from that record, servers of the watchlist are asked for the time,
    unless ``offline``: a run that needs no network must not use it. Servers are asked because they do not
    depend on this machine, as the times of its files do.

    Raises: ClockError, WatchlistError, CorpusBusyError, StorageError.
    """
    latest, system = latest_time(layout), clocks.utc_now()
    if not settings.trust_clock and is_doubtful(latest, system):
        servers = None if offline else await time_by_servers(settings, files)
        check_clock(latest, system, servers)
    clock = Clock(latest, system=system)
    if clock.behind_s > NOTED_BEHIND_S:
        report.warn(clock.warning())
    return clock


async def time_by_servers(settings: Settings, files: Mapping[str, str]) -> datetime | None:
    """The time that servers of the watchlist's active feeds report; None if no server reports one.

    Raises: WatchlistError.
    """
    feeds = [feed.url for feed in read_subscriptions(settings, dict(files)) if feed.active]
    async with Web(user_agent=settings.user_agent, allow=settings.allow, limits=settings.limits) as web:
        return await server_time(web, feeds)
