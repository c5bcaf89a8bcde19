"""The feeds that a run polls."""

from __future__ import annotations

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
    if settings.feeds_file is None:
        name = str(settings.watchlist / "feeds.toml") if settings.watchlist else "watchlist/feeds.toml"
        return parse_subscriptions(feeds_text(files, settings.watchlist), file=name)
    file = settings.feeds_file
    try:
        return parse_subscriptions(given_text(file), file=str(file))
    except UnusableFileError as exc:
        raise WatchlistError(
            f"cannot be read: {exc}.", file=str(file), remedy="Name a readable TOML file."
        ) from exc
