"""Check the rules, try a term or rule before adding it, find terms worth adding.

`check` compiles the watchlist and lists every fault with file, line and remedy (exit code 1). It warns of terms that
are common in everyday news and, with a corpus, of terms that occur in a large share of the rejected pages. `test`
judges the stored texts of the last days with and without a proposed term or rule. `suggest` lists expressions that
occur much more often in stories than in other pages; a person decides which to add. `update` merges the changes of a
new release into your edited files: your changes stay, and lines that both have changed are shown (exit code 1).
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.flows.cli.arguments import add_database, database_of, settings_of
from fivegwatch.flows.printing.lines import json_line, printable
from fivegwatch.flows.settings.settings import FILE_NAME

EXAMPLE = """examples:
  fivegwatch watchlist check
  fivegwatch watchlist check --gold labelled.jsonl
  fivegwatch watchlist test "SIM farm" --facet threat --language en --days 90
  fivegwatch watchlist test --rule proposed.toml
  fivegwatch watchlist suggest --days 30
  fivegwatch watchlist update --dry-run"""

MOST_DAYS = 36_500


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `watchlist` to ``parser``."""
    actions = parser.add_subparsers(dest="action", metavar="check|test|suggest|update", required=True)
    check = actions.add_parser(
        "check",
        help="list faults of the watchlist, and terms that occur in other pages nearly as often as in stories",
    )
    check.add_argument(
        "directory",
        nargs="?",
        type=Path,
        metavar="DIR",
        help="the watchlist (default: the working directory's)",
    )
    check.add_argument(
        "--gold", type=Path, metavar="FILE", help="measure terms against labelled texts too (JSON lines)"
    )
    test = actions.add_parser("test", help="what a proposed term or rule would have changed")
    what = test.add_mutually_exclusive_group(required=True)
    what.add_argument("term", nargs="?", metavar="TERM", help='as in the term files: "SIM farm", "exploit*"')
    what.add_argument("--rule", type=Path, metavar="FILE", help="TOML with [rules.NAME] tables")
    test.add_argument(
        "--facet", default="", help="what the term is evidence of (without it the facets are listed)"
    )
    test.add_argument(
        "--language",
        default="",
        help="language of the term, as in the name of its file (default: every language)",
    )
    test.add_argument("--weak", action="store_true", help="try it as a weak term")
    suggest = actions.add_parser(
        "suggest", help="expressions much more frequent in stories than in other pages"
    )
    suggest.add_argument(
        "--most", type=int, default=30, metavar="N", help="most expressions to list (default: 30)"
    )
    update = actions.add_parser(
        "update", help="merge the changes of this release into your files; your changes stay"
    )
    update.add_argument("--dry-run", action="store_true", help="show what would change; write nothing")
    for sub in (check, test, suggest, update):
        add_database(sub)
        sub.add_argument("--json", action="store_true", help="one JSON object")
    for sub in (test, suggest):
        sub.add_argument(
            "--days",
            type=int,
            default=0,
            metavar="N",
            help="only pages captured in the last N days (default: all)",
        )


def run(args: argparse.Namespace) -> int:
    """Check, test, suggest or update; returns the exit code."""
    return {"check": _check, "test": _test, "suggest": _suggest, "update": _update}[args.action](args)


def _check(args: argparse.Namespace) -> int:
    from fivegwatch.extractors.tuning.background import BACKGROUND_FILE
    from fivegwatch.flows.tuning.check import common_in_news, find_faults, loud_terms
    from fivegwatch.flows.tuning.labelled_texts import LEAST_TEXTS, rule_use_in
    from fivegwatch.flows.workers.compiled_rules import compiled_rules
    from fivegwatch.sources.files.watchlist import read_watchlist
    from fivegwatch.storage.read.samples import rule_use

    folder, keep, database = _watchlist_and_corpus(args)
    files = read_watchlist(folder, keep)
    where = f"{folder}/" if folder else "watchlist/"
    errors = [f"{where}{error}" for error in find_faults(files)]
    warnings: list[str] = []
    if not errors:
        rules = compiled_rules(files)
        everyday = files.get(BACKGROUND_FILE) or read_watchlist(None)[BACKGROUND_FILE]
        warnings = [*rules.warnings, *common_in_news(rules, everyday)]
        if database:
            warnings += loud_terms(*rule_use(database), rules)
        if args.gold:
            used = rule_use_in(args.gold, rules)
            warnings += loud_terms(*used, rules, least=LEAST_TEXTS, what="irrelevant texts")
    if args.json:
        print(json_line({"errors": errors, "warnings": warnings, "corpus": str(database or "")}))
        return int(bool(errors))
    for line in errors:
        print(printable(f"error: {line}"))
    for line in warnings:
        print(printable(f"warning: {line}"))
    if not errors:
        print(f"{where}: {len(rules.terms)} terms, names and patterns, {len(rules.combinations)} rules; fit to use."
              f" Fingerprint {rules.fingerprint[:12]}.")  # fmt: skip
        if not database and not args.gold:
            print("No corpus yet: the terms were measured against lines of everyday news only.")
    return int(bool(errors))


def _watchlist_and_corpus(args: argparse.Namespace) -> tuple[Path | None, str, Path | None]:
    """The watchlist to check (None: the shipped one), the setting of what to keep, and the corpus on which terms are
    measured (None: there is none).
    """
    if args.directory and not args.directory.is_dir():
        raise SettingsError(f"{args.directory}: no such folder", key="directory")
    try:
        settings = settings_of(args)
    except SettingsError:
        if args.home or args.db or Path(FILE_NAME).exists():
            raise
        return args.directory, "", None
    folder = args.directory or settings.watchlist
    return folder, settings.keep, settings.database if settings.database.exists() else None


def _test(args: argparse.Namespace) -> int:
    from fivegwatch.flows.cli.refilter import print_changes
    from fivegwatch.flows.printing.progress import progress
    from fivegwatch.flows.tuning.trial import propose_rules, propose_term, try_proposal
    from fivegwatch.sources.files.watchlist import read_watchlist

    since = _since(args.days)
    settings = replace(settings_of(args), database=database_of(args))
    current = read_watchlist(settings.watchlist, settings.keep)
    if args.rule:
        proposed, name = propose_rules(current, args.rule), str(args.rule)
    else:
        proposed = propose_term(
            current, args.term, facet=args.facet, language=args.language, strong=not args.weak
        )
        name = f"{args.term!r} as {'weak' if args.weak else 'strong'} {args.facet}"
    with progress(silent=args.json) as report:
        trial = asyncio.run(
            try_proposal(
                settings,
                report,
                current,
                proposed,
                proposal=name,
                since=since,
                term=args.term or "",
            )
        )
    if args.json:
        print(json_line(trial.as_dict(), default=str))
        return 0
    print_changes(trial.result.outcome.changes)
    print(trial.sentence())
    return 0


def _suggest(args: argparse.Namespace) -> int:
    from fivegwatch.flows.tuning.suggest import suggest
    from fivegwatch.flows.workers.compiled_rules import compiled_rules
    from fivegwatch.sources.files.watchlist import read_watchlist
    from fivegwatch.storage.read.samples import samples

    since = _since(args.days)
    settings, database = settings_of(args), database_of(args)
    rules = compiled_rules(read_watchlist(settings.watchlist, settings.keep))
    suggestions = suggest(samples(database, since), rules, most=args.most)
    if args.json:
        print(json_line([asdict(item) for item in suggestions]))
        return 0
    if not suggestions:
        print("Nothing stands out yet: three stories of a language and other pages of it are needed.")
        return 0
    from fivegwatch.flows.printing.tables import print_table

    rows = [
        (
            item.language,
            item.expression,
            f"{item.z:.1f}",
            item.stories,
            item.others,
            item.compared,
            item.example,
        )
        for item in suggestions
    ]
    print_table(
        ("language", "expression", "z", "stories", "others", "compared", "for example"), rows, count=False
    )
    print('Try one: fivegwatch watchlist test "..." --facet FACET --language LANGUAGE', file=sys.stderr)
    return 0


def _update(args: argparse.Namespace) -> int:
    from fivegwatch.flows.tuning.update import plan_update, write_update

    folder = settings_of(args).watchlist
    if folder is None:
        raise SettingsError(
            "there is no watchlist here: the shipped one is used, which is up to date", key="watchlist"
        )
    update = plan_update(folder)
    aside = None if args.dry_run else write_update(folder, update)
    if args.json:
        conflicts = {name: [asdict(item) for item in items] for name, items in update.conflicts.items()}
        changes = {"changed": sorted(update.texts), "removed": update.removed, "notes": update.notes}
        print(json_line({**changes, "conflicts": conflicts, "written": not args.dry_run}))
        return int(bool(update.conflicts))
    for line in update.lines():
        print(printable(line))
    number = sum(map(len, update.conflicts.values()))
    print(f"{folder}: {update.taken} changes of this release in {len(update.texts)} files, {number} conflicts"
          + ("; nothing was written (dry run)" if args.dry_run else ""))  # fmt: skip
    if aside:
        print(f"your former files: {aside}")
    if update.changes_rules:
        print("Next, see what it does to the stored texts: fivegwatch refilter --dry-run")
    return int(bool(update.conflicts))


def _since(days: int) -> datetime | None:
    from fivegwatch.flows.runs.clock import utc_now

    if not 0 <= days <= MOST_DAYS:
        raise SettingsError(f"--days: write a number of days up to {MOST_DAYS:,}, or 0 for all", key="--days")
    return utc_now() - timedelta(days=days) if days else None
