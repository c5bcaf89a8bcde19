"""Write the brief of a week: events by country and topic, changes in the trackers, numbers, silent sources.

It is made from templates and the corpus; no language model writes any of it. The HTML is for mail: one file that loads
nothing. Word documents need the extra: pip install 'fivegwatch[brief]'.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from pathlib import Path

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.flows.cli.arguments import add_database, database_of, given, settings_of

EXAMPLE = """examples:
  fivegwatch brief --week
  fivegwatch brief --week 2026-W48 --format docx --output week48.docx
  fivegwatch brief --from 2026-11-01 --to 2026-11-30 --format html
  fivegwatch brief --week --send mail"""
FORMATS = ("html", "markdown", "docx", "text")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `brief` to ``parser``."""
    add_database(parser)
    parser.add_argument(
        "--week", nargs="?", const="last", default="", metavar="2026-W48",
        help="a week of ISO 8601 (default: the last whole one)",
    )  # fmt: skip
    parser.add_argument(
        "--from", dest="first", metavar="DAY", default="", help="first day, instead of a week"
    )
    parser.add_argument("--to", dest="last", metavar="DAY", default="", help="last day")
    parser.add_argument("--format", choices=FORMATS, default="markdown", help="default: markdown")
    parser.add_argument("--output", metavar="FILE", type=given, help="write to this file (default: print)")
    parser.add_argument(
        "--send", metavar="CHANNEL", action="append", default=[],
        help="send it to a channel of [alerts.channels], by mail as HTML and text, else as text (repeatable)",
    )  # fmt: skip


def run(args: argparse.Namespace) -> int:
    """Write, print or send the brief."""
    from fivegwatch.desk.brief.periods import days_between, week_of
    from fivegwatch.desk.brief.write import brief_as, week_in
    from fivegwatch.flows.alerts.briefs import send_brief
    from fivegwatch.storage.disk.files import disk_errors, put_file

    if args.week and (args.first or args.last):
        raise SettingsError("Name a week or days, not both.", key="--week")
    period = (
        days_between(args.first, args.last)
        if args.first or args.last
        else week_of(args.week, datetime.now(UTC).date())
    )
    if args.format == "docx" and not args.output and not args.send:
        raise SettingsError("A Word document is no text: name a file with --output.", key="--format")
    week = week_in(database_of(args), period)
    if args.send:
        for line in send_brief(settings_of(args), args.send, week):
            print(line)
    if args.output:
        path = Path(args.output)
        with disk_errors(path, "write the brief"):
            put_file(path, brief_as(week, args.format))
        print(f"{path}: {week.events + week.more_events:,} events, {week.numbers.stories:,} stories")
    elif not args.send:
        sys.stdout.write(brief_as(week, args.format).decode("utf-8"))
    return 0
