"""Run all schedules of the directory's prefect.yaml in one process; nothing else needs to be started.

It starts a Prefect server on loopback, whose page shows runs, logs and artifacts, unless PREFECT_API_URL names another
server. Changes in prefect.yaml are respected, also schedules that are switched off. A directory can be served only
once: a second `serve` ends with exit code 3. Stop it with Ctrl-C or SIGTERM; a run at work is ended, and the next run
resumes it.
"""

from __future__ import annotations

import argparse
import os
import re

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.flows.cli.arguments import add_home
from fivegwatch.flows.settings.settings import load_settings

EXAMPLE = """examples:
  fivegwatch serve
  fivegwatch serve --home ~/5g --port 4201"""
DEFAULT_PORT = 4200


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `serve` to ``parser``."""
    add_home(parser)
    parser.add_argument(
        "--port",
        type=int,
        default=DEFAULT_PORT,
        metavar="N",
        help="port of the Prefect server (default: %(default)s; 0: a free one)",
    )
    parser.add_argument(
        "--every", metavar="TIME", help="replace every schedule by this interval, for a trial: 20s, 5m, 1h"
    )


def run(args: argparse.Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM."""
    settings = load_settings(os.environ, args.home)
    every_s = parse_time(args.every) if args.every else None
    from fivegwatch.flows.serving.serve import serve

    serve(settings, port=args.port, every_s=every_s, note=lambda line: print(line, flush=True))
    return 0


def parse_time(text: str) -> float:
    """The number of seconds in ``20s``, ``5m`` or ``1h``.

    Raises:
        SettingsError: ``text`` does not have that form, or is less than five seconds.
    """
    match = re.fullmatch(r"(\d+)([smh])", text)
    seconds = int(match[1]) * {"s": 1, "m": 60, "h": 3600}[match[2]] if match else 0
    if seconds < 5:
        raise SettingsError(
            f"--every: {text!r} is not a time of at least 5s, such as 20s, 5m or 1h", key="--every"
        )
    return float(seconds)
