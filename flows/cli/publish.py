"""Write the pages of `browse` to a folder: a site that any web server serves and that opens from a USB stick.

Publishing to the same folder again writes only pages whose stories changed, and removes pages whose stories are gone.
Of the press's texts only excerpts are published. Search works in the reader's browser. Each topic, country and tracker
has feeds. Feed readers need whole addresses, so --url says where the folder will be served from.
"""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from fivegwatch.flows.cli.arguments import add_database, database_of, given
from fivegwatch.flows.printing.lines import counted

EXAMPLE = """examples:
  fivegwatch publish site
  fivegwatch publish /var/www/5g --url https://news.example.org/5g/ --search typhoon '"salt typhoon"'"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `publish` to ``parser``."""
    add_database(parser)
    parser.add_argument("directory", metavar="DIR", type=given, help="the folder, made if it is missing")
    parser.add_argument("--url", type=base_url, help="address that the folder will be served at")
    parser.add_argument(
        "--search",
        action="append",
        nargs=2,
        default=[],
        metavar=("NAME", "QUERY"),
        help="make a feed of what this search finds",
    )
    parser.add_argument("--json", action="store_true", help="print what was done as JSON")


def base_url(text: str) -> str:
    """The address in ``text`` with a slash at its end. Raises: ArgumentTypeError if it is no web address."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise argparse.ArgumentTypeError(f"{text} is no web address, such as https://news.example.org/5g/")
    return text.rstrip("/") + "/"


def run(args: argparse.Namespace) -> int:
    """Publish the site, and print what was written."""
    import json
    from dataclasses import asdict

    from fivegwatch.desk.site.freeze import checked_searches, publish_site

    folder = Path(args.directory)
    done = publish_site(
        database_of(args),
        folder,
        now=datetime.now(UTC),
        base_url=args.url or "",
        searches=checked_searches(dict(args.search)),
    )
    if args.json:
        print(json.dumps(asdict(done)))
        return 0
    print(
        f"{counted(done.written, 'file', 'files')} written, {done.unchanged:,} unchanged, {done.removed:,} removed:"
        f" {counted(done.stories, 'story', 'stories')}, {counted(done.events, 'event', 'events')}."
    )
    print(f"Open {folder / 'index.html'}")
    return 0
