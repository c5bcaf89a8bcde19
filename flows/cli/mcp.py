"""Serve the corpus to an assistant by the Model Context Protocol, over standard input and output.

Tools: search, story, event, why, trackers, timeline, query, schema. All of them only read, queries are bounded, and
text from the press is marked as untrusted. Needs the extra: pip install 'fivegwatch[mcp]'. An assistant starts this
command itself; docs/how-to/assistants.md shows how to set that up.
"""

from __future__ import annotations

import argparse

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.flows.cli.arguments import add_database, database_of

EXAMPLE = """example:
  fivegwatch mcp --home ~/5g"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `mcp` to ``parser``."""
    add_database(parser)


def run(args: argparse.Namespace) -> int:
    """Serve until standard input ends."""
    database = database_of(args)
    try:
        from fivegwatch.desk.assistant.server import make_server
    except ModuleNotFoundError as exc:
        if exc.name != "mcp":
            raise
        raise SettingsError(
            "this needs the protocol's SDK. Install it with: pip install 'fivegwatch[mcp]'",
            key="mcp",
        ) from None
    make_server(database).run("stdio")
    return 0
