"""Search headlines and texts of all stories, best hits first.

All words must occur. "a phrase": in this order; tele*: any ending; huawei OR zte: one of them; -handset: without it.
Fields: title:ban  site:example.com  topic:T01  country:DE  lang:pt  after:2026-01  before:2026-02-15  after:30d.
Upper and lower case, accents, hyphens and blanks, simplified and traditional characters make no difference.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fivegwatch.flows.cli.arguments import add_database, database_of, given
from fivegwatch.flows.printing.lines import counted, json_line
from fivegwatch.flows.printing.tables import cell_text

if TYPE_CHECKING:
    from fivegwatch.storage.search.search import Hit, SearchAnswer

EXAMPLE = """examples:
  fivegwatch search 'huawei OR zte country:DE after:2026-01'
  fivegwatch search '"rogue cell" -handset' --limit 5
  fivegwatch search --ledger 'title:5G lang:fr'
  fivegwatch search --ids 'topic:T07 after:30d' | wc -l"""
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `search` to ``parser``."""
    add_database(parser)
    parser.add_argument(
        "query", nargs="+", type=given, help="what to look for; several arguments count as one query"
    )
    parser.add_argument(
        "--ledger", action="store_true", help="search the headlines of pages that were not kept"
    )
    parser.add_argument("--limit", type=_limit, default=20, metavar="N", help="hits to show (default: 20)")
    parser.add_argument("--newest", action="store_true", help="order by time, not by relevance")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--json", action="store_true", help="one JSON object a hit")
    shape.add_argument("--ids", action="store_true", help="the ids of all hits, newest first, one a line")


def run(args: argparse.Namespace) -> int:
    """Search and print the hits."""
    from fivegwatch.storage.search.search import search, search_ids

    database, text, now = database_of(args), " ".join(args.query), datetime.now(UTC)
    if args.ids:
        for id_ in search_ids(database, text, now=now, ledger=args.ledger):
            print(id_)
        return 0
    answer = search(database, text, now=now, limit=args.limit, newest=args.newest, ledger=args.ledger)
    for note in answer.notes:
        print(f"fivegwatch search: {note}", file=sys.stderr)
    if args.json:
        for hit in answer.hits:
            print(json_line(hit.as_dict(), default=lambda moment: moment.isoformat()))
    else:
        _print(answer)
    return 0


def _print(answer: SearchAnswer) -> None:
    from fivegwatch.storage.search.ask import MOST_COUNTED

    marks = (_BOLD, _PLAIN) if sys.stdout.isatty() else ("**", "**")
    for number, hit in enumerate(answer.hits, 1):
        print(f"{number}. {_day(hit)}  {hit.match.site}  {hit.title.marked(*marks)}")
        if hit.snippet.text:
            print(f"   {hit.snippet.marked(*marks)}")
        print(f"   {cell_text(hit.match.url)}")
    shown = f"{len(answer.hits)} of " if len(answer.hits) < answer.total else ""
    more = "more than " if answer.total > MOST_COUNTED else ""
    print(f"({shown}{more}{counted(min(answer.total, MOST_COUNTED), 'hit', 'hits')})")


def _day(hit: Hit) -> str:
    moment = hit.match.appeared_at
    return f"{moment:%Y-%m-%d}" if moment else "undated"


def _limit(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 1000:
        raise argparse.ArgumentTypeError(f"{text} is not from 1 to 1000; --ids gives all")
    return number
