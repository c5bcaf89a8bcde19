"""Mending a corpus whose records were stamped by a clock that was ahead; for `doctor --repair`."""

from __future__ import annotations

from collections.abc import Mapping

from fivegwatch.extractors.errors import ClockError
from fivegwatch.flows.runs import clock as clocks
from fivegwatch.flows.runs.clock import DOUBTED
from fivegwatch.flows.runs.trusted_clock import time_by_servers
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.disk.locks import run_lock
from fivegwatch.storage.load.far_stamps import Mended, far_stamps, mend_far_stamps


def clock_problem(layout: Layout) -> str:
    """What is wrong with the times of the corpus's records, in one sentence; empty if nothing is.

    Raises: CorpusBusyError, StorageError.
    """
    stamps = far_stamps(layout, clocks.utc_now())
    return stamps.sentence() if stamps else ""


async def mend_clock(settings: Settings, files: Mapping[str, str]) -> Mended | None:
    """Give records that are stamped in the future times before now; None if there are none.

    The system's clock must be right, or good records would be moved: servers of the watchlist are asked for the time,
    unless ``settings.trust_clock`` is set. No run may be at work.

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
