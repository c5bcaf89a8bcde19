"""Article text that a page has only inside its scripts: the initial state of a JavaScript application."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from lxml.html import HtmlElement, fromstring, tostring

from fivegwatch.extractors.native import compiled
from fivegwatch.extractors.text.plain import plain_text

BROKEN = re.compile(r"(?<!\\)(?:\\\\)*\\\n")
"""A backslash at the end of a line; no JSON string contains one there."""
_STRING = re.compile(r'(?:[^"\\]++|\\.)*+"', re.DOTALL)
SHORTEST, LONGEST = 600, 400_000
"""Fewest and most characters of a string that may hold an article; an escape counts as one."""
PARAGRAPH = re.compile(r"<p[\s>]", re.IGNORECASE)
PARAGRAPHS = 3
SIGNS = ("<p", "<P", "<\\", "003c", "003C")
"""A script without any of these signs has no paragraph, however often it is escaped; searching for them is quick."""
SCRIPT_CHARS = 3_000_000


def embedded_text(tree: HtmlElement) -> str:
    """The longest string in a script that contains paragraphs of HTML, as plain text; empty when there is none."""
    strings = (markup for script in tree.iter("script") for markup in paragraphs_in(script.text or ""))
    best = max(strings, key=len, default="")
    return plain_text(_without_captions(best)) if best else ""


def paragraphs_in(source: str) -> list[str]:
    """Strings of a script that contain several paragraphs of HTML, as HTML."""
    return _paragraphs(source, 0) if SHORTEST < len(source) < SCRIPT_CHARS else []


def _paragraphs(source: str, depth: int) -> list[str]:
    """Strings with paragraphs of HTML in ``source``, and in JSON inside its strings, up to two levels deep."""
    strings = []
    for text in _long_strings(source):
        if not any(sign in text for sign in SIGNS):
            continue
        try:
            value = json.loads(f'"{text}"', strict=False)
        except ValueError:
            continue
        inner = _paragraphs(value, depth + 1) if depth < 2 and '"' in value else []
        if inner:
            strings += inner
        elif len(PARAGRAPH.findall(value)) >= PARAGRAPHS:
            strings.append(value)
    return strings


def _long_strings(source: str) -> Iterator[str]:
    """The texts between two quotes in ``source`` that may be strings long enough to hold an article.

    A string may begin at any quote, also at an escaped one, and ends at one that is not escaped. Of the strings that
    end at one quote the longest is tried; if it is not yielded, the next string may begin at that quote.
    """
    begin = source.find('"') + 1
    while begin and (found := _next_string(source, begin)):
        text, begin = source[found[0] : found[1]], found[1] + 1
        if "\\\n" in text and (broken := list(BROKEN.finditer(text))):
            text = text[broken[-1].end() :].partition('"')[2]
        # An escape is a backslash and what it escapes, perhaps another one.
        count = len(text) - (text.count("\\") - text.count("\\\\"))
        if SHORTEST <= count <= LONGEST:
            yield text
            begin = source.find('"', begin) + 1


def _next_string(source: str, begin: int) -> tuple[int, int] | None:
    if compiled:
        found: tuple[int, int] | None = compiled.next_string(source, begin, SHORTEST)
        return found
    return next_string_by_pattern(source, begin, SHORTEST)


def next_string_by_pattern(source: str, begin: int, shortest: int) -> tuple[int, int] | None:
    """Start and end of the first string of at least ``shortest`` characters in ``source`` from ``begin`` on; None if
    there is none.

    A string is assumed to begin at ``begin``, and each further one behind the end of the last. Pure-Python twin of
    ``native.next_string``.
    """
    while string := _STRING.match(source, begin):
        if string.end() - 1 - begin >= shortest:
            return begin, string.end() - 1
        begin = string.end()
    return None


def _without_captions(markup: str) -> str:
    tree = fromstring(f"<div>{markup}</div>")
    for caption in tree.xpath("//figcaption | //*[contains(@class, 'caption')]"):
        caption.drop_tree()
    return str(tostring(tree, encoding="unicode"))
