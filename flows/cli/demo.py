"""Run the whole pipeline on a bundled newsroom, offline: two editions, two runs, the stories, the reasons, some SQL.

Only the news is invented. A Prefect server runs the ingest flow; an HTTP server on loopback serves a dozen outlets in
a dozen languages, with copies, edits, near misses, a dead feed, a slow one and hostile ones.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

EXAMPLE = """examples:
  fivegwatch demo
  fivegwatch demo --directory ~/5g-demo"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `demo` to ``parser``."""
    parser.add_argument(
        "--directory",
        type=Path,
        default=Path(tempfile.gettempdir()) / "fivegwatch-demo",
        metavar="DIR",
        help="directory of the demo, emptied at each start (default: %(default)s)",
    )


def run(args: argparse.Namespace) -> int:
    """Run the demo."""
    from fivegwatch.flows.demo.show import show

    return show(args.directory.expanduser().resolve())
