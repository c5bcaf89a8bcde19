"""A backfill looked at before it is begun: nothing is written, the corpus is not touched."""

from __future__ import annotations

import tempfile
from pathlib import Path

from fivegwatch.extractors.watchlist.compile import compile_rules
from fivegwatch.flows.printing.progress import Reporter, Silent
from fivegwatch.flows.runs.backfill.changes import is_open, standing
from fivegwatch.flows.runs.backfill.estimate import Estimate, estimate_archives, estimate_lists
from fivegwatch.flows.runs.backfill.readers import Readers
from fivegwatch.flows.runs.backfill.request import Request, Resume, units_of_request
from fivegwatch.flows.runs.clock import Clock
from fivegwatch.flows.runs.tools import tools_of
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.sources.files.watchlist import read_watchlist
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.read.units import known_units


async def dry_run(
    settings: Settings, request: Request, report: Reporter | None = None, *, retry_failed: bool = False
) -> Estimate:
    """What ``request`` would take; ``report`` hears of what would be left out.

    Raises: WatchlistError, SettingsError; FetchError when what there is to read cannot be found out.
    """
    files = read_watchlist(settings.watchlist)
    rules = compile_rules(files)
    layout = Layout.for_database(settings.database)
    with tempfile.TemporaryDirectory(prefix="fivegwatch-") as folder:
        # The tools want an archive to write to; what a dry run might write goes with this folder.
        aside = Layout.for_database(Path(folder, "corpus.duckdb"))
        async with tools_of(settings, aside, files, report or Silent(), "dry-run", Clock(None)) as tools:
            # Standard input is kept in a folder of the corpus's, here in one that goes away.
            tools.layout = layout if isinstance(request, Resume) else aside
            units = await units_of_request(request, tools)
            tools.layout = layout
            known = known_units(layout, units)
            stand = standing(units, known)
            now = tools.now()
            todo = [
                unit for unit in units if is_open(stand.progress[unit.id], now, retry_failed=retry_failed)
            ]
            archives = [unit for unit in todo if unit.source == "warc"]
            lists = [unit for unit in todo if unit.source != "warc"]
            estimate = estimate_archives(archives, rules, settings.workers)
            if lists:
                more = await estimate_lists(lists, Readers(tools, rules), settings)
                more.units += estimate.units
                more.bytes, more.pages, more.unmeasured = estimate.bytes, estimate.pages, estimate.unmeasured
                more.to_fetch = estimate.to_fetch
                more.hours += estimate.hours
                more.failed |= estimate.failed
                estimate = more
    items = stand.progress.values()
    estimate.units_known = sum(item.state == "done" for item in items)
    estimate.units_given_up = sum(
        item.state == "failed" and not is_open(item, now, retry_failed=retry_failed) for item in items
    )
    estimate.changed = stand.changed
    return estimate
