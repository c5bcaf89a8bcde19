"""Write the corpus to files, one a month of publication, for tools that do not read DuckDB.

A second export into the same folder writes only months that have changed. datapackage.json in the folder describes the
columns and holds a checksum of every file. Texts are left out unless you ask for them; they belong to their publishers.
lake writes every view as Parquet, and a script (latest.sql) that makes the views in any DuckDB on any machine; a reader
keeps what it opened as long as that snapshot is among the last 12. stix (2.1) and misp write the incidents, with the
stories that report them, to one file for threat-intelligence platforms.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.flows.cli.arguments import add_database, database_of, given
from fivegwatch.flows.printing.lines import counted

EXAMPLE = """examples:
  fivegwatch export parquet out/
  fivegwatch export csv out-csv/ --view ledger --month 2026-03
  fivegwatch export jsonl out-texts/ --text
  fivegwatch export lake /mnt/lake
  fivegwatch export stix out/ --since 2026-01-01"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `export` to ``parser``."""
    add_database(parser)
    parser.add_argument(
        "format", choices=("parquet", "csv", "jsonl", "lake", "stix", "misp"), help="format of the files"
    )
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
    parser.add_argument(
        "--since",
        type=date.fromisoformat,
        metavar="DAY",
        help="stix and misp: incidents reported on that day or later",
    )
    parser.add_argument("--keep", type=int, metavar="N", help="lake: number of snapshots kept (default: 12)")
    parser.add_argument("--text", action="store_true", help="with the texts of stories")


def run(args: argparse.Namespace) -> int:
    """Export, and print which files changed."""
    from fivegwatch.storage.export.files import export_view
    from fivegwatch.storage.export.threats import write_threats

    database, folder = database_of(args), Path(args.directory)
    if args.format == "lake":
        return _export_lake(args, database, folder)
    if args.keep is not None:
        raise SettingsError("--keep belongs to lake.", key="--keep")
    if args.format in ("stix", "misp"):
        if args.view or args.text or args.month:
            raise SettingsError(f"{args.format} takes --since, not --view, --month or --text.", key="format")
        path, number = write_threats(database, folder, args.format, since=args.since)
        print(f"{path}: {counted(number, 'incident', 'incidents')}")
        return 0
    if args.since:
        raise SettingsError("--since belongs to stix and misp; the other formats take --month.", key="since")
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
    print(
        f"{counted(len(files), 'file', 'files')}, {changed} changed; {folder / 'datapackage.json'} has their checksums"
    )
    return 0


def _export_lake(args: argparse.Namespace, database: Path, folder: Path) -> int:
    from fivegwatch.storage.export.lake import KEPT, publish_lake

    if args.view or args.month or args.since:
        raise SettingsError("lake takes --text and --keep, not --view, --month or --since.", key="format")
    if args.keep is not None and args.keep < 1:
        raise SettingsError("--keep: write a number of at least 1", key="--keep")
    made = publish_lake(database, folder, text=args.text, keep=args.keep or KEPT)
    if made.new:
        files = f"{counted(made.written, 'file', 'files')} of {made.files} written, {made.written_bytes / 1e6:,.1f} MB"
        print(f"{made.path}: {counted(made.rows.get('stories', 0), 'story', 'stories')}; {files}")
    else:
        print(f"{made.path}: nothing has changed since")
    return 0
