"""Prints, as tables, what a backfill did, and how far all backfills have come."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from fivegwatch.flows.cli.arguments import database_of
from fivegwatch.flows.printing.tables import print_table

if TYPE_CHECKING:
    from fivegwatch.flows.runs.backfill.account import Account

MOST_ROWS = 30


def show_status(args: argparse.Namespace) -> int:
    """Print how far the units of all backfills have been read; returns 1 if one has failed for good, else 0."""
    from fivegwatch.flows.runs.backfill.changes import as_rows, changed_archives, in_a_line
    from fivegwatch.storage.disk.layout import Layout
    from fivegwatch.storage.disk.locks import backfill_at_work
    from fivegwatch.storage.read.reports import (
        backfill_pages,
        backfill_problems,
        backfill_rates,
        backfill_totals,
        unit_problems,
    )

    database = database_of(args)
    at_work = backfill_at_work(Layout.for_database(database))
    totals, problems = backfill_totals(database), backfill_problems(database)
    rates, pages = backfill_rates(database), backfill_pages(database)
    failed = unit_problems(database) if args.failed else []
    changed = changed_archives(database)
    for number, run in enumerate(rates):
        # The recorded state may be that of a killed run; only the lock shows whether a run is at work.
        if run["state"] == "Running":
            run["state"] = "at work" if at_work and number == 0 else "cut short"
    if args.json:
        values = {
            "database": str(database),
            "at_work": at_work,
            "sources": totals,
            "runs": rates,
            "problems": problems,
            "failed": failed,
            "changed": as_rows(changed),
            "pages": pages,
        }
        print(json.dumps(values, default=str, ensure_ascii=False))
    elif not totals:
        print(_at_work(at_work) if at_work else "no backfill was ever begun. See: fivegwatch backfill --help")
    else:
        print(_at_work(at_work) if at_work else _resting(totals))
        if changed:
            print(f"{in_a_line(changed)}; `backfill resume` reads from the start")
        _print(totals)
        for title, rows in (
            ("last backfill runs", rates),
            ("why units failed", problems),
            ("failed units", failed),
            ("listed pages that wait or were given up", pages),
        ):
            if rows:
                print(f"\n{title}")
                _print(rows)
    return int(any(row["for_good"] for row in problems))


def _at_work(process: str) -> str:
    return f"a backfill is at work (process {process}); the figures are those of its last load, a minute ago or so"


def _resting(totals: list[dict[str, Any]]) -> str:
    waiting = sum(row["pending"] for row in totals)
    units = "1 unit waits" if waiting == 1 else f"{waiting:,} units wait"
    return f"no backfill is at work{f'; {units}: fivegwatch backfill resume' if waiting else ''}"


def _print(rows: list[dict[str, Any]]) -> None:
    columns = [name for name in rows[0] if any(row[name] not in (None, "") for row in rows)]
    print_table(columns, [[row[name] for name in columns] for row in rows], count=False)


def next_steps(account: Account) -> list[str]:
    """What the user can do next, one step a line; empty if nothing is left to do."""
    steps = []
    if len(account.problems) > MOST_ROWS:
        steps.append("why all of them failed: fivegwatch backfill status --failed")
    if account.pages.pages_retry or account.pages.pages_gone:
        steps.append("why pages wait or were given up: fivegwatch backfill status")
    if account.units_left or account.pages.pages_left:
        steps.append("to resume: fivegwatch backfill resume")
    return steps


def print_account(account: Account) -> None:
    """Print the counts of each unit, the failures, and how many pages were dropped for which reason."""
    units = sorted(account.by_unit.items(), key=lambda item: -item[1].total())
    if units:
        columns = ["unit", "pages", "stopped", "kept", "near misses", "rejected", "addresses"]
        rows = [
            [name, counts["pages"], sum(n for word, n in counts.items() if word.startswith("stopped.")),
             counts["kept"], counts["near_miss"], counts["rejected"], counts["entries"]]
            for name, counts in units[:MOST_ROWS]
        ]  # fmt: skip
        empty = [index for index in range(1, len(columns)) if not any(row[index] for row in rows)]
        print_table(_without(columns, empty), [_without(row, empty) for row in rows], count=False)
        if len(units) > MOST_ROWS:
            print(f"... and {len(units) - MOST_ROWS:,} more units; see the view backfill_units")
        print()
    if account.changed:
        rows = [list(item) for item in sorted(account.changed.items())[:MOST_ROWS]]
        print_table(["read from the start", "changed since the last time"], rows, count=False)
        print()
    problems = sorted(account.problems.items())
    if problems:
        print_table(["failed", "why"], [list(item) for item in problems[:MOST_ROWS]], count=False)
        print()
    dropped = {
        name: number for name, number in sorted(account.counts.items())
        if number and (name.partition(".")[2] or name in {"broken", "unreadable", "refused", "outside"})
    }  # fmt: skip
    if dropped:
        print_table(["dropped", "number"], [[_in_words(k), n] for k, n in dropped.items()], count=False)
        print()
    if undated := account.counts.get("bad_date", 0):
        print_table(["noted", "number"], [[_WORDS["bad_date"], undated]], count=False)
        print()


def _in_words(name: str) -> str:
    kind, _, reason = name.partition(".")
    return _WORDS.get(name) or f"{_KINDS.get(kind, kind)}: {reason}"


_KINDS = {"no_page": "captured, but no page", "skipped": "listed, but unusable"}
_WORDS = {
    "stopped.scan": "page without a subject (first gate)",
    "stopped.text": "page that cannot reach the threshold (second gate)",
    "stopped.tree": "page whose subject is only in the text around the story (third gate)",
    "stopped.story": "page whose text is far from the threshold (last gate)",
    "broken": "damaged stretch of a file",
    "unreadable": "page without an article",
    "bad_date": "page without a plausible capture time: its file's is used",
    "refused": "page that kills the process that reads it",
    "outside": "address outside the days or filters",
}


def _without(row: list[Any], indices: list[int]) -> list[Any]:
    return [value for index, value in enumerate(row) if index not in indices]
