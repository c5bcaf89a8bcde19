"""Reads all text of a page without a parser: at least every text that an extractor could return.

Comments, scripts and styles are cut out, tags become marks, references and escapes are decoded. If a parser might
either drop or keep a text, it is kept: extra text is harmless here, missing text is not.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import islice

from fivegwatch.extractors.gates.stripping import BREAK, GLUE, SEAM, Script, silence, tags_out
from fivegwatch.extractors.model import Page
from fivegwatch.extractors.native import compiled
from fivegwatch.extractors.pages.claims import json_in, line
from fivegwatch.extractors.pages.embedded import paragraphs_in
from fivegwatch.extractors.text.decoding import decode_document, finish_text, is_plain_utf8

_META = re.compile(rb"""<[mM][eE][tT][aA]\b(?:=\s*+(?:"[^"]*"|'[^']*')|[^<>])*+>?""")
# The names of the two ``meta`` titles that ``headline.read_headlines`` reads, or any name written with references.
_TITLE_META = re.compile(
    rb"""(?:og|twitter):title|(?:name|property)\s*+=(?:\s*+["'])?[^"'=&]{0,200}&""", re.IGNORECASE
)
_TITLE = re.compile(rb"<[tT][iI][tT][lL][eE]\b")
_HEADING = re.compile(rb"<[hH]1\b(.*?)(?:</[hH]1|\Z)", re.DOTALL)
# Smaller headings: those that `ParsedPage.headings` may take as the headline by their marks, and all.
_MARKED = re.compile(rb"<[hH][2-4]\b(?=[^<>]*(?:entry-title|headline|&))(.*?)(?:</[hH][2-4]|\Z)", re.DOTALL)
_SMALLER = re.compile(rb"<[hH][2-4]\b(.*?)(?:</[hH][2-4]|\Z)", re.DOTALL)
_MOST_MARKED = 4
_CONTROLS = bytes([*range(9), 11, *range(14, 32), 127])
# A script without any of these has no text that is read from JSON-LD.
_SIGNS_OF_TEXT = (
    b"headline", b"articleBody", b"reviewBody", b"recipeInstructions", b'"text"', b'"step"', b"VideoObject", b"Product",
    b"\\u004", b"\\u005", b"\\u006", b"\\u007", b"&#", b"&quot;",
)  # fmt: skip
# The JSON-LD keys in which trafilatura finds text, and the types whose description it reads too.
_TEXT_KEYS = frozenset({"headline", "articleBody", "reviewBody", "recipeInstructions", "step", "text"})
_DESCRIBED = ("VideoObject", "Product")
# The escapes of JSON that do not make a letter.
_ESCAPES = (("\\/", "/"), ('\\"', '"'), ("\\n", " "), ("\\r", " "), ("\\t", " "))
_HEADING_BYTES = 20_000
# A page's own text may contain the mark of a seam; parsers of HTML ignore "<![CDATA[". Both are replaced.
_SEAM_BYTES, _NO_SEAM = SEAM.encode(), f"{BREAK} ".encode()
_CDATA, _GLUE = b"<![CDATA[", GLUE.encode()
_ESCAPED_TIMES = 6
"""How often references are decoded: once by a parser, and up to five times by the removal of escaped markup."""
_REFERENCE = re.compile(r"(&#?\w+;?)")
_DEPTH = 40
"""How many levels deep JSON is read."""
_OPEN_TAG = 2_000


class PageTexts:
    """The texts of a page, read from its bytes."""

    def __init__(self, page: Page) -> None:
        self._markup, self._scripts, self.in_attributes = silence(_ascii_based(page))
        """Without comments, styles and scripts; the scripts that may contain text; True if attributes may contain
        text (posts of forums, formulas)."""
        self._known: dict[Script, list[tuple[str, str]]] = {}

    def shown(self) -> list[str]:
        """The lines of all visible text, titles and headings included.

        Marks replace tags, as `tags_out` sets them.
        """
        return text_in(self._markup, seams=True)

    def beside(self) -> list[str]:
        """Texts that readers do not see and from which an extractor may take title or text."""
        texts = [_text_of(b" | ".join(self._heads[2]), odd=True)]
        for script in self._scripts:
            # Most scripts need not be parsed to see all their strings.
            plain = _as_it_is(script)
            texts += [plain] if plain is not None else [text for _, text in self._texts_of(script)]
        return texts

    def in_scripts(self) -> list[str]:
        """Texts in the page's scripts from which an extractor may take title or text."""
        return [text for script in self._scripts for _, text in self._texts_of(script)]

    def titles(self) -> list[str]:
        """The texts that may become the title or a part of it."""
        headings, title, _ = self._heads
        heading = self._markup[title : title + _HEADING_BYTES].partition(b"</")[0] if title >= 0 else b""
        titles = [_one_text(heading)]
        smaller = _MARKED if any(map(str.isalnum, titles[0])) else _SMALLER
        headings = [
            *headings,
            *islice(smaller.findall(self._markup), _MOST_MARKED if smaller is _MARKED else None),
        ]
        # A heading is one title, whatever elements it contains.
        titles += [_one_text(heading[:_HEADING_BYTES]) for heading in headings]
        titles += [_text_of(meta, odd=True) for meta in self._heads[2]]
        for script in self._scripts:
            titles += [text for key, text in self._texts_of(script) if key == "headline"]
        return titles

    @cached_property
    def _heads(self) -> tuple[list[bytes], int, list[bytes]]:
        return heads(self._markup)

    def _texts_of(self, script: Script) -> list[tuple[str, str]]:
        """The texts that `script_texts` gives for a script; remembered, so that each script is read once."""
        if script not in self._known:
            self._known[script] = list(script_texts(*script))
        return self._known[script]


def heads(markup: bytes) -> tuple[list[bytes], int, list[bytes]]:
    """The contents of headings; the offset of the title (-1: none); and the contents of ``meta`` elements that may be
    titles."""
    return compiled.heads(markup) if compiled else heads_by_patterns(markup)


def heads_by_patterns(markup: bytes) -> tuple[list[bytes], int, list[bytes]]:
    """Pure-Python twin of ``native.heads``, used without a compiler."""
    title = _TITLE.search(markup)
    metas = [meta[5:] for meta in _META.findall(markup) if _TITLE_META.search(meta)]
    return _HEADING.findall(markup), title.start() if title else -1, metas


def _ascii_based(page: Page) -> bytes:
    """The bytes of a page, converted to UTF-8 if necessary."""
    if is_plain_utf8(page.body):
        return page.body
    return decode_document(page.body, page.content_type, kind="page").encode("utf-8", "replace")


def text_in(markup: bytes, *, seams: bool = False) -> list[str]:
    """The text in markup. Tags become marks; references are decoded and escaped tags removed, repeatedly.

    With ``seams`` each of the boxes side by side is a line of its own, else there is a single line.
    """
    # Searching for a single byte first is fast.
    if b"^" in markup:
        markup = markup.replace(_SEAM_BYTES, _NO_SEAM)
    if b"[" in markup:
        markup = markup.replace(_CDATA, _GLUE)
    stripped, odd = tags_out(markup, seams=seams)
    return _text_of(stripped, odd=odd).split(f"{SEAM} ")


def _text_of(stripped: bytes, *, odd: bool) -> str:
    """The decoded text of ``stripped``, bytes without their tags; ``odd`` is what `tags_out` returned, else True."""
    decoded = _finished(stripped, odd=odd)
    for _ in range(_ESCAPED_TIMES):
        if "&" not in decoded:
            break
        plain = _unescaped(decoded)
        if plain == decoded:
            break
        decoded = plain
        if "<" in decoded:
            decoded = tags_out(decoded.encode("utf-8", "replace"))[0].decode("utf-8", "replace")
    return one_line(decoded)


def _unescaped(text: str) -> str:
    """``text`` with its references decoded once; no reference decodes to the character that marks a seam."""
    parts = _REFERENCE.split(text)
    parts[1::2] = map(_character, parts[1::2])
    return "".join(parts)


@lru_cache(maxsize=4096)
def _character(reference: str) -> str:
    """The character that a reference such as ``&amp;`` means; cached, because pages share a few dozen."""
    return html.unescape(reference).replace("^", " ")


def one_line(text: str) -> str:
    """``text`` with one blank for each run of white space, and none around it."""
    return compiled.blanks(text) if compiled else " ".join(text.split())


def _finished(plain: bytes, *, odd: bool = True) -> str:
    """UTF-8 decoded as by ``decode_document``, without control characters."""
    decoded = plain.translate(None, _CONTROLS).decode("utf-8", "replace")
    return finish_text(decoded) if odd and not decoded.isascii() else decoded


def script_texts(script: bytes, embedding: bool) -> Iterator[tuple[str, str]]:
    """Yield (JSON-LD key, text) for every text in a script that `read_claims` or `embedded_text` can use.

    With ``embedding`` the paragraphs of an article that the script contains are yielded too, with an empty key.
    """
    has_text = any(sign in script for sign in _SIGNS_OF_TEXT)
    if not (has_text or embedding):
        return
    source = _finished(script)
    tag, _, content = source.partition(">")
    if has_text and "ld+json" in html.unescape(tag[:_OPEN_TAG]).lower():
        for key, value in _texts_of(json_in(content)):
            yield key, _markup_text(value)
    if embedding:
        for markup in paragraphs_in(source):
            yield "", _markup_text(markup)


def _as_it_is(script: Script) -> str | None:
    """The source of a script as one line, with references and simple escapes decoded; None if it contains paragraphs,
    markup or other escapes, so that it must be parsed."""
    content, embedding = script
    if embedding or b"<" in content:
        return None
    source = _finished(content)
    if "\\" in source:
        for escape, character in _ESCAPES:
            source = source.replace(escape, character)
    for _ in range(_ESCAPED_TIMES if "&" in source else 0):
        source = _unescaped(source)
    return None if "\\" in source or "<" in source else one_line(source)


def _markup_text(markup: str) -> str:
    if "<" not in markup and "&" not in markup and markup.isascii():
        return " ".join(markup.encode().translate(None, _CONTROLS).decode().split())
    return _one_text(markup.encode("utf-8", "replace"))


def _one_text(markup: bytes) -> str:
    return " ".join(text_in(markup))


def _texts_of(value: object) -> Iterator[tuple[str, str]]:
    """(key, text) of the values in JSON that may become title or text, at any depth."""
    remaining = [(value, _DEPTH)]
    while remaining:
        value, depth = remaining.pop()
        items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        remaining += [(item, depth - 1) for item in items if depth and isinstance(item, dict | list)]
        if not isinstance(value, dict):
            continue
        described = any(name in str(value.get("@type", "")) for name in _DESCRIBED)
        for key in {*_TEXT_KEYS, "description"} & value.keys() if described else _TEXT_KEYS & value.keys():
            inner = value[key]
            for item in inner if isinstance(inner, list) else [inner]:
                if text := line(item):
                    yield key, text
