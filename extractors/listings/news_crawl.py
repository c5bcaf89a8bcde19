"""File names and file lists of Common Crawl's news crawl.

The 14 digits in a name tell when the crawler opened the file; it closed the file up to a day later. So the last file
opened before a range of days has captures of that range too.
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
    """Every (year, month) from that of ``since`` to that of ``until``, without months before the crawl began."""
    number = max(since.year * 12 + since.month, FIRST_MONTH[0] * 12 + FIRST_MONTH[1]) - 1
    while number < until.year * 12 + until.month:
        yield number // 12, number % 12 + 1
        number += 1


def listing_path(year: int, month: int) -> str:
    """The path of the list of a month's files."""
    return f"crawl-data/CC-NEWS/{year:04}/{month:02}/warc.paths.gz"


def listed_files(text: str) -> tuple[CrawlFile, ...]:
    """The files in a list, in the order in which they were opened; other lines are skipped."""
    return tuple(sorted(set(_files(text.splitlines()))))


def _files(lines: Iterable[str]) -> Iterator[CrawlFile]:
    for line in lines:
        match = _PATH.fullmatch(line.strip())
        if match:
            try:
                opened = datetime.strptime(match[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
            except ValueError:  # an impossible date, such as 31 April
                continue
            yield CrawlFile(opened, match[0])


def covering(files: Iterable[CrawlFile], since: date, until: date) -> tuple[CrawlFile, ...]:
    """The files that may have captures of the UTC days ``since`` to ``until``, both inclusive: files opened on these
    days, and the last one opened before them."""
    first = datetime.combine(since, time.min, UTC)
    last = datetime.combine(until, time.max, UTC)
    ordered = sorted(set(files))
    before = [file for file in ordered if file.opened_at < first]
    return (*before[-1:], *(file for file in ordered if first <= file.opened_at <= last))
