"""Query the corpus, read-only: writing, other files and the network are switched off for the query.

These documented views and macros stay stable between versions: stories, sightings, mentions, evidence, ledger,
clusters, feed_health, runs, failures, search(), timeline(), coverage(), story(). Without a query, views are listed.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from datetime import date, datetime
from typing import Any

from fivegwatch.flows.cli.arguments import add_database, database_of
from fivegwatch.flows.printing.tables import print_table

EXAMPLE = """examples:
  fivegwatch sql "select published_day, title, score from stories order by published_at desc limit 10"
  fivegwatch sql --csv "from ledger where near_miss" > near-misses.csv"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `sql`."""
    add_database(parser)
    parser.add_argument(
        "query",
        nargs="?",
        help="one SELECT; - reads it from standard input; without a query the views are listed",
    )
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="one JSON object a row")
    shape.add_argument("--csv", action="store_true", help="CSV with a header")
    parser.add_argument(
        "--timeout", type=float, default=300.0, metavar="S", help="stop the query after S seconds"
    )


def run(args: argparse.Namespace) -> int:
    """Run the query and print its rows."""
    from fivegwatch.storage.read.queries import QueryLimits, run_query
    from fivegwatch.storage.read.reports import VIEWS_QUERY

    database = database_of(args)
    query = sys.stdin.read() if args.query == "-" else args.query or VIEWS_QUERY
    answer = run_query(database, query, limits=QueryLimits(timeout_s=args.timeout))
    columns, rows = answer.columns, answer.rows
    if args.json:
        for row in rows:
            print(json.dumps(dict(zip(columns, row, strict=True)), default=_plain, ensure_ascii=False))
    elif args.csv:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_cell(value) for value in row] for row in rows)
    else:
        print_table(columns, rows)
    return 0


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _cell(value: Any) -> Any:
    """The value for a spreadsheet; a text that would be read as a formula gets a quote in front."""
    if isinstance(value, list | dict | tuple):
        value = json.dumps(value, default=_plain, ensure_ascii=False)
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value
