"""All text of a page without a parser: at least every text that an extractor could return.

Comments, scripts and styles are cut out, tags become marks, references and escapes are decoded. If a parser might
either drop or keep a text, it is kept: extra text is harmless here, missing text is not.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from fivegwatch.extractors.gates.stripping import BREAK, GLUE, SEAM, Script, silence, tags_out
from fivegwatch.extractors.model import Page
from fivegwatch.extractors.native import compiled
from fivegwatch.extractors.pages.claims import json_in, line
from fivegwatch.extractors.pages.embedded import paragraphs_in
from fivegwatch.extractors.text.decoding import decode_document, finish_text, is_plain_utf8

_META = re.compile(rb"""<[mM][eE][tT][aA]\b(?:=\s*+(?:"[^"]*"|'[^']*')|[^<>])*+>?""")
# The names of the two ``meta`` titles that ``headline.read_headlines`` reads, or any name written with references.
_TITLE_META = re.compile(
    rb"""(?:og|twitter):title|(?:name|property)\s*+=\s*+(?:"[^"&]{0,200}&|'[^'&]{0,200}&|[^\s"'>&]{0,200}&)""",
    re.IGNORECASE,
)
_TITLE = re.compile(rb"<[tT][iI][tT][lL][eE]\b")
_HEADING = re.compile(rb"<[hH]1\b(.*?)(?:</[hH]1|\Z)", re.DOTALL)
_CONTROLS = bytes([*range(9), 11, *range(14, 32), 127])
# A script without any of these has no text that is read from JSON-LD.
_SIGNS_OF_TEXT = (
    b"headline", b"articleBody", b"reviewBody", b"recipeInstructions", b'"text"', b'"step"', b"VideoObject", b"Product",
    b"\\u004", b"\\u005", b"\\u006", b"\\u007", b"&#", b"&quot;",
)  # fmt: skip
# The JSON-LD keys in which trafilatura finds text, and the types whose description it reads too.
_TEXT_KEYS = frozenset({"headline", "articleBody", "reviewBody", "recipeInstructions", "step", "text"})
_DESCRIBED = ("VideoObject", "Product")
_HEADING_BYTES = 20_000
# A page's own text may contain the mark of a seam; parsers of HTML ignore "<![CDATA[". Both are replaced.
_SEAM_BYTES, _NO_SEAM = SEAM.encode(), f"{BREAK} ".encode()
_CDATA, _GLUE = b"<![CDATA[", GLUE.encode()
_ESCAPED_TIMES = 6
"""References are decoded once by a parser and up to five times by the removal of escaped markup."""
_DEPTH = 40
"""How many levels deep JSON is read."""
_OPEN_TAG = 2_000


@dataclass(frozen=True, slots=True)
class Reading:
    """One text of a page, judged by itself."""

    text: str
    """White space folded; a tag is the mark ``BREAK`` (a blank) or ``GLUE`` (nothing)."""
    title: bool = False
    """True if it may become the title, or a part of it."""
    place: Literal["shown", "script", "feed"] = "shown"
    """Visible text may be dropped with its surroundings; text in a script or from a feed is not."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A page without comments, styles and scripts."""

    markup: bytes
    """UTF-8; ``GLUE`` where something was cut out."""
    data: tuple[Script, ...]
    """Scripts with JSON-LD or paragraphs."""
    tells_elsewhere: bool = False
    """True if attributes may contain text: posts of forums (Discourse), formulas."""


def shown_of(page: Page) -> Shown:
    """The markup of a page, and its scripts that may contain text."""
    return Shown(*silence(_ascii_based(page)))


def main_text(shown: Shown, *, seams: bool = False) -> str:
    """All visible text of the page, titles and headings included, with marks as in `Reading` and `tags_out`."""
    return text_in(shown.markup, seams=seams)


def readings(shown: Shown, main: str, announced: str = "") -> Iterator[Reading]:
    """The texts of a page: ``main`` (`main_text`), then possible titles, texts in scripts and the announcement."""
    yield Reading(main)
    headings, title, metas = heads(shown.markup)
    for heading in headings:
        # A heading is one title, whatever elements it contains.
        yield Reading(text_in(heading[:_HEADING_BYTES]), title=True)
    if title >= 0:
        text = shown.markup[title : title + _HEADING_BYTES].partition(b"</")[0]
        yield Reading(text_in(text), title=True)
    for meta in metas:
        if _TITLE_META.search(meta):
            yield Reading(_text_of(meta[5:], odd=True), title=True)
    for script in shown.data:
        yield from script_readings(*script)
    if announced:
        yield Reading(" ".join(announced.split()), title=True, place="feed")


def heads(markup: bytes) -> tuple[list[bytes], int, list[bytes]]:
    """The contents of headings, the offset of the title (-1: none), and the ``meta`` elements that may be titles."""
    return compiled.heads(markup) if compiled else heads_by_patterns(markup)


def heads_by_patterns(markup: bytes) -> tuple[list[bytes], int, list[bytes]]:
    """Pure-Python twin of ``native.heads``, used without a compiler."""
    title = _TITLE.search(markup)
    # Few of the many metas of a page contain either.
    metas = [meta for meta in _META.findall(markup) if b"&" in meta or b"title" in meta.lower()]
    return _HEADING.findall(markup), title.start() if title else -1, metas


def _ascii_based(page: Page) -> bytes:
    """The bytes of a page, converted to UTF-8 if necessary."""
    if is_plain_utf8(page.body):
        return page.body
    return decode_document(page.body, page.content_type, kind="page").encode("utf-8", "replace")


def text_in(markup: bytes, *, seams: bool = False) -> str:
    """The text of markup. Tags become marks; references are decoded and escaped tags removed, repeatedly."""
    # Searching for a single byte first is fast.
    if b"^" in markup:
        markup = markup.replace(_SEAM_BYTES, _NO_SEAM)
    if b"[" in markup:
        markup = markup.replace(_CDATA, _GLUE)
    stripped, odd = tags_out(markup, seams=seams)
    return _text_of(stripped, odd=odd)


def _text_of(stripped: bytes, *, odd: bool) -> str:
    """Text of bytes without tags; ``odd`` as returned by `tags_out`, or True if unknown."""
    decoded = _finished(stripped, odd=odd)
    for _ in range(_ESCAPED_TIMES):
        if "&" not in decoded:
            break
        # Decoded text may contain the mark of a seam by chance.
        pieces = [html.unescape(piece.replace("&nbsp;", " ")) for piece in decoded.split(SEAM)]
        plain = SEAM.join(piece.replace(SEAM, BREAK) for piece in pieces)
        if plain == decoded:
            break
        decoded = plain
        if "<" in decoded:
            decoded = tags_out(decoded.encode("utf-8", "replace"))[0].decode("utf-8", "replace")
    return one_line(decoded)


def one_line(text: str) -> str:
    """``text`` with one blank for each run of white space, and none around it."""
    return compiled.blanks(text) if compiled else " ".join(text.split())


def _finished(plain: bytes, *, odd: bool = True) -> str:
    """UTF-8 decoded as by ``decode_document``, without control characters."""
    decoded = plain.translate(None, _CONTROLS).decode("utf-8", "replace")
    return finish_text(decoded) if odd and not decoded.isascii() else decoded


def script_readings(script: bytes, embedding: bool) -> Iterator[Reading]:
    """What `read_claims` and `embedded_text` could find in a script; ``embedding`` if it holds paragraphs."""
    has_text = any(sign in script for sign in _SIGNS_OF_TEXT)
    if not (has_text or embedding):
        return
    source = _finished(script)
    tag, _, content = source.partition(">")
    if has_text and "ld+json" in html.unescape(tag[:_OPEN_TAG]).lower():
        for key, value in _texts_of(json_in(content), 0):
            yield Reading(_markup_text(value), title=key == "headline", place="script")
    if embedding:
        for markup in paragraphs_in(source):
            yield Reading(_markup_text(markup), place="script")


def _markup_text(markup: str) -> str:
    if "<" not in markup and "&" not in markup and markup.isascii():
        return " ".join(markup.encode().translate(None, _CONTROLS).decode().split())
    return text_in(markup.encode("utf-8", "replace"))


def _texts_of(value: object, depth: int) -> Iterator[tuple[str, str]]:
    """(key, text) of the values in JSON that may become title or text, at any depth."""
    if isinstance(value, list) and depth < _DEPTH:
        for item in value:
            yield from _texts_of(item, depth + 1)
    elif isinstance(value, dict) and depth < _DEPTH:
        described = any(name in str(value.get("@type", "")) for name in _DESCRIBED)
        for key, inner in value.items():
            if key in _TEXT_KEYS or (described and key == "description"):
                for item in inner if isinstance(inner, list) else [inner]:
                    if text := line(item):
                        yield key, text
            yield from _texts_of(inner, depth + 1)
