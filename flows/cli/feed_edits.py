"""The actions of `feeds` that edit feeds.toml: add, remove, on, off, accept-move, import, export."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from fivegwatch.extractors.errors import SettingsError, WatchlistError
from fivegwatch.extractors.model import Entry, Feed
from fivegwatch.flows.printing.lines import counted
from fivegwatch.flows.settings.settings import Settings

if TYPE_CHECKING:
    from fivegwatch.flows.runs.trial_poll import Trial

SHOWN = 10
"""Most items of a list that a message names."""


def add(args: argparse.Namespace, settings: Settings) -> int:
    """Try the feed at the given address, or a feed of the site at that address, and add it to feeds.toml."""
    from fivegwatch.extractors.feeds.opml import slug, unique_id
    from fivegwatch.extractors.watchlist.feed_file import with_feed
    from fivegwatch.extractors.web.urls import canonical_url
    from fivegwatch.flows.runs.trial_poll import would_keep
    from fivegwatch.flows.workers.compiled_rules import compiled_rules
    from fivegwatch.sources.files.watchlist import read_watchlist

    file, feeds = _file(args, settings)
    url, trial = _tried(settings, args.url)
    known = {canonical_url(feed.url): feed.id for feed in feeds}
    if same := known.get(canonical_url(trial.feed.url)):
        raise SettingsError(f"{trial.feed.url} is watched already, as [{same}]", key="URL")
    ids = {feed.id for feed in feeds}
    if args.id and (args.id in ids or slug(args.id) != args.id):
        raise SettingsError(f"--id {args.id}: taken, or not small letters, digits and hyphens", key="--id")
    name = args.id or unique_id(slug(trial.feed.title) or slug(trial.feed.url.partition("://")[2]), ids)
    feed = replace(
        trial.feed, id=name, category=args.category or "", language=args.language or trial.feed.language,
        country=args.country or "",
    )  # fmt: skip
    kept = would_keep(trial.parsed.entries, compiled_rules(read_watchlist(settings.watchlist, settings.keep)))
    source = f", named by {url}" if trial.site_page else ""
    print(f"{feed.url}: {trial.parsed.format}, {counted(len(trial.parsed.entries), 'item', 'items')}{source}")
    print(f"{len(kept)} of them would be kept by headline and summary alone")
    for entry in kept[:10]:
        print(f"  {entry.title}")
    for other in trial.others[:5]:
        print(f"the page names another feed: {other}")
    if not trial.parsed.entries:
        print("it has no items now: look at the page in a browser before you rely on it")
    for same, number in _announced_by(settings, feeds, trial.parsed.entries).items():
        print(
            f"{number} of its {counted(len(trial.parsed.entries), 'item', 'items')} came from [{same}] already"
        )
    if args.dry_run:
        print("dry run: nothing was written")
        return 0
    _write(file, with_feed(file.read_text(encoding="utf-8"), feed))
    print(f"added as [{name}] to {file}")
    return 0


def _tried(settings: Settings, address: str) -> tuple[str, Trial]:
    """The address that works, and the trial of it; an address without a scheme is tried with https, then with http."""
    from fivegwatch.extractors.errors import FetchError
    from fivegwatch.flows.runs.trial_poll import try_feed

    if "://" in address:
        return address, asyncio.run(try_feed(settings, address))
    try:
        return f"https://{address}", asyncio.run(try_feed(settings, f"https://{address}"))
    except FetchError as error:
        if error.kind not in ("tls", "connect", "timeout"):
            raise
        return f"http://{address}", asyncio.run(try_feed(settings, f"http://{address}"))


def _announced_by(settings: Settings, feeds: Sequence[Feed], entries: Sequence[Entry]) -> dict[str, int]:
    """The feeds that announced at least half of ``entries`` before: for each feed id, how many of them."""
    from fivegwatch.storage.read.feed_worth import announced_by

    if not entries or not settings.database.exists():
        return {}
    number = announced_by(settings.database, [entry.id for entry in entries])
    return {feed.id: number[feed.id] for feed in feeds if 2 * number.get(feed.id, 0) >= len(entries)}


def remove(args: argparse.Namespace, settings: Settings) -> int:
    """Remove feeds from the file; their stories stay in the corpus."""
    from fivegwatch.extractors.watchlist.feed_file import without_feed

    return _edit(args, settings, without_feed, "removed")


def switch(args: argparse.Namespace, settings: Settings) -> int:
    """Switch feeds on or off."""
    from fivegwatch.extractors.watchlist.feed_file import with_values

    on = args.action == "on"

    def edited(text: str, feed_id: str) -> str:
        values: dict[str, str | bool | None] = (
            {"on": None, "off_because": None} if on else {"off_because": args.because, "on": False}
        )
        return with_values(text, feed_id, values)

    return _edit(args, settings, edited, f"switched {args.action}")


def accept_move(args: argparse.Namespace, settings: Settings) -> int:
    """Replace the address of feeds that have moved, or that were found elsewhere on their site, by the new address."""
    from fivegwatch.extractors.watchlist.feed_file import with_values
    from fivegwatch.storage.read.feed_worth import feed_statuses

    statuses = feed_statuses(settings.database)
    _, feeds = _file(args, settings)
    urls = {feed.id: feed.url for feed in feeds}
    new: dict[str, str] = {}
    for feed_id in args.ids:
        row = statuses.get(feed_id, {})
        target = row.get("proposed_url") or (row.get("url") if row.get("status") == "moved" else None)
        if not target or target == urls.get(feed_id):
            raise SettingsError(
                f"{feed_id}: no new address is known. `fivegwatch feeds list {feed_id}` shows its state.",
                key="ID",
            )
        new[feed_id] = target
    code = _edit(
        args, settings, lambda text, feed_id: with_values(text, feed_id, {"url": new[feed_id]}), "moved"
    )
    for feed_id, target in new.items():
        print(f"  [{feed_id}] url = {target}")
    return code


def take_opml(args: argparse.Namespace, settings: Settings) -> int:
    """Add those feeds of an OPML file that are not watched yet."""
    from fivegwatch.extractors.feeds.opml import read_opml, unique_id
    from fivegwatch.extractors.text.decoding import decode_document
    from fivegwatch.extractors.watchlist.feed_file import with_feed
    from fivegwatch.extractors.web.urls import canonical_url
    from fivegwatch.sources.files.given import UnusableFileError, given_bytes

    file, feeds = _file(args, settings)
    try:
        text = decode_document(given_bytes(args.opml), "", kind="feed")
        given = read_opml(text, file=str(args.opml), allow=settings.allow)
    except UnusableFileError as exc:
        raise SettingsError(f"{args.opml}: cannot be read: {exc}", key="FILE") from exc
    known, ids = {canonical_url(feed.url) for feed in feeds}, {feed.id for feed in feeds}
    text, added = file.read_text(encoding="utf-8"), 0
    for feed in given.feeds:
        if canonical_url(feed.url) in known:
            continue
        category = args.category or feed.category
        text = with_feed(text, replace(feed, id=unique_id(feed.id, ids), category=category))
        added += 1
    _write(file, text)
    print(
        f"{counted(added, 'feed', 'feeds')} added to {file}; {len(given.feeds) - added:,} were watched already"
    )
    if given.unusable:
        print(f"{counted(len(given.unusable), 'entry has', 'entries have')} no address that can be polled:")
        print("\n".join(f"  {line}" for line in given.unusable[:SHOWN]))
        if len(given.unusable) > SHOWN:
            print(f"  and {len(given.unusable) - SHOWN:,} more")
    return 0


def give_opml(args: argparse.Namespace, settings: Settings) -> int:
    """Print the feeds as OPML, or write them to a file."""
    from fivegwatch.extractors.feeds.opml import write_opml
    from fivegwatch.storage.disk.files import put_file

    _, feeds = _file(args, settings)
    wanted = [feed for feed in feeds if not args.category or feed.category == args.category]
    if args.category and not wanted:
        known = ", ".join(sorted({feed.category for feed in feeds if feed.category})[:SHOWN]) or "none"
        raise SettingsError(
            f"no feed has the category {args.category!r}. Categories: {known}", key="--category"
        )
    off = 0 if args.all else sum(not feed.active for feed in wanted)
    if off:
        print(
            f"{counted(off, 'feed that is', 'feeds that are')} off left out; --all writes them too",
            file=sys.stderr,
        )
    wanted = [feed for feed in wanted if feed.active or args.all]
    document = write_opml(wanted)
    if args.opml is None:
        print(document, end="")
    else:
        put_file(args.opml, document.encode())
        print(f"{counted(len(wanted), 'feed', 'feeds')} written to {args.opml}")
    return 0


def _file(args: argparse.Namespace, settings: Settings) -> tuple[Path, tuple[Feed, ...]]:
    """The path of the file of feeds to edit, and the feeds in it."""
    from fivegwatch.extractors.watchlist.subscriptions import parse_subscriptions

    file = args.feeds or (settings.watchlist / "feeds.toml" if settings.watchlist else None)
    if file is None:
        raise SettingsError(
            "the shipped watchlist cannot be edited: make a working directory with `fivegwatch init`, "
            "or name a file with --feeds",
            key="--feeds",
        )
    try:
        return file, parse_subscriptions(file.read_text(encoding="utf-8"), file=str(file))
    except (OSError, UnicodeDecodeError) as exc:
        raise WatchlistError(f"cannot be read: {exc}", file=str(file)) from exc


def _edit(args: argparse.Namespace, settings: Settings, edited: Callable[[str, str], str], done: str) -> int:
    file, feeds = _file(args, settings)
    unknown = [feed_id for feed_id in args.ids if feed_id not in {feed.id for feed in feeds}]
    if unknown:
        raise SettingsError(f"no such feed in {file}: {', '.join(unknown)}", key="ID")
    text = file.read_text(encoding="utf-8")
    for feed_id in args.ids:
        text = edited(text, feed_id)
    _write(file, text)
    print(f"{done}: {', '.join(args.ids)} ({file})")
    return 0


def _write(file: Path, text: str) -> None:
    """Replace the content of ``file`` if ``text`` is a valid list of feeds; otherwise leave the file as it is."""
    from fivegwatch.extractors.watchlist.subscriptions import parse_subscriptions
    from fivegwatch.storage.disk.files import put_file

    parse_subscriptions(text, file=str(file))
    put_file(file, text.encode("utf-8"))
