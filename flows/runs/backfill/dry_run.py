"""What a backfill would take (time, downloads, disk space), estimated without writing anything to the corpus."""

from __future__ import annotations

import tempfile
from pathlib import Path

from fivegwatch.flows.printing.progress import Reporter, Silent
from fivegwatch.flows.runs.backfill.estimate import Estimate, estimate_archives, estimate_lists
from fivegwatch.flows.runs.backfill.options import RunOptions
from fivegwatch.flows.runs.backfill.planning import plan_units
from fivegwatch.flows.runs.backfill.sources import Request
from fivegwatch.flows.runs.backfill.state import BackfillRun
from fivegwatch.flows.runs.clock import Clock
from fivegwatch.flows.runs.tools import tools_of
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.flows.workers.compiled_rules import compiled_rules
from fivegwatch.sources.files.watchlist import read_watchlist
from fivegwatch.storage.disk.layout import Layout
from fivegwatch.storage.spool.records import Run


async def dry_run(
    settings: Settings,
    request: Request,
    report: Reporter | None = None,
    options: RunOptions | None = None,
) -> Estimate:
    """The estimate for ``request``; ``report`` gets a note on files that would be left out.

    Raises: WatchlistError, SettingsError; FetchError if the source cannot be asked for its units.
    """
    files = read_watchlist(settings.watchlist, settings.keep)
    rules = compiled_rules(files)
    with tempfile.TemporaryDirectory(prefix="fivegwatch-") as folder:
        # The tools need an archive to write to; this one is removed with the folder.
        aside = Layout.for_database(Path(folder, "corpus.duckdb"))
        async with tools_of(settings, aside, files, report or Silent(), "dry-run", Clock(None)) as tools:
            tools.layout = Layout.for_database(settings.database)
            began = Run(run_id=tools.run_id, flow="", started_at=tools.now())
            run = BackfillRun(
                tools=tools,
                rules=rules,
                began=began,
                watchlist=files,
                options=options or RunOptions(),
                lists=aside.root / "lists",
            )
            plan = await plan_units(run, request)
            units = [unit for unit in plan.units if unit.id in {item.unit.id for item in plan.open}]
            estimate = estimate_archives(
                [unit for unit in units if unit.source == "warc"], rules, settings.workers
            )
            lists = [unit for unit in units if unit.source != "warc"]
            if lists:
                estimate = estimate.plus(await estimate_lists(lists, run))
    estimate.units_known = run.account.units_known
    estimate.units_given_up = run.account.units_given_up
    estimate.changed = run.account.changed
    return estimate
