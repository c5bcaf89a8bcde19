"""Recognises the kind of a document by its bytes or its text alone, whatever its headers say.

It has one table of file signatures, one test each for HTML and JSON, and one search for the root element of a feed or
sitemap. Each caller decides what to do with the answer.

Standard: WHATWG MIME Sniffing (binary data bytes).
"""

from __future__ import annotations

import re
from typing import NamedTuple

SIGNATURES = {
    b"%PDF-": "PDF", b"%!PS": "PostScript", b"{\\rtf": "RTF", b"\xd0\xcf\x11\xe0": "Office",
    b"\x89PNG": "PNG", b"\xff\xd8\xff": "JPEG", b"GIF8": "GIF", b"II*\x00": "TIFF", b"MM\x00*": "TIFF",
    b"PK\x03\x04": "zip", b"PK\x05\x06": "zip", b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd", b"BZh": "bzip2",
    b"\xfd7zXZ": "xz", b"7z\xbc\xaf": "7z", b"Rar!": "RAR",
    b"RIFF": "RIFF", b"OggS": "Ogg", b"ID3": "MP3", b"fLaC": "FLAC", b"\x1aE\xdf\xa3": "Matroska", b"FLV\x01": "FLV",
    b"\x00\x00\x01\xba": "MPEG", b"\x00\x00\x01\xb3": "MPEG",
    b"wOFF": "WOFF", b"wOF2": "WOFF", b"\x7fELF": "ELF", b"MZ\x90": "Windows", b"\xca\xfe\xba\xbe": "Java",
    b"\x00asm": "WebAssembly", b"SQLite format 3": "SQLite",
}  # fmt: skip
"""First bytes of files that are no text, each with the name of the file's format."""
HEAD_CHARS = 65_536
"""How many first characters of a document are searched for a tag of HTML."""

_SIGNATURES = tuple(SIGNATURES)
_HTML_ROOT = r"<(?:!doctype\s+html|html)\b"
_IS_HTML = re.compile(_HTML_ROOT, re.IGNORECASE)
_LOOKS_LIKE_HTML = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|meta|script|article|main|div|h1|p|table)\b", re.IGNORECASE
)
_UTF_16 = frozenset({b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<"})
# What the standard calls binary data bytes; no text encoding but UTF-16 has many.
_BINARY = bytes([*range(0x09), 0x0B, *range(0x0E, 0x1B), *range(0x1C, 0x20)])
# A comment that never ends reaches to the end of the text: so it is searched for once.
_ROOT = re.compile(
    r"<!--(?:.*?-->|.*)|<((?:[A-Za-z_][\w.-]{0,60}:)?(rss|feed|rdf|channel|urlset|sitemapindex))(?=[\s/>])"
    rf"|({_HTML_ROOT})",
    re.DOTALL | re.IGNORECASE,
)


class Root(NamedTuple):
    """The root element of a document."""

    name: str
    """Lower case, without a namespace prefix: ``rss``, ``feed``, ``rdf``, ``channel`` (the CDF of 1997), ``urlset``,
    ``sitemapindex``, or ``html``."""
    tag: str
    """The name as written, with its prefix; empty for HTML."""
    start: int
    """Offset of its ``<``, in characters."""


def file_format(body: bytes) -> str:
    """The format of a file that is no text (``PDF``, ``zip``, ...), recognised by its first bytes; empty when
    unknown."""
    start = _start(body)
    if start.startswith(_SIGNATURES):
        return next(name for magic, name in SIGNATURES.items() if start.startswith(magic))
    return "MP4" if start[4:8] == b"ftyp" else ""


def is_utf_16(body: bytes) -> bool:
    """True for text in UTF-16 that begins with a byte order mark or a tag."""
    return _start(body)[:2] in _UTF_16


def is_binary(body: bytes) -> bool:
    """True when one byte in twenty of the first 1,024 cannot be text. UTF-16 counts as binary."""
    start = _start(body)
    return len(start.translate(None, _BINARY)) < 0.95 * len(start)


def _start(body: bytes) -> bytes:
    return body[:1024].removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\x0c")


def is_html(document: str | bytes) -> bool:
    """True when a doctype or ``<html`` is among the first 65,536 characters."""
    return _IS_HTML.search(_head(document)) is not None


def looks_like_html(document: str | bytes) -> bool:
    """True when a tag that only HTML has is among the first 65,536 characters."""
    return _LOOKS_LIKE_HTML.search(_head(document)) is not None


def _head(document: str | bytes) -> str:
    head = document[:HEAD_CHARS]
    return head if isinstance(head, str) else head.decode("latin-1")


def is_json(text: str) -> bool:
    """True when ``text`` begins like a JSON object or array."""
    return text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[")


def find_root(text: str, *, within: int) -> Root | None:
    """The root element of a feed, sitemap or HTML page that begins in the first ``within`` characters.

    Anything may come before it: warnings of PHP, comments, a doctype.
    """
    for match in _ROOT.finditer(text, 0, within):
        if match[3]:
            return Root("html", "", match.start())
        if match[1]:
            return Root(match[2].lower(), match[1], match.start())
    return None
