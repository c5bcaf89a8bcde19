"""List, check, add, remove and switch feeds; import and export OPML; see what feeds are worth and which are missing.

`check` fetches and parses each feed once and stores nothing; its exit code is 1 if a feed that is on does not work.
`add` takes the address of a feed or of a site, polls the feed once and shows what would be kept. `accept-move` replaces
the address of a feed that has moved by the new one. `score` says what each feed is worth. `discover` lists outlets that
are not watched although they brought stories, `coverage` showed stories of theirs that were missed, or kept stories of
several outlets link to them.
"""

from __future__ import annotations

import argparse
import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fivegwatch.extractors.errors import NewsError, SettingsError
from fivegwatch.extractors.feeds.health import TROUBLES
from fivegwatch.flows.cli.arguments import add_allowed, add_database, settings_of
from fivegwatch.flows.printing.lines import counted, json_line
from fivegwatch.flows.settings.settings import Settings

if TYPE_CHECKING:
    from fivegwatch.extractors.model import Feed

EXAMPLE = """examples:
  fivegwatch feeds list --on
  fivegwatch feeds add https://outlet.example/ --category telecom-trade
  fivegwatch feeds off light-reading --because "paywall since May"
  fivegwatch feeds import list.opml
  fivegwatch feeds score"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `feeds` to ``parser``."""
    names = "list|check|add|remove|on|off|accept-move|import|export|score|discover"
    actions = parser.add_subparsers(dest="action", metavar=names, required=True)
    for name, what in ACTIONS.items():
        sub = actions.add_parser(name, help=what)
        add_database(sub)
        sub.add_argument("--feeds", metavar="FILE", type=Path, help="the feeds of this TOML file instead")
        if name in ("list", "check"):
            sub.add_argument("ids", nargs="*", metavar="ID", help="only these feeds")
            sub.add_argument("--on", action="store_true", help="only those switched on")
        if name in ("remove", "on", "off", "accept-move"):
            sub.add_argument("ids", nargs="+", metavar="ID", help="feeds")
        if name in ("list", "check", "score", "discover"):
            sub.add_argument("--json", action="store_true", help="one JSON object a line")
        if name in ("check", "add"):
            add_allowed(sub)
        _add_more(name, sub)


ACTIONS = {
    "list": "list the feeds with their health and worth",
    "check": "check that the feeds work",
    "add": "add a feed, by its address or that of its site",
    "remove": "take feeds out of the watchlist",
    "on": "switch feeds on",
    "off": "switch feeds off",
    "accept-move": "write the new address of feeds that have moved",
    "import": "add the feeds of an OPML file",
    "export": "write the feeds as OPML",
    "score": "show what each feed is worth",
    "discover": "show outlets that brought stories, or that kept stories link to, and are not watched",
}


def _add_more(name: str, sub: argparse.ArgumentParser) -> None:
    if name == "check":
        sub.add_argument(
            "--offline", action="store_true", help="check the watchlist file without the network"
        )
    elif name == "add":
        sub.add_argument("url", metavar="URL", help="address of a feed or of a site")
        sub.add_argument("--id", help="id of the feed (default: made from its title)")
        sub.add_argument("--language", help="language of the feed, BCP 47")
        sub.add_argument("--country", help="country of the publisher, two capital letters")
        sub.add_argument("--dry-run", action="store_true", help="poll the feed once and write nothing")
    elif name == "off":
        sub.add_argument(
            "--because", required=True, metavar="TEXT", help="the reason, which is written to the file"
        )
    elif name == "import":
        sub.add_argument("opml", metavar="FILE", type=Path, help="the OPML file")
    elif name == "export":
        sub.add_argument(
            "opml", metavar="FILE", type=Path, nargs="?", help="the file (default: standard output)"
        )
        sub.add_argument(
            "--all", action="store_true", help="also feeds that are off, marked for `feeds import`"
        )
    elif name == "discover":
        sub.add_argument(
            "--most", type=int, default=20, metavar="N", help="most outlets to list (default: 20)"
        )
    if name in ("add", "import", "export"):
        sub.add_argument("--category", default="", metavar="WORD", help="a word like telecom-trade")


def run(args: argparse.Namespace) -> int:
    """Run the action; returns the exit code."""
    from fivegwatch.flows.cli import feed_edits as edits

    if args.action in ("list", "check"):
        settings, feeds = _feeds(args)
        return _list(args, settings, feeds) if args.action == "list" else _check(args, settings, feeds)
    settings = settings_of(args)
    if args.action == "add":
        return edits.add(args, settings)
    if args.action in ("score", "discover"):
        return _worth(args, settings)
    actions = {
        "remove": edits.remove, "on": edits.switch, "off": edits.switch, "accept-move": edits.accept_move,
        "import": edits.take_opml, "export": edits.give_opml,
    }  # fmt: skip
    return actions[args.action](args, settings)


def _worth(args: argparse.Namespace, settings: Settings) -> int:
    from fivegwatch.extractors.web.urls import site_of

    if args.action == "score":
        from fivegwatch.storage.read.feed_worth import feed_scores

        rows = feed_scores(settings.database)
    else:
        from fivegwatch.flows.runs.outlets import outlets_to_watch

        args.ids, args.on = [], False
        _, feeds = _feeds(args)
        watched = {site_of(url) for feed in feeds for url in (feed.url, feed.site_url) if url}
        rows = outlets_to_watch(settings.database, watched, args.most)
    _print(rows, as_json=args.json)
    return 0


def _feeds(args: argparse.Namespace) -> tuple[Settings, list[Feed]]:
    from fivegwatch.flows.runs.subscriptions import read_subscriptions, subscriptions_file
    from fivegwatch.sources.files.watchlist import read_watchlist

    settings = settings_of(args)
    files = {} if args.feeds else read_watchlist(settings.watchlist)
    feeds = [feed for feed in read_subscriptions(settings, files) if feed.active or not args.on]
    unknown = set(args.ids) - {feed.id for feed in feeds}
    if unknown:
        names = ", ".join(sorted(unknown))
        raise SettingsError(f"no such feed in {subscriptions_file(settings)}: {names}", key="ID")
    return settings, [feed for feed in feeds if feed.id in args.ids or not args.ids]


def _list(args: argparse.Namespace, settings: Settings, feeds: list[Feed]) -> int:
    from fivegwatch.storage.read.feed_worth import feed_statuses

    statuses = feed_statuses(settings.database) if settings.database.exists() else {}
    rows = []
    for feed in feeds:
        row = statuses.get(feed.id, {})
        state = f"off: {feed.inactive_reason}" if not feed.active else row.get("status") or "never polled"
        if feed.active and row.get("problem"):
            state = f"{state}: {row['problem']}"
        checked = f"{row['polled_at']:%Y-%m-%d %H:%M}" if row.get("polled_at") else ""
        rows.append({"id": feed.id, "title": feed.title, "language": feed.language, "category": feed.category,
                     "checked": checked, "stories": row.get("stories", 0), "state": state,
                     "url": row.get("url") or feed.url})  # fmt: skip
    rows.sort(key=_by_health_and_worth)
    _print(rows, as_json=args.json)
    return 0


def _by_health_and_worth(row: dict[str, Any]) -> tuple[int, int, str]:
    """The sort key of a feed: first feeds in trouble, then feeds by number of stories, then feeds never polled or
    switched off.
    """
    status = str(row["state"]).partition(":")[0]
    group = 0 if status in TROUBLES else {"never polled": 2, "off": 3}.get(status, 1)
    return group, -row["stories"], row["id"]


def _check(args: argparse.Namespace, settings: Settings, feeds: list[Feed]) -> int:
    if args.offline:
        print(
            f"{counted(len(feeds), 'feed', 'feeds')}, {sum(feed.active for feed in feeds)} on; the file is sound"
        )
        return 0
    rows = asyncio.run(_check_all(settings, [feed for feed in feeds if feed.active or feed.id in args.ids]))
    _print(rows, as_json=args.json)
    return int(any(row["result"] != "ok" for row in rows))


async def _check_all(settings: Settings, feeds: list[Feed]) -> list[dict[str, Any]]:
    from fivegwatch.extractors.model import Origin, Page
    from fivegwatch.flows.runs.tools import parsed_feed
    from fivegwatch.flows.workers.bounded_pool import Pool
    from fivegwatch.sources.http.client import Web

    async def check(feed: Feed) -> dict[str, Any]:
        row: dict[str, Any] = {"id": feed.id, "result": "ok", "entries": 0, "detail": "", "url": feed.url}
        try:
            page = await web.fetch(feed.url, kind="feed", origin=Origin(kind="feed", locator=feed.id))
            if not isinstance(page, Page):
                return row | {"detail": "the server says 'not modified' to a request without conditions"}
            parsed = await parsed_feed(pool, page, feed, settings)
        except NewsError as error:
            return row | {"result": error.kind, "detail": str(error)}
        moved = f"moved to {page.moved_to}" if page.moved_to else ""
        return row | {"entries": len(parsed.entries), "detail": f"{parsed.format} {moved}".strip()}

    with Pool(settings.workers) as pool:
        async with Web(user_agent=settings.user_agent, allow=settings.allow, limits=settings.limits) as web:
            return list(await asyncio.gather(*(check(feed) for feed in feeds)))


def _print(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        for row in rows:
            print(json_line(row))
        return
    from fivegwatch.flows.printing.tables import print_table

    print_table(list(rows[0]) if rows else ["id"], [list(row.values()) for row in rows])
