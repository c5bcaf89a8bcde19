"""Make a working directory of your own: settings, an editable watchlist, Prefect deployments, an empty corpus.

Existing files are left as they are, so `init` also repairs a directory that lacks a file. Single files that you removed
from the watchlist stay removed; `watchlist/.shipped` has them.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.flows.settings.settings import FILE_NAME, load_settings
from fivegwatch.flows.working_directory import make_directory

EXAMPLE = """example:
  fivegwatch init ~/5g --contact newsdesk@example.org
  fivegwatch init ~/cables --watchlist cables"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `init` to ``parser``."""
    parser.add_argument(
        "directory", nargs="?", default=".", help="the directory to make (default: the current one)"
    )
    parser.add_argument(
        "--watchlist", default="", metavar="NAME",
        help="which of the shipped watchlists to begin with: 5g or cables (default: the directory's own, else 5g)",
    )  # fmt: skip
    parser.add_argument("--contact", default="", help="an address for publishers, sent in the User-Agent")


def run(args: argparse.Namespace) -> int:
    """Make all parts of the working directory that do not exist yet."""
    folder = Path(args.directory).expanduser().resolve()
    if any(character in args.contact for character in '"\\') or not args.contact.isprintable():
        raise SettingsError("--contact: write one printable line without quotes", key="contact")
    for line in make_directory(folder, args.contact, args.watchlist):
        print(line)
    if not load_settings({}, folder).contact:
        print(f"Next: write your address into {folder / FILE_NAME} (contact), then: fivegwatch ingest")
    else:
        print("Next: fivegwatch ingest, or fivegwatch serve")
    return 0
