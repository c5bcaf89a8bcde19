"""List the feeds of the watchlist with their state, or check that they work.

`check` fetches and parses each feed once and stores nothing. Its exit code is 1 if a feed that is on does not work.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fivegwatch.extractors.errors import FeedError, NewsError, SettingsError, WatchlistError
from fivegwatch.flows.cli.arguments import add_database, settings_of
from fivegwatch.flows.printing.lines import counted, json_line
from fivegwatch.flows.settings.settings import Settings, parse_address

if TYPE_CHECKING:
    from fivegwatch.extractors.model import Feed

EXAMPLE = """examples:
  fivegwatch feeds list --on
  fivegwatch feeds check light-reading enisa
  fivegwatch feeds check --offline"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `feeds`."""
    actions = parser.add_subparsers(dest="action", metavar="list|check", required=True)
    for name in ("list", "check"):
        sub = actions.add_parser(name, help=f"{name} the feeds")
        add_database(sub)
        sub.add_argument("ids", nargs="*", metavar="ID", help="only these feeds")
        sub.add_argument("--feeds", metavar="FILE", type=Path, help="the feeds of this TOML file instead")
        sub.add_argument("--on", action="store_true", help="only those switched on")
        sub.add_argument("--json", action="store_true", help="one JSON object a feed")
        if name == "check":
            sub.add_argument(
                "--offline", action="store_true", help="check the watchlist file without the network"
            )
            sub.add_argument(
                "--allow-address",
                metavar="HOST:PORT",
                action="append",
                default=[],
                help="a private or loopback address of your own that may be contacted (repeatable)",
            )


def run(args: argparse.Namespace) -> int:
    """List or check the feeds."""
    settings, feeds = _feeds(args)
    return _list(args, settings, feeds) if args.action == "list" else _check(args, settings, feeds)


def _feeds(args: argparse.Namespace) -> tuple[Settings, list[Feed]]:
    from fivegwatch.extractors.watchlist.subscriptions import parse_subscriptions
    from fivegwatch.sources.files.given import UnusableFileError, given_text
    from fivegwatch.sources.files.watchlist import feeds_text, read_watchlist

    settings = settings_of(args)
    if args.feeds:
        try:
            text, file = given_text(args.feeds), str(args.feeds)
        except UnusableFileError as exc:
            raise WatchlistError(f"cannot be read: {exc}.", file=str(args.feeds)) from exc
    else:
        text = feeds_text(read_watchlist(settings.watchlist), settings.watchlist)
        file = str(settings.watchlist / "feeds.toml") if settings.watchlist else "watchlist/feeds.toml"
    feeds = [feed for feed in parse_subscriptions(text, file=file) if feed.active or not args.on]
    unknown = set(args.ids) - {feed.id for feed in feeds}
    if unknown:
        raise SettingsError(f"no such feed in {file}: {', '.join(sorted(unknown))}", key="ID")
    return settings, [feed for feed in feeds if feed.id in args.ids or not args.ids]


def _list(args: argparse.Namespace, settings: Settings, feeds: list[Feed]) -> int:
    states = _states(settings)
    rows = []
    for feed in feeds:
        state = states.get(feed.id)
        ended = state.disabled_reason if state else None
        health = "off: " + feed.inactive_reason if not feed.active else "ended: " + ended if ended else "on"
        if state and state.failures and feed.active and not ended:
            health = f"failing, {counted(state.failures, 'poll', 'polls')} in a row"
        checked = f"{state.checked_at:%Y-%m-%d %H:%M}" if state and state.checked_at else ""
        rows.append({"id": feed.id, "title": feed.title, "language": feed.language, "category": feed.category,
                     "checked": checked, "state": health, "url": state.url if state else feed.url})  # fmt: skip
    _print(rows, as_json=args.json)
    return 0


def _states(settings: Settings) -> dict[str, Any]:
    if not settings.database.exists():
        return {}
    from fivegwatch.storage.disk.layout import Layout
    from fivegwatch.storage.read.feeds import feed_states

    return feed_states(Layout.for_database(settings.database))


def _check(args: argparse.Namespace, settings: Settings, feeds: list[Feed]) -> int:
    if args.offline:
        print(
            f"{counted(len(feeds), 'feed', 'feeds')}, {sum(feed.active for feed in feeds)} on; the file is sound"
        )
        return 0
    allow = settings.allow | {parse_address(item) for item in args.allow_address}
    rows = asyncio.run(
        _check_all(settings, allow, [feed for feed in feeds if feed.active or feed.id in args.ids])
    )
    _print(rows, as_json=args.json)
    return int(any(row["result"] != "ok" for row in rows))


async def _check_all(
    settings: Settings, allow: frozenset[tuple[str, int]], feeds: list[Feed]
) -> list[dict[str, Any]]:
    from fivegwatch.extractors.model import Origin, Page
    from fivegwatch.flows.workers.in_child import read_feed
    from fivegwatch.flows.workers.pool import Pool
    from fivegwatch.sources.http.client import Web

    limits = settings.limits

    async def check(feed: Feed) -> dict[str, Any]:
        row: dict[str, Any] = {"id": feed.id, "result": "ok", "entries": 0, "detail": "", "url": feed.url}
        try:
            page = await web.fetch(feed.url, kind="feed", origin=Origin(kind="feed", locator=feed.id))
            if not isinstance(page, Page):
                return row | {"detail": "the server says 'not modified' to a request without conditions"}
            parsed = await pool.run(
                read_feed, page, feed, allow, timeout_s=limits.feed_parse_s, url=feed.url, error=FeedError
            )
        except NewsError as error:
            return row | {"result": error.kind, "detail": str(error)}
        moved = f"moved to {page.moved_to}" if page.moved_to else ""
        return row | {"entries": len(parsed.entries), "detail": f"{parsed.format} {moved}".strip()}

    with Pool(settings.workers) as pool:
        async with Web(user_agent=settings.user_agent, allow=allow, limits=limits) as web:
            return list(await asyncio.gather(*(check(feed) for feed in feeds)))


def _print(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        for row in rows:
            print(json_line(row))
        return
    from fivegwatch.flows.printing.tables import print_table

    print_table(list(rows[0]) if rows else ["id"], [list(row.values()) for row in rows])
