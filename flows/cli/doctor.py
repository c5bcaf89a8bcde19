"""Look for what is wrong: machine, packages, settings, watchlist, corpus, page archive, Prefect, network, clock.

Each finding comes with its remedy. Without --repair nothing is changed. --repair does only what loses nothing: it makes
missing folders; completes, migrates, loads and publishes the store; removes files that killed processes left; and gives
records stamped in the future times before now. The exit code is 1 if there is a fault.
"""

from __future__ import annotations

import argparse
import asyncio
import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING

from fivegwatch.extractors.errors import NewsError, SettingsError
from fivegwatch.flows.cli.arguments import add_home
from fivegwatch.flows.printing.lines import counted, json_line, printable

if TYPE_CHECKING:
    from fivegwatch.flows.doctor.findings import Finding
    from fivegwatch.flows.settings.settings import Settings

EXAMPLE = """examples:
  fivegwatch doctor
  fivegwatch doctor --offline
  fivegwatch doctor --repair"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `doctor` to ``parser``."""
    add_home(parser)
    parser.add_argument(
        "--repair", action="store_true", help="repair what can be repaired without a loss, then look"
    )
    parser.add_argument("--offline", action="store_true", help="skip the checks of the network")
    parser.add_argument(
        "--trust-clock", action="store_true", help="trust this machine's clock without asking servers"
    )
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(args: argparse.Namespace) -> int:
    """Repair if --repair is given, then look, and print the findings."""
    from fivegwatch.flows.doctor.findings import FAULT, NOTE, Finding
    from fivegwatch.flows.doctor.machine import check_machine
    from fivegwatch.flows.settings.settings import load_settings

    repaired: list[str] = []
    findings = list(
        check_machine(Path(args.home).expanduser() if args.home and Path(args.home).is_dir() else Path())
    )
    try:
        settings = load_settings(os.environ, args.home)
    except SettingsError as exc:
        findings.append(Finding(check="settings", level=FAULT, detail=str(exc)))
    else:
        settings = replace(settings, trust_clock=settings.trust_clock or args.trust_clock)
        repaired, failed = _repair(settings) if args.repair else ([], [])
        findings += [*failed, *_look(args, settings)]
    faults = sum(item.level == FAULT for item in findings)
    if args.json:
        print(
            json_line(
                {"faults": faults, "repaired": repaired, "findings": [asdict(item) for item in findings]}
            )
        )
        return int(bool(faults))
    for line in repaired:
        print(printable(f"repaired: {line}"))
    for item in findings:
        print(printable(f"{item.level:5}  {item.check}: {item.detail}"))
        if item.remedy:
            print(printable(f"       {item.remedy}"))
    notes = sum(item.level == NOTE for item in findings)
    print(
        f"{counted(faults, 'fault', 'faults')}, {counted(notes, 'note', 'notes')}, {len(findings)} findings"
    )
    return int(bool(faults))


def _look(args: argparse.Namespace, settings: Settings) -> list[Finding]:
    from fivegwatch.flows.doctor.directory import check_directory, check_store
    from fivegwatch.flows.doctor.network import check_network
    from fivegwatch.flows.doctor.prefect import check_prefect

    findings = [*check_directory(settings), *check_store(settings), *check_prefect(settings, os.environ)]
    if not args.offline:
        findings += asyncio.run(check_network(settings))
    return findings


def _repair(settings: Settings) -> tuple[list[str], list[Finding]]:
    """A line for each repair that was made, and a finding if a repair was not possible."""
    from fivegwatch.flows.doctor.findings import FAULT, Finding
    from fivegwatch.flows.doctor.repair import repair

    done: list[str] = []
    try:
        for line in repair(settings):
            done.append(line)  # report also what was done before an error
    except NewsError as exc:
        return done, [Finding(check="repair", level=FAULT, detail=str(exc))]
    return done, []
