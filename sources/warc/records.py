"""Records out of WARC files, whatever they are packed in: read once, forward, in bounded memory.

In an unpacked file reading can begin again at every record; in a packed one at every gzip member or zstd frame, and
inside of one by unpacking it once more. As a rule a member is a record, but some packers make one member of the whole
file, and others begin members anywhere (bgzip): a record goes on in the next member then.

A member that is torn or damaged costs itself alone: reading goes on at the next one that opens a record.
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
# In an unpacked file not behind a letter: pages speak of WARC/1.0. The line end before a record may be what is damaged.
_BEGINNINGS = {
    "gzip": re.compile(re.escape(GZIP)),
    "zstd": re.compile(re.escape(ZSTD)),
    "plain": re.compile(rb"(?<![\x20-\x7e])WARC/1\."),
}
_BEGINNING_BYTES = 7
"""Bytes at the end of a window that may begin one, and the one before them."""
_LENGTH = re.compile(rb"\nContent-Length[ \t]*:[ \t]*(\d{1,18})[ \t]*\r?(?:\n|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A place in a WARC file at which reading may begin."""

    offset: int = 0
    """Bytes, of the file as it is: where a gzip member, a zstd frame or (unpacked) a record begins."""
    inner: int = 0
    """Unpacked bytes of that member to pass over; 0 as a rule."""

    def __str__(self) -> str:
        return f"{self.offset}+{self.inner}" if self.inner else str(self.offset)

    @classmethod
    def parse(cls, text: str) -> Self:
        """What ``str`` made of one; empty for the beginning. Raises: ValueError."""
        offset, _, inner = text.partition("+")
        return cls(int(offset or 0), int(inner or 0))


START = Cursor()


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """Something that stands in a WARC file."""

    at: Cursor
    after: Cursor
    """Where reading may begin again: nothing before it is left unread."""
    read_to: int
    """Bytes of the file read by then. Inside of a member it moves on, while ``after`` keeps the member's offset."""

    @property
    def offset(self) -> int:
        """Bytes, of the file as it is: where the record's member, or the record, begins."""
        return self.at.offset

    @property
    def next_offset(self) -> int:
        """The same of what follows."""
        return self.after.offset


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Located):
    """One record."""

    head: bytes
    """Version line and header fields, one a line, without the empty line."""
    data: bytes | None
    """Holds the block (not copied: most records are looked at no further); None when it was too large to keep."""
    begin: int
    end: int
    """The block is ``data[begin:end]``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage(Located):
    """A stretch of the file that could not be read; ``after`` is the file's end when nothing readable follows."""

    reason: str
    """``torn`` (the file ends too early), ``corrupt``, or ``unexpected`` (the record trips our own code)."""
    message: str


class _Walk:
    """Walks through a member, and on into the next ones while a record is not complete."""

    def __init__(self, members: Members, passed: int) -> None:
        """Begin in the member that is open, behind the first ``passed`` bytes of it. Raises: Damaged."""
        self._members = members
        self._data = members.piece()
        self._at = 0
        self._gone = 0
        """Unpacked bytes before ``_data``."""
        self._unpacked = len(self._data)
        self._begun = [(0, members.offset)]
        """Members from here on: unpacked bytes before each, and its file offset."""
        self._pass_over(passed)

    def here(self) -> Cursor:
        """Where this is in the file."""
        place = self._gone + self._at
        while len(self._begun) > 1 and self._begun[1][0] <= place:
            del self._begun[0]
        before, offset = self._begun[0]
        return Cursor(offset + place - before) if self._members.is_plain else Cursor(offset, place - before)

    def at_end(self) -> bool:
        """Whether only line ends are left in this member; passes over them."""
        while True:
            rest = self._data[self._at : self._at + 64]
            kept = rest.lstrip(b"\r\n")
            self._at += len(rest) - len(kept)
            if kept:
                return False
            if len(rest) < 64 and not self._append(self._counted(self._members.piece())):
                return True

    def begins_record(self) -> bool:
        """Whether the next bytes open a record. Raises: Damaged."""
        if len(self._data) - self._at < len(VERSION):
            self._append(self._piece())
        return self._data.startswith(VERSION, self._at)

    def head(self) -> bytes:
        """The head that begins here. Raises: Damaged when there is none."""
        if not self._data.startswith(VERSION, self._at) and (
            len(self._data) - self._at >= len(VERSION) or not self._append(self._piece())
        ):
            raise Damaged("corrupt", "no WARC record where one must begin")
        while (found := _HEAD_END.search(self._data, self._at, self._at + HEAD_MAX)) is None:
            if len(self._data) - self._at >= HEAD_MAX:
                raise Damaged("corrupt", f"the header of a record has no end within {HEAD_MAX // 1024} KiB")
            if not self._append(self._piece()):
                raise _torn()
        head = self._data[self._at : found.start()]
        self._at = found.end()
        if not head.startswith(VERSION):
            raise Damaged("corrupt", "no WARC record where one must begin")
        return _FOLD.sub(b" ", head) if b"\n " in head or b"\n\t" in head else head

    def take(self, length: int, most: int) -> tuple[bytes | None, int, int]:
        """Where the next ``length`` bytes are; None for them, after passing over, when they are more than ``most``."""
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
        while length > (there := len(self._data) - self._at):
            length -= there
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
                # Packed record by record: this one is shorter than it says, and the next one none of its business.
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
    """The records of a WARC file (``.warc``, ``.warc.gz``, ``.warc.zst``), and what of it cannot be read.

    ``handle`` is seekable; ``start`` is the beginning or where an item ends (``after``); blocks of more than ``most``
    bytes are passed over.

    Raises: FetchError (kind ``not_warc``) when the file is of another kind; the message names the remedy.
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
            # A file that goes on was damaged in the middle, however its record ended.
            reason = "corrupt" if following is not None else damage.reason
            resumed = handle.seek(0, 2) if following is None else following
            yield Damage(
                at=at, after=Cursor(resumed), read_to=resumed, reason=reason, message=str(damage)
            )  # fmt: skip
            if following is None:
                return
            members, passed = Members(handle, following, packing, dictionary), 0


def _refuse_overrun(data: bytes | None, begin: int, end: int) -> None:
    """Raise Damaged if a record that no other follows holds the beginning of one: its head or length is damaged."""
    if data is not None and _BEGINNINGS["plain"].search(data, begin, end):
        raise Damaged("corrupt", "a record runs into the next one")


def _length(head: bytes) -> int:
    found = _LENGTH.search(head)
    if found is None:
        raise Damaged("corrupt", "a record without a Content-Length")
    return int(found.group(1))


def _next_start(handle: BinaryIO, at: int, packing: str, dictionary: bytes) -> int | None:
    """The first offset from ``at`` on where a record begins; None when there is none."""
    begins = _BEGINNINGS[packing]
    handle.seek(at)
    window, base = b"", at
    while more := handle.read(STEP):
        window += more
        for place in begins.finditer(window):
            found = base + place.start()
            if _opens_record(handle, found, packing, dictionary):
                return found
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
