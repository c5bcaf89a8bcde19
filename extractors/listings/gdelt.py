"""Reads addresses from GDELT's answers: article lists of its search (DOC 2.0) and 15-minute files of its graph (GKG
2.1).

The times in both tell when GDELT's crawler saw a page, not when it was published.

Standard: GDELT DOC 2.0 API; GDELT Global Knowledge Graph Codebook 2.1.
"""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from fivegwatch.extractors.errors import ExtractionError
from fivegwatch.extractors.limits import MIB
from fivegwatch.extractors.text.plain import clean_line, plain_text, title_line

Wanted = Callable[[str, str, tuple[str, ...], tuple[str, ...]], bool]
"""A function of ``(url, title, organisations, themes)`` that tells whether the story may be of interest; the title may
be empty."""

SLOT_BYTES = 256 * MIB
"""Most bytes read from one file after decompression; a busy file has 40 MiB."""
LINE_BYTES = 8 * MIB
"""Longest line read; lines of over 1 MB occur."""
_COLUMNS = 27
_WEB, _URL, _THEMES, _ORGANISATIONS, _ORGANISATIONS_2, _EXTRAS = 2, 4, 7, 13, 14, 26
_NAMES = 1_000
_LISTED = 100
_SHOWN_CHARS = 300
_TITLE = re.compile(rb"<PAGE_TITLE>(.{0,8000}?)</PAGE_TITLE>", re.DOTALL)
_ESCAPES = re.compile(r'\\(?:(["\\/bfnrt]|u[0-9A-Fa-f]{4})|)')
_SLOW_DOWN = re.compile(r"limit requests|too many requests|rate limit", re.IGNORECASE)
_TRY_AGAIN = re.compile(r"try again|timed? ?out|unavailable|overload|internal error", re.IGNORECASE)


# ---------------------------------------------------------------- DOC


@dataclass(frozen=True, slots=True)
class DocArticle:
    """One row of an article list."""

    url: str
    title: str
    seen: str
    """The 15 minutes in which the crawler saw the article, as one time: ``20230918T031500Z``."""


def is_slow_down(body: bytes) -> bool:
    """True if an answer is GDELT's message that asks for fewer requests; it may come with status 200."""
    return body[:1] not in (b"{", b"[") and bool(_SLOW_DOWN.search(body[:2_000].decode("utf-8", "replace")))


def parse_articles(body: bytes, *, url: str) -> tuple[DocArticle, ...]:
    """The rows of an article list that have an address.

    Invalid escapes and control characters in the JSON are repaired.

    Raises: ExtractionError of kind ``refused_query`` (a message with status 200 explains what is wrong with the query)
    or ``bad_answer`` (transient: cut short, or an HTML page).
    """
    text = body.decode("utf-8", "replace").strip("\ufeff \t\r\n")
    if not text.startswith("{"):
        later = not text or text.startswith("<") or bool(_TRY_AGAIN.search(text[:2_000]))
        kind = "bad_answer" if later else "refused_query"
        message = clean_line(plain_text(text[:2_000], max_chars=_SHOWN_CHARS), _SHOWN_CHARS)
        raise ExtractionError(f"{url}: the service says: {message}", url=url, kind=kind, transient=later)
    rows = _mended_json(text, url).get("articles")
    return tuple(_articles(rows if isinstance(rows, list) else []))


def _mended_json(text: str, url: str) -> dict[str, object]:
    for candidate in (text, _ESCAPES.sub(lambda match: match[0] if match[1] else "", text)):
        try:
            document = json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
        return document if isinstance(document, dict) else {}
    raise ExtractionError(f"{url}: the JSON is not whole", url=url, kind="bad_answer", transient=True)


def _articles(rows: list[object]) -> Iterator[DocArticle]:
    for row in rows:
        if not isinstance(row, dict):
            continue
        url, title, seen = (row.get(name) for name in ("url", "title", "seendate"))
        if isinstance(url, str) and url:
            line = title_line(title) if isinstance(title, str) else ""
            yield DocArticle(url, line, seen[:32] if isinstance(seen, str) else "")


# ---------------------------------------------------------------- GKG


@dataclass(frozen=True, slots=True)
class GkgRow:
    """The address and title in one record of a file."""

    url: str
    title: str
    """The title; records of the early years have none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GkgSlot:
    """The records of one file, as far as it could be read."""

    rows: tuple[GkgRow, ...]
    """The wanted records in the order of the file, each address once."""
    unwanted: int
    skipped: tuple[tuple[str, str], ...]
    """Lines that are no records, with reason ``bad_line`` or ``line_too_long``."""
    problem: str = ""
    """Why reading ended early (``bad_zip`` or ``too_large``); empty if the file was read to its end."""


def read_slot(data: bytes, wanted: Wanted) -> GkgSlot:
    """The wanted records of a zipped GKG file. No content of ``data`` raises an exception.

    The file is unpacked line by line, up to `SLOT_BYTES` in all.
    """
    rows: dict[str, GkgRow] = {}
    skipped: list[tuple[str, str]] = []
    unwanted = bad = 0
    lines = _Lines(data)
    for line in lines:
        cells = line.rstrip(b"\r\n").split(b"\t", _COLUMNS)
        if len(line) > LINE_BYTES or len(cells) != _COLUMNS or not cells[_URL]:
            bad += 1
            if bad <= _LISTED:
                reason = "line_too_long" if len(line) > LINE_BYTES else "bad_line"
                skipped.append(
                    (reason, clean_line(line[:_SHOWN_CHARS].decode("utf-8", "replace"), _SHOWN_CHARS))
                )
            continue
        row = _row(cells) if cells[_WEB] == b"1" else None
        if row is None or not wanted(row.url, row.title, _organisations(cells), _names(cells[_THEMES])):
            unwanted += 1
        else:
            rows.setdefault(row.url, row)
    if bad > _LISTED:
        skipped.append(("bad_line", f"{bad - _LISTED:,} more"))
    return GkgSlot(
        rows=tuple(rows.values()), unwanted=unwanted, skipped=tuple(skipped), problem=lines.problem
    )


class _Lines:
    """The lines of the only file in a zip archive. After the last line, ``problem`` says why reading ended early, if it
    did."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.problem = ""

    def __iter__(self) -> Iterator[bytes]:
        try:
            with zipfile.ZipFile(io.BytesIO(self._data)) as archive:
                # ``is_dir`` fails on a member without a name.
                files = (one for one in archive.infolist() if not one.filename.endswith("/"))
                member = next(files, None)
                # Other methods of compression may unpack without bound in one read.
                known = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
                if member is None or member.compress_type not in known or member.flag_bits & 1:
                    self.problem = "bad_zip"
                    return
                with archive.open(member) as file:
                    yield from self._bounded(file)
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            ValueError,
            NotImplementedError,
            RuntimeError,
        ):
            self.problem = self.problem or "bad_zip"

    def _bounded(self, file: IO[bytes]) -> Iterator[bytes]:
        left = SLOT_BYTES
        while line := file.readline(LINE_BYTES + 1):
            left -= len(line)
            whole = line.endswith(b"\n") or len(line) <= LINE_BYTES
            while not whole and left > 0:  # skip the rest of a line that is too long
                rest = file.readline(LINE_BYTES)
                left -= len(rest)
                whole = rest.endswith(b"\n") or not rest
            if left < 0:
                self.problem = "too_large"
                return
            yield line


def _row(cells: list[bytes]) -> GkgRow:
    match = _TITLE.search(cells[_EXTRAS])
    title = html.unescape(match[1].decode("utf-8", "replace")) if match else ""
    return GkgRow(cells[_URL].decode("utf-8", "replace"), title_line(title))


def _names(cell: bytes) -> tuple[str, ...]:
    """The names of a cell ``name;name;``, without their offsets."""
    text = cell[: 64 * 1024].decode("utf-8", "replace")
    names = (part.partition(",")[0].strip() for part in text.split(";", _NAMES))
    return tuple(dict.fromkeys(name for name in names if name))


def _organisations(cells: list[bytes]) -> tuple[str, ...]:
    """The organisations in lower case, from both columns that name them, since neither column is complete."""
    both = (*_names(cells[_ORGANISATIONS].lower()), *_names(cells[_ORGANISATIONS_2].lower()))
    return tuple(dict.fromkeys(both))
