"""Reads the index of a web archive, which lists the captures of an address.

One row per capture, sorted by address and time: ``urlkey timestamp original mimetype statuscode digest length``, as
JSON or as text. After thirty years of crawlers some rows are repeated, cut short or have impossible times.

Standard: CDX Server API of the Wayback Machine.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

from fivegwatch.extractors.errors import ExtractionError
from fivegwatch.extractors.text.plain import clean_line

FIELDS = ("urlkey", "timestamp", "original", "mimetype", "statuscode", "digest", "length")
PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_ROWS = 200_000
"""Most rows read from one answer; the server's own limit is lower."""
_SHOWN_CHARS = 300
_TIMESTAMP = re.compile(r"[0-9]{14}")


@dataclass(frozen=True, slots=True)
class Capture:
    """One capture, with every value as written in the index; ``-`` means unknown."""

    urlkey: str
    timestamp: str
    """14 digits, a valid UTC time."""
    original: str
    mimetype: str
    statuscode: str
    digest: str
    length: str

    @property
    def captured_at(self) -> datetime:
        """The time of the capture."""
        return captured_at(self.timestamp)

    @property
    def is_page(self) -> bool:
        """True for an HTML page with status 200, not for an error, a redirect, a repeated capture or another kind of
        file."""
        return self.statuscode == "200" and self.mimetype.split(";")[0].strip().lower() in PAGE_TYPES


@dataclass(frozen=True, slots=True)
class CdxPage:
    """One answer of the index."""

    captures: tuple[Capture, ...]
    """The captures in the order of the index; a row equal to the one before is left out."""
    skipped: tuple[tuple[str, str], ...]
    """Rows that cannot be used, with reason ``bad_row`` or ``bad_timestamp``."""
    rows: int
    """Number of rows, usable or not."""
    resume_key: str
    """Opaque value that requests the next rows when it is sent back unchanged; empty when there are no more rows."""


def captured_at(timestamp: str) -> datetime:
    """The UTC time that 14 digits stand for. Raises: ValueError for an impossible time."""
    if not _TIMESTAMP.fullmatch(timestamp):
        raise ValueError(f"{timestamp[:40]!r} is no capture time")
    year, *rest = (int(timestamp[start:end]) for start, end in _PARTS)
    month, day, hour, minute, second = rest
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


_PARTS = ((0, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14))


def first_second(day: date) -> str:
    """The 14 digits for the first second of ``day``."""
    return f"{day:%Y%m%d}000000".zfill(14)


def last_second(day: date) -> str:
    """The 14 digits for the last second of ``day``."""
    return f"{day:%Y%m%d}235959".zfill(14)


def parse_cdx(body: bytes, *, url: str) -> CdxPage:
    """The captures in an answer of the index at ``url``, which is JSON or text.

    Raises: ExtractionError(kind ``bad_cdx``, transient) if the answer is cut short or is an error message.
    """
    text = body.decode("utf-8", "replace").strip("\ufeff \t\r\n")
    if text.startswith("["):
        rows, key = _split(_json_rows(text, url))
    elif text.startswith(("<", "{")):
        raise _bad(url, "a page instead of an index")
    else:
        rows, key = _split([line.split(" ") if line.strip() else [] for line in text.splitlines()])
        _check_text(rows, url)
    captures, skipped = _read(rows)
    return CdxPage(captures, skipped, len(rows), key)


def _json_rows(text: str, url: str) -> list[list[str]]:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as exc:
        raise _bad(url, f"not whole: {exc}") from exc
    rows = [
        [value for value in row if isinstance(value, str)] if isinstance(row, list) else ["?"]
        for row in document
    ]
    return rows[1:] if rows and rows[0][:2] == list(FIELDS[:2]) else rows


def _split(rows: list[list[str]]) -> tuple[list[list[str]], str]:
    """The rows of captures, and the resume key: the only value of the last row, after an empty one."""
    key = ""
    if len(rows) >= 2 and not rows[-2] and len(rows[-1]) == 1:
        rows, key = rows[:-2], rows[-1][0]
    return [row for row in rows if row][:_ROWS], key


def _check_text(rows: list[list[str]], url: str) -> None:
    """Raise ExtractionError if no row looks like a capture: then the text is an error message with status 200."""
    if rows and not any(len(row) >= 2 and row[1].isdecimal() for row in rows):
        raise _bad(url, "a message instead of an index: " + clean_line(" ".join(rows[0]), _SHOWN_CHARS))


def _read(rows: list[list[str]]) -> tuple[tuple[Capture, ...], tuple[tuple[str, str], ...]]:
    captures: list[Capture] = []
    skipped: list[tuple[str, str]] = []
    for row in rows:
        if len(row) < len(FIELDS) or not row[2]:
            skipped.append(("bad_row", _one_line(row)))
            continue
        # Only the address may contain blanks.
        capture = Capture(row[0], row[1], " ".join(row[2:-4]), *row[-4:])
        try:
            captured_at(capture.timestamp)
        except ValueError:
            skipped.append(("bad_timestamp", _one_line(row)))
            continue
        if not captures or capture != captures[-1]:
            captures.append(capture)
    return tuple(captures), tuple(skipped)


def _one_line(row: list[str]) -> str:
    return clean_line(" ".join(row)[: 2 * _SHOWN_CHARS], _SHOWN_CHARS)


def _bad(url: str, why: str) -> ExtractionError:
    return ExtractionError(f"{url}: {why}", url=url, kind="bad_cdx", transient=True)


def earliest_pages(captures: tuple[Capture, ...], taken: str = "") -> Iterator[Capture]:
    """The first capture of each ``urlkey`` that is a page; ``captures`` are sorted by ``urlkey``, and their order is
    kept.

    ``taken``: the last ``urlkey`` of the previous answer; its captures are left out.
    """
    for capture in captures:
        if capture.urlkey != taken and capture.is_page:
            taken = capture.urlkey
            yield capture
