"""Why a story was kept or rejected: the evidence marked in the text, the score as a sum, what would change the verdict.

Give an address (as in the feed, or canonical), an id from the `ledger`, or an HTML file, which is judged now by the
watchlist of the working directory.
"""

from __future__ import annotations

import argparse
import re
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from fivegwatch.extractors.errors import ExtractionError, NewsError, SettingsError
from fivegwatch.flows.cli.arguments import add_database, database_of, settings_of
from fivegwatch.flows.printing.lines import json_line

if TYPE_CHECKING:
    from fivegwatch.flows.settings.settings import Settings
    from fivegwatch.storage.read.reports import Verdict

EXAMPLE = """examples:
  fivegwatch explain https://www.example.org/news/5g-ban
  fivegwatch explain page.html --url https://www.example.org/news/5g-ban
  fivegwatch explain URL --html > why.html"""

_SHORT_ID = re.compile(r"[0-9a-f]{6,63}")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `explain` to ``parser``."""
    add_database(parser)
    parser.add_argument(
        "what",
        metavar="URL|ID|FILE",
        help="what to explain; the first six characters of an id are enough",
    )
    parser.add_argument("--url", default="", help="the address of the page in FILE")
    shape = parser.add_mutually_exclusive_group()
    shape.add_argument("--html", action="store_true", help="a page with the evidence in <mark>")
    shape.add_argument("--json", action="store_true", help="everything as one JSON object")


def run(args: argparse.Namespace) -> int:
    """Look up the verdict, or judge the file, and print the explanation."""
    verdict = _judge_file(args) if _is_there(args.what) else _look_up(args)
    if args.json:
        print(json_line(asdict(verdict), default=str))
        return 0
    from fivegwatch.flows.explain.verdict import background_of

    settings = _settings(args)
    if settings:
        background = background_of(verdict, settings.watchlist, settings.database, settings.keep)
    else:
        background = background_of(verdict, None, None)
    if args.html:
        from fivegwatch.flows.explain.as_html import as_html

        print(as_html(verdict, background), end="")
        return 0
    from rich.console import Console

    from fivegwatch.flows.explain.as_text import as_text

    console = Console(highlight=False)
    for line in as_text(verdict, background):
        console.print(line, soft_wrap=not console.is_terminal)
    return 0


def _is_there(what: str) -> bool:
    """Whether ``what`` is the name of an existing file of any kind except a folder."""
    try:
        return Path(what).exists() and not Path(what).is_dir()
    except (OSError, ValueError):  # too long for a name, or not one
        return False


def _look_up(args: argparse.Namespace) -> Verdict:
    from fivegwatch.storage.read.reports import unjudged, verdict_on

    database = database_of(args)
    page_id = _id_of(args.what) or _whole_id(database, args.what)
    verdict = verdict_on(database, args.what, page_id)
    if verdict is not None:
        return verdict
    entry = unjudged(database, args.what, page_id)
    if entry is None:
        raise NewsError(
            f"{args.what}: neither judged nor announced by any feed so far, and no file of that name.",
            kind="unknown",
        )
    when = (
        f", next try after {entry['next_attempt_at']:%Y-%m-%d %H:%M} UTC" if entry["next_attempt_at"] else ""
    )
    tried = f"{entry['attempts']} attempts" + (f" ({entry['trouble']})" if entry["trouble"] else "")
    raise NewsError(
        f"{entry['url']}: announced but not judged: {entry['state']}, {tried}{when}.", kind="unjudged"
    )


def _whole_id(database: Path, start: str) -> str:
    """The id that begins with ``start``; empty if none does.

    Raises: NewsError if several do.
    """
    from fivegwatch.storage.read.reports import ids_from

    ids = ids_from(database, start) if _SHORT_ID.fullmatch(start) else []
    if len(ids) > 1:
        raise NewsError(f"{start}: {len(ids)} ids begin so; give more characters.", kind="ambiguous")
    return ids[0] if ids else ""


def _id_of(address: str) -> str:
    """The id of the page at ``address``, in whatever way the address is written; empty if it is not an address."""
    from fivegwatch.extractors.web.urls import canonical_url, url_id

    try:
        return url_id(canonical_url(address))
    except NewsError:
        return ""


def _judge_file(args: argparse.Namespace) -> Verdict:
    from fivegwatch.flows.cli.extract import bad_address, read_page
    from fivegwatch.flows.explain.verdict import judge_page

    if args.url and (why := bad_address(args.url)):
        raise SettingsError(f"--url: {why}", key="--url")
    settings = _settings(args)
    try:
        page = read_page(args.what, args.url)
        return judge_page(page, settings.watchlist, settings.keep) if settings else judge_page(page, None)
    except ExtractionError as error:
        raise NewsError(
            f"{args.what}: the page has no article ({error.kind}): {error}", kind=error.kind
        ) from error


def _settings(args: argparse.Namespace) -> Settings | None:
    try:
        return settings_of(args)
    except SettingsError:
        return None  # a file can be explained anywhere, by the shipped watchlist
