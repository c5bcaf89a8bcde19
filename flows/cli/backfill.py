"""Add the press of past years to the corpus; its pages are judged like those of today.

Each kind of source has a command of its own. To resume a backfill, give the same command again, or `backfill resume`.
Finished units (files, sitemaps, ...) are skipped unless their file has changed. Scheduled runs may continue meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
from dataclasses import replace
from datetime import date
from typing import Any, Literal, TypeVar, get_args, get_origin

from fivegwatch.flows.cli.arguments import (
    add_allowed,
    add_clock,
    add_database,
    add_new,
    add_quiet,
    given,
    settings_of,
)
from fivegwatch.flows.runs.backfill.forms import Parameter, Parameters, parameters_of
from fivegwatch.flows.runs.backfill.options import RunOptions
from fivegwatch.flows.runs.backfill.sources import REQUESTS, Request
from fivegwatch.flows.settings.settings import Settings

P = TypeVar("P", bound=Parameters)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
EXAMPLE = """examples:
  fivegwatch backfill warc ~/archives/2023-*.warc.gz --dry-run
  fivegwatch backfill warc --news-crawl --since 2023-10-01 --until 2023-10-31
  fivegwatch backfill sitemap https://outlet.example/ --since 2019-01-01
  fivegwatch backfill wordpress https://trade-press.example/ --search 5G
  fivegwatch backfill wayback --feed https://outlet.example/rss --since 2016-01-01 --until 2020-12-31
  fivegwatch backfill gdelt --since 2020-01-01 --until 2020-01-07
  fivegwatch backfill urls addresses.csv --column link
  fivegwatch backfill resume
  fivegwatch backfill status"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the commands of `backfill` to ``parser``: `status`, and one for each kind of request, made from its
    parameters.
    """
    commands = parser.add_subparsers(dest="source", metavar="SOURCE", required=True)

    def command(name: str, summary: str) -> argparse.ArgumentParser:
        # Each command shows those of the examples above that use it.
        own = [line for line in EXAMPLE.splitlines() if line.startswith(f"  fivegwatch backfill {name}")]
        sub = commands.add_parser(
            name,
            help=summary,
            description=summary[0].upper() + summary[1:] + ".",
            epilog="\n".join(["example:" if len(own) == 1 else "examples:", *own]),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        add_database(sub)
        sub.add_argument("--json", action="store_true", help="print the result as JSON, and no progress")
        return sub

    for kind in REQUESTS:
        sub = command(kind.command, kind.summary)
        for item in (*parameters_of(kind), *kind.run_options()):
            _add_parameter(sub, item)
        if kind.source == "warc":
            sub.add_argument(
                "--workers",
                type=_workers,
                metavar="N",
                help="processes that read (default: from the settings)",
            )
        add_new(sub)
        add_clock(sub)
        sub.add_argument("--dry-run", action="store_true", help="say what to expect, and write nothing")
        add_quiet(sub, "the account")
        add_allowed(sub)
    status = command("status", "units done, pending and failed, with rates and reasons")
    status.add_argument("--failed", action="store_true", help="list every failed unit with its reason")


def _add_parameter(parser: argparse.ArgumentParser, item: Parameter) -> None:
    """Add the argument for one parameter of a request; the parameter's type decides how the value is read."""
    about, types = item.about, get_args(item.type) or (item.type,)
    default = None if item.is_required else item.default
    how: dict[str, Any] = {"help": about.help, "default": argparse.SUPPRESS}
    if about.positional:
        many = "+" if item.is_required else "*"
        parser.add_argument(item.name, nargs=many, metavar=about.metavar, type=given, **how)
        return
    if get_origin(item.type) is tuple:
        how |= {"action": "append", "metavar": about.metavar, "type": given}
    elif get_origin(item.type) is Literal:
        how |= {"choices": [value for value in types if value]}
        how["help"] += f" (default: {default})" if default else ""
    elif bool in types and default:
        how["action"] = argparse.BooleanOptionalAction  # --name and --no-name
    elif bool in types:
        how |= {"action": "store_true", "default": False}
    elif date in types:
        how |= {"type": _day, "metavar": "YYYY-MM-DD", "required": item.is_required}
    else:
        how |= {"type": _READ.get(about.metavar, given), "metavar": about.metavar}
        how["help"] += f" (default: {default:g}G)" if about.metavar == "SIZE" else ""
    parser.add_argument(item.flag, dest=item.name, **how)


def given_for(kind: type[P], args: argparse.Namespace) -> P:
    """A request of class ``kind``, with the values given on the command line; other parameters keep their defaults."""
    values = {item.name: getattr(args, item.name) for item in parameters_of(kind) if hasattr(args, item.name)}
    return kind(**{name: tuple(v) if isinstance(v, list) else v for name, v in values.items()})


def _day(text: str) -> date:
    try:
        # Python would also accept week dates and days without dashes; only the documented form is valid.
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2023-10-31") from None


def _workers(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of processes; write 1 or more")
    return int(text)


def _hours(text: str) -> float:
    try:
        hours = float(text)
    except ValueError:
        hours = 0.0
    if not 0 < hours < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of hours; write it as 8 or 0.5")
    return hours


def _gigabytes(text: str) -> float:
    factors = {"K": 1e-6, "M": 1e-3, "G": 1.0, "T": 1e3}
    number, factor = (text[:-1], factors[text[-1].upper()]) if text[-1:].upper() in factors else (text, 1e-9)
    try:
        size = float(number) * factor
    except ValueError:
        size = 0.0
    if not 1e-9 <= size < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no size; write it as 500M or 20G")
    return size


_READ = {"H": _hours, "SIZE": _gigabytes}
"""The functions that read values, by the metavar of the argument; all other values are text."""


def run(args: argparse.Namespace) -> int:
    """Run the backfill and print its result; returns the exit code."""
    if args.source == "status":
        from fivegwatch.flows.cli.backfill_status import show_status

        return show_status(args)
    request = given_for(next(kind for kind in REQUESTS if kind.command == args.source), args)
    options = given_for(RunOptions, args)
    settings = settings_of(args)
    settings = replace(settings, workers=getattr(args, "workers", None) or settings.workers)
    work = _estimated if args.dry_run else _backfilled
    return work(args, settings, request, options)


def _backfilled(args: argparse.Namespace, settings: Settings, request: Request, options: RunOptions) -> int:
    from fivegwatch.flows.cli.backfill_status import next_steps, print_account
    from fivegwatch.flows.printing.progress import progress
    from fivegwatch.flows.runs.backfill.changes import as_rows
    from fivegwatch.flows.runs.backfill.run import run_backfill
    from fivegwatch.storage.disk.layout import Layout
    from fivegwatch.storage.disk.locks import backfill_lock

    with (
        backfill_lock(Layout.for_database(settings.database), new=args.new),
        progress(silent=args.json or args.quiet) as report,
    ):
        flow = f"backfill {args.source} (by hand)"
        try:
            account = asyncio.run(run_backfill(settings, report, request, flow=flow, options=options))
        except KeyboardInterrupt:
            print("to resume: fivegwatch backfill resume", file=sys.stderr)
            raise
    if args.json:
        values = {
            "summary": account.sentence(),
            "database": str(settings.database),
            **account.flat(),
            "changed": as_rows(account.changed),
            "failed": as_rows(account.problems),
        }
        print(json.dumps(values, ensure_ascii=False))
    else:
        print_account(account)
        print(account.sentence())
        print("\n".join([*next_steps(account), f"corpus: {settings.database}"]))
    return int(account.has_failed())


def _estimated(args: argparse.Namespace, settings: Settings, request: Request, options: RunOptions) -> int:
    from fivegwatch.flows.printing.progress import Lines, Silent
    from fivegwatch.flows.runs.backfill.dry_run import dry_run
    from fivegwatch.flows.runs.backfill.estimate import as_lines

    report = Silent() if args.json or args.quiet else Lines()
    estimate = asyncio.run(dry_run(settings, request, report, options))
    if args.json:
        print(json.dumps(estimate.as_dict()))
    else:
        print("\n".join(as_lines(estimate, settings)))
    return int(estimate.is_hopeless)
