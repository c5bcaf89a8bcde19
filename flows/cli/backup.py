"""Copy everything that cannot be made again into a new folder of DIR, while runs go on.

The backup holds the corpus, waiting batches, the page archive, settings, watchlist and deployments, but not Prefect's
database. Page files that the last backup in DIR already has are linked to it, so that daily backups need little space.
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.flows.cli.arguments import add_home
from fivegwatch.flows.printing.lines import json_line
from fivegwatch.flows.settings.settings import load_settings

EXAMPLE = """examples:
  fivegwatch backup /mnt/backups/5g
  fivegwatch backup /mnt/backups/5g --keep 14"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `backup` to ``parser``."""
    add_home(parser)
    parser.add_argument(
        "directory", type=Path, metavar="DIR", help="the folder of backups, made if it is missing"
    )
    parser.add_argument(
        "--keep", type=int, metavar="N", help="remove all but the newest N backups in DIR afterwards"
    )
    parser.add_argument("--no-pages", action="store_true", help="leave out the page archive")
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(args: argparse.Namespace) -> int:
    """Make a backup and print what it holds."""
    from fivegwatch.flows.working_directory import own_files
    from fivegwatch.storage.backup.manifest import read_manifest
    from fivegwatch.storage.backup.save import make_backup, remove_old
    from fivegwatch.storage.disk.layout import Layout

    if args.keep is not None and args.keep < 1:
        raise SettingsError("--keep: write a number of at least 1", key="--keep")
    settings = load_settings(os.environ, args.home)
    target = args.directory.expanduser().absolute()
    folder = make_backup(
        Layout.for_database(settings.database),
        settings.home,
        own_files(settings),
        target,
        with_pages=not args.no_pages,
    )
    manifest = read_manifest(folder)
    removed = remove_old(target, args.keep or 0)
    if args.json:
        print(json_line({"backup": str(folder), "counts": manifest.counts, "bytes": manifest.size(),
                         "files": len(manifest.files), "removed": [str(path) for path in removed]}))  # fmt: skip
        return 0
    print(f"backup: {folder}", *manifest.lines(), sep="\n")
    for path in removed:
        print(f"removed: {path}")
    return 0
