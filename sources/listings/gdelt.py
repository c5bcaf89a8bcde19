"""GDELT as a source of addresses: its search (DOC) for recent months, its quarter-hour files (GKG) since 2015.

search: query -> windows of time -> articles -> entries; files: day -> files -> records the watchlist wants -> entries

GDELT has no texts and no dates of publication, only the time at which its crawler saw a page, and its names are found
by machine. So an entry gets only the address and the title; the page itself is judged later.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from fivegwatch.extractors.announce import announce
from fivegwatch.extractors.errors import FetchError
from fivegwatch.extractors.listings.gdelt import (
    DocArticle,
    GkgRow,
    GkgSlot,
    Wanted,
    is_slow_down,
    parse_articles,
    read_slot,
)
from fivegwatch.extractors.model import Entry, Listing, Origin, Unit
from fivegwatch.sources.http.client import Reply, Web
from fivegwatch.sources.services.throttle import Services, Throttle

PORTION = 1_000
ROWS = 250
"""Most rows that the search returns; an answer with this many rows may lack others."""
SLOT = timedelta(minutes=15)
FIRST_SLOT = datetime(2015, 2, 18, 23, 0, tzinfo=UTC)
_ORDINARY = "2020-01-01"
"""A day for which all files exist. Every planned day, except the first and the last, is assumed to have as many
files.
"""
_LATENESS = timedelta(minutes=30)
"""Longest time between the time in a file's name and the publication of the file."""
_WINDOW = timedelta(days=30)
_STAMP = "%Y%m%d%H%M%S"
_SECOND = timedelta(seconds=1)
_DOWNLOADS = 3
Skipped = tuple[tuple[str, str], ...]


# ---------------------------------------------------------------- DOC


def plan_doc(queries: Iterable[str], since: date, until: date) -> tuple[Unit, ...]:
    """One unit for each of ``queries``, in the syntax of GDELT's search; the days ``since`` and ``until`` are included.

    The search covers about the last three months, and refuses a single word of fewer than three letters.
    """
    days = (until - since).days + 1
    options = (("from", f"{since:%Y%m%d}"), ("to", f"{until:%Y%m%d}"))
    return tuple(
        Unit(source="gdelt", kind="doc", locator=query, options=options, size=days)
        for query in dict.fromkeys(query.strip() for query in queries if query.strip())
        if days > 0
    )


async def read_doc(
    web: Web, unit: Unit, cursor: str, services: Services, throttle: Throttle
) -> AsyncIterator[Listing]:
    """Yield the results of a query, from the oldest on, one listing for each window of time.

    If a window has as many results as the search returns at most, it is halved and requested again. A window of a
    quarter of an hour that is still too full is skipped with the reason ``window_full``: some results are missing.
    ``Listing.position`` counts days.

    Raises: FetchError; ExtractionError of kind ``refused_query`` (never succeeds) or ``bad_answer`` (transient).
    """
    begin, end = _day(unit.option("from")), _day(unit.option("to")) + timedelta(days=1)
    at = _time(cursor) if cursor else begin
    window = _WINDOW
    while True:
        window = min(window, end - at)
        articles = await _search(web, unit.locator, at, at + window, services, throttle)
        if len(articles) >= ROWS and window > SLOT:
            window = max(SLOT, window // 2)
            continue
        full = len(articles) >= ROWS
        skipped = (("window_full", f"{at:{_STAMP}} and {window}"),) if full else ()
        at += window
        done = at >= end
        entries, unusable = _doc_entries(articles, web.allow)
        yield Listing(
            entries=entries,
            skipped=(*skipped, *unusable),
            cursor="" if done else f"{at:{_STAMP}}",
            position=(at - begin).days,
            done=done,
        )
        if done:
            return
        window = window * 2 if len(articles) < ROWS // 2 else window


async def _search(
    web: Web, query: str, begin: datetime, end: datetime, services: Services, throttle: Throttle
) -> tuple[DocArticle, ...]:
    asked = {
        "query": query, "mode": "artlist", "format": "json", "maxrecords": str(ROWS), "sort": "dateasc",
        "startdatetime": f"{begin:{_STAMP}}", "enddatetime": f"{end - _SECOND:{_STAMP}}",
    }  # fmt: skip
    url = f"{services.gdelt_doc.rstrip('/')}/api/v2/doc/doc?{urlencode(asked)}"
    reply = await throttle.ask(web, "gdelt_doc", url, busy=_is_busy)
    _refuse(reply)
    return parse_articles(reply.body, url=url)


def _is_busy(reply: Reply) -> bool:
    return reply.head.status == 200 and is_slow_down(reply.body)


def _refuse(reply: Reply) -> None:
    if reply.head.status != 200:
        raise reply.head.error(f"http_{reply.head.status}", f"the service answered {reply.head.status}")


def _doc_entries(
    articles: tuple[DocArticle, ...], allow: frozenset[tuple[str, int]]
) -> tuple[tuple[Entry, ...], Skipped]:
    rows = [(GkgRow(article.url, article.title), f"doc@{article.seen}") for article in articles]
    return _entries(rows, allow)


def _entries(
    rows: Iterable[tuple[GkgRow, str]], allow: frozenset[tuple[str, int]]
) -> tuple[tuple[Entry, ...], Skipped]:
    """One entry for each address in ``rows`` (each a row and its locator), and the rows that have no usable address."""
    entries: dict[str, Entry] = {}
    skipped: list[tuple[str, str]] = []
    for row, locator in rows:
        entry = announce(row.url, Origin(kind="gdelt", locator=locator), title=row.title, allow=allow)
        if isinstance(entry, Entry):
            entries.setdefault(entry.id, entry)
        else:
            skipped.append(entry)
    return tuple(entries.values()), tuple(skipped)


def _day(digits: str) -> datetime:
    return datetime.strptime(digits, "%Y%m%d").replace(tzinfo=UTC)


def _time(digits: str) -> datetime:
    return datetime.strptime(digits, _STAMP).replace(tzinfo=UTC)


# ---------------------------------------------------------------- GKG


def plan_gkg(
    since: date, until: date, *, translated: bool = True, step: int = 15, now: datetime | None = None
) -> tuple[Unit, ...]:
    """One unit a day, from the first day with files; ``size`` is the number of files.

    ``translated`` adds the files of stories that GDELT translated; only these have languages other than English.
    ``step`` is the number of minutes between the times of the files that are read; 15 reads all. With ``now``, the
    current day ends at the newest files. This part of the day is a unit of its own; a later plan has a unit for the
    whole day.

    Raises: ValueError if ``step`` is not a positive multiple of 15.
    """
    if step < 15 or step % 15:
        raise ValueError(f"step is {step} minutes; files are 15 minutes apart")
    options = (("sets", "both" if translated else "english"), ("step", str(step)))
    newest = None if now is None else now.astimezone(UTC) - _LATENESS
    first = max(since, FIRST_SLOT.date())
    last = until if newest is None else min(until, newest.date())
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    units = [Unit(source="gdelt", kind="day", locator=day.isoformat(), options=options) for day in days]
    if newest is not None and days and days[-1] == newest.date():
        units[-1] = replace(units[-1], options=(*options, ("to", f"{newest:{_STAMP}}")))
    whole = len(slot_names(replace(units[0], locator=_ORDINARY))) if units else 0
    odd = {0, len(units) - 1}
    return tuple(replace(u, size=len(slot_names(u)) if n in odd else whole) for n, u in enumerate(units))


def slot_names(unit: Unit) -> tuple[str, ...]:
    """The names of a day's files in the order of reading, whether the files exist or not; each name holds its time, in
    UTC.
    """
    day = datetime.combine(date.fromisoformat(unit.locator), time(), tzinfo=UTC)
    step = timedelta(minutes=int(unit.option("step", "15")))
    slots = [day + n * step for n in range(timedelta(days=1) // step)]
    last = _time(unit.option("to")) if unit.option("to") else slots[-1]
    suffixes = ("", ".translation") if unit.option("sets") == "both" else ("",)
    return tuple(
        f"{slot:{_STAMP}}{suffix}.gkg.csv.zip"
        for slot in slots
        if FIRST_SLOT <= slot <= last
        for suffix in suffixes
    )


async def read_gkg(
    web: Web,
    unit: Unit,
    cursor: str,
    services: Services,
    throttle: Throttle,
    wanted: Wanted,
) -> AsyncIterator[Listing]:
    """Yield the stories of a day that the watchlist may want, one listing for each file; the cursor is the last file
    read.

    A file that is missing, or that arrives broken three times, is skipped with its reason; its readable records are
    still listed. ``Listing.outside`` counts the records that are not wanted.

    Raises: FetchError if the service fails again and again.
    """
    names = slot_names(unit)
    base = f"{services.gdelt_files.rstrip('/')}/gdeltv2/"
    first = names.index(cursor) + 1 if cursor in names else 0
    if first >= len(names):
        yield Listing(position=len(names), done=True)
    for position, name in enumerate(names[first:], first):
        download = _Download(base + name, name, wanted)
        slot, problems = await download.read(web, throttle)
        entries, unusable = _entries(((row, name) for row in slot.rows), web.allow)
        done = position + 1 == len(names)
        before = names[position - 1] if position else ""
        for start in range(PORTION, len(entries), PORTION):
            yield Listing(entries=entries[start - PORTION : start], cursor=before, position=position)
        rest = (len(entries) - 1) // PORTION * PORTION if entries else 0
        yield Listing(
            entries=entries[rest:],
            skipped=(*problems, *slot.skipped, *unusable),
            outside=slot.unwanted,
            cursor="" if done else name,
            position=position + 1,
            done=done,
        )


_NOTHING = GkgSlot(rows=(), unwanted=0, skipped=())


@dataclass(frozen=True, slots=True)
class _Download:
    """One file: fetched, checked and read; fetched again if it arrives broken."""

    url: str
    name: str
    wanted: Wanted

    async def read(self, web: Web, throttle: Throttle) -> tuple[GkgSlot, Skipped]:
        slot, problem = _NOTHING, ""
        for _ in range(_DOWNLOADS):
            try:
                reply = await throttle.ask(web, "gdelt_files", self.url)
            except FetchError as exc:
                if exc.kind != "too_large":
                    raise
                return _NOTHING, (("too_large", self.name),)
            if reply.head.status == 404:
                return _NOTHING, (("no_slot", self.name),)
            _refuse(reply)
            if not _is_whole(reply):
                problem = "md5_mismatch"
                continue
            # Seconds of work: in a thread, so that other downloads go on.
            slot = await asyncio.to_thread(read_slot, reply.body, self.wanted)
            problem = slot.problem
            if problem != "bad_zip":
                break
        return slot, ((problem, self.name),) if problem else ()


def _is_whole(reply: Reply) -> bool:
    """Whether the body has the MD5 sum that the response headers give; True if they give none."""
    sent = re.search(r"md5=([A-Za-z0-9+/]{22}==)", reply.head.get("x-goog-hash"))
    return not sent or base64.b64decode(sent[1]) == hashlib.md5(reply.body, usedforsecurity=False).digest()
