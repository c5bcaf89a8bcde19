"""Undoes content codings in steps, so that no body takes more memory than its bound.

Standard: RFC 9110 8.4; gzip RFC 1952 (several members are one body); deflate RFC 1950 or, as some servers send it, RFC
1951; br RFC 7932; zstd RFC 8878.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterable, Iterator
from typing import Protocol

import brotli  # type: ignore[import-untyped]  # ships no type information

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdDecompressor, ZstdError
else:
    from backports.zstd import ZstdDecompressor, ZstdError

from fivegwatch.extractors.web.sniff import SIGNATURES

STEP = 256 * 1024
"""Most bytes that are decoded at a time."""
ACCEPTED = "gzip, deflate, br, zstd"
MAGIC = {magic: name for magic, name in SIGNATURES.items() if name in ("gzip", "zstd")}
"""First bytes of a body to its coding, for codings that have a signature."""
_MAGICS = tuple(MAGIC)
_NOT_UNDONE = frozenset(
    {
        "compress",
        "bzip",
        "bzip2",
        "xz",
        "lzma",
        "lz4",
        "lzo",
        "snappy",
        "sdch",
        "dcb",
        "dcz",
        "exi",
        "pack200-gzip",
    }
    | {"aes128gcm"}
)
"""Codings that we cannot undo. A body in one of them is refused, because it would be taken for text."""


class CodingError(Exception):
    """The body is not in the codings of its Content-Encoding."""


class TooMuchError(Exception):
    """The decoded body is larger than its bound."""


class _Decoder(Protocol):
    def feed(self, part: bytes) -> Iterator[bytes]: ...

    def finish(self) -> None: ...


class _Zlib:
    """gzip and deflate. Bytes after the last gzip member are ignored, as in browsers."""

    def __init__(self, wbits: int) -> None:
        self._wbits = wbits
        self._engine = zlib.decompressobj(wbits)
        self._first = b""
        self._started = False
        self._padding = False

    def feed(self, part: bytes) -> Iterator[bytes]:
        if not self._started:
            part = self._first = self._first + part
            if len(part) < 2:  # zlib and raw deflate differ in the first two bytes
                return
            self._choose_engine(part)
        while not self._padding:
            if self._engine.eof and not self._next_member(part):
                return
            decoded = self._decode(part)
            if decoded:
                yield decoded
            part = self._engine.unused_data if self._engine.eof else self._engine.unconsumed_tail
            if not part and len(decoded) < STEP:
                return

    def _choose_engine(self, start: bytes) -> None:
        self._started = True
        if self._wbits == zlib.MAX_WBITS and (start[0] & 0x0F != 8 or (start[0] * 256 + start[1]) % 31):
            self._engine = zlib.decompressobj(-zlib.MAX_WBITS)

    def _next_member(self, part: bytes) -> bool:
        if not part:
            return False
        if self._wbits != zlib.MAX_WBITS | 16 or not part.startswith(b"\x1f"):
            self._padding = True
            return False
        self._engine = zlib.decompressobj(self._wbits)
        return True

    def _decode(self, part: bytes) -> bytes:
        try:
            return self._engine.decompress(part, STEP)
        except zlib.error as exc:
            raise CodingError(str(exc)) from exc

    def finish(self) -> None:
        if self._first and not self._engine.eof:
            raise CodingError("the compressed body is cut short")


class _Brotli:
    def __init__(self) -> None:
        self._engine = brotli.Decompressor()
        self._started = False

    def feed(self, part: bytes) -> Iterator[bytes]:
        self._started = True
        if self._engine.is_finished():
            return
        try:
            decoded = self._engine.process(part, output_buffer_limit=STEP)
            while decoded:
                yield decoded
                decoded = self._engine.process(b"", output_buffer_limit=STEP)
        except brotli.error as exc:
            raise CodingError(str(exc)) from exc

    def finish(self) -> None:
        if self._started and not self._engine.is_finished():
            raise CodingError("the compressed body is cut short")


class _Zstd:
    def __init__(self) -> None:
        self._engine = ZstdDecompressor()
        self._started = False

    def feed(self, part: bytes) -> Iterator[bytes]:
        while part:
            if self._engine.eof:
                self._engine = ZstdDecompressor()
            self._started = True
            try:
                decoded = self._engine.decompress(part, STEP)
                while decoded:
                    yield decoded
                    if self._engine.eof or self._engine.needs_input:
                        break
                    decoded = self._engine.decompress(b"", STEP)
            except ZstdError as exc:
                raise CodingError(str(exc)) from exc
            part = self._engine.unused_data if self._engine.eof else b""

    def finish(self) -> None:
        if self._started and not self._engine.eof:
            raise CodingError("the compressed body is cut short")


def _decoder(coding: str) -> _Decoder:
    if coding == "br":
        return _Brotli()
    if coding == "zstd":
        return _Zstd()
    return _Zlib(zlib.MAX_WBITS | 16 if coding == "gzip" else zlib.MAX_WBITS)


def packed_by(body: bytes) -> str:
    """The coding (``gzip``, ``zstd``) that the first bytes of ``body`` show, or empty."""
    if not body.startswith(_MAGICS):
        return ""
    return next(coding for magic, coding in MAGIC.items() if body.startswith(magic))


def decoded(body: bytes, header: str, *, at_most: int, cap: int) -> bytes:
    """``body`` without the codings that the Content-Encoding ``header`` names; for ``at_most`` see `parse_codings`, for
    ``cap`` `Decoding`.

    Raises: CodingError as ``parse_codings``, or if the body is in another coding or cut short; TooMuchError.
    """
    codings = parse_codings(header, at_most=at_most) if header and body else ()
    if not codings:
        return body
    decoding = Decoding(codings, cap)
    whole = b"".join(decoding.feed(body))
    decoding.finish()
    return whole


def parse_codings(header: str, *, at_most: int) -> tuple[str, ...]:
    """The codings that a Content-Encoding header names, in the order in which they were applied.

    Other words (``identity``, a charset, ``none``) are ignored, as browsers do.

    Raises: CodingError for more than ``at_most`` codings, or for a coding that we cannot undo.
    """
    names = [name.partition(";")[0].strip().lower().removeprefix("x-") for name in header.split(",")]
    codings = tuple(name for name in names if name in {"gzip", "deflate", "br", "zstd"} | _NOT_UNDONE)
    if len(codings) > at_most:
        raise CodingError(f"{len(codings)} content codings, more than {at_most}")
    for coding in codings:
        if coding in _NOT_UNDONE:
            raise CodingError(f"content coding {coding!r}, which was not asked for")
    return codings


class Decoding:
    """Undoes the content codings ``codings`` of a body, piece by piece.

    None of the codings, when it is undone, may give more than ``cap`` bytes in all: a small body may expand enormously
    on the way and shrink again.
    """

    def __init__(self, codings: tuple[str, ...], cap: int) -> None:
        self._steps = [_decoder(coding) for coding in reversed(codings)]
        self._made = [0] * len(self._steps)
        self._cap = cap

    def feed(self, part: bytes) -> Iterator[bytes]:
        """The decoded pieces of ``part``. Raises: CodingError, TooMuchError."""
        pieces: Iterable[bytes] = (part,)
        for position in range(len(self._steps)):
            pieces = self._through(position, pieces)
        yield from pieces

    def _through(self, position: int, pieces: Iterable[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            for decoded in self._steps[position].feed(piece):
                self._made[position] += len(decoded)
                if self._made[position] > self._cap:
                    raise TooMuchError
                yield decoded

    def finish(self) -> None:
        """Check that every stream is complete. Raises: CodingError."""
        for step in self._steps:
            step.finish()
