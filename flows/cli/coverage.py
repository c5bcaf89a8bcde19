"""Measure how complete the corpus is: which stories an independent index of the press has that we lack, and why.

The index is either GDELT's files, whose titles and names are compared with the watchlist, or files of the news crawl
(CC-NEWS), whose pages are judged. Of addresses that were never read, a sample is fetched and judged, without entering
the corpus, to see how many are stories. The result is recorded: see the views completeness and missed_stories, and
`status`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.flows.cli.arguments import add_database, add_quiet, database_of, settings_of

if TYPE_CHECKING:
    from fivegwatch.flows.runs.coverage.candidates import Asked
    from fivegwatch.flows.runs.coverage.measure import Measured
    from fivegwatch.flows.settings.settings import Settings

EXAMPLE = """examples:
  fivegwatch coverage --month 2026-10
  fivegwatch coverage --month 2026-10 --every 60 --sample 300
  fivegwatch coverage --month 2026-10 --source news-crawl --files 5
  fivegwatch sql "select why, site, title from missed_stories where is_story" """.rstrip()
LISTED, OUTLETS = 15, 10
REASONS = {
    "not_watched": "outlet not watched",
    "not_announced": "outlet watched, not announced by its feeds",
    "not_fetched": "announced, page not read",
    "rejected": "read and rejected",
}
"""The meaning of each reason, in the order of printing."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `coverage` to ``parser``."""
    parser.add_argument(
        "--month", metavar="YYYY-MM", type=_month, required=True, help="the month to compare (UTC)"
    )
    parser.add_argument("--source", choices=("gdelt", "news-crawl"), default="gdelt",
                        help="the index to compare with (default: %(default)s)")  # fmt: skip
    parser.add_argument("--every", metavar="MINUTES", type=_quarters, default=360,
                        help="GDELT: minutes between files, 15 for all (default: %(default)s)")  # fmt: skip
    parser.add_argument("--files", metavar="N", type=_number, default=3,
                        help="news crawl: files to read, 1 GB each (default: %(default)s)")  # fmt: skip
    parser.add_argument("--sample", metavar="N", type=_number, default=100,
                        help="unread pages to fetch and judge; 0 for none (default: %(default)s)")  # fmt: skip
    parser.add_argument("--dry-run", action="store_true", help="print the result, and record nothing")
    parser.add_argument("--replace", action="store_true",
                        help="replace the recorded result, even if it rests on more files or pages")  # fmt: skip
    add_database(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object, with whole lists")
    add_quiet(parser, "the result")


def run(args: argparse.Namespace) -> int:
    """Measure, record and print the completeness; returns the exit code."""
    from fivegwatch.flows.printing.progress import progress
    from fivegwatch.flows.runs.coverage.measure import better_before, measure, records_of
    from fivegwatch.storage.disk.layout import Layout
    from fivegwatch.storage.load.loader import run_loader
    from fivegwatch.storage.spool.batches import put_records

    settings = replace(settings_of(args), database=database_of(args))
    layout = Layout.for_database(settings.database)
    with progress(silent=args.json or args.quiet) as report:
        aside = None if args.dry_run else layout.root
        measured = asyncio.run(measure(settings, _asked(args), report, aside=aside))
    better = "" if args.dry_run or args.replace else better_before(measured, settings.database)
    if not args.dry_run and not better:
        put_records(layout, *records_of(measured))
        run_loader(settings.database, bounds=settings.loader)
    if args.json:
        print(json.dumps(_as_dict(measured), ensure_ascii=False, default=str))
    else:
        _print(measured, settings)
    if better:
        raise SettingsError(f"not recorded: {better}", key="sample")
    return 0


def _asked(args: argparse.Namespace) -> Asked:
    from fivegwatch.flows.runs.coverage.candidates import Asked

    since: date = args.month
    until = (since + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return Asked(
        source=args.source,
        since=since,
        until=until,
        every_min=args.every,
        files=args.files,
        sample=args.sample,
    )


def _print(measured: Measured, settings: Settings) -> None:
    from fivegwatch.flows.printing.lines import counted, print_block, print_heading

    asked, counts, index = measured.asked, measured.counts, measured.index
    print(f"{asked.source}, {asked.since} to {asked.until}: {index.read:,} of {index.files:,} files read")
    print(
        f"{counted(counts.candidates, 'address', 'addresses')} that the watchlist may want; held: {counts.held:,}"
    )
    for name, words in REASONS.items():
        print(f"  {words}: {getattr(counts, name):,}")
    if counts.sampled:
        unread = f", {counts.sampled_unread:,} could not be read" if counts.sampled_unread else ""
        print(
            f"sample of the {counts.missed:,} never read: {counts.sampled_kept:,} of {counts.sampled:,} are stories"
            f"{unread}"
        )
    print(sentence(asked.source, counts.share()))
    stories = [one for one in measured.missed if one.is_story]
    print_heading("missed stories", stories, LISTED, "--json, or the view missed_stories, has all")
    for one in stories[:LISTED]:
        print_block(f"{one.candidate.title or one.candidate.url}  {one.candidate.url}", one.standing.detail)
    missing = Counter(one.candidate.site for one in measured.missed if one.standing.status == "not_watched")
    if missing:
        outlets = ", ".join(f"{site} ({number:,})" for site, number in missing.most_common(OUTLETS))
        print(
            f"\noutlets not watched, by addresses: {outlets}\nto watch one: fivegwatch feeds add https://SITE/"
        )
    if asked.source == "gdelt" and counts.missed:
        print(
            f"to add what is missing: fivegwatch backfill gdelt --since {asked.since} --until {asked.until}"
        )
    print(f"corpus: {settings.database}")


def sentence(source: str, share: tuple[float | None, float, float]) -> str:
    """One line on the share of the index's stories that the corpus has."""
    estimate, low, high = share
    of = f"of the stories in {source} that the rules keep are in the corpus"
    bounds = f"{100 * low:.0f} to {100 * high:.0f} %"
    return f"{bounds} {of}" if estimate is None else f"{100 * estimate:.0f} % ({bounds}) {of}"


def _as_dict(measured: Measured) -> dict[str, Any]:
    from dataclasses import asdict

    share, low, high = measured.counts.share()
    rows = [
        {
            **asdict(one.candidate),
            "why": one.standing.status,
            "detail": one.standing.detail,
            "is_story": one.is_story,
        }
        for one in measured.missed
    ]
    return {
        "source": measured.asked.source, "since": measured.asked.since, "until": measured.asked.until,
        "files_read": measured.index.read, "files": measured.index.files,
        "candidates": measured.counts.candidates, **asdict(measured.counts), "missed": rows,
        "share": share, "low": low, "high": high,
    }  # fmt: skip


def _month(text: str) -> date:
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text) or text < "1900":
        raise argparse.ArgumentTypeError(f"{text!r} is no month; write it as 2026-10")
    return date.fromisoformat(f"{text}-01")


def _quarters(text: str) -> int:
    if not text.isdecimal() or not 15 <= int(text) <= 1_440 or int(text) % 15:
        raise argparse.ArgumentTypeError(f"{text!r} is no multiple of 15 up to 1440")
    return int(text)


def _number(text: str) -> int:
    if not text.isdecimal() or int(text) > 100_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no number up to 100000")
    return int(text)
