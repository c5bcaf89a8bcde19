"""Records in WARC files, packed or not: read once, forward, in limited memory.

file -> members, unpacked piece by piece (`members`) -> records, each with the cursor that follows it

Reading can resume at any record of an unpacked file, and at any gzip member or zstd frame of a packed one; to reach a
record inside a member, the member is unpacked again from its start. Usually a member is one record. But some packers
make the whole file one member, and others (bgzip) begin members anywhere, so that a record continues in the next one.

A damaged member does not end the reading, which continues at the next member that begins with a record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Self

from fivegwatch.sources.warc.members import (
    GZIP,
    STEP,
    VERSION,
    ZSTD,
    Damaged,
    Members,
    first_member,
    packing_of,
)

HEAD_MAX = 64 * 1024
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_FOLD = re.compile(rb"\r?\n[ \t]+")
# In an unpacked file, no printable character may come before it, since pages mention WARC/1.0. A line end is not
# required there, because it may be damaged.
_BEGINNINGS = {
    "gzip": re.compile(re.escape(GZIP)),
    "zstd": re.compile(re.escape(ZSTD)),
    "plain": re.compile(rb"(?<![\x20-\x7e])WARC/1\."),
}
_BEGINNING_BYTES = 7
"""Bytes that are kept of the end of a window, because the beginning of a record or member may be cut off there."""
_LENGTH = re.compile(rb"\nContent-Length[ \t]*:[ \t]*(\d{1,18})[ \t]*\r?(?:\n|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A position in a WARC file at which reading can begin."""

    offset: int = 0
    """File offset at which a gzip member, a zstd frame or (in an unpacked file) a record begins."""
    inner: int = 0
    """Unpacked bytes of that member to skip; usually 0."""

    def __str__(self) -> str:
        return f"{self.offset}+{self.inner}" if self.inner else str(self.offset)

    @classmethod
    def parse(cls, text: str) -> Self:
        """The cursor that ``str`` wrote as ``text``; the start of the file if ``text`` is empty. Raises: ValueError."""
        offset, _, inner = text.partition("+")
        return cls(int(offset or 0), int(inner or 0))


START = Cursor()


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A part of a WARC file: a record or a damaged stretch."""

    at: Cursor
    after: Cursor
    """Where reading resumes; everything before it was read."""
    read_to: int
    """Number of bytes of the file that are read before ``after``. Inside a member it grows, while the offset of
    ``after`` stays that of the member.
    """

    @property
    def offset(self) -> int:
        """File offset at which the member of the record begins; in an unpacked file, that of the record."""
        return self.at.offset


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Located):
    """A WARC record with its place in the file and the bytes that were read."""

    head: bytes
    """The version line and the header fields, one a line, without the empty line that ends them."""
    data: bytes | None
    """The bytes that contain the block, which is ``data[begin:end]``; None if the block was too large. The block is not
    cut out, because most blocks are never used.
    """
    begin: int
    end: int
    """The block is ``data[begin:end]``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage(Located):
    """A part of the file that could not be read; ``after`` is the end of the file if nothing readable follows."""

    reason: str
    """``torn`` (the file ends too early), ``corrupt``, or ``unexpected`` (a bug of ours)."""
    message: str


class _Walk:
    """Reads through a member, and on into the next members while a record is not complete."""

    def __init__(self, members: Members, passed: int) -> None:
        """Begin in the member that ``members`` has open, behind the ``passed`` unpacked bytes that were read before.

        Raises: Damaged.
        """
        self._members = members
        self._data = members.piece()
        self._at = 0
        self._gone = 0
        """Unpacked bytes before ``_data``."""
        self._unpacked = len(self._data)
        self._begun = [(0, members.offset)]
        """Members from here on: the number of unpacked bytes before each, and its offset in the file."""
        self._pass_over(passed)

    def here(self) -> Cursor:
        """The cursor of the current position."""
        position = self._gone + self._at
        while len(self._begun) > 1 and self._begun[1][0] <= position:
            del self._begun[0]
        before, offset = self._begun[0]
        inner = position - before
        return Cursor(offset + inner) if self._members.is_plain else Cursor(offset, inner)

    def at_end(self) -> bool:
        """Skip line ends; True if nothing else is left in this member."""
        while True:
            rest = self._data[self._at : self._at + 64]
            kept = rest.lstrip(b"\r\n")
            self._at += len(rest) - len(kept)
            if kept:
                return False
            if len(rest) < 64 and not self._append(self._counted(self._members.piece())):
                return True

    def begins_record(self) -> bool:
        """Whether a record begins here. Raises: Damaged."""
        if len(self._data) - self._at < len(VERSION):
            self._append(self._piece())
        return self._data.startswith(VERSION, self._at)

    def head(self) -> bytes:
        """The head of the record that begins at the current position. Raises: Damaged if no record begins there."""
        if not self._data.startswith(VERSION, self._at) and (
            len(self._data) - self._at >= len(VERSION) or not self._append(self._piece())
        ):
            raise Damaged("corrupt", "no WARC record where one must begin")
        while (end := _HEAD_END.search(self._data, self._at, self._at + HEAD_MAX)) is None:
            if len(self._data) - self._at >= HEAD_MAX:
                raise Damaged("corrupt", f"the header of a record has no end within {HEAD_MAX // 1024} KiB")
            if not self._append(self._piece()):
                raise _torn()
        head = self._data[self._at : end.start()]
        self._at = end.end()
        if not head.startswith(VERSION):
            raise Damaged("corrupt", "no WARC record where one must begin")
        return _FOLD.sub(b" ", head) if b"\n " in head or b"\n\t" in head else head

    def take(self, length: int, most: int) -> tuple[bytes | None, int, int]:
        """The next ``length`` bytes, as ``data``, ``begin`` and ``end``: the bytes are ``data[begin:end]``.

        If ``length`` is more than ``most``, the bytes are skipped and ``data`` is None.
        """
        if length > most:
            self._pass_over(length)
            return None, 0, 0
        missing = length - (len(self._data) - self._at)
        if missing > 0:
            pieces = [self._data[self._at :]]
            while missing > 0:
                piece = self._piece()
                if not piece:
                    raise _torn()
                pieces.append(piece)
                missing -= len(piece)
            self._gone += self._at
            self._data, self._at = b"".join(pieces), 0
        begin, self._at = self._at, self._at + length
        return self._data, begin, self._at

    def _pass_over(self, length: int) -> None:
        while length > (rest := len(self._data) - self._at):
            length -= rest
            self._gone += len(self._data)
            self._data, self._at = self._piece(), 0
            if not self._data:
                raise _torn()
        self._at += length

    def _append(self, piece: bytes) -> bool:
        if piece:
            self._gone += self._at
            self._data = self._data[self._at :] + piece
            self._at = 0
        return bool(piece)

    def _piece(self) -> bytes:
        """The next unpacked bytes of a record that is not complete; empty at the end of the file. Raises: Damaged."""
        piece = self._members.piece()
        while not piece and self._members.open_next():
            self._begun.append((self._unpacked, self._members.offset))
            piece = self._members.piece()
            if piece.startswith(VERSION):
                # Packed record by record: this record is shorter than it claims, and the next one is not part of it.
                raise Damaged("corrupt", "a record does not end with its member")
        return self._counted(piece)

    def _counted(self, piece: bytes) -> bytes:
        self._unpacked += len(piece)
        return piece


def _torn() -> Damaged:
    return Damaged("torn", "the file ends inside a record")


def read_records(
    handle: BinaryIO, name: str, *, start: Cursor = START, most: int
) -> Iterator[Record | Damage]:
    """The records of a WARC file (``.warc``, ``.warc.gz``, ``.warc.zst``), and the parts that cannot be read.

    ``handle`` is seekable. ``start`` is where to begin: the start of the file, or the ``after`` of an earlier item.
    Blocks of more than ``most`` bytes are skipped.

    Raises: FetchError of kind ``not_warc`` if the file is of another kind; the message names the remedy.
    """
    packing, dictionary = packing_of(handle, name)
    members = Members(handle, start.offset or first_member(handle), packing, dictionary)
    passed = start.inner
    while members.open_next():
        at = Cursor(members.offset, passed)
        try:
            walk = _Walk(members, passed)
            passed = 0
            while not walk.at_end():
                at = walk.here()
                head = walk.head()
                data, begin, end = walk.take(_length(head), most)
                ended = walk.at_end()
                if members.is_plain and not ended and not walk.begins_record():
                    _refuse_overrun(data, begin, end)
                after = Cursor(members.end) if ended else walk.here()
                read_to = after.offset if members.is_plain else members.end
                yield Record(
                    at=at, after=after, read_to=read_to, head=head, data=data, begin=begin, end=end
                )  # fmt: skip
        except Damaged as damage:
            following = _next_start(handle, at.offset + 1, packing, dictionary)
            # If records follow, the file is damaged in the middle, also where the record seems cut short.
            reason = "corrupt" if following is not None else damage.reason
            resumed = handle.seek(0, 2) if following is None else following
            yield Damage(
                at=at, after=Cursor(resumed), read_to=resumed, reason=reason, message=str(damage)
            )  # fmt: skip
            if following is None:
                return
            members, passed = Members(handle, following, packing, dictionary), 0


def _refuse_overrun(data: bytes | None, begin: int, end: int) -> None:
    """Raise Damaged if the block of a record contains another record. For blocks that no record follows: the stated
    length of such a block is wrong.
    """
    if data is not None and _BEGINNINGS["plain"].search(data, begin, end):
        raise Damaged("corrupt", "a record runs into the next one")


def _length(head: bytes) -> int:
    length = _LENGTH.search(head)
    if length is None:
        raise Damaged("corrupt", "a record without a Content-Length")
    return int(length.group(1))


def _next_start(handle: BinaryIO, at: int, packing: str, dictionary: bytes) -> int | None:
    """The first offset, from ``at`` on, at which a record begins; None if there is none."""
    begins = _BEGINNINGS[packing]
    handle.seek(at)
    window, base = b"", at
    while more := handle.read(STEP):
        window += more
        for beginning in begins.finditer(window):
            offset = base + beginning.start()
            if _opens_record(handle, offset, packing, dictionary):
                return offset
        kept = window[-_BEGINNING_BYTES:]
        base += len(window) - len(kept)
        window = kept
        handle.seek(base + len(kept))
    return None


def _opens_record(handle: BinaryIO, at: int, packing: str, dictionary: bytes) -> bool:
    members = Members(handle, at, packing, dictionary)
    if not members.open_next():
        return False
    try:
        return _Walk(members, 0).head().startswith(VERSION)
    except Damaged:
        return False
