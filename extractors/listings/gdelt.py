"""GDELT's answers: article lists of its search (DOC 2.0) and quarter-hour files of its knowledge graph (GKG 2.1).

Both only say where a story is: the time they give is when their crawler saw it, not when it was published.

Standard: GDELT DOC 2.0 API; GDELT Global Knowledge Graph Codebook 2.1.
"""

from __future__ import annotations

import html
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from fivegwatch.extractors.errors import ExtractionError
from fivegwatch.extractors.limits import MIB
from fivegwatch.extractors.text.plain import clean_line, plain_text, title_line

Wanted = Callable[[str, str, tuple[str, ...], tuple[str, ...]], bool]
"""``(url, title, organisations, themes)`` to whether the story may be of interest; the title may be empty."""

SLOT_BYTES = 256 * MIB
"""Decompressed bytes of one file; a busy slot has 40 MiB."""
LINE_BYTES = 8 * MIB
"""Lines of over 1 MB occur."""
_COLUMNS = 27
_WEB, _URL, _THEMES, _ORGANISATIONS, _ORGANISATIONS_2, _EXTRAS = 2, 4, 7, 13, 14, 26
_NAMES = 1_000
_TOLD = 100
_SHOWN = 300
_TITLE = re.compile(rb"<PAGE_TITLE>(.{0,8000}?)</PAGE_TITLE>", re.DOTALL)
_ESCAPES = re.compile(r'\\(?:(["\\/bfnrt]|u[0-9A-Fa-f]{4})|)')
_SLOW_DOWN = re.compile(r"limit requests|too many requests|rate limit", re.IGNORECASE)
_TRY_AGAIN = re.compile(r"try again|timed? ?out|unavailable|overload|internal error", re.IGNORECASE)
_MD5 = re.compile(r"[0-9a-f]{32}")


# ---------------------------------------------------------------- DOC


@dataclass(frozen=True, slots=True)
class DocArticle:
    """One row of an article list."""

    url: str
    title: str
    seen: str
    """``20230918T031500Z``: the crawler's quarter of an hour."""


def is_slow_down(body: bytes) -> bool:
    """True for the message that asks for fewer requests; it also comes as 200."""
    return body[:1] not in (b"{", b"[") and bool(_SLOW_DOWN.search(body[:2_000].decode("utf-8", "replace")))


def parse_articles(body: bytes, *, url: str) -> tuple[DocArticle, ...]:
    """The rows of an article list; none for ``{}``. Rows without an address are left out.

    Invalid escapes and control characters inside the JSON are mended.

    Raises: ExtractionError of kind ``refused_query`` (the service says in words, with status 200, what is wrong
    with the question) or ``bad_answer`` (transient: cut short, or a page).
    """
    text = body.decode("utf-8", "replace").strip("\ufeff \t\r\n")
    if not text.startswith("{"):
        later = not text or text.startswith("<") or bool(_TRY_AGAIN.search(text[:2_000]))
        kind = "bad_answer" if later else "refused_query"
        said = clean_line(plain_text(text[:2_000], max_chars=_SHOWN), _SHOWN)
        raise ExtractionError(f"{url}: the service says: {said}", url=url, kind=kind, transient=later)
    rows = _mended_json(text, url).get("articles")
    return tuple(_articles(rows if isinstance(rows, list) else []))


def _mended_json(text: str, url: str) -> dict[str, object]:
    for candidate in (text, _ESCAPES.sub(lambda found: found[0] if found[1] else "", text)):
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
            shown = title_line(title) if isinstance(title, str) else ""
            yield DocArticle(url, shown, seen[:32] if isinstance(seen, str) else "")


# ---------------------------------------------------------------- lists of files


def parse_file_list(lines: Iterable[str]) -> dict[str, str]:
    """MD5 (hex) of each file by its name, from lines ``size md5 url``; other lines are left out."""
    digests = {}
    for line in lines:
        parts = line.split()
        if len(parts) == 3 and _MD5.fullmatch(parts[1].lower()):
            digests[parts[2].rpartition("/")[2]] = parts[1].lower()
    return digests


# ---------------------------------------------------------------- GKG


@dataclass(frozen=True, slots=True)
class GkgRow:
    """What one record says of a story."""

    url: str
    title: str
    """Empty where the record has none, as in the early years."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GkgSlot:
    """What was found in one file, as far as it could be read."""

    rows: tuple[GkgRow, ...]
    """Records that are wanted, in the file's order, an address once."""
    unwanted: int
    skipped: tuple[tuple[str, str], ...]
    """Lines that are no records: (``bad_line`` or ``line_too_long``, its beginning)."""
    problem: str = ""
    """Why the reading ended early: ``bad_zip``, ``too_large``, or empty."""


def read_slot(data: bytes, wanted: Wanted) -> GkgSlot:
    """The wanted records of a zipped GKG file. Never raises for what is in ``data``.

    Memory is that of the longest line: nothing is unpacked whole, and no more than `SLOT_BYTES` at all.
    """
    rows: dict[str, GkgRow] = {}
    skipped: list[tuple[str, str]] = []
    unwanted = bad = 0
    lines = _Lines(data)
    for line in lines:
        cells = line.rstrip(b"\r\n").split(b"\t", _COLUMNS)
        if len(line) > LINE_BYTES or len(cells) != _COLUMNS or not cells[_URL]:
            bad += 1
            if bad <= _TOLD:
                reason = "line_too_long" if len(line) > LINE_BYTES else "bad_line"
                skipped.append((reason, clean_line(line[:_SHOWN].decode("utf-8", "replace"), _SHOWN)))
            continue
        row = _row(cells) if cells[_WEB] == b"1" else None
        if row is None or not wanted(row.url, row.title, _organisations(cells), _names(cells[_THEMES])):
            unwanted += 1
        else:
            rows.setdefault(row.url, row)
    if bad > _TOLD:
        skipped.append(("bad_line", f"{bad - _TOLD:,} more"))
    return GkgSlot(
        rows=tuple(rows.values()), unwanted=unwanted, skipped=tuple(skipped), problem=lines.problem
    )


class _Lines:
    """The lines of the one file in a zip archive; afterwards ``problem`` says why they ended, if not at the end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.problem = ""

    def __iter__(self) -> Iterator[bytes]:
        try:
            with zipfile.ZipFile(io.BytesIO(self._data)) as archive:
                # ``is_dir`` fails on a member without a name.
                files = (one for one in archive.infolist() if not one.filename.endswith("/"))
                member = next(files, None)
                # Of the others the unpacking of one read has no bound.
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
            while not whole and left > 0:  # the rest of a line that is too long, unseen
                rest = file.readline(LINE_BYTES)
                left -= len(rest)
                whole = rest.endswith(b"\n") or not rest
            if left < 0:
                self.problem = "too_large"
                return
            yield line


def _row(cells: list[bytes]) -> GkgRow:
    found = _TITLE.search(cells[_EXTRAS])
    title = html.unescape(found[1].decode("utf-8", "replace")) if found else ""
    return GkgRow(cells[_URL].decode("utf-8", "replace"), title_line(title))


def _names(cell: bytes) -> tuple[str, ...]:
    """The names of a cell ``name;name;``, without their offsets."""
    text = cell[: 64 * 1024].decode("utf-8", "replace")
    names = (part.partition(",")[0].strip() for part in text.split(";", _NAMES))
    return tuple(dict.fromkeys(name for name in names if name))


def _organisations(cells: list[bytes]) -> tuple[str, ...]:
    """Lower case, of both columns: each leaves out some that the other has."""
    both = (*_names(cells[_ORGANISATIONS].lower()), *_names(cells[_ORGANISATIONS_2].lower()))
    return tuple(dict.fromkeys(both))
