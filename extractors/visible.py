"""All a page says, as quickly as it can be had: every text an extractor could draw from it, and more.

No tree is built. Comments, scripts and styles are cut out, tags become breaks or glue, references and escapes are
decoded. Where a parser might see it one way or another, the text is kept: too much is harmless here, too little is not.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

from extractors.decoding import decode_document, finish_text, is_plain_utf8
from extractors.embedded import PARAGRAPHS, paragraphs_in
from extractors.model import Page
from extractors.structured import json_in, line

GLUE = "`"
"""Stands where tags did: they may be nothing at all between two letters (``Hua<wbr>wei``). A blank when folded."""
_GLUE = GLUE.encode()
BREAK = "~"
"""Stands where tags did that part words, with a blank behind it."""
_BREAK = f"{BREAK} ".encode()
# The shortest reading of where a comment or a script ends is taken.
_SILENT = re.compile(
    rb"<(?:!--(?:-?>|[^-]*+(?:-(?!-!?>)[^-]*+)*+--!?>)"
    rb"|([sS][cC][rR][iI][pP][tT])\b([^<]*+(?:<(?!/[sS][cC][rR][iI][pP][tT])[^<]*+)*+)(?:</[sS][cC][rR][iI][pP][tT][^>]*+>?|\Z)"
    rb"|[sS][tT][yY][lL][eE]\b[^<]*+(?:<(?!/)[^<]*+)*+</[sS][tT][yY][lL][eE][^>]*+>?)"
)
# In scripts: data for machines, paragraphs, escaped paragraphs.
# ``ld+json`` is often written ``ld&#43;json``.
_DATA = re.compile(rb"[^>]*?(?:[lL][dD]\+[jJ][sS][oO][nN]|&#)")
_PARAGRAPH = re.compile(rb"(?:<|u003[cC])[pP\\]")
_ATTRIBUTES = rb"""(?:[^<>"']|"[^"]*"|'[^']*')*+"""
_BLOCKS = (
    "address|article|aside|blockquote|body|br|button|center|dd|div|dl|dt|fieldset|figcaption|figure|footer|form|h[1-6]"
    "|head|header|hr|html|iframe|input|label|legend|li|link|main|meta|nav|noscript|ol|option|p|path|picture|pre|section"
    "|select|source|summary|table|tbody|td|template|textarea|tfoot|th|thead|title|tr|ul|video"
)
# Spelt out twice: a pattern that ignores case takes twice the time.
_BLOCK = re.compile(
    rb"</?(?:%b|%b)(?:[\s/]" % (_BLOCKS.encode(), _BLOCKS.upper().encode()) + _ATTRIBUTES + rb")?>"
)
_TAG = re.compile(rb"<[a-zA-Z/!?]" + _ATTRIBUTES + rb">|<[a-zA-Z/!?][^<>]*+>")
_META = re.compile(rb"<[mM][eE][tT][aA]\b" + _ATTRIBUTES + rb">?")
_TITLE_META = re.compile(rb"title|&", re.IGNORECASE)
_TITLE = re.compile(rb"<[tT][iI][tT][lL][eE]\b")
_HEADING = re.compile(rb"<[hH]1\b(.*?)(?:</[hH]1|\Z)", re.DOTALL)
_CONTROLS = bytes([*range(9), 11, *range(14, 32), 127])
_JOINT = re.compile(GLUE + f"+(?=[^ {GLUE}{BREAK}])")
_AROUND = 100
"""More characters than any term has."""
_APART = " . "
_HEADING_BYTES = 20_000
_DEPTH = 40
"""JSON nested deeper than any data is."""
_OPEN_TAG = 2_000


@dataclass(frozen=True, slots=True)
class Reading:
    """One text that stands on its own."""

    text: str
    """White space folded; tags are ``BREAK`` or ``GLUE``."""
    title: bool = False
    """May become the title, whole or in part."""


def readings(page: Page, announced: str = "") -> Iterator[Reading]:
    """The page's text first, then what may be its title, then texts in scripts and in its announcement."""
    body = _ascii_based(page)
    data: list[bytes] = []

    def cut(found: re.Match[bytes]) -> bytes:
        if not found.group(1):
            return _GLUE
        if body.rfind(b"<", 0, found.start()) > body.rfind(b">", 0, found.start()):
            return found.group()  # in a tag: it may end elsewhere
        script = found.group(2)
        if _DATA.match(script) or len(_PARAGRAPH.findall(script)) >= PARAGRAPHS:
            data.append(script)
        return _GLUE

    shown = _SILENT.sub(cut, body)
    yield Reading(_text(shown))
    for heading in _HEADING.findall(shown):
        # A heading is one title whatever boxes it is made of.
        yield Reading(_text(heading[:_HEADING_BYTES]), title=True)
    for meta in _META.findall(shown):
        if _TITLE_META.search(meta):
            yield Reading(_decode(meta[5:]), title=True)
    if (start := _TITLE.search(shown)) is not None:
        yield Reading(
            _text(shown[start.start() : start.start() + _HEADING_BYTES].partition(b"</")[0]), title=True
        )
    for script in data:
        yield from _script_readings(script)
    if announced:
        yield Reading(" ".join(announced.split()), title=True)


def _ascii_based(page: Page) -> bytes:
    """The page's bytes, in UTF-8 unless they are that already."""
    if is_plain_utf8(page.body):
        return page.body
    return decode_document(page.body, page.content_type, kind="page").encode("utf-8", "replace")


def _text(markup: bytes) -> str:
    return _decode(_without_tags(markup))


def _without_tags(markup: bytes) -> bytes:
    return _TAG.sub(_GLUE, _BLOCK.sub(_BREAK, markup))


def _decode(text: bytes) -> str:
    """Bytes without tags to text: references decoded, escaped tags taken out, twice over as extractors do."""
    decoded = b" ".join(text.translate(None, _CONTROLS).split()).decode("utf-8", "replace")
    if not decoded.isascii():
        decoded = finish_text(decoded)
    for _ in range(2):
        if "&" not in decoded:
            break
        decoded = html.unescape(decoded.replace("&nbsp;", " "))
        if "<" in decoded:
            decoded = _without_tags(decoded.encode("utf-8", "replace")).decode("utf-8", "replace")
    return " ".join(decoded.split())


def _script_readings(script: bytes) -> Iterator[Reading]:
    """What `read_structured` and `embedded_text` could find in a script."""
    source = finish_text(script.decode("utf-8", "replace"))
    tag, _, content = source.partition(">")
    if "ld+json" in html.unescape(tag[:_OPEN_TAG]).lower():
        for key, value in _told(json_in(content), 0):
            yield Reading(_text(value.encode("utf-8", "replace")), title=key == "headline")
    for markup in paragraphs_in(source):
        yield Reading(_text(markup.encode("utf-8", "replace")))


def _told(value: object, depth: int) -> Iterator[tuple[str, str]]:
    """Headlines and article texts, however deep they are."""
    if isinstance(value, list) and depth < _DEPTH:
        for item in value:
            yield from _told(item, depth + 1)
    elif isinstance(value, dict) and depth < _DEPTH:
        for key, inner in value.items():
            if key in ("headline", "articleBody") and (text := line(inner)):
                yield key, text
            yield from _told(inner, depth + 1)


@dataclass(frozen=True, slots=True)
class Glued:
    """Words put together again, with what stands around them."""

    text: str
    places: tuple[int, ...]
    """Where each stretch begins in ``text``."""


def glued(text: str) -> tuple[tuple[int, ...], Glued]:
    """The surroundings of every tag inside a word, that tag taken out: offsets in ``text``, and the words."""
    starts: list[int] = []
    ends: list[int] = []
    for found in _JOINT.finditer(text):
        if found.start() and text[found.start() - 1] not in " ~":
            begin = max(0, found.start() - _AROUND)
            if starts and begin <= ends[-1]:
                ends[-1] = found.end() + _AROUND
            else:
                starts.append(begin)
                ends.append(found.end() + _AROUND)
    pieces: list[str] = []
    places: list[int] = []
    length = 0
    for begin, end in zip(starts, ends, strict=True):
        piece = text[begin:end].replace(GLUE, "")
        pieces.append(piece)
        places.append(length)
        length += len(piece) + len(_APART)
    return tuple(starts), Glued(_APART.join(pieces), tuple(places))
