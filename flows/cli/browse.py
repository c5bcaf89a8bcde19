"""Look at the corpus in a browser: news, events, trackers, search, near misses, feeds.

The pages are made from the published corpus on this machine and served on loopback only; they need no network. A new
version of the corpus is shown as soon as it is published. Ctrl-C ends it.
"""

from __future__ import annotations

import argparse
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from fivegwatch.extractors.errors import CorpusBusyError
from fivegwatch.flows.cli.arguments import add_database, database_of

if TYPE_CHECKING:
    from fivegwatch.desk.web.correcting import Change

EXAMPLE = """examples:
  fivegwatch browse
  fivegwatch browse --port 8600 --no-open"""
PORT = 5580


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `browse` to ``parser``."""
    add_database(parser)
    parser.add_argument(
        "--port",
        type=_port,
        default=PORT,
        metavar="N",
        help=f"port on loopback (default: {PORT}; 0: any free one)",
    )
    parser.add_argument("--no-open", action="store_true", help="do not open a browser")


def run(args: argparse.Namespace) -> int:
    """Serve the pages until Ctrl-C."""
    from fivegwatch.desk.web.serve import ADDRESS, listen, serve

    database = database_of(args)
    with listen(args.port) as listener:
        address = f"http://{ADDRESS}:{listener.getsockname()[1]}/"
        print(f"{address}  (Ctrl-C ends it)", flush=True)
        if not args.no_open:
            _open_browser(address)
        with suppress(KeyboardInterrupt):  # Ctrl-C is how it ends
            serve(database, listener, lambda change: _record(database, change))
    return 0


def _record(database: Path, change: Change) -> None:
    """Record a correction that was made on a page, as the command `correct` does."""
    from fivegwatch.flows.cli.correct import record

    try:
        record(database, change.story_id, [(change.field, change.action, change.value)], reason=change.reason)
    except CorpusBusyError as exc:
        # It waits in the spool, from which the next load takes it.
        text = "the correction is recorded; it will show once the run that loads the corpus now has ended."
        raise CorpusBusyError(text, path=str(database)) from exc


def _open_browser(address: str) -> None:
    import threading
    import webbrowser

    # The socket listens already, so a browser that is quicker than the server waits.
    threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port: 0 to 65535")
    return int(text)
