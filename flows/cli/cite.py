"""Print citations of stories with links to archived copies, for a bibliography."""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.flows.cli.arguments import add_database, database_of, given

EXAMPLE = """examples:
  fivegwatch cite https://example.com/story
  fivegwatch cite --search 'huawei country:DE after:2026' > refs.bib
  fivegwatch cite --format csl --search 'topic:T01 after:30d' > refs.json"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `cite` to ``parser``."""
    add_database(parser)
    parser.add_argument("story", nargs="*", type=given, help="address or id of a page")
    parser.add_argument(
        "--search", metavar="WORDS", type=given, help="all stories that `fivegwatch search` finds"
    )
    parser.add_argument(
        "--format", choices=("bibtex", "csl"), default="bibtex", help="format (default: bibtex)"
    )


def run(args: argparse.Namespace) -> int:
    """Print the citations."""
    from fivegwatch.storage.export.citations import bibtex, citations, csl_json
    from fivegwatch.storage.search.search import search_ids

    if bool(args.story) == bool(args.search):
        raise SettingsError("name stories by address or id, or give --search WORDS.", key="story")
    database = database_of(args)
    wanted = args.story or search_ids(database, args.search, now=datetime.now(UTC))
    sys.stdout.write((bibtex if args.format == "bibtex" else csl_json)(citations(database, wanted)))
    return 0
