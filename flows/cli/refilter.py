"""Judge every stored text again after a change of rules, and archived pages whose text was not kept.

Nothing is fetched. `--dry-run` shows which articles would enter and leave the corpus, and by which term, rule or
weight. Without it the new verdicts are written; the earlier ones stay in `decisions`. If a run is killed, the next one
resumes it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.flows.cli.arguments import add_clock, add_database, add_quiet, database_of, settings_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fivegwatch.flows.runs.rejudging import Change

EXAMPLE = """examples:
  fivegwatch refilter --dry-run
  fivegwatch refilter --dry-run --watchlist ~/proposed-watchlist --json
  fivegwatch refilter --since 2026-01-01"""
ROWS_SHOWN = 40


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `refilter` to ``parser``."""
    add_database(parser)
    add_clock(parser)
    parser.add_argument("--dry-run", action="store_true", help="write nothing, show what would change")
    parser.add_argument("--since", metavar="DATE", help="only pages captured on that day (UTC) or later")
    parser.add_argument(
        "--watchlist", metavar="DIR", type=Path, help="judge by this watchlist instead; with --dry-run only"
    )
    parser.add_argument(
        "--all",
        action="store_true",
        help="also judge pages that were judged by the present rules, as after an upgrade of fivegwatch",
    )
    parser.add_argument("--json", action="store_true", help="everything as one JSON object, and no progress")
    add_quiet(parser, "the outcome")


def run(args: argparse.Namespace) -> int:
    """Judge all texts again and print what changes; returns the exit code."""
    from fivegwatch.flows.printing.progress import progress
    from fivegwatch.flows.runs.refilter import Refilter, judged_by, run_refilter
    from fivegwatch.storage.disk.layout import Layout
    from fivegwatch.storage.disk.locks import run_lock

    if args.watchlist and not args.dry_run:
        raise SettingsError(
            "--watchlist only goes with --dry-run: the verdicts of a corpus are by its own watchlist.",
            key="--watchlist",
        )
    since = _day(args.since) if args.since else None
    request = Refilter(dry_run=args.dry_run, since=since, everything=args.all)
    settings = judged_by(settings_of(args), args.watchlist)
    database_of(args)  # raises if there is no corpus
    lock = nullcontext() if args.dry_run else run_lock(Layout.for_database(settings.database))
    with lock, progress(silent=args.json or args.quiet) as report:
        account = asyncio.run(run_refilter(settings, report, request, flow="refilter (by hand)"))
    if args.json:
        print(json.dumps(account.as_dict(), ensure_ascii=False))
        return 0
    print_changes(account.outcome.changes)
    print(account.sentence())
    return 0


def print_changes(changes: Sequence[Change]) -> None:
    """Print a table of the changes, each with its reason."""
    from fivegwatch.flows.printing.tables import print_table
    from fivegwatch.flows.runs.refilter import sorted_changes

    if not changes:
        return
    rows = [
        (c.movement, f"{c.score_before:+.2f} to {c.score_after:+.2f}", _why(c), c.title, c.url)
        for c in sorted_changes(changes)
    ]
    print_table(("change", "score", "by", "title", "url"), rows[:ROWS_SHOWN], count=False)
    if len(rows) > ROWS_SHOWN:
        print(f"... and {len(rows) - ROWS_SHOWN} more; --json lists all")


def _why(change: Change) -> str:
    return "; ".join(change.by) or "; ".join(f"{part.name} {part.value:+.2f}" for part in change.parts)


def _day(text: str) -> datetime:
    """The moment (UTC) that ``text`` names: a day such as ``2026-01-31``, or a time with its zone. Raises:
    SettingsError if it is neither.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as exc:
        raise SettingsError(f"--since: {text!r} is no date, such as 2026-01-31", key="--since") from exc
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
