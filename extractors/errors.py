"""The error tree. Expected trouble is one of these; anything else is a bug and ends the run. Only the pages of
archives are too many for that: there a bug costs its page, and is on record in the words of ``unexpected``.

    NewsError(url)
      FetchError       a document could not be had            kind, status, retry_after_s
      FeedError        a document is not a usable feed        kind
      ExtractionError  a page could not be read               kind
      WatchlistError   a file the user edits is wrong         file, line, remedy
      SettingsError    a setting is wrong                     key, remedy
      StorageError     the corpus or its folder               path
        CorpusBusyError       another process holds the database
        SchemaVersionError    the file is newer than the code, or no corpus
        QueryError            the user's SQL

Each carries ``kind`` (a stable slug, stored) and ``transient`` (retry code asks the error, not a list).
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def _revive(kind: type[NewsError], args: tuple[Any, ...], state: dict[str, Any]) -> NewsError:
    """Return an error as it left a child process; the usual pickling cannot pass keyword arguments."""
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


def unexpected(error: Exception) -> str:
    """What to put on record of an exception that nobody foresaw: its type, its words and where it came up."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{place}"


class NewsError(Exception):
    """Base of all expected trouble; ``str()`` names the thing and the remedy."""

    def __init__(self, message: str, *, url: str = "", kind: str = "error", transient: bool = False) -> None:
        super().__init__(message)
        self.url = url
        self.kind = kind
        self.transient = transient

    def __reduce__(self) -> tuple[Any, ...]:
        return _revive, (type(self), self.args, self.__dict__.copy())


class FetchError(NewsError):
    """A document could not be fetched. ``retry_after_s``: what the server asks, seconds, clamped, or None."""

    def __init__(
        self,
        message: str,
        *,
        url: str,
        kind: str,
        transient: bool,
        status: int | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message, url=url, kind=kind, transient=transient)
        self.status = status
        self.retry_after_s = retry_after_s


class FeedError(NewsError):
    """A document is not a feed, or not one we dare to read."""


class ExtractionError(NewsError):
    """A page could not be turned into an article."""


class WatchlistError(NewsError):
    """A watchlist file is wrong; the message is ``file:line: what. remedy``, a line for each fault."""

    def __init__(self, what: str, *, file: str, line: int | None = None, remedy: str = "") -> None:
        place = file if line is None else f"{file}:{line}"
        super().__init__(f"{place}: {what}" + (f" {remedy}" if remedy else ""), kind="watchlist")
        self.file, self.line, self.remedy = file, line, remedy
        self.faults: tuple[str, ...] = (str(self),)
        """The message of each fault; file, line and remedy are those of the first."""

    def joined(self, others: Iterable[WatchlistError]) -> WatchlistError:
        """This fault, with the messages of ``others`` behind its own."""
        self.faults = tuple(message for error in (self, *others) for message in error.faults)
        self.args = ("\n".join(self.faults),)
        return self


class SettingsError(NewsError):
    """A setting, argument or working directory is wrong."""

    def __init__(self, message: str, *, key: str = "") -> None:
        super().__init__(message, kind="settings")
        self.key = key


class StorageError(NewsError):
    """The corpus or its folder cannot be used; ``path`` says which."""

    def __init__(
        self, message: str, *, path: str = "", kind: str = "storage", transient: bool = False
    ) -> None:
        super().__init__(message, url=path, kind=kind, transient=transient)
        self.path = path


class CorpusBusyError(StorageError):
    """Another process holds the database."""

    def __init__(self, message: str, *, path: str = "") -> None:
        super().__init__(message, path=path, kind="busy", transient=True)


class SchemaVersionError(StorageError):
    """The database was made by a newer version, or is not a corpus at all."""


class QueryError(StorageError):
    """The user's SQL was refused."""
