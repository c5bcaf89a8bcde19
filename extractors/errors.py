"""The errors this project expects. Any other exception is a bug and ends the run.

    NewsError(url)
      FetchError       a document could not be fetched        kind, status, retry_after_s
      FeedError        a document is not a usable feed        kind
      ExtractionError  a page could not be read               kind
      WatchlistError   a file the user edits is wrong         file, line, remedy
      SettingsError    a setting is wrong                     key
        ClockError            the machine's clock cannot be believed
      StorageError     the corpus or its folder is unusable   path
        CorpusBusyError       another process has the database open
        SchemaVersionError    the file is newer than the code, or is not a corpus
        QueryError            the user's SQL was refused

Each has a ``kind`` (a slug that is stored, see `KINDS`) and ``transient`` (True: a later attempt may succeed). One
exception to the rule: a backfill reads millions of archived pages, so there a bug fails its page only (`unexpected`).
"""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

KINDS = {
    "the address may not be fetched": "bad_url url_too_long scheme userinfo port blocked_address",
    "the host may not be asked": "robots robots_unreachable host_paused blocked service_closed",
    "the network failed": "dns connect tls timeout deadline connection incomplete bad_response",
    "this machine lacks something": "local_resources own_network disk_budget disk_full missing_library",
    "the server answered something else": "no_location too_many_redirects not_modified_unasked undelivered",
    "the document is of another kind": (
        "not_html not_a_feed not_opml not_a_sitemap not_posts not_gzip not_warc json_array bad_answer refused_query "
        "bad_cdx bad_listing no_sitemap"
    ),
    "the document is damaged or too much": (
        "empty empty_body too_large decode digest unstable truncated entity too_deep too_many_tags bad_json "
        "parse_failed unreadable_file changed no_slot bad_zip md5_mismatch"
    ),
    "reading it costs too much": "parse_timeout parse_memory parse_crash lost_cluster",
    "the page has no story": "no_text too_short soft_404",
    "the archive has no such capture": (
        "not_captured too_far no_memento archive_blocked bad_timestamp cdx_circle"
    ),
    "the announced entry cannot be used": (
        "no_link self_link duplicate other_site loop bad_post bad_row bad_line line_too_long bad_encoding bad_record"
    ),
    "there is more than will be read": "too_many_entries too_many_urls too_many_pages unreadable no_column",
}
"""Meaning to slugs: every ``kind`` of a FetchError, FeedError or ExtractionError, and every reason of a ``Skipped``.
Besides these there is ``http_404`` and so on, for the status that a server answered."""


def _revive(kind: type[NewsError], args: tuple[Any, ...], state: dict[str, Any]) -> NewsError:
    """The error as it was raised in a child process; ordinary unpickling cannot pass its keyword arguments."""
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error


def unexpected(error: Exception) -> str:
    """The description of an exception that is a bug: its type, its message, and the file and line that raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    line = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{line}"


def is_interrupt(error: BaseException | None) -> bool:
    """Whether ``error`` is a Ctrl-C, or was raised from one (``raise .. from``), as DuckDB's import turns it into an
    ImportError.

    An error that happens while a Ctrl-C is handled does not count.
    """
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__
    return error is not None


class NewsError(Exception):
    """Base of all expected errors; ``str()`` names the URL, file or key, and the remedy."""

    def __init__(self, message: str, *, url: str = "", kind: str = "error", transient: bool = False) -> None:
        super().__init__(message)
        self.url = url
        self.kind = kind
        self.transient = transient

    def __reduce__(self) -> tuple[Any, ...]:
        return _revive, (type(self), self.args, self.__dict__.copy())


class FetchError(NewsError):
    """A document could not be fetched. ``retry_after_s``: the wait in seconds that the server asks for, within our
    limits, or None."""

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
    """A document is not a feed, or is unsafe to read."""


class ExtractionError(NewsError):
    """A page could not be turned into an article."""


class WatchlistError(NewsError):
    """A watchlist file is wrong; the message is ``file:line: what. remedy``, a line for each fault."""

    def __init__(self, what: str, *, file: str, line: int | None = None, remedy: str = "") -> None:
        where = file if line is None else f"{file}:{line}"
        super().__init__(f"{where}: {what}" + (f" {remedy}" if remedy else ""), kind="watchlist")
        self.file, self.line, self.remedy = file, line, remedy
        self.faults: tuple[str, ...] = (str(self),)
        """The message of each fault; ``file``, ``line`` and ``remedy`` are those of the first fault."""

    def joined(self, others: Iterable[WatchlistError]) -> WatchlistError:
        """This same error, to whose messages those of ``others`` are added."""
        self.faults = tuple(message for error in (self, *others) for message in error.faults)
        self.args = ("\n".join(self.faults),)
        return self


class SettingsError(NewsError):
    """A setting, argument or working directory is wrong; ``key`` names the setting."""

    def __init__(self, message: str, *, key: str = "") -> None:
        super().__init__(message, kind="settings")
        self.key = key


class RequestError(SettingsError):
    """A run that a user started names something that does not exist, so the run did not begin."""


class ClockError(SettingsError):
    """The clock of this machine contradicts the corpus; nothing was done."""

    def __init__(self, message: str) -> None:
        super().__init__(message, key="clock")
        self.kind = "clock"


class StorageError(NewsError):
    """The corpus or its folder cannot be used; ``path`` says which."""

    def __init__(
        self, message: str, *, path: str = "", kind: str = "storage", transient: bool = False
    ) -> None:
        super().__init__(message, url=path, kind=kind, transient=transient)
        self.path = path


class CorpusBusyError(StorageError):
    """Another process has the database open."""

    def __init__(self, message: str, *, path: str = "") -> None:
        super().__init__(message, path=path, kind="busy", transient=True)


class SchemaVersionError(StorageError):
    """The database was made by a newer version of this project, or is not a corpus."""


class QueryError(StorageError):
    """The user's SQL was refused."""
