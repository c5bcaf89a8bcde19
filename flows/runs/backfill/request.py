"""What a user asks for, and the units it means."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal, Protocol

from fivegwatch.extractors.errors import FetchError, SettingsError, StorageError
from fivegwatch.extractors.model import Unit, UnitSource
from fivegwatch.flows.runs.backfill.account import remedy
from fivegwatch.flows.runs.backfill.changes import OF_THE_REQUEST
from fivegwatch.flows.runs.tools import Tools
from fivegwatch.sources.listings.gdelt import FIRST_SLOT, plan_doc, plan_gkg
from fivegwatch.sources.listings.sitemaps import plan_sitemaps
from fivegwatch.sources.listings.url_lists import plan_url_list
from fivegwatch.sources.listings.wordpress import plan_wordpress
from fivegwatch.sources.warc.news_crawl import plan_news_crawl
from fivegwatch.sources.warc.versions import as_it_is, change, plan_archive
from fivegwatch.sources.wayback.captures import plan_captures, plan_feed_history
from fivegwatch.storage.read.units import UnitProgress, units_of

WARC_NAMES = (".warc", ".warc.gz", ".warc.zst")


class Request(Protocol):
    """Something to backfill."""

    async def units(self, tools: Tools) -> tuple[Unit, ...]:
        """The units it means. Raises: SettingsError for a request that means none; FetchError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarcFiles:
    """WARC files: paths, folders, patterns, and addresses (``https://`` is downloaded, ``s3://`` read in place)."""

    places: tuple[str, ...]

    async def units(self, tools: Tools) -> tuple[Unit, ...]:
        """One unit a file; what a folder holds besides is told."""
        _check_given("files", *self.places)
        found: list[Unit] = []
        for place in self.places:
            units, others = await asyncio.to_thread(_warc_units, place)
            found += units
            if others:
                tools.report.note(f"{place}: {_passed_over(others)}")
        return tuple({unit.id: unit for unit in found}.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsCrawl:
    """The files of the public news crawl (CC-NEWS) that hold captures of these days."""

    since: date
    until: date

    async def units(self, tools: Tools) -> tuple[Unit, ...]:
        """One unit a file."""
        check_days(self.since, self.until, tools.now())
        base = tools.settings.services.news_crawl
        units = await plan_news_crawl(tools.web, self.since, self.until, base=base)
        return _some(units, f"the news crawl has no files for {self.since} to {self.until}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemaps:
    """Sitemaps, or sites whose robots.txt names them."""

    sites: tuple[str, ...]
    since: date | None = None
    until: date | None = None
    contains: str = ""
    regex: str = ""

    async def units(self, tools: Tools) -> tuple[Unit, ...]:
        """One unit a sitemap; those of an index are found on the way."""
        _check_given("sites", *self.sites)
        _check_given("filters", *filter(None, (self.contains, self.regex)))
        check_days(self.since, self.until, tools.now())
        units = await plan_sitemaps(
            tools.web, self.sites, self.since, self.until, contains=self.contains, regex=self.regex
        )
        return _some(units, f"no sitemap found for {', '.join(self.sites)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class WordPress:
    """WordPress sites: their REST interface, or their feeds page by page."""

    sites: tuple[str, ...]
    since: date | None = None
    until: date | None = None
    search: str = ""

    async def units(self, tools: Tools) -> tuple[Unit, ...]:
        """One unit a site."""
        _check_given("sites", *self.sites)
        _check_given("search", *filter(None, (self.search,)))
        check_days(self.since, self.until, tools.now())
        return plan_wordpress(self.sites, self.since, self.until, self.search, allow=tools.settings.allow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wayback:
    """Captures of the Wayback Machine: of pages and sites, or of feeds, whose history they give."""

    since: date
    until: date
    pages: tuple[str, ...] = ()
    feeds: tuple[str, ...] = ()
    match: Literal["exact", "prefix", "domain"] = "exact"
    every: Literal["capture", "hour", "day"] = "day"

    async def units(self, tools: Tools) -> tuple[Unit, ...]:
        """One unit a page, a site or a feed."""
        _check_given("pages", *self.pages, *self.feeds)
        check_days(self.since, self.until, tools.now())
        found = plan_captures(self.pages, self.since, self.until, self.match)
        found += plan_feed_history(self.feeds, self.since, self.until, every=self.every)
        return _some(found, "no page, site or feed was named")


@dataclass(frozen=True, slots=True, kw_only=True)
class Gdelt:
    """GDELT as a locator of addresses: its search for recent months, its files for years."""

    since: date
    until: date
    queries: tuple[str, ...] = ()
    """For the search; without any, the files are read and sifted by the watchlist."""
    translated: bool = True

    async def units(self, tools: Tools) -> tuple[Unit, ...]:
        """One unit a query, or a day of files."""
        _check_given("queries", *self.queries)
        check_days(self.since, self.until, tools.now())
        if self.queries:
            return plan_doc(self.queries, self.since, self.until)
        units = plan_gkg(self.since, self.until, translated=self.translated, now=tools.now())
        return _some(units, f"GDELT has files from {FIRST_SLOT:%Y-%m-%d} on, and none before")


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlLists:
    """Files of addresses: one a line, or a column of a table."""

    files: tuple[str, ...]
    """Paths, or ``-`` for standard input."""
    column: str = ""

    async def units(self, tools: Tools) -> tuple[Unit, ...]:
        """One unit a file."""
        _check_given("files", *self.files, *filter(None, (self.column,)))
        spool = tools.layout.root / "lists"
        return tuple(plan_url_list(_path(name), self.column, spool=spool) for name in self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    """Whatever was begun and is not done."""

    source: UnitSource | None = None

    async def units(self, tools: Tools) -> tuple[Unit, ...]:
        """The units of all former requests; lists too that were read to their end, for their pages may wait, and files
        that became others since they were read."""
        return await asyncio.to_thread(_to_go_on_with, units_of(tools.layout, self.source))


async def units_of_request(request: Request, tools: Tools) -> tuple[Unit, ...]:
    """The units of ``request``. Raises: as it does, with the remedy where it lies in the request."""
    try:
        return await request.units(tools)
    except FetchError as error:
        if error.kind in OF_THE_REQUEST:
            error.args = (f"{error}{remedy(error)}",)
        raise


def check_days(since: date | None, until: date | None, now: datetime) -> None:
    """Raises: SettingsError when the days are in the wrong order, or one of them is still to come."""
    if since and until and since > until:
        raise SettingsError(f"--since {since} is after --until {until}; exchange them.", key="since")
    for key, day in (("since", since), ("until", until)):
        if day and day > now.date():
            raise SettingsError(
                f"--{key} {day} is still to come: today is {now:%Y-%m-%d} (UTC). Name a day until today.",
                key=key,
            )


def _check_given(key: str, *texts: str) -> None:
    """An empty text would stand for the current directory, or for nothing at all."""
    if not all(text.strip() for text in texts):
        raise SettingsError(f"{key}: one of them is empty; leave it out, or say what it stands for.", key=key)


def _to_go_on_with(items: Sequence[UnitProgress]) -> tuple[Unit, ...]:
    there = [(item, as_it_is(item.unit) if item.unit.source == "warc" else item.unit) for item in items]
    return tuple(
        unit
        for item, unit in there
        if item.state != "done" or unit.source != "warc" or change(item.unit, unit)
    )


def _some(units: tuple[Unit, ...], otherwise: str) -> tuple[Unit, ...]:
    if not units:
        raise SettingsError(f"{otherwise}.", key="backfill")
    return units


def _path(name: str) -> str:
    return name if name == "-" else str(Path(name).expanduser())


def _passed_over(files: Sequence[Path]) -> str:
    named = ", ".join(file.name for file in files[:3]) + (" ..." if len(files) > 3 else "")
    what = "1 file is" if len(files) == 1 else f"{len(files):,} files are"
    return f"{what} passed over, for the name does not end in {', '.join(WARC_NAMES)}: {named}"


def _warc_units(place: str) -> tuple[list[Unit], Sequence[Path]]:
    """The units of a place, and the files of a folder that are none by their names."""
    if place.startswith(("http://", "https://")):
        return [Unit(source="warc", kind="download", locator=place)], ()
    here = place.removeprefix("file://") if place.startswith("file:///") else place
    if "://" in here:
        return _far_units(place), ()
    # As it is called everywhere: the same file given in two ways is one unit.
    path = Path(here).expanduser().resolve()
    others: Sequence[Path] = ()
    if path.is_dir():
        there = sorted(item for item in path.rglob("*") if item.is_file())
        files = [item for item in there if item.name.endswith(WARC_NAMES)]
        others = [item for item in there if not item.name.endswith(WARC_NAMES)]
    elif path.exists():
        files = [path]
    else:
        # Quoted patterns, which the shell left alone.
        files = sorted(
            item for item in Path(path.anchor).glob(str(path.relative_to(path.anchor))) if item.is_file()
        )
    if not files:
        raise SettingsError(f"{place}: no WARC file there ({', '.join(WARC_NAMES)}).", key="files")
    return [plan_archive(item) for item in files], others


def _far_units(place: str) -> list[Unit]:
    """Those of an object store or the like: one file, a folder, or a pattern."""
    try:
        import fsspec

        files, path = fsspec.core.url_to_fs(place)
        if "*" in path or files.isdir(path):
            found = files.glob(path) if "*" in path else files.find(path)
            names = sorted(name for name in found if name.endswith(WARC_NAMES))
        else:
            names = [path]
        units = [
            Unit(
                source="warc",
                kind="file",
                locator=files.unstrip_protocol(name),
                size=int(files.size(name) or 0),
            )
            for name in names
        ]
    except ImportError as exc:
        raise StorageError(
            f"{place}: the library for this kind of address is missing ({exc}). Install fivegwatch[cluster].",
            path=place,
            kind="missing_library",
        ) from exc
    except (OSError, ValueError) as exc:
        raise SettingsError(f"{place}: cannot be opened: {exc}", key="files") from exc
    if not units:
        raise SettingsError(f"{place}: no WARC file there ({', '.join(WARC_NAMES)}).", key="files")
    return units
