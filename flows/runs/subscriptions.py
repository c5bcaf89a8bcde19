"""Reads which feeds a run polls."""

from __future__ import annotations

from pathlib import Path

from fivegwatch.extractors.errors import WatchlistError
from fivegwatch.extractors.model import Feed
from fivegwatch.extractors.watchlist.subscriptions import parse_subscriptions
from fivegwatch.flows.settings.settings import Settings
from fivegwatch.sources.files.given import UnusableFileError, given_text
from fivegwatch.sources.files.watchlist import feeds_text


def read_subscriptions(settings: Settings, files: dict[str, str]) -> tuple[Feed, ...]:
    """The feeds of the watchlist, or of the file named for this run.

    Raises:
        WatchlistError: the file is missing or wrong.
    """
    file = subscriptions_file(settings)
    if settings.feeds_file is None:
        return parse_subscriptions(feeds_text(files, settings.watchlist), file=file)
    try:
        return parse_subscriptions(given_text(settings.feeds_file), file=file)
    except UnusableFileError as exc:
        raise WatchlistError(
            f"cannot be read: {exc}.", file=file, remedy="Name a readable TOML file."
        ) from exc


def subscriptions_file(settings: Settings) -> str:
    """The name of the file that `read_subscriptions` reads, for messages."""
    return str(settings.feeds_file or (settings.watchlist or Path("watchlist")) / "feeds.toml")
