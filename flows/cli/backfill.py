"""Bring in the press of past years, by the path every story takes.

Each kind of source is a command of its own. What was begun is gone on with when the same command is given again, or
by `backfill resume`; what is done is left alone, unless its file has changed. The runs of the day may go on beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.flows.cli.arguments import add_database, given, settings_of
from fivegwatch.flows.settings.settings import Settings, parse_address

if TYPE_CHECKING:
    from fivegwatch.flows.runs.backfill.request import Request

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
    """The commands of `backfill`."""
    commands = parser.add_subparsers(dest="source", metavar="SOURCE", required=True)

    def command(name: str, summary: str) -> argparse.ArgumentParser:
        # Each command shows its own of the examples above.
        own = [line for line in EXAMPLE.splitlines() if line.startswith(f"  fivegwatch backfill {name}")]
        sub = commands.add_parser(
            name,
            help=summary,
            description=summary[0].upper() + summary[1:] + ".",
            epilog="\n".join(["example:" if len(own) == 1 else "examples:", *own]),
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        add_database(sub)
        sub.add_argument("--json", action="store_true", help="print the account as JSON, and no progress")
        return sub

    _add_warc(command("warc", "read WARC files: your own, anyone's, or the public news crawl"))
    sitemap = command("sitemap", "list a site's articles by its sitemaps, then ask for them")
    sitemap.add_argument(
        "sites", nargs="+", metavar="URL", type=given, help="a site (its robots.txt is asked) or a sitemap"
    )
    _add_days(sitemap, "by the date a sitemap gives; an address without one is taken")
    sitemap.add_argument("--contains", type=given, metavar="TEXT", help="only addresses that contain this")
    sitemap.add_argument("--regex", type=given, metavar="REGEX", help="only addresses in which this is found")
    wordpress = command("wordpress", "list a WordPress site's articles by its REST interface or paged feeds")
    wordpress.add_argument(
        "sites",
        nargs="+",
        metavar="URL",
        type=given,
        help="a site, its posts interface (/wp-json/...) or its feed",
    )
    _add_days(wordpress, "by the date of publication")
    wordpress.add_argument("--search", type=given, metavar="WORDS", help="let the site look for these words")
    wayback = command("wayback", "captures of pages, sites or feeds in the Wayback Machine")
    wayback.add_argument("pages", nargs="*", metavar="URL", type=given, help="pages, or sites with --match")
    wayback.add_argument(
        "--feed", action="append", default=[], metavar="URL", type=given, help="rebuild this feed's history"
    )
    wayback.add_argument("--match", choices=("exact", "prefix", "domain"), default="exact",
                         help="what URL stands for (default: exact)")  # fmt: skip
    wayback.add_argument("--every", choices=("capture", "hour", "day"), default="day",
                         help="captures of a feed to read (default: one a day)")  # fmt: skip
    _add_days(wayback, "by the time of capture", required=True)
    gdelt = command("gdelt", "find addresses in GDELT: its files (sifted by the watchlist), or its search")
    gdelt.add_argument("--query", action="append", default=[], metavar="WORDS", type=given,
                       help="ask the search (recent months) instead of reading the files")  # fmt: skip
    gdelt.add_argument("--no-translated", action="store_true", help="only the files of English texts")
    _add_days(gdelt, "by the time GDELT saw a page", required=True)
    urls = command("urls", "ask for the pages of a list of addresses")
    urls.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        type=given,
        help="one address a line, a table, or - for standard input",
    )
    urls.add_argument(
        "--column", type=given, metavar="NAME", help="the column (CSV, TSV) or key (JSON lines)"
    )
    resume = command("resume", "go on with whatever was begun")
    resume.add_argument("--only", choices=("warc", "wayback", "sitemap", "wordpress", "gdelt", "urls"),
                        help="of this kind of source alone")  # fmt: skip
    _add_max_disk(resume)
    for name, sub in commands.choices.items():
        _add_running(sub, lists=name not in {"warc"})
    status = command("status", "units done, pending and failed, with rates and reasons")
    status.add_argument("--failed", action="store_true", help="every failed unit with its reason")


def _add_warc(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files", nargs="*", metavar="FILE", type=given, help="files, folders, patterns, http(s):// or s3://"
    )
    parser.add_argument(
        "--news-crawl", action="store_true", help="the public news crawl (CC-NEWS), by --since and --until"
    )
    _add_days(parser, "with --news-crawl, by the time of capture")
    parser.add_argument(
        "--workers", type=_workers, metavar="N", help="processes that read (default: the settings')"
    )
    parser.add_argument(
        "--scheduler", type=given, metavar="ADDRESS", help="let the workers of a Dask cluster read"
    )
    parser.add_argument("--spool", type=given, metavar="ADDRESS",
                        help="where they deliver: s3://bucket/prefix, or file:/// on a shared disk")  # fmt: skip
    _add_max_disk(parser)


def _add_max_disk(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--max-disk", type=_bytes, default=20_000_000_000, metavar="SIZE",
                        help="what downloads may take of the disk at a time (default: 20G)")  # fmt: skip


def _add_days(parser: argparse.ArgumentParser, measure: str, *, required: bool = False) -> None:
    first = f"first day, UTC ({measure})"
    parser.add_argument("--since", type=_day, required=required, metavar="YYYY-MM-DD", help=first)
    parser.add_argument(
        "--until", type=_day, required=required, metavar="YYYY-MM-DD", help="last day, included"
    )


def _add_running(parser: argparse.ArgumentParser, *, lists: bool) -> None:
    parser.add_argument("--dry-run", action="store_true", help="say what to expect, and write nothing")
    parser.add_argument(
        "--retry-failed", action="store_true", help="try failed units again, whatever they failed of"
    )
    parser.add_argument(
        "--max-hours", type=_hours, metavar="H", help="begin nothing new after so long; `resume` goes on"
    )
    parser.add_argument("--quiet", action="store_true", help="no progress, just the account")
    parser.add_argument(
        "--allow-address", metavar="HOST:PORT", action="append", default=[],
        help="a private or loopback address of your own that may be contacted (repeatable)",
    )  # fmt: skip
    if lists:
        parser.add_argument(
            "--list-only", action="store_true", help="list addresses; ask for pages another time"
        )


def _day(text: str) -> date:
    try:
        # Python reads weeks and days without dashes as well; the docs name one way.
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


def _bytes(text: str) -> int:
    factors = {"K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}
    number, factor = (text[:-1], factors[text[-1].upper()]) if text[-1:].upper() in factors else (text, 1)
    try:
        size = round(float(number) * factor)
    except (ValueError, OverflowError):
        size = 0
    if size <= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no size; write it as 500M or 20G")
    return size


def run(args: argparse.Namespace) -> int:
    """Run it and print the account."""
    if args.source == "status":
        from fivegwatch.flows.cli.backfill_status import show_status

        return show_status(args)
    settings = _settings(args)
    request = _REQUESTS[args.source](args, settings)
    return _estimated(args, settings, request) if args.dry_run else _backfilled(args, settings, request)


def _settings(args: argparse.Namespace) -> Settings:
    settings = settings_of(args)
    allow = settings.allow | {parse_address(item) for item in args.allow_address}
    workers = getattr(args, "workers", None) or settings.workers
    return replace(settings, allow=allow, workers=workers)


def _backfilled(args: argparse.Namespace, settings: Settings, request: Request) -> int:
    from fivegwatch.flows.cli.backfill_status import next_steps, print_account
    from fivegwatch.flows.printing.progress import Bars, Lines, Silent
    from fivegwatch.flows.runs.backfill.changes import as_rows
    from fivegwatch.flows.runs.backfill.run import RunOptions, run_backfill
    from fivegwatch.storage.disk.layout import Layout
    from fivegwatch.storage.disk.locks import backfill_lock

    options = RunOptions(
        max_s=args.max_hours * 3600 if args.max_hours else float("inf"),
        retry_failed=args.retry_failed,
        list_only=getattr(args, "list_only", False),
        scheduler=getattr(args, "scheduler", None) or "",
        spool=getattr(args, "spool", None) or "",
        max_disk=getattr(args, "max_disk", 20_000_000_000),
    )
    report = Silent() if args.json or args.quiet else Bars() if sys.stderr.isatty() else Lines()
    with (
        backfill_lock(Layout.for_database(settings.database)),
        report if isinstance(report, Bars) else nullcontext(),
    ):
        flow = f"backfill {args.source} (by hand)"
        try:
            desk = asyncio.run(run_backfill(settings, report, request, flow=flow, options=options))
        except KeyboardInterrupt:
            print("to go on: fivegwatch backfill resume", file=sys.stderr)
            raise
    account = desk.account
    if args.json:
        told = {
            "summary": account.sentence(),
            "database": str(settings.database),
            **account.flat(),
            "changed": as_rows(account.changed),
            "failed": as_rows(account.problems),
        }
        print(json.dumps(told, ensure_ascii=False))
    else:
        print_account(account)
        print(account.sentence())
        print("\n".join([*next_steps(account), f"corpus: {settings.database}"]))
    return int(account.units_failed > 0 and not account.units_done and not account.units_known)


def _estimated(args: argparse.Namespace, settings: Settings, request: Request) -> int:
    from fivegwatch.flows.printing.progress import Lines, Silent
    from fivegwatch.flows.runs.backfill.dry_run import dry_run
    from fivegwatch.flows.runs.backfill.estimate import as_lines

    report = Silent() if args.json or args.quiet else Lines()
    estimate = asyncio.run(dry_run(settings, request, report, retry_failed=args.retry_failed))
    if args.json:
        print(json.dumps(estimate.values()))
    else:
        print("\n".join(as_lines(estimate, settings)))
    return int(estimate.is_hopeless)


def _warc(args: argparse.Namespace, settings: Settings) -> Request:
    from fivegwatch.flows.runs.backfill.request import NewsCrawl, WarcFiles

    del settings
    if args.news_crawl:
        if args.files or not (args.since and args.until):
            raise SettingsError(
                "--news-crawl takes --since and --until, and no files: backfill warc --news-crawl "
                "--since 2023-10-01 --until 2023-10-31",
                key="news-crawl",
            )
        return NewsCrawl(since=args.since, until=args.until)
    if args.since or args.until:
        raise SettingsError("--since and --until belong to --news-crawl; files are read whole.", key="since")
    if not args.files:
        raise SettingsError("name WARC files or folders, or give --news-crawl.", key="files")
    if bool(args.scheduler) != bool(args.spool):
        raise SettingsError(
            "--scheduler and --spool belong together: who reads, and where they deliver.", key="spool"
        )
    return WarcFiles(places=tuple(args.files))


def _sitemap(args: argparse.Namespace, settings: Settings) -> Request:
    from fivegwatch.flows.runs.backfill.request import Sitemaps

    del settings
    return Sitemaps(
        sites=tuple(args.sites),
        since=args.since,
        until=args.until,
        contains=args.contains or "",
        regex=args.regex or "",
    )


def _wordpress(args: argparse.Namespace, settings: Settings) -> Request:
    from fivegwatch.flows.runs.backfill.request import WordPress

    del settings
    return WordPress(sites=tuple(args.sites), since=args.since, until=args.until, search=args.search or "")


def _wayback(args: argparse.Namespace, settings: Settings) -> Request:
    from fivegwatch.flows.runs.backfill.request import Wayback

    del settings
    return Wayback(
        since=args.since, until=args.until, pages=tuple(args.pages), feeds=tuple(args.feed),
        match=args.match, every=args.every,
    )  # fmt: skip


def _gdelt(args: argparse.Namespace, settings: Settings) -> Request:
    from fivegwatch.flows.runs.backfill.request import Gdelt

    del settings
    return Gdelt(
        since=args.since, until=args.until, queries=tuple(args.query), translated=not args.no_translated
    )


def _urls(args: argparse.Namespace, settings: Settings) -> Request:
    from fivegwatch.flows.runs.backfill.request import UrlLists

    del settings
    return UrlLists(files=tuple(args.files), column=args.column or "")


def _resume(args: argparse.Namespace, settings: Settings) -> Request:
    from fivegwatch.flows.runs.backfill.request import Resume

    del settings
    return Resume(source="url-list" if args.only == "urls" else args.only)


_REQUESTS: dict[str, Callable[[argparse.Namespace, Settings], Any]] = {
    "warc": _warc, "sitemap": _sitemap, "wordpress": _wordpress, "wayback": _wayback, "gdelt": _gdelt,
    "urls": _urls, "resume": _resume,
}  # fmt: skip
