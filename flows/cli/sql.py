"""Query the corpus, read-only: writing, other files and the network are switched off for the query.

These documented views and macros stay stable between versions: stories, sightings, mentions, evidence, ledger,
clusters, feed_health, runs, failures, search(), timeline(), coverage(), story(). Without a query, they and the named
queries are listed. A named query (--query) is a question that analysts ask often, with parameters.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.flows.cli.arguments import add_database, database_of, given
from fivegwatch.flows.printing.tables import print_table

EXAMPLE = """examples:
  fivegwatch sql "select published_day, title, score from stories order by published_at desc limit 10"
  fivegwatch sql --csv "from ledger where near_miss" > near-misses.csv
  fivegwatch sql --list
  fivegwatch sql --query who-bans-whom --param country=DE"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `sql`."""
    add_database(parser)
    parser.add_argument(
        "query",
        nargs="?",
        help="one SELECT; - reads it from standard input; without one, all views, macros and queries are listed",
    )
    parser.add_argument("--list", action="store_true", help="list the named queries with their parameters")
    parser.add_argument("--query", dest="named", metavar="NAME", type=given, help="run this named query")
    parser.add_argument(
        "--param", action="append", default=[], metavar="NAME=VALUE", help="a parameter of the named query"
    )
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="one JSON object a row")
    shape.add_argument("--csv", action="store_true", help="CSV with a header")
    parser.add_argument(
        "--timeout", type=float, default=300.0, metavar="S", help="stop the query after S seconds"
    )


def run(args: argparse.Namespace) -> int:
    """Run the query and print its rows."""
    columns, rows = _answer(args)
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


def _answer(args: argparse.Namespace) -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
    """Columns and rows of what was asked for: a query, a named query, or a list."""
    from fivegwatch.storage.read.named.catalogue import named_queries, named_query
    from fivegwatch.storage.read.queries import QueryLimits, run_query
    from fivegwatch.storage.read.reports import CONTRACT_QUERY

    _check(args)
    if args.list:
        return ("query", "parameters", "answers"), [
            (one.name, " ".join(parameter.usage for parameter in one.parameters), one.title)
            for one in named_queries().values()
        ]
    sql, values = sys.stdin.read() if args.query == "-" else args.query or CONTRACT_QUERY, None
    if args.named:
        query = named_query(args.named)
        sql, values = query.sql, query.values(dict(part.split("=", 1) for part in args.param))
    answer = run_query(database_of(args), sql, values, limits=QueryLimits(timeout_s=args.timeout))
    if args.query or args.named:
        return answer.columns, answer.rows
    queries = [("query", one.name, one.title) for one in named_queries().values()]
    return answer.columns, [*answer.rows, *queries]


def _check(args: argparse.Namespace) -> None:
    """Raise SettingsError when the arguments contradict each other or a parameter is malformed."""
    if sum((bool(args.query), args.list, bool(args.named))) > 1:
        raise SettingsError("give one of: a query, --list, --query NAME.", key="query")
    if args.param and not args.named:
        raise SettingsError("--param belongs to a named query: --query NAME --param name=value.", key="param")
    names = [part.partition("=")[0] for part in args.param]
    for name, part in zip(names, args.param, strict=True):
        if "=" not in part or names.count(name) > 1:
            fault = "is not of the form name=value" if "=" not in part else "is given twice"
            raise SettingsError(f"--param {part} {fault}.", key="param")


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def _cell(value: Any) -> Any:
    """The value for a spreadsheet; a text that would be read as a formula gets a quote in front."""
    if isinstance(value, list | dict | tuple):
        value = json.dumps(value, default=_plain, ensure_ascii=False)
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value
