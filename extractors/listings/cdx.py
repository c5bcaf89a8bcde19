"""The index of a web archive: which captures of an address exist.

One row a capture, sorted by address and time: ``urlkey timestamp original mimetype statuscode digest length``, as
JSON or as text. The rows are as crawlers wrote them over thirty years: doubled, cut, with impossible times.

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
"""More than the server's own cap for one answer."""
_SHOWN = 300
_TIMESTAMP = re.compile(r"[0-9]{14}")


@dataclass(frozen=True, slots=True)
class Capture:
    """One capture, every value as the index has it; ``-`` stands for unknown."""

    urlkey: str
    timestamp: str
    """14 digits, a possible UTC time."""
    original: str
    mimetype: str
    statuscode: str
    digest: str
    length: str

    @property
    def captured_at(self) -> datetime:
        """When the archive took it."""
        return captured_at(self.timestamp)

    @property
    def is_page(self) -> bool:
        """True for a page that was there: neither an error, a redirect, a repeat nor another kind of file."""
        return self.statuscode == "200" and self.mimetype.split(";")[0].strip().lower() in PAGE_TYPES


@dataclass(frozen=True, slots=True)
class CdxPage:
    """One answer of the index."""

    captures: tuple[Capture, ...]
    """As listed; rows that repeat the one before are given once."""
    skipped: tuple[tuple[str, str], ...]
    """Rows that cannot be used: (``bad_row`` or ``bad_timestamp``, the row)."""
    rows: int
    """Rows listed, usable or not."""
    resume_key: str
    """Opaque; to be sent back as a parameter's value exactly as it is, and empty when nothing follows."""


def captured_at(timestamp: str) -> datetime:
    """The UTC time of 14 digits. Raises: ValueError when there is no such time."""
    if not _TIMESTAMP.fullmatch(timestamp):
        raise ValueError(f"{timestamp[:40]!r} is no capture time")
    year, *rest = (int(timestamp[start:end]) for start, end in _PARTS)
    month, day, hour, minute, second = rest
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


_PARTS = ((0, 4), (4, 6), (6, 8), (8, 10), (10, 12), (12, 14))


def first_second(day: date) -> str:
    """The 14 digits of the day's first second."""
    return f"{day:%Y%m%d}000000".zfill(14)


def last_second(day: date) -> str:
    """The 14 digits of the day's last second."""
    return f"{day:%Y%m%d}235959".zfill(14)


def parse_cdx(body: bytes, *, url: str) -> CdxPage:
    """Read an answer of the index at ``url``, JSON or text, with or without a resume key.

    Raises: ExtractionError(kind ``bad_cdx``, transient) when the body is neither: cut short, or a message.
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
    """The rows of captures, and the resume key: what stands alone behind an empty row at the end."""
    key = ""
    if len(rows) >= 2 and not rows[-2] and len(rows[-1]) == 1:
        rows, key = rows[:-2], rows[-1][0]
    return [row for row in rows if row][:_ROWS], key


def _check_text(rows: list[list[str]], url: str) -> None:
    """Raises: ExtractionError when not a single line looks like a capture: an error message came as 200."""
    if rows and not any(len(row) >= 2 and row[1].isdecimal() for row in rows):
        raise _bad(url, "a message instead of an index: " + clean_line(" ".join(rows[0]), _SHOWN))


def _read(rows: list[list[str]]) -> tuple[tuple[Capture, ...], tuple[tuple[str, str], ...]]:
    captures: list[Capture] = []
    skipped: list[tuple[str, str]] = []
    for row in rows:
        if len(row) < len(FIELDS) or not row[2]:
            skipped.append(("bad_row", _shown(row)))
            continue
        # A blank inside an address splits it; the fields around it have none.
        capture = Capture(row[0], row[1], " ".join(row[2:-4]), *row[-4:])
        try:
            captured_at(capture.timestamp)
        except ValueError:
            skipped.append(("bad_timestamp", _shown(row)))
            continue
        if not captures or capture != captures[-1]:
            captures.append(capture)
    return tuple(captures), tuple(skipped)


def _shown(row: list[str]) -> str:
    return clean_line(" ".join(row)[: 2 * _SHOWN], _SHOWN)


def _bad(url: str, why: str) -> ExtractionError:
    return ExtractionError(f"{url}: {why}", url=url, kind="bad_cdx", transient=True)


def earliest_pages(captures: tuple[Capture, ...], taken: str = "") -> Iterator[Capture]:
    """The first good page of each ``urlkey``, in order; none of ``taken``, whose page was found before."""
    for capture in captures:
        if capture.urlkey != taken and capture.is_page:
            taken = capture.urlkey
            yield capture
