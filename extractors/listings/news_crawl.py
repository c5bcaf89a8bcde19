"""Common Crawl's news crawl: what its listings and file names say.

The 14 digits of a name are when the crawler opened the file; it closed it up to a day later. So the file
before the first one of a range reaches into the range, also across months.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from typing import NamedTuple

FIRST_MONTH = (2016, 8)
_PATH = re.compile(r"crawl-data/CC-NEWS/\d{4}/\d{2}/CC-NEWS-(\d{14})-\d{1,9}\.warc\.gz")


class CrawlFile(NamedTuple):
    """One file of the crawl."""

    opened_at: datetime
    path: str
    """Relative to the crawl's base address."""


def months(since: date, until: date) -> Iterator[tuple[int, int]]:
    """(year, month) from that of ``since`` to that of ``until``, none before the crawl began."""
    number = max(since.year * 12 + since.month, FIRST_MONTH[0] * 12 + FIRST_MONTH[1]) - 1
    while number < until.year * 12 + until.month:
        yield number // 12, number % 12 + 1
        number += 1


def listing_path(year: int, month: int) -> str:
    """Where the crawl lists the files of a month."""
    return f"crawl-data/CC-NEWS/{year:04}/{month:02}/warc.paths.gz"


def listed_files(text: str) -> tuple[CrawlFile, ...]:
    """The files a listing names, in the order they were opened; lines that name none are passed over."""
    return tuple(sorted(set(_files(text.splitlines()))))


def _files(lines: Iterable[str]) -> Iterator[CrawlFile]:
    for line in lines:
        found = _PATH.fullmatch(line.strip())
        if found:
            try:
                opened = datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
            except ValueError:  # the 31st of a month that has none
                continue
            yield CrawlFile(opened, found[0])


def covering(files: Iterable[CrawlFile], since: date, until: date) -> tuple[CrawlFile, ...]:
    """The files that may hold captures of the days from ``since`` to ``until``, UTC, both inclusive: those
    opened inside, and the one before the first of them."""
    first = datetime.combine(since, time.min, UTC)
    last = datetime.combine(until, time.max, UTC)
    ordered = sorted(set(files))
    before = [file for file in ordered if file.opened_at < first]
    return (*before[-1:], *(file for file in ordered if first <= file.opened_at <= last))
