"""Show the size of the corpus, the last runs, and the feeds and outlets in trouble.

The exit code is 1 if the last run did not complete, for use by a monitor.
"""

from __future__ import annotations

import argparse
import json

from fivegwatch.flows.cli.arguments import add_database, database_of

EXAMPLE = """examples:
  fivegwatch status
  fivegwatch status --json"""
RUNS, FEEDS, OUTLETS = 5, 15, 15


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `status`."""
    add_database(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print the status."""
    from fivegwatch.storage.read.reports import (
        corpus_counts,
        drifting_outlets,
        feeds_by_status,
        last_runs,
        troubled_feeds,
    )

    database = database_of(args)
    counts, runs = corpus_counts(database), last_runs(database, RUNS)
    by_status, troubled = feeds_by_status(database), troubled_feeds(database, FEEDS)
    drifting = drifting_outlets(database, OUTLETS)
    if args.json:
        whole = {
            "database": str(database),
            "counts": counts,
            "runs": runs,
            "feeds": by_status,
            "troubled": troubled,
            "drifting": drifting,
        }
        print(json.dumps(whole, default=str, ensure_ascii=False))
    else:
        from fivegwatch.flows.printing.lines import counted
        from fivegwatch.flows.printing.tables import print_table

        print(f"corpus: {database} ({counts['bytes'] / 1e6:.1f} MB)")
        print(
            f"{counted(counts['stories'], 'story', 'stories')}, "
            f"{counted(counts['near_misses'], 'near miss', 'near misses')}, {counts['rejected']:,} rejected; "
            f"{counted(counts['waiting'], 'page waits', 'pages wait')}, "
            f"{counted(counts['given_up'], 'was', 'were')} given up"
        )
        print("feeds: " + (", ".join(f"{row['feeds']} {row['status']}" for row in by_status) or "none yet"))
        tables = (
            ("last runs", runs),
            ("feeds in trouble", troubled),
            ("outlets whose newest pages differ from earlier ones (outlet_drift)", drifting),
        )
        for title, rows in tables:
            if rows:
                print(f"\n{title}")
                print_table(list(rows[0]), [list(row.values()) for row in rows], count=False)
    return int(bool(runs) and runs[0]["state"] != "Completed")
