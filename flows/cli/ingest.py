"""Poll the feeds and judge the new pages, once, now.

Every feed is polled (with a conditional request), and every failed page is requested again, unless its server asked for
a later time. The summary counts every feed, entry and page. The exit code is 0 even if some feeds failed; `status`
lists those.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import sys
from functools import partial
from pathlib import Path

from fivegwatch.flows.cli.arguments import (
    add_allowed,
    add_clock,
    add_database,
    add_new,
    add_quiet,
    settings_of,
)
from fivegwatch.flows.settings.settings import FILE_NAME

EXAMPLE = """examples:
  fivegwatch ingest
  fivegwatch ingest --feeds my-feeds.toml --db trial.duckdb --new --json"""

DUE_WAIT_S = 1_800.0
"""How many seconds a scheduled run waits for `maintain`; a run by hand fails at once."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `ingest` to ``parser``."""
    add_database(parser)
    add_new(parser)
    add_clock(parser)
    parser.add_argument("--feeds", metavar="FILE", type=Path, help="poll the feeds of this TOML file instead")
    add_allowed(parser)
    parser.add_argument(
        "--due",
        action="store_true",
        help="only what is due now, as the schedule does; nothing if `enabled = false` is set",
    )
    parser.add_argument("--json", action="store_true", help="print the summary as JSON, and no progress")
    add_quiet(parser, "the summary")


def run(args: argparse.Namespace) -> int:
    """Make one ingest run and print its summary; returns the exit code."""
    from fivegwatch.flows.alerts.watched_run import watched
    from fivegwatch.flows.printing.progress import progress
    from fivegwatch.flows.runs.batching import plain_step
    from fivegwatch.flows.runs.ingest import run_ingest
    from fivegwatch.storage.disk.layout import Layout
    from fivegwatch.storage.disk.locks import run_lock

    gc.freeze()  # modules stay until the end, and looking through them for garbage took 3 % of a run of 1,000 feeds
    settings = settings_of(args)
    if not settings.contact and not settings.allow:
        print("note: no contact is set, so publishers cannot write to you; set `contact` in fivegwatch.toml.",
              file=sys.stderr)  # fmt: skip
    flow = "ingest --due" if args.due else "ingest (by hand)"
    if args.due and not settings.enabled:
        print(f"skipped: `enabled = false` in {settings.home / FILE_NAME}")
        return 0
    lock = run_lock(
        Layout.for_database(settings.database), new=args.new, wait_s=DUE_WAIT_S if args.due else 0.0
    )
    with lock, progress(silent=args.json or args.quiet) as report:
        ingest = partial(run_ingest, settings, report, due_only=args.due, flow=flow)
        summary = asyncio.run(watched(settings, report, plain_step, ingest))
    if args.json:
        print(
            json.dumps(
                {"summary": summary.sentence(), "database": str(settings.database), **summary.counts()}
            )
        )
    else:
        print(summary.sentence())
        print(f"corpus: {settings.database}")
    return 0
