"""The requests that a user can make of a backfill: one class for each kind of source, which plans and reads units.

To add a source, change two files. In a module of the room `sources`, write ``plan_...`` (which units there are) and
``read_...`` (the addresses in one unit, in portions). Then add a class here, with its parameters, ``plan`` and
``read``, and its name in `REQUESTS`. The command and the Prefect flow are made from that class. (A new kind of origin
also needs its name in `extractors.model` and in `Resume.only`, and a deployment needs its paragraph in
``prefect.yaml``.)

The readers are imported only where they are used, because every ``--help`` imports this module.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from fivegwatch.extractors.errors import SettingsError
from fivegwatch.extractors.model import Listing, Unit, UnitSource
from fivegwatch.flows.runs.backfill.forms import About, Parameter, Parameters, parameters_of
from fivegwatch.flows.runs.backfill.options import RunOptions

if TYPE_CHECKING:
    from fivegwatch.flows.runs.backfill.state import BackfillRun

UNTIL = About("last day, included")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request(Parameters, ABC):
    """Base class of requests: what to backfill, such as a list of sites, with its parameters.

    Raises: SettingsError for parameters that contradict each other.
    """

    command: ClassVar[str]
    """NAME in the command ``backfill NAME`` and in the name of the flow, ``backfill-NAME``."""
    source: ClassVar[UnitSource | None]
    """The kind of source that its units have; None if they may be of any kind."""
    summary: ClassVar[str]
    """What the command does, in lower case and without a full stop."""
    options: ClassVar[frozenset[str]] = frozenset({"list_only"})
    """The options of a run that this request has, in addition to those that every request has."""
    offline: ClassVar[bool] = False
    """Whether the request may need no network; then servers are not asked for the time."""

    @classmethod
    def run_options(cls) -> tuple[Parameter, ...]:
        """The options of a run that this kind of request accepts."""
        names = cls.options | {"retry_failed", "max_hours"}
        return tuple(item for item in parameters_of(RunOptions) if item.name in names)

    @abstractmethod
    async def plan(self, run: BackfillRun) -> tuple[Unit, ...]:
        """The units of this request. Raises: SettingsError if there are none; FetchError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists(Request):
    """Base class of requests whose units list addresses, as sitemaps do. (The units of other requests hold pages.)"""

    @staticmethod
    @abstractmethod
    def read(run: BackfillRun, unit: Unit, cursor: str) -> AsyncIterator[Listing]:
        """Yield the addresses that ``unit`` lists behind ``cursor``, in portions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Archives(Request):
    """WARC files: a user's own, anyone's, or those of the public news crawl (CC-NEWS)."""

    command = "warc"
    source = "warc"
    summary = "read WARC files: your own, anyone's, or the public news crawl"
    options = frozenset({"scheduler", "spool", "max_disk_gb"})
    offline = True

    files: Annotated[
        tuple[str, ...],
        About(
            "files, folders, patterns, http(s):// (downloaded) or s3:// (read in place)",
            metavar="FILE",
            positional=True,
        ),
    ] = ()
    news_crawl: Annotated[
        bool | None, About("the public news crawl (CC-NEWS), by --since and --until", on_form=False)
    ] = None
    """None means: the news crawl is used if a day is given."""
    news_crawl_since: Annotated[
        date | None, About("first day, UTC, of captures in the public news crawl", flag="--since")
    ] = None
    news_crawl_until: Annotated[date | None, About("last day, included", flag="--until")] = None

    def __post_init__(self) -> None:
        """Raise SettingsError unless the request names either files, or both days of the news crawl."""
        Parameters.__post_init__(self)
        days = [day for day in (self.news_crawl_since, self.news_crawl_until) if day]
        if self.news_crawl or (self.news_crawl is None and days):
            if self.files or len(days) < 2:
                raise SettingsError(
                    "--news-crawl takes --since and --until, and no files: backfill warc --news-crawl "
                    "--since 2023-10-01 --until 2023-10-31",
                    key="news-crawl",
                )
        elif days:
            raise SettingsError(
                "--since and --until belong to --news-crawl; files are read whole.", key="since"
            )
        elif not self.files:
            raise SettingsError("name WARC files or folders, or give --news-crawl.", key="files")

    async def plan(self, run: BackfillRun) -> tuple[Unit, ...]:
        """The units of the request, one for each file. Files in a folder whose names are not those of WARC files are
        reported.
        """
        from fivegwatch.sources.warc.local_files import plan_archives
        from fivegwatch.sources.warc.news_crawl import plan_news_crawl

        since, until = self.news_crawl_since, self.news_crawl_until
        if since and until:
            units = await plan_news_crawl(run.web, since, until, base=run.services.news_crawl)
            return _some(units, f"the news crawl has no files for {since} to {until}")
        units, notes = await asyncio.to_thread(plan_archives, self.files)
        for note in notes:
            run.tools.report.note(note)
        return units


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemaps(Lists):
    """Sitemaps, or sites whose robots.txt names them."""

    command = "sitemap"
    source = "sitemap"
    summary = "list a site's articles by its sitemaps, then fetch them"

    sites: Annotated[
        tuple[str, ...],
        About("sitemaps, or sites whose robots.txt names sitemaps", metavar="URL", positional=True),
    ]
    since: Annotated[
        date | None,
        About("first day, UTC (by the date in the sitemap; addresses without a date are included)"),
    ] = None
    until: Annotated[date | None, UNTIL] = None
    contains: Annotated[str, About("only addresses that contain this", metavar="TEXT")] = ""
    regex: Annotated[str, About("only addresses that match this regular expression", metavar="REGEX")] = ""

    async def plan(self, run: BackfillRun) -> tuple[Unit, ...]:
        """The units of the request, one for each sitemap. The sitemaps in an index become units when the index is
        read.
        """
        from fivegwatch.sources.listings.sitemaps import plan_sitemaps

        units = await plan_sitemaps(
            run.web, self.sites, self.since, self.until, contains=self.contains, regex=self.regex
        )
        return _some(units, f"no sitemap found for {', '.join(self.sites)}")

    @staticmethod
    def read(run: BackfillRun, unit: Unit, cursor: str) -> AsyncIterator[Listing]:
        """Yield the addresses in a sitemap (or the sitemaps in an index) behind ``cursor``."""
        from fivegwatch.sources.listings.sitemaps import read_sitemap

        return read_sitemap(run.web, unit, cursor)


@dataclass(frozen=True, slots=True, kw_only=True)
class WordPress(Lists):
    """WordPress sites: their REST interface, or their feeds page by page."""

    command = "wordpress"
    source = "wordpress"
    summary = "list a WordPress site's articles by its REST interface or paged feeds"

    sites: Annotated[
        tuple[str, ...],
        About(
            "sites, or addresses of their posts interface (/wp-json/...) or feed",
            metavar="URL",
            positional=True,
        ),
    ]
    since: Annotated[date | None, About("first day, UTC (by the date of publication)")] = None
    until: Annotated[date | None, UNTIL] = None
    search: Annotated[
        str, About("only posts that the site's own search finds for these words", metavar="WORDS")
    ] = ""

    async def plan(self, run: BackfillRun) -> tuple[Unit, ...]:
        """The units of the request, one for each site."""
        from fivegwatch.sources.listings.wordpress import plan_wordpress

        return plan_wordpress(self.sites, self.since, self.until, self.search, allow=run.web.allow)

    @staticmethod
    def read(run: BackfillRun, unit: Unit, cursor: str) -> AsyncIterator[Listing]:
        """Yield the posts of a site behind ``cursor``, the oldest first."""
        from fivegwatch.sources.listings.wordpress import read_wordpress

        return read_wordpress(run.web, unit, cursor, parse=run.parse_feed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wayback(Lists):
    """Captures in the Wayback Machine: of pages and sites, or of feeds, whose old items they show."""

    command = "wayback"
    source = "wayback"
    summary = "captures of pages, sites or feeds in the Wayback Machine"

    since: Annotated[date, About("first day, UTC (by the time of capture)")]
    until: Annotated[date, UNTIL]
    pages: Annotated[
        tuple[str, ...], About("addresses; match says what each stands for", metavar="URL", positional=True)
    ] = ()
    feeds: Annotated[
        tuple[str, ...],
        About("feeds whose history is rebuilt from their captures", metavar="URL", flag="--feed"),
    ] = ()
    match: Annotated[
        Literal["exact", "prefix", "domain"],
        About("what an address stands for: one page, all addresses that begin with it, or a whole domain"),
    ] = "exact"
    every: Annotated[
        Literal["capture", "hour", "day"], About("captures of a feed to read: all, one an hour, or one a day")
    ] = "day"

    async def plan(self, run: BackfillRun) -> tuple[Unit, ...]:
        """The units of the request, one for each page, site or feed."""
        from fivegwatch.sources.wayback.captures import plan_captures, plan_feed_history

        del run  # nothing needs to be asked
        units = plan_captures(self.pages, self.since, self.until, self.match)
        units += plan_feed_history(self.feeds, self.since, self.until, every=self.every)
        return _some(units, "no page, site or feed was named")

    @staticmethod
    def read(run: BackfillRun, unit: Unit, cursor: str) -> AsyncIterator[Listing]:
        """Yield, behind ``cursor``, the earliest capture with status 200 of each address, or what the captures of a
        feed announced.
        """
        from fivegwatch.sources.wayback.captures import read_captures, read_feed_history

        if unit.kind == "captures":
            return read_captures(run.web, unit, cursor, run.services, run.throttle)
        return read_feed_history(run.web, unit, cursor, run.services, run.throttle, parse=run.parse_feed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gdelt(Lists):
    """Addresses of stories that GDELT saw: from its search (recent months) or its files (years)."""

    command = "gdelt"
    source = "gdelt"
    summary = "find addresses in GDELT: its files (sifted by the watchlist), or its search"

    since: Annotated[date, About("first day, UTC (by the time GDELT saw a page)")]
    until: Annotated[date, UNTIL]
    queries: Annotated[
        tuple[str, ...],
        About(
            "search GDELT for these words (recent months only) instead of reading its files",
            metavar="WORDS",
            flag="--query",
        ),
    ] = ()
    translated: Annotated[bool, About("also read the files of texts in languages other than English")] = True

    async def plan(self, run: BackfillRun) -> tuple[Unit, ...]:
        """The units of the request, one for each query or for each day of files."""
        from fivegwatch.sources.listings.gdelt import FIRST_SLOT, plan_doc, plan_gkg

        if self.queries:
            return plan_doc(self.queries, self.since, self.until)
        units = plan_gkg(self.since, self.until, translated=self.translated, now=run.tools.due_now())
        return _some(units, f"GDELT has files from {FIRST_SLOT:%Y-%m-%d} on, and none before")

    @staticmethod
    def read(run: BackfillRun, unit: Unit, cursor: str) -> AsyncIterator[Listing]:
        """Yield, behind ``cursor``, the results of a query, or the stories in a day's files that the watchlist may
        want.
        """
        from fivegwatch.sources.listings.gdelt import read_doc, read_gkg

        if unit.kind == "doc":
            return read_doc(run.web, unit, cursor, run.services, run.throttle)
        return read_gkg(run.web, unit, cursor, run.services, run.throttle, run.interest)


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlLists(Lists):
    """Files that list addresses: one a line, or in a column of a table."""

    command = "urls"
    source = "url-list"
    summary = "fetch the pages of a list of addresses"

    files: Annotated[
        tuple[str, ...],
        About("one address a line, a table, or - for standard input", metavar="FILE", positional=True),
    ]
    column: Annotated[str, About("the column (CSV, TSV) or key (JSON lines)", metavar="NAME")] = ""

    async def plan(self, run: BackfillRun) -> tuple[Unit, ...]:
        """The units of the request, one for each file."""
        from fivegwatch.sources.listings.url_lists import plan_url_list

        return tuple(plan_url_list(name, self.column, spool=run.lists) for name in self.files)

    @staticmethod
    def read(run: BackfillRun, unit: Unit, cursor: str) -> AsyncIterator[Listing]:
        """Yield the addresses in a file behind ``cursor``."""
        from fivegwatch.sources.listings.url_lists import read_url_list

        return read_url_list(unit, cursor, allow=run.web.allow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(Request):
    """A request for everything that earlier requests began and did not finish."""

    command = "resume"
    source = None
    summary = "continue every backfill that is not finished"
    options = frozenset({"list_only", "max_disk_gb"})
    offline = True

    only: Annotated[
        Literal["", "warc", "wayback", "sitemap", "wordpress", "gdelt", "urls"],
        About("only units of this kind of source", on_form=False),
    ] = ""

    async def plan(self, run: BackfillRun) -> tuple[Unit, ...]:
        """The units of all earlier requests, including finished lists (some of their pages may wait) and changed
        files.
        """
        from fivegwatch.flows.runs.backfill.changes import resumable_units
        from fivegwatch.storage.read.units import units_of

        source = next((kind.source for kind in REQUESTS if kind.command == self.only), None)
        return await asyncio.to_thread(resumable_units, units_of(run.tools.layout, source))


REQUESTS: tuple[type[Request], ...] = (Archives, Sitemaps, WordPress, Wayback, Gdelt, UrlLists, Resume)


def source_of(unit: Unit) -> type[Lists]:
    """The class whose ``read`` reads the addresses in this unit."""
    return next(kind for kind in REQUESTS if issubclass(kind, Lists) and kind.source == unit.source)


def _some(units: tuple[Unit, ...], otherwise: str) -> tuple[Unit, ...]:
    if not units:
        raise SettingsError(f"{otherwise}.", key="backfill")
    return units
