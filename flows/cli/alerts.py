"""Try the channels in [alerts], show the outbox, or deliver the alerts that wait.

`test` sends one message to each channel and says what failed. It also tries each saved condition on the stories of the
last 30 days, and names topics, countries and entities that the watchlist does not have. `list` shows the outbox (all
alerts: those that wait, were sent or were given up). `deliver` does what an ingest run does at its end: it raises new
alerts and sends those that are due. With --dry-run it prints the messages, and neither sends nor stores anything.
"""

from __future__ import annotations

import argparse
import asyncio

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.flows.cli.arguments import add_database, settings_of
from fivegwatch.flows.settings.settings import Settings

EXAMPLE = """examples:
  fivegwatch alerts test
  fivegwatch alerts deliver --dry-run
  fivegwatch alerts list --json"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `alerts` to ``parser``."""
    actions = parser.add_subparsers(dest="action", metavar="test|list|deliver", required=True)
    test = actions.add_parser("test", help="send a message to each channel, and try the saved conditions")
    add_database(test)
    test.add_argument("channels", nargs="*", metavar="CHANNEL", help="only these channels")
    listing = actions.add_parser("list", help="show the outbox, the newest alerts first")
    add_database(listing)
    listing.add_argument("--waiting", action="store_true", help="only alerts that are not delivered yet")
    listing.add_argument("--json", action="store_true", help="one JSON object an alert")
    deliver = actions.add_parser("deliver", help="raise new alerts and deliver those that are due")
    add_database(deliver)
    deliver.add_argument("--dry-run", action="store_true", help="print the messages; send and store nothing")


def run(args: argparse.Namespace) -> int:
    """Run the action; returns the exit code."""
    settings = settings_of(args)
    if args.action == "list":
        return _list(args, settings)
    if not settings.alerts.channels:
        raise SettingsError(
            'no channel is set: write [alerts.channels.NAME] with url = "mailto://..." into fivegwatch.toml',
            key="alerts",
        )
    return _test(args, settings) if args.action == "test" else _deliver(args, settings)


def _test(args: argparse.Namespace, settings: Settings) -> int:
    from fivegwatch.sources.services.channels import ChannelError, send

    channels = {channel.name: channel for channel in settings.alerts.channels}
    unknown = [name for name in args.channels if name not in channels]
    if unknown:
        raise SettingsError(
            f"no such channel: {', '.join(unknown)}. Known: {', '.join(channels)}.", key="CHANNEL"
        )
    failed = 0
    for name in args.channels or channels:
        try:
            asyncio.run(send(channels[name].url, "fivegwatch: test", "This channel works."))
        except ChannelError as error:
            failed += 1
            print(f"{name}: {error}")
        else:
            print(f"{name}: delivered")
    return int(failed + _try_conditions(settings) > 0)


def _try_conditions(settings: Settings) -> int:
    """Print, for each saved condition, the names in it that the watchlist does not have, or else the recent stories
    that match it; returns the number of such names.
    """
    from datetime import timedelta

    from fivegwatch.flows.alerts.conditions import TRIAL_DAYS, faults_of, trial_of
    from fivegwatch.flows.runs.clock import utc_now
    from fivegwatch.flows.workers.compiled_rules import compiled_rules
    from fivegwatch.sources.files.watchlist import read_watchlist
    from fivegwatch.storage.disk.layout import Layout
    from fivegwatch.storage.read.alerts import stories_since

    if not settings.alerts.conditions:
        return 0
    rules = compiled_rules(read_watchlist(settings.watchlist, settings.keep))
    since = utc_now() - timedelta(days=TRIAL_DAYS)
    layout = Layout.for_database(settings.database)
    stories = stories_since(layout, since, since) if layout.store.exists() else []
    faults = 0
    for condition in settings.alerts.conditions:
        wrong = faults_of(condition, rules)
        faults += len(wrong)
        for line in wrong or [trial_of(condition, stories)]:
            print(line)
    return faults


def _list(args: argparse.Namespace, settings: Settings) -> int:
    from fivegwatch.flows.printing.lines import json_line
    from fivegwatch.flows.printing.tables import print_table
    from fivegwatch.storage.read.queries import run_query

    where = "where state = 'waiting'" if args.waiting else ""
    sql = f"select raised_at, channel, state, kind, subject, title, problem from alerts {where} order by raised_at desc"  # noqa: S608
    answer = run_query(settings.database, sql, [])
    if args.json:
        for row in answer.dicts():
            print(json_line(row))
    else:
        print_table(list(answer.columns), [list(row) for row in answer.rows])
    return 0


def _deliver(args: argparse.Namespace, settings: Settings) -> int:
    from fivegwatch.flows.alerts.alert_step import send_alerts
    from fivegwatch.flows.runs.clock import utc_now
    from fivegwatch.storage.disk.layout import Layout
    from fivegwatch.storage.disk.locks import run_lock

    with run_lock(Layout.for_database(settings.database)):
        done = asyncio.run(send_alerts(settings, utc_now(), dry_run=args.dry_run))
    for message in done.sent:
        print(f"{'would send' if args.dry_run else 'sent'}: {message.title}\n{message.body}\n")
    for channel, problem in done.failed:
        print(f"{channel.name}: {problem}; it is tried again")
    print(f"{len(done.raised)} raised, {len(done.sent)} {'to send' if args.dry_run else 'sent'}")
    return int(bool(done.failed))
