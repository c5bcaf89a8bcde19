"""Query the corpus, read-only: writing, other files and the network are switched off for the query.

The documented views and macros stay stable between versions: stories, sightings, mentions, evidence, ledger, clusters,
feed_health, runs, failures, search(), timeline(), coverage(), story(). Without a query, `sql` lists them and the named
queries; on a terminal it opens a prompt. A named query (--query) is a question that analysts ask often, with
parameters. With --search, the hits of a search are the table `hits`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.flows.cli.arguments import add_database, database_of, given

if TYPE_CHECKING:
    from fivegwatch.storage.read.queries import Parameters, QuerySession

EXAMPLE = """examples:
  fivegwatch sql "select published_day, title, score from stories order by published_at desc limit 10"
  fivegwatch sql --csv "from ledger where near_miss" > near-misses.csv
  fivegwatch sql --list
  fivegwatch sql --query who-bans-whom --param country=DE
  fivegwatch sql --search 'huawei after:2026' "select site, count(*) from hits join stories using (id) group by site"
  fivegwatch sql --parquet stories.parquet "from stories"
  fivegwatch sql    (on a terminal: a prompt)"""
SHAPES = {
    "json": "one JSON object a row",
    "csv": "CSV with a header",
    "markdown": "a Markdown table",
    "line": "a column a line, nothing cut: for wide rows",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `sql` to ``parser``."""
    add_database(parser)
    parser.add_argument(
        "query",
        nargs="?",
        help="SQL (the answer is that of its last statement); - reads it from standard input; without SQL all views,"
        " macros and queries are listed",
    )
    parser.add_argument("--list", action="store_true", help="list the named queries with their parameters")
    parser.add_argument("--query", dest="named", metavar="NAME", type=given, help="run this named query")
    parser.add_argument(
        "--param", action="append", default=[], metavar="NAME=VALUE", help="a parameter of the named query"
    )
    parser.add_argument(
        "--search",
        metavar="WORDS",
        type=given,
        help="make a table hits(id, position) of the stories that `fivegwatch search` finds, newest first",
    )
    shape = parser.add_mutually_exclusive_group()
    for name, text in SHAPES.items():
        shape.add_argument(f"--{name}", dest="shape", action="store_const", const=name, help=text)
    shape.add_argument("--parquet", metavar="FILE", type=given, help="write the rows to a Parquet file")
    parser.add_argument(
        "--timeout", type=float, default=300.0, metavar="S", help="stop the query after S seconds"
    )
    parser.add_argument(
        "--no-pager", action="store_true", help="print an answer longer than the terminal without a pager"
    )
    parser.set_defaults(shape="table")


def run(args: argparse.Namespace) -> int:
    """Run the query and print its rows."""
    from fivegwatch.flows.printing.answers import print_answer
    from fivegwatch.storage.read.queries import QueryLimits, QuerySession
    from fivegwatch.storage.read.reports import contract

    _check(args)
    if args.list:
        print_answer(*_named_queries(), args.shape, pager=not args.no_pager)
        return 0
    sql, values = _query(args)
    database = database_of(args)
    limits = QueryLimits(timeout_s=args.timeout)
    if not sql and args.shape == "table" and sys.stdin.isatty() and sys.stdout.isatty():
        from fivegwatch.flows.cli.sql_prompt import Prompt

        Prompt(database, limits).run()
        return 0
    with QuerySession(database, limits=limits) as session:
        if args.search:
            _add_hits(session, database, args.search)
        if args.parquet:
            rows = _write_parquet(session, sql, values, Path(args.parquet))
            print(f"{args.parquet}: {rows:,} rows")
        elif sql:
            answer = session.ask(sql, values)
            print_answer(answer.columns, answer.rows, args.shape, pager=not args.no_pager)
        else:
            print_answer(*contract(session), args.shape, pager=not args.no_pager)
    return 0


def _named_queries() -> tuple[Sequence[str], Sequence[Sequence[Any]]]:
    from fivegwatch.storage.read.named.catalogue import named_queries

    rows = [
        (one.name, " ".join(parameter.usage for parameter in one.parameters), one.title)
        for one in named_queries().values()
    ]
    return ("query", "parameters", "answers"), rows


def _query(args: argparse.Namespace) -> tuple[str, Parameters]:
    """The SQL to run and its parameters; empty if no query was given."""
    if args.named:
        from fivegwatch.storage.read.named.catalogue import named_query

        query = named_query(args.named)
        return query.sql, dict(query.values(dict(part.split("=", 1) for part in args.param)))
    return (sys.stdin.read() if args.query == "-" else args.query or ""), None


def _add_hits(session: QuerySession, database: Path, words: str) -> None:
    from fivegwatch.storage.search.search import search_ids

    ids = search_ids(database, words, now=datetime.now(UTC))
    session.ask(
        "create temp table hits as select unnest($ids::varchar[]) as id, unnest(range(1, len($ids) + 1)) as position",
        {"ids": ids},
    )


def _write_parquet(session: QuerySession, sql: str, values: Parameters, path: Path) -> int:
    """Write the rows to a Parquet file, completely or not at all; returns the number of rows."""
    from fivegwatch.storage.export.files import write_parquet

    table = session.table(sql, values)
    write_parquet(table, path)
    return int(table.num_rows)


def _check(args: argparse.Namespace) -> None:
    """Raise SettingsError if the arguments contradict each other, or a parameter is malformed."""
    if sum((bool(args.query), args.list, bool(args.named))) > 1:
        raise SettingsError("give one of: a query, --list, --query NAME.", key="query")
    if args.parquet and not (args.query or args.named):
        raise SettingsError("--parquet needs a query.", key="parquet")
    if args.search and not (args.query or args.named):
        raise SettingsError(
            "--search makes the table `hits` for a query. To see the hits themselves: fivegwatch search.",
            key="search",
        )
    if args.param and not args.named:
        raise SettingsError("--param belongs to a named query: --query NAME --param name=value.", key="param")
    names = [part.partition("=")[0] for part in args.param]
    for name, part in zip(names, args.param, strict=True):
        if "=" not in part or names.count(name) > 1:
            fault = "is not of the form name=value" if "=" not in part else "is given twice"
            raise SettingsError(f"--param {part} {fault}.", key="param")
