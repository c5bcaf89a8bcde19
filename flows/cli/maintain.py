"""Do the daily upkeep: what the deployment `daily` does, for those who use cron or systemd instead of `serve`.

It loads waiting batches, removes old batches and archived pages, checks the corpus and publishes it. If a run is at
work, it waits for its end.
"""

from __future__ import annotations

import argparse
import os

from fivegwatch.flows.cli.arguments import add_home
from fivegwatch.flows.printing.lines import json_line
from fivegwatch.flows.settings.settings import load_settings

EXAMPLE = """examples:
  fivegwatch maintain
  fivegwatch maintain --home ~/5g --wait 600"""
WAIT_S = 3_600


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `maintain` to ``parser``."""
    add_home(parser)
    parser.add_argument("--wait", type=int, default=WAIT_S, metavar="SECONDS",
                        help="how long to wait for a run at work (default: %(default)s)")  # fmt: skip
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(args: argparse.Namespace) -> int:
    """Do the upkeep; returns 1 if a check found a fault in the corpus, else 0."""
    from fivegwatch.flows.runs.upkeep import do_upkeep
    from fivegwatch.storage.disk.layout import Layout
    from fivegwatch.storage.disk.locks import run_lock

    settings = load_settings(os.environ, args.home)
    with run_lock(Layout.for_database(settings.database), wait_s=max(0, args.wait)):
        done = do_upkeep(settings)
    if args.json:
        print(json_line({"rows": done.rows(), "problems": done.problems, "seconds": round(done.seconds, 1)}))
    else:
        print(done.sentence())
    return int(bool(done.problems))
