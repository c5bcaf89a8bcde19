"""Lists of addresses in files and on standard input.

file -> encoding, columns -> lines -> addresses -> entries

A unit is one file with its present content: the digest of the content is part of the unit's identity. So a list that
grew is a new unit, and an unchanged list is not read again.
"""

from __future__ import annotations

import codecs
import contextlib
import hashlib
import io
import os
import shutil
import sys
import tempfile
from collections import deque
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import BinaryIO

from fivegwatch.extractors.errors import ExtractionError, SettingsError
from fivegwatch.extractors.listings.url_lists import Layout, addresses, entry_of, find_layout
from fivegwatch.extractors.model import Entry, Listing, Unit
from fivegwatch.sources.listings.portions import in_thread

PORTION = 1_000
_START_BYTES = 64 * 1024
_LINE_CHARS = 1_000_000
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"\x28\xb5\x2f\xfd", b"BZh", b"\xfd7zXZ")


def plan_url_list(path: str | Path, column: str = "", *, spool: Path | None = None) -> Unit:
    """The unit of the list at ``path``; its size is the size of the file in bytes.

    ``column`` is a column of a CSV or TSV file (by name, or by number from 1) or a key of JSON lines. ``-`` as path is
    standard input. It is first copied to the folder ``spool``, because a pipe cannot be read twice.

    Raises: SettingsError if there is no such file or no such column in it, or if standard input is given without
    ``spool``.
    """
    if str(path) == "-":
        path = _keep_input(spool)
    if str(path).startswith(("http://", "https://")):
        raise SettingsError(
            f"{path}: name a file of addresses, one a line, not an address; for a single one: echo {path} | fivegwatch"
            " backfill urls -",
            key="path",
        )
    file = Path(path).expanduser().absolute()
    try:
        with file.open("rb") as handle:
            _start(handle, file, column)  # a wrong column is an error of the request, not of a unit
            handle.seek(0)
            digest = hashlib.file_digest(handle, lambda: hashlib.blake2b(digest_size=16)).hexdigest()
            size = os.fstat(handle.fileno()).st_size
    except IsADirectoryError as exc:
        raise SettingsError(f"{path}: is a folder; name the files in it.", key="path") from exc
    except OSError as exc:
        raise SettingsError(f"{path}: cannot be read: {exc.strerror}.", key="path") from exc
    except ExtractionError as exc:
        raise SettingsError(str(exc), key="column") from exc
    named = (("column", column),) if column else ()
    return Unit(
        source="url-list", kind="file", locator=str(file), options=(("digest", digest), *named), size=size
    )


def _keep_input(spool: Path | None) -> Path:
    """A copy of standard input, in a file named after its content."""
    if spool is None:
        message = "standard input can only be read once; name a folder to keep it in, or write it to a file"
        raise SettingsError(message, key="path")
    spool.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=spool, prefix=".stdin-", delete=False) as kept:
        shutil.copyfileobj(sys.stdin.buffer, kept)
        kept.flush()
        os.fsync(kept.fileno())
    with Path(kept.name).open("rb") as handle:
        digest = hashlib.file_digest(handle, lambda: hashlib.blake2b(digest_size=8)).hexdigest()
    return Path(kept.name).replace(spool / f"stdin-{digest}.txt")


async def read_url_list(
    unit: Unit, cursor: str = "", *, allow: frozenset[tuple[str, int]] = frozenset()
) -> AsyncIterator[Listing]:
    """Yield the entries of the list, portion by portion; lines without an address are skipped, and their numbers
    reported.

    ``cursor`` is a byte offset and a line number; ``Listing.position`` is the offset.

    Raises: ExtractionError of kind ``no_column``, ``json_array``, ``packed``, ``not_text``, ``unreadable`` or
    ``changed`` (the file has another size than when it was planned).
    """
    async for listing in in_thread(_portions(unit, cursor, allow)):
        yield listing


def _portions(unit: Unit, cursor: str, allow: frozenset[tuple[str, int]]) -> Iterator[Listing]:
    path = Path(unit.locator)
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_size != unit.size:
                raise _trouble(path, "changed", "has changed since it was planned; start again to read it")
            yield from _read(file, path, unit, cursor, allow)
    except OSError as exc:
        raise _trouble(path, "unreadable", f"cannot be read: {exc.strerror}") from exc


def _trouble(path: Path, kind: str, what: str) -> ExtractionError:
    return ExtractionError(f"{path.name}: {what}", url=path.name, kind=kind)


def _read(
    file: BinaryIO, path: Path, unit: Unit, cursor: str, allow: frozenset[tuple[str, int]]
) -> Iterator[Listing]:
    encoding, mark, layout = _start(file, path, unit.option("column"))
    offset, _, number = cursor.partition(":")
    with contextlib.closing(_Lines(file, encoding, int(offset or mark), int(number or 0))) as lines:
        if layout.header and not cursor:
            next(iter(lines), None)
        yield from _go_through(lines, layout, unit.size, path.name, allow)


def _go_through(
    lines: _Lines, layout: Layout, size: int, name: str, allow: frozenset[tuple[str, int]]
) -> Iterator[Listing]:
    entries: list[Entry] = []
    skipped: list[tuple[str, str]] = []
    start = lines.number + 1
    for address in addresses(lines, layout):
        entry = None if address is None else entry_of(address, name, allow=allow)
        if isinstance(entry, Entry):
            entries.append(entry)
        elif entry is not None:
            skipped.append((entry[0], f"line {start}: {entry[1]}"))
        start = lines.number + 1
        if len(entries) + len(skipped) >= PORTION:
            yield Listing(
                entries=tuple(entries),
                skipped=tuple(skipped),
                cursor=f"{lines.offset}:{lines.number}",
                position=lines.offset,
            )
            entries, skipped = [], []
    yield Listing(entries=tuple(entries), skipped=tuple(skipped), position=size, done=True)


def _start(file: BinaryIO, path: Path, column: str) -> tuple[str, int, Layout]:
    """The list's encoding, the length of its byte order mark, and its layout."""
    start = file.read(_START_BYTES)
    if start.startswith(_PACKED):
        raise _trouble(path, "packed", "is packed; unpack it first")
    encoding, mark = next(((name, len(bom)) for bom, name in _BOMS if start.startswith(bom)), ("utf-8", 0))
    if encoding == "utf-8" and b"\0" in start:
        raise _trouble(path, "not_text", "is no text; save it as UTF-8")
    text = codecs.getincrementaldecoder(encoding)("replace").decode(start[mark:])
    layout = find_layout(text, suffix=path.suffix.lower(), column=column, name=path.name)
    return encoding, mark, layout


class _Lines:
    """The lines of a file from a byte offset on; it knows the offset and the number of the last line it returned."""

    def __init__(self, file: BinaryIO, encoding: str, offset: int, number: int) -> None:
        file.seek(offset)
        self.offset = offset
        self.number = number
        self._encoding = encoding
        self._errors = "surrogateescape" if encoding == "utf-8" else "surrogatepass"
        self._text = io.TextIOWrapper(file, encoding=encoding, errors=self._errors, newline="")
        self._again: deque[str] = deque()

    def close(self) -> None:
        """Stop reading; the file itself stays open."""
        self._text.detach()

    def __iter__(self) -> Iterator[str]:
        while line := self._next():
            self.number += line.endswith(("\n", "\r"))
            self.offset += self._length(line)
            yield line

    def _next(self) -> str:
        # An overlong line comes in pieces, each of them a bad record, so that it does not fill the memory.
        return self._again.popleft() if self._again else self._text.readline(_LINE_CHARS)

    def back(self, lines: list[str]) -> None:
        """Put ``lines`` back, to be returned next."""
        self._again.extendleft(reversed(lines))
        self.number -= sum(line.endswith(("\n", "\r")) for line in lines)
        self.offset -= sum(self._length(line) for line in lines)

    def _length(self, line: str) -> int:
        return len(line.encode(self._encoding, self._errors))
