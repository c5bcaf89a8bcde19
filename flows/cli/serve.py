"""Run all schedules in one process; nothing else needs to be started.

Starts a Prefect server on loopback, whose page shows runs, logs and artifacts, unless PREFECT_API_URL names one.
Stop it with Ctrl-C or SIGTERM; a run under way is ended, and the next one resumes it.
"""

from __future__ import annotations

import argparse
import os
import re
from contextlib import nullcontext

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.flows.cli.arguments import add_home
from fivegwatch.flows.settings.settings import load_settings

EXAMPLE = """examples:
  fivegwatch serve
  fivegwatch serve --home ~/5g --port 4200"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `serve`."""
    add_home(parser)
    parser.add_argument(
        "--port", type=int, default=0, help="port of the Prefect server (default: a free one)"
    )
    parser.add_argument(
        "--every", metavar="TIME", help="replace every schedule by this interval, for a trial: 20s, 5m, 1h"
    )


def run(args: argparse.Namespace) -> int:
    """Serve until stopped."""
    settings = load_settings(os.environ, args.home)
    every_s = parse_time(args.every) if args.every else None
    os.environ["FIVEGWATCH_HOME"] = str(settings.home)  # the runs are child processes
    from fivegwatch.flows.serving.serve import prefect_server, serve_deployments

    folder = settings.database.with_name(settings.database.name + ".d") / "prefect"
    given = os.environ.get("PREFECT_API_URL")
    with nullcontext(given) if given else prefect_server(folder, port=args.port) as api:
        print(
            f"Prefect server: {api.removesuffix('/api')}\ncorpus: {settings.database}\nstop with Ctrl-C",
            flush=True,
        )
        serve_deployments(every_s=every_s, note=lambda line: print(line, flush=True))
    return 0


def parse_time(text: str) -> float:
    """Seconds of ``20s``, ``5m`` or ``1h``.

    Raises:
        SettingsError: not of that form, or less than five seconds.
    """
    match = re.fullmatch(r"(\d+)([smh])", text)
    seconds = int(match[1]) * {"s": 1, "m": 60, "h": 3600}[match[2]] if match else 0
    if seconds < 5:
        raise SettingsError(
            f"--every: {text!r} is not a time of at least 5s, such as 20s, 5m or 1h", key="--every"
        )
    return float(seconds)
