"""Article text that a page carries only inside its scripts: the state a JavaScript application starts from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from lxml.html import HtmlElement, fromstring, tostring

from extractors.text import plain_text

STRING = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*+)"')
ESCAPED = re.compile(r"\\.")
SHORTEST, LONGEST = 600, 400_000
"""Characters of a string that may hold an article; an escaped one counts as one."""
PARAGRAPH = re.compile(r"<p[\s>]", re.IGNORECASE)
PARAGRAPHS = 3
SCRIPT_CHARS = 3_000_000


def embedded_text(tree: HtmlElement) -> str:
    """The longest run of paragraphs found as a string in the page's scripts, as plain text; empty when none."""
    best = ""
    for script in tree.iter("script"):
        for markup in paragraphs_in(script.text or ""):
            if len(markup) > len(best):
                best = markup
    return plain_text(_without_captions(best)) if best else ""


def paragraphs_in(source: str) -> list[str]:
    """Strings of a script that hold several paragraphs of HTML, as HTML."""
    return _paragraphs(source, 0) if 600 < len(source) < SCRIPT_CHARS else []


def _paragraphs(source: str, depth: int) -> list[str]:
    """Strings of ``source`` that hold several paragraphs of HTML, looked for inside strings of strings too."""
    found = []
    for text in _long_strings(source):
        try:
            value = json.loads(f'"{text}"', strict=False)
        except ValueError:
            continue
        inner = _paragraphs(value, depth + 1) if depth < 2 and '"' in value else []
        if inner:
            found += inner
        elif len(PARAGRAPH.findall(value)) >= PARAGRAPHS:
            found.append(value)
    return found


def _long_strings(source: str) -> Iterator[str]:
    """What stands between two quotes, whichever opens and closes, and is long enough."""
    match = STRING.search(source)
    while match is not None:
        text, end = match.group(1), match.end()
        count = len(text) - ESCAPED.subn("", text)[1] if len(text) >= SHORTEST else 0
        if count > LONGEST:
            end -= 1
        elif count >= SHORTEST:
            yield text
        else:
            end = match.start() + 1  # its closing quote, or one that is escaped in it, may open the next
        match = STRING.search(source, end)


def _without_captions(markup: str) -> str:
    tree = fromstring(f"<div>{markup}</div>")
    for caption in tree.xpath("//figcaption | //*[contains(@class, 'caption')]"):
        caption.drop_tree()
    return str(tostring(tree, encoding="unicode"))
