"""``fivegwatch``: runs the command, and turns expected errors into one line and an exit code.

``EXIT_CODES`` says what each code means. Nothing that is slow to import is imported before the command is known.
"""

from __future__ import annotations

import argparse
import logging
import os
import re
import sys
from collections.abc import Sequence
from importlib import import_module

from fivegwatch.extractors.errors import (
    CorpusBusyError,
    NewsError,
    SettingsError,
    WatchlistError,
    is_interrupt,
)
from fivegwatch.flows.printing.console import console_of
from fivegwatch.flows.printing.lines import printable
from fivegwatch.sources.http.user_agent import version

COMMANDS = {
    "init": "create a working directory with settings and watchlist",
    "ingest": "poll the feeds and judge the new pages, once, now",
    "backfill": "add the press of past years: archives, sitemaps, captures, lists",
    "serve": "run all schedules in one process",
    "maintain": "do the daily upkeep: what `serve` does every night",
    "backup": "copy corpus, settings and watchlist, while runs go on",
    "restore": "put a backup back",
    "search": "search headlines and texts, best hits first",
    "browse": "look at the corpus in a browser",
    "mcp": "serve the corpus to an assistant (Model Context Protocol)",
    "doctor": "look for what is wrong, with remedies; repair what can be",
    "sql": "query the corpus, read-only",
    "alerts": "try the channels, show or deliver the alerts",
    "publish": "write the pages of `browse` to a folder: a site for any web server or a USB stick",
    "brief": "write the brief of a week: HTML for mail, Markdown or Word",
    "export": "write the corpus to Parquet, CSV or JSON lines, by month",
    "release": "make a monthly release that others can cite",
    "cite": "print citations with links to archived copies",
    "status": "show the last runs, the corpus and the feeds",
    "explain": "show why a story was kept or rejected, with the evidence",
    "judge": "judge texts: JSON lines in, JSON lines out",
    "extract": "extract articles: HTML files in, JSON lines out",
    "coverage": "measure what an independent index of the press had that we have not",
    "feeds": "list or check the feeds of the watchlist",
    "correct": "correct topics, countries, event or verdict of a story; corrections stay",
    "refilter": "judge everything stored again after a change of rules, without the network",
    "watchlist": "check the rules, try a term before adding it, find terms worth adding",
    "completion": "print a script that completes commands and options with the Tab key",
    "demo": "run the whole pipeline on a bundled newsroom, offline",
}
INTERRUPTED = 130
EXIT_CODES = {
    0: "done",
    1: "the job failed, or a check found something",
    2: "wrong usage, settings or clock, or no corpus there; nothing was done",
    3: "the corpus is busy: another process holds it; try again",
    INTERRUPTED: "interrupted; what was finished is kept",
}

NOT_THERE = frozenset({"no_corpus", "missing"})
"""Kinds of errors about a path that leads to no corpus: the argument or setting that names the path is wrong."""


class _Version(argparse.Action):
    """Prints the version, which is looked up only for ``--version``: looking it up takes longer than the rest of the
    start.
    """

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        print(f"fivegwatch {version()}")
        parser.exit()


def build_parser(only: str = "") -> argparse.ArgumentParser:
    """The parser of all commands, or only of the command ``only``, because importing the others takes a third of the
    start.
    """
    parser = argparse.ArgumentParser(
        prog="fivegwatch",
        description="Watches the world's press for 5G security, keeps every story once, and says why.",
        epilog="Each command has its own --help with an example. Exit codes: "
        + "; ".join(f"{code} {meaning.partition(';')[0]}" for code, meaning in EXIT_CODES.items())
        + ".",
    )
    parser.add_argument("-V", "--version", action=_Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items() if only not in COMMANDS else [(only, COMMANDS[only])]:
        module = import_module(f"fivegwatch.flows.cli.{name}")
        sub = commands.add_parser(
            name,
            help=summary,
            description=module.__doc__,
            epilog=module.EXAMPLE,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.add_arguments(sub)
        sub.set_defaults(run=module.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command in ``argv`` (default: the arguments of the process); returns its exit code."""
    command = ""
    code = 0
    args = argparse.Namespace()
    try:
        given = sys.argv[1:] if argv is None else argv
        if given[:1] == ["search"]:
            # A blank in front, or argparse would take the excluded word of `search huawei -handset` for an option.
            given = [f" {word}" if re.match(r"-[^-\s]\S", word) else word for word in given]
        args = build_parser(*given[:1]).parse_args(given)
        command = args.command
        console_of(logging.getLogger("fivegwatch"), verbose=getattr(args, "verbose", False))
        code = int(args.run(args))
        if not sys.stdout.closed:  # `mcp` closes it when the assistant has gone
            sys.stdout.flush()
    except NewsError as error:
        return _report(error, command)
    except BrokenPipeError:  # the reader of our pipe has closed it, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        # The code stays that of what the command saw: `status | head -1` in a monitor must not say that all is well.
        return int(code or getattr(args, "code", 0))
    except (KeyboardInterrupt, Exception) as error:
        if not is_interrupt(error):
            raise
        print(f"{f'fivegwatch {command}'.strip()}: interrupted; what was finished is kept.", file=sys.stderr)
        return INTERRUPTED
    return code


def _report(error: NewsError, command: str) -> int:
    print(printable(f"fivegwatch {command}: {error}"), file=sys.stderr)
    return exit_code_of(error)


def exit_code_of(error: NewsError) -> int:
    """The exit code of a command that ``error`` ended; `EXIT_CODES` says what it means."""
    if isinstance(error, CorpusBusyError):
        return 3
    return 2 if isinstance(error, SettingsError | WatchlistError) or error.kind in NOT_THERE else 1
