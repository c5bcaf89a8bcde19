"""Show whether the watch is in order: the corpus, the last runs, the feeds and outlets in trouble.

If it is not in order, the exit code is 1, and a line gives each reason: scheduled runs are switched off; no ingest run
completed within twice its interval (or `--max-age`); the last run failed or was killed; most feeds that worked before
fail at once; batches could not be loaded; or records are stamped in the future. Single feeds in trouble are no reason.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from fivegwatch.flows.cli.arguments import add_database, database_of, settings_of
from fivegwatch.flows.cli.coverage import sentence

if TYPE_CHECKING:
    from fivegwatch.flows.settings.settings import Settings
    from fivegwatch.storage.read.health import Overview

EXAMPLE = """examples:
  fivegwatch status
  fivegwatch status --max-age 2h --json
  fivegwatch status --all"""
RUNS, FEEDS, OUTLETS = 5, 15, 15
Row = dict[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `status` to ``parser``."""
    add_database(parser)
    parser.add_argument(
        "--max-age",
        metavar="TIME",
        type=_seconds,
        help="longest time since an ingest run completed: 45m, 2h, 1d (default: twice the interval of the"
        " schedule; no limit without a schedule)",
    )
    parser.add_argument(
        "--all", action="store_true", help="all feeds and outlets in trouble, not the first 15"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object, with whole lists")


def run(args: argparse.Namespace) -> int:
    """Print the status; returns the exit code."""
    from fivegwatch.flows.runs.clock import utc_now
    from fivegwatch.flows.runs.condition import troubles
    from fivegwatch.storage.read.health import overview

    database, settings = database_of(args), settings_of(args)
    seen = overview(database)
    reasons = troubles(settings, seen, utc_now(), max_age_s=args.max_age)
    args.code = int(bool(reasons))  # also if nobody reads all of the output
    by_status = Counter(row["status"] for row in seen.feeds).most_common()
    if args.json:
        whole = {
            "database": str(database),
            "ok": not reasons,
            "reasons": [{"kind": item.kind, "message": item.message} for item in reasons],
            "counts": seen.counts,
            "runs": [_without(row, "run_id", "ended_at") for row in seen.runs[:RUNS]],
            "feeds": [{"status": status, "feeds": number} for status, number in by_status],
            "troubled": [_without(row, "polled_at", "worked") for row in seen.troubled],
            "drifting": seen.drifting,
            "completeness": seen.completeness,
        }
        print(json.dumps(whole, default=str, ensure_ascii=False))
        return int(args.code)
    for item in reasons:
        print(f"NOT IN ORDER: {item.message}")
    _print_corpus(settings, seen, by_status)
    _print_runs(seen.runs[:RUNS])
    _print_feeds(seen.troubled, None if args.all else FEEDS)
    _print_outlets(seen.drifting, None if args.all else OUTLETS)
    return int(args.code)


def _print_corpus(settings: Settings, seen: Overview, by_status: list[tuple[str, int]]) -> None:
    from fivegwatch.flows.printing.lines import counted
    from fivegwatch.storage.lake.publish import lake_sentence

    counts = seen.counts
    print(f"corpus: {settings.database} ({counts['bytes'] / 1e6:.1f} MB)")
    if settings.lake:
        print(f"lake: {lake_sentence(settings.database, settings.lake)}")
    walled = counted(counts["walled"], "page", "pages")
    again = f", {walled} judged behind a wall and read again later" if counts["walled"] else ""
    print(
        f"{counted(counts['stories'], 'story', 'stories')}, "
        f"{counted(counts['near_misses'], 'near miss', 'near misses')}, {counts['rejected']:,} rejected; "
        f"{counted(counts['waiting'], 'page waits', 'pages wait')}{again}, "
        f"{counted(counts['given_up'], 'was', 'were')} given up"
    )
    feeds = ", ".join(f"{number:,} {status}" for status, number in by_status)
    print(f"feeds: {feeds or _configured(settings)}")
    for row in seen.completeness:
        share = sentence(row["source"], (row["share"], row["low"], row["high"]))
        print(f"completeness, {row['since']:%Y-%m}: {share}")


def _configured(settings: Settings) -> str:
    """A line on how many feeds the watchlist has, for a corpus whose feeds were never polled."""
    from fivegwatch.extractors.errors import WatchlistError
    from fivegwatch.flows.runs.subscriptions import read_subscriptions
    from fivegwatch.sources.files.watchlist import read_watchlist

    try:
        feeds = read_subscriptions(settings, read_watchlist(settings.watchlist))
    except WatchlistError as error:
        return f"none polled yet; the watchlist is wrong: {error}"
    return f"none polled yet, {len(feeds):,} in the watchlist"


def _print_runs(runs: list[Row]) -> None:
    from fivegwatch.flows.printing.lines import print_block

    if runs:
        print("\nlast runs")
    for row in runs:
        seconds = f"  {row['seconds']:,.0f} s" if row["seconds"] is not None else ""
        print_block(
            f"{row['started_at']:%Y-%m-%d %H:%M}  {row['flow']}  {row['state']}{seconds}", row["message"]
        )


def _print_feeds(feeds: list[Row], limit: int | None) -> None:
    from fivegwatch.flows.printing.lines import print_block, print_heading

    print_heading("feeds in trouble", feeds, limit, "--all or --json lists all")
    for row in feeds[:limit]:
        polls = "poll" if row["failures"] == 1 else "polls"
        failed = (
            f"  {row['failures']:,} failed {polls} since {row['since']:%Y-%m-%d %H:%M}"
            if row["since"]
            else ""
        )
        print_block(f"{row['feed_id']}  {row['status']}{failed}", row["problem"])


def _print_outlets(outlets: list[Row], limit: int | None) -> None:
    from fivegwatch.flows.printing.lines import print_heading
    from fivegwatch.flows.printing.tables import print_table

    title = "outlets whose newest pages differ from earlier ones (outlet_drift)"
    print_heading(title, outlets, limit, "--all or --json lists all")
    if outlets:
        shown = [_without(row, "chance", "newest", "earlier") for row in outlets[:limit]]
        print_table(list(shown[0]), [list(row.values()) for row in shown], count=False)


def _without(row: Row, *names: str) -> Row:
    return {name: value for name, value in row.items() if name not in names}


def _seconds(text: str) -> float:
    """The number of seconds in ``30s``, ``45m``, ``2h`` or ``1d``."""
    match = re.fullmatch(r"(\d{1,9})([smhd])", text)
    if not match or not int(match[1]):
        raise argparse.ArgumentTypeError(f"{text!r} is not a time such as 45m, 2h or 1d")
    return float(int(match[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86_400}[match[2]])
