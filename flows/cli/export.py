"""Write the corpus to files, one a month of publication, for tools that do not read DuckDB.

An export into the same folder again writes only months that changed. datapackage.json in the folder describes the
columns and holds a checksum of every file. Texts are left out unless you ask for them; they belong to their publishers.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from fivegwatch.flows.cli.arguments import add_database, database_of, given

EXAMPLE = """examples:
  fivegwatch export parquet out/
  fivegwatch export csv out-csv/ --view ledger --month 2026-03
  fivegwatch export jsonl out-texts/ --text"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `export`."""
    add_database(parser)
    parser.add_argument("format", choices=("parquet", "csv", "jsonl"), help="format of the files")
    parser.add_argument("directory", metavar="DIR", type=given, help="the folder, made if it is missing")
    parser.add_argument(
        "--view",
        action="append",
        choices=("stories", "ledger", "mentions"),
        help="view to export (default: stories; repeatable)",
    )
    parser.add_argument(
        "--month", default="", metavar="YYYY-MM", help="only this month; undated for pages without a date"
    )
    parser.add_argument("--text", action="store_true", help="with the texts of stories")


def run(args: argparse.Namespace) -> int:
    """Export and say which files changed."""
    from fivegwatch.storage.export.files import export_view

    database, folder = database_of(args), Path(args.directory)
    files = [
        file
        for view in args.view or ["stories"]
        for file in export_view(
            database, folder, view, args.format, text=args.text and view == "stories", month=args.month
        )
    ]
    for file in files:
        if file.changed:
            before = "" if file.rows_before is None else f" (before: {file.rows_before:,})"
            print(f"{folder / file.path}: {file.rows:,} rows{before}" + ("" if file.rows else ", removed"))
    changed = sum(file.changed for file in files)
    print(f"{len(files)} files, {changed} changed; {folder / 'datapackage.json'} has their checksums")
    return 0
