"""The clock of a run. A clock that cannot be trusted (`clock.check_clock`) ends the run before it writes anything."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from fivegwatch.extractors.errors import ClockError
from fivegwatch.flows.printing.progress import Reporter
from fivegwatch.flows.runs import clock as clocks
from fivegwatch.flows.runs.clock import DOUBTED, NOTED_BEHIND_S, Clock, check_clock, is_doubtful
from fivegwatch.flows.runs.subscriptions import read_subscriptions
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.sources.http.client import Web
from fivegwatch.sources.http.server_time import server_time
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.locks import run_lock
from fivegwatch.storage.load.far_stamps import Mended, far_stamps, mend_far_stamps
from fivegwatch.storage.read.store import latest_time


async def trusted_clock(
    settings: Settings, layout: Layout, files: Mapping[str, str], report: Reporter, *, offline: bool
) -> Clock:
    """The clock for a run on the corpus; its time is never earlier than the latest record in the corpus.

    If the system's clock is more than a day away from that record, servers of the watchlist are asked for the time.
    With ``offline`` none are asked, because that run must not use the network. Servers are asked because they do not
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


def clock_problem(layout: Layout) -> str:
    """One sentence on what is wrong with the times of the corpus's records; empty if nothing is.

    Raises: CorpusBusyError, StorageError.
    """
    stamps = far_stamps(layout, clocks.utc_now())
    return stamps.sentence() if stamps else ""


async def mend_clock(settings: Settings, files: Mapping[str, str]) -> Mended | None:
    """Give records with a time more than a day ahead a time before now; returns None if there are no such records.

    The system's clock must be right, or good records would be changed. So servers of the watchlist are asked for the
    time, unless ``settings.trust_clock`` is set. No run may be at work.

    Raises: ClockError, WatchlistError, CorpusBusyError, StorageError.
    """
    layout = Layout.for_database(settings.database)
    with run_lock(layout):
        system = clocks.utc_now()
        if far_stamps(layout, system) is None:
            return None
        if not settings.trust_clock:
            servers = await time_by_servers(settings, files)
            if servers is None or abs(system - servers) > DOUBTED:
                answer = f"say {servers:%Y-%m-%d %H:%M} UTC" if servers else "could not be asked"
                raise ClockError(
                    f"this machine's clock reads {system:%Y-%m-%d %H:%M} UTC, and servers of the watchlist {answer}."
                    " Nothing was done. Set the clock if it is wrong; if it is right, give --trust-clock."
                )
        return mend_far_stamps(layout, system)
