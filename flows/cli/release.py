"""Make a monthly release that others can cite: the stories and verdicts of one month, in a folder that never changes.

It holds Parquet files, a description with checksums, a README and CITATION.cff. Texts are left out; they belong to
their publishers.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path

from fivegwatch.flows.cli.arguments import add_database, database_of, given

EXAMPLE = """examples:
  fivegwatch release 2026-03 releases/ --author "Telecom Security Desk" """


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `release` to ``parser``."""
    add_database(parser)
    parser.add_argument("month", metavar="YYYY-MM", type=given, help="a month that is over")
    parser.add_argument("directory", metavar="DIR", type=given, help="the folder of releases")
    parser.add_argument("--author", required=True, type=given, help="who publishes the release")


def run(args: argparse.Namespace) -> int:
    """Make the release and print what it holds."""
    from fivegwatch.storage.export.release import make_release

    folder = Path(args.directory)
    made, files = make_release(
        database_of(args), args.month, folder, author=args.author, now=datetime.now(UTC)
    )
    for file in files:
        print(f"{made / file.path}: {file.rows:,} rows")
    print(f"{made}: cite it as its CITATION.cff says")
    return 0
