"""What all steps of one backfill run share."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from fivegwatch.extractors.judging.worth_fetching import Interest
from fivegwatch.extractors.model import Entry, Feed, Page, ParsedFeed
from fivegwatch.extractors.watchlist.compile import Rules
from fivegwatch.flows.runs.backfill.account import Account
from fivegwatch.flows.runs.backfill.changes import is_open
from fivegwatch.flows.runs.backfill.options import RunOptions
from fivegwatch.flows.runs.batching import Step, plain_step
from fivegwatch.flows.runs.tools import Tools, parsed_feed
from fivegwatch.sources.http.client import Web
from fivegwatch.sources.http.large_files import Downloads
from fivegwatch.sources.services.throttle import Services, Throttle
from fivegwatch.sources.wayback.replay import playback
from fivegwatch.storage.read.units import UnitProgress
from fivegwatch.storage.spool.batches import put_records
from fivegwatch.storage.spool.records import Record, Run


@dataclass(slots=True, kw_only=True)
class BackfillRun:
    """One run: its tools, options and counts so far, and what its sources share."""

    tools: Tools
    rules: Rules
    watchlist: dict[str, str]
    """The files from which ``rules`` are compiled, for the workers."""
    began: Run
    """The record of its start."""
    lists: Path
    """The folder where lists given on standard input are kept."""
    options: RunOptions = field(default_factory=RunOptions)
    step: Step = plain_step
    account: Account = field(default_factory=Account)
    reported: dict[str, int] = field(default_factory=dict)
    """The counts that were last written to the corpus."""
    downloads: Downloads | None = None
    """None until the first download."""
    load_lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    began_s: float = field(default_factory=time.monotonic)
    interest: Interest = field(init=False)
    """Decides by an entry in an index (title, names, address) whether the watchlist may want the story."""
    throttle: Throttle = field(init=False)
    """One throttle for all sources, because a service counts all requests that come from us."""

    def __post_init__(self) -> None:
        self.interest = Interest(self.rules)
        self.throttle = Throttle(limits=self.tools.settings.limits)

    @property
    def started_at(self) -> datetime:
        """When the run began; every record written by its workers has this time."""
        return self.began.started_at

    @property
    def web(self) -> Web:
        """The HTTP client."""
        return self.tools.web

    @property
    def services(self) -> Services:
        """Addresses of the services that backfills read from."""
        return self.tools.settings.services

    @property
    def target(self) -> str:
        """Where workers deliver their results: the database, or the address of a shared spool."""
        return self.options.spool or str(self.tools.settings.database)

    def is_over(self) -> bool:
        """Whether time is up: then nothing new is begun, and the next run resumes."""
        return time.monotonic() > self.began_s + self.options.max_s

    def is_open(self, item: UnitProgress) -> bool:
        """Whether this run works on the unit of ``item``."""
        return is_open(item, self.tools.due_now(), retry_failed=self.options.retry_failed)

    def put(self, *records: Record) -> None:
        """Put records into the spool, as one batch."""
        put_records(self.tools.layout, *records)

    def rate(self) -> str:
        """How fast archives are read, as a few words."""
        counts, seconds = self.account.counts, max(0.001, time.monotonic() - self.began_s)
        pages, kept, stopped = counts["pages"] / seconds, counts["kept"], self.account.stopped()
        return f"{pages:,.0f} pages/s, {kept:,} kept, {stopped:,} stopped by the gates"

    async def parse_feed(self, page: Page, feed: Feed) -> ParsedFeed:
        """The feed in the document ``page``, parsed in a child process."""
        return await parsed_feed(self.tools.pool, page, feed, self.tools.settings)

    async def playback(self, entry: Entry) -> Page:
        """The page of ``entry``, which the Wayback Machine announced, as it was captured."""
        return await playback(self.web, entry, self.services, self.throttle)
